//! Operands that begin with a bare word: literals, CASE, calls, names, and words of the grammar that are names after all.

use crate::sql::keyword::Keyword as K;
use crate::sql::lexeme::{Kind, Symbol as S};
use crate::sql::refusal::Refusal;

use super::expression::Shape;
use super::{Reader, Role};

impl Reader<'_, '_> {
    pub(super) fn word_operand(&mut self, keyword: K) -> Result<Shape, Refusal> {
        let called = self.is_symbol(1, S::OpenRound);
        match keyword {
            K::Case => self.deeper(Self::case),
            keyword if self.is_literal(keyword) && !called && !self.is_symbol(1, S::Dot) => {
                self.take(Role::Keyword);
                Ok(Shape::default())
            }
            // ClickHouse reads the literal, and the dot as access to a tuple that it is not.
            keyword if self.is_literal(keyword) && !called && self.dialect().has_clickhouse_expressions() => {
                Err(self.not_understood("a dot stands behind a literal"))
            }
            K::Exists if called && self.is_bracketed_query(1) => {
                self.take(Role::Keyword);
                self.deeper(Self::brackets)
            }
            K::Date | K::Timestamp if matches!(self.kind(1), Some(Kind::Text)) => {
                self.typed_literal();
                self.take(Role::Keyword);
                Ok(self.literal())
            }
            K::Array if self.is_symbol(1, S::OpenSquare) && !self.dialect().has_clickhouse_expressions() => {
                self.take(Role::Keyword);
                self.deeper(Self::array)
            }
            K::Interval if self.begins_interval() => {
                self.typed_literal();
                self.interval()
            }
            K::Any | K::All | K::Left | K::Right | K::Mod | K::Like | K::Ilike | K::And | K::Or if called => {
                self.call()
            }
            keyword if keyword.is_reserved() && !self.is_name_after_all(keyword) => Err(self.unexpected()),
            // A reserved word before a bracket has been refused above.
            _ if called => self.call(),
            _ => self.name(),
        }
    }

    fn is_literal(&self, keyword: K) -> bool {
        match keyword {
            K::Null | K::True | K::False => true,
            K::Inf | K::Infinity | K::Nan => self.dialect().has_number_words(),
            _ => false,
        }
    }

    /// `DATE '2020-01-01'`, `INTERVAL '1' DAY`: SQLite reads a column and its alias.
    fn typed_literal(&mut self) {
        if !self.dialect().has_typed_literals() {
            self.object(
                "there are no literals of dates and intervals here",
                "write the text alone, as in `'2020-01-01'`",
            );
        }
    }

    /// Whether a reserved word stands where only a name can: it begins no operand, and what follows goes on with one.
    fn is_name_after_all(&self, keyword: K) -> bool {
        let begins = matches!(
            keyword,
            K::Select
                | K::From
                | K::With
                | K::Where
                | K::When
                | K::Then
                | K::Else
                | K::As
                | K::On
                | K::In
                | K::And
                | K::Or
                | K::Distinct
                | K::Join
                | K::Union
                | K::Having
                | K::Prewhere
                | K::Into
        );
        let clickhouse = self.dialect().has_clickhouse_expressions();
        if begins {
            return clickhouse && keyword != K::As && self.goes_on_behind_a_name(1);
        }
        match self.kind(1) {
            None => true,
            Some(Kind::Symbol(S::OpenSquare)) => clickhouse,
            Some(Kind::Symbol(symbol)) => !matches!(symbol, S::OpenRound | S::OpenBrace | S::Semicolon),
            Some(Kind::Word(_)) => self.goes_on_behind_a_name(1) || (clickhouse && self.ends_behind_a_name(1)),
            Some(_) => false,
        }
    }

    /// Whether what stands there can only go on behind a name, and never begins an operand or a table.
    fn goes_on_behind_a_name(&self, ahead: usize) -> bool {
        match self.kind(ahead) {
            Some(Kind::Symbol(symbol)) => matches!(
                symbol,
                S::Comma
                    | S::Dot
                    | S::CloseRound
                    | S::CloseSquare
                    | S::Equal
                    | S::NotEqual
                    | S::Less
                    | S::Greater
                    | S::LessEqual
                    | S::GreaterEqual
            ),
            Some(Kind::Word(next)) => matches!(next, K::As | K::From | K::And | K::Or | K::Is | K::In),
            Some(Kind::Quoted | Kind::Text | Kind::Blob | Kind::Number) | None => false,
        }
    }

    /// Whether a word stands there that goes on with the statement behind an expression.
    fn ends_behind_a_name(&self, ahead: usize) -> bool {
        matches!(
            self.keyword(ahead),
            Some(
                K::Like
                    | K::Ilike
                    | K::Between
                    | K::Asc
                    | K::Desc
                    | K::Then
                    | K::Else
                    | K::End
                    | K::Group
                    | K::Order
                    | K::Having
                    | K::Limit
            )
        )
    }

    /// Whether FROM, there, is a column's name (ClickHouse): what stands behind it is no table.
    pub(super) fn names_a_column_from(&self, ahead: usize) -> bool {
        self.goes_on_behind_a_name(ahead + 1)
    }

    /// CASE recurses into its parts, so it counts as a bracket does.
    fn case(&mut self) -> Result<Shape, Refusal> {
        self.take(Role::Keyword);
        if !self.is_keyword(0, K::When) {
            self.inner()?;
        }
        while self.eat_keyword(K::When) {
            self.inner()?;
            self.expect_keyword(K::Then)?;
            self.inner()?;
        }
        if self.eat_keyword(K::Else) {
            self.inner()?;
        }
        self.expect_keyword(K::End)?;
        Ok(Shape::default())
    }
}
