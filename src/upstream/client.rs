//! The HTTP client of the gateway: one way to reach an upstream, whatever it is.
//!
//! - HTTP/1.1, pooled keep-alive, `TCP_NODELAY`, TLS by rustls with the system's authorities or a file's;
//! - an answer must begin in time, and its body may not stand still longer than its idle time;
//! - an answer's headers are read, never copied; trailers are dropped; a body that breaks ends as an error.

mod body;
mod connect;

pub(super) use body::{Idle, capped};
pub use connect::SettingsError;

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Request, Response, Uri, header};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::HttpConnector;

use super::{Body, UpstreamError};

/// How an upstream failed before its answer began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    /// No connection came to stand: nothing was sent.
    NotConnected,
    /// It did not come to stand in time.
    ConnectTimedOut,
    /// The connection broke before there was an answer: a keep-alive that the other side had just closed looks so too.
    Broken,
    /// The answer did not begin in time.
    TimedOut,
    /// What came is not HTTP/1.1, or its head is too large.
    BadAnswer,
}

impl From<Failure> for UpstreamError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NotConnected | Failure::Broken => Self::Unreachable,
            Failure::ConnectTimedOut | Failure::TimedOut => Self::TimedOut,
            Failure::BadAnswer => Self::BadAnswer,
        }
    }
}

/// The pooled client.
#[derive(Debug, Clone)]
pub(super) struct Client(hyper_util::client::legacy::Client<HttpsConnector<HttpConnector>, Body>);

impl Client {
    /// A client for these addresses: authorities are only read when one of them is `https`.
    pub(super) fn new<'u>(
        bases: impl IntoIterator<Item = &'u Uri>,
        ca_file: Option<&Path>,
        connect_timeout: Duration,
    ) -> Result<Self, SettingsError> {
        let mut tls = false;
        for base in bases {
            connect::check_base(base)?;
            tls |= base.scheme() == Some(&http::uri::Scheme::HTTPS);
        }
        Ok(Self(connect::client(tls, ca_file, connect_timeout)?))
    }

    /// Sends a request and waits for the head of its answer. Dropping the future closes the connection.
    pub(super) async fn send(
        &self,
        request: Request<Full<Bytes>>,
        timeout: Duration,
    ) -> Result<Response<Incoming>, Failure> {
        self.stream(request.map(|body| body.map_err(|never| match never {}).boxed_unsync()), timeout).await
    }

    /// The same with a body that is still being made: one that ends as an error breaks the connection off, and never
    /// looks whole.
    pub(super) async fn stream(
        &self,
        mut request: Request<Body>,
        timeout: Duration,
    ) -> Result<Response<Incoming>, Failure> {
        request.headers_mut().insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        request.headers_mut().insert(header::USER_AGENT, HeaderValue::from_static("portcullis"));
        match tokio::time::timeout(timeout, self.0.request(request)).await {
            Err(_) => Err(Failure::TimedOut),
            Ok(Err(error)) => Err(failure(&error)),
            Ok(Ok(answer)) => Ok(answer),
        }
    }
}

fn failure(error: &hyper_util::client::legacy::Error) -> Failure {
    let timed_out = causes(error).filter_map(|cause| cause.downcast_ref::<std::io::Error>());
    let timed_out = timed_out.map(std::io::Error::kind).any(|kind| kind == std::io::ErrorKind::TimedOut);
    if error.is_connect() {
        return if timed_out { Failure::ConnectTimedOut } else { Failure::NotConnected };
    }
    match causes(error).find_map(|cause| cause.downcast_ref::<hyper::Error>()) {
        Some(error) if error.is_parse() || error.is_parse_too_large() => Failure::BadAnswer,
        _ => Failure::Broken,
    }
}

fn causes<'e>(
    error: &'e (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'e (dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error), |error| error.source())
}

/// The answer's content type, when there is one that can be passed on.
pub(super) fn content_type<B>(answer: &Response<B>) -> Option<HeaderValue> {
    let mut values = answer.headers().get_all(header::CONTENT_TYPE).iter();
    let value = values.next()?;
    let sane = value.len() <= 128 && value.to_str().is_ok_and(|text| text.contains('/'));
    (sane && values.next().is_none()).then(|| value.clone())
}

/// Whether the body is as it was written: nothing else was asked for, and nothing here decompresses.
pub(super) fn is_identity<B>(answer: &Response<B>) -> bool {
    answer.headers().get_all(header::CONTENT_ENCODING).iter().all(|value| value.as_bytes() == b"identity")
}

/// `text` without the user's or the engine's line breaks and control characters, at most `longest` characters.
pub(super) fn shortened(text: &str, longest: usize) -> String {
    text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).take(longest).collect()
}
