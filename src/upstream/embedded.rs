//! SQLite in the process.
use super::{Answer, Query, UpstreamError};
use crate::catalog::Catalog;
use std::sync::Arc;
/// What the embedded engine serves.
#[derive(Debug, Clone)]
pub struct Settings {
    /// A SQLite file, opened read-only; `None` is the generated sample.
    pub file: Option<std::path::PathBuf>,
    /// How many queries run at once.
    pub connections: usize,
    /// How long one may run.
    pub execution_timeout: std::time::Duration,
}

/// SQLite in the process.
#[derive(Debug)]
pub struct Embedded {
    catalog: Arc<Catalog>,
}
impl Embedded {
    /// What it holds.
    #[must_use]
    pub fn catalog(&self) -> Arc<Catalog> {
        Arc::clone(&self.catalog)
    }
    pub(super) async fn query(&self, _query: Query) -> Result<Answer, UpstreamError> {
        Err(UpstreamError::Busy)
    }
}
