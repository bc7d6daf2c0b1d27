//! CSV, a piece at a time: RFC 4180's quotes, a delimiter of one byte, lines that end with LF or CRLF.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::records::{LONGEST_ROW, Record};
use crate::gateway::Error;

/// The most fields of a record.
const MOST_FIELDS: usize = 10_000;

/// Where reading stands.
pub(super) struct Csv {
    reader: Reader,
    fields: Vec<u8>,
    ends: Vec<usize>,
    filled: usize,
    ended: usize,
    over: bool,
}

impl Csv {
    pub(super) fn new(delimiter: u8) -> Self {
        Self {
            reader: ReaderBuilder::new().delimiter(delimiter).build(),
            fields: vec![0; 4096],
            ends: vec![0; 64],
            filled: 0,
            ended: 0,
            over: false,
        }
    }

    /// Reads on. Gives what of the input was used, and a record when one is whole. No input at all is the end of it.
    pub(super) fn read(&mut self, input: &[u8]) -> Result<(usize, Option<Record>), Error> {
        let mut used = 0;
        loop {
            if self.over {
                return Ok((input.len(), None));
            }
            let rest = input.get(used..).unwrap_or_default();
            let fields = self.fields.get_mut(self.filled..).unwrap_or_default();
            let ends = self.ends.get_mut(self.ended..).unwrap_or_default();
            let (result, read, written, ended) = self.reader.read_record(rest, fields, ends);
            used += read;
            self.filled += written;
            self.ended += ended;
            match result {
                ReadRecordResult::InputEmpty => return Ok((used, None)),
                ReadRecordResult::OutputFull if self.fields.len() < LONGEST_ROW => {
                    self.fields.resize(self.fields.len() * 2, 0);
                }
                ReadRecordResult::OutputEndsFull if self.ends.len() < MOST_FIELDS => {
                    self.ends.resize(self.ends.len() * 2, 0);
                }
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => return Err(Error::RowTooLarge),
                ReadRecordResult::Record => return Ok((used, Some(self.record()))),
                ReadRecordResult::End => {
                    self.over = true;
                    return Ok((used, None));
                }
            }
        }
    }

    fn record(&mut self) -> Record {
        let mut start = 0;
        let mut field = |end: &usize| {
            let bytes = self.fields.get(start..*end).unwrap_or_default();
            start = *end;
            std::str::from_utf8(bytes).ok().map(str::to_owned)
        };
        let fields: Option<Vec<String>> =
            self.ends.get(..self.ended).unwrap_or_default().iter().map(&mut field).collect();
        let record = match fields {
            Some(fields) => Record::Fields(fields),
            None => Record::Broken { why: "this is not UTF-8", text: String::new() },
        };
        (self.filled, self.ended) = (0, 0);
        record
    }
}
