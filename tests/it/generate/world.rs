//! The tables and rows that the wide queries are about, and what the gateway knows of them.
//!
//! Tenant 1 is the token's. Its rows come first and are the same in each [`Rows`].

use std::sync::Arc;

use portcullis::catalog::{Catalog, Column, ColumnKind, Engine, Keys, NameCase, Table, TableName};
use portcullis::sql::{self, Dialect, Extensions, Limits, Refusal, Rewritten, RowFilter, Visible};

/// Which rows a database holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rows {
    Whole,
    /// The same permitted rows, other hidden ones.
    Twin,
    Permitted,
}

/// A table: its name, its columns with ClickHouse's types, its storage there. SQLite has the columns that are no arrays.
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    pub(crate) columns: &'static [(&'static str, &'static str)],
    storage: &'static str,
    engine: Engine,
}

pub(crate) const EVENTS: Shape = Shape {
    name: "events",
    columns: &[
        ("org_id", "Int64"),
        ("user_id", "String"),
        ("n", "Int64"),
        ("action", "String"),
        ("m", "Nullable(Int64)"),
        ("tags", "Array(String)"),
    ],
    storage: "MergeTree ORDER BY (org_id, intHash32(n)) SAMPLE BY intHash32(n)",
    engine: Engine::MergeTree,
};

pub(crate) const ORDERS: Shape = Shape {
    name: "orders",
    columns: &[("org_id", "Int64"), ("id", "String"), ("total", "Int64")],
    storage: "MergeTree ORDER BY total",
    engine: Engine::MergeTree,
};

/// One version a key within a tenant is the newest; keys are never shared between tenants.
pub(crate) const VERSIONS: Shape = Shape {
    name: "versions",
    columns: &[("org_id", "Int64"), ("k", "Int64"), ("v", "Int64")],
    storage: "ReplacingMergeTree(v) ORDER BY (org_id, k)",
    engine: Engine::MergeTree,
};

pub(crate) const NOTES: Shape = Shape {
    name: "notes",
    columns: &[("org_id", "Int64"), ("n", "Int64"), ("body", "String")],
    storage: "Memory",
    engine: Engine::Plain,
};

pub(crate) const TABLES: [&Shape; 4] = [&EVENTS, &ORDERS, &VERSIONS, &NOTES];

/// What the token sees of each table.
pub(crate) const FILTER: &str = "org_id = 1";

/// The catalog of a database that holds the tables.
pub(crate) fn catalog(database: &str, dialect: Dialect) -> Catalog {
    let case = if dialect == Dialect::ClickHouse { NameCase::Sensitive } else { NameCase::Insensitive };
    let mut catalog = Catalog::new(database, case);
    for shape in TABLES {
        let column = |(name, type_name): &(&str, &str)| Column {
            name: (*name).into(),
            type_name: (*type_name).into(),
            kind: ColumnKind::Ordinary,
        };
        let columns = shape.columns.iter().filter(|(name, _)| has(dialect, name)).map(column).collect();
        let place = TableName::new(database, shape.name);
        catalog.insert_keys(&place, Keys::known([]));
        catalog.insert(place, Table { columns, engine: shape.engine });
    }
    catalog
}

fn has(dialect: Dialect, column: &str) -> bool {
    dialect == Dialect::ClickHouse || column != "tags"
}

/// The gateway's judgement of statements over the tables.
pub(crate) struct Judge {
    dialect: Dialect,
    catalog: Catalog,
    filters: Vec<Arc<RowFilter>>,
    extensions: Extensions,
}

impl Judge {
    pub(crate) fn new(dialect: Dialect, database: &str, filters: &[&str]) -> Self {
        let extensions = Extensions::default();
        let compile = |text: &&str| Arc::new(RowFilter::compile(text, dialect, &extensions, &|_| None).unwrap());
        let filters = filters.iter().map(compile).collect();
        Self { dialect, catalog: catalog(database, dialect), filters, extensions }
    }

    pub(crate) fn rewrite(&self, statement: &str) -> Result<Rewritten, Refusal> {
        let resolved = sql::resolve(statement, self.dialect, &Limits::default(), &self.extensions, &self.catalog)?;
        resolved.rewrite(&|_| Some(Visible::Rows(self.filters.clone())))
    }
}

/// The statements that make the tables in that database of ClickHouse, with their rows.
pub(crate) fn clickhouse(database: &str, rows: Rows) -> Vec<String> {
    let mut statements = Vec::new();
    for shape in TABLES {
        let columns: Vec<String> = shape.columns.iter().map(|(name, kind)| format!("{name} {kind}")).collect();
        let name = shape.name;
        statements.push(format!("CREATE TABLE {database}.{name} ({}) ENGINE = {}", columns.join(", "), shape.storage));
        let values = values(shape, rows, Dialect::ClickHouse).join(",");
        statements.push(format!("INSERT INTO {database}.{name} VALUES {values}"));
        if shape.engine == Engine::MergeTree && name != "versions" {
            // One part: only then do visible and hidden rows share blocks.
            statements.push(format!("OPTIMIZE TABLE {database}.{name} FINAL"));
        }
    }
    statements
}

/// The script that makes the tables in SQLite.
pub(crate) fn sqlite(rows: Rows) -> String {
    let mut script = String::new();
    for shape in TABLES {
        let type_of = |kind: &str| if kind == "String" { "TEXT" } else { "INTEGER" };
        let columns = shape.columns.iter().filter(|(name, _)| has(Dialect::Sqlite, name));
        let columns: Vec<String> = columns.map(|(name, kind)| format!("{name} {}", type_of(kind))).collect();
        let name = shape.name;
        let values = values(shape, rows, Dialect::Sqlite).join(",");
        script.push_str(&format!("CREATE TABLE {name} ({}); INSERT INTO {name} VALUES {values};", columns.join(", ")));
    }
    script
}

fn values(shape: &Shape, rows: Rows, dialect: Dialect) -> Vec<String> {
    let row = |org: i64, i: i64| -> String {
        let action = ["'view'", "'buy'", "'it''s'"][usize::try_from(i % 3).unwrap()];
        match shape.name {
            "events" => {
                let m = if i % 4 == 0 { "NULL".to_owned() } else { (i % 6).to_string() };
                let tags = format!(", ['t{}', 'x']", i % 3);
                let tags = if has(dialect, "tags") { tags.as_str() } else { "" };
                format!("({org}, 'u{}', {i}, {action}, {m}{tags})", i % 7)
            }
            "orders" => format!("({org}, 'u{}', {})", i % 9, i * 7),
            "versions" => format!("({org}, {}, {i})", i % 8),
            _ => format!("({org}, {i}, {action})"),
        }
    };
    let mut all: Vec<String> = (0..24).map(|i| row(1, i)).collect();
    match rows {
        Rows::Permitted => {}
        Rows::Whole => all.extend((0..40).map(|i| row(2 + i % 2, i))),
        Rows::Twin => all.extend((30..53).map(|i| row(5, i * 3))),
    }
    all
}
