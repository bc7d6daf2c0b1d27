use super::*;
use crate::sql::lex::{Author, lex};
use crate::sql::{Dialect, Limits, read};

fn reading(statement: &str) -> Reading<'_> {
    let limits = Limits::default();
    read::statement(lex(statement, Dialect::ClickHouse, &limits, Author::Person).unwrap(), &limits).unwrap()
}

#[test]
fn names_of_columns_are_all_that_a_name_could_mean() {
    let named = names_of_columns(&reading("SELECT f(a), p.b.c FROM p WHERE `d e` = count(*)")).unwrap();
    assert_eq!(named, ["a", "b", "b.c", "c", "d e", "p", "p.b", "p.b.c"]);
}

#[test]
fn a_column_without_a_name_is_refused() {
    for statement in [
        "SELECT f(*) FROM p",
        "SELECT f(p.*) FROM p",
        "SELECT [*] FROM p",
        "SELECT * APPLY(f) FROM p",
        "SELECT COLUMNS('x') FROM p",
        "WITH c (x) AS (SELECT 1) SELECT x FROM c",
        "SELECT * FROM p UNION ALL SELECT 1",
        "SELECT x FROM (SELECT 1 AS x UNION ALL SELECT * FROM p)",
        "SELECT * FROM p INTERSECT SELECT 1",
        "SELECT count(p.*) FROM p",
        "SELECT count(*, x) FROM p",
        "SELECT f(count, *) FROM p",
        "SELECT f({q:String}, *) FROM p",
        "SELECT f([x], *) FROM p",
    ] {
        assert!(names_of_columns(&reading(statement)).is_err(), "{statement}");
    }
    for statement in [
        "SELECT *, f(x) FROM p",
        "SELECT p.*, f(x) FROM p",
        "SELECT f(x) FROM (SELECT * FROM p)",
        "SELECT count(*), n * 2, f(n * m) FROM p UNION ALL SELECT 1, 2, 3",
        "SELECT * EXCEPT (x) FROM p",
        "SELECT f(x), [x], {q:String}, * FROM p",
        "SELECT apply, p.columns FROM p",
        "SELECT x FROM (WITH 1 AS y SELECT * FROM p)",
        "SELECT x FROM (FROM p SELECT *)",
    ] {
        assert!(names_of_columns(&reading(statement)).is_ok(), "{statement}");
    }
}

#[test]
fn only_what_is_plain_is_converted() {
    let refused = |statement: &str| conversions(&reading(statement), &|name| ["a", "b"].contains(&name)).is_err();
    for operand in [
        "v",
        "(v)",
        "(a + v)",
        "f(v)",
        "[v]",
        "[v][1]",
        "t.v",
        "v.a",
        "(SELECT a)",
        "(SELECT any(a) FROM t)",
        "f(a)(v)",
        "CASE WHEN a THEN v END",
        "v[1]",
        "f(v)(a)",
        "[v][1][1]",
        "toString(a) + v",
        "[a][1] + v",
        "{q:Int8} + v",
        "(WITH 1 AS a SELECT a)",
        "(FROM t SELECT a)",
        "COLUMNS('v')",
        "f(*)",
        "arrayMap(a -> a, [a])",
        "(a AS v)",
        "t.v.a",
    ] {
        for cast in [
            "{}::Int64",
            "CAST({} AS Int64)",
            "toInt64({})",
            "toDateTime64OrNull({}, 3)",
            "accurateCast({}, 'Int8')",
            "DATE({})",
        ] {
            let statement = format!("SELECT {} FROM t", cast.replace("{}", operand));
            assert!(refused(&statement), "{statement}");
        }
    }
    for statement in [
        "SELECT a::Int64, (a)::Int8, (a + b)::Int8, f(a, b)::Int8, t.a::Int8, a.x::Int8, 1::Int8, '1'::Int8, toInt8(a), toInt8(t.b) FROM t",
        "SELECT v::String, CAST(v AS String), CAST(v, 'String'), toString(v)::Int64, toInt64(toString(v)), toString(v), toTypeName(v) FROM t",
        "SELECT CAST(a AS Nullable(Int64)), CAST(a, 'Int64'), accurateCast(b, 'Int8'), now(), toDate(now()), toDate('2026-01-01') FROM t",
        "SELECT v + 1, length(v), v.Int64, dynamicType(v) FROM t",
        "SELECT [a]::Array(Int8), {q:String}::Int8, x'31'::Int8, -a::Int8, CASE WHEN v THEN a::Int8 END FROM t",
        "SELECT CAST(v, x'537472696e67') FROM t",
        "SELECT date[v], a::Int8, v FROM a",
    ] {
        assert!(!refused(statement), "{statement}");
    }
}

#[test]
fn a_column_behind_its_tables_name_is_told_from_a_part_of_a_column() {
    let refused = |statement: &str| conversions(&reading(statement), &|name| ["a", "b"].contains(&name)).is_err();
    assert!(refused("SELECT a.v::Int8 FROM t AS a") && refused("SELECT a.b.v::Int8 FROM t AS a"));
    assert!(!refused("SELECT a.b::Int8 FROM t AS a") && !refused("SELECT a.v.x::Int8 FROM t"));
    assert!(refused("SELECT accurateCast(v, 'String') FROM t") && refused("SELECT toDateTime(v, 'String') FROM t"));
}

#[test]
fn dictionaries_are_recognised_wherever_they_are_made() {
    for statement in [
        "SELECT toLowCardinality(a)",
        "SELECT a::LowCardinality(String)",
        "SELECT CAST(a, 'Array(LowCardinality(String))')",
    ] {
        assert!(makes_dictionaries(&reading(statement)), "{statement}");
    }
    assert!(!makes_dictionaries(&reading("SELECT lowCardinality, 'low'")));
    assert!(!makes_dictionaries(&reading("SELECT n FROM t WHERE s != ''")), "an empty text names no type");
}
