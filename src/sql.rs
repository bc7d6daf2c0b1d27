//! The SQL core: what a query reads, and the text that reads no more than it may.
//!
//! A straight line in which each step consumes the one before:
//!
//! ```text
//! lex → read → resolve → (decide, in authz) → inject → emit → verify
//! ```
//!
//! | step | module | what it promises |
//! |---|---|---|
//! | lex | `lex` | nothing in the text is unknown or could be cut in two ways |
//! | read | `read` | every lexeme has one place in the grammar; every table reference is found |
//! | resolve | `resolve` | every name is a table of the catalog or a query of WITH, and everything else named is on a list |
//! | second reader | `second` | `sqlparser`, where it can parse the text, sees no table that ours did not |
//! | inject | `inject`, `wall` | every reference to a table becomes a wall; every query of WITH gets a fresh name |
//! | | `prune` | of the statement's conditions an index sees what the gateway writes, and that fails on no row and misleads by none |
//! | | `harmless` | where nothing can fail on a row's value, and where something might |
//! | emit | `emit` | the text is written from what was understood; no byte of the client's is copied blindly |
//! | verify | `verify` | the text, read again by itself, holds the same lexemes and no table outside a wall |
//!
//! It knows nothing of HTTP, tokens or YAML.
//!
//! ```
//! use std::sync::Arc;
//! use portcullis::catalog::{Catalog, Column, ColumnKind, Engine, NameCase, Table, TableName};
//! use portcullis::sql::{self, Dialect, Extensions, Limits, RowFilter, Visible};
//!
//! let mut catalog = Catalog::new("default", NameCase::Sensitive);
//! let column = |name: &str| Column { name: name.into(), type_name: "Int64".into(), kind: ColumnKind::Ordinary };
//! let events = Table { columns: vec![column("org_id"), column("n")], engine: Engine::MergeTree };
//! catalog.insert(TableName::new("default", "events"), events);
//!
//! let (dialect, extensions) = (Dialect::ClickHouse, Extensions::default());
//! let filter = Arc::new(RowFilter::compile("org_id = 1", dialect, &extensions, &|_| None)?);
//! let resolved = sql::resolve("SELECT sum(n) FROM events", dialect, &Limits::default(), &extensions, &catalog)?;
//! let rewritten = resolved.rewrite(&|_| Some(Visible::Rows(vec![Arc::clone(&filter)])))?;
//! assert_eq!(
//!     rewritten.text,
//!     "SELECT sum(`n`) FROM view(SELECT * FROM `default`.`events` AS __pc_t \
//!      PREWHERE ((__pc_t.`org_id` = 1))) AS `events`",
//! );
//! # Ok::<(), sql::Refusal>(())
//! ```

pub mod dialect;
pub mod expression;
pub mod filter;
pub mod limits;
pub mod refusal;

mod admit;
mod beside;
mod emit;
mod harmless;
mod inject;
mod keyword;
mod lex;
mod lexeme;
mod named;
mod operands;
mod prune;
mod public;
mod read;
mod resolve;
mod second;
mod shared;
pub mod splice;
mod steps;
mod string;
mod verify;
mod wall;

pub use admit::Extensions;
pub use dialect::Dialect;
pub use expression::Expression;
pub use filter::RowFilter;
pub use limits::Limits;
pub use public::public;
pub use refusal::{Refusal, RefusalKind};
pub use resolve::{Resolved, resolve};

use std::sync::Arc;

use crate::catalog::TableName;

/// What of a table a query may see.
#[derive(Debug, Clone)]
pub enum Visible {
    /// Every row.
    AllRows,
    /// The rows that at least one of these filters accepts. Never empty.
    Rows(Vec<Arc<RowFilter>>),
    /// The name is no table: it stands for a query that this core has rewritten and verified already, a pipe's.
    Query {
        /// What it stands for.
        query: Arc<Rewritten>,
        /// Of its rows those that at least one of these filters accepts; none means every row.
        filters: Vec<Arc<RowFilter>>,
        /// Whether the statement around it must not be evaluated on rows that the query leaves out: it is a client's,
        /// and not a part of the same pipe.
        fenced: bool,
        /// Whether it stands there as an ordinary subquery, so that the engine sees its tables: in the text of a
        /// materialized view of the operator's own, where nothing is hidden. Never fenced, never filtered.
        plain: bool,
    },
}

/// What goes upstream: text that the gateway wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewritten {
    /// One statement, canonical, without FORMAT, SETTINGS or a final semicolon.
    pub text: String,
    /// The format that the query's FORMAT clause named.
    pub format: Option<String>,
    /// The permitted settings that its SETTINGS clause gave.
    pub settings: Vec<(String, String)>,
    /// The names of the typed query parameters (`{name:Type}`) that it uses.
    pub parameters: Vec<String>,
    /// The tables that it reads, each once.
    pub tables: Vec<TableName>,
    /// Whether any of them stands behind a row filter.
    pub filtered: bool,
    /// Whether it reads behind a row filter, or what a pipe leaves out, and could fail on a value in the middle of its answer.
    pub fallible: bool,
    /// Whether a column of a table in it carries its values' types with them: how it is stored tells of rows that are hidden.
    pub self_describing: bool,
    /// Whether it names such a column or gives it with a star: its answer may carry the types.
    pub types_shown: bool,
    /// Whether a column of a table in it, or of its own making, has a dictionary: hidden rows' values stand in it.
    pub dictionaries: bool,
    /// The row filters once more, by table, for an engine that takes them beside the statement. Not for every table: see
    /// `beside`.
    pub table_filters: Vec<(TableName, String)>,
}

/// What a statement names, whether or not any of it is permitted: the acceptance report's question.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outline {
    /// Tables, as written: `table` or `database.table`.
    pub tables: Vec<String>,
    /// Functions.
    pub functions: Vec<String>,
    /// Columns, by their last name, each once.
    pub columns: Vec<String>,
    /// Table functions.
    pub table_functions: Vec<String>,
    /// Settings.
    pub settings: Vec<String>,
}

/// Lexes and reads a statement and says what it names.
///
/// # Errors
/// A [`Refusal`] of kind [`RefusalKind::NotUnderstood`] or [`RefusalKind::TooLarge`] when the reader cannot say.
pub fn outline(text: &str, dialect: Dialect, limits: &Limits) -> Result<Outline, Refusal> {
    let reading = read::statement(lex::lex(text, dialect, limits, lex::Author::Person)?, limits)?;
    let names = |positions: &mut dyn Iterator<Item = usize>| -> Vec<String> {
        positions.filter_map(|at| reading.lexed.get(at)).map(|lexeme| reading.lexed.name(lexeme).to_owned()).collect()
    };
    Ok(Outline {
        tables: reading
            .tables
            .iter()
            .map(|table| names(&mut table.database.into_iter().chain([table.table])).join("."))
            .collect(),
        columns: {
            let mut columns = names(&mut reading.columns.iter().copied());
            columns.sort_unstable();
            columns.dedup();
            columns
        },
        functions: names(&mut reading.functions.iter().copied()),
        table_functions: names(&mut reading.table_functions.iter().copied()),
        settings: names(&mut reading.settings.iter().map(|setting| setting.name)),
    })
}

/// Lexes and reads a statement, once or with the second reader: what `benches/rewrite.rs` tells apart.
#[doc(hidden)]
pub fn only_read(text: &str, dialect: Dialect, limits: &Limits, twice: bool) -> Result<(), Refusal> {
    let reading = read::statement(lex::lex(text, dialect, limits, lex::Author::Person)?, limits)?;
    if twice { second::agree(&reading) } else { Ok(()) }
}
