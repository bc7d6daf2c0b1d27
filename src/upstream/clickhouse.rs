//! ClickHouse's HTTP interface, one endpoint or many.
use super::{Answer, Health, Query, UpstreamError};
use crate::catalog::Catalog;
use std::sync::Arc;
/// How to reach a ClickHouse.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Base addresses, `http://host:8123` or `https://…`; queries go round robin over the healthy ones.
    pub endpoints: Vec<http::Uri>,
    /// Where a bare table name is looked up.
    pub database: String,
    /// The gateway's own user.
    pub user: String,
    /// Its password.
    pub password: Option<crate::token::Secret>,
    /// A PEM file of the authorities to trust instead of the system's.
    pub ca_file: Option<std::path::PathBuf>,
    /// How long a connection may take to stand.
    pub connect_timeout: std::time::Duration,
    /// How long an answer may take to begin.
    pub answer_timeout: std::time::Duration,
    /// How long a body may stand still.
    pub idle_timeout: std::time::Duration,
    /// Sent as `max_execution_time`, in whole seconds.
    pub execution_timeout: std::time::Duration,
    /// How often endpoints are checked.
    pub health_interval: std::time::Duration,
    /// How often the catalog is read again.
    pub catalog_interval: std::time::Duration,
}

/// ClickHouse.
#[derive(Debug)]
pub struct ClickHouse {}
impl ClickHouse {
    pub(super) fn catalog(&self) -> Option<Arc<Catalog>> {
        None
    }
    pub(super) async fn query(&self, _query: Query) -> Result<Answer, UpstreamError> {
        Err(UpstreamError::Busy)
    }
    pub(super) fn health(&self) -> Health {
        Health { healthy: 0, endpoints: 1, catalog: false }
    }
    pub(super) async fn watch(&self) {}
}
