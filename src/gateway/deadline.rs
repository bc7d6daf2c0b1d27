//! How long a request may take until its answer begins: a file takes longer than a statement, and ends before its own limit,
//! so that what is in can still be told.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::BoxFuture;
use tower::{BoxError, Service};

use super::request_id::Arrival;
use super::route::{Carries, Routes};
use super::{Error, Response, Settings};

/// The layer's service.
#[derive(Debug, Clone)]
pub(super) struct Deadline<S> {
    inner: S,
    routes: Arc<Routes>,
    request: Duration,
    file: Duration,
}

impl<S> Deadline<S> {
    pub(super) fn new(inner: S, routes: Arc<Routes>, settings: &Settings) -> Self {
        Self {
            inner,
            routes,
            request: settings.request_timeout,
            file: settings.writes.append_timeout.saturating_add(settings.request_timeout),
        }
    }
}

impl<S> Service<Arrival> for Deadline<S>
where
    S: Service<Arrival, Response = Response, Error = BoxError>,
    S::Future: Send + 'static,
{
    type Response = Response;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Response, BoxError>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, arrival: Arrival) -> Self::Future {
        let limit = match self.routes.carries(arrival.request.uri().path()) {
            Carries::Statement | Carries::Events => self.request,
            Carries::File => self.file,
        };
        let answer = self.inner.call(arrival);
        Box::pin(
            async move { tokio::time::timeout(limit, answer).await.unwrap_or_else(|_| Err(Error::TimedOut.into())) },
        )
    }
}
