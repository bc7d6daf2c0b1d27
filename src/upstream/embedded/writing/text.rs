//! The text of writes and the values bound to it. Names are the catalog's or plain ones, in quotes; values are bound.

use std::fmt::Write as _;

use rusqlite::Connection;
use rusqlite::types::Value;

use crate::catalog::TableName;
use crate::upstream::change::{Insert, NewTable};
use crate::upstream::intake::{Cell, Default, Kind, NewField};

/// Names between quotes. The catalog's may hold a quote themselves.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

pub(super) fn full(name: &TableName) -> String {
    format!("main.{}", quoted(&name.table))
}

pub(super) fn insert_text(insert: &Insert, given: &[bool]) -> String {
    let named: Vec<_> =
        insert.fields.iter().zip(given).filter(|(_, given)| **given).map(|(field, _)| quoted(&field.name)).collect();
    if named.is_empty() {
        return format!("INSERT INTO {} DEFAULT VALUES", full(&insert.table));
    }
    let marks = vec!["?"; named.len()].join(", ");
    format!("INSERT INTO {} ({}) VALUES ({marks})", full(&insert.table), named.join(", "))
}

pub(super) fn bound(kind: &Kind, cell: &Cell) -> Value {
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

/// The columns of a table with their types, defaults and NOT NULL. A row number is left to the table that the rows go to.
pub(super) fn columns_like(connection: &Connection, table: &str) -> rusqlite::Result<String> {
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

pub(super) fn create(table: &NewTable) -> String {
    let columns: Vec<_> = table.fields.iter().map(|field| column(field, false)).collect();
    format!("CREATE TABLE {} ({})", full(&table.name), columns.join(", "))
}

pub(super) fn column(field: &NewField, filled: bool) -> String {
    let mut text = format!("{} {}", quoted(&field.name), field.kind.to_sqlite().unwrap_or("TEXT"));
    let required = !field.kind.is_nullable();
    if required {
        text.push_str(" NOT NULL");
    }
    match &field.default {
        Some(Default::Now) => text.push_str(" DEFAULT (strftime('%Y-%m-%d %H:%M:%S', 'now'))"),
        Some(Default::Literal(cell)) => literal(&mut text, bound(&field.kind, cell)),
        Some(Default::Expression(expression)) => {
            let _ = write!(text, " DEFAULT ({expression})");
        }
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
