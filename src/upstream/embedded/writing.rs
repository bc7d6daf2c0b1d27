//! Writes: one connection, one writer at a time, a transaction a batch.
//!
//! - The readers' connections stay read-only; this one has an authorizer of its own: an INSERT touches its table, a DELETE
//!   its table, and nothing attaches, makes a trigger or changes a setting. What the file's own triggers do is theirs.
//! - Values are bound, never written into text; names are the catalog's or plain ones, in quotes.

mod describe;
mod reach;
mod text;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::hooks::{AuthContext, Authorization};
use rusqlite::{Connection, ErrorCode, params_from_iter};
use tokio::sync::Semaphore;

use super::{Embedded, errors, schema};
use crate::catalog::TableName;
use crate::upstream::UpstreamError;
use crate::upstream::change::{Change, Described, Insert, InsertError, RefusedRow};
use crate::upstream::intake::{Cell, NewField};
use describe::{described, fields};
use reach::{Reach, arm};
use text::{bound, column, columns_like, create, full, insert_text, quoted};

/// The connection that writes.
#[derive(Debug, Clone)]
pub(super) struct Writer {
    connection: Arc<Mutex<Connection>>,
    /// Whoever waits for the connection waits here and holds no thread.
    turn: Arc<Semaphore>,
}

impl Writer {
    pub(super) fn new(connection: Connection) -> Self {
        Self { connection: Arc::new(Mutex::new(connection)), turn: Arc::new(Semaphore::new(1)) }
    }

    /// Runs work on a thread that may block. It runs to its end even when nobody waits for it any more: half a batch is
    /// never left behind.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<rusqlite::Result<T>, UpstreamError> {
        let turn = Arc::clone(&self.turn).acquire_owned().await.map_err(|_| UpstreamError::Unreachable)?;
        let connection = Arc::clone(&self.connection);
        let job = move || {
            let _turn = turn;
            let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            let outcome = work(&mut connection);
            let _ = connection.authorizer(Some(|_: AuthContext<'_>| Authorization::Deny));
            let _ = connection.progress_handler(0, None::<fn() -> bool>);
            outcome
        };
        tokio::task::spawn_blocking(job).await.map_err(|_| UpstreamError::BadAnswer)
    }
}

impl Embedded {
    pub(in crate::upstream) fn is_writable(&self) -> bool {
        self.writer.is_some()
    }

    fn writer(&self) -> Result<&Writer, UpstreamError> {
        self.writer
            .as_ref()
            .ok_or_else(|| UpstreamError::Unsupported("this database is open for reading only".to_owned()))
    }

    pub(in crate::upstream) async fn insert(&self, insert: &Insert) -> Result<Vec<RefusedRow>, InsertError> {
        let (work, budget) = (insert.clone(), self.execution_timeout);
        let done = self.writer()?.run(move |connection| rows_in(connection, &work, budget)).await;
        // The thread that ran it died: nobody knows how far it came.
        let done = done.map_err(|error| InsertError { error, in_doubt: true })?;
        done.map_err(|error| failed(&error, insert.filtered).into())
    }

