//! Refuses messages that two programs could read in two ways, before anything believes them.
//!
//! - Methods: GET, HEAD, POST, PUT, DELETE and OPTIONS; other known ones 405, unknown tokens 501. Nothing is ever tunnelled.
//! - Target: plain visible ASCII, at most [`TARGET_BYTES`]; no `*`, no user information, no scheme but http and https
//!   (RFC 9112 section 3.2).
//! - Host: exactly one, well formed, and the same as the target's authority where that has one (RFC 9112 section 3.2.2).
//! - Length: one `Content-Length` in its canonical form, or `chunked` alone, never both (RFC 9112 section 6.3).
//! - No content coding (but gzip, once, for events), no expectation but `100-continue`, no body with GET.
//! - `Upgrade`, `Connection` and every forwarded-for header are ignored: no layer below looks at them, none is forwarded.

use std::sync::Arc;

use http::uri::{Authority, Scheme};
use http::{HeaderMap, HeaderName, Method, header};
use http_body::Body as _;
use tower::BoxError;
use tower::filter::Predicate;

use super::request_id::{Arrival, RequestId};
use super::route::{Carries, Routes};
use super::{Error, Request};

#[cfg(test)]
mod tests;

/// The longest target, in bytes.
pub(super) const TARGET_BYTES: usize = 8 * 1024;
/// The most header lines, the longest one and all of them together, in bytes.
const HEADER_LINES: usize = 64;
const HEADER_LINE_BYTES: usize = 8 * 1024;
const HEADER_BYTES: usize = 32 * 1024;
const HOST_BYTES: usize = 255 + ":65535".len();
/// What a client may try instead of a method that is refused everywhere.
const METHODS: &str = "GET, HEAD, POST, PUT, DELETE, OPTIONS";

/// The layer's predicate.
#[derive(Debug, Clone)]
pub(super) struct Hygiene {
    routes: Arc<Routes>,
}

impl Hygiene {
    pub(super) fn new(routes: Arc<Routes>) -> Self {
        Self { routes }
    }
}

/// A request that keeps the rules above.
#[derive(Debug)]
pub(super) struct Clean {
    id: RequestId,
    request: Request,
}

impl Clean {
    pub(super) fn method(&self) -> &Method {
        self.request.method()
    }

    /// The raw path: nothing is decoded or normalised, here or later.
    pub(super) fn path(&self) -> &str {
        self.request.uri().path()
    }

    pub(super) fn query(&self) -> &str {
        self.request.uri().query().unwrap_or_default()
    }

    pub(super) fn headers(&self) -> &HeaderMap {
        self.request.headers()
    }

    pub(super) fn into_parts(self) -> (RequestId, Request) {
        (self.id, self.request)
    }
}

impl Predicate<Arrival> for Hygiene {
    type Request = Clean;

    fn check(&mut self, Arrival { id, request }: Arrival) -> Result<Clean, BoxError> {
        method(request.method())?;
        target(&request)?;
        sizes(request.headers())?;
        host(&request)?;
        framing(&request, self.routes.carries(request.uri().path()) == Carries::Events)?;
        Ok(Clean { id, request })
    }
}

fn method(method: &Method) -> Result<(), Error> {
    match *method {
        Method::GET | Method::HEAD | Method::POST | Method::PUT | Method::DELETE | Method::OPTIONS => Ok(()),
        Method::PATCH | Method::CONNECT | Method::TRACE => Err(Error::MethodNotAllowed(METHODS.to_owned())),
        _ => Err(Error::UnknownMethod),
    }
}

fn target(request: &Request) -> Result<(), Error> {
    let Some(target) = request.uri().path_and_query().map(http::uri::PathAndQuery::as_str) else {
        return Err(Error::Malformed("the request has no path"));
    };
    // Any other scheme asks for a gateway of another kind (RFC 9110 section 4.2).
    if request.uri().scheme().is_some_and(|scheme| *scheme != Scheme::HTTP && *scheme != Scheme::HTTPS) {
        return Err(Error::Malformed("the request's target is not of http"));
    }
    if target.len() > TARGET_BYTES {
        return Err(Error::TargetTooLong);
    }
    if !target.starts_with('/') {
        return Err(Error::Malformed("the request's target is no path"));
    }
    if !target.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Error::Malformed("the request's target has a byte that is not plain ASCII"));
    }
    Ok(())
}

