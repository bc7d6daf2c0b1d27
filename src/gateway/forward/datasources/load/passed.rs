//! Rows on their way to an upstream that takes them as they are given, and judges by itself which of them fit.
//!
//! - A record is read here and written anew, a JSON text a line: nothing that cannot be read goes on as it is.
//! - Rows are added in batches, each of which the upstream has acknowledged before the next is sent. The counts are the
//!   upstream's.
//! - A replacement is one request, which is broken off when the rows are: then nothing has changed.

use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::Partly;
use super::batch::{Columns, Tally, places};
use crate::gateway::Error;
use crate::gateway::authorize::datasources::Load;
use crate::gateway::face::v0::datasources::Mode;
use crate::gateway::forward::Forward;
use crate::gateway::forward::datasources::records::{Record, Records};
use crate::upstream::intake::{Cell, Field, Given, fit, write_json};
use crate::upstream::v0::{Counts, Piece, Rows, V0};

/// Lines go on when they are this long together, in bytes. Events may be 10 MB, a row that is put on top 4 MiB.
const BATCH_BYTES: usize = 4 << 20;

/// Lines that are ready.
struct Lines<'a> {
    records: &'a mut Records,
    waiting: std::vec::IntoIter<Record>,
    header: Option<bool>,
    fields: Vec<Field>,
    columns: Columns,
    /// Lines that could not be read: events are not told of them.
    broken: u64,
    most: usize,
    /// When to stop reading, so that there is time to say what is in.
    until: Instant,
}

impl Forward {
    /// Sends the rows on and waits until the upstream has them.
    pub(super) async fn pass_on(
        &self,
        v0: &V0,
        load: &Load,
        (records, waiting, header): (&mut Records, Vec<Record>, Option<bool>),
        fields: Vec<Field>,
    ) -> Result<Tally, Error> {
        let fields = fields.into_iter().filter(|field| field.insertable).collect();
        let lines = Lines {
            records,
            waiting: waiting.into_iter(),
            header,
            fields,
            columns: Columns::Unknown,
            broken: 0,
            most: self.batch_rows,
            until: Instant::now() + self.append_timeout,
        };
        match load.mode {
            Mode::Create | Mode::Append => append(v0, load, lines).await,
            Mode::Replace => replace(v0, load, lines, self.append_timeout).await,
        }
    }
}

async fn append(v0: &V0, load: &Load, mut lines: Lines<'_>) -> Result<Tally, Error> {
    let mut tally = Tally::default();
    let partly = |error: Error, tally: Tally, doubt: u64| {
        Error::Partly(Box::new(Partly { error, rows: tally.rows, quarantined: tally.quarantined, doubt }))
    };
    loop {
        let (batch, count) = match lines.next().await {
            Ok(Some(batch)) => batch,
            Ok(None) => return Ok(tally),
            Err(error) => return Err(partly(error, tally, 0)),
        };
        let rows = Rows { table: load.shown.table.clone(), lines: batch, count, filtered: load.filtered };
        let (counts, error) = v0.append(&rows).await;
        add(&mut tally, counts);
        tally.invalid = lines.broken.min(tally.quarantined);
        if let Some(error) = error {
            return Err(partly(Error::Upstream(error), tally, counts.doubt));
        }
    }
}

async fn replace(v0: &V0, load: &Load, mut lines: Lines<'_>, patience: Duration) -> Result<Tally, Error> {
    let (sender, receiver) = mpsc::channel(1);
    // It owns the sender: when it ends, so do the pieces.
    let feed = async move {
        loop {
            let piece = match lines.next().await? {
                Some((batch, count)) => Piece::Lines(batch, count),
                None => Piece::Last,
            };
            let last = matches!(piece, Piece::Last);
            // Nobody listens any more when the upstream has said no: its answer tells.
            if sender.send(piece).await.is_err() || last {
                return Ok::<(), Error>(());
            }
        }
    };
    let (fed, replaced) = tokio::join!(feed, v0.replace(&load.shown.table, receiver, load.filtered, patience));
    // The client's trouble comes first: the upstream's follows from it.
    fed?;
    let mut tally = Tally::default();
    add(&mut tally, replaced.map_err(Error::Upstream)?);
    Ok(tally)
}

fn add(tally: &mut Tally, counts: Counts) {
    tally.rows += counts.rows;
    tally.quarantined += counts.quarantined;
    tally.invalid += counts.invalid;
}

impl Lines<'_> {
    /// The next lines and how many they are, or the end.
    async fn next(&mut self) -> Result<Option<(Bytes, u64)>, Error> {
        let (mut out, mut count) = (String::new(), 0);
        while out.len() < BATCH_BYTES && count < self.most as u64 {
            let record = match self.waiting.next() {
                Some(record) => record,
                None => {
                    let next = tokio::time::timeout_at(self.until, self.records.next());
                    match next.await.map_err(|_| Error::TimedOut)? {
                        Ok(Some(record)) => record,
                        Ok(None) => break,
                        Err(error) => return Err(error),
                    }
                }
            };
            if self.write(&mut out, record)? {
                count += 1;
            }
        }
        Ok((count > 0).then(|| (out.into(), count)))
    }

    /// Whether it is a row: the header of CSV is none.
    fn write(&mut self, out: &mut String, record: Record) -> Result<bool, Error> {
        match record {
            Record::Members(members) => out.push_str(&Given::Object(members).to_json()),
            Record::Fields(texts) => {
                if let Columns::Unknown = self.columns {
                    let (found, is_header) = places(&self.fields, &texts, self.header)?;
                    self.columns = Columns::At(found);
                    if is_header {
                        return Ok(false);
                    }
                }
                self.fields_of_csv(out, texts);
            }
            // A text and no object: no upstream takes it for a row, and its quarantine keeps it.
            Record::Broken { why, text } => self.unreadable(out, format!("{why}: {text}")),
        }
        out.push('\n');
        Ok(true)
    }

    /// An object of what the fields are to their columns; what does not fit goes on as text, for the quarantine.
    fn fields_of_csv(&mut self, out: &mut String, texts: Vec<String>) {
        let Columns::At(at) = &self.columns else { return };
        if texts.len() != at.len() {
            let why = format!("the row has {} fields instead of {}", texts.len(), at.len());
            return self.unreadable(out, format!("{why}: {}", texts.join(",")));
        }
        out.push('{');
        let mut first = true;
        for (text, place) in texts.into_iter().zip(at) {
            let Some(field) = place.and_then(|place| self.fields.get(place)) else { continue };
            let given = Given::Text(text);
            let fitted = fit(field, Some(&given), true);
            if fitted == Ok(Cell::Omitted) {
                continue;
            }
            if !std::mem::take(&mut first) {
                out.push(',');
            }
            out.push_str(&Given::Text(field.name.clone()).to_json());
            out.push(':');
            match fitted {
                Ok(cell) => write_json(out, &cell),
                Err(_) => out.push_str(&given.to_json()),
            }
        }
        out.push('}');
    }

    fn unreadable(&mut self, out: &mut String, text: String) {
        self.broken += 1;
        out.push_str(&Given::Text(text).to_json());
    }
}
