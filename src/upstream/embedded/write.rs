//! Writes rows as ClickHouse does, so that its clients and Tinybird's read them.
//!
//! Where SQLite leaves a choice:
//!
//! - a column's type is its declared one, else that of the first row's value; `Nullable(…)` when the first row is NULL.
//!   SQLite's types belong to values, so it is a description and no promise;
//! - a blob is written as upper-case hex (as SQLite's `hex()`), text that is not UTF-8 with replacement characters;
//! - JSON has no infinity: it is `null`, as ClickHouse writes it; columns of one name are all written;
//! - `/` is not escaped in JSON strings (ClickHouse's `output_format_json_escape_forward_slashes=0`).

mod json;
mod text;

use std::time::Duration;

use rusqlite::types::ValueRef;
use rusqlite::{Row, Statement};

use crate::upstream::Format;

/// The shapes behind the formats' names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// One document, a row an object.
    Json,
    /// One document, a row an array.
    JsonCompact,
    /// A line an object.
    JsonEachRow,
    /// Comma-separated, strings quoted.
    Csv { names: bool },
    /// Tab-separated, escaped by backslash.
    Tsv { names: bool },
}

impl Kind {
    /// The shape of a format; `None` when the embedded engine does not write it.
    pub(super) fn of(format: Format) -> Option<Self> {
        match format.name() {
            "JSON" => Some(Self::Json),
            "JSONCompact" => Some(Self::JsonCompact),
            "JSONEachRow" => Some(Self::JsonEachRow),
            "CSV" => Some(Self::Csv { names: false }),
            "CSVWithNames" => Some(Self::Csv { names: true }),
            "TSV" | "TabSeparated" => Some(Self::Tsv { names: false }),
            "TSVWithNames" | "TabSeparatedWithNames" => Some(Self::Tsv { names: true }),
            _ => None,
        }
    }
}

/// What is known before the rows: names and types.
#[derive(Debug)]
pub(super) struct Head {
    columns: Vec<HeadColumn>,
}

#[derive(Debug)]
struct HeadColumn {
    name: String,
    declared: Option<&'static str>,
    type_name: String,
}

impl Head {
    /// Names and declared types.
    pub(super) fn of(statement: &Statement<'_>) -> Self {
        let column = |column: &rusqlite::Column<'_>| {
            let declared = column.decl_type().and_then(declared);
            let type_name = declared.unwrap_or("Nullable(String)").to_owned();
            HeadColumn { name: column.name().to_owned(), declared, type_name }
        };
        Self { columns: statement.columns().map(|each| column(&each)).collect() }
    }

    /// How many columns there are.
    pub(super) fn width(&self) -> usize {
        self.columns.len()
    }

    /// Types that were not declared, from the first row's values.
    pub(super) fn look_at(&mut self, row: &Row<'_>) -> rusqlite::Result<()> {
        for (index, column) in self.columns.iter_mut().enumerate() {
            let value = row.get_ref(index)?;
            column.type_name = match (value, column.declared) {
                (ValueRef::Null, declared) => format!("Nullable({})", declared.unwrap_or("String")),
                (_, Some(declared)) => declared.to_owned(),
                (ValueRef::Integer(_), None) => "Int64".to_owned(),
                (ValueRef::Real(_), None) => "Float64".to_owned(),
                (ValueRef::Text(_) | ValueRef::Blob(_), None) => "String".to_owned(),
            };
        }
        Ok(())
    }
}

/// SQLite's rules of affinity (datatype3, section 3.1), in ClickHouse's words. `NUMERIC` may be either number.
fn declared(type_name: &str) -> Option<&'static str> {
    let upper = type_name.to_ascii_uppercase();
    let has = |parts: &[&str]| parts.iter().any(|part| upper.contains(part));
    if has(&["INT"]) {
        Some("Int64")
    } else if has(&["CHAR", "CLOB", "TEXT", "BLOB", "DATE", "TIME"]) {
        Some("String")
    } else if has(&["REAL", "FLOA", "DOUB"]) {
        Some("Float64")
    } else {
        None
    }
}

/// What is known after the rows.
#[derive(Debug)]
pub(super) struct Tail {
    /// Rows written.
    pub(super) rows: u64,
    /// Left out for filtered queries: they tell of rows that were not shown.
    pub(super) statistics: Option<Statistics>,
}

/// ClickHouse's `statistics`. SQLite does not count bytes, so `bytes_read` is written as 0.
#[derive(Debug)]
pub(super) struct Statistics {
    pub(super) elapsed: Duration,
    pub(super) rows_read: u64,
}

/// A writer in the middle of an answer.
#[derive(Debug)]
pub(super) struct Writer {
    kind: Kind,
    /// The names as JSON strings, written once.
    keys: Vec<Vec<u8>>,
    first: bool,
}

impl Writer {
    pub(super) fn new(kind: Kind) -> Self {
        Self { kind, keys: Vec::new(), first: true }
    }

    /// Everything before the first row.
    pub(super) fn begin(&mut self, head: &Head, out: &mut Vec<u8>) {
        match self.kind {
            Kind::Json | Kind::JsonCompact => json::begin(head, out),
            Kind::Csv { names: true } => text::csv_names(head, out),
            Kind::Tsv { names: true } => text::tsv_names(head, out),
            Kind::JsonEachRow | Kind::Csv { names: false } | Kind::Tsv { names: false } => {}
        }
        self.keys = head.columns.iter().map(|column| json::quoted(&column.name)).collect();
    }

    /// One row.
    pub(super) fn row(&mut self, row: &Row<'_>, width: usize, out: &mut Vec<u8>) -> rusqlite::Result<()> {
        let first = std::mem::replace(&mut self.first, false);
        match self.kind {
            Kind::Json => json::object_row(first, &self.keys, row, out),
            Kind::JsonCompact => json::array_row(first, width, row, out),
            Kind::JsonEachRow => json::line(&self.keys, row, out),
            Kind::Csv { .. } => text::row(width, row, b',', text::csv_value, out),
            Kind::Tsv { .. } => text::row(width, row, b'\t', text::tsv_value, out),
        }
    }

    /// Everything after the last row.
    pub(super) fn end(&self, tail: &Tail, out: &mut Vec<u8>) {
        if matches!(self.kind, Kind::Json | Kind::JsonCompact) {
            json::end(tail, out);
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;

    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02X}");
        text
    })
}
