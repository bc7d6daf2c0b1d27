//! The right side of IN: a place where a table can be read by a bare name.

use std::ops::Range;

use crate::sql::keyword::Keyword as K;
use crate::sql::lexeme::{Kind, Symbol as S};
use crate::sql::refusal::Refusal;

use super::{CteUse, Joined, Purpose, Reader, Role, TableUse};

impl Reader<'_, '_> {
    /// The right side of IN: a place where a table can be read by a bare name.
    pub(super) fn membership(&mut self) -> Result<(), Refusal> {
        let start = self.at;
        let bracketed = matches!(self.symbol(0), Some(S::OpenRound | S::OpenBrace));
        let name = if self.is_symbol(0, S::OpenRound) && !self.is_bracketed_query(1) {
            self.members()?
        } else {
            self.operand()?.name
        };
        match name {
            Some(_) if self.goes_on_before_in() => Ok(()),
            Some(name) => self.table_at_in(start, name),
            None if bracketed || self.dialect().takes_values_at_in() => Ok(()),
            None => {
                let message = "only a list or a query in brackets stands at the right of IN";
                Err(self.not_understood_at(start, message))
            }
        }
    }

    /// Whether an operator follows that binds tighter than IN: in `x IN a[1]` and `x IN a + 1` ClickHouse reads a value, and
    /// `a` is no table. Where IN takes no values these are errors.
    fn goes_on_before_in(&self) -> bool {
        let tighter = matches!(
            self.kind(0),
            Some(
                Kind::Symbol(
                    S::OpenSquare
                        | S::Dot
                        | S::DoubleColon
                        | S::Concat
                        | S::Plus
                        | S::Minus
                        | S::Star
                        | S::Slash
                        | S::Percent
                ) | Kind::Word(K::Div | K::Mod)
            )
        );
        tighter && self.dialect().has_clickhouse_expressions()
    }

    /// `(a, b, …)`: what is in the brackets, if it is one bare name that could be a table's.
    fn members(&mut self) -> Result<Option<Range<usize>>, Refusal> {
        self.take(Role::Symbol);
        if self.eat_symbol(S::CloseRound) {
            return Ok(None);
        }
        let mut name = self.deeper(Self::inner)?.name;
        while self.eat_symbol(S::Comma) {
            name = None;
            if self.is_symbol(0, S::CloseRound) {
                break;
            }
            self.deeper(Self::inner)?;
        }
        self.expect_symbol(S::CloseRound)?;
        let is_value = self.purpose == Purpose::Statement && self.dialect().brackets_at_in_hold_values();
        Ok(name.filter(|_| !is_value))
    }

    fn table_at_in(&mut self, start: usize, name: Range<usize>) -> Result<(), Refusal> {
        if self.purpose == Purpose::Filter {
            return Err(self.not_understood_at(name.start, "a bare name stands at the right of IN"));
        }
        let single = name.len() == 1;
        match self.visible_cte(name.start).filter(|_| single) {
            Some(cte) => {
                let range = start..self.at;
                self.reading.cte_uses.push(CteUse { range, cte, name: name.start, alias: None, in_from: false });
            }
            None if self.dialect().rewrites_in_table() => self.bare_table_at_in(start, name),
            None => self.reading.in_names.push(name),
        }
        Ok(())
    }

    /// `x IN [database.]table`, alone or in brackets.
    fn bare_table_at_in(&mut self, start: usize, name: Range<usize>) {
        let begins = start == name.start
            || self.reading.lexed.get(start).map(|lexeme| lexeme.kind) == Some(Kind::Symbol(S::OpenRound));
        let (database, table) = match name.len() {
            1 => (None, name.start),
            3 => (Some(name.start), name.start + 2),
            _ => return self.reading.in_names.push(name),
        };
        let is_name = self.reading.roles.get(table) == Some(&Role::Name);
        if !begins || !is_name {
            return self.reading.in_names.push(name);
        }
        self.reading.tables.push(TableUse {
            range: start..self.at,
            database,
            table,
            alias: None,
            is_final: false,
            sample: None,
            select: self.select,
            at_in: true,
            joined: Joined::Otherwise,
        });
    }
}
