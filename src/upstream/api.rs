//! Any other SQL-over-HTTP API: datasette, roapi, rqlite, Trino and the like.
//!
//! - The request is made here, by the settings: nothing of the client's but the rewritten text is in it.
//! - The answer's content type and body pass as they are; no other header does. Its format is not the gateway's to choose.
//! - An error of its is a fixed sentence for a filtered query, otherwise the beginning of its body.
//! - ClickHouse behind it is told to write no counters beside the rows of a filtered query, and an answer in a format that
//!   tells of more than rows is not passed on.
//! - Its tables come from the settings: such APIs cannot be asked in one way for all.

mod request;

pub use super::SettingsError;

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use http_body_util::BodyExt;
use hyper::body::Incoming;

use super::client::{self, Client, Failure, Idle};
use super::even::Even;
use super::{Answer, Format, Health, Query, UpstreamError};
use crate::catalog::{Catalog, Column, Table, TableName};
use crate::sql::Dialect;
use crate::upstream::change::Described;
use crate::upstream::intake::{Field, Kind};
use request::Template;

/// The longest error that is read, in bytes, and passed on, in characters.
const LONGEST_ERROR: usize = 64 * 1024;
const LONGEST_MESSAGE: usize = 1_000;

/// Where the SQL stands in a request. The same words serve the client's side (the generic face) and the upstream's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SqlPlace {
    /// `?name=SQL`.
    QueryParameter(String),
    /// The whole body, as `text/plain`.
    Body,
    /// `name=SQL` in a form body.
    FormField(String),
    /// The string at this JSON pointer (RFC 6901) of a JSON body; other members stand as configured, never as sent.
    JsonPointer(String),
}

/// How to reach any other API.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Scheme, host and port; the path is `path`.
    pub base: http::Uri,
    /// The method, GET or POST.
    pub method: http::Method,
    /// The path of the query endpoint.
    pub path: String,
    /// Where the SQL goes.
    pub place: SqlPlace,
    /// Query parameters sent with every request, such as `_shape=array`.
    pub parameters: Vec<(String, String)>,
    /// Headers sent with every request: the gateway's credential, `Accept`.
    pub headers: Vec<(http::HeaderName, crate::token::Secret)>,
    /// The SQL it speaks.
    pub dialect: Dialect,
    /// The database that a bare table name is looked up in (`main`, `public` …).
    pub database: String,
    /// Its tables and their columns: such an API cannot be asked in one way for all.
    pub tables: Vec<(TableName, Table)>,
    /// A path that answers 2xx to GET while the API is well; `None` means that a TCP connection is enough.
    pub health_path: Option<String>,
    /// A PEM file of the authorities to trust instead of the system's.
    pub ca_file: Option<std::path::PathBuf>,
    /// How long a connection may take to stand.
    pub connect_timeout: Duration,
    /// How long an answer may take to begin.
    pub answer_timeout: Duration,
    /// How long a body may stand still.
    pub idle_timeout: Duration,
    /// How often health is checked.
    pub health_interval: Duration,
}

/// Any other API.
#[derive(Debug)]
pub struct Api {
    client: Client,
    template: Template,
    catalog: Arc<Catalog>,
    well: AtomicBool,
    settings: Settings,
}

impl Api {
    /// Prepares everything that needs no connection.
    ///
    /// # Errors
    /// [`SettingsError`] for an address, a request or an authorities' file that cannot be used.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        let client = Client::new([&settings.base], settings.ca_file.as_deref(), settings.connect_timeout)?;
        let template = Template::new(&settings)?;
        let catalog = Arc::new(catalog(&settings));
        Ok(Self { client, template, catalog, well: AtomicBool::new(true), settings })
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.settings.dialect
    }

    pub(super) fn catalog(&self) -> Arc<Catalog> {
        Arc::clone(&self.catalog)
    }

    pub(super) async fn query(&self, query: Query) -> Result<Answer, UpstreamError> {
        if !query.parameters.is_empty() {
            return Err(rejected("this upstream takes no query parameters".to_owned()));
        }
        let response = match self.send(&query).await {
            // A keep-alive that the other side had just closed. The query is a read: it may be sent again, once.
            Err(Failure::Broken) => self.send(&query).await,
            other => other,
        }?;
        let response = well(response, query.filtered, self.settings.answer_timeout).await?;
        if query.filtered && self.is_clickhouse() && !tells_rows_alone(response.headers()) {
            tracing::error!("the API answers in a format that tells of hidden rows: `parameters` may name another one");
            return Err(UpstreamError::BadAnswer);
        }
        let mut headers = HeaderMap::new();
        let plain = HeaderValue::from_static("application/octet-stream");
        headers.insert(header::CONTENT_TYPE, client::content_type(&response).unwrap_or(plain));
        let body = Idle::new(response.into_body(), self.settings.idle_timeout).boxed_unsync();
        let body = if query.filtered { Even::new(body).boxed_unsync() } else { body };
        Ok(Answer { headers, body })
    }

    /// What the settings tell of its tables; nothing can be asked.
    pub(super) fn describe(&self, table: Option<&TableName>) -> Vec<Described> {
        let wanted = |name: &TableName| table.is_none_or(|table| table == name);
        let described = |(name, table): (&TableName, &Table)| Described {
            name: name.clone(),
            engine: String::new(),
            engine_full: String::new(),
            sorting_key: String::new(),
            partition_key: String::new(),
            primary_key: String::new(),
            fields: table.columns.iter().map(field).collect(),
            rows: None,
            bytes: None,
            updated: 0,
            comment: String::new(),
        };
        let mut all: Vec<_> = self.catalog.tables().filter(|(name, _)| wanted(name)).map(described).collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all
    }

    pub(super) fn health(&self) -> Health {
        Health { healthy: usize::from(self.well.load(Ordering::Acquire)), endpoints: 1, unproven: 0, catalog: true }
    }

    pub(super) async fn watch(&self) {
        let mut ticks = tokio::time::interval(self.settings.health_interval.max(Duration::from_millis(10)));
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            self.mark(self.check().await);
        }
    }

    async fn check(&self) -> bool {
        let patience = self.settings.connect_timeout.saturating_add(Duration::from_secs(1));
        if let Some(request) = self.template.health() {
            return self.client.send(request, patience).await.is_ok_and(|answer| answer.status().is_success());
        }
        let base = &self.settings.base;
        let port = base.port_u16().unwrap_or(if base.scheme_str() == Some("https") { 443 } else { 80 });
        let host = base.host().unwrap_or_default().trim_matches(['[', ']']);
        let connected = tokio::time::timeout(patience, tokio::net::TcpStream::connect((host, port))).await;
        connected.is_ok_and(|connected| connected.is_ok())
    }

    fn is_clickhouse(&self) -> bool {
        self.settings.dialect == Dialect::ClickHouse
    }

    async fn send(&self, query: &Query) -> Result<Response<Incoming>, Failure> {
        // The formats of JSON end with how many rows were read, hidden ones too.
        let text = match query.filtered && self.is_clickhouse() {
            true => Cow::Owned(format!("{} SETTINGS output_format_write_statistics = 0", query.text)),
            false => Cow::Borrowed(query.text.as_str()),
        };
        let request = self.template.query(&text).ok_or(Failure::BadAnswer)?;
        let outcome = self.client.send(request, self.settings.answer_timeout).await;
        if matches!(outcome, Err(Failure::NotConnected | Failure::ConnectTimedOut)) {
            self.mark(false);
        }
        outcome
    }

    fn mark(&self, well: bool) {
        if self.well.swap(well, Ordering::AcqRel) != well {
            let endpoint = &self.settings.base;
            if well {
                tracing::info!(%endpoint, "the endpoint answers again");
            } else {
                tracing::warn!(%endpoint, "the endpoint does not answer");
            }
        }
    }
}

