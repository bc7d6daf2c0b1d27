//! The value of an expression: what its shape, its names and its calls say of it.

use std::ops::Range;

use super::super::function::{self, Gives};
use super::super::value::{Kind, Value};
use super::Facts;
use crate::sql::keyword::Keyword as K;
use crate::sql::lexeme::{Kind as L, Symbol as S};
use crate::sql::read::Role;

/// How deep expressions and the aliases in them are followed: on a stack of 2 MiB, without optimisation too.
const DEEPEST: usize = 128;

/// Units of time of a minute or more, by their whole names.
const LONG_UNITS: &[&str] = &["minute", "hour", "day", "week", "month", "quarter", "year"];

/// What is shorter, in lexemes, is looked into each time.
const SHORT: usize = 16;

impl Facts<'_, '_> {
    /// What is known of the expression that stands there.
    pub(in crate::sql::total) fn value(&self, range: Range<usize>) -> Value {
        // Aliases of aliases would go as deep as the text is long.
        if self.depth.get() >= DEEPEST {
            return Value::UNKNOWN;
        }
        let is_long = range.len() > SHORT;
        if is_long && let Some(known) = self.looked_into.borrow().get(&range) {
            return *known;
        }
        self.depth.set(self.depth.get() + 1);
        let value = self.shape(range.clone());
        self.depth.set(self.depth.get() - 1);
        let value = Value { constant: self.is_constant(&range), ..value };
        if is_long {
            self.looked_into.borrow_mut().insert(range, value);
        }
        value
    }

    fn shape(&self, range: Range<usize>) -> Value {
        if range.is_empty() {
            return Value::UNKNOWN;
        }
        if let Some(name) = self.exactly_name(&range) {
            return self.name(name);
        }
        let first = self.kind(range.start);
        let one = range.len() == 1;
        match first {
            Some(L::Text) if one => {
                let lexeme = self.reading.lexed.get(range.start);
                return lexeme.map_or(Value::UNKNOWN, |lexeme| Value::text(&self.reading.lexed.value(lexeme)));
            }
            Some(L::Number) if one => return Value::number(self.word(range.start)),
            Some(L::Word(K::True | K::False)) if one => return Value::constant(Kind::Whole),
            Some(L::Symbol(S::OpenBrace)) if self.close(range.start) + 1 == range.end => {
                return if self.kind(range.start + 2) == Some(L::Symbol(S::Colon)) {
                    self.parameter(range.start)
                } else {
                    Value::UNKNOWN
                };
            }
            Some(L::Symbol(S::OpenRound)) if self.close(range.start) + 1 == range.end => {
                return self.bracketed(range.start + 1..range.end - 1);
            }
            _ => {}
        }
        let called = self.reading.roles.get(range.start) == Some(&Role::Function);
        if called
            && self.kind(range.start + 1) == Some(L::Symbol(S::OpenRound))
            && self.close(range.start + 1) + 1 == range.end
        {
            return self.call(range.start);
        }
        self.operators(range)
    }

    fn bracketed(&self, range: Range<usize>) -> Value {
        let plain = !matches!(self.kind(range.start), Some(L::Word(K::Select | K::With | K::From)))
            && !self.top(range.clone()).any(|at| matches!(self.kind(at), Some(L::Symbol(S::Comma) | L::Word(K::As))));
        if plain { self.shape(range) } else { Value::UNKNOWN }
    }

    fn exactly_name(&self, range: &Range<usize>) -> Option<&Range<usize>> {
        let at = self.reading.names.binary_search_by_key(&range.start, |name| name.start).ok()?;
        self.reading.names.get(at).filter(|name| name.end == range.end)
    }

    /// A column, or what an alias stands for; of a name with a dot, a column of a table that is known by its first part.
    fn name(&self, range: &Range<usize>) -> Value {
        let name = match range.len() {
            1 => self.word(range.start),
            3 if self.tables.contains(self.word(range.start)) && !self.columns.contains_key(self.word(range.start)) => {
                self.word(range.start + 2)
            }
            _ => return Value::UNKNOWN,
        };
        if self.rebound.contains(name) {
            return Value::UNKNOWN;
        }
        let column = self.columns.get(name).copied();
        let Some(expressions) = self.aliases.get(name) else { return column.unwrap_or(Value::UNKNOWN) };
        if let Some(known) = self.known.borrow().get(name) {
            return *known;
        }
        // While it is looked for, an alias that names itself is of no known kind.
        self.known.borrow_mut().insert(name, Value::UNKNOWN);
        let meanings = expressions.iter().map(|expression| self.value(expression.clone()));
        let value = column.into_iter().chain(meanings).reduce(Value::or).unwrap_or(Value::UNKNOWN);
        self.known.borrow_mut().insert(name, value);
        value
    }

