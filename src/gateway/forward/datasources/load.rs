//! Rows on their way in.
//!
//! - A record at a time is read, fitted to the columns and put into a batch; a full batch goes in as a whole or not at all.
//! - What does not fit goes to `<name>_quarantine`, with the reason, and is counted.
//! - Nothing is acknowledged that the engine has not confirmed. When it ends before its end, the answer says how many rows
//!   are in, and whether the last batch is in doubt.
//! - A replacement is gathered in a table of its own, which takes the place of the other in one step: until then nothing has
//!   changed, whatever happens.

use std::collections::HashMap;
use std::sync::Arc;

use http::StatusCode;
use serde_json::{Map, json};
use tokio::time::Instant;

use super::infer;
use super::records::{Record, Records};
use super::shown;
use crate::catalog::TableName;
use crate::gateway::authorize::datasources::{Load, Source};
use crate::gateway::error::Partly;
use crate::gateway::face::v0::datasources::{Mode, Shape};
use crate::gateway::forward::{Forward, object};
use crate::gateway::{Error, Response};
use crate::upstream::Upstream;
use crate::upstream::change::{Change, Insert, Key, NewEngine, NewTable};
use crate::upstream::intake::{self, Cell, Field, Given, Row, fit, quarantine_fields};

/// A batch goes in when it weighs this much, in bytes.
const BATCH_BYTES: usize = 4 << 20;

/// Rows that are ready, and rows that are not fit.
struct Batch {
    upstream: Arc<Upstream>,
    table: TableName,
    quarantine: TableName,
    fields: Arc<[Field]>,
    filtered: bool,
    /// Names the import; with a number behind it, a batch.
    id: String,
    sent: usize,
    rows: Vec<Row>,
    unfit: Vec<Unfit>,
    weight: usize,
    most: usize,
    /// When to stop reading, so that there is time to say what is in.
    until: Instant,
    /// Rows that the engine has confirmed, rows in the quarantine, and those of them that could not even be read.
    tally: Tally,
    quarantine_fields: Option<Arc<[Field]>>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    rows: u64,
    quarantined: u64,
    invalid: u64,
}

/// A row that does not fit.
struct Unfit {
    errors: Vec<(String, String)>,
    /// Its values as text, in the order of the fields.
    values: Vec<Option<String>>,
}

/// Where the fields of CSV go.
enum Columns {
    Unknown,
    /// The field at each position; `None` is one that the table does not have.
    At(Vec<Option<usize>>),
}

/// Removes the gathering table when it is not put to use.
struct Staging {
    upstream: Arc<Upstream>,
    name: Option<TableName>,
}

impl Drop for Staging {
    fn drop(&mut self) {
        let (Some(name), upstream) = (self.name.take(), Arc::clone(&self.upstream)) else { return };
        tokio::spawn(async move {
            if let Err(error) = upstream.change(Change::Drop(name.clone()), true).await {
                tracing::warn!(table = %name, "an unfinished replacement could not be removed: {error}");
            }
        });
    }
}

impl Forward {
    pub(super) async fn load(&self, mut load: Load, source: Source) -> Result<Response, Error> {
        let only_schema = load.mode == Mode::Create && matches!(source, Source::Nothing);
        let mut records = Records::open(source, load.shape).await?;
        let mut waiting = Vec::new();
        let mut header = if let Shape::Csv { header, .. } = load.shape { header } else { None };
        if load.mode == Mode::Create {
            let fields = match load.fields.take() {
                Some(fields) => fields,
                None if only_schema => {
                    return Err(Error::Parameter("send a `schema`, or rows to make one from".to_owned()));
                }
                None => {
                    while waiting.len() < infer::LOOKED_AT {
                        match records.next().await? {
                            Some(record) => waiting.push(record),
                            None => break,
                        }
                    }
                    let (fields, is_header) = infer::columns(&waiting, header)?;
                    header = Some(is_header);
                    fields
                }
            };
            self.create(load.new_table(fields), load.filtered).await?;
        }
        let described = self.as_it_is(&load.shown).await?;
        let staging = match load.mode {
            Mode::Replace => Some(self.staging(&load).await?),
            Mode::Create | Mode::Append => None,
        };
        let table =
            staging.as_ref().and_then(|staging| staging.name.clone()).unwrap_or_else(|| load.shown.table.clone());
        let id = uuid::Uuid::now_v7().to_string();
        let mut batch = Batch::new(self, &load, table, described.fields.into(), id.clone());
        batch.fill(&mut records, waiting, header).await.map_err(|error| match load.mode {
            // Nothing has changed, so nothing is in.
            Mode::Replace => match error {
                Error::Partly(partly) => partly.error,
                other => other,
            },
            Mode::Create | Mode::Append => batch.partly(error),
        })?;
        if let Some(mut staging) = staging {
            let name = staging.name.take().unwrap_or_else(|| load.shown.table.clone());
            let swap = Change::Replace { staging: name.clone(), target: load.shown.table.clone() };
            if let Err(error) = self.upstream.change(swap, load.filtered).await {
                staging.name = Some(name);
                return Err(Error::Upstream(error));
            }
        }
        self.loaded(&load, &id, batch.tally).await
    }

