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

/// Words that begin or join something are names in ClickHouse where what follows goes on behind a name, and nowhere else.
#[test]
fn a_word_of_the_grammar_is_a_name_where_it_can_be_nothing_else() {
    let understood = |text: &str, dialect| canonical(text, dialect).is_some();
    for word in [
        "select", "from", "with", "where", "when", "then", "else", "on", "in", "and", "or", "distinct", "join",
        "union", "having", "prewhere", "into",
    ] {
        let written = canonical(&format!("SELECT 1 + {word}, 2"), Dialect::ClickHouse).unwrap();
        assert_eq!(written, format!("SELECT 1 + `{word}`, 2"));
        assert!(!understood(&format!("SELECT 1 + {word}, 2"), Dialect::DuckDb), "{word}");
        assert!(!understood(&format!("SELECT 1 + {word}"), Dialect::ClickHouse), "{word} at the end");
        assert!(!understood(&format!("SELECT 1 + {word} + 1"), Dialect::ClickHouse), "{word} before a sum");
    }
    assert!(!understood("SELECT 1 + as, 2", Dialect::ClickHouse));
    for word in ["limit", "final", "order", "group", "sample", "settings", "window"] {
        assert_eq!(
            canonical(&format!("SELECT 1 + {word}"), Dialect::DuckDb).unwrap(),
            format!("SELECT 1 + \"{word}\"")
        );
        assert!(understood(&format!("SELECT 1 + {word} + 1"), Dialect::DuckDb), "{word}");
    }
}

#[test]
fn what_goes_on_behind_a_name_is_known() {
    let understood = |text: &str, dialect| canonical(text, dialect).is_some();
    for text in [
        "SELECT from.a",
        "SELECT [from]",
        "SELECT (from)",
        "SELECT from = 1, from != 1, from < 1, from > 1, from <= 1, from >= 1",
        "SELECT from AS a, from AND 1, from OR 1, from IS NULL, from IN (1)",
        "SELECT from FROM t",
    ] {
        assert!(understood(text, Dialect::ClickHouse), "{text}");
        assert!(!understood(text, Dialect::DuckDb), "{text}");
    }
    for text in
        ["SELECT from + 1", "SELECT from[1]", "SELECT from 'a'", "SELECT from ? 1 : 2", "SELECT from NOT IN (1)"]
    {
        assert!(!understood(text, Dialect::ClickHouse), "{text}");
    }
    // Words that end an expression, behind one that begins no operand.
    for text in [
        "SELECT limit LIKE 'a'",
        "SELECT limit ILIKE 'a'",
        "SELECT limit BETWEEN 1 AND 2",
        "SELECT 1 ORDER BY limit ASC",
        "SELECT 1 ORDER BY limit DESC",
        "SELECT CASE WHEN limit THEN 1 END",
        "SELECT CASE WHEN 1 THEN limit ELSE 2 END",
        "SELECT CASE WHEN 1 THEN 2 ELSE limit END",
        "SELECT 1 WHERE limit GROUP BY 1",
        "SELECT 1 WHERE limit ORDER BY 1",
        "SELECT 1 GROUP BY limit HAVING 1",
        "SELECT 1 WHERE limit LIMIT 1",
        "SELECT limit[1]",
    ] {
        assert!(understood(text, Dialect::ClickHouse), "{text}");
        assert!(!understood(text, Dialect::DuckDb), "{text}");
    }
    assert!(understood("SELECT limit FROM t", Dialect::DuckDb));
}

