//! Turns a panic into the answer of an internal error, and one error line that names no input.
//!
//! The panic's own words go to standard error by the process's panic hook; they are not repeated here, because what
//! panicked may have had a statement or a token in hand.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tower::Service;

use super::request_id::Arrival;
use super::route::Routes;
use super::{Error, Response, rescue};

/// The layer's service.
#[derive(Debug, Clone)]
pub(super) struct CatchPanic<S> {
    inner: S,
    routes: Arc<Routes>,
}

impl<S> CatchPanic<S> {
    pub(super) fn new(inner: S, routes: Arc<Routes>) -> Self {
        Self { inner, routes }
    }
}

impl<S> Service<Arrival> for CatchPanic<S>
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

    fn call(&mut self, arrival: Arrival) -> Self::Future {
        let from = rescue::From::of(&arrival, &self.routes);
        // The first layers do their work in `call`, before there is a future to catch in.
        let called = std::panic::catch_unwind(AssertUnwindSafe(|| self.inner.call(arrival)));
        Box::pin(async move {
            let outcome = match called {
                Ok(answer) => AssertUnwindSafe(answer).catch_unwind().await,
                Err(panic) => Err(panic),
            };
            outcome.unwrap_or_else(|_| {
                tracing::error!("a request panicked");
                Ok(rescue::answer(&Error::Panicked, &from))
            })
        })
    }
}
