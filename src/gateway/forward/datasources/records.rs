//! Records out of a body, one after another, in constant memory.

use std::time::Duration;

use bytes::{Buf as _, Bytes, BytesMut};
use futures_util::StreamExt as _;
use http_body_util::BodyStream;
use multer::{Field, Multipart};

use super::csv::Csv;
use crate::gateway::authorize::datasources::Source;
use crate::gateway::face::v0::datasources::Shape;
use crate::gateway::{Error, body};
use crate::upstream::Body;
use crate::upstream::intake::Given;

/// The longest row, in bytes.
pub(super) const LONGEST_ROW: usize = 4 << 20;
/// How much of a row that cannot be read is kept, in characters.
const KEPT_OF_BROKEN: usize = 1_000;
/// The parts of a multipart body that hold the file.
const FILES: [&str; 4] = ["csv", "ndjson", "json", "file"];

/// One record, as it was written.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Record {
    /// A JSON object.
    Members(Vec<(String, Given)>),
    /// A record of CSV.
    Fields(Vec<String>),
    /// It cannot be read.
    Broken { why: &'static str, text: String },
}

/// Reads records.
pub(super) struct Records {
    pieces: Pieces,
    shape: Reading,
    buffer: BytesMut,
    over: bool,
    first: bool,
}

enum Reading {
    Lines,
    Whole,
    Array(std::vec::IntoIter<Given>),
    Csv(Box<Csv>),
}

enum Pieces {
    Nothing,
    Whole(Option<Bytes>),
    Body { body: Body, idle: Duration },
    Part { field: Box<Option<Field<'static>>>, rest: Multipart<'static>, idle: Duration },
}

impl Records {
    pub(super) async fn open(source: Source, shape: Shape) -> Result<Self, Error> {
        let pieces = match source {
            Source::Nothing => Pieces::Nothing,
            Source::Whole(bytes) => Pieces::Whole(Some(bytes)),
            Source::Stream { body, boundary: None, idle } => Pieces::Body { body, idle },
            Source::Stream { body, boundary: Some(boundary), idle } => part(body, boundary, idle).await?,
        };
        let shape = match shape {
            Shape::Lines => Reading::Lines,
            Shape::Json => Reading::Whole,
            Shape::Csv { delimiter, .. } => Reading::Csv(Box::new(Csv::new(delimiter))),
        };
        Ok(Self { pieces, shape, buffer: BytesMut::new(), over: false, first: true })
    }

    /// The next record, or the end of them.
    pub(super) async fn next(&mut self) -> Result<Option<Record>, Error> {
        loop {
            if let Some(record) = self.buffered()? {
                return Ok(Some(record));
            }
            if self.over {
                return Ok(None);
            }
            match self.pieces.next().await? {
                Some(piece) => self.buffer.extend_from_slice(&piece),
                None => self.over = true,
            }
            if std::mem::take(&mut self.first) && self.buffer.starts_with(b"\xef\xbb\xbf") {
                self.buffer.advance(3);
            }
        }
    }

    /// A record that is here already.
    fn buffered(&mut self) -> Result<Option<Record>, Error> {
        match &mut self.shape {
            Reading::Csv(csv) => {
                if self.buffer.is_empty() && !self.over {
                    return Ok(None);
                }
                let (used, record) = csv.read(&self.buffer)?;
                self.buffer.advance(used.min(self.buffer.len()));
                Ok(record)
            }
            Reading::Lines => Ok(lines(&mut self.buffer, self.over)?.map(|line| object(&line))),
            Reading::Array(items) => Ok(items.next().map(member)),
            Reading::Whole if !self.over => {
                if self.buffer.len() > LONGEST_ROW * 4 {
                    Err(Error::RowTooLarge)
                } else {
                    Ok(None)
                }
            }
            Reading::Whole => {
                let whole = std::mem::take(&mut self.buffer);
                self.shape = Reading::Array(Vec::new().into_iter());
                if whole.iter().all(u8::is_ascii_whitespace) {
                    return Ok(None);
                }
                // As one text it is sound or not: there are no rows to tell apart.
                let items = match Given::parse(&whole).map_err(Error::Malformed)? {
                    Given::List(items) => items,
                    one => vec![one],
                };
                let mut items = items.into_iter();
                let first = items.next().map(member);
                self.shape = Reading::Array(items);
                Ok(first)
            }
        }
    }
}

