//! Turns every error into its answer. No other file knows what a client is told of one.
//!
//! - One exhaustive `match` gives the status, one the engine's error code.
//! - The shape is the face's: Tinybird's JSON, ClickHouse's `Code: N. DB::Exception: …` (its drivers parse it), or JSON.
//! - Tinybird knows no 401: its clients understand a bad token by 403 only. The other faces follow RFC 6750 section 3.
//! - After an error of framing, or a CONNECT, an HTTP/1 connection is closed: what follows on it may be no request.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::future::BoxFuture;
use http::{HeaderName, HeaderValue, Method, StatusCode, Version, header};
use serde_json::json;
use tower::{BoxError, Service};

use crate::sql::RefusalKind;
use crate::store::Unchanged;
use crate::telemetry::Metrics;
use crate::upstream::UpstreamError;

use super::request_id::Arrival;
use super::route::{Face, Routes};
use super::{Error, Response, full};

#[cfg(test)]
mod tests;

const EXCEPTION_CODE: HeaderName = HeaderName::from_static("x-clickhouse-exception-code");

/// The layer's service.
#[derive(Debug, Clone)]
pub(super) struct Rescue<S> {
    inner: S,
    routes: Arc<Routes>,
    metrics: Metrics,
}

/// Where an error's answer goes, known before anything can fail.
#[derive(Debug, Clone, Copy)]
pub(super) struct From {
    face: Face,
    version: Version,
    /// Whether a tunnel was asked for: what follows may be meant for its other end already.
    tunnel: bool,
}

impl From {
    pub(super) fn of(arrival: &Arrival, routes: &Routes) -> Self {
        let request = &arrival.request;
        let tunnel = request.method() == Method::CONNECT;
        Self { face: routes.face(request.uri().path()), version: request.version(), tunnel }
    }
}

impl<S> Rescue<S> {
    pub(super) fn new(inner: S, routes: Arc<Routes>, metrics: Metrics) -> Self {
        Self { inner, routes, metrics }
    }
}

impl<S> Service<Arrival> for Rescue<S>
where
    S: Service<Arrival, Response = Response, Error = BoxError>,
    S::Future: Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context).map(|_| Ok(()))
    }

    fn call(&mut self, arrival: Arrival) -> Self::Future {
        let from = From::of(&arrival, &self.routes);
        let metrics = self.metrics.clone();
        let outcome = self.inner.call(arrival);
        Box::pin(async move {
            Ok(outcome.await.unwrap_or_else(|error| {
                let error = known(error);
                log(&error, &metrics);
                answer(&error, &from)
            }))
        })
    }
}

/// Tower's own errors in our words. Anything else has no business here and is an internal error.
fn known(error: BoxError) -> Error {
    match error.downcast::<Error>() {
        Ok(error) => *error,
        Err(error) if error.is::<tower::timeout::error::Elapsed>() => Error::TimedOut,
        Err(_) => Error::Panicked,
    }
}

/// What an operator should see. A client's own mistakes are in the access log, with their status.
fn log(error: &Error, metrics: &Metrics) {
    match error {
        Error::Partly(partly) => log(&partly.error, metrics),
        Error::Upstream(UpstreamError::Rejected { .. } | UpstreamError::Format(_)) => metrics.refused("upstream"),
        Error::Upstream(UpstreamError::Credential) | Error::Panicked => tracing::error!("{error}"),
        Error::Upstream(_) | Error::NotReady => tracing::warn!("{error}"),
        Error::Unchanged(Unchanged::Broken(_) | Unchanged::Unwritten(_)) => tracing::error!("{error}"),
        Error::Overloaded => metrics.refused("overloaded"),
        Error::RateLimited(_) => metrics.refused("rate_limited"),
        _ => {}
    }
}

