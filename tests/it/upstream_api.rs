//! Real APIs of other makes: roapi and datasette, where they are installed.

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use portcullis::sql::Dialect;
use portcullis::token::Secret;
use portcullis::upstream::api::{Api, Settings, SqlPlace};
use portcullis::upstream::{Upstream, UpstreamError};

use crate::upstream_common::{filtered, query, text};

const ROWS: &str = "org_id,action\n1,view\n1,click\n2,view\n";

/// A server of the test's own, stopped with it.
struct Server {
    child: Child,
    address: SocketAddr,
    _directory: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program from the directory that `PORTCULLIS_TEST_PYTHON_BIN` names.
fn program(name: &str) -> Option<PathBuf> {
    let found = std::env::var_os("PORTCULLIS_TEST_PYTHON_BIN").map(|bin| PathBuf::from(bin).join(name));
    let found = found.filter(|path| path.exists());
    if found.is_none() {
        eprintln!("SKIPPED: no {name}: PORTCULLIS_TEST_PYTHON_BIN names no directory that holds it");
    }
    found
}

fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

async fn start(mut command: Command, address: SocketAddr, directory: tempfile::TempDir) -> Server {
    let child = command.current_dir(directory.path()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let server = Server { child: child.spawn().unwrap(), address, _directory: directory };
    let started = Instant::now();
    while tokio::net::TcpStream::connect(address).await.is_err() {
        assert!(started.elapsed() < Duration::from_secs(30), "it does not start");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    server
}

async fn roapi() -> Option<Server> {
    let mut command = Command::new(program("roapi")?);
    let (address, postgres) = (free(), free());
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("ev.csv"), ROWS).unwrap();
    command.args([
        "--addr-http",
        &address.to_string(),
        "--addr-postgres",
        &postgres.to_string(),
        "--table",
        "ev=ev.csv",
    ]);
    Some(start(command, address, directory).await)
}

async fn datasette() -> Option<Server> {
    let mut command = Command::new(program("datasette")?);
    let address = free();
    let directory = tempfile::tempdir().unwrap();
    let made = rusqlite::Connection::open(directory.path().join("ev.db")).unwrap();
    made.execute_batch(
        "CREATE TABLE ev (org_id INTEGER, action TEXT); INSERT INTO ev VALUES (1,'view'),(1,'click'),(2,'view')",
    )
    .unwrap();
    drop(made);
    command.args(["serve", "ev.db", "-h", "127.0.0.1", "-p", &address.port().to_string()]);
    Some(start(command, address, directory).await)
}

fn settings(server: &Server) -> Settings {
    Settings {
        base: format!("http://{}", server.address).parse().unwrap(),
        method: http::Method::POST,
        path: "/api/sql".to_owned(),
        place: SqlPlace::Body,
        parameters: vec![],
        headers: vec![(http::header::ACCEPT, Secret::new("application/json".to_owned()))],
        dialect: Dialect::Generic,
        database: "public".to_owned(),
        tables: vec![],
        health_path: Some("/health".to_owned()),
        ca_file: None,
        connect_timeout: Duration::from_secs(1),
        answer_timeout: Duration::from_secs(10),
        idle_timeout: Duration::from_secs(5),
        health_interval: Duration::from_millis(50),
    }
}

async fn healthy(upstream: Upstream) -> usize {
    let upstream = std::sync::Arc::new(upstream);
    let watching = tokio::spawn(upstream.clone().watch());
    tokio::time::sleep(Duration::from_millis(500)).await;
    watching.abort();
    upstream.health().healthy
}

#[tokio::test]
async fn roapi_answers() {
    let Some(server) = roapi().await else { return };
    let upstream = Upstream::Api(Api::new(settings(&server)).unwrap());
    let ask = query("SELECT org_id, count(*) AS n FROM ev GROUP BY org_id ORDER BY org_id", "JSON", &[]);
    assert_eq!(text(&upstream, ask).await.unwrap(), r#"[{"org_id":1,"n":2},{"org_id":2,"n":1}]"#);
    let bad = query("SELECT nosuch FROM ev", "JSON", &[]);
    let open = text(&upstream, bad.clone()).await.unwrap_err().to_string();
    assert!(open.contains("nosuch"), "{open}");
    assert_eq!(text(&upstream, filtered(bad)).await.unwrap_err().to_string(), "the upstream refused the query");
    assert_eq!(healthy(upstream).await, 1);
}

#[tokio::test]
async fn datasette_answers() {
    let Some(server) = datasette().await else { return };
    let settings = Settings {
        method: http::Method::GET,
        path: "/ev.json".to_owned(),
        place: SqlPlace::QueryParameter("sql".to_owned()),
        parameters: vec![("_shape".to_owned(), "array".to_owned())],
        dialect: Dialect::Sqlite,
        health_path: Some("/-/versions.json".to_owned()),
        ..settings(&server)
    };
    let upstream = Upstream::Api(Api::new(settings.clone()).unwrap());
    let ask = query("SELECT org_id, 'a&b=c+d' AS s FROM ev WHERE action = 'click'", "JSON", &[]);
    let rows: serde_json::Value = serde_json::from_str(&text(&upstream, ask).await.unwrap()).unwrap();
    assert_eq!(rows, serde_json::json!([{"org_id": 1, "s": "a&b=c+d"}]));
    let bad = query("SELECT nosuch FROM ev", "JSON", &[]);
    assert!(text(&upstream, bad.clone()).await.unwrap_err().to_string().contains("nosuch"));
    assert_eq!(text(&upstream, filtered(bad)).await.unwrap_err().to_string(), "the upstream refused the query");
    let mut named = query("SELECT :a", "JSON", &[]);
    named.parameters.push(("a".to_owned(), "1".to_owned()));
    assert!(matches!(text(&upstream, named).await, Err(UpstreamError::Rejected { .. })));
    assert_eq!(healthy(upstream).await, 1);
    let sick = Settings { health_path: Some("/nowhere".to_owned()), ..settings };
    assert_eq!(healthy(Upstream::Api(Api::new(sick).unwrap())).await, 0);
}
