//! The onion: what happens to one request, layer by layer.

use std::time::Duration;

use crate::upstream::api::SqlPlace;

/// One endpoint of the generic face.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GenericRoute {
    /// The exact path.
    pub path: String,
    /// The method, GET or POST.
    pub method: http::Method,
    /// Where the client puts its SQL.
    pub place: SqlPlace,
}

/// What the onion needs to know.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Whether `/v0/…` is served.
    pub v0: bool,
    /// Whether ClickHouse's HTTP interface (`/`, `/ping`) is served.
    pub clickhouse: bool,
    /// The endpoints of the generic face.
    pub generic: Vec<GenericRoute>,
    /// The deployment's name, as `/v0/workspace` tells it.
    pub workspace: String,
    /// Requests in work at once; one more is answered 503.
    pub max_in_flight: usize,
    /// How long a request may take until its answer begins.
    pub request_timeout: Duration,
    /// The largest request body, in bytes.
    pub body_bytes: usize,
    /// How long a request body may stand still.
    pub body_idle_timeout: Duration,
    /// Rewrites kept, so that a repeated query is not read again.
    pub rewrites_kept: usize,
}
