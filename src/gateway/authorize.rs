//! What may be done: from a request of someone known to work that is permitted.
//!
//! One file an area of work: `query` for whatever reads rows, `datasources` for what there is to read and for whatever
//! writes, `tokens` for managing tokens. A body is read here and not earlier, so nobody unknown makes
//! the gateway read one.

pub(super) mod datasources;
pub(super) mod pipes;
mod query;
mod sql_helpers;
pub(super) mod tokens;

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tower::BoxError;
use tower::filter::AsyncPredicate;
use tracing::Span;

use crate::authz::{Decision, Policy};
use crate::resource::{Action, Resource};
use crate::store::{Principal, Snapshot};
use crate::telemetry::Metrics;
use crate::upstream::{Query, Upstream};

use super::authenticate::{Authenticated, Caller, Message};
use super::rewrites::Rewrites;
use super::route::Endpoint;
use super::{Error, Settings};

/// The layer's predicate.
#[derive(Debug, Clone)]
pub(super) struct Authorize {
    upstream: Arc<Upstream>,
    workspace: Arc<str>,
    metrics: Metrics,
    rewrites: Arc<Rewrites>,
    body_idle: Duration,
    events_bytes: usize,
}

/// Work that may be done. Only [`Authorize`] makes one, and `Forward` takes nothing else.
#[derive(Debug)]
pub(super) struct Permitted {
    work: Work,
}

/// What there is to do.
#[derive(Debug)]
pub(super) enum Work {
    Preflight,
    Ping,
    Health,
    Regions,
    Metrics,
    Auth(Arc<Principal>),
    Workspace(Arc<Principal>),
    Workspaces(Arc<Principal>),
    /// What is told of pipes.
    Described(serde_json::Value),
    Query(Query),
    Datasources(datasources::Task),
    Tokens(tokens::TokensWork),
    Pipes(pipes::PipeWork),
}

impl Permitted {
    pub(super) fn into_work(self) -> Work {
        self.work
    }
}

impl AsyncPredicate<Authenticated> for Authorize {
    type Future = BoxFuture<'static, Result<Permitted, BoxError>>;
    type Request = Permitted;

    fn check(&mut self, request: Authenticated) -> Self::Future {
        let this = self.clone();
        Box::pin(async move {
            let (caller, message) = request.into_parts();
            let work = match caller {
                Caller::Anyone => open(&message.endpoint)?,
                Caller::Known(principal, snapshot) => this.work(principal, snapshot, message).await?,
            };
            Ok(Permitted { work })
        })
    }
}

/// What may be done without a token. Whatever else a route might lead to is refused here again.
fn open(endpoint: &Endpoint) -> Result<Work, Error> {
    match endpoint {
        Endpoint::Preflight => Ok(Work::Preflight),
        Endpoint::Ping => Ok(Work::Ping),
        Endpoint::Health => Ok(Work::Health),
        Endpoint::Regions => Ok(Work::Regions),
        Endpoint::Metrics
        | Endpoint::Auth
        | Endpoint::Workspace
        | Endpoint::Workspaces
        | Endpoint::Tokens
        | Endpoint::Token(_)
        | Endpoint::TokenRefresh(_)
        | Endpoint::V0Sql
        | Endpoint::SqlTables
        | Endpoint::SqlFormat
        | Endpoint::Pipes
        | Endpoint::Pipe(_)
        | Endpoint::PipeRead(..)
        | Endpoint::PipeEdit(_)
        | Endpoint::ClickHouseSql
        | Endpoint::GenericSql(_)
        | Endpoint::Datasources(_)
        | Endpoint::Absent(_) => Err(Error::TokenMissing),
    }
}

impl Authorize {
    pub(super) fn new(settings: &Settings, upstream: Arc<Upstream>, metrics: Metrics) -> Self {
        let rewrites = Arc::new(Rewrites::new(settings.rewrites_kept));
        Self {
            upstream,
            workspace: settings.workspace.as_str().into(),
            metrics,
            rewrites,
            body_idle: settings.body_idle_timeout,
            events_bytes: settings.writes.events_bytes,
        }
    }

