//! The real ClickHouse: what is asked of it, what passes, what does not.
#![allow(clippy::indexing_slicing, clippy::print_stderr, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use http_body_util::BodyExt;
use portcullis::catalog::{ColumnKind, Engine, TableName};
use portcullis::token::Secret;
use portcullis::upstream::clickhouse::version::Unproven;
use portcullis::upstream::clickhouse::{ClickHouse, Settings};
use portcullis::upstream::{Query, Upstream, UpstreamError};

use crate::upstream_common::{filtered, query, read, text};

/// A database of the test's own on the real server; `None` when there is no server.
struct Ground {
    base: http::Uri,
    database: String,
}

impl Ground {
    async fn new() -> Option<Self> {
        let Ok(base) = std::env::var("PORTCULLIS_TEST_CLICKHOUSE") else {
            eprintln!("SKIPPED: no ClickHouse: PORTCULLIS_TEST_CLICKHOUSE is not set");
            return None;
        };
        let database = format!("up_{}", uuid::Uuid::new_v4().simple());
        let ground = Self { base: base.trim_end_matches('/').parse().unwrap(), database };
        ground.run(&format!("CREATE DATABASE {}", ground.database)).await;
        Some(ground)
    }

    fn settings(&self) -> Settings {
        Settings {
            endpoints: vec![self.base.clone()],
            database: self.database.clone(),
            user: "default".to_owned(),
            password: None,
            writer: None,
            ca_file: None,
            connect_timeout: Duration::from_secs(1),
            answer_timeout: Duration::from_secs(20),
            idle_timeout: Duration::from_secs(10),
            execution_timeout: Duration::from_secs(10),
            health_interval: Duration::from_millis(100),
            catalog_interval: Duration::from_secs(60),
            certified: vec![],
            unproven: Unproven::Warn,
        }
    }

    async fn upstream(&self) -> Upstream {
        let clickhouse = ClickHouse::new(self.settings()).unwrap();
        clickhouse.refresh().await.unwrap();
        Upstream::ClickHouse(clickhouse)
    }

