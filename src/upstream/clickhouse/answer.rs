//! Reads the head of an answer and decides what of it may be passed on.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use http_body_util::BodyExt;
use hyper::body::{Body as _, Incoming};

use super::counted::{Counted, has_counts};
use super::errors;
use super::watched::Watched;
use crate::upstream::client::{self, Idle};
use crate::upstream::{Answer, Query, UpstreamError, even};

/// Headers of ClickHouse's own that drivers read.
const PASSED: [HeaderName; 3] =
    [FORMAT, HeaderName::from_static("x-clickhouse-timezone"), HeaderName::from_static("x-clickhouse-query-id")];
const FORMAT: HeaderName = HeaderName::from_static("x-clickhouse-format");
/// Counters: they tell of rows behind a filter.
const SUMMARY: HeaderName = HeaderName::from_static("x-clickhouse-summary");
const EXCEPTION_CODE: HeaderName = HeaderName::from_static("x-clickhouse-exception-code");
const EXCEPTION_TAG: HeaderName = HeaderName::from_static("x-clickhouse-exception-tag");

/// The longest value passed on, and the longest error read, in bytes.
const LONGEST_VALUE: usize = 1024;
const LONGEST_ERROR: usize = 64 * 1024;

pub(super) struct Limits {
    pub(super) answer: Duration,
    pub(super) idle: Duration,
}

/// The answer to a query.
pub(super) async fn read(
    response: Response<Incoming>,
    query: &Query,
    waited: bool,
    limits: &Limits,
) -> Result<Answer, UpstreamError> {
    let response = well(response, query, limits.answer).await?;
    let tag = response.headers().get(EXCEPTION_TAG).and_then(|tag| tag.to_str().ok()).map(str::to_owned);
    if query.filtered && tag.is_none() && !waited {
        // An exception could follow rows unseen, and it names what the filter hides.
        return Err(UpstreamError::BadAnswer);
    }
    let headers = passed(&response, query);
    let body = Idle::new(response.into_body(), limits.idle);
    let body = match tag {
        Some(tag) => Watched::new(body, &tag).boxed_unsync(),
        None => body.boxed_unsync(),
    };
    let counted = query.filtered && has_counts(query.format);
    let body = if counted { Counted::new(body).boxed_unsync() } else { body };
    let body = if query.filtered { even::filtered(body, query.format, limits.answer).await? } else { body };
    Ok(Answer { headers, body })
}

/// The same response when it is a 200 with rows; otherwise what went wrong.
pub(super) async fn well(
    response: Response<Incoming>,
    query: &Query,
    patience: Duration,
) -> Result<Response<Incoming>, UpstreamError> {
    let code = response.headers().get(EXCEPTION_CODE).and_then(|code| code.to_str().ok()?.parse().ok());
    let status = response.status();
    if status == StatusCode::OK && code.is_none() {
        return if framed(&response) && client::is_identity(&response) {
            Ok(response)
        } else {
            Err(UpstreamError::BadAnswer)
        };
    }
    if status != StatusCode::OK && !status.is_client_error() && !status.is_server_error() {
        return Err(UpstreamError::BadAnswer);
    }
    let text = client::capped(response.into_body(), LONGEST_ERROR, patience).await.unwrap_or_default();
    Err(errors::error(status, code, &String::from_utf8_lossy(&text), query.filtered))
}

/// Whether the end of the body can be told from a broken connection. ClickHouse sends chunks or a length.
fn framed(response: &Response<Incoming>) -> bool {
    let chunked = response.headers().get(header::TRANSFER_ENCODING).is_some();
    chunked || response.body().size_hint().exact().is_some()
}

fn passed(response: &Response<Incoming>, query: &Query) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let fallback = || HeaderValue::from_static(query.format.content_type());
    headers.insert(header::CONTENT_TYPE, client::content_type(response).unwrap_or_else(fallback));
    let summary = (!query.filtered).then_some(SUMMARY);
    for name in PASSED.into_iter().chain(summary) {
        if let Some(value) = response.headers().get(&name).filter(|value| value.len() <= LONGEST_VALUE) {
            headers.insert(name, value.clone());
        }
    }
    if query.filtered && headers.contains_key(&FORMAT) {
        // The engine was asked for another.
        headers.insert(FORMAT, HeaderValue::from_static(query.format.name()));
    }
    headers
}
