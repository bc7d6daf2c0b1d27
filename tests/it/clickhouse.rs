//! A real ClickHouse to ask, where the task runner started one.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::http;

/// A ClickHouse server's HTTP interface.
pub(crate) struct ClickHouse {
    address: SocketAddr,
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
        let address = url.trim_start_matches("http://").trim_end_matches('/').parse().expect("an address");
        Some(Self { address })
    }

    /// Runs a statement; `query` is the URL's query string.
    pub(crate) fn ask(&self, query: &str, statement: &str) -> Answer {
        let answer = http::request(self.address, "POST", &format!("/?{query}"), &[], statement);
        (answer.status, answer.body)
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
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
