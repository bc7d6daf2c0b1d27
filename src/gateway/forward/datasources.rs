//! Does what is permitted about data sources: shows, fills, changes and removes them.

mod csv;
mod infer;
mod jobs;
mod load;
mod records;
mod shown;

pub(in crate::gateway) use jobs::Jobs;

use std::sync::Arc;

use http::{HeaderValue, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};

use super::{Forward, object};
use crate::catalog::TableName;
use crate::gateway::authorize::datasources::{Shown, Task};
use crate::gateway::face::v0::attributes::Attributes;
use crate::gateway::{Error, Response, full};
use crate::upstream::change::{Change, Described};
use crate::upstream::intake::NewField;
use crate::upstream::{Query, UpstreamError};

/// The longest answer to a count, in bytes.
const LONGEST_COUNT: usize = 64 * 1024;

impl Forward {
    pub(super) async fn datasources(&self, task: Task) -> Result<Response, Error> {
        match task {
            Task::List { shown, attributes } => self.list(&shown, &attributes).await,
            Task::Show { shown, attributes } => {
                let one = self.as_it_is(&shown).await?;
                Ok(object(&attributes.pick(shown::one(&self.workspace, &shown, &one), &[])))
            }
            Task::Load { load, source } => self.load(*load, source).await,
            Task::Truncate { table, filtered } => {
                self.change(Change::Truncate(table), filtered).await?;
                Ok(empty(StatusCode::RESET_CONTENT))
            }
            Task::DryDrop => Ok(object(&json!({ "dependent_pipes": [] }))),
            Task::Drop { table, quarantine, filtered } => {
                self.change(Change::Drop(table), filtered).await?;
                // An upstream that keeps quarantines by itself takes them away by itself.
                if let Some(quarantine) = quarantine.filter(|_| self.upstream.as_v0().is_none()) {
                    self.change(Change::Drop(quarantine), filtered).await?;
                }
                Ok(empty(StatusCode::NO_CONTENT))
            }
            Task::Alter { shown, fields, changes, dry, filtered } => {
                self.alter(&shown, fields, changes, dry, filtered).await
            }
            Task::Update { shown, changes, filtered } => {
                for change in changes {
                    self.change(change, filtered).await?;
                }
                let described = self.as_it_is(&shown).await?;
                Ok(object(&shown::one(&self.workspace, &shown, &described)))
            }
            Task::DryDelete(query) => {
                let rows = self.count(*query).await?;
                Ok(object(&json!({ "rows_to_be_deleted": rows, "dry_run": true })))
            }
            Task::Delete { shown, change, owner, filtered } => Ok(self.delete(shown, change, owner, filtered)),
            Task::Jobs { owner } => Ok(object(&json!({ "jobs": self.jobs.all(&owner) }))),
            Task::Job { owner, id } => self.jobs.one(&owner, &id).map(|job| object(&job)).ok_or(Error::NotFound),
        }
    }

    async fn change(&self, change: Change, filtered: bool) -> Result<(), Error> {
        self.upstream.change(change, filtered).await.map_err(Error::Upstream)
    }

    async fn list(&self, shown: &[Shown], attributes: &Attributes) -> Result<Response, Error> {
        let counted = |table: &TableName| shown.iter().any(|shown| shown.table == *table && shown.counted);
        let described = self.upstream.describe(None, &counted).await.map_err(Error::Upstream)?;
        let one = |shown: &Shown| {
            let found = described.iter().find(|described| described.name == shown.table)?;
            Some(attributes.pick(shown::one(&self.workspace, shown, found), &shown::ALWAYS))
        };
        let all: Vec<Value> = shown.iter().filter_map(one).collect();
        Ok(object(&json!({ "datasources": all })))
    }

    /// The table as it is at this moment.
    async fn as_it_is(&self, shown: &Shown) -> Result<Described, Error> {
        let found = self.upstream.describe(Some(&shown.table), &|_| shown.counted).await.map_err(Error::Upstream)?;
        found.into_iter().next().ok_or_else(|| Error::NoDatasource(shown.name.clone()))
    }

