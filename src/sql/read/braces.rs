//! Operands in braces: parameters, maps, the placeholders of a row filter.

use crate::sql::lexeme::{Kind, Symbol as S};
use crate::sql::refusal::Refusal;

use super::expression::Shape;
use super::{Purpose, Reader, Role};

impl Reader<'_, '_> {
    /// A typed parameter `{name:Type}`, a map `{'key': value}`, or in a row filter a placeholder `{{ name }}`.
    pub(super) fn braces(&mut self) -> Result<Shape, Refusal> {
        self.take(Role::Symbol);
        if self.is_symbol(0, S::OpenBrace) {
            return self.placeholder();
        }
        if !self.dialect().has_clickhouse_expressions() {
            return Err(self.unexpected());
        }
        if matches!(self.kind(0), Some(Kind::Word(_))) && self.is_symbol(1, S::Colon) {
            return self.parameter();
        }
        while !self.is_symbol(0, S::CloseBrace) {
            self.operand()?;
            self.expect_symbol(S::Colon)?;
            self.inner()?;
            if !self.eat_symbol(S::Comma) {
                break;
            }
        }
        self.expect_symbol(S::CloseBrace)?;
        Ok(Shape::default())
    }

    fn parameter(&mut self) -> Result<Shape, Refusal> {
        if self.purpose == Purpose::Filter {
            return Err(self.not_allowed("a row filter takes no query parameters").hint("write `{{ name }}`"));
        }
        let name = self.take(Role::Keyword);
        self.take(Role::Symbol);
        if self.word(0).eq_ignore_ascii_case("Identifier") {
            self.object("an Identifier parameter can name any table", "write the name itself");
        }
        self.type_name()?;
        self.expect_symbol(S::CloseBrace)?;
        self.reading.parameters.push(name);
        Ok(Shape::default())
    }

    fn placeholder(&mut self) -> Result<Shape, Refusal> {
        if self.purpose != Purpose::Filter {
            return Err(self.not_understood("templates are not accepted here"));
        }
        self.take(Role::Symbol);
        let name = self.expect_name()?;
        self.expect_symbol(S::CloseBrace)?;
        self.expect_symbol(S::CloseBrace)?;
        if self.is_symbol(0, S::Dot) {
            return Err(self.not_understood("a dot stands behind a parameter"));
        }
        self.reading.placeholders.push(name);
        Ok(Shape::default())
    }
}