    /// Runs a statement beside the gateway.
    async fn run(&self, statement: &str) -> String {
        use hyper_util::rt::TokioIo;
        let address = self.base.authority().unwrap().as_str();
        let stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        let request = http::Request::post("/").header("host", address);
        let request = request.body(http_body_util::Full::new(bytes::Bytes::from(statement.to_owned()))).unwrap();
        let answer = sender.send_request(request).await.unwrap();
        let status = answer.status();
        let body = String::from_utf8(answer.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap();
        assert_eq!(status, 200, "{statement}: {body}");
        body
    }

    async fn still_runs(&self, id: &str) -> bool {
        self.run(&format!("SELECT count() FROM system.processes WHERE query_id = '{id}'")).await != "0\n"
    }

    async fn becomes(&self, id: &str, running: bool) -> bool {
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(5) {
            if self.still_runs(id).await == running {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        false
    }
}

fn parameters(query: Query, parameters: &[(&str, &str)]) -> Query {
    let parameters = parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Query { parameters, ..query }
}

#[tokio::test]
async fn rows_headers_and_parameters_pass() {
    let Some(ground) = Ground::new().await else { return };
    let upstream = ground.upstream().await;
    ground
        .run(&format!("CREATE TABLE {}.t (a UInt8) ENGINE = Memory AS SELECT number FROM numbers(3)", ground.database))
        .await;
    let ask = parameters(query("SELECT a, {s:String} AS s FROM t ORDER BY a", "JSON", &[]), &[("s", "x&y='\"")]);
    let answer = upstream.query(ask.clone()).await.unwrap();
    assert_eq!(answer.headers["content-type"], "application/json; charset=UTF-8");
    assert_eq!(answer.headers["x-clickhouse-format"], "JSON");
    assert_eq!(answer.headers["x-clickhouse-query-id"], ask.id.as_str());
    assert!(
        answer.headers.contains_key("x-clickhouse-summary") && answer.headers.contains_key("x-clickhouse-timezone")
    );
    let names: Vec<_> = answer.headers.keys().map(http::HeaderName::as_str).collect();
    assert_eq!(names.len(), 5, "{names:?}");
    let (bytes, end) = read(answer).await;
    end.unwrap();
    let document: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!((&document["rows"], &document["data"][2]["s"]), (&3.into(), &"x&y='\"".into()));
    assert!(document.get("statistics").is_some());
}

#[tokio::test]
async fn a_filtered_answer_tells_no_counters() {
    let Some(ground) = Ground::new().await else { return };
    let upstream = ground.upstream().await;
    let answer = upstream.query(filtered(query("SELECT 1 FROM numbers(100) LIMIT 1", "JSON", &[]))).await.unwrap();
    assert!(!answer.headers.contains_key("x-clickhouse-summary"), "{:?}", answer.headers);
    let (bytes, end) = read(answer).await;
    end.unwrap();
    assert!(!String::from_utf8(bytes).unwrap().contains("statistics"));
}

#[tokio::test]
async fn it_only_reads_whatever_settings_come() {
    let Some(ground) = Ground::new().await else { return };
    let upstream = ground.upstream().await;
    ground.run(&format!("CREATE TABLE {}.t (a UInt8) ENGINE = Memory", ground.database)).await;
    for statement in ["CREATE TABLE n (a UInt8) ENGINE = Memory", "DROP TABLE t", "INSERT INTO t VALUES (1)"] {
        let mut ask = query(statement, "TSV", &[]);
        ask.settings = vec![("readonly".to_owned(), "0".to_owned()), ("allow_ddl".to_owned(), "1".to_owned())];
        let outcome = text(&upstream, ask).await;
        assert!(matches!(outcome, Err(UpstreamError::Rejected { code: Some(164), .. })), "{statement}: {outcome:?}");
    }
    let mut ask = query("SELECT getSetting('max_execution_time'), getSetting('max_threads')", "TSV", &[]);
    ask.settings = vec![("max_execution_time".to_owned(), "3".to_owned()), ("max_threads".to_owned(), "1".to_owned())];
    assert_eq!(text(&upstream, ask.clone()).await.unwrap(), "3\t1\n");
    ask.settings[0].1 = "999".to_owned();
    assert_eq!(text(&upstream, ask).await.unwrap(), "10\t1\n");
}

#[tokio::test]
async fn errors_before_the_rows() {
    let Some(ground) = Ground::new().await else { return };
    let upstream = ground.upstream().await;
    for (statement, code, safe) in [
        ("SELECT secret_name", 47, "unknown or ambiguous identifier"),
        ("SELECT secret_function(1)", 46, "unknown function"),
        ("SELECT 1 FROM secret_table", 60, "unknown table"),
        ("SELECT intDiv(1, number) FROM numbers(2)", 153, "division by zero"),
        ("SELECT FROM WHERE 'secret", 62, "syntax error"),
        ("SELECT toUInt8('secret')", 6, "a value cannot be parsed"),
        ("SELECT throwIf(1, 'secret')", 395, "the engine refused the query"),
    ] {
        let closed = text(&upstream, filtered(query(statement, "TSV", &[]))).await.unwrap_err();
        assert_eq!(closed, UpstreamError::Rejected { code: Some(code), message: safe.to_owned() }, "{statement}");
        let open = text(&upstream, query(statement, "TSV", &[])).await.unwrap_err().to_string();
        assert!(open.contains("DB::Exception") && !open.contains("(version"), "{open}");
    }
}

#[tokio::test]
async fn an_exception_amid_the_rows_ends_the_body_as_an_error_and_says_nothing() {
    let Some(ground) = Ground::new().await else { return };
    let upstream = ground.upstream().await;
    for format in ["TSV", "JSON", "JSONEachRow", "CSV", "Native", "RowBinary"] {
        for hidden in [false, true] {
            // Far behind: `max_block_size` is not sent beside a filter, and rows must have come before.
            let broken = "SELECT throwIf(number = 3000000, 'secret') AS a, number FROM numbers(4000000)";
            let mut ask = query(broken, format, &[]);
            ask.filtered = hidden;
            ask.settings = vec![("max_block_size".to_owned(), "1000".to_owned())];
            let (bytes, end) = read(upstream.query(ask).await.unwrap()).await;
            assert!(end.is_err(), "{format}");
            let text = String::from_utf8_lossy(&bytes);
            assert!(!text.contains("secret") && !text.contains("exception"), "{format}");
            assert!(bytes.len() > 100_000, "{format}: {}", bytes.len());
        }
    }
}

#[tokio::test]
async fn a_large_answer_passes_whole() {
    let Some(ground) = Ground::new().await else { return };
    let upstream = ground.upstream().await;
    let mut answer = upstream
        .query(filtered(query("SELECT repeat('\\r\\n_', 10) FROM numbers(1000000)", "RowBinary", &[])))
        .await
        .unwrap();
    let mut length = 0;
    while let Some(frame) = answer.body.frame().await {
        length += frame.unwrap().data_ref().unwrap().len();
    }
    assert_eq!(length, 31_000_000);
}

#[tokio::test]
async fn a_reader_that_goes_away_cancels_the_query() {
    let Some(ground) = Ground::new().await else { return };
    let upstream = ground.upstream().await;
    // Gone before the answer began.
    let early = query("SELECT count() FROM numbers(100000000000) WHERE sipHash64(number) = 1", "TSV", &[]);
    let id = early.id.clone();
    let mut running = Box::pin(upstream.query(early));
    tokio::time::timeout(Duration::from_millis(300), &mut running).await.unwrap_err();
    assert!(ground.becomes(&id, true).await, "it runs");
    drop(running);
    assert!(ground.becomes(&id, false).await, "dropping the future cancels it");
    // Gone amid the rows.
    let late = query("SELECT number, sipHash64(number) FROM numbers(100000000000)", "TSV", &[]);
    let id = late.id.clone();
    let mut answer = upstream.query(late).await.unwrap();
    answer.body.frame().await.unwrap().unwrap();
    assert!(ground.becomes(&id, true).await, "it runs");
    drop(answer);
    assert!(ground.becomes(&id, false).await, "dropping the body cancels it");
}

#[tokio::test]
async fn the_catalog_is_what_the_server_holds() {
    let Some(ground) = Ground::new().await else { return };
    let database = ground.database.clone();
    for statement in [
        "CREATE TABLE D.mt (a UInt8, b String MATERIALIZED 'x', c UInt8 ALIAS a + 1, d UInt8 EPHEMERAL) ENGINE = MergeTree ORDER BY a",
        "CREATE TABLE D.mem (a UInt8) ENGINE = Memory",
        "CREATE VIEW D.v AS SELECT a FROM D.mt",
        "CREATE TABLE D.merge AS D.mem ENGINE = Merge(D, '^mem$')",
        "CREATE TABLE D.replacing (a UInt8) ENGINE = ReplacingMergeTree ORDER BY a",
    ] {
        ground.run(&statement.replace("D.", &format!("{database}.")).replace("(D,", &format!("({database},"))).await;
    }
    let upstream = ground.upstream().await;
    let catalog = upstream.catalog().unwrap();
    let table = |table| catalog.get(&TableName::new(&database, table)).unwrap().1;
    let columns: Vec<_> = table("mt").columns.iter().map(|column| (&*column.name, column.kind)).collect();
    assert_eq!(columns, [("a", ColumnKind::Ordinary), ("b", ColumnKind::ByName), ("c", ColumnKind::ByName)]);
    let engines = ["mt", "mem", "v", "merge", "replacing"].map(|name| table(name).engine);
    assert_eq!(engines, [Engine::MergeTree, Engine::Plain, Engine::View, Engine::Opaque, Engine::MergeTree]);
    assert_eq!(catalog.get(&TableName::new("system", "tables")).unwrap().1.engine, Engine::Plain);
    assert_eq!(catalog.get(&TableName::new("INFORMATION_SCHEMA", "TABLES")).unwrap().1.engine, Engine::View);
    assert_eq!(catalog.default_database(), database);
}

/// Other tests make tables on the same server, so one of several readings must do.
#[tokio::test]
async fn a_catalog_that_did_not_change_stays_the_same_one() {
    let Some(ground) = Ground::new().await else { return };
    let upstream = ground.upstream().await;
    let Upstream::ClickHouse(clickhouse) = &upstream else { panic!("a ClickHouse") };
    for _ in 0..50 {
        let before = upstream.catalog().unwrap();
        clickhouse.refresh().await.unwrap();
        if Arc::ptr_eq(&before, &upstream.catalog().unwrap()) {
            return;
        }
    }
    panic!("every reading made a new catalog");
}

#[tokio::test]
async fn a_wrong_password_is_the_gateways_trouble() {
    let Some(ground) = Ground::new().await else { return };
    let settings = Settings { password: Some(Secret::new("wrong".to_owned())), ..ground.settings() };
    let clickhouse = ClickHouse::new(settings).unwrap();
    assert_eq!(clickhouse.refresh().await, Err(UpstreamError::Credential));
    assert_eq!(
        text(&Upstream::ClickHouse(clickhouse), query("SELECT 1", "TSV", &[])).await,
        Err(UpstreamError::Credential)
    );
}

#[tokio::test]
async fn with_one_endpoint_gone_the_other_answers_and_health_says_so() {
    let Some(ground) = Ground::new().await else { return };
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let gone = format!("http://{nobody}").parse().unwrap();
    let settings = Settings { endpoints: vec![gone, ground.base.clone()], ..ground.settings() };
    let upstream = Arc::new(Upstream::ClickHouse(ClickHouse::new(settings).unwrap()));
    for _ in 0..4 {
        assert_eq!(text(&upstream, query("SELECT 1", "TSV", &[])).await.unwrap(), "1\n");
    }
    assert_eq!((upstream.health().healthy, upstream.health().endpoints, upstream.health().catalog), (1, 2, false));
    let watching = tokio::spawn(upstream.clone().watch());
    let started = Instant::now();
    while upstream.catalog().is_none() && started.elapsed() < Duration::from_secs(5) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!((upstream.health().healthy, upstream.health().catalog), (1, true));
    watching.abort();
}

/// The second layer: were a wall missing in the text, the filters beside it would still hold. Names and texts with quotes
/// and backslashes arrive as they are.
#[tokio::test]
async fn filters_beside_the_text_hold_without_any_wall() {
    let Some(ground) = Ground::new().await else { return };
    let table = format!("{}.`a 'b\\\\`", ground.database);
    ground.run(&format!("CREATE TABLE {table} (org_id Int64, s String) ENGINE = MergeTree ORDER BY org_id")).await;
    ground.run(&format!("INSERT INTO {table} VALUES (1, 'it''s \\\\'), (1, 'b'), (2, 'it''s \\\\')")).await;
    let upstream = ground.upstream().await;
    let name = TableName::new(&ground.database, "a 'b\\");
    assert!(upstream.catalog().unwrap().get(&name).is_some());
    let open = format!("SELECT count() FROM {table}");
    let rows = async |table_filters: Vec<(TableName, String)>| {
        let query = Query { table_filters, ..query(&open, "TSV", &[]) };
        text(&upstream, query).await.unwrap()
    };
    assert_eq!(rows(vec![]).await, "3\n");
    assert_eq!(rows(vec![(name.clone(), "(`org_id` = 1)".to_owned())]).await, "2\n");
    let escaped = "(`org_id` = 1) AND (`s` = 'it''s \\\\')".to_owned();
    assert_eq!(rows(vec![(name, escaped)]).await, "1\n");
    ground.run(&format!("DROP DATABASE {}", ground.database)).await;
}
