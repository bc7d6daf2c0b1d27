//! The proof by running: for generated queries, what the gateway writes for the whole database shows what the original
//! shows on a copy that holds only the permitted rows (as multisets), and shows the same, byte for byte, whatever the
//! hidden rows are (twin databases).

use std::sync::Arc;

use portcullis::catalog::{Catalog, Column, ColumnKind, Engine, NameCase, Table, TableName};
use portcullis::sql::{self, Dialect, Extensions, Limits, RowFilter, Visible};
use rusqlite::Connection;

use crate::engines;
use crate::generate;

const TABLES: [(&str, &str); 2] = [("events", "org_id user_id n action"), ("orders", "org_id id total")];

/// Which rows a database holds.
#[derive(Clone, Copy)]
enum Rows {
    Whole,
    /// The same permitted rows, other hidden ones.
    Twin,
    Permitted,
}

/// The tenant's rows come first, so that they are the same and in the same order in each.
fn rows(rows: Rows) -> (Vec<String>, Vec<String>) {
    let action = |n: u32| ["'view'", "'buy'", "'it''s'"][(n % 3) as usize];
    let event = |org: u32, n: u32| format!("({org}, 'u{}', {n}, {})", n % 7, action(n));
    let order = |org: u32, n: u32| format!("({org}, 'u{}', {})", n % 9, n * 7);
    let mut events: Vec<String> = (0..40).map(|n| event(1, n)).collect();
    let mut orders: Vec<String> = (0..15).map(|n| order(1, n)).collect();
    match rows {
        Rows::Permitted => {}
        Rows::Whole => {
            events.extend((0..60).map(|n| event(2 + n % 2, n)));
            orders.extend((0..20).map(|n| order(2, n)));
        }
        Rows::Twin => {
            events.extend((30..47).map(|n| event(5, n * 3)));
            orders.push(order(3, 1));
        }
    }
    (events, orders)
}

fn rewrite(statement: &str, dialect: Dialect, database: &str) -> Result<String, sql::Refusal> {
    let case = if dialect == Dialect::ClickHouse { NameCase::Sensitive } else { NameCase::Insensitive };
    let mut catalog = Catalog::new(database, case);
    for (name, columns) in TABLES {
        let column = |name: &str| Column { name: name.into(), type_name: "".into(), kind: ColumnKind::Ordinary };
        let table = Table { columns: columns.split(' ').map(column).collect(), engine: Engine::MergeTree };
        catalog.insert(TableName::new(database, name), table);
    }
    let extensions = Extensions::default();
    let filter = Arc::new(RowFilter::compile("org_id = 1", dialect, &extensions, &|_| None)?);
    let resolved = sql::resolve(statement, dialect, &Limits::default(), &extensions, &catalog)?;
    Ok(resolved.rewrite(&|_| Some(Visible::Rows(vec![Arc::clone(&filter)])))?.text)
}

/// What the three databases say: the original on the permitted rows, the rewritten on the whole and on its twin.
struct Answers {
    expected: Result<Vec<String>, String>,
    whole: Result<Vec<String>, String>,
    twin: Result<Vec<String>, String>,
}

fn sorted(mut lines: Vec<String>) -> Vec<String> {
    lines.sort_unstable();
    lines
}

