//! Does what is permitted. It takes a [`Permitted`], and only authorisation makes one.
//!
//! A query's answer streams through: its headers are those of the upstream's allowlist, its body is the upstream's, with
//! back-pressure, and dropping it cancels the query.

mod datasources;
mod pipes;
mod tokens;

use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::BoxFuture;
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::json;
use tower::Service;

use crate::store::{Principal, Store};
use crate::telemetry::{Metrics, metrics};
use crate::upstream::{Query, Upstream};

use super::authorize::{Permitted, Work};
use super::{Error, Response, Settings, TokensApi, full, ids};

/// The innermost service.
#[derive(Debug, Clone)]
pub(super) struct Forward {
    workspace: Arc<str>,
    tokens: Arc<TokensApi>,
    store: Arc<Store>,
    upstream: Arc<Upstream>,
    metrics: Metrics,
    jobs: Arc<datasources::Jobs>,
    batch_rows: usize,
    append_timeout: Duration,
    pipe_changes: Arc<Mutex<()>>,
}

/// How gateway and upstream stand, as `/health` tells it to anyone: no reason is given, the log has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Condition {
    status: &'static str,
    generation: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    stale: Option<&'static str>,
    upstream: Endpoints,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Endpoints {
    healthy: usize,
    endpoints: usize,
    /// Of a release that nobody has proven.
    #[serde(skip_serializing_if = "is_zero")]
    unproven: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

const STALE: &str = "the files of tokens on disk are not the ones in force; the log says why";

impl Forward {
    pub(super) fn new(settings: &Settings, store: Arc<Store>, upstream: Arc<Upstream>, metrics: Metrics) -> Self {
        let (workspace, batch_rows) = (settings.workspace.as_str().into(), settings.writes.batch_rows.max(1));
        Self {
            workspace,
            store,
            upstream,
            metrics,
            jobs: Arc::default(),
            tokens: Arc::new(settings.tokens.clone()),
            batch_rows,
            append_timeout: settings.writes.append_timeout,
            pipe_changes: Arc::default(),
        }
    }

    async fn query(&self, query: Query) -> Result<Response, Error> {
        let answer = self.upstream.query(query).await.map_err(Error::Upstream)?;
        let mut response = http::Response::new(answer.body);
        *response.headers_mut() = answer.headers;
        Ok(response)
    }

    fn answer(&self, work: Work) -> Result<Response, Error> {
        match work {
            Work::Preflight => Ok(preflight()),
            Work::Ping => Ok(text("text/plain; charset=UTF-8", "Ok.\n".to_owned())),
            Work::Health => self.health(),
            // Regions are places of Tinybird's own; a gateway is one place.
            Work::Regions => Ok(object(&json!({ "regions": [] }))),
            Work::Metrics => Ok(self.figures()),
            Work::Auth(principal) => Ok(object(&json!({ "is_valid": true, "is_user": self.is_user(&principal) }))),
            Work::Workspace(principal) => Ok(object(&self.described(&principal))),
            Work::Workspaces(principal) => Ok(object(&json!({ "workspaces": [self.described(&principal)] }))),
            Work::Described(value) => Ok(object(&value)),
            Work::Query(_) | Work::Datasources(_) | Work::Tokens(_) | Work::Pipes(_) => {
                unreachable!("these are waited for")
            }
        }
    }

    fn health(&self) -> Result<Response, Error> {
        let (store, upstream) = (self.store.status(), self.upstream.health());
        let usable = upstream.healthy > 0 && upstream.catalog;
        let stale = store.stale.is_some();
        let condition = Condition {
            status: if !usable {
                "unavailable"
            } else if stale {
                "stale"
            } else {
                "ok"
            },
            generation: store.generation,
            stale: stale.then_some(STALE),
            upstream: Endpoints {
                healthy: upstream.healthy,
                endpoints: upstream.endpoints,
                unproven: upstream.unproven,
            },
        };
        if usable { Ok(object(&condition)) } else { Err(Error::Unwell(condition)) }
    }

    /// Whether the token stands for a person: Tinybird's "user token".
    fn is_user(&self, principal: &Principal) -> bool {
        self.store.snapshot().entry(&principal.name).is_some_and(|entry| entry.is_user())
    }

    fn figures(&self) -> Response {
        let (store, upstream) = (self.store.status(), self.upstream.health());
        self.metrics.store(store.generation, store.stale.is_some());
        self.metrics.reloads(self.store.reloads_ok(), self.store.reloads_failed());
        self.metrics.upstream(upstream.healthy, upstream.endpoints);
        self.metrics.unproven(upstream.unproven);
        text(metrics::CONTENT_TYPE, self.metrics.render())
    }

    /// The members that both of Tinybird's command lines read when they check a token.
    fn described(&self, principal: &Principal) -> serde_json::Value {
        json!({
            "id": ids::workspace_id(&self.workspace),
            "name": &*self.workspace,
            "user_id": ids::user(&self.workspace, &principal.name),
            "user_email": &*principal.name,
            "scope": if principal.policy.is_admin() { "admin" } else { "user" },
            "role": if principal.policy.is_admin() { "admin" } else { "guest" },
            "is_user": self.is_user(principal),
            "main": null,
            "is_branch": false,
        })
    }
}

impl Service<Permitted> for Forward {
    type Response = Response;
    type Error = Error;
    type Future = BoxFuture<'static, Result<Response, Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, permitted: Permitted) -> Self::Future {
        let this = self.clone();
        Box::pin(async move {
            match permitted.into_work() {
                Work::Query(query) => this.query(query).await,
                Work::Datasources(task) => this.datasources(task).await,
                Work::Tokens(work) => this.tokens(work).await,
                Work::Pipes(work) => this.pipes(work).await,
                work => this.answer(work),
            }
        })
    }
}

/// The same for every path: what a browser's page may send, and for how long it may believe so.
fn preflight() -> Response {
    let mut response = http::Response::new(full(""));
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, OPTIONS"));
    let names =
        "authorization, content-type, x-clickhouse-database, x-clickhouse-format, x-clickhouse-key, x-clickhouse-user";
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(names));
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
    response
}

fn object(value: &impl Serialize) -> Response {
    // Values of our own types always serialise.
    text("application/json; charset=UTF-8", serde_json::to_string(value).unwrap_or_default())
}

fn text(content_type: &'static str, text: String) -> Response {
    let mut response = http::Response::new(full(text));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
