//! Stars that stand for columns, and what may follow them.

use crate::sql::keyword::Keyword as K;
use crate::sql::lexeme::{Kind, Symbol as S};
use crate::sql::refusal::Refusal;

use super::expression::Context;
use super::{Reader, Role};

impl Reader<'_, '_> {
    /// What may follow `*` and `COLUMNS(…)`: EXCEPT, REPLACE, APPLY, in any order and number.
    pub(super) fn star_modifiers(&mut self) -> Result<(), Refusal> {
        if !self.dialect().has_clickhouse_expressions() {
            return Ok(());
        }
        loop {
            match self.keyword(0) {
                Some(K::Except)
                    if !self.is_bracketed_query(1) && !matches!(self.keyword(1), Some(K::All | K::Distinct)) =>
                {
                    self.take(Role::Keyword);
                    self.eat_keyword(K::Strict);
                    self.modifier(Self::excepted)?;
                }
                Some(K::Replace) => {
                    self.take(Role::Keyword);
                    self.eat_keyword(K::Strict);
                    self.modifier(Self::replaced)?;
                }
                Some(K::Apply) => {
                    self.take(Role::Keyword);
                    self.modifier(Self::applied)?;
                }
                _ => return Ok(()),
            }
        }
    }

    /// A modifier's argument, or a list of them in brackets.
    fn modifier(&mut self, element: fn(&mut Self) -> Result<(), Refusal>) -> Result<(), Refusal> {
        if self.is_symbol(0, S::OpenRound) {
            self.deeper(|reader| reader.bracketed_list(element))
        } else {
            element(self)
        }
    }

    fn excepted(&mut self) -> Result<(), Refusal> {
        if matches!(self.kind(0), Some(Kind::Text)) {
            self.take(Role::Literal);
            return Ok(());
        }
        self.expect_name()?;
        while self.is_symbol(0, S::Dot) {
            self.take(Role::Symbol);
            self.expect_name()?;
        }
        Ok(())
    }

    fn replaced(&mut self) -> Result<(), Refusal> {
        if self.expression(Context::ALIASED)?.alias.is_some() { Ok(()) } else { Err(self.unexpected()) }
    }

    /// A function's name, a function with parameters, or a lambda.
    fn applied(&mut self) -> Result<(), Refusal> {
        let is_name = matches!(self.kind(0), Some(Kind::Word(keyword)) if !keyword.is_reserved() || keyword == K::Any);
        if is_name && !self.is_symbol(1, S::Arrow) && !self.is_symbol(1, S::OpenRound) {
            let function = self.take(Role::Function);
            self.reading.functions.push(function);
            return Ok(());
        }
        // Every other bare name would be a function's for the engine, quoted or not: `* APPLY(`file`)` reads files.
        let is_parameter = self.is_symbol(1, S::Arrow) || self.is_symbol(1, S::OpenRound);
        if !self.is_symbol(0, S::OpenRound) && !is_parameter {
            return Err(self.unexpected());
        }
        self.expression(Context::PLAIN).map(drop)
    }
}