    pub(in crate::upstream) async fn change(&self, change: Change, filtered: bool) -> Result<(), UpstreamError> {
        if matches!(change, Change::View(_)) {
            return Err(UpstreamError::Unsupported("SQLite has no materialized views".to_owned()));
        }
        if matches!(change, Change::Describe(..) | Change::Keep(..)) {
            let message = "this upstream keeps no descriptions, and every row until it is deleted";
            return Err(UpstreamError::Unsupported(message.to_owned()));
        }
        let (budget, reshapes) = (self.execution_timeout, change.reshapes());
        let work = move |connection: &mut Connection| {
            changed(connection, &change, budget)?;
            if !reshapes {
                return Ok(None);
            }
            connection.authorizer(None::<fn(AuthContext<'_>) -> Authorization>)?;
            schema::read(connection).map(Some)
        };
        let outcome = self.writer()?.run(work).await?.map_err(|error| failed(&error, filtered))?;
        if let Some((catalog, views)) = outcome {
            self.schema.store(Arc::new(super::Schema { catalog: Arc::new(catalog), views: Arc::new(views) }));
        }
        Ok(())
    }

    pub(in crate::upstream) async fn leftovers(&self) -> Result<Vec<TableName>, UpstreamError> {
        let work = |connection: &mut Connection| {
            connection.authorizer(None::<fn(AuthContext<'_>) -> Authorization>)?;
            schema::leftovers(connection)
        };
        self.writer()?.run(work).await?.map_err(|error| failed(&error, true))
    }

    pub(in crate::upstream) async fn describe(
        &self,
        table: Option<&TableName>,
        counted: &(dyn Fn(&TableName) -> bool + Sync),
    ) -> Result<Vec<Described>, UpstreamError> {
        let catalog = self.catalog();
        let mut names: Vec<TableName> = match table {
            Some(table) => catalog.get(table).map(|(name, _)| name.clone()).into_iter().collect(),
            None => catalog.tables().map(|(name, _)| name.clone()).collect(),
        };
        names.sort();
        let names: Vec<_> = names.into_iter().map(|name| (counted(&name), name)).collect();
        let (file, opened) = (self.file.clone(), self.opened);
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|_| UpstreamError::Unreachable)?;
        let mut lease = super::Lease::take(&self.idle).ok_or(UpstreamError::Busy)?;
        let job = move || {
            let connection = lease.connection.as_mut().ok_or(UpstreamError::Busy)?;
            let described = described(connection, &names, file.as_deref(), opened);
            let _ = connection.authorizer(Some(|_: AuthContext<'_>| Authorization::Deny));
            drop(lease);
            drop(turn);
            described.map_err(|error| failed(&error, true))
        };
        tokio::task::spawn_blocking(job).await.map_err(|_| UpstreamError::BadAnswer)?
    }
}

fn failed(error: &rusqlite::Error, filtered: bool) -> UpstreamError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => UpstreamError::Busy,
        _ => errors::rejected(error, filtered),
    }
}

fn rows_in(connection: &mut Connection, insert: &Insert, budget: Duration) -> rusqlite::Result<Vec<RefusedRow>> {
    arm(connection, Reach::Insert(insert.table.table.to_string()), budget)?;
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let mut refused = Vec::new();
    {
        let mut statements = HashMap::new();
        for (position, row) in insert.rows.iter().enumerate() {
            // Which columns are given decides on the statement: what is left out takes its default.
            let given: Vec<bool> = row.iter().map(|cell| *cell != Cell::Omitted).collect();
            let statement = match statements.entry(given) {
                std::collections::hash_map::Entry::Occupied(entry) => entry.into_mut(),
                std::collections::hash_map::Entry::Vacant(entry) => {
                    let text = insert_text(insert, entry.key());
                    entry.insert(transaction.prepare(&text)?)
                }
            };
            let pairs = insert.fields.iter().zip(row).filter(|(_, cell)| **cell != Cell::Omitted);
            let values = pairs.map(|(field, cell)| bound(&field.kind, cell));
            match statement.execute(params_from_iter(values)) {
                Ok(_) => {}
                Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                    refused.push(RefusedRow { row: position, reason: "the row breaks a constraint of the table" });
                }
                Err(error) if error.sqlite_error_code() == Some(ErrorCode::TypeMismatch) => {
                    refused.push(RefusedRow { row: position, reason: "a value is not of its column's type" });
                }
                Err(error) => return Err(error),
            }
        }
    }
    transaction.commit()?;
    Ok(refused)
}

fn changed(connection: &mut Connection, change: &Change, budget: Duration) -> rusqlite::Result<()> {
    let (reach, statements) = plan(connection, change)?;
    arm(connection, reach, budget)?;
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    for statement in statements {
        transaction.execute(&statement, [])?;
    }
    transaction.commit()
}

fn plan(connection: &mut Connection, change: &Change) -> rusqlite::Result<(Reach, Vec<String>)> {
    let one = |name: &TableName| Reach::Shape(vec![name.table.to_string()]);
    Ok(match change {
        Change::Create(table) => (one(&table.name), vec![create(table)]),
        // Refused before.
        Change::View(view) => (one(&view.name), Vec::new()),
        Change::CreateLike { name, like } => {
            connection.authorizer(None::<fn(AuthContext<'_>) -> Authorization>)?;
            (one(name), vec![format!("CREATE TABLE {} ({})", full(name), columns_like(connection, &like.table)?)])
        }
        Change::Drop(name) => (one(name), vec![format!("DROP TABLE {}", full(name))]),
        Change::Truncate(name) => (Reach::Delete(name.table.to_string()), vec![format!("DELETE FROM {}", full(name))]),
        Change::AddColumns(name, fields) => {
            let add = |field: &NewField| format!("ALTER TABLE {} ADD COLUMN {}", full(name), column(field, true));
            (one(name), fields.iter().map(add).collect())
        }
        Change::Rename(pairs) => {
            let rename = |(from, to): &(TableName, TableName)| {
                format!("ALTER TABLE {} RENAME TO {}", full(from), quoted(&to.table))
            };
            let both = |(from, to): &(TableName, TableName)| [from.table.to_string(), to.table.to_string()];
            (Reach::Shape(pairs.iter().flat_map(both).collect()), pairs.iter().map(rename).collect())
        }
        // There is no such thing here; `change` has said so.
        Change::Describe(name, _) | Change::Keep(name, _) => (one(name), Vec::new()),
        Change::Replace { staging, target } => {
            connection.authorizer(None::<fn(AuthContext<'_>) -> Authorization>)?;
            let fields: Vec<_> = fields(connection, &target.table)?;
            let names: Vec<_> =
                fields.iter().filter(|field| field.insertable).map(|field| quoted(&field.name)).collect();
            let names = names.join(", ");
            (
                Reach::Shape(vec![staging.table.to_string(), target.table.to_string()]),
                vec![
                    format!("DELETE FROM {}", full(target)),
                    format!("INSERT INTO {} ({names}) SELECT {names} FROM {}", full(target), full(staging)),
                    format!("DROP TABLE {}", full(staging)),
                ],
            )
        }
        Change::Delete { name, condition } => {
            (Reach::Delete(name.table.to_string()), vec![format!("DELETE FROM {} WHERE {condition}", full(name))])
        }
    })
}
