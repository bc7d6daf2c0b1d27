//! WITH, set operations, SELECT and its clauses.

use crate::sql::keyword::Keyword as K;
use crate::sql::lexeme::{Kind, Symbol as S};
use crate::sql::refusal::Refusal;

use super::expression::Context;
use super::{Condition, Cte, Prewhere, Reader, Reading, Role};

impl<'t> Reader<'t, '_> {
    /// A whole statement: one query, its FORMAT and SETTINGS, a final semicolon.
    pub(super) fn statement(mut self) -> Result<Reading<'t>, Refusal> {
        if !self.is_bracketed_query(0) {
            let hint = "only SELECT is accepted";
            return Err(if self.reading.lexed.lexemes.is_empty() {
                self.not_understood("the statement is empty").hint(hint)
            } else {
                self.unexpected().hint(hint)
            });
        }
        self.query()?;
        self.output_clauses()?;
        while self.is_symbol(0, S::Semicolon) {
            self.take(Role::Dropped);
        }
        if self.at < self.reading.lexed.lexemes.len() && self.ended_by_semicolon() {
            return Err(self.not_allowed("only one statement is accepted"));
        }
        self.finish()
    }

    fn ended_by_semicolon(&self) -> bool {
        self.reading.lexed.get(self.at - 1).is_some_and(|lexeme| lexeme.kind == Kind::Symbol(S::Semicolon))
    }
}

impl Reader<'_, '_> {
    /// A query: `[WITH …] arm {UNION | INTERSECT | EXCEPT arm} [ORDER BY …] [LIMIT …]`.
    pub(super) fn query(&mut self) -> Result<(), Refusal> {
        self.deeper(|reader| {
            reader.nesting += 1;
            reader.scope.enter();
            let outer = reader.select;
            reader.arm()?;
            reader.rest_of_set_operation()?;
            reader.select = outer;
            reader.scope.leave();
            reader.nesting -= 1;
            Ok(())
        })
    }

    pub(super) fn begins_set_operation(&self) -> bool {
        matches!(self.keyword(0), Some(K::Union | K::Intersect | K::Except))
    }

    /// What follows the first arm.
    pub(super) fn rest_of_set_operation(&mut self) -> Result<(), Refusal> {
        while self.begins_set_operation() {
            self.take(Role::Keyword);
            self.reading.set_operations = true;
            let _ = self.eat_keyword(K::All) || self.eat_keyword(K::Distinct);
            self.arm()?;
        }
        self.order_and_limit()
    }

    /// One arm: a SELECT, VALUES, or a query in brackets.
    fn arm(&mut self) -> Result<(), Refusal> {
        if self.eat_keyword(K::With) {
            self.with()?;
        }
        if self.eat_symbol(S::OpenRound) {
            self.query()?;
            return self.expect_symbol(S::CloseRound);
        }
        if self.is_keyword(0, K::Values) && !self.dialect().has_clickhouse_clauses() {
            self.take(Role::Keyword);
            return self.list(|reader| reader.bracketed_list(|reader| reader.inner().map(drop)));
        }
        self.select()
    }

    /// The items of WITH: common table expressions, and in ClickHouse named expressions.
    fn with(&mut self) -> Result<(), Refusal> {
        let recursive = self.eat_keyword(K::Recursive);
        self.list(|reader| if reader.begins_cte() { reader.cte(recursive) } else { reader.named_expression() })
    }

    fn begins_cte(&self) -> bool {
        if !matches!(self.kind(0), Some(Kind::Word(_) | Kind::Quoted)) {
            return false;
        }
        if !self.dialect().has_clickhouse_clauses() {
            return true;
        }
        let body = match self.keyword(2) {
            Some(K::Materialized) => 3,
            _ => 2,
        };
        self.is_keyword(1, K::As) && self.is_symbol(body, S::OpenRound) && self.is_bracketed_query(body)
            || self.begins_cte_with_columns()
    }

    /// `name (a, b) AS (SELECT …)`.
    fn begins_cte_with_columns(&self) -> bool {
        if !self.is_symbol(1, S::OpenRound) {
            return false;
        }
        let mut ahead = 2;
        while matches!(self.kind(ahead), Some(Kind::Word(_) | Kind::Quoted | Kind::Symbol(S::Comma))) {
            ahead += 1;
        }
        self.is_symbol(ahead, S::CloseRound)
            && self.is_keyword(ahead + 1, K::As)
            && self.is_symbol(ahead + 2, S::OpenRound)
            && self.is_bracketed_query(ahead + 2)
    }

    fn cte(&mut self, recursive: bool) -> Result<(), Refusal> {
        let name = self.expect_name()?;
        if self.is_symbol(0, S::OpenRound) {
            self.bracketed_list(Self::renamed)?;
        }
        self.expect_keyword(K::As)?;
        let _ = self.eat_keyword(K::Materialized) || self.eat_keywords(&[K::Not, K::Materialized]);
        let number = self.reading.ctes.len();
        let start = self.at;
        self.reading.ctes.push(Cte { name, body: start..start });
        if recursive {
            self.show_cte(number);
        }
        self.expect_symbol(S::OpenRound)?;
        self.query()?;
        self.expect_symbol(S::CloseRound)?;
        let end = self.at;
        if let Some(cte) = self.reading.ctes.get_mut(number) {
            cte.body.end = end;
        }
        if !recursive {
            self.show_cte(number);
        }
        Ok(())
    }

    /// A name of a column list.
    pub(super) fn renamed(&mut self) -> Result<(), Refusal> {
        let name = self.expect_name()?;
        self.reading.renamed.push(name);
        Ok(())
    }

