//! The bytes of a filtered answer, in pieces of one size.
//!
//! ClickHouse ends a chunk of HTTP where a block of its ends (26.7, in every format but Parquet and the like): how long the
//! chunks are tells how many of each 65,409 rows a filter left. What is passed on is cut by its length alone: a piece is full,
//! or it is the last. What was held when the answer broke off is not passed on.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body::{Body, Frame};
use http_body_util::BodyExt as _;

use super::native::Native;
use super::{BoxError, Format, UpstreamError};

/// The length of a piece, in bytes.
const PIECE: usize = 64 * 1024;

/// What of a filtered answer's body may be passed on: nothing in it tells where the engine's blocks end. `format` is the one
/// that the client asked for; how long its head may take to come is `patience`.
///
/// # Errors
/// [`UpstreamError`] where the head cannot be read, or names what cannot be written.
pub(super) async fn filtered(
    body: super::Body,
    format: Format,
    patience: Duration,
) -> Result<super::Body, UpstreamError> {
    if format.name() != "Native" {
        return Ok(Even::new(body).boxed_unsync());
    }
    match tokio::time::timeout(patience, Native::begin(body)).await {
        Ok(native) => Ok(Even::new(native?).boxed_unsync()),
        Err(_) => Err(UpstreamError::TimedOut),
    }
}

/// A body in pieces of [`PIECE`] bytes.
#[derive(Debug)]
pub(super) struct Even<B> {
    inner: B,
    held: BytesMut,
    over: bool,
}

impl<B> Even<B> {
    pub(super) fn new(inner: B) -> Self {
        Self { inner, held: BytesMut::new(), over: false }
    }
}

impl<B: Body<Data = Bytes, Error = BoxError> + Unpin> Body for Even<B> {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        loop {
            if this.held.len() >= PIECE || (this.over && !this.held.is_empty()) {
                let piece = this.held.split_to(this.held.len().min(PIECE)).freeze();
                return Poll::Ready(Some(Ok(Frame::data(piece))));
            }
            if this.over {
                return Poll::Ready(None);
            }
            match ready!(Pin::new(&mut this.inner).poll_frame(context)) {
                Some(Ok(frame)) => {
                    let Ok(piece) = frame.into_data() else { continue };
                    this.held.extend_from_slice(&piece);
                }
                Some(Err(error)) => {
                    this.over = true;
                    this.held.clear();
                    return Poll::Ready(Some(Err(error)));
                }
                None => this.over = true,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::StreamExt as _;
    use http_body_util::StreamBody;

    /// The pieces that come of these, and whether the body came whole.
    async fn through(pieces: Vec<Result<Vec<u8>, BoxError>>) -> (Vec<Bytes>, bool) {
        let frames = futures_util::stream::iter(pieces).map(|piece| piece.map(|piece| Frame::data(Bytes::from(piece))));
        let mut body = Even::new(StreamBody::new(frames));
        let mut out = Vec::new();
        while let Some(frame) = body.frame().await {
            let Ok(frame) = frame else {
                assert!(body.frame().await.is_none(), "nothing follows an error");
                return (out, false);
            };
            out.push(frame.into_data().unwrap());
        }
        (out, true)
    }

    #[tokio::test]
    async fn pieces_tell_nothing_of_how_the_bytes_came() {
        let text: Vec<u8> = (0..PIECE * 3 + 17).map(|at| u8::try_from(at % 251).unwrap()).collect();
        let wanted: Vec<Bytes> = text.chunks(PIECE).map(Bytes::copy_from_slice).collect();
        for size in [1_000, 65_535, 65_536, 65_537, 150_000, text.len()] {
            let pieces = text.chunks(size).map(|piece| Ok(piece.to_vec())).collect();
            assert_eq!(through(pieces).await, (wanted.clone(), true), "pieces of {size}");
        }
        assert_eq!(through(vec![]).await, (vec![], true));
    }

    #[tokio::test]
    async fn an_answer_that_breaks_off_does_not_end_well_and_is_whole_pieces_until_there() {
        let broken = || Err(BoxError::from("broken"));
        assert_eq!(through(vec![Ok(vec![1; 100]), broken(), Ok(vec![2; 100])]).await, (vec![], false));
        let (pieces, whole) = through(vec![Ok(vec![1; PIECE + 9]), broken()]).await;
        assert_eq!((pieces.len(), pieces[0].len(), whole), (1, PIECE, false));
    }
}