    async fn work(&self, principal: Arc<Principal>, snapshot: Arc<Snapshot>, message: Message) -> Result<Work, Error> {
        let inspect = |resource| self.permit(&principal.policy, Action::Inspect, resource);
        match message.endpoint.clone() {
            Endpoint::Datasources(place) => {
                self.datasources(principal, snapshot, message, place).await.map(Work::Datasources)
            }
            Endpoint::PipeRead(..) if message.method == http::Method::DELETE => {
                Err(Error::MethodNotAllowed("GET, HEAD, POST, OPTIONS".to_owned()))
            }
            Endpoint::PipeRead(name, format) => {
                let pipe = (name, format);
                self.pipe_read(principal, snapshot, message, pipe).await.map(Work::Query)
            }
            Endpoint::SqlTables => {
                inspect(Resource::Workspace)?;
                self.sql_tables(&snapshot, message).await.map(Work::Described)
            }
            Endpoint::SqlFormat => {
                inspect(Resource::Workspace)?;
                self.sql_format(message).await.map(Work::Described)
            }
            Endpoint::Pipes if message.method == http::Method::POST => {
                self.pipe_edit(principal, message).await.map(Work::Pipes)
            }
            Endpoint::PipeEdit(_) => self.pipe_edit(principal, message).await.map(Work::Pipes),
            Endpoint::Pipe(_) if message.method == http::Method::DELETE => {
                self.pipe_edit(principal, message).await.map(Work::Pipes)
            }
            Endpoint::Pipes => self.pipes(&principal.policy, &snapshot, &message.parameters).map(Work::Described),
            Endpoint::Pipe(_) if message.method == http::Method::POST => {
                Err(Error::MethodNotAllowed("GET, HEAD, DELETE, OPTIONS".to_owned()))
            }
            Endpoint::Pipe(name) => {
                self.pipe(&principal.policy, &snapshot, &name, &message.parameters).map(Work::Described)
            }
            Endpoint::Absent(what) => Err(self.absent(&principal.policy, what)),
            Endpoint::Preflight | Endpoint::Ping | Endpoint::Health | Endpoint::Regions => open(&message.endpoint),
            Endpoint::Metrics => inspect(Resource::Metrics).map(|()| Work::Metrics),
            Endpoint::Auth => inspect(Resource::Workspace).map(|()| Work::Auth(principal)),
            Endpoint::Workspace => inspect(Resource::Workspace).map(|()| Work::Workspace(principal)),
            Endpoint::Workspaces => inspect(Resource::Workspace).map(|()| Work::Workspaces(principal)),
            Endpoint::Tokens | Endpoint::Token(_) | Endpoint::TokenRefresh(_) => {
                self.tokens(principal, snapshot, message).await.map(Work::Tokens)
            }
            Endpoint::V0Sql | Endpoint::ClickHouseSql | Endpoint::GenericSql(_) => {
                self.query(principal, snapshot, message).await.map(Work::Query)
            }
        }
    }

    /// A part of the API that is not here. What there is not is told to ADMIN only: for others the path is a closed one.
    fn absent(&self, policy: &Policy, what: &str) -> Error {
        self.decided("denial");
        if policy.is_admin() { Error::Absent(format!("this gateway has no {what}")) } else { Error::Forbidden }
    }

    fn permit(&self, policy: &Policy, action: Action, resource: Resource) -> Result<(), Error> {
        match policy.decide([(action, resource)]) {
            Decision::Permit(_) => {
                self.decided("permit");
                Ok(())
            }
            Decision::Denial(_) => {
                self.decided("denial");
                Err(Error::Forbidden)
            }
        }
    }

    fn decided(&self, outcome: &'static str) {
        Span::current().record("decision", outcome);
        self.metrics.decided(outcome);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_door_leads_nowhere_else() {
        for endpoint in [
            Endpoint::Metrics,
            Endpoint::Workspace,
            Endpoint::V0Sql,
            Endpoint::ClickHouseSql,
            Endpoint::Tokens,
            Endpoint::Token("x".to_owned()),
        ] {
            assert!(matches!(open(&endpoint), Err(Error::TokenMissing)), "{endpoint:?}");
        }
    }
}
