//! A real ClickHouse to ask, where the task runner started one.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// A ClickHouse server's HTTP interface.
pub(crate) struct ClickHouse {
    address: String,
}

/// An answer's status and body.
pub(crate) type Answer = (u16, String);

impl ClickHouse {
    /// The server that `PORTCULLIS_TEST_CLICKHOUSE` names; `None`, said loudly, where there is none.
    pub(crate) fn from_environment() -> Option<Self> {
        let Ok(url) = std::env::var("PORTCULLIS_TEST_CLICKHOUSE") else {
            eprintln!("SKIPPED: no ClickHouse; `cargo xtask test` starts one");
            return None;
        };
        let address = url.trim_start_matches("http://").trim_end_matches('/').to_owned();
        Some(Self { address })
    }

    /// Runs a statement; `query` is the URL's query string.
    pub(crate) fn ask(&self, query: &str, statement: &str) -> Answer {
        let mut stream = TcpStream::connect(&self.address).expect("ClickHouse is there");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a timeout");
        let head = format!("POST /?{query} HTTP/1.0\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n", statement.len());
        stream
            .write_all(head.as_bytes())
            .and_then(|()| stream.write_all(statement.as_bytes()))
            .expect("a request is sent");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("an answer comes");
        let answer = String::from_utf8_lossy(&answer);
        let (head, body) = answer.split_once("\r\n\r\n").expect("an HTTP answer");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        (status, body.to_owned())
    }

    /// Runs a statement that must succeed.
    pub(crate) fn run(&self, statement: &str) -> String {
        let (status, body) = self.ask("", statement);
        assert_eq!(status, 200, "{statement}: {body}");
        body
    }

    /// A database of this test's own.
    pub(crate) fn scratch(&self, prefix: &str) -> String {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("{prefix}_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        self.run(&format!("CREATE DATABASE {name}"));
        name
    }
}
