//! Who is asking.
//!
//! - Finds the one credential and looks it up in the snapshot in force, which is pinned here: everything that follows is
//!   decided by that one, whatever is reloaded meanwhile.
//! - Takes the credential out of the request: no later layer has it, so none can forward or log it.
//! - A route without a token takes no credential and pins nothing: it has nothing to decide.

use std::sync::Arc;

use http::{HeaderMap, Method, header};
use tower::BoxError;
use tower::filter::Predicate;

use crate::store::{Principal, Snapshot, Store};
use crate::telemetry::Metrics;
use crate::upstream::Body;

use super::parameters::Parameters;
use super::request_id::RequestId;
use super::route::{Access, Endpoint, Routed};
use super::{Error, credential};

/// The layer's predicate.
#[derive(Debug, Clone)]
pub(super) struct Authenticate {
    store: Arc<Store>,
    metrics: Metrics,
}

/// A request of someone known, or to a route that anyone may use. Only [`Authenticate`] makes one.
#[derive(Debug)]
pub(super) struct Authenticated {
    caller: Caller,
    message: Message,
}

/// Who is asking.
#[derive(Debug, Clone)]
pub(super) enum Caller {
    /// Nobody asked: the route is open.
    Anyone,
    /// The holder of a token, in the snapshot that knew it.
    Known(Arc<Principal>, Arc<Snapshot>),
}

/// What is asked, without any credential in it.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) id: RequestId,
    pub(super) endpoint: Endpoint,
    pub(super) method: Method,
    pub(super) parameters: Parameters,
    pub(super) headers: HeaderMap,
    pub(super) body: Body,
}

impl Authenticate {
    pub(super) fn new(store: Arc<Store>, metrics: Metrics) -> Self {
        Self { store, metrics }
    }

    fn caller(&self, routed: &Routed, parameters: &Parameters) -> Result<Caller, Error> {
        if routed.access() == Access::Open {
            return Ok(Caller::Anyone);
        }
        let token = credential::extract(routed.request().headers(), parameters, routed.face().places())?;
        let token = token.ok_or(Error::TokenMissing)?;
        let snapshot = self.store.snapshot();
        let principal = snapshot.authenticate(&token).ok_or(Error::TokenInvalid)?;
        let span = tracing::Span::current();
        span.record("token.name", &*principal.name);
        span.record("generation", snapshot.generation);
        Ok(Caller::Known(principal, snapshot))
    }
}

impl Predicate<Routed> for Authenticate {
    type Request = Authenticated;

    fn check(&mut self, routed: Routed) -> Result<Authenticated, BoxError> {
        let parameters = Parameters::parse(routed.request().query().as_bytes())?;
        let caller = self.caller(&routed, &parameters).inspect_err(|error| match error {
            Error::TokenMissing => self.metrics.refused("token_missing"),
            Error::TokenInvalid => self.metrics.refused("token_invalid"),
            _ => self.metrics.refused("token_ambiguous"),
        })?;
        Ok(Authenticated { caller, message: Message::without_credentials(routed, parameters) })
    }
}

impl Message {
    fn without_credentials(routed: Routed, parameters: Parameters) -> Self {
        let (endpoint, request) = routed.into_parts();
        let (id, request) = request.into_parts();
        let (parts, body) = request.into_parts();
        let mut headers = parts.headers;
        for name in [header::AUTHORIZATION, header::PROXY_AUTHORIZATION, header::COOKIE, credential::KEY] {
            headers.remove(name);
        }
        Self { id, endpoint, method: parts.method, parameters: parameters.without(&credential::NAMES), headers, body }
    }
}

impl Authenticated {
    pub(super) fn caller(&self) -> &Caller {
        &self.caller
    }

    pub(super) fn into_parts(self) -> (Caller, Message) {
        (self.caller, self.message)
    }
}
