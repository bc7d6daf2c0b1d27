//! The SQL core: what a query reads, and the text that reads no more than it may.
//!
//! A straight line in which each step consumes the one before:
//!
//! ```text
//! lex → read → resolve → (decide, in authz) → inject → emit → verify
//! ```
//!
//! It knows nothing of HTTP, tokens or YAML.

pub mod dialect;
pub mod filter;
pub mod limits;
pub mod refusal;

pub use dialect::Dialect;
pub use filter::RowFilter;
pub use limits::Limits;
pub use refusal::{Refusal, RefusalKind};

use std::sync::Arc;

use crate::catalog::{Catalog, TableName};

/// What of a table a query may see.
#[derive(Debug, Clone)]
pub enum Visible {
    /// Every row.
    AllRows,
    /// The rows that at least one of these filters accepts. Never empty.
    Rows(Vec<Arc<RowFilter>>),
}

/// What a deployment adds to the dialect's own lists.
#[derive(Debug, Clone, Default)]
pub struct Extensions {
    /// Functions permitted beyond the dialect's list, in the engine's spelling.
    pub functions: std::collections::HashSet<Arc<str>>,
}

/// A query that has been read and whose tables are resolved: it waits for a decision.
#[derive(Debug)]
pub struct Resolved {
    tables: Vec<TableName>,
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
}

/// Lexes, reads and resolves one statement.
///
/// # Errors
/// A [`Refusal`] for everything that is not understood, not on a list, or names a table that is not in the catalog.
pub fn resolve(
    _text: &str,
    _dialect: Dialect,
    _limits: &Limits,
    _extensions: &Extensions,
    _catalog: &Catalog,
) -> Result<Resolved, Refusal> {
    Err(Refusal::new(RefusalKind::NotUnderstood, "not yet"))
}

impl Resolved {
    /// The tables that the query reads, each once, as the catalog spells them. What a decision is asked about.
    #[must_use]
    pub fn tables(&self) -> &[TableName] {
        &self.tables
    }

    /// Puts every table behind its wall, writes the text and checks it.
    ///
    /// # Errors
    /// A [`Refusal`] when a table is not in `visible`, or when the text does not verify.
    pub fn rewrite(self, _visible: &dyn Fn(&TableName) -> Option<Visible>) -> Result<Rewritten, Refusal> {
        Err(Refusal::new(RefusalKind::NotUnderstood, "not yet"))
    }
}