/// Runs the comparison for that many seeds. `least` is how many must have run without an error on both sides.
fn compare(seeds: std::ops::Range<u64>, least: usize, answers: impl Fn(&str) -> Result<Answers, sql::Refusal>) {
    let mut ran = 0;
    let mut wrong = Vec::new();
    for seed in seeds {
        let statement = generate::query(seed);
        let answers = answers(&statement).unwrap_or_else(|refusal| panic!("seed {seed}: {statement}\n{refusal}"));
        match (answers.expected, answers.whole, answers.twin) {
            (Ok(expected), Ok(whole), Ok(twin)) => {
                ran += 1;
                if whole != twin {
                    wrong.push(format!("seed {seed}: the twins differ: {statement}"));
                }
                if sorted(whole) != sorted(expected) {
                    wrong.push(format!("seed {seed}: {statement}"));
                }
            }
            (Err(_), Err(_), Err(_)) => {}
            (expected, whole, twin) => {
                wrong.push(format!(
                    "seed {seed}: {statement}\n{:?}\n{:?}\n{:?}",
                    expected.err(),
                    whole.err(),
                    twin.err()
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.iter().take(5).cloned().collect::<Vec<_>>().join("\n\n")
    );
    assert!(ran >= least, "only {ran} ran");
}

fn sqlite(kind: Rows) -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    let (events, orders) = rows(kind);
    let fill = format!(
        "CREATE TABLE events (org_id INTEGER, user_id TEXT, n INTEGER, action TEXT);
         CREATE TABLE orders (org_id INTEGER, id TEXT, total INTEGER);
         INSERT INTO events VALUES {}; INSERT INTO orders VALUES {};",
        events.join(","),
        orders.join(",")
    );
    connection.execute_batch(&fill).unwrap();
    connection
}

fn ask(connection: &Connection, statement: &str) -> Result<Vec<String>, String> {
    let mut prepared = connection.prepare(statement).map_err(|error| error.to_string())?;
    let width = prepared.column_count();
    let row = |row: &rusqlite::Row<'_>| {
        (0..width).map(|column| row.get_ref(column).map(|value| format!("{value:?}"))).collect::<Result<Vec<_>, _>>()
    };
    let lines = prepared.query_map([], row).map_err(|error| error.to_string())?;
    lines.map(|line| line.map(|line| line.join("|")).map_err(|error| error.to_string())).collect()
}

#[test]
fn sqlite_shows_the_permitted_rows_and_nothing_of_the_hidden_ones() {
    let (whole, twin, permitted) = (sqlite(Rows::Whole), sqlite(Rows::Twin), sqlite(Rows::Permitted));
    compare(0..1500, 1000, |statement| {
        let rewritten = rewrite(statement, Dialect::Sqlite, "main")?;
        Ok(Answers {
            expected: ask(&permitted, statement),
            whole: ask(&whole, &rewritten),
            twin: ask(&twin, &rewritten),
        })
    });
}

#[test]
fn clickhouse_shows_the_permitted_rows_and_nothing_of_the_hidden_ones() {
    let Some(clickhouse) = engines::clickhouse() else { return };
    let databases = [Rows::Whole, Rows::Twin, Rows::Permitted].map(|kind| {
        let database = clickhouse.fresh_database("differential");
        let (events, orders) = rows(kind);
        for statement in [
            format!("CREATE TABLE {database}.events (org_id Int64, user_id String, n Int64, action String) ENGINE = MergeTree ORDER BY (org_id, n)"),
            format!("CREATE TABLE {database}.orders (org_id Int64, id String, total Int64) ENGINE = MergeTree ORDER BY total"),
            format!("INSERT INTO {database}.events VALUES {}", events.join(",")),
            format!("INSERT INTO {database}.orders VALUES {}", orders.join(",")),
        ] {
            clickhouse.run(&statement);
        }
        database
    });
    let [whole, twin, permitted] = &databases;
    let ask = |database: &str, statement: &str| match clickhouse.query(&format!("database={database}"), statement) {
        (200, body) => Ok(body.lines().map(str::to_owned).collect()),
        (_, body) => Err(body),
    };
    compare(0..400, 250, |statement| {
        let rewritten = rewrite(statement, Dialect::ClickHouse, whole)?;
        let sort = |lines: Result<Vec<String>, String>| lines.map(sorted);
        Ok(Answers {
            expected: ask(permitted, statement),
            // Threads decide the order of rows: what is compared between twins is the multiset.
            whole: sort(ask("default", &rewritten)),
            twin: sort(ask("default", &rewritten.replace(&format!("`{whole}`"), &format!("`{twin}`")))),
        })
    });
    for database in &databases {
        clickhouse.run(&format!("DROP DATABASE {database}"));
    }
}
