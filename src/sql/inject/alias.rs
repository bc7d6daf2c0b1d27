//! The names of walls.

use std::borrow::Cow;
use std::collections::HashSet;

use super::mention::has_star;
use crate::sql::dialect::Dialect;
use crate::sql::lex::RESERVED_PREFIX;
use crate::sql::lexeme::{Kind, Symbol};
use crate::sql::read::{Reading, TableUse};
use crate::sql::resolve::Resolved;

/// The names that expressions have and tables cannot, where nothing shows which table a column is of. With one of them, as in
/// `SELECT count() AS events FROM events`, ClickHouse refuses a table's alias, and takes the bare table.
#[derive(Debug, Default)]
pub(super) struct Taken<'a>(HashSet<&'a str>);

impl<'a> Taken<'a> {
    /// Gathered once.
    pub(super) fn of(reading: &'a Reading<'_>) -> Self {
        let lexed = &reading.lexed;
        if lexed.dialect != Dialect::ClickHouse || has_star(reading) {
            return Self::default();
        }
        let word = |at: usize| {
            let lexeme = lexed.get(at).filter(|it| matches!(it.kind, Kind::Word(_) | Kind::Quoted));
            lexeme.map(|lexeme| lexed.name(lexeme))
        };
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
            return Cow::Owned(format!("{RESERVED_PREFIX}_a{}", table.table));
        }
        self.meaning(table.alias.unwrap_or(table.table))
    }
}