    fn call(&self, function: usize) -> Value {
        let name = self.word(function);
        let arguments = self.arguments(function);
        let value = |at: usize| arguments.get(at).map_or(Value::UNKNOWN, |range| self.value(range.clone()));
        if self.reading.lexed.dialect.functions().is_aggregate(name) {
            return function::aggregate(name, value(0));
        }
        let nullable = self.nullables;
        match function::rule(name).map(|(_, gives)| gives) {
            Some(Gives::Kind(kind)) => Value { nullable, ..Value::of(kind) },
            Some(Gives::Nullable(kind)) => Value { nullable: true, ..Value::of(kind) },
            Some(Gives::Same(at)) => Value { nullable, ..value(at) },
            Some(Gives::Merged(from)) => {
                let merged = (from..arguments.len()).map(value).reduce(Value::or).unwrap_or(Value::UNKNOWN);
                Value { nullable, ..merged }
            }
            Some(Gives::Scale(at)) => {
                let scale = arguments.get(at).map_or(Some(3), |range| self.word(range.start).parse().ok());
                scale.map_or(Value::UNKNOWN, |scale| Value::of(Kind::Time64(scale)))
            }
            None => Value::UNKNOWN,
        }
    }

    /// An expression with operators outside its brackets.
    fn operators(&self, range: Range<usize>) -> Value {
        let nullable = self.nullables;
        if self.is_interval(range.start) {
            let plain = self
                .top(range.start + 1..range.end)
                .all(|at| matches!(self.kind(at), Some(L::Number | L::Text)) || self.is_unit(at));
            let unit = self.word(range.end - 1).to_ascii_lowercase();
            let long = range.len() == 3 && LONG_UNITS.contains(&unit.strip_suffix('s').unwrap_or(&unit));
            return match (plain, long) {
                (true, true) => Value::of(Kind::Interval),
                (true, false) => Value::of(Kind::Seconds),
                (false, _) => Value::UNKNOWN,
            };
        }
        let mut parts = Vec::new();
        let (mut start, mut concat) = (range.start, false);
        for at in self.top(range.clone()) {
            match self.kind(at) {
                Some(L::Symbol(
                    S::Equal | S::NotEqual | S::Less | S::Greater | S::LessEqual | S::GreaterEqual | S::NullSafeEqual,
                )) => return Value { nullable, ..Value::of(Kind::Whole) },
                Some(L::Symbol(S::Plus | S::Minus | S::Star | S::Slash)) => {
                    if at > start {
                        parts.push(start..at);
                    }
                    start = at + 1;
                }
                Some(L::Symbol(S::Concat)) => concat = true,
                Some(L::Symbol(S::DoubleColon | S::Percent | S::Question | S::Colon | S::Arrow | S::Dot)) => {
                    return Value::UNKNOWN;
                }
                Some(L::Word(_)) if self.reading.roles.get(at) == Some(&Role::Keyword) => {
                    let inner = self.is_unit(at) || self.is_interval(at);
                    if !inner {
                        return Value::UNKNOWN;
                    }
                }
                _ => {}
            }
        }
        if concat {
            return if parts.is_empty() { Value { nullable, ..Value::of(Kind::Text) } } else { Value::UNKNOWN };
        }
        parts.push(start..range.end);
        if parts.len() == 1 && start == range.start {
            return Value::UNKNOWN;
        }
        let values: Vec<Value> = parts.into_iter().map(|part| self.value(part)).collect();
        // A sign before a literal makes it no larger.
        let literal = matches!(values.as_slice(), [only] if only.literal);
        let nullable = nullable || values.iter().any(|value| value.nullable);
        let all = |is: fn(Kind) -> bool| values.iter().all(|value| is(value.kind));
        let kind = match values.as_slice() {
            _ if all(|kind| kind == Kind::Whole) => Kind::Whole,
            _ if all(Kind::is_number) => Kind::Float,
            [first, rest @ ..] if first.kind.is_temporal() && rest.iter().all(|value| value.kind.is_interval()) => {
                // A Date and an INTERVAL of hours give a DateTime.
                if first.kind == Kind::Date { Kind::Time } else { first.kind }
            }
            // `today() - 7`, of constants only.
            [first, rest @ ..]
                if matches!(first.kind, Kind::Date | Kind::Time)
                    && values.iter().all(|value| value.constant)
                    && rest.iter().all(|value| value.kind.is_interval() || value.kind == Kind::Whole) =>
            {
                first.kind
            }
            _ => Kind::Unknown,
        };
        Value { nullable, literal, ..Value::of(kind) }
    }

    /// The value of a typed parameter.
    fn parameter(&self, open: usize) -> Value {
        let written: String = (open + 3..self.close(open)).map(|at| self.word(at)).collect();
        Value::column(&written).unwrap_or(Value::UNKNOWN)
    }
}
