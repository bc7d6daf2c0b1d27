use super::*;
use crate::sql::dialect::Dialect;
use crate::sql::lex::{Author, lex};
use crate::sql::{Limits, read};

fn admitted(statement: &str, dialect: Dialect, extension: &str) -> bool {
    let limits = Limits::default();
    let reading = read::statement(lex(statement, dialect, &limits, Author::Person).unwrap(), &limits).unwrap();
    let extensions = Extensions { functions: [extension.into()].into() };
    admit(&reading, &extensions).is_ok()
}

#[test]
fn a_deployment_adds_functions() {
    for dialect in [Dialect::ClickHouse, Dialect::Sqlite, Dialect::Generic] {
        assert!(admitted("SELECT own(1)", dialect, "own"));
        assert!(!admitted("SELECT own(1)", dialect, "other"));
    }
    assert!(!admitted("SELECT arrayReduce('file', 1)", Dialect::ClickHouse, "file_"));
    assert!(admitted("SELECT arrayReduce('file', 1)", Dialect::Sqlite, "arrayReduce"), "it takes no name there");
}

#[test]
fn a_cast_is_a_cast_in_any_case() {
    for dialect in [Dialect::ClickHouse, Dialect::Sqlite, Dialect::Generic] {
        assert!(admitted("SELECT cAsT(1 AS int)", dialect, ""));
    }
}

#[test]
fn an_aggregate_state_is_refused_where_the_engine_has_states() {
    for statement in [
        "SELECT CAST('a' AS AggregateFunction(sum, UInt8))",
        "SELECT CAST('a', 'AggregateFunction(sum, UInt8)')",
        "SELECT CAST('a', 'Nullable(Aggregate\\x46unction(sum, UInt8))')",
        "SELECT CAST('a', x'41676772656761746546756e6374696f6e2873756d2c2055496e743829')",
    ] {
        assert!(!admitted(statement, Dialect::ClickHouse, ""), "{statement}");
    }
    assert!(admitted("SELECT 'AggregateFunction'", Dialect::Sqlite, ""));
}

#[test]
fn a_setting_takes_a_plain_value() {
    for value in ["1", "'1'", "one"] {
        assert!(admitted(&format!("SELECT 1 SETTINGS max_threads = {value}"), Dialect::ClickHouse, ""), "{value}");
    }
    assert!(!admitted("SELECT 1 SETTINGS max_threads = `one`", Dialect::ClickHouse, ""));
}

#[test]
fn a_type_is_written_in_full() {
    for statement in [
        "SELECT CAST(1, 'Int8'), cast(1 AS Int8), accurateCast([1, (2)], 'Array(Int8)'), CAST((1, 2) AS Tuple(Int8, Int8))",
        "SELECT accurateCastOrDefault({'a': 1}, 'Int8', 1 + 1), accurateCastOrNull(f, 'Int8'), CAST(CAST(1, 'Int8'), 'Int8')",
        "SELECT CAST((1 AS Int8), 'Int8'), (abs(1), 2, concat('a', 'b'))",
    ] {
        assert!(admitted(statement, Dialect::ClickHouse, ""), "{statement}");
    }
    for of in [
        "concat('In', 't8')",
        "'In' || 't8'",
        "'Int8' AS t",
        "{t:String}",
        "t",
        "('Int8')",
        "x'496e7438'",
        "''::String",
    ] {
        for cast in ["CAST", "accurateCast", "ACCURATECASTORNULL", "accurateCastOrDefault"] {
            for argument in ["1", "f(1, 2)", "[1, 2]", "{'a': 1}", "(1, 'a')"] {
                let statement = format!("SELECT {cast}({argument}, {of})");
                assert!(!admitted(&statement, Dialect::ClickHouse, "f"), "{statement}");
            }
        }
    }
    assert!(admitted("SELECT cast(1, 'a' || 'b')", Dialect::Sqlite, ""), "casts of ClickHouse's only");
}

#[test]
fn the_function_named_in_an_argument_is_a_string_alone() {
    assert!(admitted("SELECT arrayReduce('sum', [1])", Dialect::ClickHouse, ""));
    for argument in ["xsumx", "x'73756d'", "'su' || 'm'", "`sum`", "'file'", "lower('SUM')"] {
        let statement = format!("SELECT arrayReduce({argument}, [1])");
        assert!(!admitted(&statement, Dialect::ClickHouse, ""), "{statement}");
    }
}

/// Beside a row filter nothing is cast to a type whose values carry their own types, whatever names the type.
#[test]
fn a_self_describing_type_is_no_casts_beside_a_filter() {
    let allowed = |statement: &str| {
        let limits = Limits::default();
        let lexed = lex(statement, Dialect::ClickHouse, &limits, Author::Person).unwrap();
        casts_beside_filters(&read::statement(lexed, &limits).unwrap()).is_ok()
    };
    for statement in [
        "SELECT a::Dynamic",
        "SELECT CAST(a AS Variant(Int64, String))",
        "SELECT CAST(a, 'JSON')",
        "SELECT CAST(a, x'4a534f4e')",
        "SELECT a::Array(Dynamic)",
    ] {
        assert!(!allowed(statement), "{statement}");
    }
    assert!(allowed("SELECT a::Int64, CAST(a, 'Array(String)'), Dynamic, `JSON` FROM Variant"));
}