/// The answer to a request that failed.
pub(super) fn answer(error: &Error, from: &From) -> Response {
    let status = status(error, from.face);
    let (content_type, body) = match from.face {
        _ if matches!(error, Error::Unwell(_)) => ("application/json; charset=UTF-8", unwell(error)),
        Face::V0 | Face::Generic => ("application/json; charset=UTF-8", told(error).to_string()),
        Face::ClickHouse => {
            let (code, name) = code(error);
            ("text/plain; charset=UTF-8", format!("Code: {code}. DB::Exception: {}. ({name})\n", message(error)))
        }
    };
    let mut response = http::Response::new(full(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    if from.face == Face::ClickHouse {
        headers.insert(EXCEPTION_CODE, HeaderValue::from(code(error).0));
    }
    if let Some(challenge) = challenge(status, error).filter(|_| from.face != Face::V0) {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    }
    // What an import that broke off is asked to wait, it is asked as a whole.
    let error = if let Error::Partly(partly) = error { &partly.error } else { error };
    match error {
        Error::MethodNotAllowed(methods) => {
            headers.extend(HeaderValue::from_str(methods).ok().map(|methods| (header::ALLOW, methods)));
        }
        Error::RateLimited(pace) => pace.write(headers),
        Error::Overloaded | Error::NotReady | Error::Upstream(UpstreamError::Busy) => {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        Error::Upstream(UpstreamError::Throttled { seconds }) => {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
        }
        _ => {}
    }
    if from.version < Version::HTTP_2 && (from.tunnel || breaks_framing(error)) {
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// The members of a JSON error. An import that broke off says what is in, in the words of its answer.
fn told(error: &Error) -> serde_json::Value {
    match error {
        Error::Partly(partly) => json!({
            "error": message(error),
            "successful_rows": partly.rows,
            "quarantined_rows": partly.quarantined,
            "rows_in_doubt": partly.doubt,
        }),
        error => json!({ "error": message(error) }),
    }
}

fn status(error: &Error, face: Face) -> StatusCode {
    match error {
        Error::Partly(partly) => status(&partly.error, face),
        Error::Unavailable | Error::PipeForbidden(_) => StatusCode::FORBIDDEN,
        Error::NoDatasource(_) => StatusCode::NOT_FOUND,
        Error::Conflict(_) => StatusCode::CONFLICT,
        Error::RowTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Error::Malformed(_) | Error::BodyBroken | Error::TokenAmbiguous(_) => StatusCode::BAD_REQUEST,
        Error::Parameter(_) | Error::Setting(_) | Error::Format(_) | Error::Database(_) => StatusCode::BAD_REQUEST,
        Error::TargetTooLong => StatusCode::URI_TOO_LONG,
        Error::HeadersTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
        Error::ContentCoding | Error::MediaType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Error::Expectation => StatusCode::EXPECTATION_FAILED,
        Error::UnknownMethod => StatusCode::NOT_IMPLEMENTED,
        Error::MethodNotAllowed(_) => StatusCode::METHOD_NOT_ALLOWED,
        Error::NotFound | Error::Absent(_) => StatusCode::NOT_FOUND,
        Error::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Error::BodyTooSlow => StatusCode::REQUEST_TIMEOUT,
        Error::TokenMissing | Error::TokenInvalid => match face {
            Face::V0 => StatusCode::FORBIDDEN,
            Face::ClickHouse | Face::Generic => StatusCode::UNAUTHORIZED,
        },
        Error::RateLimited(_) => StatusCode::TOO_MANY_REQUESTS,
        Error::Forbidden | Error::TokenHidden => StatusCode::FORBIDDEN,
        Error::Unchanged(unchanged) => unmade(unchanged),
        Error::Refused(refusal) => match refusal.kind {
            RefusalKind::UnknownTable => StatusCode::FORBIDDEN,
            RefusalKind::NotUnderstood | RefusalKind::NotAllowed | RefusalKind::TooLarge | RefusalKind::Unverified => {
                StatusCode::BAD_REQUEST
            }
        },
        Error::NotReady | Error::Unwell(_) | Error::Overloaded => StatusCode::SERVICE_UNAVAILABLE,
        Error::Upstream(error) => match error {
            UpstreamError::Unreachable | UpstreamError::Credential | UpstreamError::BadAnswer => {
                StatusCode::BAD_GATEWAY
            }
            UpstreamError::TimedOut => StatusCode::GATEWAY_TIMEOUT,
            UpstreamError::Busy => StatusCode::SERVICE_UNAVAILABLE,
            // v0's clients wait and ask again after a 429; to others it would mean that they themselves asked too often.
            UpstreamError::Throttled { .. } => match face {
                Face::V0 => StatusCode::TOO_MANY_REQUESTS,
                Face::ClickHouse | Face::Generic => StatusCode::SERVICE_UNAVAILABLE,
            },
            UpstreamError::Rejected { .. } | UpstreamError::Format(_) => StatusCode::BAD_REQUEST,
            UpstreamError::Unsupported(_) => StatusCode::NOT_IMPLEMENTED,
        },
        Error::TimedOut => StatusCode::GATEWAY_TIMEOUT,
        Error::Panicked => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// A change of tokens that was not made.
fn unmade(unchanged: &Unchanged) -> StatusCode {
    match unchanged {
        Unchanged::Unknown(_) => StatusCode::NOT_FOUND,
        Unchanged::Malformed(_) => StatusCode::BAD_REQUEST,
        Unchanged::Privileged => StatusCode::FORBIDDEN,
        Unchanged::Taken(_) | Unchanged::ReadOnly { .. } | Unchanged::Widening(_) | Unchanged::NoFile => {
            StatusCode::CONFLICT
        }
        Unchanged::Broken(_) | Unchanged::Unwritten(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// ClickHouse's number and name for an error of this kind (its `ErrorCodes.cpp`).
fn code(error: &Error) -> (i32, &'static str) {
    match error {
        Error::Partly(partly) => code(&partly.error),
        Error::Unavailable | Error::PipeForbidden(_) => (497, "ACCESS_DENIED"),
        Error::NoDatasource(_) => (60, "UNKNOWN_TABLE"),
        Error::Conflict(_) => (57, "TABLE_ALREADY_EXISTS"),
        Error::RowTooLarge => (307, "TOO_MANY_BYTES"),
        Error::Upstream(UpstreamError::Unsupported(_)) => (48, "NOT_IMPLEMENTED"),
        Error::Malformed(_)
        | Error::Parameter(_)
        | Error::TargetTooLong
        | Error::HeadersTooLarge
        | Error::ContentCoding
        | Error::MediaType(_)
        | Error::Expectation
        | Error::UnknownMethod
        | Error::MethodNotAllowed(_)
        | Error::NotFound
        | Error::Absent(_) => (36, "BAD_ARGUMENTS"),
        Error::BodyBroken | Error::BodyTooSlow => (210, "NETWORK_ERROR"),
        Error::BodyTooLarge => (168, "TOO_BIG_AST"),
        Error::TokenMissing | Error::TokenInvalid | Error::TokenAmbiguous(_) => (516, "AUTHENTICATION_FAILED"),
        Error::RateLimited(_) => (201, "QUOTA_EXCEEDED"),
        Error::Forbidden | Error::TokenHidden | Error::Unchanged(_) => (497, "ACCESS_DENIED"),
        Error::Setting(_) => (115, "UNKNOWN_SETTING"),
        Error::Format(_) | Error::Upstream(UpstreamError::Format(_)) => (73, "UNKNOWN_FORMAT"),
        Error::Database(_) => (81, "UNKNOWN_DATABASE"),
        Error::Refused(refusal) => match refusal.kind {
            RefusalKind::NotUnderstood => (62, "SYNTAX_ERROR"),
            RefusalKind::NotAllowed => (392, "QUERY_IS_PROHIBITED"),
            RefusalKind::UnknownTable => (60, "UNKNOWN_TABLE"),
            RefusalKind::TooLarge => (168, "TOO_BIG_AST"),
            RefusalKind::Unverified => (49, "LOGICAL_ERROR"),
        },
        Error::Upstream(UpstreamError::Rejected { code, .. }) => (code.unwrap_or(1001), "UPSTREAM"),
        Error::Upstream(UpstreamError::TimedOut) | Error::TimedOut => (159, "TIMEOUT_EXCEEDED"),
        Error::Upstream(UpstreamError::Busy | UpstreamError::Throttled { .. }) | Error::Overloaded => {
            (202, "TOO_MANY_SIMULTANEOUS_QUERIES")
        }
        Error::Upstream(UpstreamError::Unreachable | UpstreamError::Credential | UpstreamError::BadAnswer)
        | Error::NotReady
        | Error::Unwell(_) => (279, "ALL_CONNECTION_TRIES_FAILED"),
        Error::Panicked => (49, "LOGICAL_ERROR"),
    }
}

/// What a client is told in words. A refusal's own message is the only place where its input may come back.
fn message(error: &Error) -> String {
    match error {
        Error::Refused(refusal) if refusal.kind == RefusalKind::Unverified => {
            "the gateway could not verify this statement and refused it".to_owned()
        }
        // Tinybird's wording, nothing added: whether the table exists is not told, and neither is a position.
        Error::Refused(refusal) if refusal.kind == RefusalKind::UnknownTable => refusal.message.clone(),
        // The log has the file and what is wrong with it.
        Error::Unchanged(Unchanged::Broken(_) | Unchanged::Unwritten(_)) => {
            "the change cannot be written; nothing has changed".to_owned()
        }
        error => error.to_string(),
    }
}

fn unwell(error: &Error) -> String {
    match error {
        Error::Unwell(condition) => serde_json::to_string(condition).unwrap_or_default(),
        _ => String::new(),
    }
}

/// RFC 6750 section 3.1. A request without any token is told the scheme and nothing else.
fn challenge(status: StatusCode, error: &Error) -> Option<&'static str> {
    match error {
        Error::TokenMissing => Some("Bearer"),
        Error::TokenInvalid => Some(r#"Bearer error="invalid_token""#),
        Error::TokenAmbiguous(_) => Some(r#"Bearer error="invalid_request""#),
        _ if status == StatusCode::FORBIDDEN => Some(r#"Bearer error="insufficient_scope""#),
        _ => None,
    }
}

/// Whether what follows on the connection may not be a request. A refused statement is no such error: its request was
/// read to the end.
fn breaks_framing(error: &Error) -> bool {
    if let Error::Partly(partly) = error {
        return breaks_framing(&partly.error);
    }
    matches!(
        error,
        Error::Malformed(_)
            | Error::BodyBroken
            | Error::BodyTooSlow
            | Error::BodyTooLarge
            | Error::TargetTooLong
            | Error::HeadersTooLarge
            | Error::Expectation
            | Error::UnknownMethod
            | Error::RowTooLarge
    )
}
