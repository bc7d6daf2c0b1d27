//! A whole gateway, in this process, in front of a scratch database: what clients are told is what is compared.

use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, Full};
use tower::ServiceExt as _;

use crate::config;
use crate::gateway::Gateway;
use crate::store::{Compile, Report, Store};
use crate::telemetry::metrics::Metrics;
use crate::token::TokenDigest;
use crate::upstream::Upstream;

use super::CertifyError;
use super::ground::Database;

/// Headers that differ between any two answers.
const VARIES: &[&str] = &["date", "x-request-id", "x-clickhouse-query-id", "content-length"];

/// How much of an answer is shown, in characters.
const SHOWN: usize = 200;

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    /// Reads tenant 1's rows of every table.
    Tenant,
    /// The same, and may delete.
    Keeper,
    /// Reads pipes and no table.
    Reader,
}

/// What a client is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Told {
    pub(super) fn tells(&self, text: &str) -> bool {
        self.body.windows(text.len()).any(|part| part == text.as_bytes())
    }
}

impl std::fmt::Display for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let body = String::from_utf8_lossy(&self.body);
        write!(f, "{} {}", self.status, body.chars().take(SHOWN).collect::<String>().escape_debug())
    }
}

/// A gateway in front of one database, with files in a folder of its own.
pub(super) struct Front {
    gateway: Gateway,
    folder: PathBuf,
}

impl Front {
    /// `tables` are those that the tokens may read, `pipes` the lines of `pipes:` in the configuration.
    pub(super) fn before(database: Database, tables: &[&str], pipes: &str) -> Result<Self, CertifyError> {
        let folder = std::env::temp_dir().join(format!("portcullis_certify_{}", uuid::Uuid::new_v4().simple()));
        let front = Self::made(&folder, database, tables, pipes);
        if front.is_err() {
            let _ = std::fs::remove_dir_all(&folder);
        }
        front
    }

    fn made(folder: &PathBuf, database: Database, tables: &[&str], pipes: &str) -> Result<Self, CertifyError> {
        let file = folder.join("gateway.yaml");
        std::fs::create_dir_all(folder).map_err(CertifyError::Folder)?;
        // The endpoint here is never asked: the upstream is the one that stands already.
        let yaml = format!(
            "version: 1\nupstream:\n  clickhouse: {{ endpoints: ['http://127.0.0.1:1'], database: {} }}\npipes:\n{pipes}\n...\n",
            database.name
        );
        std::fs::write(&file, yaml).map_err(CertifyError::Folder)?;
        std::fs::write(folder.join("tokens.yaml"), tokens(tables)).map_err(CertifyError::Folder)?;
        let store = store(&file).map_err(|report| CertifyError::Front(report.to_string()))?;
        let gateway = gateway(&file, store, database.upstream).map_err(|it| CertifyError::Front(it.to_string()))?;
        Ok(Self { gateway, folder: folder.clone() })
    }

    /// Asks as a client does. `target` is the path and the query string.
    pub(super) async fn ask(&self, who: Who, target: &str, kind: &str, body: &str) -> Told {
        let request = Request::post(target)
            .header(http::header::HOST, "localhost")
            .header(http::header::AUTHORIZATION, format!("Bearer {}", who.value()))
            .header(http::header::CONTENT_TYPE, kind)
            .body(Full::new(Bytes::from(body.to_owned())));
        let nothing = Told { status: 0, headers: Vec::new(), body: Vec::new() };
        let Ok(request) = request else { return nothing };
        let Ok(answer) = self.gateway.clone().oneshot(request).await;
        let (head, body) = answer.into_parts();
        let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let mut headers: Vec<_> = head.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        headers.retain(|(name, _)| !VARIES.contains(&name.as_str()));
        headers.sort();
        // An answer that broke off is told from a whole one.
        let (body, status) = match body.collect().await {
            Ok(body) => (body.to_bytes().to_vec(), head.status.as_u16()),
            Err(_) => (Vec::new(), 0),
        };
        Told { status, headers, body }
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Who {
    fn name(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::Keeper => "keeper",
            Self::Reader => "reader",
        }
    }

    /// Nobody listens: it guards nothing.
    fn value(self) -> String {
        format!("certify-{}-0123456789abcdef0123456789abcdef", self.name())
    }
}

fn tokens(tables: &[&str]) -> String {
    let reads: Vec<String> = tables.iter().map(|table| format!("'DATASOURCES:READ:{table}:org_id = 1'")).collect();
    let reads = reads.join(", ");
    let scopes = [
        (Who::Tenant, reads.clone()),
        (Who::Keeper, format!("{reads}, 'DATASOURCES:CREATE'")),
        (Who::Reader, "'PIPES:READ:kept'".to_owned()),
    ];
    let lines = scopes.map(|(who, scopes)| {
        format!("  - {{ name: {}, digest: '{}', scopes: [{scopes}] }}\n", who.name(), TokenDigest::of(&who.value()))
    });
    format!("version: 1\ntokens:\n{}...\n", lines.concat())
}

fn store(file: &std::path::Path) -> Result<Store, Report> {
    let config = config::load(file)?;
    let compile = Compile {
        dialect: config.dialect(),
        key: config.signing_key.read_or_make()?,
        own: None,
        hot: config.hot.clone(),
        read_hot: config.read_hot(),
    };
    Store::open(config.paths(), compile)
}

fn gateway(file: &std::path::Path, store: Store, upstream: Upstream) -> Result<Gateway, Report> {
    let config = config::load(file)?;
    Ok(Gateway::new(config.gateway, Arc::new(store), Arc::new(upstream), Metrics::new()))
}
