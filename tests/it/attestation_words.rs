//! What ClickHouse itself says of a rewritten statement: it reads no table outside a wall.
//!
//! Every pair of words of a small alphabet stands in every place where a table could be read. What the gateway makes of it is
//! given to the engine for its query tree, with the walls' tables under other names: whatever else the tree names is a table
//! that the gateway did not see.

use std::sync::Arc;

use portcullis::catalog::{Catalog, Column, ColumnKind, Engine, Keys, NameCase, Table, TableName};
use portcullis::sql::{self, Dialect, Extensions, Limits, RowFilter, Visible};

use crate::engines;

/// Names of tables: plain ones, and words that could be literals, types, functions or words of the grammar.
const TABLES: &[&str] = &[
    "t", "secret", "true", "inf", "nan", "date", "interval", "array", "left", "inner", "like", "any", "all", "final",
    "case", "not", "from", "values", "in", "div", "limit", "day",
];

/// What statements are put together from.
const WORDS: &[&str] = &[
    "t",
    "secret",
    "`secret`",
    "default.secret",
    "true",
    "inf",
    "NaN",
    "date",
    "interval",
    "array",
    "left",
    "inner",
    "like",
    "null",
    "a",
    "1",
    "'x'",
    "(",
    ")",
    "()",
    ",",
    "-",
    "+",
    "not",
    "as",
    "in",
    "from",
    "values",
    "join",
    "exists",
    "case",
    "any",
    "all",
    "final",
    "[1]",
    ".1",
    ".a",
    "::Int8",
    "*",
    "=",
    "(secret)",
    "(select 1)",
    "((secret))",
    "[secret]",
    "in secret",
    "from secret",
    "distinct",
    "global in",
    "div",
    "limit",
    "array join [1]",
    "array join",
    "day",
    "as x",
    "union all",
];

/// The places.
const PLACES: &[(&str, &str)] = &[
    ("SELECT 1 IN ", ""),
    ("SELECT a FROM t WHERE a NOT IN ", " AND 1"),
    ("SELECT a FROM ", ""),
    ("SELECT a FROM t ", ""),
    ("SELECT ", " FROM t"),
    ("WITH c AS (SELECT 1 AS a) SELECT a IN ", " FROM c"),
    ("WITH 1 AS secret SELECT a IN ", " FROM t"),
    ("SELECT position(a IN ", ") FROM t"),
];

fn catalog() -> Catalog {
    let mut catalog = Catalog::new("default", NameCase::Sensitive);
    for name in TABLES {
        let column = |name: &str| Column { name: name.into(), type_name: "Int64".into(), kind: ColumnKind::Ordinary };
        let table = Table { columns: vec![column("a"), column("b")], engine: Engine::MergeTree };
        let place = TableName::new("default", name);
        catalog.insert_keys(&place, Keys::known([]));
        catalog.insert(place, table);
    }
    catalog
}

fn rewritten(statement: &str, catalog: &Catalog, filter: &Arc<RowFilter>) -> Option<String> {
    let extensions = Extensions::default();
    let resolved = sql::resolve(statement, Dialect::ClickHouse, &Limits::default(), &extensions, catalog).ok()?;
    Some(resolved.rewrite(&|_| Some(Visible::Rows(vec![Arc::clone(filter)]))).ok()?.text)
}

#[test]
fn clickhouse_reads_no_table_outside_a_wall() {
    let Some(clickhouse) = engines::clickhouse() else { return };
    let database = clickhouse.fresh_database("words");
    for name in TABLES {
        for table in [(*name).to_owned(), format!("wall {name}")] {
            clickhouse
                .run(&format!("CREATE TABLE {database}.`{table}` (a Int64, b Int64) ENGINE = MergeTree ORDER BY a"));
        }
    }
    let filter = RowFilter::compile("b = 1", Dialect::ClickHouse, &Extensions::default(), &|_| None).unwrap();
    let (catalog, filter) = (catalog(), Arc::new(filter));
    let parameters = format!("database={database}&default_format=TSVRaw");
    let pairs = WORDS.iter().flat_map(|first| WORDS.iter().map(move |second| format!("{first} {second}")));
    let mut read = 0;
    for words in WORDS.iter().map(|word| (*word).to_owned()).chain(pairs) {
        for (before, behind) in PLACES {
            let Some(text) = rewritten(&format!("{before}{words}{behind}"), &catalog, &filter) else { continue };
            let walled = text.replace("FROM `default`.`", &format!("FROM `{database}`.`wall "));
            let (status, tree) = clickhouse.query(&parameters, &format!("EXPLAIN QUERY TREE run_passes = 1 {walled}"));
            let names = tree.split("table_name: ").skip(1).filter_map(|rest| rest.split([',', '\n']).next());
            let inside = format!("{database}.wall ");
            let outside: Vec<&str> =
                names.filter(|name| !name.replace('`', "").starts_with(&inside) && *name != "system.one").collect();
            assert!(outside.is_empty(), "{before}{words}{behind}\n{text}\nreads {outside:?}");
            read += usize::from(status == 200);
        }
    }
    assert!(read > 500, "only {read} statements are both accepted and SQL");
    clickhouse.run(&format!("DROP DATABASE {database}"));
}
