//! A batch: rows that are ready, and rows that are not fit.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::time::Instant;

use super::Partly;
use crate::catalog::TableName;
use crate::gateway::Error;
use crate::gateway::authorize::datasources::Load;
use crate::gateway::forward::Forward;
use crate::gateway::forward::datasources::records::{Record, Records};
use crate::upstream::Upstream;
use crate::upstream::change::{Insert, RefusedRow};
use crate::upstream::intake::{Cell, Field, Given, Row, fit};

/// A batch goes in when it weighs this much, in bytes.
const BATCH_BYTES: usize = 4 << 20;

/// Rows that are ready, and rows that are not fit.
pub(super) struct Batch {
    pub(super) upstream: Arc<Upstream>,
    pub(super) table: TableName,
    pub(super) quarantine: TableName,
    pub(super) fields: Arc<[Field]>,
    pub(super) filtered: bool,
    /// Names the import; with a number behind it, a batch.
    pub(super) id: String,
    pub(super) sent: usize,
    pub(super) rows: Vec<Row>,
    pub(super) unfit: Vec<Unfit>,
    pub(super) weight: usize,
    pub(super) most: usize,
    /// When to stop reading, so that there is time to say what is in.
    pub(super) until: Instant,
    /// Rows that the engine has confirmed, rows in the quarantine, and those of them that could not even be read.
    pub(super) tally: Tally,
    pub(super) quarantine_fields: Option<Arc<[Field]>>,
}

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    pub(super) rows: u64,
    pub(super) quarantined: u64,
    pub(super) invalid: u64,
}

/// A row that does not fit.
pub(super) struct Unfit {
    pub(super) errors: Vec<(String, String)>,
    /// Its values as text, in the order of the fields.
    pub(super) values: Vec<Option<String>>,
}

/// Where the fields of CSV go.
pub(super) enum Columns {
    Unknown,
    /// The field at each position; `None` is one that the table does not have.
    At(Vec<Option<usize>>),
}

impl Batch {
    pub(super) fn new(forward: &Forward, load: &Load, table: TableName, fields: Arc<[Field]>, id: String) -> Self {
        let fields: Arc<[Field]> = fields.iter().filter(|field| field.insertable).cloned().collect();
        let shown = &load.shown.table;
        Self {
            upstream: Arc::clone(&forward.upstream),
            quarantine: TableName::new(&shown.database, &format!("{}_quarantine", shown.table)),
            table,
            fields,
            filtered: load.filtered,
            id,
            sent: 0,
            rows: Vec::new(),
            unfit: Vec::new(),
            weight: 0,
            most: forward.batch_rows,
            until: Instant::now() + forward.append_timeout,
            tally: Tally::default(),
            quarantine_fields: None,
        }
    }

    pub(super) async fn fill(
        &mut self,
        records: &mut Records,
        waiting: Vec<Record>,
        header: Option<bool>,
    ) -> Result<(), Error> {
        let mut columns = Columns::Unknown;
        let mut waiting = waiting.into_iter();
        loop {
            let record = match waiting.next() {
                Some(record) => record,
                None => {
                    match tokio::time::timeout_at(self.until, records.next()).await.map_err(|_| Error::TimedOut)?? {
                        Some(record) => record,
                        None => break,
                    }
                }
            };
            self.take(record, &mut columns, header)?;
            if self.weight >= BATCH_BYTES || self.rows.len() + self.unfit.len() >= self.most {
                self.flush().await?;
            }
        }
        self.flush().await
    }

    fn take(&mut self, record: Record, columns: &mut Columns, header: Option<bool>) -> Result<(), Error> {
        match record {
            Record::Members(members) => {
                let mut given: HashMap<&str, &Given> = HashMap::with_capacity(members.len());
                given.extend(members.iter().map(|(name, value)| (name.as_str(), value)));
                let fields = Arc::clone(&self.fields);
                let values: Vec<_> = fields.iter().map(|field| given.get(field.name.as_str()).copied()).collect();
                self.fit(&values, false);
            }
            Record::Fields(texts) => {
                if let Columns::Unknown = columns {
                    let (found, is_header) = places(&self.fields, &texts, header)?;
                    *columns = Columns::At(found);
                    if is_header {
                        return Ok(());
                    }
                }
                let Columns::At(at) = &*columns else { return Ok(()) };
                if texts.len() != at.len() {
                    let why = format!("the row has {} fields instead of {}", texts.len(), at.len());
                    self.unreadable(why, &texts.join(","));
                    return Ok(());
                }
                let given: Vec<Given> = texts.into_iter().map(Given::Text).collect();
                let mut values = vec![None; self.fields.len()];
                for (value, place) in given.iter().zip(at) {
                    if let Some(slot) = place.and_then(|place| values.get_mut(place)) {
                        *slot = Some(value);
                    }
                }
                self.fit(&values, true);
            }
            Record::Broken { why, text } => self.unreadable(why.to_owned(), &text),
        }
        Ok(())
    }

