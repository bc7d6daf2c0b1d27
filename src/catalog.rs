//! Words about what the upstream holds: tables, their columns and their engines.
//!
//! An upstream fills a [`Catalog`] from the live engine (or from `gateway.yaml` where the engine cannot be asked) and
//! refreshes it; the SQL core resolves names against one. A table that is not in the catalog does not exist.

mod rounding;

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

pub use rounding::Rounding;

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

/// How a table's keys and indexes hold a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// In no key and no index, or by itself.
    Bare,
    /// Brought to the beginning of its day, month or the like. `comes_round` is whether values far away are brought to others:
    /// no date and no DateTime is far enough (ClickHouse 26.7: `toDate` of a DateTime64 of 2180 is one of 2000).
    Rounded {
        /// Whether they are.
        comes_round: bool,
    },
    /// In another way, or nobody knows.
    Unknown,
}

/// What is known of a table's keys and indexes: how they hold its columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keys {
    /// `None` where nothing is known. A column that is not in it is held bare.
    columns: Option<HashMap<Arc<str>, Held>>,
    sorting: HashSet<Arc<str>>,
}

impl Keys {
    /// Of keys that hold each column by itself, or not at all, but for these.
    #[must_use]
    pub fn known(but: impl IntoIterator<Item = (Arc<str>, Held)>) -> Self {
        Self { columns: Some(but.into_iter().collect()), sorting: HashSet::new() }
    }

    /// The same, with these columns in the key that sorts the rows, each by itself.
    #[must_use]
    pub fn sorted_by(self, columns: impl IntoIterator<Item = Arc<str>>) -> Self {
        Self { sorting: columns.into_iter().collect(), ..self }
    }

    /// Whether that column stands by itself in the key that sorts the rows: then all rows that FINAL makes one of have the same
    /// value in it.
    #[must_use]
    pub fn sorts(&self, column: &str) -> bool {
        self.sorting.contains(column)
    }

    /// How they hold that column.
    #[must_use]
    pub fn held(&self, column: &str) -> Held {
        match &self.columns {
            Some(columns) => columns.get(column).copied().unwrap_or(Held::Bare),
            None => Held::Unknown,
        }
    }
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
    keys: HashMap<TableName, Arc<Keys>>,
}

impl Catalog {
    /// An empty catalog. `default_database` is where a bare table name is looked up.
    #[must_use]
    pub fn new(default_database: &str, case: NameCase) -> Self {
        Self {
            default_database: default_database.into(),
            case,
            stated: false,
            tables: HashMap::new(),
            keys: HashMap::new(),
        }
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

    /// Says how a table's keys and indexes hold its columns.
    pub fn insert_keys(&mut self, name: &TableName, keys: Keys) {
        self.keys.insert(self.key(name), Arc::new(keys));
    }

    /// How that table's keys and indexes hold its columns. Nothing is known where nobody said it.
    #[must_use]
    pub fn keys(&self, name: &TableName) -> Arc<Keys> {
        self.keys.get(&self.key(name)).map(Arc::clone).unwrap_or_default()
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
