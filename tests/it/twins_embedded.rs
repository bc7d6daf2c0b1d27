//! SQLite in the process, from files: twins that differ only in hidden rows (the first has none) give the same answers, the
//! order of rows included.

use std::path::{Path, PathBuf};

use rusqlite::Connection as Sqlite;
use tempfile::TempDir;

use crate::gateway::Gateway;

const TOKENS: &str = "\
version: 1
tokens:
  - { name: admin, id: admin, scopes: [ADMIN] }
  - { name: acme, id: acme, scopes: ['DATASOURCES:READ:events:org_id = 1', 'DATASOURCES:READ:orders:org_id = 1'] }
...
";

struct Twins {
    folder: TempDir,
    gateways: [Gateway; 2],
}

fn file(folder: &TempDir, hidden: u32) -> PathBuf {
    let file = folder.path().join(format!("{hidden}.sqlite"));
    let rows = |from: u32, to: u32| {
        format!("WITH RECURSIVE c(i) AS (SELECT {from} UNION ALL SELECT i + 1 FROM c WHERE i < {to})")
    };
    Sqlite::open(&file)
        .unwrap()
        .execute_batch(&format!(
            "CREATE TABLE events (org_id INTEGER, n INTEGER, s TEXT); CREATE TABLE orders (org_id INTEGER, k INTEGER, id TEXT); \
             CREATE INDEX i ON events (n); CREATE INDEX j ON orders (id); \
             {} INSERT INTO events SELECT 1, i, 'u' || (i % 7) FROM c; {} INSERT INTO orders SELECT 1, i, 'u' || (i % 9) FROM c;",
            rows(1, 40),
            rows(1, 15)
        ))
        .unwrap();
    if hidden > 0 {
        Sqlite::open(&file)
            .unwrap()
            .execute_batch(&format!("{} INSERT INTO orders SELECT 2, i, 'boom' FROM c;", rows(1, hidden)))
            .unwrap();
    }
    file
}

fn run(file: &Path, statement: &str) {
    Sqlite::open(file).unwrap().execute_batch(statement).unwrap();
}

impl Twins {
    fn new(prepare: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let gateways = [0, 900].map(|hidden| {
            let file = file(&folder, hidden);
            run(&file, prepare);
            Gateway::start(&format!("upstream:\n  embedded: {{ file: '{}' }}", file.display()), TOKENS)
        });
        Self { folder, gateways }
    }

    fn file(&self, hidden: u32) -> PathBuf {
        self.folder.path().join(format!("{hidden}.sqlite"))
    }

    /// What both answer to acme.
    fn answer(&self, statement: &str) -> (u16, String) {
        let [left, right] = self.gateways.each_ref().map(|gateway| {
            let answer = gateway.sql(&gateway.value("acme"), &format!("{statement} FORMAT TSV"));
            assert!(!answer.body.contains("boom"), "a hidden row: {statement}");
            (answer.status, answer.body)
        });
        assert_eq!(left, right, "{statement}");
        left
    }
}

const JOINS: &[&str] = &[
    "SELECT e.n, o.k FROM events AS e JOIN orders AS o ON e.s = o.id",
    "SELECT e.n, o.k FROM orders AS o JOIN events AS e ON e.s = o.id",
    "SELECT e.n, o.k FROM orders AS o, events AS e WHERE e.s = o.id AND e.n > 3",
    "SELECT count(*) FROM events AS e, orders AS o WHERE e.s = o.id AND abs(e.n) > 3 AND o.k > 100",
    "SELECT k FROM orders WHERE id IN (SELECT s FROM events WHERE n > 5)",
    "SELECT s, group_concat(n) FROM events GROUP BY s",
    "SELECT n FROM events LIMIT 3",
];

#[test]
fn no_plan_follows_the_number_of_hidden_rows() {
    let twins = Twins::new("");
    for statement in JOINS {
        assert_eq!(twins.answer(statement).0, 200, "{statement}");
    }
    // Statistics count all rows: whoever made them meanwhile, nobody with a filter reads.
    for hidden in [0, 900] {
        run(&twins.file(hidden), "ANALYZE");
    }
    for statement in JOINS {
        let (status, body) = twins.answer(statement);
        assert!(status == 400 && body.contains("statistics of hidden rows"), "{statement}: {status} {body}");
    }
    let admin = &twins.gateways[1];
    assert_eq!(admin.sql(&admin.value("admin"), "SELECT count(*) FROM orders FORMAT TSV").body, "915\n");
}

#[test]
fn a_file_with_statistics_is_read_with_a_filter_once_they_are_gone() {
    let mut twins = Twins::new("ANALYZE");
    assert!(twins.gateways[0].log().contains("the file has statistics of all rows"));
    assert_eq!(twins.answer(JOINS[0]).0, 400);
    // A connection keeps what it has read.
    for hidden in [0, 900] {
        run(&twins.file(hidden), "DELETE FROM sqlite_stat1");
    }
    assert_eq!(twins.answer(JOINS[0]).0, 400);
    twins.gateways.iter_mut().for_each(Gateway::kill_and_start_again);
    for statement in JOINS {
        assert_eq!(twins.answer(statement).0, 200, "{statement}");
    }
    let plan = |hidden| {
        let file = twins.file(hidden);
        run(&file, "ANALYZE");
        let open = Sqlite::open(&file).unwrap();
        let wall = |table: &str| format!("(SELECT * FROM {table} AS t WHERE t.org_id = 1 LIMIT -1)");
        let text = format!("SELECT e.n, o.k FROM {} AS e JOIN {} AS o ON e.s = o.id", wall("events"), wall("orders"));
        let mut rows = open.prepare(&text).unwrap();
        rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect::<Vec<(i64, i64)>>()
    };
    assert_ne!(plan(0), plan(900), "the twins no longer differ by themselves: the rule may be needless");
}