    fn fit(&mut self, values: &[Option<&Given>], csv: bool) {
        let mut errors = Vec::new();
        let mut row = Vec::with_capacity(values.len());
        for (field, given) in self.fields.iter().zip(values) {
            match fit(field, *given, csv) {
                Ok(cell) => row.push(cell),
                Err(why) => errors.push((field.name.clone(), why)),
            }
        }
        if errors.is_empty() {
            self.weight += row.iter().map(Cell::weight).sum::<usize>();
            self.rows.push(row);
        } else {
            let values = values.iter().map(|given| given.and_then(Given::to_text)).collect();
            self.unfit(Unfit { errors, values });
        }
    }

    fn unreadable(&mut self, why: String, text: &str) {
        self.tally.invalid += 1;
        let text: String = text.chars().filter(|c| *c != '\0').take(1_000).collect();
        let why = if text.is_empty() { why } else { format!("{why}: {text}") };
        self.unfit(Unfit { errors: vec![(String::new(), why)], values: vec![None; self.fields.len()] });
    }

    fn unfit(&mut self, unfit: Unfit) {
        let texts = unfit.values.iter().flatten().chain(unfit.errors.iter().map(|(_, why)| why));
        self.weight += texts.map(|text| text.len() + size_of::<String>()).sum::<usize>();
        self.unfit.push(unfit);
    }

    /// Sends what is ready, and waits until the engine has it.
    async fn flush(&mut self) -> Result<(), Error> {
        self.weight = 0;
        let rows = Arc::new(std::mem::take(&mut self.rows));
        if !rows.is_empty() {
            self.sent += 1;
            let insert = Insert {
                table: self.table.clone(),
                fields: Arc::clone(&self.fields),
                rows: Arc::clone(&rows),
                token: format!("{}-{}", self.id, self.sent),
                filtered: self.filtered,
            };
            let refused = self.insert(&insert).await?;
            self.tally.rows += (rows.len() - refused.len()) as u64;
            for refused in refused {
                let Some(row) = rows.get(refused.row) else { continue };
                let values = row.iter().map(text).collect();
                self.unfit(Unfit { errors: vec![(String::new(), refused.reason.to_owned())], values });
            }
        }
        self.quarantine().await
    }

    pub(super) async fn insert(&self, insert: &Insert) -> Result<Vec<RefusedRow>, Error> {
        self.upstream.insert(insert).await.map_err(|lost| {
            let rows = insert.rows.len() as u64;
            let doubt = if lost.in_doubt { rows } else { 0 };
            Error::Partly(Box::new(Partly { error: Error::Upstream(lost.error), rows: 0, quarantined: 0, doubt }))
        })
    }

    /// What became of the rows, told with what went wrong.
    pub(super) fn partly(&self, error: Error) -> Error {
        let (error, doubt) = match error {
            Error::Partly(partly) => (partly.error, partly.doubt),
            other => (other, 0),
        };
        let tally = self.tally;
        Error::Partly(Box::new(Partly { error, rows: tally.rows, quarantined: tally.quarantined, doubt }))
    }
}

/// Which field each position of CSV is, and whether the record says so itself.
pub(super) fn places(
    fields: &[Field],
    texts: &[String],
    header: Option<bool>,
) -> Result<(Vec<Option<usize>>, bool), Error> {
    let find = |text: &String| fields.iter().position(|field| field.name == text.trim());
    let found: Vec<_> = texts.iter().map(find).collect();
    let mut known: Vec<_> = found.iter().flatten().collect();
    known.sort_unstable();
    let twice = known.windows(2).any(|pair| matches!(pair, [a, b] if a == b));
    let is_header = header.unwrap_or(!found.is_empty() && found.iter().all(Option::is_some) && !twice);
    if !is_header {
        return Ok(((0..fields.len()).map(Some).collect(), false));
    }
    if twice || known.is_empty() {
        return Err(Error::Parameter("the header names no column of the data source, or one twice".to_owned()));
    }
    Ok((found, true))
}

fn text(cell: &Cell) -> Option<String> {
    match cell {
        Cell::Omitted | Cell::Null => None,
        Cell::Bool(truth) => Some(truth.to_string()),
        Cell::Int(number) => Some(number.to_string()),
        Cell::Float(number) => Some(number.to_string()),
        Cell::Text(text) => Some(text.clone()),
        Cell::List(_) | Cell::Object(_) => Some(String::new()),
    }
}
