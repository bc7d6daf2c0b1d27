//! The shape of `gateway.yaml`, as people write it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;
use serde_yaml::Spanned;

use super::units::{Size, Span};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) version: Spanned<u32>,
    pub(super) workspace: Option<String>,
    pub(super) host: Option<String>,
    pub(super) listen: Option<Spanned<String>>,
    pub(super) tls: Option<Tls>,
    pub(super) upstream: Option<Spanned<Upstream>>,
    pub(super) faces: Option<Faces>,
    pub(super) limits: Option<Limits>,
    pub(super) functions: Option<Functions>,
    pub(super) pipes: Option<Vec<Spanned<Pipe>>>,
    pub(super) pipes_dir: Option<OneOrMany>,
    pub(super) untyped_pipes: Option<UntypedPipes>,
    pub(super) tokens: Option<PathBuf>,
    pub(super) managed_tokens: Option<PathBuf>,
    pub(super) on_widening: Option<OnWidening>,
    pub(super) signing_key: Option<Spanned<Secret>>,
    pub(super) jwt: Option<Jwt>,
    pub(super) log: Option<Log>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tls {
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
}

/// Exactly one of the four.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Upstream {
    pub(super) embedded: Option<Embedded>,
    pub(super) clickhouse: Option<ClickHouse>,
    pub(super) v0: Option<V0>,
    pub(super) http: Option<Http>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct V0 {
    pub(super) base: Spanned<String>,
    pub(super) token: Spanned<Secret>,
    pub(super) pipes: Option<BTreeMap<String, RemotePipe>>,
    pub(super) ca_file: Option<PathBuf>,
    pub(super) connect_timeout: Option<Span>,
    pub(super) answer_timeout: Option<Span>,
    pub(super) write_timeout: Option<Span>,
    pub(super) idle_timeout: Option<Span>,
    pub(super) health_interval: Option<Span>,
    pub(super) catalog_interval: Option<Span>,
}

/// What a pipe reads whose SQL only the upstream holds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RemotePipe {
    pub(super) reads: Vec<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Embedded {
    pub(super) file: Option<PathBuf>,
    pub(super) writable: Option<bool>,
    pub(super) connections: Option<std::num::NonZeroUsize>,
    pub(super) execution_timeout: Option<Span>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClickHouse {
    pub(super) endpoints: Vec<Spanned<String>>,
    pub(super) database: Option<String>,
    pub(super) user: Option<String>,
    pub(super) password: Option<Spanned<Secret>>,
    pub(super) write_user: Option<String>,
    pub(super) write_password: Option<Spanned<Secret>>,
    pub(super) ca_file: Option<PathBuf>,
    pub(super) connect_timeout: Option<Span>,
    pub(super) answer_timeout: Option<Span>,
    pub(super) idle_timeout: Option<Span>,
    pub(super) execution_timeout: Option<Span>,
    pub(super) health_interval: Option<Span>,
    pub(super) catalog_interval: Option<Span>,
    pub(super) certified: Option<Vec<String>>,
    pub(super) unproven: Option<Unproven>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Unproven {
    Allow,
    Warn,
    Refuse,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Http {
    pub(super) base: Spanned<String>,
    pub(super) method: Option<Method>,
    pub(super) path: Spanned<String>,
    pub(super) place: Place,
    pub(super) parameters: Option<BTreeMap<String, String>>,
    pub(super) headers: Option<BTreeMap<String, Spanned<Secret>>>,
    pub(super) dialect: Option<Dialect>,
    pub(super) database: Option<String>,
    pub(super) tables: BTreeMap<String, Spanned<Vec<String>>>,
    pub(super) health_path: Option<String>,
    pub(super) ca_file: Option<PathBuf>,
    pub(super) connect_timeout: Option<Span>,
    pub(super) answer_timeout: Option<Span>,
    pub(super) idle_timeout: Option<Span>,
    pub(super) health_interval: Option<Span>,
}

/// Exactly one of the three.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Secret {
    pub(super) env: Option<String>,
    pub(super) file: Option<PathBuf>,
    pub(super) value: Option<String>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) enum Method {
    #[serde(rename = "GET")]
    Get,
    #[serde(rename = "POST")]
    Post,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Place {
    QueryParameter(String),
    Body,
    FormField(String),
    JsonPointer(String),
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Dialect {
    ClickHouse,
    Sqlite,
    Postgres,
    DuckDb,
    Trino,
    Druid,
    DataFusion,
    Pinot,
    Generic,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Faces {
    pub(super) v0: Option<bool>,
    pub(super) clickhouse: Option<bool>,
    pub(super) generic: Option<Vec<GenericRoute>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GenericRoute {
    pub(super) path: Spanned<String>,
    pub(super) method: Option<Method>,
    pub(super) place: Place,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Limits {
    pub(super) sql: Option<SqlLimits>,
    pub(super) body: Option<Size>,
    pub(super) append: Option<Size>,
    pub(super) append_timeout: Option<Span>,
    pub(super) events: Option<Size>,
    pub(super) batch_rows: Option<std::num::NonZeroUsize>,
    pub(super) in_flight: Option<std::num::NonZeroUsize>,
    pub(super) connections: Option<std::num::NonZeroUsize>,
    pub(super) rewrites_kept: Option<usize>,
    pub(super) request_timeout: Option<Span>,
    pub(super) body_idle_timeout: Option<Span>,
    pub(super) header_timeout: Option<Span>,
    pub(super) idle_timeout: Option<Span>,
    pub(super) drain_timeout: Option<Span>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SqlLimits {
    pub(super) bytes: Option<Size>,
    pub(super) lexemes: Option<std::num::NonZeroUsize>,
    pub(super) depth: Option<std::num::NonZeroUsize>,
    pub(super) output: Option<Size>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Functions {
    pub(super) allow: Vec<Spanned<String>>,
}

/// Exactly one of `sql` and `nodes`; the last node is the endpoint.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pipe {
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) sql: Option<String>,
    pub(super) nodes: Option<Vec<PipeNode>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PipeNode {
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) sql: String,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum OneOrMany {
    One(PathBuf),
    Many(Vec<PathBuf>),
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Jwt {
    pub(super) enabled: Option<bool>,
    pub(super) key: Option<Spanned<Secret>>,
    pub(super) require_filter: Option<bool>,
    pub(super) leeway: Option<Span>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Log {
    pub(super) format: Option<LogFormat>,
    pub(super) level: Option<Level>,
}

/// What a file without any TYPE publishes: nothing, or its last node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum UntypedPipes {
    Refuse,
    Endpoint,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum OnWidening {
    Allow,
    Refuse,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum LogFormat {
    Text,
    Json,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Level {
    Error,
    Warn,
    Info,
    Debug,
}
