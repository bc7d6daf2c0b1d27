//! Rewritten statements on a real ClickHouse: what the gateway writes runs, and shows what the original shows on a
//! database that holds only the permitted rows.

use std::sync::Arc;

use portcullis::catalog::{self, Catalog, Column, ColumnKind, Keys, NameCase, Table, TableName};
use portcullis::sql::{self, Dialect, Extensions, Limits, RowFilter, Visible};

use crate::engines::{self, Engine};

/// Name, engine clause, columns (`+` outside `*`), the gateway's view of the engine.
const TABLES: &[(&str, &str, &str, catalog::Engine)] = &[
    (
        "events",
        "(org_id Int64, user_id String, n Int64, tags Array(String), day Date MATERIALIZED toDate('2026-01-01') + n, half Float64 ALIAS n / 2) ENGINE = MergeTree ORDER BY (org_id, n)",
        "org_id Int64,user_id String,n Int64,tags Array(String),+day Date,+half Float64",
        catalog::Engine::MergeTree,
    ),
    (
        "orders",
        "(org_id Int64, id String, total Int64) ENGINE = MergeTree ORDER BY total",
        "org_id Int64,id String,total Int64",
        catalog::Engine::MergeTree,
    ),
    (
        "rep",
        "(org_id Int64, k Int64, v Int64) ENGINE = ReplacingMergeTree(v) ORDER BY k",
        "org_id Int64,k Int64,v Int64",
        catalog::Engine::MergeTree,
    ),
    ("mem", "(org_id Int64, n Int64) ENGINE = Memory", "org_id Int64,n Int64", catalog::Engine::Plain),
];

/// The two databases: everything, and only what the token may see.
struct Pair {
    clickhouse: Engine,
    whole: String,
    permitted: String,
}

impl Pair {
    fn new() -> Option<Self> {
        let clickhouse = engines::clickhouse()?;
        let (whole, permitted) = (clickhouse.fresh_database("whole"), clickhouse.fresh_database("permitted"));
        for (database, filter) in [(&whole, "1"), (&permitted, "org_id = 1")] {
            for (name, shape, ..) in TABLES {
                clickhouse.run(&format!("CREATE TABLE {database}.{name} {shape}"));
            }
            for fill in [
                format!(
                    "INSERT INTO {database}.events SELECT * FROM (SELECT number % 3 AS org_id, concat('u', toString(number % 7)) AS user_id, number AS n, [toString(number % 5), 'x'] AS tags FROM numbers(60)) WHERE {filter}"
                ),
                format!(
                    "INSERT INTO {database}.orders SELECT * FROM (SELECT number % 4 AS org_id, concat('u', toString(number % 9)) AS id, number * 10 AS total FROM numbers(40)) WHERE {filter}"
                ),
                format!(
                    "INSERT INTO {database}.rep SELECT * FROM (SELECT 1 AS org_id, number AS k, 1 AS v FROM numbers(9)) WHERE {filter}"
                ),
                format!(
                    "INSERT INTO {database}.rep SELECT * FROM (SELECT 1 AS org_id, number AS k, 2 AS v FROM numbers(5)) WHERE {filter}"
                ),
                format!(
                    "INSERT INTO {database}.mem SELECT * FROM (SELECT number % 3 AS org_id, number AS n FROM numbers(30)) WHERE {filter}"
                ),
            ] {
                clickhouse.run(&fill);
            }
        }
        Some(Self { clickhouse, whole, permitted })
    }

    fn catalog(&self) -> Catalog {
        let mut catalog = Catalog::new(&self.whole, NameCase::Sensitive);
        for (name, _, columns, engine) in TABLES {
            let column = |text: &str| {
                let (name, type_name) = text.split_once(' ').expect("a name and a type");
                Column {
                    name: name.trim_start_matches('+').into(),
                    type_name: type_name.into(),
                    kind: if name.starts_with('+') { ColumnKind::ByName } else { ColumnKind::Ordinary },
                }
            };
            let table = Table { columns: columns.split(',').map(column).collect(), engine: *engine };
            let place = TableName::new(&self.whole, name);
            catalog.insert_keys(&place, Keys::known([]));
            catalog.insert(place, table);
        }
        catalog
    }

