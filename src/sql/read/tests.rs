use super::*;
use crate::sql::dialect::Dialect;
use crate::sql::lex::{Author, lex};
use crate::sql::refusal::RefusalKind;

fn kind(text: &str, depth: usize) -> Option<RefusalKind> {
    let limits = Limits { depth, ..Limits::default() };
    let lexed = lex(text, Dialect::ClickHouse, &limits, Author::Person).unwrap();
    statement(lexed, &limits).err().map(|refusal| refusal.kind)
}

#[test]
fn depth_is_counted_where_it_is() {
    assert_eq!(kind("SELECT ((((1))))", 5), None, "a query and four brackets");
    assert_eq!(kind("SELECT (((((1)))))", 5), Some(RefusalKind::TooLarge));
    assert_eq!(kind("SELECT (1), (1), [1], f(1), CASE WHEN 1 THEN 1 END, (SELECT 1), (1), (1), {'a': 1}", 3), None);
}

#[test]
fn an_array_that_begins_with_a_name_could_be_taken_for_a_table() {
    let text = "SELECT 1 FROM t ARRAY JOIN a, b AS c, t.d AS e, [1] AS f, g(h) AS i, j + 1 AS k, l + 1, 2";
    let limits = Limits::default();
    let reading = statement(lex(text, Dialect::ClickHouse, &limits, Author::Person).unwrap(), &limits).unwrap();
    let first = |at: &usize| reading.lexed.get(*at).map(|lexeme| reading.lexed.name(lexeme));
    assert_eq!(reading.array_joins.iter().filter_map(first).collect::<Vec<_>>(), ["a", "b", "t", "g", "j"]);
}