    async fn create(&self, table: NewTable, filtered: bool) -> Result<(), Error> {
        let dialect = self.upstream.dialect();
        let unkept = table
            .fields
            .iter()
            .find(|field| dialect == crate::sql::Dialect::Sqlite && field.kind.to_sqlite().is_none());
        if let Some(field) = unkept {
            return Err(Error::Parameter(format!("this upstream has no type for the column `{}`", field.name)));
        }
        self.upstream.change(Change::Create(table), filtered).await.map_err(Error::Upstream)
    }

    async fn staging(&self, load: &Load) -> Result<Staging, Error> {
        let target = &load.shown.table;
        let table = format!("{}staging_{}", intake::OWN_PREFIX, uuid::Uuid::new_v4().simple());
        let name = TableName::new(&target.database, &table);
        // Before it is made: a request that is dropped meanwhile leaves nothing behind.
        let staging = Staging { upstream: Arc::clone(&self.upstream), name: Some(name.clone()) };
        let change = Change::CreateLike { name, like: target.clone() };
        self.upstream.change(change, load.filtered).await.map_err(Error::Upstream)?;
        Ok(staging)
    }

    async fn loaded(&self, load: &Load, id: &str, tally: Tally) -> Result<Response, Error> {
        if let Some(wait) = load.event {
            let mut response = object(&json!({ "successful_rows": tally.rows, "quarantined_rows": tally.quarantined }));
            *response.status_mut() = if wait { StatusCode::OK } else { StatusCode::ACCEPTED };
            return Ok(response);
        }
        let mut answer = Map::new();
        answer.insert("id".to_owned(), json!(id));
        answer.insert("import_id".to_owned(), json!(id));
        // The rows are in: that the table cannot be shown any more is no reason to say otherwise.
        let datasource = match self.as_it_is(&load.shown).await {
            Ok(described) => shown::one(&self.workspace, &load.shown, &described),
            Err(_) => json!({ "name": load.shown.name }),
        };
        answer.insert("datasource".to_owned(), datasource);
        answer.insert("successful_rows".to_owned(), json!(tally.rows));
        answer.insert("quarantine_rows".to_owned(), json!(tally.quarantined));
        answer.insert("invalid_lines".to_owned(), json!(tally.invalid));
        if tally.quarantined > 0 {
            // Clients take the key itself for a failure: it is there only when something is wrong.
            let rows = if tally.quarantined == 1 { "row" } else { "rows" };
            let error = format!("There was an error with file contents: {} {rows} in quarantine.", tally.quarantined);
            answer.insert("error".to_owned(), json!(error));
        }
        Ok(object(&answer))
    }
}

