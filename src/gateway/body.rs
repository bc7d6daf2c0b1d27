//! Request bodies: how much of one may come, and how long it may stand still.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header;
use http_body::Body as _;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use tower::BoxError;
use tower::filter::Predicate;

use crate::upstream::Body;

use super::Error;
use super::request_id::Arrival;

/// Refuses a body that says it is too large, and cuts one that turns out to be.
#[derive(Debug, Clone)]
pub(super) struct BodyLimit {
    bytes: usize,
}

impl BodyLimit {
    pub(super) fn new(bytes: usize) -> Self {
        Self { bytes }
    }
}

impl Predicate<Arrival> for BodyLimit {
    type Request = Arrival;

    fn check(&mut self, Arrival { id, request }: Arrival) -> Result<Arrival, BoxError> {
        let declared =
            request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
        let least = declared.unwrap_or(0).max(request.body().size_hint().lower());
        if usize::try_from(least).map_or(true, |least| least > self.bytes) {
            return Err(Error::BodyTooLarge.into());
        }
        let request = request.map(|body| Limited::new(body, self.bytes).boxed_unsync());
        Ok(Arrival { id, request })
    }
}

/// Reads a body to its end. `idle` is the longest time between two of its parts.
pub(super) async fn read(mut body: Body, idle: Duration) -> Result<Bytes, Error> {
    let mut whole = BytesMut::new();
    loop {
        let frame = tokio::time::timeout(idle, body.frame()).await.map_err(|_| Error::BodyTooSlow)?;
        let Some(frame) = frame else { return Ok(whole.freeze()) };
        // Trailers are dropped: nothing that is decided on may come after the body.
        if let Ok(part) = frame.map_err(broken)?.into_data() {
            whole.extend_from_slice(&part);
        }
    }
}

fn broken(error: BoxError) -> Error {
    if error.is::<LengthLimitError>() { Error::BodyTooLarge } else { Error::BodyBroken }
}
