//! The names of walls.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::mention::has_star;
use crate::catalog::{Table, TableName};
use crate::sql::lexeme::{Kind, Symbol};
use crate::sql::read::{Reading, TableUse};
use crate::sql::refusal::{Refusal, RefusalKind};
use crate::sql::resolve::Resolved;
use crate::sql::steps;

/// The names that expressions have and tables cannot, where nothing shows which table a column is of. With one of them, as in
/// `SELECT count() AS events FROM events`, ClickHouse refuses a table's alias, and takes the bare table.
#[derive(Debug, Default)]
pub(super) struct Taken<'a>(HashSet<&'a str>);

impl<'a> Taken<'a> {
    /// Gathered once.
    pub(super) fn of(reading: &'a Reading<'_>) -> Self {
        let lexed = &reading.lexed;
        if !lexed.dialect.is_clickhouse() || has_star(reading) {
            return Self::default();
        }
        let word = |at: usize| lexed.get(at).map(|lexeme| lexed.name(lexeme));
        let mut names: HashSet<&str> = reading.aliases.iter().filter_map(|&(_, alias)| word(alias)).collect();
        let dots = lexed.lexemes.iter().enumerate().filter(|(_, it)| it.kind == Kind::Symbol(Symbol::Dot));
        for qualifier in dots.filter_map(|(dot, _)| word(dot.checked_sub(1)?)) {
            names.remove(qualifier);
        }
        Self(names)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains(name)
    }
}

impl Resolved<'_> {
    /// The name by which the rest of the statement knows a table; one that nobody uses where that is taken.
    pub(super) fn alias(&self, table: &TableUse, taken: &Taken<'_>) -> Cow<'_, str> {
        if table.alias.is_none() && taken.has(self.word(table.table)) {
            return Cow::Owned(format!("{}_a{}", self.reading.lexed.dialect.reserved_prefix(), table.table));
        }
        self.meaning(table.alias.unwrap_or(table.table))
    }

    /// ClickHouse knows a table with an alias by its own name too; behind a wall it has the alias only.
    pub(super) fn own_names_of_aliased(&self, known: &HashMap<&TableName, &Table>) -> Result<(), Refusal> {
        let reading = &self.reading;
        let aliased = reading.tables.iter().rev().filter_map(|table| Some((self.word(table.table), table.alias?)));
        let aliased: HashMap<&str, usize> = aliased.collect();
        let columns_are_known = known.values().all(|table| !table.columns.is_empty());
        if aliased.is_empty() || !reading.lexed.dialect.is_clickhouse() || !columns_are_known {
            return Ok(());
        }
        let tables = reading.tables.iter().map(|table| table.alias.unwrap_or(table.table));
        let queries = reading.cte_uses.iter().map(|query| query.alias.unwrap_or(query.name));
        let given = tables.chain(queries).chain(reading.aliases.iter().map(|&(_, alias)| alias));
        let columns = known.values().flat_map(|table| {
            steps::count(table.columns.len());
            table.columns.iter().map(|column| &*column.name)
        });
        let names: HashSet<&str> = given.map(|at| self.word(at)).chain(columns).collect();
        for name in reading.names.iter().filter(|name| name.len() >= 3) {
            let qualifier = self.word(name.start);
            let Some(&alias) = aliased.get(qualifier).filter(|_| !names.contains(qualifier)) else { continue };
            let span = reading.lexed.get(name.start).map_or(0..0, |lexeme| lexeme.span());
            let message = format!("the table `{qualifier}` is called `{}` here", self.word(alias));
            return Err(Refusal::new(RefusalKind::NotAllowed, message)
                .at(span)
                .hint("name its columns with the alias"));
        }
        Ok(())
    }
}