    fn rewrite(&self, statement: &str) -> Result<String, sql::Refusal> {
        let (dialect, extensions) = (Dialect::ClickHouse, Extensions::default());
        let filter = Arc::new(RowFilter::compile("org_id = 1", dialect, &extensions, &|_| None)?);
        let resolved = sql::resolve(statement, dialect, &Limits::default(), &extensions, &self.catalog())?;
        Ok(resolved.rewrite(&|_| Some(Visible::Rows(vec![Arc::clone(&filter)])))?.text)
    }

    /// Compares what the gateway would show with what the original shows on the permitted copy, both as sorted lines.
    fn compare(&self, statement: &str) -> Result<(), String> {
        let rewritten = self.rewrite(statement).map_err(|refusal| format!("{statement}\n{refusal}"))?;
        // The session's database is another one: no bare name can reach a table.
        let sorted = |database: &str, text: &str| {
            let (status, body) =
                self.clickhouse.query(&format!("database={database}&default_format=TSVWithNames"), text);
            let mut lines: Vec<String> = body.lines().map(str::to_owned).collect();
            if let Some(rows) = lines.get_mut(1..) {
                rows.sort();
            }
            if status == 200 { Ok(lines) } else { Err(format!("{statement}\n{text}\n{body}")) }
        };
        let (expected, seen) = (sorted(&self.permitted, statement)?, sorted("default", &rewritten)?);
        if seen == expected { Ok(()) } else { Err(format!("{statement}\n{rewritten}\n{seen:?}\n{expected:?}")) }
    }
}

impl Drop for Pair {
    fn drop(&mut self) {
        for database in [&self.whole, &self.permitted] {
            let _ = self.clickhouse.query("", &format!("DROP DATABASE {database}"));
        }
    }
}

#[test]
fn every_shape_shows_what_the_permitted_copy_shows() {
    let Some(pair) = Pair::new() else { return };
    let statements = include_str!("../data/differential/clickhouse.sql").split(";\n").map(str::trim);
    let wrong: Vec<String> = statements
        .filter(|statement| !statement.is_empty())
        .filter_map(|statement| pair.compare(statement).err())
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn shadowing_the_filter_from_outside_changes_nothing() {
    let Some(pair) = Pair::new() else { return };
    for statement in [
        "WITH 1 AS org_id SELECT n FROM events",
        "SELECT 1 AS org_id, n FROM events",
        "SELECT n FROM events AS __x WHERE org_id = 2 OR 1",
        "WITH 2 AS org_id, 'x' AS events SELECT n, org_id FROM events",
        "SELECT n FROM (SELECT 1 AS org_id, n FROM events)",
        "SELECT n AS org_id, org_id AS n FROM events",
    ] {
        let rewritten = pair.rewrite(statement).unwrap_or_else(|refusal| panic!("{statement}\n{refusal}"));
        let rows = |database: &str, text: &str| pair.clickhouse.query(&format!("database={database}"), text);
        let (status, body) = rows("default", &format!("SELECT count() FROM ({rewritten})"));
        assert_eq!((status, body.as_str()), (200, "20\n"), "{statement}\n{rewritten}");
    }
}

#[test]
fn an_error_that_only_a_hidden_row_could_raise_is_not_raised() {
    let Some(pair) = Pair::new() else { return };
    // Row 2 belongs to another tenant.
    for statement in [
        "SELECT n FROM events WHERE intDiv(1, n - 2) = 7 OR n > 0",
        "SELECT n FROM events PREWHERE intDiv(1, n - 2) = 7",
        "SELECT count() FROM mem WHERE intDiv(1, n - 2) = 7",
        "SELECT n FROM events ORDER BY intDiv(1, n - 2)",
    ] {
        let rewritten = pair.rewrite(statement).unwrap_or_else(|refusal| panic!("{statement}\n{refusal}"));
        let (status, body) = pair.clickhouse.query("", &rewritten);
        assert_eq!(status, 200, "{rewritten}\n{body}");
        let (plain, _) = pair.clickhouse.query(&format!("database={}", pair.whole), statement);
        assert_ne!(plain, 200, "without the gateway the error is there: {statement}");
    }
}
