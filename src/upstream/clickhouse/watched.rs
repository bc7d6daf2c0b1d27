//! Watches a body for ClickHouse's exception.
//!
//! Once a 200 has begun, ClickHouse (25.11 and later) tells of an exception inside the body:
//! `\r\n__exception__\r\n<tag>\r\n<message>…`, with the random tag of the header `X-ClickHouse-Exception-Tag`, so that no
//! row can pretend to be one. Everything before the mark is passed on, the mark and what follows is not, and the body
//! ends as an error. Only as many bytes are held back as could be the beginning of a mark.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use http_body::{Body, Frame};

use crate::upstream::BoxError;

/// The engine broke off in the middle of its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the engine broke off its answer")]
pub(super) struct BrokenOff;

/// A body without the engine's exception.
#[derive(Debug)]
pub(in crate::upstream) struct Watched<B> {
    inner: B,
    mark: Vec<u8>,
    /// What could be the beginning of the mark: shorter than it.
    held: BytesMut,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Rows,
    Marked,
    Over,
}

impl<B> Watched<B> {
    pub(super) fn new(inner: B, tag: &str) -> Self {
        let mark = format!("\r\n__exception__\r\n{tag}\r\n").into_bytes();
        Self { inner, mark, held: BytesMut::new(), state: State::Rows }
    }

    /// For an engine behind something that drops the tag: a row that holds the same words ends the body too.
    pub(in crate::upstream) fn untagged(inner: B) -> Self {
        Self { inner, mark: b"DB::Exception".to_vec(), held: BytesMut::new(), state: State::Rows }
    }

    /// Takes a piece in and gives what can no longer be part of a mark.
    fn feed(&mut self, piece: Bytes) -> Bytes {
        let text = if self.held.is_empty() {
            piece
        } else {
            self.held.extend_from_slice(&piece);
            self.held.split().freeze()
        };
        if let Some(at) = find(&text, &self.mark) {
            self.state = State::Marked;
            return text.slice(..at);
        }
        let keep = beginning(&text, &self.mark);
        self.held.extend_from_slice(text.get(text.len() - keep..).unwrap_or_default());
        text.slice(..text.len() - keep)
    }
}

impl<B: Body<Data = Bytes, Error = BoxError> + Unpin> Body for Watched<B> {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        while this.state == State::Rows {
            match ready!(Pin::new(&mut this.inner).poll_frame(context)) {
                Some(Ok(frame)) => {
                    let Ok(piece) = frame.into_data() else { continue };
                    let free = this.feed(piece);
                    if !free.is_empty() {
                        return Poll::Ready(Some(Ok(Frame::data(free))));
                    }
                }
                Some(Err(error)) => {
                    this.state = State::Over;
                    return Poll::Ready(Some(Err(error)));
                }
                None => {
                    this.state = State::Over;
                    let rest = this.held.split().freeze();
                    return Poll::Ready((!rest.is_empty()).then(|| Ok(Frame::data(rest))));
                }
            }
        }
        let marked = std::mem::replace(&mut this.state, State::Over) == State::Marked;
        Poll::Ready(marked.then(|| Err(BrokenOff.into())))
    }
}

/// Where the mark begins. A mark begins with a byte that rows hardly ever hold.
pub(super) fn find(text: &[u8], mark: &[u8]) -> Option<usize> {
    let first = mark.first()?;
    let mut from = 0;
    while let Some(rest) = text.get(from..) {
        let at = from + rest.iter().position(|byte| byte == first)?;
        if text.get(at..).is_some_and(|here| here.starts_with(mark)) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

/// How many of the last bytes are the beginning of a mark.
pub(super) fn beginning(text: &[u8], mark: &[u8]) -> usize {
    let longest = text.len().min(mark.len().saturating_sub(1));
    let ends_with = |length: &usize| mark.get(..*length).is_some_and(|start| text.ends_with(start));
    (1..=longest).rev().find(ends_with).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TAG: &str = "abcdefghijklmnop";

    /// What comes out when the text comes in pieces of one size.
    fn through(text: &[u8], size: usize) -> (Vec<u8>, State) {
        let mut watched = Watched::new((), TAG);
        let mut out = Vec::new();
        for piece in text.chunks(size) {
            if watched.state == State::Rows {
                out.extend_from_slice(&watched.feed(Bytes::copy_from_slice(piece)));
                assert!(watched.held.len() < watched.mark.len());
            }
        }
        if watched.state == State::Rows {
            out.extend_from_slice(&watched.held);
        }
        (out, watched.state)
    }

    #[test]
    fn nothing_of_an_exception_passes_however_it_is_cut() {
        let text = format!(
            "1\r\n\r\n__exc\n2\n\r\n__exception__\r\n{TAG}\r\nCode: 395. secret\r\n9 {TAG}\r\n__exception__\r\n"
        );
        for size in 1..=text.len() {
            let (out, state) = through(text.as_bytes(), size);
            assert_eq!(String::from_utf8(out).unwrap(), "1\r\n\r\n__exc\n2\n", "pieces of {size}");
            assert_eq!(state, State::Marked, "pieces of {size}");
        }
    }

    #[test]
    fn rows_pass_whole_even_when_they_speak_of_exceptions() {
        let text = format!("a\r\n__exception__\r\nwrong\r\n{TAG}\r\n\r\n__exception__\r\nabcdefghijklmno");
        for size in 1..=text.len() {
            let (out, state) = through(text.as_bytes(), size);
            assert_eq!((String::from_utf8(out).unwrap(), state), (text.clone(), State::Rows), "pieces of {size}");
        }
    }

    /// Pieces of marks, whole ones among them, and other bytes.
    fn nearly() -> impl Strategy<Value = Vec<u8>> {
        let part = prop_oneof![
            Just(format!("\r\n__exception__\r\n{TAG}\r\n")),
            Just("\r\n".to_owned()),
            Just("__exception__".to_owned()),
            Just(TAG.to_owned()),
            "[\r\na_]{0,3}",
        ];
        prop::collection::vec(part, 0..8).prop_map(|parts| parts.concat().into_bytes())
    }

    proptest! {
        #[test]
        fn exactly_what_stands_before_the_first_mark_passes(
            text in nearly(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
        ) {
            let mark = format!("\r\n__exception__\r\n{TAG}\r\n").into_bytes();
            let first = (0..text.len()).find(|at| text[*at..].starts_with(&mark));
            let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(text.len() + 1)).collect();
            places.extend([0, text.len()]);
            places.sort_unstable();
            let (mut watched, mut out) = (Watched::new((), TAG), Vec::new());
            for ends in places.windows(2) {
                if watched.state == State::Rows {
                    out.extend_from_slice(&watched.feed(Bytes::copy_from_slice(&text[ends[0]..ends[1]])));
                }
            }
            if watched.state == State::Rows {
                out.extend_from_slice(&watched.held);
            }
            prop_assert_eq!(watched.state == State::Marked, first.is_some());
            prop_assert_eq!(out, text[..first.unwrap_or(text.len())].to_vec());
        }
    }
}
