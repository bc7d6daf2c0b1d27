//! Expressions: operands with operators between them, flat.

use std::ops::Range;

use crate::sql::keyword::Keyword as K;
use crate::sql::lexeme::Kind;
use crate::sql::refusal::Refusal;

use super::operator::Operator;
use super::{Purpose, Reader, Role};

/// Where an expression stands: which words may follow it.
#[derive(Debug, Clone, Copy)]
pub(in crate::sql) struct Context {
    /// `AS alias` may follow.
    alias: bool,
    /// `alias` may follow without AS.
    bare_alias: bool,
    /// IN is an operator here; in `position(a IN b)` it is not.
    pub(super) in_operator: bool,
}

impl Context {
    /// No alias.
    pub(in crate::sql) const PLAIN: Self = Self { alias: false, bare_alias: false, in_operator: true };
    /// `AS alias` may follow: everywhere inside ClickHouse's expressions.
    pub(super) const ALIASED: Self = Self { alias: true, bare_alias: false, in_operator: true };
    /// An element of a select list.
    pub(super) const SELECTED: Self = Self { alias: true, bare_alias: true, in_operator: true };
    /// The first argument of `position(a IN b)`.
    pub(super) const NEEDLE: Self = Self { alias: true, bare_alias: false, in_operator: false };
}

/// What an expression turned out to be, where that matters to its surroundings.
#[derive(Debug, Clone, Default)]
pub(super) struct Shape {
    /// It is one name, these lexemes, and nothing else.
    pub(super) name: Option<Range<usize>>,
    /// It is one query in brackets, and nothing else.
    pub(super) query: bool,
    /// Its alias.
    pub(super) alias: Option<usize>,
    /// It holds a lambda, in brackets or not.
    pub(super) lambda: bool,
}

impl Reader<'_, '_> {
    /// An expression inside brackets or a clause: `AS alias` may follow where the dialect has that.
    pub(super) fn inner(&mut self) -> Result<Shape, Refusal> {
        let has_aliases = self.dialect().has_clickhouse_expressions() && self.purpose == Purpose::Statement;
        self.expression(if has_aliases { Context::ALIASED } else { Context::PLAIN })
    }

    /// Reads one expression. Operators are a loop, whatever their number.
    pub(super) fn expression(&mut self, context: Context) -> Result<Shape, Refusal> {
        let start = self.at;
        let mut shape = self.operand()?;
        let mut ternaries = 0_usize;
        let mut lambda = shape.lambda;
        loop {
            let end = self.at;
            if context.alias
                && let Some(alias) = self.alias(context, lambda)?
            {
                self.reading.aliases.push((start..end, alias));
                return Ok(Shape { alias: Some(alias), ..shape });
            }
            match self.operator(context, &mut ternaries)? {
                Operator::None if ternaries == 0 => return Ok(Shape { lambda, ..shape }),
                Operator::None => return Err(self.unexpected()),
                Operator::Postfix => {}
                Operator::Membership => self.membership()?,
                Operator::Infix { is_lambda } => {
                    lambda |= is_lambda;
                    lambda |= self.operand()?.lambda;
                }
            }
            shape = Shape::default();
        }
    }

    /// An alias, if one stands here. An alias of a lambda is refused: named like a function, it takes that function's
    /// place everywhere below.
    fn alias(&mut self, context: Context, lambda: bool) -> Result<Option<usize>, Refusal> {
        let explicit = self.is_keyword(0, K::As);
        if lambda && explicit {
            self.object("a lambda cannot have an alias", "write the lambda where it is used");
        }
        if explicit {
            self.take(Role::Keyword);
            return match self.kind(0) {
                Some(Kind::Word(_) | Kind::Quoted) => Ok(Some(self.take(Role::Name))),
                _ => Err(self.unexpected()),
            };
        }
        let bare = match self.kind(0) {
            Some(Kind::Quoted) => true,
            Some(Kind::Word(keyword)) => !self.begins_clause(keyword),
            _ => false,
        };
        if context.bare_alias && bare && !lambda {
            return Ok(Some(self.take(Role::Name)));
        }
        Ok(None)
    }

    /// Whether a word behind an operand goes on with the statement instead of naming the operand.
    fn begins_clause(&self, keyword: K) -> bool {
        keyword.is_reserved()
            || matches!(
                keyword,
                K::Format
                    | K::Isnull
                    | K::Notnull
                    | K::Collate
                    | K::Escape
                    | K::Regexp
                    | K::Rlike
                    | K::Glob
                    | K::Match
                    | K::Over
                    | K::Filter
                    | K::Apply
                    | K::Replace
                    | K::Fetch
                    | K::For
                    | K::Respect
                    | K::Ignore
                    | K::Array
            )
    }
}
