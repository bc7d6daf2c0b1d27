//! `Native` beside a row filter, made of rows.
//!
//! ClickHouse's own `Native` ends a block where its reading of the table did, every 65,409 rows: a block shows how many of
//! those a filter left. So the engine is asked for `RowBinaryWithNamesAndTypes`, in which rows stand one after another and
//! nothing tells of blocks, and the blocks are put together here. They end by what is in them alone:
//!
//! | rule | |
//! |---|---|
//! | a block ends | at [`BLOCK_ROWS`] rows, or when its values have [`BLOCK_BYTES`] |
//! | no rows | no bytes at all, as the engine writes it |
//! | the same rows in one block | the engine's bytes (a value under a NULL is the type's own zero) |
//! | a type that is not known | [`Refused`], before any row |
//! | more than [`LARGEST_ROW`] in one row, rows that are none, an end in the middle of one | the answer breaks off |
//!
//! Both formats are those of ClickHouse 26.7 over HTTP without a `client_protocol_version`.

mod column;
mod kind;
mod rows;
#[cfg(test)]
mod tests;

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use http_body::{Body, Frame};
use http_body_util::BodyExt as _;

use super::client;
use super::{BoxError, UpstreamError};
use column::Column;
use kind::Kind;
use rows::{Cursor, Trouble};

/// What the engine is asked for instead.
pub(super) const ROWS: &str = "RowBinaryWithNamesAndTypes";

/// The most rows in a block: as many as the engine reads at a time.
const BLOCK_ROWS: usize = 65_409;
/// A block ends with the row in which its values reach this, in bytes.
const BLOCK_BYTES: usize = 1 << 20;
/// The most that one row may take, in bytes.
const LARGEST_ROW: usize = 256 << 20;
/// The longest names and types of all columns, in bytes.
const LARGEST_HEAD: usize = 4 << 20;
/// How much of a type's name is told, in characters, and ClickHouse's number for that error.
const LONGEST_SHOWN: usize = 100;
const NOT_IMPLEMENTED: i32 = 48;
/// The most columns.
const MOST_COLUMNS: usize = 16_384;

/// What came is not rows of the types that it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the engine's rows cannot be read")]
struct Unreadable;

/// Why no answer begins.
#[derive(Debug)]
pub(super) enum Refused {
    /// A column of a type that cannot be written, named.
    Type(String),
    /// There is no head, or none that can be read.
    Unreadable,
    /// The body broke.
    Broken,
}

impl From<Refused> for UpstreamError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Type(name) => {
                let name = client::shortened(&name, LONGEST_SHOWN);
                let message = format!(
                    "the format `Native` is not written for the type `{name}` beside a row filter: ask for another one, \
                     such as RowBinaryWithNamesAndTypes or JSONEachRow"
                );
                Self::Rejected { code: Some(NOT_IMPLEMENTED), message }
            }
            Refused::Unreadable | Refused::Broken => Self::BadAnswer,
        }
    }
}

/// Turns rows into blocks.
#[derive(Debug)]
struct Blocks {
    /// Bytes of rows that are not whole yet.
    held: BytesMut,
    /// How many bytes of a row have to be there before it is looked at again.
    wanted: usize,
    columns: Vec<(Bytes, Column)>,
    rows: usize,
    /// What the values of the block take, in bytes.
    size: usize,
}

/// A body of `Native`.
#[derive(Debug)]
pub(super) struct Native<B> {
    inner: B,
    blocks: Blocks,
    over: bool,
}

impl<B: Body<Data = Bytes, Error = BoxError> + Unpin> Native<B> {
    /// Reads the head: the names and types of the columns.
    ///
    /// # Errors
    /// [`Refused`].
    pub(super) async fn begin(mut inner: B) -> Result<Self, Refused> {
        let mut held = BytesMut::new();
        loop {
            match head(&held) {
                Ok((length, columns)) => {
                    let _ = held.split_to(length);
                    let blocks = Blocks { held, wanted: 0, columns, rows: 0, size: 0 };
                    return Ok(Self { inner, blocks, over: false });
                }
                Err(HeadTrouble::Type(name)) => return Err(Refused::Type(name)),
                Err(HeadTrouble::Short) if held.len() <= LARGEST_HEAD => {}
                Err(HeadTrouble::Short | HeadTrouble::Wrong) => return Err(Refused::Unreadable),
            }
            match inner.frame().await {
                Some(Ok(frame)) => held.extend_from_slice(&frame.into_data().unwrap_or_default()),
                Some(Err(_)) => return Err(Refused::Broken),
                None => return Err(Refused::Unreadable),
            }
        }
    }
}

