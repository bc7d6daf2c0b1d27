//! Takes a count out of JSON answers that hidden rows have a part in.
//!
//! `rows_before_limit_at_least` depends on where ClickHouse's blocks end, and with that on rows that a filter hides (26.7:
//! the same three rows before a LIMIT are 3, 8 or 20 with other rows between them). For a filtered query its value is
//! replaced by that of `rows`, which it is at least.
//!
//! The counts stand at the end, behind a line feed and a tab, which no JSON string can hold. Rows are passed on as they
//! come; what follows the mark is held back until the answer is complete.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use http_body::{Body, Frame};

use crate::upstream::{BoxError, Format};

use super::watched::{beginning, find};

/// Where the counts begin.
const MARK: &[u8] = b"\n\t\"rows\": ";
/// The count that is replaced.
const BEFORE_LIMIT: &[u8] = b"\n\t\"rows_before_limit_at_least\": ";
/// The longest end of an answer, in bytes: two counts and statistics.
const LONGEST_END: usize = 4096;

/// The counts at the end of an answer are longer than counts can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the engine's counts cannot be read")]
pub(super) struct Uncounted;

/// A body whose counts tell of no hidden row.
#[derive(Debug)]
pub(in crate::upstream) struct Counted<B> {
    inner: B,
    /// What could be the beginning of the mark; behind it, the end of the answer.
    held: BytesMut,
    state: State,
    bare: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Rows,
    Counts,
    Over,
}

/// Whether answers of this format end in counts.
pub(in crate::upstream) fn has_counts(format: Format) -> bool {
    matches!(format.name(), "JSON" | "JSONCompact" | "JSONStrings" | "JSONCompactStrings" | "JSONColumnsWithMetadata")
}

impl<B> Counted<B> {
    pub(super) fn new(inner: B) -> Self {
        Self { inner, held: BytesMut::new(), state: State::Rows, bare: false }
    }

    /// For an engine that cannot be asked to leave its statistics out: they are left out here, and an answer in which the
    /// counts are not found ends as an error.
    pub(in crate::upstream) fn bare(inner: B) -> Self {
        Self { bare: true, ..Self::new(inner) }
    }

    /// Takes a piece in and gives what can no longer be part of the counts.
    fn feed(&mut self, piece: &[u8]) -> Result<Bytes, Uncounted> {
        self.held.extend_from_slice(piece);
        if self.state == State::Rows {
            let (free, marked) = match find(&self.held, MARK) {
                Some(at) => (at, true),
                None => (self.held.len() - beginning(&self.held, MARK), false),
            };
            if marked {
                self.state = State::Counts;
            }
            return Ok(self.held.split_to(free).freeze());
        }
        if self.held.len() > LONGEST_END { Err(Uncounted) } else { Ok(Bytes::new()) }
    }

    /// What was held back, with the count replaced.
    fn end(&mut self) -> Result<Bytes, Uncounted> {
        let held = self.held.split().freeze();
        if self.bare { bare_end(&held) } else { Ok(Self::counted(held)) }
    }

    fn counted(held: Bytes) -> Bytes {
        let Some(start) = find(&held, BEFORE_LIMIT).map(|at| at + BEFORE_LIMIT.len()) else { return held };
        let (rows, count) = (digits(&held, MARK.len()), digits(&held, start).len());
        let mut out = BytesMut::from(held.get(..start).unwrap_or_default());
        out.extend_from_slice(rows);
        out.extend_from_slice(held.get(start + count..).unwrap_or_default());
        out.freeze()
    }
}

/// The number of rows and nothing else: what stands behind it is not copied.
fn bare_end(held: &[u8]) -> Result<Bytes, Uncounted> {
    let rows = if held.starts_with(MARK) { digits(held, MARK.len()) } else { &[] };
    if rows.is_empty() {
        return Err(Uncounted);
    }
    let mut out = BytesMut::from(MARK);
    out.extend_from_slice(rows);
    if find(held, BEFORE_LIMIT).is_some() {
        out.extend_from_slice(b",\n");
        out.extend_from_slice(BEFORE_LIMIT);
        out.extend_from_slice(rows);
    }
    out.extend_from_slice(b"\n}\n");
    Ok(out.freeze())
}

