//! Upstreams carry out a permitted operation. They know neither scopes nor the SQL tree.
//!
//! | upstream | what it is |
//! |---|---|
//! | [`embedded`] | SQLite in the process: nothing to install |
//! | [`clickhouse`] | ClickHouse's HTTP interface, one endpoint or many |
//! | [`v0`] | an API that speaks Tinybird's v0, another gateway for one |
//! | [`api`] | any other SQL-over-HTTP API |

pub mod api;
pub mod change;
pub mod clickhouse;
mod client;
pub mod embedded;
mod even;
pub mod fetch;
pub mod format;
pub mod intake;
mod native;
pub mod v0;

pub use client::SettingsError;
pub use format::Format;

use std::sync::Arc;

use bytes::Bytes;
use http::HeaderMap;
use http_body_util::combinators::UnsyncBoxBody;

use crate::catalog::{Catalog, TableName};
use crate::sql::Dialect;
use change::{Change, Described, Insert, InsertError, RefusedRow};

/// Any error, boxed: the shape that hyper's and tower's bodies and services share.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// An answer's body: a stream with back-pressure. Dropping it cancels the query upstream.
pub type Body = UnsyncBoxBody<Bytes, BoxError>;

/// One read, ready to run: text that the gateway wrote, and everything that travels beside it.
#[derive(Debug, Clone)]
pub struct Query {
    /// The rewritten statement.
    pub text: String,
    /// How the answer is to be written.
    pub format: Format,
    /// Engine settings, each already checked against the gateway's list.
    pub settings: Vec<(String, String)>,
    /// Values of typed query parameters, by name, as the client wrote them: the engine binds them, nothing splices them.
    pub parameters: Vec<(String, String)>,
    /// The tables that the text may read: the embedded engine's authorizer allows no others.
    pub tables: Vec<TableName>,
    /// Whether any of them stands behind a row filter: then the engine's words and counters are not passed on.
    pub filtered: bool,
    /// Whether it could fail on a value, in the middle of its rows. How many came before would tell where the engine's blocks
    /// end, so a filtered one is answered whole or not at all where the engine can be asked to.
    pub fallible: bool,
    /// The row filters once more, by table, for an engine that takes them beside the text.
    pub table_filters: Vec<(TableName, String)>,
    /// The id of the request, sent upstream as the query's id.
    pub id: String,
}

/// An answer that has begun well: everything after this is its body.
#[derive(Debug)]
pub struct Answer {
    /// Headers from an allowlist: the content type, and of ClickHouse's own those that a driver needs.
    pub headers: HeaderMap,
    /// The rows.
    pub body: Body,
}

/// Why an upstream did not answer a query well.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UpstreamError {
    /// No endpoint could be reached, or the connection broke before the answer began.
    #[error("the upstream cannot be reached")]
    Unreachable,
    /// The answer did not begin in time.
    #[error("the upstream did not answer in time")]
    TimedOut,
    /// The upstream is there and does not take more work now.
    #[error("the upstream is busy")]
    Busy,
    /// It was asked too often, and says for how long to stay away.
    #[error("the upstream takes no more requests for now")]
    Throttled {
        /// Seconds.
        seconds: u64,
    },
    /// The upstream refused the gateway's own credential.
    #[error("the upstream refused the gateway's credential")]
    Credential,
    /// What came back is no answer (a protocol error, a redirect, a switch of protocols).
    #[error("the upstream's answer cannot be used")]
    BadAnswer,
    /// The engine ran the query and reports an error of the query's.
    #[error("{message}")]
    Rejected {
        /// The engine's error code, where it has one.
        code: Option<i32>,
        /// For a filtered query a message from a closed set; otherwise the engine's own words, shortened.
        message: String,
    },
    /// This upstream cannot do that.
    #[error("{0}")]
    Unsupported(String),
    /// This upstream cannot write that format.
    #[error("this upstream does not write the format `{0}`")]
    Format(&'static str),
}

/// Whether an upstream can be used, for `/health`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Health {
    /// Endpoints that answered their last check and may be asked.
    pub healthy: usize,
    /// Endpoints in all.
    pub endpoints: usize,
    /// Endpoints of a release that nobody has proven, asked or not.
    pub unproven: usize,
    /// Whether its catalog has been read.
    pub catalog: bool,
}

/// The upstream of this deployment.
#[derive(Debug)]
pub enum Upstream {
    /// SQLite in the process.
    Embedded(embedded::Embedded),
    /// ClickHouse.
    ClickHouse(clickhouse::ClickHouse),
    /// An API that speaks v0.
    V0(v0::V0),
    /// Any other API.
    Api(api::Api),
}