    fn show_cte(&mut self, number: usize) {
        let Some(lexeme) = self.reading.ctes.get(number).and_then(|cte| self.reading.lexed.get(cte.name)) else {
            return;
        };
        let name = self.dialect().folded(self.reading.lexed.name(lexeme)).into_owned();
        self.scope.show(name, number);
    }

    /// The common table expression that the name at `position` means here.
    pub(super) fn visible_cte(&self, position: usize) -> Option<usize> {
        let lexed = &self.reading.lexed;
        let name = lexed.get(position).map(|lexeme| lexed.name(lexeme))?;
        self.scope.find(&lexed.dialect.folded(name))
    }

    fn named_expression(&mut self) -> Result<(), Refusal> {
        if self.expression(Context::ALIASED)?.alias.is_some() { Ok(()) } else { Err(self.unexpected()) }
    }

    fn select(&mut self) -> Result<(), Refusal> {
        self.selects += 1;
        self.select = self.selects;
        let from_first = self.is_keyword(0, K::From) && self.dialect().has_clickhouse_clauses();
        if from_first {
            self.take(Role::Keyword);
            self.table_list()?;
        }
        if from_first && !self.is_keyword(0, K::Select) {
            return Err(self.not_understood("a query that begins with FROM needs its SELECT"));
        }
        self.expect_keyword(K::Select)?;
        self.select_modifiers()?;
        self.select_list()?;
        if !from_first && self.eat_keyword(K::From) {
            self.table_list()?;
        }
        self.conditions()?;
        self.grouping()?;
        if self.eat_keyword(K::Having) {
            self.inner()?;
        }
        if self.eat_keyword(K::Window) {
            self.list(|reader| {
                reader.expect_name()?;
                reader.expect_keyword(K::As)?;
                reader.window()
            })?;
        }
        if self.eat_keyword(K::Qualify) {
            self.inner()?;
        }
        self.order_and_limit()
    }

    fn select_modifiers(&mut self) -> Result<(), Refusal> {
        if self.eat_keyword(K::Distinct) {
            if self.is_keyword(0, K::On) && self.is_symbol(1, S::OpenRound) {
                self.take(Role::Keyword);
                self.bracketed_list(|reader| reader.inner().map(drop))?;
            }
        } else if self.is_keyword(0, K::All) && !self.is_symbol(1, S::OpenRound) {
            self.take(Role::Keyword);
        }
        if self.is_keyword(0, K::Top) && matches!(self.kind(1), Some(Kind::Number)) {
            self.take(Role::Keyword);
            self.take(Role::Literal);
            self.eat_keywords(&[K::With, K::Ties]);
        }
        Ok(())
    }

    fn select_list(&mut self) -> Result<(), Refusal> {
        loop {
            self.expression(Context::SELECTED)?;
            if !self.is_symbol(0, S::Comma) {
                return Ok(());
            }
            // ClickHouse lets a comma stand before FROM.
            if self.is_keyword(1, K::From) && !self.names_a_column_from(1) && self.dialect().has_clickhouse_clauses() {
                self.take(Role::Dropped);
                return Ok(());
            }
            self.take(Role::Symbol);
        }
    }

    fn conditions(&mut self) -> Result<(), Refusal> {
        let prewhere = self.is_keyword(0, K::Prewhere) && self.dialect().has_clickhouse_clauses();
        if prewhere {
            let keyword = self.take(Role::Keyword);
            self.condition()?;
            self.reading.prewheres.push(Prewhere { keyword, end: self.at, and_where: None, select: self.select });
        }
        let number = self.reading.prewheres.len();
        if self.is_keyword(0, K::Where) {
            let keyword = self.take(Role::Keyword);
            self.condition()?;
            let end = self.at;
            if let Some(own) = self.reading.prewheres.get_mut(number.wrapping_sub(1)).filter(|_| prewhere) {
                own.and_where = Some((keyword, end));
            }
        }
        Ok(())
    }

    fn condition(&mut self) -> Result<(), Refusal> {
        let start = self.at;
        self.inner()?;
        self.reading.conditions.push(Condition { select: self.select, range: start..self.at });
        Ok(())
    }

    fn grouping(&mut self) -> Result<(), Refusal> {
        if self.eat_keywords(&[K::Group, K::By]) {
            if self.is_keyword(0, K::All) && !self.is_symbol(1, S::OpenRound) {
                self.take(Role::Keyword);
            } else {
                self.list(Self::grouping_element)?;
            }
        }
        while self.eat_keywords(&[K::With, K::Rollup])
            || self.eat_keywords(&[K::With, K::Cube])
            || self.eat_keywords(&[K::With, K::Totals])
        {}
        Ok(())
    }

    fn grouping_element(&mut self) -> Result<(), Refusal> {
        let called = self.is_symbol(1, S::OpenRound);
        if self.eat_keywords(&[K::Grouping, K::Sets])
            || (called && (self.eat_keyword(K::Rollup) || self.eat_keyword(K::Cube)))
        {
            return self.deeper(|reader| reader.bracketed_list(|reader| reader.grouping_set()));
        }
        self.inner().map(drop)
    }

    /// An expression, a list of them in brackets, or `()`.
    fn grouping_set(&mut self) -> Result<(), Refusal> {
        if self.is_symbol(0, S::OpenRound) && self.is_symbol(1, S::CloseRound) {
            self.take(Role::Symbol);
            self.take(Role::Symbol);
            return Ok(());
        }
        self.inner().map(drop)
    }
}
