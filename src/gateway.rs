//! The onion: what happens to one request, layer by layer.
//!
//! - [`Gateway`] is one service; `stack` below is the only place where layers are put together.
//! - Types prove the order: routing makes a `Routed`, authentication an `Authenticated`, authorisation a `Permitted`, and
//!   only a `Permitted` can be forwarded. Without the authorise layer the crate does not compile.
//! - Layers fail with the closed `Error`; `rescue` alone knows what a client is told.

mod access_log;
mod admission;
mod authenticate;
mod authorize;
mod body;
mod catch_panic;
mod credential;
mod deadline;
mod error;
mod face;
mod forward;
mod hygiene;
mod ids;
pub mod judge;
mod parameters;
mod rate_limit;
mod request_id;
mod rescue;
mod rewrites;
mod route;
mod staging;

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http_body_util::BodyExt as _;
use tower::util::BoxCloneSyncService;
use tower::{Service, ServiceBuilder};

use crate::store::Store;
use crate::telemetry::Metrics;
use crate::upstream::api::SqlPlace;
use crate::upstream::{Body, BoxError, Upstream};

use access_log::AccessLog;
use admission::Admission;
use authenticate::Authenticate;
use authorize::Authorize;
use body::BodyLimit;
use catch_panic::CatchPanic;
use deadline::Deadline;
use error::Error;
use forward::Forward;
use hygiene::Hygiene;
use rate_limit::RateLimit;
use request_id::AssignId;
use rescue::Rescue;
use route::{Route, Routes};

pub use face::v0::tokens::TokensApi;
pub use ids::workspace_id;
pub use staging::sweep;

type Request = http::Request<Body>;
type Response = http::Response<Body>;

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
    /// What the Tokens API needs to know.
    pub tokens: TokensApi,
    /// Bounds on what is written.
    pub writes: WriteLimits,
}

/// Bounds on what is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WriteLimits {
    /// The largest file, in bytes.
    pub append_bytes: usize,
    /// How long a file may take until its answer begins.
    pub append_timeout: Duration,
    /// The largest body of events, in bytes, as it is sent and as it is when decompressed.
    pub events_bytes: usize,
    /// Rows that go to the upstream at once.
    pub batch_rows: usize,
}

impl Default for WriteLimits {
    fn default() -> Self {
        Self {
            append_bytes: 1 << 30,
            append_timeout: Duration::from_secs(1800),
            events_bytes: 10 << 20,
            batch_rows: 50_000,
        }
    }
}

impl Settings {
    /// Whether the path is one of the gateway's.
    #[must_use]
    pub fn serves(&self, path: &str) -> bool {
        Routes::new(self).matched(path).is_some()
    }
}

/// The gateway: one service over HTTP requests. Dropping a request's future cancels what it started upstream.
#[derive(Clone)]
pub struct Gateway {
    stack: BoxCloneSyncService<Request, Response, Infallible>,
}

impl Gateway {
    /// The gateway in front of `upstream`, judging by what `store` knows.
    #[must_use]
    pub fn new(settings: Settings, store: Arc<Store>, upstream: Arc<Upstream>, metrics: Metrics) -> Self {
        Self { stack: stack(settings, store, upstream, metrics) }
    }
}

/// The one list of layers, outermost first. A request passes it downwards, an answer upwards.
fn stack(
    settings: Settings,
    store: Arc<Store>,
    upstream: Arc<Upstream>,
    metrics: Metrics,
) -> BoxCloneSyncService<Request, Response, Infallible> {
    let routes = Arc::new(Routes::new(&settings));
    BoxCloneSyncService::new(
        ServiceBuilder::new()
            // Outermost: everything below, a panic's answer included, carries the id and the fixed headers.
            .layer_fn(AssignId::new)
            // Sees every answer, and every request whose client went away before one.
            .layer_fn(|inner| AccessLog::new(inner, Arc::clone(&routes), metrics.clone()))
            // Above the rescue, so that a fault in it is an answer too and not a broken connection.
            .layer_fn(|inner| CatchPanic::new(inner, Arc::clone(&routes)))
            // Above every layer that can fail: from here upwards there are answers only.
            .layer_fn(|inner| Rescue::new(inner, Arc::clone(&routes), metrics.clone()))
            // Before any work: what follows reads bodies and statements.
            .layer_fn(|inner| Admission::new(inner, settings.max_in_flight))
            // Covers reading the body, judging and the wait for the upstream; not the answer's body.
            .layer_fn(|inner| Deadline::new(inner, Arc::clone(&routes), &settings))
            // Before anything could read a body.
            .filter(BodyLimit::new(Arc::clone(&routes), &settings))
            // Before anything believes a header: one host, one length, a target within bounds.
            .filter(Hygiene::new(Arc::clone(&routes)))
            // On the raw path, so that no later layer can see another one.
            .filter(Route::new(routes.clone()))
            // Who is asking; pins the snapshot that decides everything below.
            .filter(Authenticate::new(Arc::clone(&store), metrics.clone()))
            // By principal, hence after authentication; before the costly part.
            .layer_fn(RateLimit::new)
            // What may be done: reads the operation, judges it, writes the text that goes upstream.
            .filter_async(Authorize::new(&settings, Arc::clone(&upstream), metrics.clone()))
            // Takes a `Permitted` and nothing else.
            .service(Forward::new(&settings, store, upstream, metrics.clone())),
    )
}

impl<B> Service<http::Request<B>> for Gateway
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.stack.poll_ready(context)
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        self.stack.call(request.map(|body| body.map_err(Into::into).boxed_unsync()))
    }
}

impl std::fmt::Debug for Gateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gateway").finish_non_exhaustive()
    }
}

/// A body that is here already.
fn full(text: impl Into<Bytes>) -> Body {
    http_body_util::Full::new(text.into()).map_err(|never| match never {}).boxed_unsync()
}
