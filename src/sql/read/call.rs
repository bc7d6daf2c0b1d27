//! Functions, their windows, and the forms that have words between their arguments.

use crate::sql::keyword::{Keyword as K, is_unit_word};
use crate::sql::lexeme::{Kind, Symbol as S};
use crate::sql::refusal::Refusal;

use super::expression::{Context, Shape};
use super::{Purpose, Reader, Role};

/// Functions whose first argument may be a unit of time without quotes (ClickHouse 26.7, `ParserDateDiff` and its kin).
const UNIT_FIRST: &[&str] = &[
    "date_add",
    "date_diff",
    "date_sub",
    "date_trunc",
    "dateadd",
    "datediff",
    "datesub",
    "datetrunc",
    "timestamp_add",
    "timestamp_diff",
    "timestamp_sub",
    "timestampadd",
    "timestampdiff",
    "timestampsub",
];

impl Reader<'_, '_> {
    /// A word with brackets behind it.
    pub(super) fn call(&mut self) -> Result<Shape, Refusal> {
        self.deeper(|reader| match reader.keyword(0) {
            Some(K::Cast) => reader.cast(),
            Some(K::Extract) => reader.extract(),
            Some(K::Trim) => reader.trim(),
            Some(K::Substring) => reader.substring(),
            Some(K::Position) => reader.position(),
            Some(K::Columns) if reader.dialect().has_clickhouse_expressions() => reader.columns(),
            _ => reader.function(),
        })?;
        Ok(Shape::default())
    }

    fn function_name(&mut self) {
        let name = self.take(Role::Function);
        self.reading.functions.push(name);
    }

    fn function(&mut self) -> Result<(), Refusal> {
        let takes_unit = UNIT_FIRST.iter().any(|name| self.word(0).eq_ignore_ascii_case(name));
        self.function_name();
        self.take(Role::Symbol);
        if takes_unit && is_unit_word(self.word(0)) && self.is_symbol(1, S::Comma) {
            self.take(Role::Keyword);
            self.take(Role::Symbol);
        }
        self.arguments()?;
        if self.is_symbol(0, S::OpenRound) && self.dialect().has_clickhouse_expressions() {
            self.take(Role::Symbol);
            self.arguments()?;
        }
        self.behind_call()
    }

    /// The arguments and the closing bracket.
    fn arguments(&mut self) -> Result<(), Refusal> {
        if self.eat_symbol(S::CloseRound) {
            return Ok(());
        }
        if self.is_query(0) {
            self.query()?;
            return self.expect_symbol(S::CloseRound);
        }
        if self.is_keyword(0, K::Distinct) || (self.is_keyword(0, K::All) && !self.is_symbol(1, S::OpenRound)) {
            self.take(Role::Keyword);
        }
        self.inner()?;
        while self.eat_symbol(S::Comma) {
            if self.is_symbol(0, S::CloseRound) && self.dialect().has_clickhouse_expressions() {
                break;
            }
            self.inner()?;
        }
        if self.eat_keywords(&[K::Order, K::By]) {
            self.order_items()?;
        }
        self.null_treatment();
        self.expect_symbol(S::CloseRound)
    }

    fn null_treatment(&mut self) {
        let _ = self.eat_keywords(&[K::Respect, K::Nulls]) || self.eat_keywords(&[K::Ignore, K::Nulls]);
    }

    /// FILTER, WITHIN GROUP, OVER.
    fn behind_call(&mut self) -> Result<(), Refusal> {
        if self.purpose == Purpose::Filter {
            return Ok(());
        }
        self.null_treatment();
        if self.eat_keywords(&[K::Within, K::Group]) {
            self.expect_symbol(S::OpenRound)?;
            self.eat_keywords(&[K::Order, K::By]);
            self.order_items()?;
            self.expect_symbol(S::CloseRound)?;
        }
        if self.is_keyword(0, K::Filter) && self.is_symbol(1, S::OpenRound) {
            self.take(Role::Keyword);
            self.take(Role::Symbol);
            self.expect_keyword(K::Where)?;
            self.inner()?;
            self.expect_symbol(S::CloseRound)?;
        }
        self.null_treatment();
        if self.eat_keyword(K::Over) {
            if self.is_symbol(0, S::OpenRound) { self.window()? } else { self.expect_name().map(drop)? }
        }
        Ok(())
    }