/// Whether an answer of ClickHouse's is in a format that shows neither where blocks end nor what columns know of types, nor the
/// progress of the reading. It names the format in a header; where something on the way takes that out, only types of content
/// will do that no such format has.
fn tells_rows_alone(headers: &HeaderMap) -> bool {
    let text = |value: &HeaderValue| value.to_str().unwrap_or_default().to_owned();
    let mut names = headers.get_all("x-clickhouse-format").iter().map(text).peekable();
    if names.peek().is_some() {
        let plain = |format: Format| format.beside_filters(true) == Some(format.name());
        return names.all(|name| name.parse().is_ok_and(plain));
    }
    let kind = headers.get(header::CONTENT_TYPE).map(text).unwrap_or_default();
    ["application/json", "text/csv", "text/tab-separated-values"]
        .contains(&kind.split(';').next().unwrap_or_default().trim())
}

fn field(column: &Column) -> Field {
    Field {
        name: column.name.to_string(),
        kind: Kind::Other,
        type_name: if column.type_name.is_empty() { "String".to_owned() } else { column.type_name.to_string() },
        nullable: false,
        defaulted: false,
        default: None,
        insertable: false,
    }
}

fn catalog(settings: &Settings) -> Catalog {
    let mut catalog = Catalog::new(&settings.database, settings.dialect.name_case()).stated();
    for (name, table) in &settings.tables {
        catalog.insert(name.clone(), table.clone());
    }
    catalog
}

/// The same response when it is a 200; otherwise what went wrong.
async fn well(
    response: Response<Incoming>,
    filtered: bool,
    patience: Duration,
) -> Result<Response<Incoming>, UpstreamError> {
    match response.status() {
        StatusCode::OK if client::is_identity(&response) => Ok(response),
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(UpstreamError::Credential),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => Err(UpstreamError::Busy),
        status if !status.is_client_error() && !status.is_server_error() => Err(UpstreamError::BadAnswer),
        _ if filtered => Err(rejected("the upstream refused the query".to_owned())),
        _ => {
            let text = client::capped(response.into_body(), LONGEST_ERROR, patience).await?;
            Err(rejected(client::shortened(&String::from_utf8_lossy(&text), LONGEST_MESSAGE)))
        }
    }
}

fn rejected(message: String) -> UpstreamError {
    UpstreamError::Rejected { code: None, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_passes_beside_a_filter_only_where_its_format_is_known_to_tell_of_rows_alone() {
        let answer = |pairs: &[(&'static str, &'static str)]| {
            tells_rows_alone(&pairs.iter().map(|(name, text)| (name.parse().unwrap(), text.parse().unwrap())).collect())
        };
        let named = |format| answer(&[("x-clickhouse-format", format), ("content-type", "application/json")]);
        for format in ["JSON", "JSONEachRow", "TSVWithNames", "RowBinary", "PrettyMonoBlock"] {
            assert!(named(format), "{format}");
        }
        for format in ["Native", "Arrow", "ArrowStream", "Parquet", "Pretty", "JSONEachRowWithProgress", "ORC", ""] {
            assert!(!named(format), "{format}");
        }
        assert!(!answer(&[("x-clickhouse-format", "JSON"), ("x-clickhouse-format", "Native")]));
        for (kind, passes) in [
            ("text/csv; charset=UTF-8", true),
            ("application/json", true),
            ("application/x-ndjson", false),
            ("application/octet-stream", false),
            ("text/plain", false),
        ] {
            assert_eq!(answer(&[("content-type", kind)]), passes, "{kind}");
        }
        assert!(!answer(&[]));
    }
}
