//! Any other SQL-over-HTTP API.
use super::{Answer, Health, Query, UpstreamError};
use crate::catalog::Catalog;
use crate::sql::Dialect;
use std::sync::Arc;
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
    pub tables: Vec<(crate::catalog::TableName, crate::catalog::Table)>,
    /// A path that answers 2xx to GET while the API is well; `None` means that a TCP connection is enough.
    pub health_path: Option<String>,
    /// A PEM file of the authorities to trust instead of the system's.
    pub ca_file: Option<std::path::PathBuf>,
    /// How long a connection may take to stand.
    pub connect_timeout: std::time::Duration,
    /// How long an answer may take to begin.
    pub answer_timeout: std::time::Duration,
    /// How long a body may stand still.
    pub idle_timeout: std::time::Duration,
    /// How often health is checked.
    pub health_interval: std::time::Duration,
}

/// Any other API.
#[derive(Debug)]
pub struct Api {
    catalog: Arc<Catalog>,
    dialect: Dialect,
}
impl Api {
    pub(super) fn dialect(&self) -> Dialect {
        self.dialect
    }
    pub(super) fn catalog(&self) -> Arc<Catalog> {
        Arc::clone(&self.catalog)
    }
    pub(super) async fn query(&self, _query: Query) -> Result<Answer, UpstreamError> {
        Err(UpstreamError::Busy)
    }
    pub(super) fn health(&self) -> Health {
        Health { healthy: 1, endpoints: 1, catalog: true }
    }
    pub(super) async fn watch(&self) {}
}
