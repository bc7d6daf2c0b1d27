//! What is taken for harmless and what is not, on real ClickHouse, over indexes on every column: databases that differ only in
//! hidden rows give the same answers. The hidden rows of one hold the extremes of every type and text that is no number; of
//! another they are tame; a third has none, for errors that need a row and no value.
//!
//! `tests/data/harmless/harmless.sql` holds statements that cannot fail; `misled.sql` others of which the index analysis may
//! think what is not so; `failing.sql` those that do fail on the extremes: without the LIMIT the databases differ, which proves
//! that they could; with it they do not.

use std::sync::Arc;

use portcullis::catalog::{self, Catalog, Column, ColumnKind, Keys, NameCase, Table, TableName};
use portcullis::sql::{self, Dialect, Extensions, Limits, RowFilter, Visible};

use crate::engines::{self, Engine};

const FENCE: &str = " LIMIT 9223372036854775807";

const COLUMNS: &[(&str, &str)] = &[
    ("org_id", "Int64"),
    ("n", "Int64"),
    ("m", "Int64"),
    ("f", "Float64"),
    ("s", "LowCardinality(String)"),
    ("d", "Date"),
    ("t", "DateTime('UTC')"),
    ("ts", "DateTime64(3, 'UTC')"),
    ("fine", "DateTime64(6, 'UTC')"),
    ("price", "Decimal(18, 4)"),
    ("maybe", "Nullable(String)"),
    ("arr", "Array(String)"),
    ("tags", "Map(String, String)"),
];

/// Rows of one tenant, as a SELECT over `numbers`. The times of all are around 2026.
fn tame(org: u32, rows: u32) -> String {
    format!(
        "SELECT {org}, number + 10, number % 5 + 1, number / 2, toString(number + 1), toDate('2026-01-01') + number, \
         toDateTime('2026-01-01 00:00:00', 'UTC') + number * 3600, toDateTime64('2026-01-01 00:00:00', 3, 'UTC') + number, \
         toDateTime64('2026-01-01 00:00:00', 6, 'UTC') + number, number, {maybe}, ['a', toString(number)], map('k', 'v') \
         FROM numbers({rows})",
        // Of the tenant's own rows none has one: an error that needs a value other than NULL is a hidden row's.
        maybe = if org == 1 { "NULL" } else { "toString(number)" }
    )
}

/// The extremes: a row for each.
const TRAPS: &[&str] = &[
    "SELECT 2, 3, 0, nan, 'boom', toDate(0), toDateTime(0, 'UTC'), reinterpret(toInt64(9223372036854775807), 'DateTime64(3, \\'UTC\\')'), reinterpret(toInt64(9223372036854775807), 'DateTime64(6, \\'UTC\\')'), 99999999999999, 'boom', [], map()",
    "SELECT 3, 9223372036854775807, -1, inf, '', toDate(65535), toDateTime(4294967295, 'UTC'), reinterpret(toInt64(-9223372036854775808), 'DateTime64(3, \\'UTC\\')'), reinterpret(toInt64(-9223372036854775808), 'DateTime64(6, \\'UTC\\')'), -99999999999999, '', ['x', 'y', 'z'], map('k', 'boom')",
    "SELECT 4, -9223372036854775808, -9223372036854775808, -inf, '\\xff\\0(', toDate(1), toDateTime(1, 'UTC'), reinterpret(toInt64(-1), 'DateTime64(3, \\'UTC\\')'), reinterpret(toInt64(0), 'DateTime64(6, \\'UTC\\')'), 0, NULL, [''], map('', '')",
    "SELECT 5, 0, 0, 1e308, repeat('[', 3000), toDate(2), toDateTime(2, 'UTC'), reinterpret(toInt64(0), 'DateTime64(3, \\'UTC\\')'), reinterpret(toInt64(-1), 'DateTime64(6, \\'UTC\\')'), 1, 'x', ['boom'], map('k', '')",
];

/// How a database's table keeps its rows: where the engine could look at values before the filter does.
const LAYOUTS: &[&str] =
    &["ORDER BY tuple()", "ORDER BY (n, s, ts)", "ORDER BY (ts, d, t) PARTITION BY toYYYYMM(d)", "ORDER BY (s, fine)"];