#[test]
fn a_set_operation_is_told_from_a_stars_except() {
    let has = |text: &str| {
        let limits = Limits::default();
        statement(lex(text, Dialect::ClickHouse, &limits, Author::Person).unwrap(), &limits)
            .unwrap()
            .has_set_operations()
    };
    for text in [
        "SELECT 1 UNION ALL SELECT 2",
        "SELECT 1 INTERSECT SELECT 2",
        "SELECT 1 EXCEPT SELECT 2",
        "SELECT * EXCEPT SELECT 1",
        "SELECT * EXCEPT ALL SELECT 1",
        "SELECT * EXCEPT DISTINCT SELECT 1",
        "SELECT * EXCEPT WITH 1 AS x SELECT x",
        "SELECT * EXCEPT FROM t SELECT a",
        "SELECT * EXCEPT (SELECT 1)",
        "SELECT * EXCEPT ((SELECT 1))",
        "SELECT (SELECT 1 UNION ALL SELECT 2)",
        "SELECT ((SELECT 1) EXCEPT SELECT 2)",
        "SELECT 1 FROM (SELECT 1 UNION ALL SELECT 2)",
    ] {
        assert!(has(text), "{text}");
    }
    for text in [
        "SELECT * EXCEPT (a) FROM t",
        "SELECT * EXCEPT a FROM t",
        "SELECT * EXCEPT STRICT (a, b) FROM t",
        "SELECT t.* EXCEPT ('a') FROM t",
        "SELECT COLUMNS('a') EXCEPT (a) FROM t",
        "SELECT union, intersect, `except` FROM t",
    ] {
        assert!(!has(text), "{text}");
    }
}

#[test]
fn words_of_the_grammar_in_a_type_are_names_of_its_elements() {
    let written = |of: &str| canonical(&format!("SELECT a::{of}"), Dialect::ClickHouse);
    for (of, text) in [
        ("Tuple(select Int8, from Int8)", "Tuple(`select` Int8, `from` Int8)"),
        ("AggregateFunction(any, Int8)", "AggregateFunction(any, Int8)"),
        ("AggregateFunction(0, any)", "AggregateFunction(0, any)"),
        ("Nested(any Int8)", "Nested(`any` Int8)"),
    ] {
        assert_eq!(written(of).unwrap(), format!("SELECT `a`::{text}"));
    }
    for of in [
        "Tuple(Int8 any)",
        "Tuple(Int8 any, Int8)",
        "Tuple(a Int8 from)",
        "AggregateFunction(final)",
        "AggregateFunction(from, Int8)",
        "Tuple(Int8 select Int8)",
        "Tuple(any",
        "Tuple(* Int8)",
        "select",
        "'Int8'",
    ] {
        assert_eq!(written(of), None, "{of}");
    }
}

#[test]
fn an_alias_is_no_part_of_its_expression() {
    let limits = Limits::default();
    let text = "SELECT 1 + a AS x, b y, `as` z, (c AS d) AS e FROM t";
    let reading = statement(lex(text, Dialect::ClickHouse, &limits, Author::Person).unwrap(), &limits).unwrap();
    let written = |range: Range<usize>| {
        let parts = reading.lexed.lexemes.get(range).unwrap().iter();
        parts.map(|part| reading.lexed.source(*part)).collect::<String>()
    };
    let aliases = reading.aliases.iter().map(|(of, alias)| (written(of.clone()), written(*alias..*alias + 1)));
    let expected = [("1+a", "x"), ("b", "y"), ("`as`", "z"), ("c", "d"), ("(cASd)", "e")];
    assert_eq!(aliases.collect::<Vec<_>>(), expected.map(|(of, alias)| (of.to_owned(), alias.to_owned())));
}

/// No text is known that comes to this; the net is there all the same.
#[test]
fn a_lexeme_without_a_place_is_a_refusal() {
    let limits = Limits::default();
    let lexed = lex("SELECT 1", Dialect::ClickHouse, &limits, Author::Person).unwrap();
    let mut reader = Reader::new(lexed, &limits, Purpose::Statement, &[]);
    reader.take(Role::Keyword);
    reader.at += 1;
    let refusal = reader.finish().unwrap_err();
    assert_eq!((refusal.message.as_str(), refusal.at), ("a part of the statement found no place", Some(7..8)));
}
