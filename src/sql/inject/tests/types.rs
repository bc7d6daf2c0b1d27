//! Columns' types: those that carry others, and those that are not known.

use super::*;

/// How such a column is stored tells of hidden rows, to whoever casts it.
#[test]
fn nothing_is_cast_to_a_type_that_tells_of_hidden_rows() {
    for statement in [
        "SELECT j::Array(Dynamic) FROM dy",
        "SELECT CAST(j, 'Array(Variant(Int64, String))') FROM dy",
        "SELECT CAST(j AS JSON) FROM dy, t",
        "SELECT JSONExtract('{}', x'44796e616d6963') FROM dy",
    ] {
        assert_eq!(beside_pipes(statement, &|_| None, false).unwrap_err().kind, RefusalKind::NotAllowed, "{statement}");
        let open = |name: &str| (name == "dy").then_some(Visible::AllRows);
        let seen = beside_pipes(statement, &open, false).unwrap_or_else(|refusal| panic!("{statement} {refusal:?}"));
        assert!(seen.self_describing, "whoever reads it as a pipe must know");
    }
    assert!(beside_pipes("SELECT n::Int8, 'JSON1' AS `JSON` FROM t", &|_| None, false).is_ok());
    assert!(!beside_pipes("SELECT n FROM t", &|_| None, false).unwrap().self_describing);
    assert!(beside_pipes("SELECT n::String, DATE '2020-01-01' FROM dy", &|_| None, false).is_ok());
    // Out of such a column nothing is cast either: a hidden value's type could have no way to the new one.
    assert!(beside_pipes("SELECT j::Array(Int64) FROM dy", &|_| None, false).is_err());
}

/// Types of that name are harmless where they are not ClickHouse's.
#[test]
fn a_cast_to_json_is_plain_elsewhere() {
    let column = |name: &str| Column { name: name.into(), type_name: "JSON".into(), kind: ColumnKind::Ordinary };
    let mut catalog = Catalog::new("main", NameCase::Insensitive);
    catalog.insert(TableName::new("main", "t"), Table { columns: vec![column("n")], engine: Engine::Plain });
    let (dialect, limits, extensions) = (Dialect::Sqlite, Limits::default(), Extensions::default());
    let filter = Arc::new(RowFilter::compile("n = 1", dialect, &extensions, &|_| None).unwrap());
    let resolved = resolve("SELECT CAST(n AS JSON) FROM t", dialect, &limits, &extensions, &catalog).unwrap();
    assert!(resolved.rewrite(&|_| Some(Visible::Rows(vec![Arc::clone(&filter)]))).is_ok());
}

/// What a filtered statement reads where the configuration tells the columns.
fn stated(statement: &'static str, dialect: Dialect) -> Result<Rewritten, Refusal> {
    let column = |(name, type_name): (&str, &str)| Column {
        name: name.into(),
        type_name: type_name.into(),
        kind: ColumnKind::Ordinary,
    };
    let mut catalog = Catalog::new("d", NameCase::Sensitive).stated();
    let columns = [("n", "Int64"), ("u", "")].map(column).to_vec();
    catalog.insert(TableName::new("d", "t"), Table { columns, engine: Engine::Plain });
    let filter = Arc::new(RowFilter::compile("n = 1", dialect, &Extensions::default(), &|_| None)?);
    resolve(statement, dialect, &Limits::default(), &Extensions::default(), &catalog)?
        .rewrite(&|_| Some(Visible::Rows(vec![Arc::clone(&filter)])))
}

#[test]
fn behind_http_clickhouse_shows_the_columns_that_are_listed_and_others_show_the_star() {
    let text = stated("SELECT * FROM t", Dialect::ClickHouse).unwrap().text;
    assert!(text.contains("__pc_t.`n` AS `n`") && !text.contains("SELECT * FROM `d`"), "{text}");
    let sqlite = stated("SELECT * FROM t", Dialect::Sqlite).unwrap();
    assert!(!sqlite.text.contains(" AS \"n\""), "{}", sqlite.text);
    assert!(sqlite.fallible, "of other engines nothing is known");
}

#[test]
fn a_column_without_a_type_may_share_a_dictionary() {
    let text = stated("SELECT base64Decode(u) FROM t", Dialect::ClickHouse).unwrap().text;
    assert!(text.contains("[__pc_t.`u`][1] AS `u`"), "{text}");
}

#[test]
fn a_column_without_a_type_is_not_cast_and_the_hint_says_what_would_help() {
    let refusal = stated("SELECT u::Int64 FROM t", Dialect::ClickHouse).unwrap_err();
    assert!(refusal.hint.as_deref().is_some_and(|hint| hint.contains("list the columns' types")), "{refusal:?}");
    assert!(stated("SELECT CAST(n, 'Dynamic') FROM t", Dialect::ClickHouse).is_err(), "it may be of the open types");
    let known = beside_pipes("SELECT j[1]::Int64 FROM dy", &|_| None, false).unwrap_err();
    assert!(!known.hint.unwrap_or_default().contains("list the columns' types"), "its types are known");
}
