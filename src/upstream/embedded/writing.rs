//! Writes: one connection, one writer at a time, a transaction a batch.
//!
//! - The readers' connections stay read-only; this one has an authorizer of its own: an INSERT touches its table, a DELETE
//!   its table, and nothing attaches, makes a trigger or changes a setting. What the file's own triggers do is theirs.
//! - Values are bound, never written into text; names are the catalog's or plain ones, in quotes.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::types::Value;
use rusqlite::{Connection, ErrorCode, params_from_iter};
use tokio::sync::Semaphore;

use super::{Embedded, errors, guard, schema};
use crate::catalog::TableName;
use crate::upstream::UpstreamError;
use crate::upstream::change::{Change, Described, Insert, InsertError, NewTable, RefusedRow};
use crate::upstream::intake::{Cell, Default, Field, Kind, NewField};

/// How many steps of SQLite's machine pass between two looks at the clock.
const STEPS_BETWEEN_LOOKS: i32 = 4_000;

/// The connection that writes.
#[derive(Debug, Clone)]
pub(super) struct Writer {
    connection: Arc<Mutex<Connection>>,
    /// Whoever waits for the connection waits here and holds no thread.
    turn: Arc<Semaphore>,
}

/// What a statement may touch.
#[derive(Debug, Clone)]
enum Reach {
    /// Adds rows to this table.
    Insert(String),
    /// Removes rows from this table.
    Delete(String),
    /// Changes the schema and the rows of these tables.
    Shape(Vec<String>),
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

fn arm(connection: &mut Connection, reach: Reach, budget: Duration) -> rusqlite::Result<()> {
    let started = Instant::now();
    connection.progress_handler(STEPS_BETWEEN_LOOKS, Some(move || started.elapsed() > budget))?;
    connection.authorizer(Some(
        move |context: AuthContext<'_>| {
            if permits(&reach, &context) { Authorization::Allow } else { Authorization::Deny }
        },
    ))
}

fn permits(reach: &Reach, context: &AuthContext<'_>) -> bool {
    if context.accessor.is_some() {
        return true;
    }
    let is = |table: &str, name: &str| table.eq_ignore_ascii_case(name);
    match (&context.action, reach) {
        (AuthAction::Transaction { .. }, _) => true,
        (AuthAction::Insert { table_name }, Reach::Insert(table))
        | (AuthAction::Read { table_name, .. }, Reach::Insert(table) | Reach::Delete(table))
        | (AuthAction::Delete { table_name }, Reach::Delete(table)) => is(table_name, table),
        (AuthAction::Function { function_name }, Reach::Insert(_) | Reach::Delete(_)) => guard::harmless(function_name),
        (
            AuthAction::Attach { .. }
            | AuthAction::Detach { .. }
            | AuthAction::CreateTrigger { .. }
            | AuthAction::CreateTempTrigger { .. }
            | AuthAction::CreateView { .. }
            | AuthAction::CreateTempView { .. }
            | AuthAction::CreateVtable { .. },
            _,
        ) => false,
        (
            AuthAction::Insert { table_name }
            | AuthAction::Delete { table_name }
            | AuthAction::Update { table_name, .. }
            | AuthAction::CreateTable { table_name }
            | AuthAction::DropTable { table_name }
            | AuthAction::AlterTable { table_name, .. },
            Reach::Shape(tables),
        ) => table_name.starts_with("sqlite_") || tables.iter().any(|table| is(table_name, table)),
        // Its text is the gateway's, to the last byte.
        (_, Reach::Shape(_)) => true,
        _ => false,
    }
}

/// Names between quotes. The catalog's may hold a quote themselves.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn full(name: &TableName) -> String {
    format!("main.{}", quoted(&name.table))
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

fn insert_text(insert: &Insert, given: &[bool]) -> String {
    let named: Vec<_> =
        insert.fields.iter().zip(given).filter(|(_, given)| **given).map(|(field, _)| quoted(&field.name)).collect();
    if named.is_empty() {
        return format!("INSERT INTO {} DEFAULT VALUES", full(&insert.table));
    }
    let marks = vec!["?"; named.len()].join(", ");
    format!("INSERT INTO {} ({}) VALUES ({marks})", full(&insert.table), named.join(", "))
}

fn bound(kind: &Kind, cell: &Cell) -> Value {
    match cell {
        Cell::Omitted | Cell::Null => Value::Null,
        Cell::Bool(truth) => Value::Integer((*truth).into()),
        // `fit` has let through what the column's type holds; every whole number type here is at most 64 bits wide.
        Cell::Int(number) => i64::try_from(*number).map_or(Value::Null, Value::Integer),
        Cell::Float(number) => Value::Real(*number),
        Cell::Text(text) => {
            // One column, one way to write a moment: UTC without a mark, so that texts compare as times do.
            let moment = matches!(kind, Kind::DateTime(_) | Kind::DateTime64(..));
            Value::Text(text.strip_suffix('Z').filter(|_| moment).unwrap_or(text).to_owned())
        }
        Cell::List(_) | Cell::Object(_) => Value::Text(json(cell).to_string()),
    }
}