fn database(clickhouse: &Engine, layout: &str, hidden: &[String], permitted: bool) -> String {
    let database = clickhouse.fresh_database("total");
    let columns: Vec<String> = COLUMNS.iter().map(|(name, kind)| format!("{name} {kind}")).collect();
    let indexes: Vec<String> = COLUMNS
        .iter()
        .filter(|(name, _)| *name != "tags")
        .flat_map(|(name, _)| {
            let minmax = (*name != "arr").then(|| format!("INDEX m_{name} {name} TYPE minmax GRANULARITY 1"));
            minmax.into_iter().chain([format!("INDEX s_{name} {name} TYPE set(100) GRANULARITY 1")])
        })
        .collect();
    clickhouse.run(&format!(
        "CREATE TABLE {database}.events ({}, {}) ENGINE = MergeTree {layout} SETTINGS index_granularity = 8, allow_nullable_key = 1",
        columns.join(", "),
        indexes.join(", ")
    ));
    let rows = hidden.iter().cloned().chain(permitted.then(|| tame(1, 20)));
    for select in rows {
        clickhouse.run(&format!("INSERT INTO {database}.events {select}"));
    }
    clickhouse.run(&format!("OPTIMIZE TABLE {database}.events FINAL"));
    database
}

fn rewrite(statement: &str, database: &str, org: u32) -> Result<String, sql::Refusal> {
    let mut catalog = Catalog::new(database, NameCase::Sensitive);
    let column = |(name, type_name): &(&str, &str)| Column {
        name: (*name).into(),
        type_name: (*type_name).into(),
        kind: ColumnKind::Ordinary,
    };
    let table = Table { columns: COLUMNS.iter().map(column).collect(), engine: catalog::Engine::MergeTree };
    let name = TableName::new(database, "events");
    catalog.insert_keys(&name, Keys::known([]));
    catalog.insert(name, table);
    let (dialect, extensions) = (Dialect::ClickHouse, Extensions::default());
    let filter = Arc::new(RowFilter::compile(&format!("org_id = {org}"), dialect, &extensions, &|_| None)?);
    let resolved = sql::resolve(statement, dialect, &Limits::default(), &extensions, &catalog)?;
    Ok(resolved.rewrite(&|_| Some(Visible::Rows(vec![Arc::clone(&filter)])))?.text)
}

/// The databases that must look alike to tenant 1 (with rows) or tenant 9 (without).
struct Alike {
    clickhouse: Engine,
    org: u32,
    databases: Vec<String>,
}

impl Alike {
    fn new(clickhouse: &Engine, layout: &str, org: u32) -> Self {
        let traps: Vec<String> = TRAPS.iter().map(|&trap| trap.to_owned()).collect();
        let permitted = org == 1;
        let databases = vec![
            database(clickhouse, layout, &[], permitted),
            database(clickhouse, layout, &[tame(7, 30)], permitted),
            database(clickhouse, layout, &[vec![tame(7, 30)], traps].concat(), permitted),
        ];
        Self { clickhouse: clickhouse.clone(), org, databases }
    }

    /// The answers, in order; the rows of each sorted.
    fn answers(&self, statement: &str, change: impl Fn(String) -> String) -> Vec<(u16, String)> {
        let ask = |database: &String| {
            let text =
                rewrite(statement, database, self.org).unwrap_or_else(|refusal| panic!("{statement}\n{refusal}"));
            let (status, body) = self.clickhouse.query("param_p=7&param_q=x", &change(text));
            let mut lines: Vec<&str> = body.lines().collect();
            lines.sort_unstable();
            // An error's text is not compared, only that there is one: the gateway writes its own.
            (status, if status == 200 { lines.join("\n") } else { String::new() })
        };
        self.databases.iter().map(ask).collect()
    }
}

impl Drop for Alike {
    fn drop(&mut self) {
        for database in &self.databases {
            let _ = self.clickhouse.query("", &format!("DROP DATABASE {database}"));
        }
    }
}

fn statements(text: &str) -> Vec<&str> {
    text.split(";\n").map(str::trim).filter(|statement| !statement.is_empty()).collect()
}

fn are_alike(answers: &[(u16, String)]) -> bool {
    answers.windows(2).all(|pair| pair[0] == pair[1])
}

