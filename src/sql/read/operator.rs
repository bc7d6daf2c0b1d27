//! What can stand behind an operand.

use crate::sql::keyword::Keyword as K;
use crate::sql::lexeme::{Kind, Symbol as S};
use crate::sql::refusal::Refusal;

use super::expression::Context;
use super::{Purpose, Reader, Role};

/// What stood behind an operand.
pub(super) enum Operator {
    /// Nothing that belongs to the expression.
    None,
    /// Something that is complete by itself.
    Postfix,
    /// IN, whose right side is special.
    Membership,
    /// Something that needs another operand.
    Infix { is_lambda: bool },
}

impl Reader<'_, '_> {
    /// Reads an operator or a postfix, if one stands here.
    pub(super) fn operator(&mut self, context: Context, ternaries: &mut usize) -> Result<Operator, Refusal> {
        match self.kind(0) {
            Some(Kind::Symbol(symbol)) => self.symbol_operator(symbol, ternaries),
            Some(Kind::Word(keyword)) => self.word_operator(keyword, context),
            _ => Ok(Operator::None),
        }
    }

    fn symbol_operator(&mut self, symbol: S, ternaries: &mut usize) -> Result<Operator, Refusal> {
        let clickhouse = self.dialect().has_clickhouse_expressions();
        match symbol {
            S::Plus
            | S::Minus
            | S::Star
            | S::Slash
            | S::Percent
            | S::Concat
            | S::Equal
            | S::NotEqual
            | S::Less
            | S::Greater
            | S::LessEqual
            | S::GreaterEqual
            | S::NullSafeEqual
            | S::Ampersand
            | S::Pipe
            | S::ShiftLeft
            | S::ShiftRight
            | S::LongArrow => {
                self.take(Role::Symbol);
                Ok(Operator::Infix { is_lambda: false })
            }
            S::Arrow if clickhouse && self.purpose == Purpose::Filter => Ok(Operator::None),
            S::Arrow => {
                let is_lambda = clickhouse;
                if !is_lambda && !self.dialect().has_json_arrows() {
                    return Ok(Operator::None);
                }
                self.take(Role::Symbol);
                Ok(Operator::Infix { is_lambda })
            }
            S::Question if clickhouse => {
                *ternaries += 1;
                self.take(Role::Symbol);
                Ok(Operator::Infix { is_lambda: false })
            }
            S::Colon if *ternaries > 0 => {
                *ternaries -= 1;
                self.take(Role::Symbol);
                Ok(Operator::Infix { is_lambda: false })
            }
            S::DoubleColon if self.dialect().has_cast_operator() => {
                self.take(Role::Symbol);
                self.type_name()?;
                Ok(Operator::Postfix)
            }
            S::OpenSquare => {
                self.subscript()?;
                Ok(Operator::Postfix)
            }
            S::Dot if clickhouse => {
                self.element_access()?;
                Ok(Operator::Postfix)
            }
            _ => Ok(Operator::None),
        }
    }

    fn word_operator(&mut self, keyword: K, context: Context) -> Result<Operator, Refusal> {
        let infix = Ok(Operator::Infix { is_lambda: false });
        match keyword {
            K::And | K::Or | K::Like | K::Ilike | K::Between | K::Div | K::Mod | K::Escape => {
                self.take(Role::Keyword);
                infix
            }
            K::Regexp | K::Rlike | K::Glob => {
                self.take(Role::Keyword);
                infix
            }
            K::In if context.in_operator => {
                self.take(Role::Keyword);
                Ok(Operator::Membership)
            }
            K::Global if self.dialect().has_clickhouse_clauses() => self.global_in(),
            K::Not => self.negated(),
            K::Is => self.is_test(),
            K::Isnull | K::Notnull => {
                self.take(Role::Keyword);
                Ok(Operator::Postfix)
            }
            K::Collate => {
                self.take(Role::Keyword);
                match self.kind(0) {
                    Some(Kind::Text) => self.take(Role::Literal),
                    _ => self.expect_name()?,
                };
                Ok(Operator::Postfix)
            }
            _ => Ok(Operator::None),
        }
    }

    fn global_in(&mut self) -> Result<Operator, Refusal> {
        if self.eat_keywords(&[K::Global, K::In]) || self.eat_keywords(&[K::Global, K::Not, K::In]) {
            return Ok(Operator::Membership);
        }
        Ok(Operator::None)
    }

    fn negated(&mut self) -> Result<Operator, Refusal> {
        match self.keyword(1) {
            Some(K::In) => {
                self.eat_keywords(&[K::Not, K::In]);
                Ok(Operator::Membership)
            }
            Some(K::Like | K::Ilike | K::Between | K::Regexp | K::Rlike | K::Glob) => {
                self.take(Role::Keyword);
                self.take(Role::Keyword);
                Ok(Operator::Infix { is_lambda: false })
            }
            Some(K::Null) => {
                self.eat_keywords(&[K::Not, K::Null]);
                Ok(Operator::Postfix)
            }
            _ => Ok(Operator::None),
        }
    }

    /// `IS [NOT] NULL`, `IS [NOT] TRUE`, `IS [NOT] DISTINCT FROM x`; in SQLite `IS [NOT] x`.
    fn is_test(&mut self) -> Result<Operator, Refusal> {
        self.take(Role::Keyword);
        self.eat_keyword(K::Not);
        if self.eat_keywords(&[K::Distinct, K::From]) {
            return Ok(Operator::Infix { is_lambda: false });
        }
        if self.eat_keyword(K::Null) || self.eat_keyword(K::True) || self.eat_keyword(K::False) {
            return Ok(Operator::Postfix);
        }
        if self.dialect().has_is_operator() {
            return Ok(Operator::Infix { is_lambda: false });
        }
        Err(self.unexpected())
    }
}
