//! Calls of functions: whether the arguments keep the function's rule.

use std::ops::Range;

use super::facts::Facts;
use super::function::{self, Rule};
use super::value::{Kind, Value};
use crate::sql::lexeme::{Kind as L, Symbol as S};

impl Facts<'_, '_> {
    pub(super) fn is_harmless_call(&self, at: usize) -> bool {
        let name = self.word(at);
        let arguments = self.arguments(at);
        let constant = |from: usize| arguments.iter().skip(from).all(|argument| self.is_constant(argument));
        let value = |at: usize| arguments.get(at).map_or(Value::UNKNOWN, |argument| self.value(argument.clone()));
        if name.eq_ignore_ascii_case("cast") {
            return self.is_harmless_cast_call(at);
        }
        if self.reading.lexed.dialect.functions().is_aggregate(name) {
            return true;
        }
        let Some((rule, _)) = function::rule(name) else { return false };
        let first = value(0);
        // A date's or a time's function with a time zone: looked up before any row, unless the date may be NULL.
        let zoned = arguments.len() == 1 || !(self.nullables || first.nullable);
        match rule {
            Rule::Always => true,
            Rule::Alone => arguments.len() == 1,
            Rule::Constant => constant(0),
            Rule::ConstantRest => constant(1),
            Rule::Zoned => constant(1) && zoned,
            Rule::Unit => {
                let unit = self.literal(at + 2).is_some_and(|unit| UNITS.contains(&unit.as_slice()));
                (unit || self.is_unit(at + 2)) && arguments.len() == 3
            }
            Rule::Places => arguments.len() > 1 && arguments.iter().skip(1).all(|argument| self.is_place(argument)),
            Rule::Digits => match arguments.as_slice() {
                [_] => true,
                [_, digits] => self.is_digits(digits),
                _ => false,
            },
            Rule::Pattern(place) => arguments
                .get(place)
                .is_some_and(|pattern| pattern.len() == 1 && self.is_plain_expression(pattern.start)),
            Rule::Like => {
                arguments.get(1).is_some_and(|pattern| pattern.len() == 1 && self.is_pattern_of_like(pattern.start))
            }
            Rule::OfTime => constant(1) && zoned && matches!(first.kind, Kind::Time | Kind::Time64(_)),
            Rule::OfDate => constant(1) && zoned && first.kind.is_temporal(),
            Rule::OfSeconds => constant(1) && zoned && matches!(first.kind, Kind::Date | Kind::Time),
            Rule::Interval => {
                let interval = arguments.get(1).is_some_and(|range| self.is_positive_interval(range));
                interval && arguments.len() == 2 && matches!(first.kind, Kind::Time | Kind::Time64(_))
            }
            Rule::ToDate => {
                let known = first.kind.is_temporal() || first.kind.is_number();
                // A second argument is a time zone, or a scale.
                let zone = arguments.len() < 2 || value(1).kind == Kind::Text;
                constant(0) || (known && zoned && zone && constant(1))
            }
            Rule::ToWhole => {
                constant(0) || (arguments.len() == 1 && matches!(first.kind, Kind::Whole | Kind::Date | Kind::Time))
            }
            Rule::ToFloat => {
                constant(0)
                    || (arguments.len() == 1
                        && (first.kind.is_number() || matches!(first.kind, Kind::Date | Kind::Time)))
            }
            Rule::Comparison => match arguments.as_slice() {
                [left, right] => self.compares(left.clone(), right.clone()),
                _ => false,
            },
            Rule::Merge(from) => self.merge(arguments.get(from..).unwrap_or_default()),
            Rule::Branches => self.merge(&branches(&arguments)),
            Rule::Division(whole) => {
                let divisor = arguments.get(1).is_some_and(|range| range.len() == 1 && self.is_divisor(range.start));
                divisor && arguments.len() == 2 && (!whole || first.kind == Kind::Whole)
            }
            Rule::Arithmetic => {
                !self.exotic || (arguments.len() == 2 && first.kind.is_number() && value(1).kind.is_number())
            }
        }
    }

    fn is_place(&self, range: &Range<usize>) -> bool {
        match range.len() {
            1 => self.is_divisor(range.start),
            2 => self.kind(range.start) == Some(L::Symbol(S::Minus)) && self.is_divisor(range.start + 1),
            _ => false,
        }
    }

    /// A number of one digit.
    fn is_digits(&self, range: &Range<usize>) -> bool {
        range.len() == 1 && self.kind(range.start) == Some(L::Number) && self.word(range.start).len() == 1
    }

    fn is_positive_interval(&self, range: &Range<usize>) -> bool {
        let number = match self.kind(range.start) {
            Some(_) if range.len() == 3 && self.is_interval(range.start) => range.start + 1,
            _ if self.word(range.start).to_ascii_lowercase().starts_with("tointerval") && range.len() == 4 => {
                range.start + 2
            }
            _ => return false,
        };
        self.value(range.clone()).kind.is_interval() && self.is_divisor(number)
    }
}

const UNITS: &[&[u8]] = &[b"second", b"minute", b"hour", b"day", b"week", b"month", b"quarter", b"year"];

/// What `multiIf(condition, value, condition, value, …, value)` can give.
fn branches(arguments: &[Range<usize>]) -> Vec<Range<usize>> {
    let behind = arguments.iter().skip(1).step_by(2);
    let last = arguments.last().filter(|_| !arguments.len().is_multiple_of(2));
    behind.chain(last).cloned().collect()
}