#[test]
fn harmless_statements_tell_nothing_of_hidden_rows() {
    let Some(clickhouse) = engines::clickhouse() else { return };
    let (mut wrong, mut open) = (Vec::new(), 0);
    for (layout, org) in LAYOUTS.iter().flat_map(|layout| [(layout, 1), (layout, 9)]) {
        let alike = Alike::new(&clickhouse, layout, org);
        let harmless = statements(include_str!("../data/harmless/harmless.sql"));
        let misled = statements(include_str!("../data/harmless/misled.sql"));
        for (number, statement) in harmless.iter().chain(&misled).enumerate() {
            let text = rewrite(statement, &alike.databases[0], org).unwrap();
            // Of the others some have a condition that no index may see.
            assert!(number < harmless.len() || text.contains(FENCE), "{text}");
            open += usize::from(!text.contains(FENCE));
            let answers = alike.answers(statement, |text| text);
            if !are_alike(&answers) || answers[0].0 != 200 {
                wrong.push(format!("{layout}, {org}: {statement}\n{answers:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(open >= 16, "only {open} had a wall without a LIMIT");
}

#[test]
fn statements_that_fail_on_hidden_rows_need_the_limit_and_have_it() {
    let Some(clickhouse) = engines::clickhouse() else { return };
    let (mut wrong, mut told) = (Vec::new(), std::collections::BTreeSet::new());
    for (layout, org) in LAYOUTS.iter().flat_map(|layout| [(layout, 1), (layout, 9)]) {
        let alike = Alike::new(&clickhouse, layout, org);
        for statement in statements(include_str!("../data/harmless/failing.sql")) {
            // What is no column of this table is in the list for the unit test only.
            if ["exotic", "computed"].iter().any(|name| statement.contains(name)) {
                continue;
            }
            let text = rewrite(statement, &alike.databases[0], org);
            let Ok(text) = text else { continue };
            assert!(text.contains(FENCE), "{text}");
            if !are_alike(&alike.answers(statement, |text| text)) {
                wrong.push(format!("{layout}, {org}: {statement}"));
            }
            if !told.contains(statement) && !are_alike(&alike.answers(statement, |text| text.replace(FENCE, ""))) {
                told.insert(statement);
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    eprintln!(
        "{} told of hidden rows without the LIMIT:\n{}",
        told.len(),
        told.iter().copied().collect::<Vec<_>>().join("\n")
    );
    assert!(told.len() >= 20, "only {} told of hidden rows without the LIMIT", told.len());
}

/// `Granules: read/all` of the last index step of a plan.
fn granules(clickhouse: &Engine, statement: &str) -> Option<String> {
    let plan = clickhouse.run(&format!("EXPLAIN indexes = 1 {statement}"));
    plan.lines().filter_map(|line| line.trim().strip_prefix("Granules: ")).next_back().map(str::to_owned)
}

#[test]
fn a_range_of_time_reads_the_granules_that_it_reads_without_a_gateway() {
    let Some(clickhouse) = engines::clickhouse() else { return };
    let database = clickhouse.fresh_database("total");
    let columns: Vec<String> = COLUMNS.iter().map(|(name, kind)| format!("{name} {kind}")).collect();
    clickhouse.run(&format!(
        "CREATE TABLE {database}.events ({}) ENGINE = MergeTree ORDER BY (org_id, ts) SETTINGS index_granularity = 8",
        columns.join(", ")
    ));
    clickhouse.run(&format!("INSERT INTO {database}.events {}", tame(1, 4000)));
    for condition in [
        "ts BETWEEN '2026-01-01 00:10:00' AND '2026-01-01 00:20:00'",
        "ts >= toDateTime64('2026-01-01 01:00:00', 3) AND ts < now() - INTERVAL 1 DAY AND intDiv(n, m) != 7",
        "ts < toStartOfHour(toDateTime('2026-01-01 00:40:00')) AND ts < now() - INTERVAL 1 DAY",
    ] {
        let ours = rewrite(&format!("SELECT count() FROM events WHERE {condition}"), &database, 1).unwrap();
        let by_hand = format!("SELECT count() FROM {database}.events WHERE org_id = 1 AND {condition}");
        let read = granules(&clickhouse, &ours);
        assert_eq!(read, granules(&clickhouse, &by_hand), "{ours}");
        assert_ne!(read.as_deref(), Some("500/500"), "the index is used: {ours}");
    }
    clickhouse.run(&format!("DROP DATABASE {database}"));
}
