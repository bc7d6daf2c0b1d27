//! What an operand can be.

use crate::sql::keyword::Keyword as K;
use crate::sql::lexeme::{Kind, Symbol as S};
use crate::sql::refusal::Refusal;

use super::expression::Shape;
use super::{Purpose, Reader, Role};

impl Reader<'_, '_> {
    /// One operand, with its unary operators before it.
    pub(super) fn operand(&mut self) -> Result<Shape, Refusal> {
        let mut plain = true;
        loop {
            match self.kind(0) {
                // ClickHouse's parser forgets a unary plus: `x IN +t` reads the table `t`.
                Some(Kind::Symbol(S::Plus)) => {
                    self.take(Role::Symbol);
                    continue;
                }
                Some(Kind::Symbol(S::Minus)) => self.take(Role::Sign),
                Some(Kind::Symbol(S::Tilde)) => self.take(Role::Symbol),
                Some(Kind::Word(K::Not)) => self.take(Role::Keyword),
                _ => break,
            };
            plain = false;
        }
        let shape = match self.kind(0) {
            Some(Kind::Text | Kind::Blob) => self.literal(),
            Some(Kind::Number) => self.number()?,
            Some(Kind::Symbol(S::OpenRound)) => self.deeper(Self::brackets)?,
            Some(Kind::Symbol(S::OpenSquare)) => self.deeper(Self::array)?,
            Some(Kind::Symbol(S::OpenBrace)) => self.deeper(Self::braces)?,
            Some(Kind::Symbol(S::Star)) if self.purpose == Purpose::Statement => {
                let star = self.take(Role::Symbol);
                self.reading.stars.push(star);
                self.star_modifiers()?;
                Shape::default()
            }
            Some(Kind::Word(keyword)) => self.word_operand(keyword)?,
            Some(Kind::Quoted) if self.is_symbol(1, S::OpenRound) => {
                return Err(self.not_understood("a function's name cannot be quoted"));
            }
            Some(Kind::Quoted) => self.name()?,
            Some(Kind::Symbol(_)) | None => return Err(self.unexpected()),
        };
        Ok(if plain { shape } else { Shape { lambda: shape.lambda, ..Shape::default() } })
    }

    pub(super) fn literal(&mut self) -> Shape {
        self.take(Role::Literal);
        Shape::default()
    }

    /// A dot behind a number could be read as part of it.
    fn number(&mut self) -> Result<Shape, Refusal> {
        if self.is_symbol(1, S::Dot) {
            return Err(self.not_understood("a dot stands behind a number"));
        }
        Ok(self.literal())
    }

    /// `(query)`, `(expression)`, `(a, b)`, `()`, and set operations whose first arm is itself in brackets.
    pub(super) fn brackets(&mut self) -> Result<Shape, Refusal> {
        self.take(Role::Symbol);
        self.explain();
        if self.is_query(0) {
            self.no_query_in_filter()?;
            self.query()?;
            self.expect_symbol(S::CloseRound)?;
            return Ok(Shape { query: true, ..Shape::default() });
        }
        if self.is_symbol(0, S::CloseRound) && self.dialect().has_clickhouse_expressions() {
            self.take(Role::Symbol);
            return Ok(Shape::default());
        }
        let first = self.inner()?;
        if first.query && self.begins_set_operation() {
            self.rest_of_set_operation()?;
            self.expect_symbol(S::CloseRound)?;
            return Ok(Shape { query: true, ..Shape::default() });
        }
        let mut shape = first;
        while self.eat_symbol(S::Comma) {
            shape = Shape::default();
            if self.is_symbol(0, S::CloseRound) {
                break;
            }
            self.inner()?;
        }
        self.expect_symbol(S::CloseRound)?;
        Ok(Shape { alias: None, ..shape })
    }

    fn no_query_in_filter(&self) -> Result<(), Refusal> {
        if self.purpose == Purpose::Filter {
            return Err(self.not_allowed("a row filter cannot hold a query"));
        }
        Ok(())
    }

    pub(super) fn array(&mut self) -> Result<Shape, Refusal> {
        self.take(Role::Symbol);
        if !self.is_symbol(0, S::CloseSquare) {
            self.inner()?;
            while self.eat_symbol(S::Comma) {
                if self.is_symbol(0, S::CloseSquare) {
                    break;
                }
                self.inner()?;
            }
        }
        self.expect_symbol(S::CloseSquare)?;
        Ok(Shape::default())
    }
}
