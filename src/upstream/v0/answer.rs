//! What comes back: rows, or what went wrong.
//!
//! | status | is |
//! |---|---|
//! | 200, and 201, 204, 205 of writes | well |
//! | 401, 403 | the gateway's own credential: nothing of the client's was sent |
//! | 429 | too many requests for the upstream, with the time that it asks for |
//! | 503 | busy |
//! | 408, 504 | too late |
//! | another 4xx | refused; in its own words, shortened, unless the query is filtered |
//! | everything else | no answer that can be used |

use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use serde_json::Value;

use super::{Counts, Settings};
use crate::upstream::clickhouse::counted::{Counted, has_counts};
use crate::upstream::clickhouse::errors;
use crate::upstream::clickhouse::watched::Watched;
use crate::upstream::client::{self, Idle};
use crate::upstream::{Answer, Format, UpstreamError, even};

/// The longest error that is read, in bytes, and passed on, in characters.
const LONGEST_ERROR: usize = 64 * 1024;
const LONGEST_MESSAGE: usize = 1_000;
/// The longest time that a client is told to wait, in seconds.
const LONGEST_WAIT: u64 = 3_600;

/// An answer that is no success.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) error: UpstreamError,
    /// What of a write is in all the same, where the upstream says so.
    pub(super) counts: Option<Counts>,
    /// Whether what was asked for may have happened: the upstream does not say no.
    pub(super) unclear: bool,
}

/// The answer to a read.
pub(super) async fn rows(
    response: Response<Incoming>,
    format: Format,
    filtered: bool,
    settings: &Settings,
) -> Result<Answer, UpstreamError> {
    let response = well(response, filtered, settings).await.map_err(|refused| refused.error)?;
    if response.status() != StatusCode::OK || !framed(&response) {
        return Err(UpstreamError::BadAnswer);
    }
    let mut headers = HeaderMap::new();
    let fallback = || HeaderValue::from_static(format.content_type());
    headers.insert(header::CONTENT_TYPE, client::content_type(&response).unwrap_or_else(fallback));
    let body = Idle::new(response.into_body(), settings.idle_timeout);
    let counted = filtered && has_counts(format);
    let body = match (filtered, counted) {
        (true, true) => Counted::bare(Watched::untagged(body)).boxed_unsync(),
        (true, false) => Watched::untagged(body).boxed_unsync(),
        (false, _) => body.boxed_unsync(),
    };
    let body = if filtered { even::filtered(body, format, settings.answer_timeout).await? } else { body };
    Ok(Answer { headers, body })
}

/// The same response when all is well; otherwise what went wrong.
pub(super) async fn well(
    response: Response<Incoming>,
    filtered: bool,
    settings: &Settings,
) -> Result<Response<Incoming>, Refused> {
    let status = response.status();
    if matches!(status, StatusCode::OK | StatusCode::CREATED | StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT) {
        return if client::is_identity(&response) { Ok(response) } else { Err(unclear(UpstreamError::BadAnswer)) };
    }
    let wait = wait(response.headers());
    let failed = status.is_client_error() || status.is_server_error();
    let text = if failed {
        client::capped(response.into_body(), LONGEST_ERROR, settings.answer_timeout).await.unwrap_or_default()
    } else {
        bytes::Bytes::new()
    };
    let told: Value = serde_json::from_slice(&text).unwrap_or_default();
    let refused = |error| Refused { error, counts: Counts::of(&told), unclear: false };
    Err(match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => refused(UpstreamError::Credential),
        StatusCode::TOO_MANY_REQUESTS => refused(UpstreamError::Throttled { seconds: wait }),
        StatusCode::SERVICE_UNAVAILABLE => refused(UpstreamError::Busy),
        StatusCode::REQUEST_TIMEOUT => refused(UpstreamError::TimedOut),
        StatusCode::GATEWAY_TIMEOUT => Refused { unclear: true, ..refused(UpstreamError::TimedOut) },
        status if status.is_client_error() => {
            let message = message(told.get("error").and_then(Value::as_str), filtered);
            refused(UpstreamError::Rejected { code: None, message })
        }
        _ => Refused { unclear: true, ..refused(UpstreamError::BadAnswer) },
    })
}

pub(super) fn unclear(error: UpstreamError) -> Refused {
    Refused { error, counts: None, unclear: true }
}

fn message(told: Option<&str>, filtered: bool) -> String {
    match told {
        Some(text) if filtered => {
            errors::code_in(text).map_or("the upstream refused the query", errors::safe).to_owned()
        }
        Some(text) => client::shortened(text, LONGEST_MESSAGE),
        None => "the upstream refused the request".to_owned(),
    }
}

/// `Retry-After` in seconds; a date, or nothing, is one.
fn wait(headers: &HeaderMap) -> u64 {
    let value = headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
    value.and_then(|text| text.trim().parse().ok()).map_or(1, |seconds: u64| seconds.clamp(1, LONGEST_WAIT))
}

/// Whether the end of the body can be told from a broken connection.
fn framed(response: &Response<Incoming>) -> bool {
    let chunked = response.headers().get(header::TRANSFER_ENCODING).is_some();
    chunked || response.body().size_hint().exact().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filtered_query_gets_no_word_of_the_upstreams() {
        let text = "Code: 47. DB::Exception: Unknown identifier `x` in SELECT x FROM t WHERE org = 'secret'.";
        assert_eq!(message(Some(text), true), "unknown or ambiguous identifier");
        assert_eq!(message(Some("[Error] there is 'secret' in it"), true), "the upstream refused the query");
        assert_eq!(message(Some(text), false), text);
        assert_eq!(message(None, false), "the upstream refused the request");
    }

    #[test]
    fn the_wait_is_a_bounded_number_of_seconds() {
        let of =
            |text: &'static str| wait(&HeaderMap::from_iter([(header::RETRY_AFTER, HeaderValue::from_static(text))]));
        assert_eq!([of("7"), of("0"), of("999999"), of("Wed, 21 Oct 2026 07:28:00 GMT"), of("-1")], [7, 1, 3600, 1, 1]);
        assert_eq!(wait(&HeaderMap::new()), 1);
    }
}
