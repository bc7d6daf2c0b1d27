//! What an operand can be.

use crate::sql::keyword::{Keyword as K, is_unit_word};
use crate::sql::lexeme::{Kind, Symbol as S};
use crate::sql::refusal::Refusal;

use super::expression::{Context, Shape};
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

    fn literal(&mut self) -> Shape {
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
    fn brackets(&mut self) -> Result<Shape, Refusal> {
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

    fn array(&mut self) -> Result<Shape, Refusal> {
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

    /// A typed parameter `{name:Type}`, a map `{'key': value}`, or in a row filter a placeholder `{{ name }}`.
    fn braces(&mut self) -> Result<Shape, Refusal> {
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
        self.reading.placeholders.push(name);
        Ok(Shape::default())
    }

    fn word_operand(&mut self, keyword: K) -> Result<Shape, Refusal> {
        let called = self.is_symbol(1, S::OpenRound);
        match keyword {
            K::Case => self.deeper(Self::case),
            K::Null | K::True | K::False | K::Inf | K::Infinity | K::Nan if !called && !self.is_symbol(1, S::Dot) => {
                self.take(Role::Keyword);
                Ok(Shape::default())
            }
            // ClickHouse reads the literal, and the dot as access to a tuple that it is not.
            K::Null | K::True | K::False | K::Inf | K::Infinity | K::Nan
                if !called && self.dialect().has_clickhouse_expressions() =>
            {
                Err(self.not_understood("a dot stands behind a literal"))
            }
            K::Exists if called && self.is_bracketed_query(1) => {
                self.take(Role::Keyword);
                self.deeper(Self::brackets)
            }
            K::Date | K::Timestamp if matches!(self.kind(1), Some(Kind::Text)) => {
                self.take(Role::Keyword);
                Ok(self.literal())
            }
            K::Array if self.is_symbol(1, S::OpenSquare) && !self.dialect().has_clickhouse_expressions() => {
                self.take(Role::Keyword);
                self.deeper(Self::array)
            }
            K::Interval if self.begins_interval() => self.interval(),
            K::Any | K::All | K::Left | K::Right | K::Mod | K::Like | K::Ilike | K::And | K::Or if called => {
                self.call()
            }
            keyword if keyword.is_reserved() && !self.is_name_after_all(keyword) => Err(self.unexpected()),
            _ if called && !keyword.is_reserved() => self.call(),
            _ => self.name(),
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
    pub(super) fn from_is_a_name(&self, ahead: usize) -> bool {
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

    /// Whether `interval` is the literal's word and not a name.
    fn begins_interval(&self) -> bool {
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
    fn interval(&mut self) -> Result<Shape, Refusal> {
        self.take(Role::Keyword);
        let is_text = matches!(self.kind(0), Some(Kind::Text));
        self.deeper(Self::operand)?;
        if !is_text {
            // `INTERVAL 1 + 1 DAY`: the unit stands behind a whole expression.
            while !is_unit_word(self.word(0)) {
                match self.symbol(0) {
                    Some(S::Plus | S::Minus | S::Star | S::Slash | S::Percent) => self.take(Role::Symbol),
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

    /// A name and what its dots lead to: `a`, `t.a`, `db.t.a`, `t.*`, `t.a.1`.
    fn name(&mut self) -> Result<Shape, Refusal> {
        let start = self.take(Role::Name);
        let mut parts = 1;
        if self.purpose == Purpose::Filter && self.is_symbol(0, S::Dot) {
            return Err(self.not_understood("a row filter names its columns without a table"));
        }
        while self.is_symbol(0, S::Dot) {
            if self.is_symbol(1, S::Star) {
                self.take(Role::Symbol);
                let star = self.take(Role::Symbol);
                self.reading.stars.push(star);
                self.star_modifiers()?;
                self.long_name(start, parts + 1);
                return Ok(Shape::default());
            }
            if self.is_keyword(1, K::Columns) && self.is_symbol(2, S::OpenRound) {
                self.take(Role::Symbol);
                return self.call();
            }
            self.qualified_part()?;
            parts += 1;
        }
        self.long_name(start, parts);
        self.reading.names.push(start..self.at);
        if parts == 1 {
            self.reading.columns.push(start);
        }
        Ok(Shape { name: Some(start..self.at), ..Shape::default() })
    }

    fn qualified_part(&mut self) -> Result<(), Refusal> {
        if self.dialect().has_clickhouse_expressions() {
            return self.element_access();
        }
        self.take(Role::Symbol);
        match self.kind(0) {
            Some(Kind::Word(_) | Kind::Quoted) => {
                self.take(Role::Name);
                Ok(())
            }
            _ => Err(self.unexpected()),
        }
    }

    fn long_name(&mut self, start: usize, parts: usize) {
        if parts >= 3 {
            self.reading.long_names.push(start..self.at);
        }
    }

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
