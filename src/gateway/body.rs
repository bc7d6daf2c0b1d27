//! Request bodies: how much of one may come, and how long it may stand still.

use std::io::Read as _;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header;
use http_body::Body as _;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use tower::BoxError;
use tower::filter::Predicate;

use crate::upstream::Body;

use super::request_id::Arrival;
use super::route::{Carries, Routes};
use super::{Error, Settings};

/// Refuses a body that says it is too large, and cuts one that turns out to be. How large is too large is the route's to
/// say.
#[derive(Debug, Clone)]
pub(super) struct BodyLimit {
    routes: Arc<Routes>,
    statement: usize,
    events: usize,
    file: usize,
}

impl BodyLimit {
    pub(super) fn new(routes: Arc<Routes>, settings: &Settings) -> Self {
        let (events, file) = (settings.writes.events_bytes, settings.writes.append_bytes);
        Self { routes, statement: settings.body_bytes, events, file }
    }

    fn bytes(&self, path: &str) -> usize {
        match self.routes.carries(path) {
            Carries::Statement => self.statement,
            Carries::Events => self.events,
            Carries::File => self.file,
        }
    }
}

impl Predicate<Arrival> for BodyLimit {
    type Request = Arrival;

    fn check(&mut self, Arrival { id, request }: Arrival) -> Result<Arrival, BoxError> {
        let declared =
            request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
        let least = declared.unwrap_or(0).max(request.body().size_hint().lower());
        let bytes = self.bytes(request.uri().path());
        if usize::try_from(least).map_or(true, |least| least > bytes) {
            return Err(Error::BodyTooLarge.into());
        }
        let request = request.map(|body| Limited::new(body, bytes).boxed_unsync());
        Ok(Arrival { id, request })
    }
}

/// Reads a body to its end. `idle` is the longest time between two of its parts.
pub(super) async fn read(mut body: Body, idle: Duration) -> Result<Bytes, Error> {
    let mut whole = BytesMut::new();
    while let Some(part) = piece(&mut body, idle).await? {
        whole.extend_from_slice(&part);
    }
    Ok(whole.freeze())
}

/// The next part of a body, or its end.
pub(super) async fn piece(body: &mut Body, idle: Duration) -> Result<Option<Bytes>, Error> {
    loop {
        let frame = tokio::time::timeout(idle, body.frame()).await.map_err(|_| Error::BodyTooSlow)?;
        let Some(frame) = frame else { return Ok(None) };
        // Trailers are dropped: nothing that is decided on may come after the body.
        if let Ok(part) = frame.map_err(broken)?.into_data() {
            return Ok(Some(part));
        }
    }
}

/// Decompresses a body to at most `most` bytes; more is refused as soon as it comes. What is cut off or has something behind
/// it is broken.
pub(super) fn gunzip(body: &Bytes, most: usize) -> Result<Bytes, Error> {
    let mut whole = Vec::new();
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let mut decoder = flate2::bufread::MultiGzDecoder::new(body.as_ref()).take(limit);
    decoder.read_to_end(&mut whole).map_err(|_| Error::Malformed("the body is not sound gzip"))?;
    if whole.len() > most { Err(Error::BodyTooLarge) } else { Ok(whole.into()) }
}

pub(super) fn broken(error: BoxError) -> Error {
    if error.is::<LengthLimitError>() { Error::BodyTooLarge } else { Error::BodyBroken }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn gzip(text: &[u8]) -> Bytes {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap().into()
    }

    #[test]
    fn a_bomb_is_refused_at_the_limit() {
        let bomb = gzip(&vec![b'x'; 50 << 20]);
        assert!(bomb.len() < 100_000);
        assert!(matches!(gunzip(&bomb, 1 << 20), Err(Error::BodyTooLarge)));
        assert_eq!(gunzip(&gzip(b"abc"), 3).unwrap(), "abc");
        assert!(matches!(gunzip(&gzip(b"abcd"), 3), Err(Error::BodyTooLarge)));
    }

    #[test]
    fn what_is_cut_off_or_goes_on_is_broken() {
        let whole = gzip(b"{\"a\":1}\n");
        for bad in [whole.slice(..whole.len() - 1), [&whole[..], b"x"].concat().into(), Bytes::from_static(b"{}")] {
            assert!(matches!(gunzip(&bad, 100), Err(Error::Malformed(_))), "{bad:?}");
        }
    }
}