    /// Adds what the schema has at its end and the table has not, and makes the other changes. Any other difference of
    /// the schema is refused.
    async fn alter(
        &self,
        shown: &Shown,
        asked: Option<Vec<NewField>>,
        mut changes: Vec<Change>,
        dry: bool,
        filtered: bool,
    ) -> Result<Response, Error> {
        let mut operations: Vec<String> = changes.iter().map(told).collect();
        if let Some(asked) = asked {
            let new = added(&self.as_it_is(shown).await?, asked)?;
            operations.extend(new.iter().map(|field| format!("ADD COLUMN `{}` {}", field.name, field.kind)));
            if !new.is_empty() {
                changes.push(Change::AddColumns(shown.table.clone(), new));
            }
        }
        if !dry {
            for change in changes {
                self.change(change, filtered).await?;
            }
        }
        let described = self.as_it_is(shown).await?;
        let datasource = shown::one(&self.workspace, shown, &described);
        Ok(object(&json!({ "operations": operations, "dependencies": [], "datasource": datasource })))
    }

    /// The one number that a count gives.
    async fn count(&self, query: Query) -> Result<u64, Error> {
        let answer = self.upstream.query(query).await.map_err(Error::Upstream)?;
        let (mut stream, mut body) = (answer.body, Vec::new());
        while let Some(frame) = stream.frame().await {
            let frame = frame.map_err(|_| Error::Upstream(UpstreamError::BadAnswer))?;
            body.extend_from_slice(&frame.into_data().unwrap_or_default());
            if body.len() > LONGEST_COUNT {
                return Err(Error::Upstream(UpstreamError::BadAnswer));
            }
        }
        let row: Value = serde_json::from_slice(&body).unwrap_or_default();
        let value = row.as_object().and_then(|row| row.values().next());
        let number = value.and_then(|value| value.as_u64().or_else(|| value.as_str()?.parse().ok()));
        number.ok_or(Error::Upstream(UpstreamError::BadAnswer))
    }

    /// Begins a deletion and answers at once; the job tells how it ended.
    fn delete(&self, shown: Shown, change: Change, owner: Arc<str>, filtered: bool) -> Response {
        let job = self.jobs.begin(owner, &shown.name);
        let (upstream, jobs, id) = (Arc::clone(&self.upstream), Arc::clone(&self.jobs), job.id().to_owned());
        tokio::spawn(async move {
            let outcome = upstream.change(change, filtered).await;
            if let Err(error) = &outcome {
                tracing::warn!(job = id, "rows were not deleted: {error}");
            }
            jobs.end(&id, outcome.map_err(|error| error.to_string()));
        });
        let mut response = object(&job);
        *response.status_mut() = StatusCode::CREATED;
        response
    }
}

/// The columns that the schema has behind those of the table.
fn added(there: &Described, asked: Vec<NewField>) -> Result<Vec<NewField>, Error> {
    let known: Vec<_> = there.fields.iter().filter(|field| field.insertable).collect();
    let same = asked.len() >= known.len()
        && asked.iter().zip(&known).all(|(asked, known)| {
            let type_name = asked.kind.to_string();
            asked.name == known.name && (asked.kind == known.kind || type_name == known.type_name)
        });
    if !same {
        let message = "the schema begins with the columns that are there, unchanged, and new ones follow";
        return Err(Error::Parameter(message.to_owned()));
    }
    Ok(asked.into_iter().skip(known.len()).collect())
}

/// A change in the words of an answer.
fn told(change: &Change) -> String {
    match change {
        Change::Describe(..) => "MODIFY COMMENT".to_owned(),
        Change::Keep(_, None) => "REMOVE TTL".to_owned(),
        Change::Keep(..) => "MODIFY TTL".to_owned(),
        Change::AddColumns(..)
        | Change::Create(_)
        | Change::View(_)
        | Change::CreateLike { .. }
        | Change::Drop(_)
        | Change::Truncate(_)
        | Change::Rename(_)
        | Change::Replace { .. }
        | Change::Delete { .. } => String::new(),
    }
}

/// An answer without a body says so by its length: a client that waits for one on a kept connection would wait for good.
pub(super) fn empty(status: StatusCode) -> Response {
    let mut response = http::Response::new(full(""));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
    response
}
