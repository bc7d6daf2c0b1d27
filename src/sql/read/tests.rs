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

/// What is written for a statement as it was understood, or that it was not.
fn canonical(text: &str, dialect: Dialect) -> Option<String> {
    let limits = Limits::default();
    let reading = statement(lex(text, dialect, &limits, Author::Person).ok()?, &limits).ok()?;
    Some(crate::sql::emit::canonical(&reading))
}

#[test]
fn a_dot_behind_a_literal_is_a_columns_where_no_tuple_has_it() {
    for literal in ["null", "true", "false", "inf", "infinity", "nan"] {
        let text = format!("SELECT {literal}.a");
        assert_eq!(canonical(&text, Dialect::ClickHouse), None, "{text}");
        assert_eq!(canonical(&format!("SELECT {literal}"), Dialect::ClickHouse), Some(format!("SELECT {literal}")));
        let elsewhere = canonical(&text, Dialect::DuckDb);
        assert_eq!(elsewhere, Some(format!("SELECT \"{literal}\".\"a\"")), "{text}");
    }
}

#[test]
fn array_is_a_word_where_arrays_begin_with_it_and_a_name_elsewhere() {
    assert_eq!(canonical("SELECT array[1]", Dialect::ClickHouse).unwrap(), "SELECT `array`[1]");
    assert_eq!(canonical("SELECT array[1]", Dialect::Postgres).unwrap(), "SELECT array [1]");
    assert_eq!(canonical("SELECT array FROM t", Dialect::DuckDb).unwrap(), "SELECT \"array\" FROM \"t\"");
}

#[test]
fn interval_is_a_name_where_no_interval_follows() {
    assert_eq!(canonical("SELECT interval FROM t", Dialect::ClickHouse).unwrap(), "SELECT `interval` FROM `t`");
    assert_eq!(canonical("SELECT interval", Dialect::ClickHouse).unwrap(), "SELECT `interval`");
    assert_eq!(canonical("SELECT interval 1 day", Dialect::ClickHouse).unwrap(), "SELECT interval 1 day");
}

#[test]
fn names_are_counted_by_their_parts() {
    let limits = Limits::default();
    let text = "SELECT a, t.b, d.t.c, d.t.e.f, d.t.* FROM d.t";
    let reading = statement(lex(text, Dialect::ClickHouse, &limits, Author::Person).unwrap(), &limits).unwrap();
    let written = |range: &Range<usize>| {
        let parts = reading.lexed.lexemes.get(range.clone()).unwrap().iter();
        parts.map(|part| reading.lexed.source(*part)).collect::<String>()
    };
    assert_eq!(reading.long_names.iter().map(written).collect::<Vec<_>>(), ["d.t.c", "d.t.e.f", "d.t.*"]);
    assert_eq!(reading.columns.iter().map(|&at| written(&(at..at + 1))).collect::<Vec<_>>(), ["a"]);
}
