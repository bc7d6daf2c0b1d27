//! A ClickHouse cluster of several releases: each endpoint is judged by what it says itself.
//!
//! The old one is a server that records what it is sent and answers nothing but its version; the new one is the real
//! ClickHouse where there is one.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use portcullis::upstream::clickhouse::version::Unproven;
use portcullis::upstream::clickhouse::{ClickHouse, Settings};
use portcullis::upstream::{Upstream, UpstreamError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::upstream_common::{filtered, query, text};

const TAG: &str = "X-ClickHouse-Exception-Tag: abcdefghijklmnop\r\n";

/// A server that says a version, which can be changed, and records every query: its target and its text.
struct Recorder {
    base: http::Uri,
    version: Arc<Mutex<String>>,
    queries: Arc<Mutex<Vec<(String, String)>>>,
}

impl Recorder {
    async fn start(version: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let recorder = Self { base, version: Arc::new(Mutex::new(version.to_owned())), queries: Arc::default() };
        let (version, queries) = (Arc::clone(&recorder.version), Arc::clone(&recorder.queries));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&version), Arc::clone(&queries)));
            }
        });
        recorder
    }

    fn becomes(&self, version: &str) {
        version.clone_into(&mut self.version.lock().unwrap());
    }

    /// What it was asked since the last time, the gateway's own questions left out.
    fn asked(&self) -> Vec<(String, String)> {
        std::mem::take(&mut self.queries.lock().unwrap())
    }
}

async fn serve(mut stream: TcpStream, version: Arc<Mutex<String>>, queries: Arc<Mutex<Vec<(String, String)>>>) {
    while let Some((target, body)) = request(&mut stream).await {
        let version = version.lock().unwrap().clone();
        let answer = match body.as_str() {
            "" => "Ok.\n".to_owned(),
            "SELECT version()" => format!("[\"{version}\"]\n"),
            own if own.contains("FROM system.") => String::new(),
            _ => {
                queries.lock().unwrap().push((target, body));
                "1\n".to_owned()
            }
        };
        let tag = if version.starts_with("26") { TAG } else { "" };
        let head = format!("HTTP/1.1 200 OK\r\n{tag}Content-Length: {}\r\n\r\n", answer.len());
        if stream.write_all(format!("{head}{answer}").as_bytes()).await.is_err() {
            return;
        }
    }
}

/// The target and the body of the next request.
async fn request(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut seen = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let length = stream.read(&mut piece).await.ok().filter(|length| *length > 0)?;
        seen.extend_from_slice(piece.get(..length)?);
        let text = String::from_utf8_lossy(&seen).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length =
            head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
        if body.len() >= length.unwrap_or(0) {
            return Some((head.split(' ').nth(1)?.to_owned(), body.to_owned()));
        }
    }
}

fn settings(endpoints: &[&http::Uri], unproven: Unproven) -> Settings {
    Settings {
        endpoints: endpoints.iter().map(|&base| base.clone()).collect(),
        database: "default".to_owned(),
        user: "default".to_owned(),
        password: None,
        writer: None,
        ca_file: None,
        connect_timeout: Duration::from_secs(2),
        answer_timeout: Duration::from_secs(10),
        idle_timeout: Duration::from_secs(10),
        execution_timeout: Duration::from_secs(10),
        health_interval: Duration::from_millis(20),
        catalog_interval: Duration::from_secs(60),
        certified: vec![],
        unproven,
    }
}

async fn upstream(endpoints: &[&http::Uri], unproven: Unproven) -> Upstream {
    let clickhouse = ClickHouse::new(settings(endpoints, unproven)).unwrap();
    clickhouse.refresh().await.unwrap();
    Upstream::ClickHouse(clickhouse)
}

/// A proven endpoint: the real ClickHouse, or a recorder that says it is one.
async fn proven() -> (http::Uri, Option<Recorder>) {
    if let Some(real) = crate::engines::clickhouse() {
        return (real.url.parse().unwrap(), None);
    }
    let recorder = Recorder::start("26.7.2.1").await;
    (recorder.base.clone(), Some(recorder))
}

#[tokio::test]
async fn an_unproven_endpoint_gets_no_query_where_that_is_asked_for() {
    let ((new, _kept), old) = (proven().await, Recorder::start("24.8.4.13").await);
    for order in [[&old.base, &new], [&new, &old.base]] {
        let upstream = upstream(&order, Unproven::Refuse).await;
        for _ in 0..8 {
            assert_eq!(text(&upstream, filtered(query("SELECT 1", "TSV", &[]))).await.unwrap(), "1\n");
        }
        assert_eq!(old.asked(), []);
        let health = upstream.health();
        assert_eq!((health.healthy, health.endpoints, health.unproven, health.catalog), (1, 2, 1, true));
    }
    // With `warn` it serves, and is counted.
    let upstream = upstream(&[&old.base, &new], Unproven::Warn).await;
    for _ in 0..8 {
        assert_eq!(text(&upstream, query("SELECT 1", "TSV", &[])).await.unwrap(), "1\n");
    }
    assert_eq!(old.asked().len(), 4);
    assert_eq!((upstream.health().healthy, upstream.health().unproven), (2, 1));
}

#[tokio::test]
async fn with_unproven_endpoints_alone_nothing_is_served() {
    let (one, other) = (Recorder::start("24.8.4.13").await, Recorder::start("nonsense").await);
    let upstream = upstream(&[&one.base, &other.base], Unproven::Refuse).await;
    assert_eq!(text(&upstream, query("SELECT 1", "TSV", &[])).await, Err(UpstreamError::Unreachable));
    assert!(one.asked().is_empty() && other.asked().is_empty());
    let health = upstream.health();
    assert_eq!((health.healthy, health.unproven, health.catalog), (0, 2, false));
}

/// A server may be upgraded, or taken back, while the gateway runs.
#[tokio::test]
async fn an_endpoint_that_becomes_another_release_is_judged_anew() {
    let server = Recorder::start("26.7.2.1").await;
    let upstream = Arc::new(upstream(&[&server.base], Unproven::Refuse).await);
    let watching = tokio::spawn(Arc::clone(&upstream).watch());
    let serves = async || text(&upstream, query("SELECT 1", "TSV", &[])).await.is_ok();
    assert!(serves().await);
    for (version, wanted) in [("25.5.1.1", false), ("26.7.9.9", true)] {
        server.becomes(version);
        let started = Instant::now();
        while serves().await != wanted {
            assert!(started.elapsed() < Duration::from_secs(5), "{version}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    watching.abort();
}

/// An old server tells of an exception in the middle of rows; what is filtered is waited for there, and only there.
#[tokio::test]
async fn what_is_filtered_is_waited_for_where_exceptions_have_no_tag() {
    let (new, old) = (Recorder::start("26.7.2.1").await, Recorder::start("24.8.4.13").await);
    let upstream = upstream(&[&new.base, &old.base], Unproven::Allow).await;
    for _ in 0..4 {
        assert_eq!(text(&upstream, filtered(query("SELECT 1", "TSV", &[]))).await.unwrap(), "1\n");
    }
    for (server, wait) in [(&new, "wait_end_of_query=0"), (&old, "wait_end_of_query=1")] {
        let asked = server.asked();
        assert_eq!(asked.len(), 2);
        assert!(asked.iter().all(|(target, _)| target.contains(wait)), "{asked:?}");
    }
}
