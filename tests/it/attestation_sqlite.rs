//! What SQLite itself says of a rewritten statement: it reads no table outside a wall.
//!
//! Every row of up to three words of a small alphabet stands in every place where a table could be read. What the gateway
//! makes of it is prepared by SQLite, with the walls' tables under other names: whatever else SQLite asks its authorizer for
//! is a table that the gateway did not see.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use portcullis::catalog::{Catalog, Column, ColumnKind, Engine, NameCase, Table, TableName};
use portcullis::sql::{self, Dialect, Extensions, Limits, RowFilter, Visible};
use rusqlite::Connection;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};

/// Names of tables: plain ones, and words that could be literals, types, functions or keywords.
const TABLES: &[&str] = &[
    "t",
    "secret",
    "true",
    "inf",
    "nan",
    "infinity",
    "date",
    "timestamp",
    "interval",
    "array",
    "left",
    "like",
    "current_date",
];

/// What statements are put together from.
const WORDS: &[&str] = &[
    "t",
    "secret",
    "'secret'",
    "\"secret\"",
    "`secret`",
    "main.secret",
    "main.'secret'",
    "true",
    "inf",
    "NaN",
    "infinity",
    "date",
    "timestamp",
    "interval",
    "array",
    "left",
    "like",
    "current_date",
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
    "select",
    "values",
    "with",
    "join",
    "union",
    "all",
    "exists",
    "case",
    "collate",
    "is",
    "(select 1)",
    "(secret)",
    "('secret')",
];

/// The places.
const PLACES: &[(&str, &str)] = &[
    ("SELECT 1 IN ", ""),
    ("SELECT a FROM t WHERE a NOT IN ", " AND 1"),
    ("SELECT a FROM ", ""),
    ("SELECT a FROM t ", ""),
    ("SELECT ", " FROM t"),
    ("WITH c AS (SELECT 1 AS a) SELECT a IN ", " FROM c"),
];

struct World {
    catalog: Catalog,
    filter: Arc<RowFilter>,
    connection: Connection,
    asked: Arc<Mutex<BTreeSet<String>>>,
}

impl World {
    fn new() -> Self {
        let mut connection = Connection::open_in_memory().unwrap();
        let mut catalog = Catalog::new("main", NameCase::Insensitive);
        for name in TABLES {
            let column = Column { name: "a".into(), type_name: "".into(), kind: ColumnKind::Ordinary };
            let table = Table { columns: vec![column], engine: Engine::Plain };
            catalog.insert(TableName::new("main", name), table);
            connection
                .execute_batch(&format!("CREATE TABLE \"{name}\" (a); CREATE TABLE \"wall {name}\" (a)"))
                .unwrap();
        }
        let filter = RowFilter::compile("a = 1", Dialect::Sqlite, &Extensions::default(), &|_| None).unwrap();
        let asked = Arc::new(Mutex::new(BTreeSet::new()));
        let record = Arc::clone(&asked);
        connection
            .authorizer(Some(move |context: AuthContext<'_>| {
                if let AuthAction::Read { table_name, .. } = context.action {
                    record.lock().unwrap().insert(table_name.to_owned());
                }
                Authorization::Allow
            }))
            .unwrap();
        Self { catalog, filter: Arc::new(filter), connection, asked }
    }

    /// What the gateway writes for the statement, if it accepts it.
    fn rewritten(&self, statement: &str) -> Option<String> {
        let limits = Limits::default();
        let resolved = sql::resolve(statement, Dialect::Sqlite, &limits, &Extensions::default(), &self.catalog).ok()?;
        let rewritten = resolved.rewrite(&|_| Some(Visible::Rows(vec![Arc::clone(&self.filter)])));
        Some(rewritten.ok()?.text)
    }

    /// The tables that SQLite reads for it, if it can prepare it.
    fn read(&self, statement: &str) -> Option<BTreeSet<String>> {
        self.asked.lock().unwrap().clear();
        self.connection.prepare(statement).ok()?;
        Some(self.asked.lock().unwrap().clone())
    }
}

fn rows_of_words() -> impl Iterator<Item = String> {
    let pairs = || WORDS.iter().flat_map(|first| WORDS.iter().map(move |second| format!("{first} {second}")));
    let triples = pairs().flat_map(|pair| WORDS.iter().map(move |third| format!("{pair} {third}")));
    WORDS.iter().map(|word| (*word).to_owned()).chain(pairs()).chain(triples)
}

#[test]
fn sqlite_reads_no_table_outside_a_wall() {
    let world = World::new();
    let mut prepared = 0;
    for words in rows_of_words() {
        for (before, behind) in PLACES {
            let statement = format!("{before}{words}{behind}");
            let Some(rewritten) = world.rewritten(&statement) else { continue };
            let walled = rewritten.replace("FROM \"main\".\"", "FROM \"main\".\"wall ");
            let Some(read) = world.read(&walled) else { continue };
            // A query of WITH is read under the name that the gateway gave it.
            let outside: Vec<&String> =
                read.iter().filter(|table| !table.starts_with("wall ") && !table.starts_with("__pc_")).collect();
            assert!(outside.is_empty(), "{statement}\n{rewritten}\nreads {outside:?}");
            prepared += 1;
        }
    }
    assert!(prepared > 1_000, "only {prepared} statements are both accepted and SQL");
}

/// The test above sees what it is meant to see.
#[test]
fn sqlite_reads_a_table_however_it_is_written_at_in() {
    let world = World::new();
    for name in ["secret", "'secret'", "\"secret\"", "main.'secret'", "`secret`"] {
        let read = world.read(&format!("SELECT 1 IN {name}")).unwrap();
        assert_eq!(read.into_iter().collect::<Vec<_>>(), ["secret"], "{name}");
        assert_eq!(world.rewritten(&format!("SELECT 1 IN {name}")), None, "{name}");
    }
    for name in ["true", "inf", "nan", "infinity", "date 'x'", "timestamp 'x'", "interval 'day'", "current_date"] {
        let read = world.read(&format!("SELECT 1 IN {name}")).unwrap();
        assert!(read.contains(name.split(' ').next().unwrap()), "{name}: {read:?}");
        assert_eq!(world.rewritten(&format!("SELECT 1 IN {name}")), None, "{name}");
    }
}