fn digits(held: &[u8], from: usize) -> &[u8] {
    let rest = held.get(from..).unwrap_or_default();
    rest.get(..rest.iter().take_while(|byte| byte.is_ascii_digit()).count()).unwrap_or_default()
}

impl<B: Body<Data = Bytes, Error = BoxError> + Unpin> Body for Counted<B> {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        while this.state != State::Over {
            match ready!(Pin::new(&mut this.inner).poll_frame(context)) {
                Some(Ok(frame)) => {
                    let Ok(piece) = frame.into_data() else { continue };
                    match this.feed(&piece) {
                        Ok(free) if free.is_empty() => {}
                        Ok(free) => return Poll::Ready(Some(Ok(Frame::data(free)))),
                        Err(error) => {
                            this.state = State::Over;
                            return Poll::Ready(Some(Err(error.into())));
                        }
                    }
                }
                Some(Err(error)) => {
                    this.state = State::Over;
                    return Poll::Ready(Some(Err(error)));
                }
                None => {
                    this.state = State::Over;
                    return Poll::Ready(match this.end() {
                        Ok(rest) => (!rest.is_empty()).then(|| Ok(Frame::data(rest))),
                        Err(error) => Some(Err(error.into())),
                    });
                }
            }
        }
        Poll::Ready(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(text: &str, size: usize) -> String {
        let mut counted = Counted::new(());
        let mut out = Vec::new();
        for piece in text.as_bytes().chunks(size) {
            out.extend_from_slice(&counted.feed(piece).unwrap());
        }
        out.extend_from_slice(&counted.end().unwrap());
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_count_before_the_limit_is_that_of_the_rows_however_the_answer_is_cut() {
        let rows = "{\n\t\"data\":\n\t[\n\t\t[\"\\n\\t\\\"rows\\\": 9\"]\n\t],\n\n";
        for (end, wanted) in [
            (
                "\t\"rows\": 3,\n\n\t\"rows_before_limit_at_least\": 20\n}\n",
                "\t\"rows\": 3,\n\n\t\"rows_before_limit_at_least\": 3\n}\n",
            ),
            ("\t\"rows\": 3\n}\n", "\t\"rows\": 3\n}\n"),
            ("", ""),
        ] {
            for size in [1, 2, 7, 64, 4096] {
                assert_eq!(through(&format!("{rows}{end}"), size), format!("{rows}{wanted}"), "{size}");
            }
        }
    }

    #[test]
    fn what_an_engine_cannot_be_asked_to_leave_out_is_left_out_here() {
        let end = "\t\"rows\": 3,\n\n\t\"rows_before_limit_at_least\": 20,\n\n\t\"statistics\":\n\t{\n\t\t\"rows_read\": 99\n\t}\n}\n";
        let through = |text: &str| {
            let mut counted = Counted::bare(());
            let mut out = counted.feed(text.as_bytes()).unwrap().to_vec();
            out.extend_from_slice(&counted.end().ok()?);
            String::from_utf8(out).ok()
        };
        let wanted = "{\n\t\"rows\": 3,\n\n\t\"rows_before_limit_at_least\": 3\n}\n";
        assert_eq!(through(&format!("{{\n{end}")).as_deref(), Some(wanted));
        assert_eq!(through("{\"data\":[],\"rows\":3,\"statistics\":{\"rows_read\":99}}"), None, "another layout");
        assert_eq!(through(""), None);
    }

    #[test]
    fn an_end_that_never_ends_is_an_error() {
        let mut counted = Counted::new(());
        counted.feed(b"\n\t\"rows\": ").unwrap();
        assert_eq!(counted.feed(&[b'1'; LONGEST_END]), Err(Uncounted));
    }
}