/// The next line that is not blank, without its end.
fn lines(buffer: &mut BytesMut, over: bool) -> Result<Option<Bytes>, Error> {
    loop {
        let line = match buffer.iter().position(|byte| *byte == b'\n') {
            Some(end) => {
                let line = buffer.split_to(end).freeze();
                buffer.advance(1);
                line
            }
            None if buffer.len() > LONGEST_ROW => return Err(Error::RowTooLarge),
            None if over && !buffer.is_empty() => buffer.split().freeze(),
            None => return Ok(None),
        };
        if line.len() > LONGEST_ROW {
            return Err(Error::RowTooLarge);
        }
        if !line.iter().all(u8::is_ascii_whitespace) {
            return Ok(Some(line));
        }
    }
}

fn object(line: &[u8]) -> Record {
    match Given::parse(line) {
        Ok(given) => member(given),
        Err(why) => Record::Broken { why, text: kept(&String::from_utf8_lossy(line)) },
    }
}

fn member(given: Given) -> Record {
    match given {
        Given::Object(members) => Record::Members(members),
        other => Record::Broken { why: "this is no JSON object", text: kept(&other.to_json()) },
    }
}

fn kept(text: &str) -> String {
    text.chars().filter(|c| *c != '\0').take(KEPT_OF_BROKEN).collect()
}

impl Pieces {
    async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        match self {
            Self::Nothing => Ok(None),
            Self::Whole(bytes) => Ok(bytes.take()),
            Self::Body { body, idle } => body::piece(body, *idle).await,
            Self::Part { field: part, rest, idle } => {
                let Some(field) = part.as_mut() else { return Ok(None) };
                let chunk = tokio::time::timeout(*idle, field.chunk()).await.map_err(|_| Error::BodyTooSlow)?;
                if let Some(chunk) = chunk.map_err(broken)? {
                    return Ok(Some(chunk));
                }
                // The end of the file is not the end of the body: a cut one must not pass for a whole one.
                **part = None;
                let next = tokio::time::timeout(*idle, rest.next_field()).await.map_err(|_| Error::BodyTooSlow)?;
                if next.map_err(broken)?.is_some_and(|field| is_file(&field)) {
                    return Err(Error::Parameter("send one file at a time".to_owned()));
                }
                Ok(None)
            }
        }
    }
}

fn is_file(field: &Field<'_>) -> bool {
    field.name().is_some_and(|name| FILES.contains(&name))
}

/// Leads to the part with the file; what stands before it is passed over.
async fn part(body: Body, boundary: String, idle: Duration) -> Result<Pieces, Error> {
    let data = BodyStream::new(body).filter_map(|frame| async move {
        match frame {
            Ok(frame) => frame.into_data().ok().map(Ok),
            Err(error) => Some(Err(std::io::Error::other(error))),
        }
    });
    let mut rest = Multipart::new(data, boundary);
    for _ in 0..16 {
        let next = tokio::time::timeout(idle, rest.next_field()).await.map_err(|_| Error::BodyTooSlow)?;
        match next.map_err(broken)? {
            Some(field) if is_file(&field) => return Ok(Pieces::Part { field: Box::new(Some(field)), rest, idle }),
            Some(_) => {}
            None => break,
        }
    }
    Err(Error::Parameter("the body has no part `csv`, `ndjson` or `file`".to_owned()))
}

fn broken(error: multer::Error) -> Error {
    match error {
        multer::Error::StreamReadFailed(error) => match error.downcast::<std::io::Error>() {
            Ok(error) => error.into_inner().map_or(Error::BodyBroken, body::broken),
            Err(error) => body::broken(error),
        },
        _ => Error::Malformed("the multipart body is malformed"),
    }
}