fn sizes(headers: &HeaderMap) -> Result<(), Error> {
    let mut total = 0;
    for (name, value) in headers {
        let line = name.as_str().len() + ": \r\n".len() + value.len();
        total += line;
        if line > HEADER_LINE_BYTES {
            return Err(Error::HeadersTooLarge);
        }
    }
    if headers.len() > HEADER_LINES || total > HEADER_BYTES { Err(Error::HeadersTooLarge) } else { Ok(()) }
}

/// HTTP/2 names its host in `:authority`, which stands in the URI; a `Host` beside it must say the same.
fn host(request: &Request) -> Result<(), Error> {
    let named = single(request.headers(), &header::HOST, "the request names two hosts")?;
    let authority = request.uri().authority().map(Authority::as_str);
    let host = match (named, authority) {
        (None, None) => return Err(Error::Malformed("the request names no host")),
        (Some(named), Some(authority)) if !named.eq_ignore_ascii_case(authority) => {
            return Err(Error::Malformed("the request names two hosts"));
        }
        // Absolute-form does not excuse HTTP/1.1 from the header (RFC 9112 section 3.2).
        (None, Some(_)) if request.version() < http::Version::HTTP_2 => {
            return Err(Error::Malformed("the request names no host"));
        }
        (Some(host), _) | (None, Some(host)) => host,
    };
    if is_host(host) { Ok(()) } else { Err(Error::Malformed("the request's host is malformed")) }
}

/// `uri-host [ ":" port ]` without user information; a bracketed IPv6 address or plain name characters.
fn is_host(text: &str) -> bool {
    let (name, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, port)) if address.parse::<std::net::Ipv6Addr>().is_ok() => ("v6", port),
        Some(_) => return false,
        None => text.find(':').map_or((text, ""), |at| text.split_at(at)),
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    let port = port.is_empty()
        || port
            .strip_prefix(':')
            .is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.parse::<u16>().is_ok());
    text.len() <= HOST_BYTES && !name.is_empty() && name.bytes().all(plain) && port
}

fn framing(request: &Request, gzip: bool) -> Result<(), Error> {
    let headers = request.headers();
    let coded = single(headers, &header::TRANSFER_ENCODING, "the transfer coding is not `chunked` alone")?;
    if coded.is_some_and(|coding| !coding.eq_ignore_ascii_case("chunked")) {
        return Err(Error::Malformed("the transfer coding is not `chunked` alone"));
    }
    let length = single(headers, &header::CONTENT_LENGTH, "the request gives two lengths")?;
    let canonical = |text: &str| text.parse::<u64>().is_ok_and(|length| length.to_string() == text);
    if length.is_some_and(|text| !canonical(text)) {
        return Err(Error::Malformed("the request's length is malformed"));
    }
    if coded.is_some() && length.is_some() {
        return Err(Error::Malformed("the request gives two lengths"));
    }
    let identity = |value: &http::HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"identity");
    let coded = headers.get_all(header::CONTENT_ENCODING).iter().filter(|value| !identity(value)).collect::<Vec<_>>();
    match coded.as_slice() {
        [] => {}
        [once] if gzip && once.as_bytes().eq_ignore_ascii_case(b"gzip") => {}
        _ => return Err(Error::ContentCoding),
    }
    let awaited = |value: &http::HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"100-continue");
    if !headers.get_all(header::EXPECT).iter().all(awaited) {
        return Err(Error::Expectation);
    }
    let empty = request.body().is_end_stream() || request.body().size_hint().exact() == Some(0);
    // A DELETE's body has no meaning (RFC 9110 section 9.3.5): here it has none at all.
    if !matches!(*request.method(), Method::POST | Method::PUT) && !empty {
        return Err(Error::Malformed("only POST and PUT take a body"));
    }
    Ok(())
}

fn single<'a>(headers: &'a HeaderMap, name: &HeaderName, twice: &'static str) -> Result<Option<&'a str>, Error> {
    let mut lines = headers.get_all(name).iter();
    let (first, second) = (lines.next(), lines.next());
    if second.is_some() {
        return Err(Error::Malformed(twice));
    }
    first.map(|value| value.to_str().map_err(|_| Error::Malformed("a header is not plain ASCII"))).transpose()
}
