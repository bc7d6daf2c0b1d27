//! Gives each request its id, and each answer the id and the headers that every answer has.
//!
//! - The id is always the gateway's own (UUID version 7, sortable by time); one that a client sends is not looked at.
//! - It is the upstream's query id too, so that one word finds a request in both logs.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::future::BoxFuture;
use http::header::{self, HeaderName, HeaderValue};
use tower::Service;

use super::{Request, Response};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What a page may read beside the body: how long to wait, and the id to ask the operator about.
const EXPOSED: &str =
    "allow, retry-after, x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset, x-request-id, www-authenticate";

/// On every answer: nothing is stored, sniffed, or leaks a `?token=` by its referrer. Any page may read an answer, since
/// only a token, never a cookie, opens anything.
const ALWAYS: [(HeaderName, HeaderValue); 5] = [
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
    (header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED)),
];

/// A request's id.
#[derive(Debug, Clone)]
pub(super) struct RequestId(Arc<str>);

/// A request as it came in, with its id.
#[derive(Debug)]
pub(super) struct Arrival {
    pub(super) id: RequestId,
    pub(super) request: Request,
}

/// The layer's service.
#[derive(Debug, Clone)]
pub(super) struct AssignId<S> {
    inner: S,
}

impl RequestId {
    pub(super) fn fresh() -> Self {
        Self(uuid::Uuid::now_v7().to_string().into())
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<S> AssignId<S> {
    pub(super) fn new(inner: S) -> Self {
        Self { inner }
    }
}

impl<S> Service<Request> for AssignId<S>
where
    S: Service<Arrival, Response = Response, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let id = RequestId::fresh();
        let answer = self.inner.call(Arrival { id: id.clone(), request });
        Box::pin(async move {
            let mut response = answer.await?;
            let headers = response.headers_mut();
            headers.extend(ALWAYS);
            if let Ok(value) = HeaderValue::from_str(&id.0) {
                headers.insert(REQUEST_ID, value);
            }
            Ok(response)
        })
    }
}
