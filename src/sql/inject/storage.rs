//! What a statement meets of values that share their storage with hidden rows' (`shared`).

use std::collections::{HashMap, HashSet};

use crate::catalog::{Column, Table, TableName};
use crate::sql::refusal::Refusal;
use crate::sql::resolve::Resolved;
use crate::sql::{Visible, shared, steps};

use super::mention::Mentions;

/// What it meets, found once.
#[derive(Debug, Clone, Copy)]
pub(super) struct Storage {
    /// A dictionary may be read: a table's, a query's inside, or one that the statement makes.
    pub(super) dictionaries: bool,
    /// Values that carry their own types may be in the answer, or in what it is computed from.
    pub(super) types_shown: bool,
    /// Something in the statement could fail on a value of a dictionary: the walls give such columns anew.
    pub(super) parts: bool,
}

impl Resolved<'_> {
    /// `harmless` is whether nothing that runs on the values can fail on one.
    pub(super) fn storage(
        &self,
        known: &HashMap<&TableName, &Table>,
        visible: &HashMap<&TableName, Visible>,
        mentions: &Mentions,
        harmless: bool,
    ) -> Storage {
        let dialect = self.reading.lexed.dialect;
        let any = |of_column: &dyn Fn(&Column) -> bool| known.values().any(|table| table.columns.iter().any(of_column));
        let inside = |of_query: &dyn Fn(&crate::sql::Rewritten) -> bool| {
            visible.values().any(|seen| matches!(seen, Visible::Query { query, .. } if of_query(query)))
        };
        let reached =
            |column: &Column| shared::learns_types(&column.type_name) && mentions.reach(&column.name, dialect);
        if !dialect.is_clickhouse() {
            return Storage { dictionaries: false, types_shown: false, parts: false };
        }
        steps::count(2 * known.values().map(|table| table.columns.len()).sum::<usize>());
        let dictionaries = any(&|column| shared::has_dictionary(&column.type_name))
            || inside(&|query| query.dictionaries)
            || shared::makes_dictionaries(&self.reading);
        let parts = dictionaries && !harmless;
        Storage { dictionaries, types_shown: any(&reached) || inside(&|query| query.types_shown), parts }
    }

    /// Refuses casts out of columns that know the types of hidden rows' values.
    pub(super) fn no_conversions(&self, known: &HashMap<&TableName, &Table>) -> Result<(), Refusal> {
        let plain = self.plain_names(known);
        let untyped = |table: &&Table| table.columns.iter().any(|column| column.type_name.is_empty());
        shared::conversions(&self.reading, &|name| plain.contains(name)).map_err(|refusal| {
            match known.values().copied().any(|table| untyped(&table)) {
                true => refusal.hint("the configuration may list the columns' types, as in `n Int64`"),
                false => refusal,
            }
        })
    }

    /// The names that are columns' whose values have one type, and nothing else's.
    fn plain_names<'a>(&'a self, known: &HashMap<&'a TableName, &'a Table>) -> HashSet<&'a str> {
        if self.reading.has_set_operations() {
            return HashSet::new();
        }
        let mut plain: HashMap<&str, bool> = HashMap::new();
        for column in known.values().flat_map(|table| &table.columns) {
            steps::count(1);
            *plain.entry(&column.name).or_insert(true) &= !shared::learns_types(&column.type_name);
        }
        let aliases = self.reading.aliases.iter().map(|(_, name)| name);
        for &at in aliases.chain(&self.reading.renamed).chain(&self.reading.array_joins) {
            plain.remove(self.word(at));
        }
        plain.into_iter().filter_map(|(name, is_plain)| is_plain.then_some(name)).collect()
    }
}

#[cfg(test)]
mod tests;
