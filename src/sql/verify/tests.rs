use super::*;
use crate::sql::dialect::Dialect;
use crate::sql::emit::{self, Edit};

const WALL: &str = "view(SELECT * FROM `d`.`t` AS __pc_t PREWHERE ((__pc_t.`o` = 1))) AS `t`";

/// Whether the statement verifies with `edit` in the place of its table, once `damage` is done to what was written.
fn verifies(edit: Edit, damage: impl Fn(&mut Emitted)) -> bool {
    let limits = Limits::default();
    let lexed = lex("SELECT n FROM t WHERE n = 'a'", Dialect::ClickHouse, &limits, Author::Person).unwrap();
    let reading = read::statement(lexed, &limits).unwrap();
    let mut emitted = emit::emit(&reading, &[edit]);
    damage(&mut emitted);
    let verified = verify(&reading, &emitted, &limits);
    assert!(verified.as_ref().err().is_none_or(|refusal| refusal.kind == RefusalKind::Unverified));
    verified.is_ok()
}

fn wall() -> Edit {
    Edit::Wall(3..4, WALL.to_owned())
}

#[test]
fn a_lexeme_that_is_lost_changed_or_added_is_seen() {
    assert!(verifies(wall(), |_| {}));
    for (from, to) in [
        ("'a'", "'b'"),
        ("= 'a'", "!= 'a'"),
        (" = 'a'", ""),
        (" = 'a'", " -- = 'a'"),
        ("'a'", "'a' OR 1"),
        ("WHERE", ", `secret` WHERE"),
        ("SELECT `n`", "SELECT `m`"),
    ] {
        assert!(!verifies(wall(), |emitted| emitted.text = emitted.text.replacen(from, to, 1)), "{to}");
    }
}

#[test]
fn a_table_without_a_whole_wall_is_seen() {
    assert!(!verifies(Edit::Instead(3..4, "`d`.`t`".to_owned()), |_| {}), "a table that is written openly");
    assert!(!verifies(Edit::Instead(3..4, WALL.to_owned()), |_| {}), "a wall that is not called one");
    assert!(!verifies(wall(), |emitted| emitted.walls[0].end -= 1), "a wall that ends inside a lexeme");
    assert!(!verifies(wall(), |emitted| emitted.own[0].start += 1), "a lexeme that crosses its border");
}

#[test]
fn a_border_that_a_lexeme_crosses_is_seen() {
    assert!(!verifies(wall(), |emitted| emitted.own[0].end -= 1), "the last lexeme reaches out of the wall");
    assert!(!verifies(wall(), |emitted| emitted.own[0].end += 3), "a lexeme of the client's reaches into it");
}

#[test]
fn the_text_may_be_as_long_as_the_limit_and_no_longer() {
    let limits = Limits { depth: 9, ..Limits::default() };
    let lexed = lex("SELECT ((((((((1 + n))))))))", Dialect::ClickHouse, &limits, Author::Person).unwrap();
    let reading = read::statement(lexed, &limits).unwrap();
    let emitted = emit::emit(&reading, &[]);
    let kind =
        |output_bytes| verify(&reading, &emitted, &Limits { output_bytes, ..limits }).err().map(|refusal| refusal.kind);
    assert_eq!(kind(emitted.text.len()), None);
    assert_eq!(kind(emitted.text.len() - 1), Some(RefusalKind::TooLarge));
}

#[test]
fn what_is_read_again_is_the_gateways_own() {
    let passes = |text: &str, dialect| {
        let limits = Limits::default();
        let lexed = lex(text, dialect, &limits, Author::Gateway).unwrap();
        every_table_is_walled(&read::statement(lexed, &limits).unwrap()).is_ok()
    };
    assert!(passes("WITH __pc_0 AS (SELECT 1) SELECT 1 IN __pc_0 FROM __pc_0 AS a, numbers(1)", Dialect::ClickHouse));
    for text in [
        "SELECT n FROM t",
        "SELECT 1 FROM (EXPLAIN SELECT 1)",
        "SELECT 1 IN t",
        "WITH a AS (SELECT 1) SELECT 1",
        "WITH a AS (SELECT 1) SELECT 1 FROM a",
        "SELECT 1 FROM numbers(1), file('a')",
    ] {
        assert!(!passes(text, Dialect::ClickHouse), "{text}");
    }
    assert!(!passes("WITH __pc_0 AS (SELECT 1) SELECT 1 FROM __PC_0", Dialect::Sqlite));
    // Where no table is read there, it is a name that an engine could take for one.
    assert!(!passes("SELECT 1 IN t", Dialect::Sqlite));
}

#[test]
fn a_range_of_one_lexeme_is_a_range() {
    let lexed = lex("a b", Dialect::ClickHouse, &Limits::default(), Author::Person).unwrap();
    assert_eq!(positions(&lexed, &(0..1)), Some(0..1));
    assert_eq!(positions(&lexed, &(0..2)), None);
}