    /// `([name] [PARTITION BY …] [ORDER BY …] [frame])`.
    pub(super) fn window(&mut self) -> Result<(), Refusal> {
        self.expect_symbol(S::OpenRound)?;
        let is_name = match self.keyword(0) {
            Some(keyword) => {
                !keyword.is_reserved() && !matches!(keyword, K::Partition | K::Rows | K::Range | K::Groups)
            }
            None => matches!(self.kind(0), Some(Kind::Quoted)),
        };
        if is_name {
            self.take(Role::Name);
        }
        if self.eat_keywords(&[K::Partition, K::By]) {
            self.list(|reader| reader.inner().map(drop))?;
        }
        if self.eat_keywords(&[K::Order, K::By]) {
            self.order_items()?;
        }
        if matches!(self.keyword(0), Some(K::Rows | K::Range | K::Groups)) {
            self.take(Role::Keyword);
            self.frame()?;
        }
        self.expect_symbol(S::CloseRound)
    }

    fn frame(&mut self) -> Result<(), Refusal> {
        if self.eat_keyword(K::Between) {
            self.frame_bound()?;
            self.expect_keyword(K::And)?;
        }
        self.frame_bound()?;
        if self.eat_keyword(K::Exclude) {
            let known = self.eat_keywords(&[K::No, K::Others])
                || self.eat_keywords(&[K::Current, K::Row])
                || self.eat_keyword(K::Group)
                || self.eat_keyword(K::Ties);
            if !known {
                return Err(self.unexpected());
            }
        }
        Ok(())
    }

    fn frame_bound(&mut self) -> Result<(), Refusal> {
        if self.eat_keywords(&[K::Current, K::Row]) {
            return Ok(());
        }
        if !self.eat_keyword(K::Unbounded) {
            self.expression(Context::PLAIN)?;
        }
        if self.eat_keyword(K::Preceding) || self.eat_keyword(K::Following) { Ok(()) } else { Err(self.unexpected()) }
    }

    /// `CAST(x AS Type)` and ClickHouse's `CAST(x, 'Type')`.
    fn cast(&mut self) -> Result<(), Refusal> {
        self.function_name();
        self.take(Role::Symbol);
        self.expression(Context::PLAIN)?;
        // `CAST(x AS alias AS Type)`: the first of two is an alias.
        if self.is_keyword(0, K::As) && self.is_keyword(2, K::As) && self.dialect().has_clickhouse_expressions() {
            self.take(Role::Keyword);
            self.take(Role::Name);
        }
        if self.eat_keyword(K::As) {
            self.type_name()?;
        } else {
            self.expect_symbol(S::Comma)?;
            self.inner()?;
        }
        self.expect_symbol(S::CloseRound)
    }

    /// `EXTRACT(unit FROM x)` and the functions of that name.
    fn extract(&mut self) -> Result<(), Refusal> {
        if !(is_unit_word(self.word(2)) && self.is_keyword(3, K::From)) {
            return self.function();
        }
        self.function_name();
        self.take(Role::Symbol);
        self.take(Role::Keyword);
        self.take(Role::Keyword);
        self.inner()?;
        self.expect_symbol(S::CloseRound)
    }

    /// `TRIM([BOTH | LEADING | TRAILING] [x] FROM y)` and the function of that name.
    fn trim(&mut self) -> Result<(), Refusal> {
        self.function_name();
        self.take(Role::Symbol);
        let _ = self.eat_keyword(K::Both) || self.eat_keyword(K::Leading) || self.eat_keyword(K::Trailing);
        if self.eat_keyword(K::From) {
            self.inner()?;
            return self.expect_symbol(S::CloseRound);
        }
        self.inner()?;
        if self.eat_keyword(K::From) {
            self.inner()?;
            return self.expect_symbol(S::CloseRound);
        }
        if self.eat_symbol(S::Comma) { self.arguments() } else { self.expect_symbol(S::CloseRound) }
    }

    /// `SUBSTRING(x FROM a [FOR b])` and the function of that name.
    fn substring(&mut self) -> Result<(), Refusal> {
        self.function_name();
        self.take(Role::Symbol);
        self.inner()?;
        if !self.eat_keyword(K::From) {
            self.expect_symbol(S::Comma)?;
            return self.arguments();
        }
        self.inner()?;
        if self.eat_keyword(K::For) {
            self.inner()?;
        }
        self.expect_symbol(S::CloseRound)
    }

    /// `POSITION(x IN y)`, where IN is no test of membership and `y` no table.
    fn position(&mut self) -> Result<(), Refusal> {
        self.function_name();
        self.take(Role::Symbol);
        self.expression(Context::NEEDLE)?;
        if self.eat_keyword(K::In) {
            self.inner()?;
            return self.expect_symbol(S::CloseRound);
        }
        if self.eat_symbol(S::Comma) { self.arguments() } else { self.expect_symbol(S::CloseRound) }
    }

    /// `COLUMNS('pattern')`, `COLUMNS(a, b)`, with modifiers behind it.
    fn columns(&mut self) -> Result<(), Refusal> {
        self.take(Role::Keyword);
        self.bracketed_list(|reader| reader.inner().map(drop))?;
        self.star_modifiers()
    }
}
