//! Real APIs of other makes: roapi and datasette, where they are installed.
#![allow(clippy::panic, clippy::print_stderr, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

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
    _directory: std::sync::Arc<tempfile::TempDir>,
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

/// Addresses that nobody uses now: held together, so that they differ.
fn free<const N: usize>() -> [SocketAddr; N] {
    let held = [(); N].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    held.map(|listener| listener.local_addr().unwrap())
}

/// Starts it, anew when it ends at once: somebody else may have taken its address meanwhile.
async fn start(directory: tempfile::TempDir, command: impl Fn() -> (Command, SocketAddr)) -> Server {
    let directory = std::sync::Arc::new(directory);
    for _ in 0..5 {
        let (mut command, address) = command();
        command.current_dir(directory.path()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut server = Server { child: command.spawn().unwrap(), address, _directory: directory.clone() };
        while server.child.try_wait().unwrap().is_none() {
            if tokio::net::TcpStream::connect(address).await.is_ok() {
                return server;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    panic!("it does not start");
}

async fn roapi() -> Option<Server> {
    let program = program("roapi")?;
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("ev.csv"), ROWS).unwrap();
    let server = start(directory, || {
        let [http, postgres, flight] = free();
        let mut command = Command::new(&program);
        command.args(["--addr-http", &http.to_string(), "--addr-postgres", &postgres.to_string()]);
        command.args(["--addr-flight-sql", &flight.to_string(), "--table", "ev=ev.csv"]);
        (command, http)
    });
    Some(server.await)
}

async fn datasette() -> Option<Server> {
    let program = program("datasette")?;
    let directory = tempfile::tempdir().unwrap();
    let made = rusqlite::Connection::open(directory.path().join("ev.db")).unwrap();
    let sql = "CREATE TABLE ev (org_id INTEGER, action TEXT); INSERT INTO ev VALUES (1,'view'),(1,'click'),(2,'view')";
    made.execute_batch(sql).unwrap();
    drop(made);
    let server = start(directory, || {
        let [http] = free();
        let mut command = Command::new(&program);
        command.args(["serve", "ev.db", "-h", "127.0.0.1", "-p", &http.port().to_string()]);
        (command, http)
    });
    Some(server.await)
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
