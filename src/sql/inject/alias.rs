//! The names of walls.

use std::borrow::Cow;

use super::has_star;
use crate::sql::dialect::Dialect;
use crate::sql::lex::RESERVED_PREFIX;
use crate::sql::lexeme::{Kind, Symbol};
use crate::sql::read::TableUse;
use crate::sql::refusal::{Refusal, RefusalKind};
use crate::sql::resolve::Resolved;

impl Resolved<'_> {
    /// The name by which the rest of the statement knows a table. Where an expression has that name too, as in
    /// `SELECT count() AS events FROM events`, ClickHouse refuses the alias and takes the bare table: the wall gets a name
    /// that nobody uses.
    pub(super) fn alias(&self, table: &TableUse) -> Cow<'_, str> {
        if table.alias.is_none() && self.is_taken(table.table) {
            return Cow::Owned(format!("{RESERVED_PREFIX}_a{}", table.table));
        }
        self.meaning(table.alias.unwrap_or(table.table))
    }

    /// Whether an expression has that table's name as its alias, and nothing shows which table a column is of.
    pub(super) fn is_taken(&self, table: usize) -> bool {
        let (lexed, name) = (&self.reading.lexed, self.word(table));
        let given = self.reading.aliases.iter().any(|&(_, alias)| self.word(alias) == name);
        let is_dot = |at: usize| lexed.get(at).map(|lexeme| lexeme.kind) == Some(Kind::Symbol(Symbol::Dot));
        let qualifies = |at: usize| {
            let is_name = lexed.get(at).is_some_and(|it| matches!(it.kind, Kind::Word(_) | Kind::Quoted));
            is_name && self.word(at) == name && is_dot(at + 1)
        };
        given
            && lexed.dialect == Dialect::ClickHouse
            && !has_star(&self.reading)
            && !(0..lexed.lexemes.len()).any(qualifies)
    }

    /// ClickHouse knows a table with an alias by its own name too; behind a wall it has the alias only.
    pub(super) fn own_names_of_aliased(&self) -> Result<(), Refusal> {
        let reading = &self.reading;
        if reading.lexed.dialect != Dialect::ClickHouse {
            return Ok(());
        }
        for name in reading.names.iter().filter(|name| name.len() >= 3) {
            let qualifier = self.word(name.start);
            let is_it = |at: usize| self.word(at) == qualifier;
            let known = reading.tables.iter().any(|table| is_it(table.alias.unwrap_or(table.table)))
                || reading.cte_uses.iter().any(|cte| is_it(cte.alias.unwrap_or(cte.name)))
                || reading.aliases.iter().any(|&(_, alias)| is_it(alias))
                || self.references.iter().filter_map(|(_, table)| table.as_ref()).any(|table| {
                    table.columns.is_empty() || table.columns.iter().any(|column| *column.name == *qualifier)
                });
            let aliased = reading.tables.iter().find(|table| is_it(table.table));
            let Some(alias) = aliased.filter(|_| !known).and_then(|table| table.alias) else { continue };
            let span = reading.lexed.get(name.start).map_or(0..0, |lexeme| lexeme.span());
            let message = format!("the table `{qualifier}` is called `{}` here", self.word(alias));
            return Err(Refusal::new(RefusalKind::NotAllowed, message)
                .at(span)
                .hint("name its columns with the alias"));
        }
        Ok(())
    }
}
