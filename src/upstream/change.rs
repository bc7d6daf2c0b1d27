//! Changes to what an upstream holds. Every name is a plain one or the catalog's own, every type and condition was written
//! by the gateway.

use std::sync::Arc;

use super::UpstreamError;
use super::intake::{Field, NewField, Row};
use crate::catalog::TableName;

/// A table as the engine describes it.
#[derive(Debug, Clone, PartialEq)]
pub struct Described {
    /// Its name.
    pub name: TableName,
    /// The engine's name: `MergeTree`, `SQLite`.
    pub engine: String,
    /// The engine with everything that belongs to it.
    pub engine_full: String,
    /// ORDER BY, PARTITION BY and PRIMARY KEY, in the engine's words; empty where there are none.
    pub sorting_key: String,
    /// PARTITION BY.
    pub partition_key: String,
    /// PRIMARY KEY.
    pub primary_key: String,
    /// In the engine's order.
    pub fields: Vec<Field>,
    /// Rows, where they were asked for and the engine can tell.
    pub rows: Option<u64>,
    /// Bytes on disk, likewise.
    pub bytes: Option<u64>,
    /// When it last changed its shape, in seconds since 1970.
    pub updated: i64,
    /// A comment.
    pub comment: String,
}

/// A table to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct NewTable {
    /// Where.
    pub name: TableName,
    /// Its columns, at least one.
    pub fields: Vec<NewField>,
    /// How ClickHouse is to keep it. SQLite has one way.
    pub engine: NewEngine,
}

/// How ClickHouse keeps a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewEngine {
    /// One of the MergeTree family; empty is `MergeTree`.
    pub name: &'static str,
    /// Columns between its brackets.
    pub arguments: Vec<String>,
    /// ORDER BY.
    pub sorting_key: Vec<Key>,
    /// PARTITION BY.
    pub partition_key: Vec<Key>,
    /// PRIMARY KEY; empty is the sorting key.
    pub primary_key: Vec<Key>,
    /// Until when rows are kept.
    pub ttl: Option<Ttl>,
    /// The same as an expression that the gateway wrote: when a row goes.
    pub expiry: Option<String>,
    /// Skip indexes.
    pub indexes: Vec<Index>,
    /// Whether a part of a key may be NULL.
    pub nullable_key: bool,
    /// Settings of the table: each a name on a list and a number.
    pub settings: Vec<(&'static str, u64)>,
}

/// A part of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// A column.
    Column(String),
    /// A listed function of one.
    Call(&'static str, String),
    /// An expression that the gateway wrote.
    Expression(String),
}

/// A skip index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    /// A plain name.
    pub name: String,
    /// What it is of: an expression that the gateway wrote.
    pub expression: String,
    /// Its type: a name on a list, with numbers.
    pub type_text: String,
    /// How many granules it sums up.
    pub granularity: u64,
}

/// A materialized view to be made: it puts what its query gives of every new row into a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewView {
    /// Where.
    pub name: TableName,
    /// The table that it fills.
    pub target: TableName,
    /// Its query, as the gateway wrote it.
    pub query: String,
    /// A mark of what it was made of, kept as its comment.
    pub mark: String,
}

/// Until when ClickHouse keeps a row: a moment of its own, and a time behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ttl {
    /// The function around the column.
    pub function: Option<&'static str>,
    /// The column.
    pub column: String,
    /// How many units.
    pub count: u32,
    /// `Day`, as in `toIntervalDay`.
    pub unit: &'static str,
}

/// One change.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Makes a table that is not there.
    Create(Box<NewTable>),
    /// Makes a materialized view that is not there. ClickHouse only.
    View(NewView),
    /// Makes an empty table with the columns of another.
    CreateLike {
        /// The new one.
        name: TableName,
        /// The other one.
        like: TableName,
    },
    /// Removes a table.
    Drop(TableName),
    /// Removes every row.
    Truncate(TableName),
    /// Adds columns at the end.
    AddColumns(TableName, Vec<NewField>),
    /// Gives tables other names: from, to.
    Rename(Vec<(TableName, TableName)>),
    /// Says what a table is.
    Describe(TableName, String),
    /// Says until when rows are kept; without one they stay.
    Keep(TableName, Option<Ttl>),
    /// Puts the rows of `staging` in the place of those of `target`, at once, and removes `staging`.
    Replace {
        /// Made by [`Change::CreateLike`].
        staging: TableName,
        /// What is replaced.
        target: TableName,
    },
    /// Removes the rows that a condition accepts. The gateway wrote the condition; its columns are unqualified and quoted.
    Delete {
        /// From where.
        name: TableName,
        /// One boolean expression.
        condition: String,
    },
}

impl Change {
    /// Whether the catalog is another one afterwards.
    #[must_use]
    pub fn reshapes(&self) -> bool {
        match self {
            Self::Create(_)
            | Self::View(_)
            | Self::CreateLike { .. }
            | Self::Drop(_)
            | Self::AddColumns(..)
            | Self::Rename(_)
            | Self::Replace { .. } => true,
            Self::Truncate(_) | Self::Describe(..) | Self::Keep(..) | Self::Delete { .. } => false,
        }
    }
}

/// Rows to be inserted into one table, all or none.
#[derive(Debug, Clone)]
pub struct Insert {
    /// Where.
    pub table: TableName,
    /// The columns that the rows have, in their order.
    pub fields: Arc<[Field]>,
    /// The rows.
    pub rows: Arc<Vec<Row>>,
    /// Names this batch: an engine that keeps it inserts the batch once, however often it is sent.
    pub token: String,
    /// Whether the engine's words must stay here.
    pub filtered: bool,
}

/// A row that the engine itself refused: its constraints know more than its types. The others are in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedRow {
    /// Its position in the batch.
    pub row: usize,
    /// Why, in words from a closed set.
    pub reason: &'static str,
}

/// Why a batch is not known to be in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct InsertError {
    /// What happened.
    pub error: UpstreamError,
    /// Whether it may be in all the same: the answer was lost, not the rows.
    pub in_doubt: bool,
}

impl From<UpstreamError> for InsertError {
    /// An answer that says no.
    fn from(error: UpstreamError) -> Self {
        Self { error, in_doubt: false }
    }
}
