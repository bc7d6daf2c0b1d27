//! ORDER BY, LIMIT, SETTINGS, FORMAT.

use crate::sql::keyword::Keyword as K;
use crate::sql::lexeme::{Kind, Symbol as S};
use crate::sql::refusal::Refusal;

use super::expression::Context;
use super::{Reader, Role, Setting};

impl Reader<'_, '_> {
    /// `[ORDER BY …] [LIMIT …] [OFFSET …] [FETCH …] [SETTINGS …]`.
    pub(super) fn order_and_limit(&mut self) -> Result<(), Refusal> {
        if self.eat_keywords(&[K::Order, K::By]) {
            // `ORDER BY all, a` sorts by a column of that name.
            if self.is_keyword(0, K::All) && !matches!(self.symbol(1), Some(S::OpenRound | S::Comma)) {
                self.take(Role::Keyword);
                self.order_direction()?;
            } else {
                self.order_items()?;
            }
            if self.eat_keyword(K::Interpolate) {
                self.interpolate()?;
            }
        }
        while self.eat_keyword(K::Limit) {
            self.limit()?;
        }
        self.offset_and_fetch()?;
        if self.is_keyword(0, K::Settings) && self.dialect().has_clickhouse_clauses() {
            self.settings()?;
        }
        Ok(())
    }

    pub(super) fn order_items(&mut self) -> Result<(), Refusal> {
        self.list(Self::order_item)
    }

    fn order_item(&mut self) -> Result<(), Refusal> {
        self.inner()?;
        self.order_direction()?;
        if self.eat_keywords(&[K::With, K::Fill]) {
            for keyword in [K::From, K::To, K::Step, K::Staleness] {
                if self.eat_keyword(keyword) {
                    self.expression(Context::PLAIN)?;
                }
            }
        }
        Ok(())
    }

    fn order_direction(&mut self) -> Result<(), Refusal> {
        let _ = [K::Asc, K::Desc, K::Ascending, K::Descending].into_iter().any(|keyword| self.eat_keyword(keyword));
        if self.eat_keyword(K::Nulls) && !self.eat_keyword(K::First) {
            self.expect_keyword(K::Last)?;
        }
        if self.eat_keyword(K::Collate) {
            match self.kind(0) {
                Some(Kind::Text) => self.take(Role::Literal),
                _ => self.expect_name()?,
            };
        }
        Ok(())
    }

    fn interpolate(&mut self) -> Result<(), Refusal> {
        if !self.eat_symbol(S::OpenRound) || self.eat_symbol(S::CloseRound) {
            return Ok(());
        }
        self.list(|reader| {
            reader.expect_name()?;
            if reader.eat_keyword(K::As) {
                reader.expression(Context::PLAIN)?;
            }
            Ok(())
        })?;
        self.expect_symbol(S::CloseRound)
    }

    /// `n [, m | OFFSET m] [WITH TIES] [BY …]`.
    fn limit(&mut self) -> Result<(), Refusal> {
        self.expression(Context::PLAIN)?;
        if self.eat_symbol(S::Comma) || self.eat_keyword(K::Offset) {
            self.expression(Context::PLAIN)?;
        }
        self.eat_keywords(&[K::With, K::Ties]);
        if self.dialect().has_clickhouse_clauses() && self.eat_keyword(K::By) {
            if self.is_keyword(0, K::All) && !self.is_symbol(1, S::OpenRound) {
                self.take(Role::Keyword);
            } else {
                self.list(|reader| reader.inner().map(drop))?;
            }
        }
        Ok(())
    }

    fn offset_and_fetch(&mut self) -> Result<(), Refusal> {
        if self.eat_keyword(K::Offset) {
            self.expression(Context::PLAIN)?;
            let _ = self.eat_keyword(K::Row) || self.eat_keyword(K::Rows);
        }
        if self.eat_keyword(K::Fetch) {
            if !self.eat_keyword(K::First) {
                self.expect_keyword(K::Next)?;
            }
            self.expression(Context::PLAIN)?;
            if !self.eat_keyword(K::Row) {
                self.expect_keyword(K::Rows)?;
            }
            if !self.eat_keyword(K::Only) && !self.eat_keywords(&[K::With, K::Ties]) {
                return Err(self.unexpected());
            }
        }
        Ok(())
    }

    /// FORMAT and SETTINGS of the whole statement, in any order.
    pub(super) fn output_clauses(&mut self) -> Result<(), Refusal> {
        loop {
            match self.keyword(0) {
                Some(K::Format)
                    if self.reading.format.is_none() && matches!(self.kind(1), Some(Kind::Word(_) | Kind::Quoted)) =>
                {
                    self.take(Role::Dropped);
                    self.reading.format = Some(self.take(Role::Dropped));
                }
                Some(K::Settings) if self.dialect().has_clickhouse_clauses() => self.settings()?,
                Some(K::Into) => return Err(self.not_allowed("INTO OUTFILE is not accepted")),
                _ => return Ok(()),
            }
        }
    }

    pub(super) fn settings(&mut self) -> Result<(), Refusal> {
        self.take(Role::Dropped);
        self.setting()?;
        while self.is_symbol(0, S::Comma) {
            self.take(Role::Dropped);
            self.setting()?;
        }
        Ok(())
    }

    fn setting(&mut self) -> Result<(), Refusal> {
        // Some settings are named like words of the grammar: `limit`, `final`.
        if !matches!(self.kind(0), Some(Kind::Word(_) | Kind::Quoted)) {
            return Err(self.unexpected());
        }
        let name = self.take(Role::Dropped);
        if !self.is_symbol(0, S::Equal) {
            // A name alone turns a switch on (26.7); admission wants its value.
            self.reading.settings.push(Setting { name, value: self.at..self.at, outermost: self.nesting <= 1 });
            return Ok(());
        }
        self.take(Role::Dropped);
        let start = self.at;
        let functions = self.reading.functions.len();
        self.operand()?;
        // What a setting's value names is no part of the query.
        self.reading.functions.truncate(functions);
        self.drop_from(start);
        self.reading.settings.push(Setting { name, value: start..self.at, outermost: self.nesting <= 1 });
        Ok(())
    }

    /// What was just read is understood and not written.
    fn drop_from(&mut self, start: usize) {
        let end = self.at;
        if let Some(roles) = self.reading.roles.get_mut(start..end) {
            roles.fill(Role::Dropped);
        }
    }
}
