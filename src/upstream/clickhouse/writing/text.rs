//! The text of writes: names quoted, types and keys written from what was understood, rows from their cells.

use std::fmt::Write as _;

use crate::catalog::TableName;
use crate::upstream::change::{Change, Index, Insert, Key, NewTable, NewView, Ttl};
use crate::upstream::intake::{Cell, Default, Kind, NewField, quote, write_json};

/// A name of the catalog's, or a plain one: a backquote or a backslash in it is escaped.
pub(super) fn name(text: &str) -> String {
    format!("`{}`", text.replace('\\', "\\\\").replace('`', "\\`"))
}

pub(super) fn full(table: &TableName) -> String {
    format!("{}.{}", name(&table.database), name(&table.table))
}

pub(super) fn line(out: &mut String, insert: &Insert, row: &[Cell]) {
    out.push('{');
    let mut first = true;
    for (field, cell) in insert.fields.iter().zip(row) {
        if *cell == Cell::Omitted {
            continue;
        }
        if !std::mem::take(&mut first) {
            out.push(',');
        }
        write_json(out, &Cell::Text(field.name.clone()));
        out.push(':');
        write_json(out, cell);
    }
    out.push_str("}\n");
}

/// The statements of a change, to be run in turn.
pub(super) fn statements(change: &Change) -> Vec<String> {
    match change {
        Change::Create(table) => vec![create(table)],
        Change::View(view) => vec![create_view(view)],
        Change::CreateLike { name, like } => vec![format!("CREATE TABLE {} AS {}", full(name), full(like))],
        Change::Drop(table) => vec![format!("DROP TABLE {} SYNC", full(table))],
        Change::Truncate(table) => vec![format!("TRUNCATE TABLE {} SYNC", full(table))],
        Change::AddColumns(table, fields) => {
            let columns: Vec<_> = fields.iter().map(|field| format!("ADD COLUMN {}", column(field))).collect();
            vec![format!("ALTER TABLE {} {}", full(table), columns.join(", "))]
        }
        Change::Rename(pairs) => {
            let pairs: Vec<_> = pairs.iter().map(|(from, to)| format!("{} TO {}", full(from), full(to))).collect();
            vec![format!("RENAME TABLE {}", pairs.join(", "))]
        }
        Change::Describe(table, text) => {
            let mut statement = format!("ALTER TABLE {} MODIFY COMMENT ", full(table));
            // Writing to a String cannot fail.
            let _ = quote(&mut statement, text);
            vec![statement]
        }
        Change::Keep(table, None) => vec![format!("ALTER TABLE {} REMOVE TTL", full(table))],
        Change::Keep(table, Some(kept)) => vec![format!("ALTER TABLE {} MODIFY TTL {}", full(table), ttl(kept))],
        Change::Replace { staging, target } => vec![
            format!("EXCHANGE TABLES {} AND {}", full(staging), full(target)),
            format!("DROP TABLE {} SYNC", full(staging)),
        ],
        Change::Delete { name, condition } => vec![format!("DELETE FROM {} WHERE {condition}", full(name))],
    }
}

pub(super) fn create(table: &NewTable) -> String {
    let engine = &table.engine;
    let columns: Vec<_> = table.fields.iter().map(column).chain(engine.indexes.iter().map(index)).collect();
    let arguments: Vec<_> = engine.arguments.iter().map(|argument| name(argument)).collect();
    let family = if engine.name.is_empty() { "MergeTree" } else { engine.name };
    let mut text = format!(
        "CREATE TABLE {} ({}) ENGINE = {family}({})",
        full(&table.name),
        columns.join(", "),
        arguments.join(", ")
    );
    if !engine.partition_key.is_empty() {
        let _ = write!(text, " PARTITION BY {}", keys(&engine.partition_key));
    }
    if !engine.primary_key.is_empty() {
        let _ = write!(text, " PRIMARY KEY {}", keys(&engine.primary_key));
    }
    let _ = write!(text, " ORDER BY {}", keys(&engine.sorting_key));
    if let Some(kept) = engine.ttl.as_ref().map(ttl).or(engine.expiry.clone()) {
        let _ = write!(text, " TTL {kept}");
    }
    let mut settings: Vec<_> = engine.settings.iter().map(|(setting, value)| format!("{setting} = {value}")).collect();
    // ClickHouse wants to be told that a key that may be NULL is meant.
    if engine.nullable_key {
        settings.push("allow_nullable_key = 1".to_owned());
    }
    if !settings.is_empty() {
        let _ = write!(text, " SETTINGS {}", settings.join(", "));
    }
    text
}

fn index(index: &Index) -> String {
    let Index { name: index_name, expression, type_text, granularity } = index;
    format!("INDEX {} ({expression}) TYPE {type_text} GRANULARITY {granularity}", name(index_name))
}

fn create_view(view: &NewView) -> String {
    let mut mark = String::new();
    // Writing to a String cannot fail.
    let _ = quote(&mut mark, &view.mark);
    let (own, target) = (full(&view.name), full(&view.target));
    format!("CREATE MATERIALIZED VIEW {own} TO {target} AS {} COMMENT {mark}", view.query)
}

fn ttl(ttl: &Ttl) -> String {
    let column = name(&ttl.column);
    let moment = ttl.function.map_or(column.clone(), |function| format!("{function}({column})"));
    format!("{moment} + toInterval{}({})", ttl.unit, ttl.count)
}

fn keys(keys: &[Key]) -> String {
    let key = |key: &Key| match key {
        Key::Column(column) => name(column),
        Key::Call(function, column) => format!("{function}({})", name(column)),
        Key::Expression(text) => text.clone(),
    };
    // One alone is no tuple: `(a)` is `a`.
    let keys: Vec<_> = keys.iter().map(key).collect();
    if keys.is_empty() { "tuple()".to_owned() } else { format!("({})", keys.join(", ")) }
}

fn column(field: &NewField) -> String {
    let mut text = format!("{} {}", name(&field.name), field.kind);
    match &field.default {
        None => {}
        Some(Default::Now) if matches!(field.kind, Kind::DateTime64(..)) => text.push_str(" DEFAULT now64(9)"),
        Some(Default::Now) => text.push_str(" DEFAULT now()"),
        Some(Default::Expression(expression)) => {
            let _ = write!(text, " DEFAULT {expression}");
        }
        Some(Default::Literal(cell)) => {
            text.push_str(" DEFAULT ");
            literal(&mut text, cell);
        }
    }
    text
}

pub(in crate::upstream) fn literal(out: &mut String, cell: &Cell) {
    match cell {
        Cell::List(cells) => {
            out.push('[');
            for (position, cell) in cells.iter().enumerate() {
                out.push_str(if position == 0 { "" } else { ", " });
                literal(out, cell);
            }
            out.push(']');
        }
        Cell::Omitted | Cell::Null | Cell::Object(_) => out.push_str("NULL"),
        Cell::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Cell::Int(number) => {
            let _ = write!(out, "{number}");
        }
        Cell::Float(number) => out.push_str(&serde_json::to_string(number).unwrap_or_else(|_| "0".to_owned())),
        Cell::Text(text) => {
            // Writing to a String cannot fail.
            let _ = quote(out, text.strip_suffix('Z').filter(|rest| rest.len() > 18).unwrap_or(text));
        }
    }
}
