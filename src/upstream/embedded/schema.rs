//! Reads the schema, once, before any query: tables, columns, and what each view reads.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};

use crate::catalog::{Catalog, Column, ColumnKind, Engine, NameCase, Table, TableName};
use crate::upstream::intake::OWN_PREFIX;

/// What the authorizer must know beyond the catalog. Names are in lower case.
#[derive(Debug, Default)]
pub(super) struct Views {
    reads: HashMap<String, HashSet<String>>,
    modules: HashSet<String>,
}

impl Views {
    /// The tables and views behind a view.
    pub(super) fn reads(&self, view: &str) -> Option<&HashSet<String>> {
        self.reads.get(view)
    }

    /// Whether a virtual table module has the name: such a table needs no CREATE.
    pub(super) fn is_module(&self, name: &str) -> bool {
        self.modules.contains(name)
    }
}

/// One row of `PRAGMA table_list`.
struct Listed {
    name: String,
    kind: String,
}

/// Reads the schema.
pub(super) fn read(connection: &mut Connection) -> rusqlite::Result<(Catalog, Views)> {
    let mut catalog = Catalog::new("main", NameCase::Insensitive);
    let mut views = Views { modules: modules(connection)?, ..Views::default() };
    for listed in listed(connection)? {
        // What a replacement is gathered in is nobody's table.
        if listed.name.starts_with(OWN_PREFIX) {
            continue;
        }
        let engine = match listed.kind.as_str() {
            "table" => Engine::Plain,
            "view" => Engine::View,
            // A virtual table runs its module's code; its shadow tables are the module's own.
            _ => Engine::Opaque,
        };
        // A view over something that is gone cannot be described: it is left out, so it does not exist.
        let Ok(columns) = columns(connection, &listed.name) else { continue };
        if engine == Engine::View {
            let Some(reads) = behind(connection, &listed.name)? else { continue };
            views.reads.insert(listed.name.to_ascii_lowercase(), reads);
        }
        catalog.insert(TableName::new("main", &listed.name), Table { columns, engine });
    }
    Ok((catalog, views))
}

/// The tables of the gateway's own.
pub(super) fn leftovers(connection: &Connection) -> rusqlite::Result<Vec<TableName>> {
    let own = |listed: &Listed| listed.kind == "table" && listed.name.starts_with(OWN_PREFIX);
    Ok(listed(connection)?
        .iter()
        .filter(|listed| own(listed))
        .map(|listed| TableName::new("main", &listed.name))
        .collect())
}

fn listed(connection: &Connection) -> rusqlite::Result<Vec<Listed>> {
    let sql =
        "SELECT name, type FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([], |row| Ok(Listed { name: row.get(0)?, kind: row.get(1)? }))?;
    rows.collect()
}

fn modules(connection: &Connection) -> rusqlite::Result<HashSet<String>> {
    let mut statement = connection.prepare("SELECT lower(name) FROM pragma_module_list")?;
    let rows = statement.query_map([], |row| row.get(0))?;
    rows.collect()
}

/// `table_xinfo`: generated columns (hidden 2 and 3) are part of `*`; hidden columns of virtual tables (1) are not.
fn columns(connection: &Connection, table: &str) -> rusqlite::Result<Vec<Column>> {
    let sql = "SELECT name, type, hidden FROM pragma_table_xinfo(?1, 'main') ORDER BY cid";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([table], |row| {
        let (name, type_name): (String, String) = (row.get(0)?, row.get(1)?);
        let kind = if row.get::<_, i64>(2)? == 1 { ColumnKind::ByName } else { ColumnKind::Ordinary };
        Ok(Column { name: name.into(), type_name: type_name.into(), kind })
    })?;
    rows.collect()
}

/// What a view reads, found by preparing a read of it and noting what SQLite asks for; `None` when it cannot be prepared.
fn behind(connection: &mut Connection, view: &str) -> rusqlite::Result<Option<HashSet<String>>> {
    let seen = Arc::new(Mutex::new(HashSet::new()));
    let note = Arc::clone(&seen);
    connection.authorizer(Some(move |context: AuthContext<'_>| {
        if let AuthAction::Read { table_name, .. } = context.action {
            note.lock().unwrap_or_else(PoisonError::into_inner).insert(table_name.to_ascii_lowercase());
        }
        Authorization::Allow
    }))?;
    let prepared = connection.prepare(&format!("SELECT * FROM main.\"{}\"", view.replace('"', "\"\""))).is_ok();
    connection.authorizer(None::<fn(AuthContext<'_>) -> Authorization>)?;
    let reads = std::mem::take(&mut *seen.lock().unwrap_or_else(PoisonError::into_inner));
    Ok(prepared.then_some(reads))
}