impl<B: Body<Data = Bytes, Error = BoxError> + Unpin> Body for Native<B> {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        while !this.over {
            // One block at a time: what is made is taken before more is read.
            let block = match this.blocks.next(false) {
                Ok(Some(block)) => Ok(block),
                Ok(None) => match ready!(Pin::new(&mut this.inner).poll_frame(context)) {
                    Some(Ok(frame)) => {
                        this.blocks.held.extend_from_slice(&frame.into_data().unwrap_or_default());
                        continue;
                    }
                    Some(Err(error)) => Err(error),
                    None => match this.blocks.next(true) {
                        Ok(Some(block)) => Ok(block),
                        Ok(None) => {
                            this.over = true;
                            continue;
                        }
                        Err(error) => Err(error.into()),
                    },
                },
                Err(error) => Err(error.into()),
            };
            this.over = block.is_err();
            return Poll::Ready(Some(block.map(Frame::data)));
        }
        Poll::Ready(None)
    }
}

impl Blocks {
    /// The next block that is full; at the end of the rows the last one too.
    fn next(&mut self, ended: bool) -> Result<Option<Bytes>, Unreadable> {
        if ended || self.held.len() >= self.wanted {
            self.take(ended)?;
        }
        if self.is_full() || (ended && self.rows > 0) {
            return Ok(Some(self.write()));
        }
        Ok(None)
    }

    fn is_full(&self) -> bool {
        self.rows >= BLOCK_ROWS || self.size >= BLOCK_BYTES
    }

    /// Takes rows in until the block is full, or until no whole row is left.
    fn take(&mut self, ended: bool) -> Result<(), Unreadable> {
        let mut from = 0;
        while !self.is_full() && from < self.held.len() {
            let mut cursor = Cursor::new(self.held.get(from..).unwrap_or_default(), LARGEST_ROW);
            let outcome = self.columns.iter_mut().try_for_each(|(_, column)| column.push(&mut cursor));
            match outcome {
                // Every value takes a byte at least; rows of none would go on for ever.
                Ok(()) if cursor.taken() == 0 => return Err(Unreadable),
                Ok(()) => {
                    from += cursor.taken();
                    self.size += cursor.written();
                    self.rows += 1;
                    self.columns.iter_mut().for_each(|(_, column)| column.keep());
                }
                Err(Trouble::Short) if !ended && self.held.len() - from <= LARGEST_ROW => {
                    self.columns.iter_mut().for_each(|(_, column)| column.forget());
                    // Twice as much each time: a long row is looked at a few times, not once for each piece of it.
                    self.wanted = (self.held.len() - from).saturating_mul(2);
                    let _ = self.held.split_to(from);
                    return Ok(());
                }
                Err(Trouble::Short | Trouble::Wrong) => return Err(Unreadable),
            }
        }
        self.wanted = 0;
        let _ = self.held.split_to(from.min(self.held.len()));
        Ok(())
    }

    /// The block, written; the next one is empty.
    fn write(&mut self) -> Bytes {
        let mut out = Vec::with_capacity(self.size + self.size / 8 + 256);
        column::varint(&mut out, self.columns.len());
        column::varint(&mut out, self.rows);
        for (head, column) in &mut self.columns {
            out.extend_from_slice(head);
            column.prefix(&mut out);
            column.write(&mut out);
            column.clear();
        }
        (self.rows, self.size) = (0, 0);
        out.into()
    }
}

#[derive(Debug, PartialEq, Eq)]
enum HeadTrouble {
    /// More has to come.
    Short,
    Wrong,
    /// A type that cannot be written.
    Type(String),
}

impl From<Trouble> for HeadTrouble {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Short => Self::Short,
            Trouble::Wrong => Self::Wrong,
        }
    }
}

/// How long the head is, and each column with what stands before its values in a block: name and type.
fn head(held: &[u8]) -> Result<(usize, Vec<(Bytes, Column)>), HeadTrouble> {
    let mut cursor = Cursor::new(held, LARGEST_HEAD);
    let count = cursor.varint()?;
    if count == 0 || count > MOST_COLUMNS {
        return Err(HeadTrouble::Wrong);
    }
    let names = (0..count).map(|_| cursor.text()).collect::<Result<Vec<_>, _>>()?;
    let types = (0..count).map(|_| cursor.text()).collect::<Result<Vec<_>, _>>()?;
    let columns = names.into_iter().zip(types).map(|(name, written)| {
        let text = std::str::from_utf8(written).map_err(|_| HeadTrouble::Wrong)?;
        let column = Kind::parse(text).map(Column::new).ok_or_else(|| HeadTrouble::Type(text.to_owned()))?;
        // Without a protocol version the engine takes this one for a client's that knows no time zones.
        let shown = if text.starts_with("DateTime(") { "DateTime" } else { text };
        let mut head = Vec::with_capacity(name.len() + shown.len() + 8);
        column::text(&mut head, name);
        column::text(&mut head, shown.as_bytes());
        Ok((head.into(), column))
    });
    Ok((cursor.taken(), columns.collect::<Result<_, HeadTrouble>>()?))
}
