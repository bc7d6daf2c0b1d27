//! Expressions: operands with operators between them, flat.

use std::ops::Range;

use crate::sql::keyword::Keyword as K;
use crate::sql::lexeme::{Kind, Symbol as S};
use crate::sql::refusal::Refusal;

use super::{CteUse, Purpose, Reader, Role, TableUse};

/// Where an expression stands: which words may follow it.
#[derive(Debug, Clone, Copy)]
pub(in crate::sql) struct Context {
    /// `AS alias` may follow.
    alias: bool,
    /// `alias` may follow without AS.
    bare_alias: bool,
    /// IN is an operator here; in `position(a IN b)` it is not.
    in_operator: bool,
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
            if context.alias
                && self.alias(context, lambda)?.is_some_and(|alias| {
                    shape.alias = Some(alias);
                    let end = self.expression_end(alias);
                    self.reading.aliases.push((start..end, alias));
                    true
                })
            {
                return Ok(shape);
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

    /// Where the expression before an alias ends: before its AS, if it has one.
    fn expression_end(&self, alias: usize) -> usize {
        let before = alias.saturating_sub(1);
        let explicit = self.reading.lexed.get(before).is_some_and(|lexeme| lexeme.kind == Kind::Word(K::As))
            && self.reading.roles.get(before) == Some(&Role::Keyword);
        if explicit { before } else { alias }
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

    /// Reads an operator or a postfix, if one stands here.
    fn operator(&mut self, context: Context, ternaries: &mut usize) -> Result<Operator, Refusal> {
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

    /// The right side of IN: a place where a table can be read by a bare name.
    fn membership(&mut self) -> Result<(), Refusal> {
        let start = self.at;
        let name = if self.is_symbol(0, S::OpenRound) && !self.is_bracketed_query(1) {
            self.members()?
        } else {
            self.operand()?.name
        };
        if let Some(name) = name {
            self.table_at_in(start, name)?;
        }
        Ok(())
    }

    /// `(a, b, …)`: what is in the brackets, if it is one bare name.
    fn members(&mut self) -> Result<Option<Range<usize>>, Refusal> {
        self.take(Role::Symbol);
        if self.eat_symbol(S::CloseRound) {
            return Ok(None);
        }
        let mut name = self.deeper(Self::inner)?.name;
        while self.eat_symbol(S::Comma) {
            name = None;
            if self.is_symbol(0, S::CloseRound) {
                break;
            }
            self.deeper(Self::inner)?;
        }
        self.expect_symbol(S::CloseRound)?;
        Ok(name)
    }

    fn table_at_in(&mut self, start: usize, name: Range<usize>) -> Result<(), Refusal> {
        if self.purpose == Purpose::Filter {
            return Err(self.not_understood_at(name.start, "a bare name stands at the right of IN"));
        }
        let single = name.len() == 1;
        match self.visible_cte(name.start).filter(|_| single) {
            Some(cte) => {
                let range = start..self.at;
                self.reading.cte_uses.push(CteUse { range, cte, name: name.start, alias: None, in_from: false });
            }
            None if self.dialect().rewrites_in_table() => self.bare_table_at_in(start, name),
            None => self.reading.in_names.push(name),
        }
        Ok(())
    }

    /// `x IN [database.]table`, alone or in brackets.
    fn bare_table_at_in(&mut self, start: usize, name: Range<usize>) {
        let begins = start == name.start
            || self.reading.lexed.get(start).map(|lexeme| lexeme.kind) == Some(Kind::Symbol(S::OpenRound));
        let (database, table) = match name.len() {
            1 => (None, name.start),
            3 => (Some(name.start), name.start + 2),
            _ => return self.reading.in_names.push(name),
        };
        let is_name = self.reading.roles.get(table) == Some(&Role::Name);
        if !begins || !is_name {
            return self.reading.in_names.push(name);
        }
        self.reading.tables.push(TableUse {
            range: start..self.at,
            database,
            table,
            alias: None,
            is_final: false,
            sample: None,
            select: self.select,
            at_in: true,
        });
    }

    fn subscript(&mut self) -> Result<(), Refusal> {
        self.take(Role::Symbol);
        if self.eat_symbol(S::CloseSquare) {
            return Ok(());
        }
        self.deeper(Self::inner)?;
        self.expect_symbol(S::CloseSquare)
    }

    /// What follows the dot of a tuple, a JSON value or a qualified name: `.1`, `.name`, `.:Type`, `.^name`.
    pub(super) fn element_access(&mut self) -> Result<(), Refusal> {
        self.take(Role::Symbol);
        match self.kind(0) {
            Some(Kind::Number) => {
                self.take(Role::Literal);
            }
            Some(Kind::Word(_) | Kind::Quoted) => {
                self.take(Role::Name);
            }
            Some(Kind::Symbol(S::Colon)) => {
                self.take(Role::Symbol);
                if matches!(self.kind(0), Some(Kind::Quoted)) {
                    self.take(Role::Name);
                } else {
                    self.type_name()?;
                }
            }
            Some(Kind::Symbol(S::Caret)) => {
                self.take(Role::Symbol);
                self.expect_name()?;
            }
            _ => return Err(self.unexpected()),
        }
        Ok(())
    }

    /// A type: a word, or two, and what stands in its brackets. Nothing in it can be read as anything else.
    pub(super) fn type_name(&mut self) -> Result<(), Refusal> {
        if self.keyword(0).is_none_or(K::is_reserved) {
            return Err(self.unexpected());
        }
        self.take(Role::Type);
        if ["precision", "varying", "unsigned", "signed"].iter().any(|word| self.word(0).eq_ignore_ascii_case(word)) {
            self.take(Role::Type);
        }
        if self.is_symbol(0, S::OpenRound) { self.type_arguments() } else { Ok(()) }
    }

    fn type_arguments(&mut self) -> Result<(), Refusal> {
        let mut depth = 0_usize;
        loop {
            match self.kind(0) {
                Some(Kind::Symbol(S::OpenRound)) => depth += 1,
                Some(Kind::Symbol(S::CloseRound)) => depth -= 1,
                Some(Kind::Symbol(S::Comma | S::Equal | S::Minus | S::Dot)) | Some(Kind::Number) => {}
                Some(Kind::Text) => {
                    self.take(Role::Literal);
                    continue;
                }
                Some(Kind::Quoted) => {
                    self.take(Role::Name);
                    continue;
                }
                Some(Kind::Word(keyword)) if keyword.is_reserved() && !self.dialect().lists_types() => {
                    self.reserved_in_type(keyword)?;
                    continue;
                }
                Some(Kind::Word(keyword)) if keyword != K::Select => {}
                _ => return Err(self.unexpected()),
            }
            self.take(Role::Type);
            if depth == 0 {
                return Ok(());
            }
        }
    }

    /// A word of the grammar in a type's brackets: an element's name, which is written quoted, or the aggregate `any`. Anywhere
    /// else it could begin what is no type.
    fn reserved_in_type(&mut self, keyword: K) -> Result<(), Refusal> {
        let before = self.at.checked_sub(1).and_then(|at| self.reading.lexed.get(at)).map(|lexeme| lexeme.kind);
        let first = matches!(before, Some(Kind::Symbol(S::OpenRound | S::Comma)));
        match self.kind(1) {
            Some(Kind::Word(_)) if first && keyword != K::Select => self.take(Role::Name),
            Some(Kind::Symbol(S::Comma | S::CloseRound)) if first && keyword == K::Any => self.take(Role::Type),
            _ => return Err(self.unexpected()),
        };
        Ok(())
    }
}

/// What stood behind an operand.
enum Operator {
    /// Nothing that belongs to the expression.
    None,
    /// Something that is complete by itself.
    Postfix,
    /// IN, whose right side is special.
    Membership,
    /// Something that needs another operand.
    Infix { is_lambda: bool },
}
