//! INTERVAL, with its unit in a string or behind an expression.

use crate::sql::keyword::{Keyword as K, is_unit_word};
use crate::sql::lexeme::{Kind, Symbol as S};
use crate::sql::refusal::Refusal;

use super::expression::Shape;
use super::{Reader, Role};

impl Reader<'_, '_> {
    /// Whether `interval` is the literal's word and not a name.
    pub(super) fn begins_interval(&self) -> bool {
        match self.kind(1) {
            Some(Kind::Text | Kind::Number | Kind::Quoted) => true,
            // `interval DESC` is a name; `INTERVAL n DAY` and `INTERVAL f(n) DAY` are not.
            Some(Kind::Word(keyword)) => {
                let goes_on = matches!(
                    self.symbol(2),
                    Some(
                        S::OpenRound
                            | S::OpenSquare
                            | S::Dot
                            | S::DoubleColon
                            | S::Plus
                            | S::Minus
                            | S::Star
                            | S::Slash
                            | S::Percent
                    )
                );
                keyword == K::Case || (!keyword.is_reserved() && (goes_on || is_unit_word(self.word(2))))
            }
            Some(Kind::Symbol(symbol)) => matches!(symbol, S::OpenRound | S::OpenBrace | S::Minus),
            _ => false,
        }
    }

    /// `INTERVAL '1 day'`, `INTERVAL 1 DAY`, `INTERVAL '1' DAY`.
    pub(super) fn interval(&mut self) -> Result<Shape, Refusal> {
        self.take(Role::Keyword);
        let is_text = matches!(self.kind(0), Some(Kind::Text));
        // `INTERVAL '1 day' d`: the unit is in the string, and `d` an alias.
        let is_whole = is_text && self.word(0).bytes().any(|byte| byte.is_ascii_alphabetic());
        self.deeper(Self::operand)?;
        if is_whole {
            return Ok(Shape::default());
        }
        if !is_text {
            // `INTERVAL 1 + 1 DAY`: the unit stands behind a whole expression.
            while !is_unit_word(self.word(0)) {
                match self.symbol(0) {
                    Some(S::Plus | S::Minus | S::Star | S::Slash | S::Percent) => self.take(Role::Symbol),
                    Some(S::OpenSquare) => {
                        self.subscript()?;
                        continue;
                    }
                    Some(S::DoubleColon) if self.dialect().has_cast_operator() => {
                        self.take(Role::Symbol);
                        self.type_name()?;
                        continue;
                    }
                    _ => return Err(self.unexpected()),
                };
                self.deeper(Self::operand)?;
            }
        }
        if is_unit_word(self.word(0)) {
            self.take(Role::Keyword);
        }
        Ok(Shape::default())
    }
}
