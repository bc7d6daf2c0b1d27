//! Requests a second, by principal.
//!
//! - The generic cell rate algorithm: one moment in time per principal, the time at which its bucket will be empty. A
//!   bucket holds one second's worth.
//! - `X-RateLimit-Reset` and `Retry-After` are whole seconds *from now*: that is how Tinybird's clients read them.
//! - A principal without a rate is not limited and costs nothing here.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use dashmap::DashMap;
use futures_util::future::BoxFuture;
use http::{HeaderMap, HeaderName, HeaderValue};
use tokio::time::Instant;
use tower::{BoxError, Service};

use super::authenticate::{Authenticated, Caller};
use super::error::Pace;
use super::{Error, Response};

/// Names are those of the snapshot's principals, so they are few; beyond this many, the ones that are full again go.
const PRINCIPALS_KEPT: usize = 10_000;

/// The layer's service.
#[derive(Debug, Clone)]
pub(super) struct RateLimit<S> {
    inner: S,
    empty_at: Arc<DashMap<Arc<str>, Instant>>,
}

impl<S> RateLimit<S> {
    pub(super) fn new(inner: S) -> Self {
        Self { inner, empty_at: Arc::default() }
    }

    fn pace(&self, request: &Authenticated) -> Option<Pace> {
        let Caller::Known(principal, _) = request.caller() else { return None };
        let limit = principal.requests_per_second?;
        let now = Instant::now();
        if self.empty_at.len() > PRINCIPALS_KEPT {
            self.empty_at.retain(|_, empty_at| *empty_at > now);
        }
        let mut empty_at = self.empty_at.entry(Arc::clone(&principal.name)).or_insert(now);
        Some(take(&mut empty_at, limit, now))
    }
}

/// Takes one request out of a bucket, if there is one in it.
fn take(empty_at: &mut Instant, limit: NonZeroU32, now: Instant) -> Pace {
    let each = Duration::from_secs(1) / limit.get();
    let whole = each * limit.get();
    let filled = (*empty_at).max(now) + each;
    let ahead = filled - now;
    if ahead > whole {
        let reset = (*empty_at).saturating_duration_since(now);
        return Pace { limit: limit.get(), remaining: 0, reset, retry: ahead - whole };
    }
    *empty_at = filled;
    let remaining = u32::try_from((whole - ahead).as_nanos() / each.as_nanos().max(1)).unwrap_or(limit.get());
    Pace { limit: limit.get(), remaining, reset: ahead, retry: Duration::ZERO }
}

impl<S> Service<Authenticated> for RateLimit<S>
where
    S: Service<Authenticated, Response = Response, Error = BoxError>,
    S::Future: Send + 'static,
{
    type Response = Response;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Response, BoxError>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Authenticated) -> Self::Future {
        let Some(pace) = self.pace(&request) else { return Box::pin(self.inner.call(request)) };
        if pace.retry > Duration::ZERO {
            return Box::pin(async move { Err(Error::RateLimited(pace).into()) });
        }
        let answer = self.inner.call(request);
        Box::pin(async move {
            let mut response = answer.await?;
            pace.write(response.headers_mut());
            Ok(response)
        })
    }
}

impl Pace {
    /// Writes the headers that tell a client how it stands.
    pub(super) fn write(self, headers: &mut HeaderMap) {
        let seconds = |duration: Duration| duration.as_millis().div_ceil(1000);
        let mut set = |name, value: u128| headers.insert(HeaderName::from_static(name), number(value));
        set("x-ratelimit-limit", self.limit.into());
        set("x-ratelimit-remaining", self.remaining.into());
        set("x-ratelimit-reset", seconds(self.reset));
        if self.retry > Duration::ZERO {
            set("retry-after", seconds(self.retry).max(1));
        }
    }
}

fn number(value: u128) -> HeaderValue {
    HeaderValue::from(u64::try_from(value).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_holds_one_second_and_fills_steadily() {
        let (start, limit) = (Instant::now(), NonZeroU32::new(4).unwrap());
        let mut empty_at = start;
        let remaining: Vec<u32> = (0..4).map(|_| take(&mut empty_at, limit, start).remaining).collect();
        assert_eq!(remaining, [3, 2, 1, 0]);
        let fifth = take(&mut empty_at, limit, start);
        assert_eq!((fifth.retry, fifth.reset), (Duration::from_millis(250), Duration::from_secs(1)));
        assert_eq!(take(&mut empty_at, limit, start + Duration::from_millis(250)).retry, Duration::ZERO);
        assert_eq!(take(&mut empty_at, limit, start + Duration::from_secs(9)).remaining, 3);
    }

    #[test]
    fn a_refused_request_costs_nothing() {
        let (start, limit) = (Instant::now(), NonZeroU32::MIN);
        let mut empty_at = start;
        let allowed: Vec<bool> = (0..10)
            .map(|tenth| take(&mut empty_at, limit, start + Duration::from_millis(tenth * 100)).retry.is_zero())
            .collect();
        assert_eq!(allowed.iter().filter(|allowed| **allowed).count(), 1);
        assert!(take(&mut empty_at, limit, start + Duration::from_secs(1)).retry.is_zero());
    }

    #[test]
    fn times_are_whole_seconds_from_now() {
        let pace = Pace { limit: 4, remaining: 0, reset: Duration::from_millis(1001), retry: Duration::from_millis(1) };
        let mut headers = HeaderMap::new();
        pace.write(&mut headers);
        assert_eq!(headers["x-ratelimit-reset"], "2");
        assert_eq!(headers["retry-after"], "1");
    }
}
