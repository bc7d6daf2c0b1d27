//! Rows on their way in.
//!
//! - A record at a time is read, fitted to the columns and put into a batch; a full batch goes in as a whole or not at all.
//! - What does not fit goes to `<name>_quarantine`, with the reason, and is counted.
//! - Nothing is acknowledged that the engine has not confirmed. When it ends before its end, the answer says how many rows
//!   are in, and whether the last batch is in doubt.
//! - A replacement is gathered in a table of its own, which takes the place of the other in one step: until then nothing has
//!   changed, whatever happens.

mod batch;
mod passed;
mod quarantine;

use std::sync::Arc;

use http::StatusCode;
use serde_json::{Map, json};

use super::infer;
use super::records::Records;
use super::shown;
use crate::catalog::TableName;
use crate::gateway::authorize::datasources::{Load, Source};
use crate::gateway::error::Partly;
use crate::gateway::face::v0::datasources::{Mode, Shape};
use crate::gateway::forward::{Forward, object};
use crate::gateway::staging::Mark;
use crate::gateway::{Error, Response};
use crate::upstream::Upstream;
use crate::upstream::change::{Change, NewTable};
use batch::{Batch, Tally};

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
        if let Some(v0) = self.upstream.as_v0() {
            let id = uuid::Uuid::now_v7().to_string();
            let tally = self.pass_on(v0, &load, (&mut records, waiting, header), described.fields).await?;
            return self.loaded(&load, &id, tally).await;
        }
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
        if dialect == crate::sql::Dialect::Sqlite && table.engine.ttl.is_some() {
            return Err(Error::Parameter(
                "this upstream keeps every row until it is deleted: leave `engine_ttl` out".to_owned(),
            ));
        }
        self.upstream.change(Change::Create(Box::new(table)), filtered).await.map_err(Error::Upstream)
    }

    async fn staging(&self, load: &Load) -> Result<Staging, Error> {
        let target = &load.shown.table;
        let catalog = self.upstream.catalog().ok_or(Error::NotReady)?;
        let mark = Mark::new(&self.workspace, catalog.default_database());
        let name = TableName::new(&target.database, &mark.name());
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
        if load.mode != Mode::Create {
            self.jobs.imported(id, Arc::clone(&load.owner), &load.shown.name, tally.rows, tally.quarantined);
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
