//! The bare name at the right of IN: `x IN t`.

use std::collections::{HashMap, HashSet};

use crate::catalog::{Engine, Table, TableName};
use crate::sql::admit;
use crate::sql::lexeme::{Kind, Symbol};
use crate::sql::refusal::Refusal;
use crate::sql::resolve::Resolved;
use crate::sql::steps;
use crate::sql::wall::Shape;

use super::mention::no_column_beside_star;

impl Resolved<'_> {
    /// A bare name at the right of IN is a table where it can be nothing else: no column, no alias, no lambda's variable.
    /// Asked when every table of the statement is known to be visible, so that no answer tells of another's columns.
    pub(super) fn tables_at_in(
        &self,
        known: &HashMap<&TableName, &Table>,
        shapes: &HashMap<&TableName, Shape<'_>>,
    ) -> Result<(), Refusal> {
        if !self.reading.tables.iter().any(|table| table.at_in) {
            return Ok(());
        }
        let has_lambda = self.reading.lexed.lexemes.iter().any(|lexeme| lexeme.kind == Kind::Symbol(Symbol::Arrow));
        let given = self.given_names(known);
        // Before a dot it can be a table of the statement too.
        let in_from = self.reading.tables.iter().filter(|table| !table.at_in);
        let in_from: HashSet<&str> = in_from.map(|table| self.word(table.table)).collect();
        for (table, (name, _)) in self.reading.tables.iter().zip(&self.references).filter(|(table, _)| table.at_in) {
            let first = self.word(table.database.unwrap_or(table.table));
            let taken = given.contains(first) || (table.database.is_some() && in_from.contains(first));
            // A Set or a Join is asked by name and gives no rows: its engine is opaque.
            let rows = known.get(name).is_some_and(|it| !it.columns.is_empty() && it.engine != Engine::Opaque);
            let Some(shape) = shapes.get(name).filter(|_| rows && !has_lambda && !taken) else {
                return Err(admit::bare_name_at_in(&self.reading, table.table));
            };
            no_column_beside_star(shape)?;
        }
        Ok(())
    }

    /// Aliases, of tables and of expressions, names that a list gives to columns, and the columns of every table.
    fn given_names<'a>(&'a self, known: &HashMap<&'a TableName, &'a Table>) -> HashSet<&'a str> {
        let aliases = self.reading.aliases.iter().map(|(_, name)| *name);
        let of_tables = self.reading.tables.iter().filter_map(|table| table.alias);
        let given = aliases.chain(of_tables).chain(self.reading.renamed.iter().copied()).map(|at| self.word(at));
        let columns = known.values().flat_map(|table| {
            steps::count(table.columns.len());
            table.columns.iter().map(|column| &*column.name)
        });
        given.chain(columns).collect()
    }
}