fn json(cell: &Cell) -> serde_json::Value {
    use serde_json::Value as Json;
    match cell {
        Cell::Omitted | Cell::Null => Json::Null,
        Cell::Bool(truth) => Json::Bool(*truth),
        Cell::Int(number) => i64::try_from(*number).map_or_else(|_| Json::String(number.to_string()), Json::from),
        Cell::Float(number) => Json::from(*number),
        Cell::Text(text) => Json::String(text.clone()),
        Cell::List(cells) => Json::Array(cells.iter().map(json).collect()),
        Cell::Object(members) => Json::Object(members.iter().map(|(name, cell)| (name.clone(), json(cell))).collect()),
    }
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

/// The columns of a table with their types, defaults and NOT NULL. A row number is left to the table that the rows go to.
fn columns_like(connection: &Connection, table: &str) -> rusqlite::Result<String> {
    let sql = "SELECT name, type, \"notnull\", dflt_value, pk FROM pragma_table_xinfo(?1, 'main') WHERE hidden = 0 ORDER BY cid";
    let mut statement = connection.prepare(sql)?;
    let columns = statement.query_map([table], |row| {
        let (name, declared, default): (String, String, Option<String>) = (row.get(0)?, row.get(1)?, row.get(3)?);
        let (required, key): (bool, i64) = (row.get(2)?, row.get(4)?);
        let mut column = format!("{} {declared}", quoted(&name));
        if required && key == 0 {
            column.push_str(" NOT NULL");
        }
        if let Some(default) = default {
            let _ = write!(column, " DEFAULT ({default})");
        }
        Ok(column)
    })?;
    Ok(columns.collect::<rusqlite::Result<Vec<_>>>()?.join(", "))
}

fn create(table: &NewTable) -> String {
    let columns: Vec<_> = table.fields.iter().map(|field| column(field, false)).collect();
    format!("CREATE TABLE {} ({})", full(&table.name), columns.join(", "))
}

fn column(field: &NewField, filled: bool) -> String {
    let mut text = format!("{} {}", quoted(&field.name), field.kind.to_sqlite().unwrap_or("TEXT"));
    let required = !field.kind.is_nullable();
    if required {
        text.push_str(" NOT NULL");
    }
    match &field.default {
        Some(Default::Now) => text.push_str(" DEFAULT (strftime('%Y-%m-%d %H:%M:%S', 'now'))"),
        Some(Default::Literal(cell)) => literal(&mut text, bound(&field.kind, cell)),
        // The rows that are there already need a value: the one that ClickHouse would give them.
        None if filled && required => {
            let numeric = matches!(field.kind, Kind::Int(_) | Kind::UInt(_) | Kind::Float(_) | Kind::Bool);
            text.push_str(if numeric { " DEFAULT 0" } else { " DEFAULT ''" });
        }
        None => {}
    }
    text
}

fn literal(text: &mut String, value: Value) {
    // Writing to a String cannot fail.
    let _ = match value {
        Value::Null | Value::Blob(_) => write!(text, " DEFAULT NULL"),
        Value::Integer(number) => write!(text, " DEFAULT {number}"),
        Value::Real(number) => write!(text, " DEFAULT {number:e}"),
        Value::Text(inner) => write!(text, " DEFAULT '{}'", inner.replace('\'', "''")),
    };
}

fn described(
    connection: &mut Connection,
    names: &[(bool, TableName)],
    file: Option<&std::path::Path>,
    opened: i64,
) -> rusqlite::Result<Vec<Described>> {
    connection.authorizer(None::<fn(AuthContext<'_>) -> Authorization>)?;
    let changed = file.and_then(|file| std::fs::metadata(file).ok()?.modified().ok());
    let changed = changed.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    let updated = changed.and_then(|since| i64::try_from(since.as_secs()).ok()).unwrap_or(opened);
    let one = |(counted, name): &(bool, TableName)| {
        let count = format!("SELECT count(*) FROM {}", full(name));
        let rows = if *counted { connection.query_row(&count, [], |row| row.get::<_, i64>(0)).ok() } else { None };
        Ok(Described {
            name: name.clone(),
            engine: "SQLite".to_owned(),
            engine_full: "SQLite".to_owned(),
            sorting_key: String::new(),
            partition_key: String::new(),
            primary_key: String::new(),
            fields: fields(connection, &name.table)?,
            rows: rows.and_then(|rows| u64::try_from(rows).ok()),
            bytes: None,
            updated,
            comment: String::new(),
        })
    };
    names.iter().map(one).collect()
}

fn fields(connection: &Connection, table: &str) -> rusqlite::Result<Vec<Field>> {
    let sql = "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?1, 'main') ORDER BY cid";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([table], |row| {
        let (name, declared, default): (String, String, Option<String>) = (row.get(0)?, row.get(1)?, row.get(3)?);
        let (required, key, hidden): (bool, i64, i64) = (row.get(2)?, row.get(4)?, row.get(5)?);
        let kind = Kind::of_sqlite(&declared);
        // SQLite's own row number: it fills it in.
        let numbered = key == 1 && declared.eq_ignore_ascii_case("INTEGER");
        let nullable = !required && !numbered;
        let type_name = if nullable { format!("Nullable({kind})") } else { kind.to_string() };
        Ok(Field {
            name,
            type_name,
            kind,
            nullable,
            defaulted: default.is_some() || numbered,
            default,
            insertable: hidden == 0,
        })
    })?;
    rows.collect()
}
