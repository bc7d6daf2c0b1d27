//! Words about what the upstream holds: tables, their columns and their engines.
//!
//! An upstream fills a [`Catalog`] from the live engine (or from `gateway.yaml` where the engine cannot be asked) and
//! refreshes it; the SQL core resolves names against one. A table that is not in the catalog does not exist.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// A table by its full name.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct TableName {
    /// The database (`main` in SQLite, `default` in ClickHouse unless configured). Never empty.
    pub database: Arc<str>,
    /// The table inside it.
    pub table: Arc<str>,
}

impl TableName {
    /// A name from its two parts.
    #[must_use]
    pub fn new(database: &str, table: &str) -> Self {
        Self { database: database.into(), table: table.into() }
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.database, self.table)
    }
}

/// How a table keeps its rows: what decides the wall that a row filter needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// ClickHouse's MergeTree family: has PREWHERE, a barrier for the evaluation of rows.
    MergeTree,
    /// A table of any other storing engine: no PREWHERE.
    Plain,
    /// Reads other tables under its own name (a view, a materialised view): needs its own grant, never a filter pushed through it.
    View,
    /// Reads other tables or places that the gateway cannot name (Merge, Distributed, Buffer, Dictionary, URL …): refused.
    Opaque,
}

/// When a column is part of `*` (ClickHouse; every other engine's columns are [`ColumnKind::Ordinary`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Part of `*`.
    Ordinary,
    /// MATERIALIZED or ALIAS: can be read by name, is not part of `*`.
    ByName,
    /// ALIAS over a column that shares its storage with other rows' values (`LowCardinality`, `Dynamic`, `JSON`): the engine
    /// runs its expression before a wall can part them, so it is never read beside a row filter.
    Computed,
}

impl ColumnKind {
    /// Whether `*` leaves it out.
    #[must_use]
    pub fn is_outside_star(self) -> bool {
        matches!(self, Self::ByName | Self::Computed)
    }
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name, as the engine spells it.
    pub name: Arc<str>,
    /// Its type, in the engine's words.
    pub type_name: Arc<str>,
    /// Whether `*` includes it.
    pub kind: ColumnKind,
}

/// One table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// In the engine's order. Empty means that they are not known (a generic API without configured columns).
    pub columns: Vec<Column>,
    /// How it keeps its rows.
    pub engine: Engine,
}

/// Whether two spellings that differ by ASCII case name the same thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameCase {
    /// `Events` is not `events` (ClickHouse).
    Sensitive,
    /// `Events` is `events` (SQLite, DataFusion's unquoted names).
    Insensitive,
}

/// What the upstream holds, at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalog {
    default_database: Arc<str>,
    case: NameCase,
    stated: bool,
    tables: HashMap<TableName, (TableName, Arc<Table>)>,
}

impl Catalog {
    /// An empty catalog. `default_database` is where a bare table name is looked up.
    #[must_use]
    pub fn new(default_database: &str, case: NameCase) -> Self {
        Self { default_database: default_database.into(), case, stated: false, tables: HashMap::new() }
    }

    /// The same as the configuration's word, and not the engine's: a table may have columns that are not in it.
    #[must_use]
    pub fn stated(self) -> Self {
        Self { stated: true, ..self }
    }

    /// Whether it is the configuration's word.
    #[must_use]
    pub fn is_stated(&self) -> bool {
        self.stated
    }

    /// Adds a table.
    pub fn insert(&mut self, name: TableName, table: Table) {
        self.tables.insert(self.key(&name), (name, Arc::new(table)));
    }

    /// Where a bare table name is looked up.
    #[must_use]
    pub fn default_database(&self) -> &str {
        &self.default_database
    }

    /// How names compare.
    #[must_use]
    pub fn case(&self) -> NameCase {
        self.case
    }

    /// The table of that name, with the name as the engine spells it.
    #[must_use]
    pub fn get(&self, name: &TableName) -> Option<(&TableName, &Arc<Table>)> {
        let key = self.key(name);
        self.tables.get(&key).map(|(name, table)| (name, table))
    }

    /// Every table, in no order.
    pub fn tables(&self) -> impl Iterator<Item = (&TableName, &Table)> {
        self.tables.values().map(|(name, table)| (name, table.as_ref()))
    }

    fn key(&self, name: &TableName) -> TableName {
        match self.case {
            NameCase::Sensitive => name.clone(),
            NameCase::Insensitive => {
                TableName::new(&name.database.to_ascii_lowercase(), &name.table.to_ascii_lowercase())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lookup_folds_case_only_where_the_engine_does() {
        let table = || Table { columns: vec![], engine: Engine::Plain };
        let mut folding = Catalog::new("main", NameCase::Insensitive);
        folding.insert(TableName::new("main", "Events"), table());
        assert_eq!(folding.get(&TableName::new("MAIN", "eVENTS")).unwrap().0.table.as_ref(), "Events");
        let mut exact = Catalog::new("default", NameCase::Sensitive);
        exact.insert(TableName::new("default", "Events"), table());
        assert!(exact.get(&TableName::new("default", "events")).is_none());
    }
}
