//! The embedded engine: what it writes, what it refuses, when it stops.
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::{Duration, Instant};

use http_body_util::BodyExt;
use portcullis::catalog::{Engine, TableName};
use portcullis::upstream::embedded::{Embedded, Settings};
use portcullis::upstream::{Upstream, UpstreamError};

use crate::upstream_common::{filtered, query, read, text};

const EVENTS: &[(&str, &str)] = &[("main", "events")];

fn sample(connections: usize, execution_timeout: Duration) -> Upstream {
    Upstream::Embedded(
        Embedded::open(Settings { file: None, writable: false, connections, execution_timeout }).unwrap(),
    )
}

fn any() -> Upstream {
    sample(2, Duration::from_secs(5))
}

fn message(outcome: Result<String, UpstreamError>) -> String {
    match outcome {
        Err(UpstreamError::Rejected { message, .. }) => message,
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn the_sample_is_the_same_everywhere() {
    let upstream = any();
    let totals = "SELECT count(*), count(DISTINCT org_id), sum(duration_ms), sum(CAST(revenue * 100 AS INTEGER)), min(timestamp), max(timestamp) FROM main.events";
    let totals = text(&upstream, query(totals, "TSV", EVENTS)).await.unwrap();
    assert_eq!(totals, "5000\t5\t11286343\t1643900\t2026-06-01T00:00:44Z\t2026-06-30T23:23:06Z\n");
    let by_org = "SELECT org_id, count(*) FROM main.events GROUP BY 1 ORDER BY 1";
    let by_org = text(&upstream, query(by_org, "TSV", EVENTS)).await.unwrap();
    assert_eq!(by_org, "1\t2026\n2\t1262\n3\t907\n4\t553\n5\t252\n");
    let catalog = upstream.catalog().unwrap();
    let names: std::collections::BTreeSet<String> = catalog.tables().map(|(name, _)| name.to_string()).collect();
    assert_eq!(names.into_iter().collect::<Vec<_>>(), ["main.events", "main.events_quarantine", "main.organizations"]);
}

#[tokio::test]
async fn each_format_is_written_as_clickhouse_writes_it() {
    let upstream = any();
    let odd = r#"SELECT 1 AS a, 'q"u/o,''t' || char(9) || 'e\' || char(10) || char(8) AS "b""", NULL AS c, 1.0 AS f, 0.1 AS g, 9e999 AS i, x'00ff' AS x, 1 AS a"#;
    let mut all = String::new();
    for format in portcullis::upstream::Format::all().filter(|format| format.is_embedded()) {
        for text_of in [odd, "SELECT 1 AS a WHERE 0"] {
            let written = text(&upstream, filtered(query(text_of, format.name(), &[]))).await.unwrap();
            all.push_str(&format!("== {format}\n{written}"));
        }
    }
    insta::assert_snapshot!(all);
}

#[tokio::test]
async fn statistics_are_for_the_unfiltered_only() {
    let upstream = any();
    let all = query("SELECT org_id FROM main.events LIMIT 3", "JSON", EVENTS);
    let open: serde_json::Value = serde_json::from_str(&text(&upstream, all.clone()).await.unwrap()).unwrap();
    assert_eq!(open["rows"], 3);
    assert_eq!(open["meta"][0]["type"], "Int64");
    assert!(open["statistics"]["rows_read"].as_u64().unwrap() >= 3);
    let closed = text(&upstream, filtered(all)).await.unwrap();
    assert!(!closed.contains("statistics"), "{closed}");
}

#[tokio::test]
async fn only_the_querys_own_tables_can_be_read() {
    let upstream = any();
    for refused in [
        "SELECT count(*) FROM organizations",
        "SELECT count(*) FROM main.organizations",
        "SELECT name FROM main.organizations",
        "SELECT org_id FROM main.events WHERE org_id IN (SELECT org_id FROM organizations)",
        "WITH organizations AS (SELECT * FROM main.organizations) SELECT count(*) FROM organizations",
        "WITH events AS (SELECT * FROM main.organizations) SELECT * FROM events",
        "SELECT (SELECT count(*) FROM sqlite_schema)",
        "SELECT * FROM sqlite_master",
        "SELECT * FROM pragma_table_list",
        "SELECT count(*) FROM pragma_table_list",
        "SELECT count(*) FROM dbstat",
        "SELECT value FROM json_each('[1]')",
        "PRAGMA table_list",
        "PRAGMA query_only = 0",
        "ATTACH ':memory:' AS other",
        "DETACH main",
        "BEGIN",
        "SAVEPOINT s",
        "VACUUM",
        "EXPLAIN SELECT 1",
        "EXPLAIN QUERY PLAN SELECT 1",
        "CREATE TEMP TABLE t (a)",
        "CREATE TABLE t (a)",
        "DROP TABLE events",
        "DELETE FROM events",
        "UPDATE events SET org_id = 1",
        "INSERT INTO events DEFAULT VALUES",
        "INSERT INTO events SELECT * FROM events RETURNING id",
        "SELECT load_extension('x')",
        "SELECT fts3_tokenizer('x')",
        "SELECT sqlite_compileoption_get(1)",
        "SELECT sqlite_version()",
        "SELECT 1; SELECT 2",
        "",
        "-- nothing",
        "SELECT \"nosuch\" FROM main.events",
    ] {
        let outcome = text(&upstream, query(refused, "TSV", EVENTS)).await;
        assert!(matches!(outcome, Err(UpstreamError::Rejected { .. })), "{refused}: {outcome:?}");
    }
    for permitted in [
        "SELECT count(*) FROM events",
        "SELECT count(*) FROM main.EVENTS AS e",
        "WITH c AS (SELECT 1) SELECT count(*) FROM c",
        "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 9) SELECT sum(n) FROM c",
        "SELECT t.org_id, sqrt(4) FROM (SELECT * FROM main.events AS w WHERE (w.org_id = 1) LIMIT -1) AS t LIMIT 1",
    ] {
        let outcome = text(&upstream, query(permitted, "TSV", EVENTS)).await;
        assert!(outcome.is_ok(), "{permitted}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_filtered_querys_error_is_from_a_closed_set() {
    let upstream = any();
    let ask = |text_of: &str| text(&upstream, filtered(query(text_of, "TSV", EVENTS)));
    assert_eq!(message(ask("SELECT secret_column FROM events").await), "unknown column");
    assert_eq!(message(ask("SELECT secret_function(1)").await), "unknown function");
    assert_eq!(message(ask("SELECT * FROM organizations").await), "not permitted");
    assert_eq!(message(ask("SELECT json('{secret')").await), "query is invalid");
    assert_eq!(message(ask("SELECT hex(zeroblob(100000000))").await), "a value is too large");
    let open = text(&upstream, query("SELECT secret_column FROM events", "TSV", EVENTS)).await;
    assert_eq!(message(open), "no such column: secret_column");
}

#[tokio::test]
async fn a_query_that_runs_too_long_is_stopped_before_or_amid_its_rows() {
    const ENDLESS: &str = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c)";
    let upstream = sample(1, Duration::from_millis(200));
    let started = Instant::now();
    let early = text(&upstream, query(&format!("{ENDLESS} SELECT sum(n) FROM c"), "TSV", &[])).await;
    assert_eq!(message(early), "time limit exceeded");
    let answer = upstream.query(query(&format!("{ENDLESS} SELECT n FROM c"), "TSV", &[])).await.unwrap();
    let (bytes, end) = read(answer).await;
    assert!(bytes.len() > 32 * 1024);
    assert_eq!(end.unwrap_err(), "time limit exceeded");
    assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_reader_that_goes_away_frees_the_engine() {
    const LONG: &str = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c)";
    let upstream = sample(1, Duration::from_secs(60));
    // Gone amid the rows, with the engine waiting for its reader.
    let mut answer = upstream.query(query(&format!("{LONG} SELECT n FROM c"), "TSV", &[])).await.unwrap();
    answer.body.frame().await.unwrap().unwrap();
    drop(answer);
    // Gone before the first row, with the engine computing.
    let endless = upstream.query(query(&format!("{LONG} SELECT sum(n) FROM c"), "TSV", &[]));
    tokio::time::timeout(Duration::from_millis(100), endless).await.unwrap_err();
    // The one connection is free again.
    let next = text(&upstream, query("SELECT 1", "TSV", &[]));
    assert_eq!(tokio::time::timeout(Duration::from_secs(2), next).await.unwrap().unwrap(), "1\n");
}

#[tokio::test]
async fn queries_run_side_by_side_and_wait_their_turn() {
    let upstream = std::sync::Arc::new(sample(3, Duration::from_secs(5)));
    let mut jobs = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let upstream = upstream.clone();
        jobs.spawn(async move { text(&upstream, query("SELECT count(*) FROM main.events", "TSV", EVENTS)).await });
    }
    while let Some(outcome) = jobs.join_next().await {
        assert_eq!(outcome.unwrap().unwrap(), "5000\n");
    }
}

#[tokio::test]
async fn a_users_file_is_read_and_never_written() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("mine.db");
    let made = rusqlite::Connection::open(&path).unwrap();
    made.execute_batch(
        "CREATE TABLE t (a INTEGER, b TEXT, c AS (a + 1)); INSERT INTO t VALUES (1, 'x');
         CREATE TABLE hidden (s TEXT); INSERT INTO hidden VALUES ('secret');
         CREATE VIEW v AS SELECT a FROM t; CREATE VIEW vv AS SELECT a FROM v; CREATE VIEW broken AS SELECT * FROM gone;",
    )
    .unwrap();
    drop(made);
    let settings = Settings {
        file: Some(path.clone()),
        writable: false,
        connections: 1,
        execution_timeout: Duration::from_secs(1),
    };
    let upstream = Upstream::Embedded(Embedded::open(settings.clone()).unwrap());
    let catalog = upstream.catalog().unwrap();
    let engine = |table| catalog.get(&TableName::new("main", table)).map(|(_, table)| table.engine);
    assert_eq!((engine("T"), engine("v"), engine("broken")), (Some(Engine::Plain), Some(Engine::View), None));
    assert_eq!(catalog.get(&TableName::new("main", "t")).unwrap().1.columns.len(), 3);
    for (text_of, table) in
        [("SELECT a FROM v", "v"), ("SELECT a FROM main.vv", "vv"), ("SELECT count(*) FROM vv", "vv")]
    {
        let got = text(&upstream, query(text_of, "TSV", &[("main", table)])).await;
        assert_eq!(got.unwrap(), "1\n", "{text_of}");
    }
    for refused in ["SELECT a FROM t", "SELECT s FROM hidden", "WITH v AS (SELECT s FROM hidden) SELECT * FROM v"] {
        let got = text(&upstream, query(refused, "TSV", &[("main", "v")])).await;
        assert!(got.is_err(), "{refused}: {got:?}");
    }
    let nowhere = Settings { file: Some(directory.path().join("nowhere.db")), ..settings };
    assert!(Embedded::open(nowhere).is_err());
    assert!(!directory.path().join("nowhere.db").exists());
}

#[tokio::test]
async fn what_it_does_not_take_it_says() {
    let upstream = any();
    let parquet = text(&upstream, query("SELECT 1", "Parquet", &[])).await;
    assert_eq!(parquet, Err(UpstreamError::Format("Parquet")));
    let mut with = query("SELECT 1", "TSV", &[]);
    with.parameters.push(("a".to_owned(), "1".to_owned()));
    assert_eq!(message(text(&upstream, with).await), "this upstream takes no query parameters");
}