impl Upstream {
    /// The SQL it speaks.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        match self {
            Self::Embedded(_) => Dialect::Sqlite,
            Self::ClickHouse(_) => Dialect::ClickHouse,
            Self::V0(_) => Dialect::Tinybird,
            Self::Api(api) => api.dialect(),
        }
    }

    /// What it holds, or `None` while that has not been read: then every query is refused.
    #[must_use]
    pub fn catalog(&self) -> Option<Arc<Catalog>> {
        match self {
            Self::Embedded(embedded) => Some(embedded.catalog()),
            Self::ClickHouse(clickhouse) => clickhouse.catalog(),
            Self::V0(v0) => v0.catalog(),
            Self::Api(api) => Some(api.catalog()),
        }
    }

    /// Whether a query may say in which format it is answered. Another API answers in its own.
    #[must_use]
    pub fn writes_formats(&self) -> bool {
        match self {
            Self::Embedded(_) | Self::ClickHouse(_) | Self::V0(_) => true,
            Self::Api(_) => false,
        }
    }

    /// Runs a read.
    ///
    /// # Errors
    /// [`UpstreamError`]; after an `Ok` the body itself may still break, and then ends as an error, never as if complete.
    pub async fn query(&self, query: Query) -> Result<Answer, UpstreamError> {
        match self {
            Self::Embedded(embedded) => embedded.query(query).await,
            Self::ClickHouse(clickhouse) => clickhouse.query(query).await,
            Self::V0(v0) => v0.query(query).await,
            Self::Api(api) => api.query(query).await,
        }
    }

    /// Inserts rows, all or none. What the engine's own constraints refuse is told row by row; the others are in.
    ///
    /// # Errors
    /// [`InsertError`], which says whether the rows may be in all the same.
    pub async fn insert(&self, insert: &Insert) -> Result<Vec<RefusedRow>, InsertError> {
        match self {
            Self::Embedded(embedded) => embedded.insert(insert).await,
            Self::ClickHouse(clickhouse) => clickhouse.insert(insert).await,
            // Rows go there as they are given: see `v0`.
            Self::V0(_) => {
                Err(UpstreamError::Unsupported("this upstream takes rows as they are given".to_owned()).into())
            }
            Self::Api(_) => Err(read_only().into()),
        }
    }

    /// Changes what it holds. `filtered` keeps the engine's words here.
    ///
    /// # Errors
    /// [`UpstreamError`].
    pub async fn change(&self, change: Change, filtered: bool) -> Result<(), UpstreamError> {
        match self {
            Self::Embedded(embedded) => embedded.change(change, filtered).await,
            Self::ClickHouse(clickhouse) => clickhouse.change(&change, filtered).await,
            Self::V0(v0) => v0.change(&change, filtered).await,
            Self::Api(_) => Err(read_only()),
        }
    }

    /// Describes one table, or all but the engine's own. Rows are counted where `counted` says so.
    ///
    /// # Errors
    /// [`UpstreamError`].
    pub async fn describe(
        &self,
        table: Option<&TableName>,
        counted: &(dyn Fn(&TableName) -> bool + Sync),
    ) -> Result<Vec<Described>, UpstreamError> {
        match self {
            Self::Embedded(embedded) => embedded.describe(table, counted).await,
            Self::ClickHouse(clickhouse) => clickhouse.describe(table).await,
            Self::V0(v0) => v0.describe(table).await,
            Self::Api(api) => Ok(api.describe(table)),
        }
    }

    /// The upstream that takes rows as they are given, keeps quarantines by itself and has pipes of its own, if it is one.
    #[must_use]
    pub fn as_v0(&self) -> Option<&v0::V0> {
        match self {
            Self::V0(v0) => Some(v0),
            Self::Embedded(_) | Self::ClickHouse(_) | Self::Api(_) => None,
        }
    }

    /// The tables of the gateway's own, which no catalog has: what replacements are gathered in.
    ///
    /// # Errors
    /// [`UpstreamError`].
    pub async fn leftovers(&self) -> Result<Vec<TableName>, UpstreamError> {
        match self {
            Self::Embedded(embedded) => embedded.leftovers().await,
            Self::ClickHouse(clickhouse) => clickhouse.leftovers().await,
            Self::V0(_) | Self::Api(_) => Ok(Vec::new()),
        }
    }

    /// Whether its tables can be written at all.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        match self {
            Self::Embedded(embedded) => embedded.is_writable(),
            Self::ClickHouse(_) | Self::V0(_) => true,
            Self::Api(_) => false,
        }
    }

    /// Whether it can be used.
    #[must_use]
    pub fn health(&self) -> Health {
        match self {
            Self::Embedded(_) => Health { healthy: 1, endpoints: 1, unproven: 0, catalog: true },
            Self::ClickHouse(clickhouse) => clickhouse.health(),
            Self::V0(v0) => v0.health(),
            Self::Api(api) => api.health(),
        }
    }

    /// Checks health and refreshes the catalog until dropped. Runs for as long as the gateway serves.
    pub async fn watch(self: Arc<Self>) {
        match self.as_ref() {
            Self::Embedded(_) => {}
            Self::ClickHouse(clickhouse) => clickhouse.watch().await,
            Self::V0(v0) => v0.watch().await,
            Self::Api(api) => api.watch().await,
        }
    }
}

/// What every write is told where there is none.
fn read_only() -> UpstreamError {
    UpstreamError::Unsupported("this upstream is read only".to_owned())
}
