//! One log line and one count a request.
//!
//! - The line stands in a span that carries the request's id, so every line below it does too; inner layers record
//!   `token.name`, `generation`, `decision` and `refusal` on that span.
//! - The path is the matched route's own text. What the client sent as path or query is never written.
//! - A request whose client went away before an answer began is a line too.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use futures_util::future::BoxFuture;
use http::{Method, StatusCode};
use tower::Service;
use tracing::field::Empty;
use tracing::{Instrument as _, Span, info, info_span};

use crate::telemetry::Metrics;
use crate::telemetry::metrics::InFlight;

use super::Response;
use super::request_id::Arrival;
use super::route::Routes;

/// The layer's service.
#[derive(Debug, Clone)]
pub(super) struct AccessLog<S> {
    inner: S,
    routes: Arc<Routes>,
    metrics: Metrics,
}

/// The line to be written, whichever way the request ends.
struct Line {
    face: &'static str,
    started: Instant,
    status: Option<StatusCode>,
    span: Span,
    metrics: Metrics,
    _in_flight: InFlight,
}

impl<S> AccessLog<S> {
    pub(super) fn new(inner: S, routes: Arc<Routes>, metrics: Metrics) -> Self {
        Self { inner, routes, metrics }
    }

    fn line(&self, arrival: &Arrival) -> Line {
        let (method, path) = (arrival.request.method(), arrival.request.uri().path());
        let face = self.routes.face(path).name();
        let span = info_span!(
            "request",
            request.id = %arrival.id,
            face,
            method = known(method),
            path = self.routes.matched(path).unwrap_or("-"),
            token.name = Empty,
            generation = Empty,
            decision = Empty,
            refusal = Empty,
        );
        let (metrics, in_flight) = (self.metrics.clone(), self.metrics.in_flight());
        Line { face, started: Instant::now(), status: None, span, metrics, _in_flight: in_flight }
    }
}

impl<S> Service<Arrival> for AccessLog<S>
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
        let line = self.line(&arrival);
        let span = line.span.clone();
        let answer = span.in_scope(|| self.inner.call(arrival)).instrument(span);
        Box::pin(async move {
            // Whole: a capture of one field would write the line now.
            let mut line = line;
            let response = answer.await?;
            line.status = Some(response.status());
            Ok(response)
        })
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let elapsed = self.started.elapsed();
        let duration_ms = elapsed.as_micros() as f64 / 1000.0;
        let class = self.status.map_or("abandoned", class);
        self.metrics.answered(self.face, class, elapsed);
        self.span.in_scope(|| match self.status {
            Some(status) => info!(status = status.as_u16(), duration_ms, "answered"),
            None => info!(duration_ms, "the client went away"),
        });
    }
}

fn class(status: StatusCode) -> &'static str {
    match status.as_u16() {
        ..=199 => "1xx",
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        500.. => "5xx",
    }
}

/// The method's name, if it is a name at all: a client may send any token.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::OPTIONS => "OPTIONS",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::CONNECT => "CONNECT",
        Method::TRACE => "TRACE",
        _ => "other",
    }
}