impl Batch {
    fn new(forward: &Forward, load: &Load, table: TableName, fields: Arc<[Field]>, id: String) -> Self {
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

    async fn fill(&mut self, records: &mut Records, waiting: Vec<Record>, header: Option<bool>) -> Result<(), Error> {
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
                    let (found, is_header) = self.columns(&texts, header)?;
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

    /// Which field each position of CSV is, and whether the record says so itself.
    fn columns(&self, texts: &[String], header: Option<bool>) -> Result<(Vec<Option<usize>>, bool), Error> {
        let find = |text: &String| self.fields.iter().position(|field| field.name == text.trim());
        let found: Vec<_> = texts.iter().map(find).collect();
        let mut known: Vec<_> = found.iter().flatten().collect();
        known.sort_unstable();
        let twice = known.windows(2).any(|pair| matches!(pair, [a, b] if a == b));
        let is_header = header.unwrap_or(!found.is_empty() && found.iter().all(Option::is_some) && !twice);
        if !is_header {
            return Ok(((0..self.fields.len()).map(Some).collect(), false));
        }
        if twice || known.is_empty() {
            return Err(Error::Parameter("the header names no column of the data source, or one twice".to_owned()));
        }
        Ok((found, true))
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

    async fn insert(&self, insert: &Insert) -> Result<Vec<crate::upstream::change::RefusedRow>, Error> {
        self.upstream.insert(insert).await.map_err(|lost| {
            let rows = insert.rows.len() as u64;
            let doubt = if lost.in_doubt { rows } else { 0 };
            Error::Partly(Box::new(Partly { error: Error::Upstream(lost.error), rows: 0, quarantined: 0, doubt }))
        })
    }

    /// What became of the rows, told with what went wrong.
    fn partly(&self, error: Error) -> Error {
        let (error, doubt) = match error {
            Error::Partly(partly) => (partly.error, partly.doubt),
            other => (other, 0),
        };
        let tally = self.tally;
        Error::Partly(Box::new(Partly { error, rows: tally.rows, quarantined: tally.quarantined, doubt }))
    }

    async fn quarantine(&mut self) -> Result<(), Error> {
        let unfit = std::mem::take(&mut self.unfit);
        self.weight = 0;
        if unfit.is_empty() {
            return Ok(());
        }
        let fields = match &self.quarantine_fields {
            Some(fields) => Arc::clone(fields),
            None => self.open_quarantine().await?,
        };
        self.sent += 1;
        let rows: Vec<Row> = unfit.iter().map(|unfit| self.quarantined(unfit, &fields)).collect();
        let count = rows.len() as u64;
        let insert = Insert {
            table: self.quarantine.clone(),
            fields,
            rows: Arc::new(rows),
            token: format!("{}-{}", self.id, self.sent),
            filtered: self.filtered,
        };
        let refused = self.insert(&insert).await.map_err(|error| match error {
            // The rows in doubt are none of the data source's.
            Error::Partly(partly) => Error::Partly(Box::new(Partly { doubt: 0, ..*partly })),
            other => other,
        })?;
        self.tally.quarantined += count.saturating_sub(refused.len() as u64);
        Ok(())
    }

    fn quarantined(&self, unfit: &Unfit, fields: &[Field]) -> Row {
        let list = |texts: Vec<Cell>| Cell::List(texts);
        let texts = |pick: fn(&(String, String)) -> &String| {
            unfit.errors.iter().map(pick).filter(|text| !text.is_empty()).cloned().map(Cell::Text).collect::<Vec<_>>()
        };
        let cell = |field: &Field| match field.name.as_str() {
            "c__error_column" => list(texts(|(column, _)| column)),
            "c__error" => list(texts(|(_, why)| why)),
            "c__import_id" => Cell::Text(self.id.clone()),
            "insertion_date" => Cell::Omitted,
            name => {
                let position = self.fields.iter().position(|field| field.name == name);
                let value = position.and_then(|position| unfit.values.get(position)).cloned().flatten();
                value.filter(|text| !text.contains('\0')).map_or(Cell::Null, Cell::Text)
            }
        };
        fields.iter().map(cell).collect()
    }

    /// Makes the quarantine when there is none, and gives it the columns that it lacks.
    async fn open_quarantine(&mut self) -> Result<Arc<[Field]>, Error> {
        let wanted = quarantine_fields(&self.fields);
        let mut there = self.describe_quarantine().await?;
        if there.is_empty() {
            let key = |column: &str| Key { function: None, column: column.to_owned() };
            let engine =
                NewEngine { name: "MergeTree", sorting_key: vec![key("insertion_date")], ..NewEngine::default() };
            let table = NewTable { name: self.quarantine.clone(), fields: wanted.clone(), engine };
            let made = self.upstream.change(Change::Create(table), self.filtered).await;
            there = self.describe_quarantine().await?;
            // Somebody else may have made it in the same moment.
            if there.is_empty() {
                return Err(made.err().map_or(Error::NotReady, Error::Upstream));
            }
        }
        let lacking: Vec<_> =
            wanted.into_iter().filter(|field| !there.iter().any(|known| known.name == field.name)).collect();
        if !lacking.is_empty() {
            let change = Change::AddColumns(self.quarantine.clone(), lacking);
            self.upstream.change(change, self.filtered).await.map_err(Error::Upstream)?;
            there = self.describe_quarantine().await?;
        }
        let known = |field: &Field| {
            intake::is_quarantines_own(&field.name) || self.fields.iter().any(|own| own.name == field.name)
        };
        let fields: Arc<[Field]> = there.into_iter().filter(|field| field.insertable && known(field)).collect();
        self.quarantine_fields = Some(Arc::clone(&fields));
        Ok(fields)
    }

    async fn describe_quarantine(&self) -> Result<Vec<Field>, Error> {
        let found = self.upstream.describe(Some(&self.quarantine), &|_| false).await.map_err(Error::Upstream)?;
        Ok(found.into_iter().next().map(|found| found.fields).unwrap_or_default())
    }
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
