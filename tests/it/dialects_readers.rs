//! Trino, Druid and Pinot do not run here: other people's parsers read what the gateway writes for them.
//!
//! `tests/engines/readers.py` asks sqlglot, and for PostgreSQL its own parser too (pglast): the tables of the original are
//! those that the gateway sees, and in the rewrite each reference stands behind a wall with its filter.

use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use portcullis::catalog::{Catalog, Engine, Table, TableName};
use portcullis::sql::{self, Dialect, Extensions, Limits, RowFilter, Visible};
use serde_json::{Value, json};

use crate::generate;

const DIALECTS: &[(Dialect, &str)] = &[
    (Dialect::Trino, "trino"),
    (Dialect::Druid, "druid"),
    (Dialect::Pinot, "pinot"),
    (Dialect::Postgres, "postgres"),
    (Dialect::DuckDb, "duckdb"),
];

/// The statements of the rewrite pairs that are not refused: the dialect's own, and those that most engines share.
fn pairs(name: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/rewrite");
    let mut statements = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_string_lossy().into_owned();
        if file.starts_with(name) || file.starts_with("generic") || file.starts_with("sqlite") {
            let text = std::fs::read_to_string(path).unwrap();
            let blocks = text.split("====\n").filter_map(|block| block.split_once("----\n"));
            let accepted = blocks.filter(|(_, outcome)| !outcome.starts_with("-- refused"));
            statements.extend(accepted.map(|(statement, _)| statement.trim().to_owned()));
        }
    }
    statements
}

/// The TPC queries, where they are kept (`PORTCULLIS_TEST_CORPORA`, else beside the project).
fn tpc() -> Vec<String> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora");
    let folder = std::env::var_os("PORTCULLIS_TEST_CORPORA").map_or_else(beside, std::path::PathBuf::from);
    let mut statements = Vec::new();
    for file in ["tpch.jsonl", "tpcds.jsonl"] {
        let Ok(text) = std::fs::read_to_string(folder.join(file)) else {
            eprintln!("SKIPPED: there is no {file} in {}", folder.display());
            continue;
        };
        let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        statements.extend(lines.map(|entry| entry["q"].as_str().unwrap().to_owned()));
    }
    statements
}

/// The statement with its rewrite, every table filtered; nothing where the gateway refuses it.
fn case(statement: &str, dialect: Dialect, name: &str) -> Option<Value> {
    let (limits, extensions) = (Limits::default(), Extensions::default());
    let tables = sql::outline(statement, dialect, &limits).ok()?.tables;
    let database = dialect.usual_database().unwrap_or("hive.web");
    let mut catalog = Catalog::new(database, dialect.name_case());
    for table in &tables {
        let (database, table) = table.split_once('.').unwrap_or((database, table));
        catalog.insert(TableName::new(database, table), Table { columns: Vec::new(), engine: Engine::Plain });
    }
    let filter = Arc::new(RowFilter::compile("org_id = 1", dialect, &extensions, &|_| None).unwrap());
    let resolved = sql::resolve(statement, dialect, &limits, &extensions, &catalog).ok()?;
    let rewritten = resolved.rewrite(&|_| Some(Visible::Rows(vec![Arc::clone(&filter)]))).ok()?;
    Some(json!({ "dialect": name, "original": statement, "rewritten": rewritten.text, "tables": tables }))
}

/// What the readers say: what is wrong, and the counts.
fn judged(cases: &[Value]) -> Option<(Vec<Value>, Value)> {
    let Ok(python) = std::env::var("PORTCULLIS_TEST_READERS") else {
        eprintln!("SKIPPED: PORTCULLIS_TEST_READERS is not set (`cargo xtask test` sets it)");
        return None;
    };
    let mut file = tempfile::NamedTempFile::new().unwrap();
    cases.iter().for_each(|case| writeln!(file, "{case}").unwrap());
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/engines/readers.py");
    let output = Command::new(python).args(["-B", script]).arg(file.path()).output().expect("python starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut lines: Vec<Value> =
        String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let counts = lines.pop().expect("the counts");
    Some((lines, counts["counts"].clone()))
}

#[test]
fn other_readers_see_the_same_tables_and_each_behind_its_wall() {
    let mut cases = Vec::new();
    for (dialect, name) in DIALECTS {
        let generated = (0..150).map(generate::query);
        let statements = pairs(name).into_iter().chain(tpc()).chain(generated);
        cases.extend(statements.filter_map(|statement| case(&statement, *dialect, name)));
    }
    let Some((wrong, counts)) = judged(&cases) else { return };
    eprintln!("  {} statements with their rewrites: {counts}", cases.len());
    assert!(wrong.is_empty(), "{} wrong: {:#}", wrong.len(), wrong[0]);
    for (_, name) in DIALECTS {
        let count = |what: &str| counts[name][what].as_u64().unwrap_or(0);
        assert!(count("read") >= 150 && count("unread") * 20 < count("read"), "{name}: {counts}");
    }
}

/// The readers can find something.
#[test]
fn other_readers_see_a_table_without_its_wall() {
    let wall = "(SELECT * FROM \"druid\".\"events\" AS __pc_t WHERE ((__pc_t.\"org_id\" = 1))) AS \"e\"";
    let with = |original: &str, rewritten: String| json!({ "dialect": "druid", "original": original, "rewritten": rewritten, "tables": ["events"] });
    let good = with("SELECT n FROM events AS e", format!("SELECT n FROM {wall}"));
    let bad = [
        with("SELECT n FROM events AS e, orders", format!("SELECT n FROM {wall}")),
        with("SELECT n FROM events AS e", "SELECT n FROM \"druid\".\"events\" AS \"e\"".to_owned()),
        with("SELECT n FROM events AS e", "SELECT n FROM events".to_owned()),
        with("SELECT n FROM events AS e", format!("SELECT n FROM {wall}, {}", wall.replace("\"e\"", "\"f\""))),
        with("SELECT n FROM events AS e", format!("SELECT n FROM {}", wall.replace("= 1", "= 2"))),
        with(
            "SELECT n FROM events AS e",
            format!("SELECT n FROM {}", wall.replace(" WHERE", " JOIN x ON 1 = 1 WHERE")),
        ),
        with("SELECT n FROM events AS e", format!("SELECT n FROM {}", wall.replace("SELECT *", "SELECT *, 1"))),
    ];
    let cases: Vec<Value> = [good].into_iter().chain(bad.clone()).collect();
    let Some((wrong, counts)) = judged(&cases) else { return };
    assert_eq!((wrong.len(), &counts["druid"]["read"]), (bad.len(), &json!(1)), "{wrong:#?}");
}
