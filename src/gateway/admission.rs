//! How many requests are in work at once. One more is answered 503 at once: a queue would only hide the delay.
//!
//! Probes have places of their own, so that a gateway that is merely busy does not look dead to whoever would restart it.

use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::future::BoxFuture;
use tokio::sync::Semaphore;
use tower::{BoxError, Service};

use super::request_id::Arrival;
use super::{Error, Response};

/// Places for probes: they ask for nothing that takes time.
const PROBES: usize = 16;

/// The layer's service.
#[derive(Debug, Clone)]
pub(super) struct Admission<S> {
    inner: S,
    places: Arc<Semaphore>,
    probes: Arc<Semaphore>,
}

impl<S> Admission<S> {
    pub(super) fn new(inner: S, places: usize) -> Self {
        let places = places.min(Semaphore::MAX_PERMITS);
        Self { inner, places: Arc::new(Semaphore::new(places)), probes: Arc::new(Semaphore::new(PROBES)) }
    }

    fn places(&self, path: &str) -> &Arc<Semaphore> {
        if matches!(path, "/health" | "/ping" | "/metrics") { &self.probes } else { &self.places }
    }
}

impl<S> Service<Arrival> for Admission<S>
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
        let Ok(place) = Arc::clone(self.places(arrival.request.uri().path())).try_acquire_owned() else {
            return Box::pin(async { Err(Error::Overloaded.into()) });
        };
        let answer = self.inner.call(arrival);
        // Held until the answer begins, and given back when the client goes away.
        Box::pin(async move {
            let _place = place;
            answer.await
        })
    }
}
