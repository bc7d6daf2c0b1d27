//! Whether a statement can raise an error because of a row's values.
//!
//! ClickHouse runs a statement's conditions in its index analysis: on key marks, partitions and skip indexes, which hold
//! hidden rows' values, before any PREWHERE. An error there tells of a hidden row (26.7: `intDiv(1, n - 3) = 7` over
//! `INDEX i n TYPE set(100)` fails if and only if some row has `n = 3`). A LIMIT inside the wall keeps the conditions out
//! of the analysis, and with them the statement's own use of the index. So the LIMIT is left out where nothing in the
//! statement can fail on a value. What is looked at, lexeme by lexeme:
//!
//! | what | harmless when |
//! |---|---|
//! | a function | its rule in `function` holds for its arguments |
//! | a comparison, IN | its sides have kinds that compare (`value`), or every value is text or a number and none NULL |
//! | `+ - * /` | on numbers; an INTERVAL on a date or a time |
//! | `%`, `DIV` | by a whole number that is not 0 |
//! | a cast | from a literal, or between kinds where none fails |
//! | a subscript | it is a number that is not 0, or a text |
//! | LIKE | the pattern is a literal that is well-formed |
//!
//! Some errors need a row and no value (`Nullable(String) = 1`, `'(' ` as a pattern): they tell that there *are* rows, and
//! count as failing. What stands where it is evaluated behind the filter only is not looked at (`region`). Whatever is not
//! known to be harmless is not.

mod facts;
mod function;
mod region;
mod value;

use std::ops::Range;

use crate::catalog::Table;

use super::keyword::Keyword as K;
use super::lexeme::{Kind as L, Symbol as S};
use super::read::{Reading, Role};
use facts::Facts;
use function::Rule;
use value::{Kind, Value, is_comparable};

/// Where in a statement nothing can fail on a value of its tables.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Totality {
    /// Wherever it could be evaluated on a hidden row.
    pub(super) in_conditions: bool,
    /// In all of it, what is evaluated behind the filter too: a function over a dictionary is run on the values of hidden rows
    /// wherever it stands, and an error in the middle of an answer tells where a block ends.
    pub(super) throughout: bool,
}

/// Whether nothing in the statement can fail on a value of these tables.
pub(super) fn is_total<'r>(reading: &'r Reading<'_>, tables: impl Iterator<Item = &'r Table>) -> bool {
    totality(reading, tables).in_conditions
}

/// Where nothing in the statement can fail on a value of these tables.
pub(super) fn totality<'r>(reading: &'r Reading<'_>, tables: impl Iterator<Item = &'r Table>) -> Totality {
    if names_with_words_of_the_grammar(reading) {
        return Totality::default();
    }
    let Some(facts) = Facts::of(reading, tables) else { return Totality::default() };
    let mut totality = Totality { in_conditions: true, throughout: true };
    for (at, is_behind) in region::behind_the_filter(&facts).into_iter().enumerate() {
        // Nothing is looked at twice, nor what changes nothing any more.
        if (is_behind && !totality.throughout) || facts.is_harmless(at) {
            continue;
        }
        totality.throughout = false;
        if !is_behind {
            totality.in_conditions = false;
            break;
        }
    }
    totality
}

/// A column called `from` or `order`: most of what is looked at here tells such words by their spelling.
fn names_with_words_of_the_grammar(reading: &Reading<'_>) -> bool {
    let first = |name: &Range<usize>| reading.lexed.get(name.start).map(|lexeme| lexeme.kind);
    reading.names.iter().any(|name| matches!(first(name), Some(L::Word(word)) if word.is_reserved()))
}

impl Facts<'_, '_> {
    fn is_harmless(&self, at: usize) -> bool {
        let role = self.reading.roles.get(at).copied();
        match self.kind(at) {
            Some(_) if role == Some(Role::Function) => self.is_harmless_call(at),
            Some(L::Word(word)) if role == Some(Role::Type) => self.is_harmless_type(at, word),
            Some(L::Symbol(symbol)) => self.is_harmless_symbol(at, symbol),
            Some(L::Word(word)) if role == Some(Role::Keyword) => self.is_harmless_word(at, word),
            Some(_) => true,
            None => false,
        }
    }

    fn is_harmless_symbol(&self, at: usize, symbol: S) -> bool {
        match symbol {
            S::Equal | S::NotEqual | S::Less | S::Greater | S::LessEqual | S::GreaterEqual => {
                self.reading.roles.get(at) == Some(&Role::Type) || self.compares(self.left(at), self.right(at))
            }
            S::NullSafeEqual | S::Arrow | S::LongArrow | S::Caret | S::Tilde => false,
            S::Plus | S::Minus | S::Slash => self.is_harmless_arithmetic(at),
            S::Star => self.is_star(at) || self.is_harmless_arithmetic(at),
            S::Percent => self.is_divisor(at + 1),
            S::DoubleColon => self.is_harmless_cast(&self.operand_before(at), at + 1),
            S::OpenSquare => self.is_array(at) || self.is_index(at),
            S::Question => !self.scales,
            _ => true,
        }
    }

    fn is_harmless_word(&self, at: usize, word: K) -> bool {
        match word {
            K::Like | K::Ilike => self.is_pattern_of_like(at + 1),
            K::Regexp | K::Rlike => self.is_plain_expression(at + 1),
            K::Div => self.left_operand_is(at, Kind::Whole) && self.is_divisor(at + 1),
            K::Mod => self.is_divisor(at + 1),
            K::Between => self.is_harmless_between(at),
            K::In => self.is_harmless_membership(at),
            K::Case => !self.scales,
            // `IS [NOT] DISTINCT FROM` compares.
            K::Distinct if matches!(self.kind(at.wrapping_sub(1)), Some(L::Word(K::Is | K::Not))) => {
                !self.exotic && !self.nullables
            }
            K::Using => !self.exotic && !self.nullables,
            K::Interval => self.is_plain_interval(at),
            K::Columns | K::Fill | K::Apply | K::Interpolate | K::Glob | K::Escape | K::Asof => false,
            _ => true,
        }
    }

    // Comparisons.

    fn compares(&self, left: Range<usize>, right: Range<usize>) -> bool {
        if left.len() > LONGEST_SIDE || right.len() > LONGEST_SIDE {
            return false;
        }
        if self.nullables || self.exotic || self.is_query(&left) || self.is_query(&right) {
            return is_comparable(self.value(left), self.value(right), self.nullables);
        }
        true
    }

    /// A scalar subquery gives a Nullable.
    fn is_query(&self, range: &Range<usize>) -> bool {
        self.top(range.clone()).any(|at| {
            self.kind(at) == Some(L::Symbol(S::OpenRound))
                && matches!(self.kind(at + 1), Some(L::Word(K::Select | K::With | K::From) | L::Symbol(S::OpenRound)))
                && !self.is_constant(&(at..self.close(at)))
        })
    }

    fn left(&self, operator: usize) -> Range<usize> {
        let mut start = operator;
        while let Some(before) = start.checked_sub(1) {
            match self.kind(before) {
                Some(L::Symbol(S::OpenRound | S::OpenSquare | S::OpenBrace)) => break,
                Some(L::Symbol(S::CloseRound | S::CloseSquare | S::CloseBrace)) => start = self.close(before),
                _ if self.is_border(before) => break,
                _ => start = before,
            }
        }
        start..operator
    }

    fn right(&self, operator: usize) -> Range<usize> {
        let rest = operator + 1..self.reading.lexed.lexemes.len();
        let end = self.top(rest.clone()).find(|&at| self.is_border(at)).unwrap_or(rest.end);
        operator + 1..end
    }

    /// Whether a side of a comparison ends there.
    fn is_border(&self, at: usize) -> bool {
        match self.kind(at) {
            Some(L::Symbol(symbol)) => matches!(
                symbol,
                S::Equal
                    | S::NotEqual
                    | S::Less
                    | S::Greater
                    | S::LessEqual
                    | S::GreaterEqual
                    | S::NullSafeEqual
                    | S::Comma
                    | S::Semicolon
                    | S::Question
                    | S::Colon
                    | S::CloseRound
                    | S::CloseSquare
                    | S::CloseBrace
            ),
            Some(L::Word(word)) if self.reading.roles.get(at) == Some(&Role::Keyword) => {
                !matches!(
                    word,
                    K::Interval
                        | K::Null
                        | K::True
                        | K::False
                        | K::Date
                        | K::Timestamp
                        | K::End
                        | K::Inf
                        | K::Nan
                        | K::Infinity
                ) && !self.is_unit(at)
            }
            _ => false,
        }
    }

    fn is_harmless_between(&self, at: usize) -> bool {
        let (left, low) = (self.left(at), self.right(at));
        let left = match self.kind(left.end.wrapping_sub(1)) {
            Some(L::Word(K::Not)) => left.start..left.end - 1,
            _ => left,
        };
        let high = self.right(low.end);
        self.compares(left.clone(), low) && self.compares(left, high)
    }

    /// `x IN (…)`: of a list the elements are converted before a row is looked at; of a query its values meet x.
    fn is_harmless_membership(&self, at: usize) -> bool {
        let in_position = self.reading.roles.get(at.wrapping_sub(2)) == Some(&Role::Function);
        let open = at + 1;
        if in_position || self.kind(open) != Some(L::Symbol(S::OpenRound)) {
            return in_position;
        }
        let list = open + 1..self.close(open);
        if self.is_constant(&list) && !matches!(self.kind(list.start), Some(L::Symbol(S::OpenRound))) {
            return true;
        }
        let query = matches!(self.kind(list.start), Some(L::Word(K::Select)));
        query && !self.exotic && !self.nullables
    }

    // Arithmetic.

    fn is_harmless_arithmetic(&self, at: usize) -> bool {
        let sign = self.reading.roles.get(at) == Some(&Role::Sign)
            || matches!(
                at.checked_sub(1).and_then(|before| self.kind(before)),
                None | Some(L::Symbol(S::OpenRound | S::Comma))
            );
        if !self.exotic || self.reading.roles.get(at) == Some(&Role::Literal) {
            return true;
        }
        let right = self.operand_behind(at);
        let right_value = self.value(right.clone());
        if sign {
            return right_value.kind.is_number() || self.is_constant(&right);
        }
        let left = self.left(at);
        if left.len() > LONGEST_SIDE {
            return false;
        }
        let left_value = self.value(left.clone());
        (self.is_constant(&left) && self.is_constant(&right) && !self.is_query(&left))
            || (left_value.kind.is_number() && right_value.kind.is_number())
            || (left_value.kind.is_temporal() && right_value.kind == Kind::Interval)
    }

    fn operand_before(&self, at: usize) -> Range<usize> {
        let Some(last) = at.checked_sub(1) else { return at..at };
        if let Ok(name) = self.reading.names.binary_search_by_key(&at, |name| name.end) {
            return self.reading.names.get(name).cloned().unwrap_or(last..at);
        }
        match self.kind(last) {
            Some(L::Symbol(S::CloseRound)) => {
                let open = self.close(last);
                let called = open.checked_sub(1).filter(|at| self.reading.roles.get(*at) == Some(&Role::Function));
                called.unwrap_or(open)..at
            }
            _ => last..at,
        }
    }

    fn operand_behind(&self, at: usize) -> Range<usize> {
        let start = at + 1;
        if let Ok(name) = self.reading.names.binary_search_by_key(&start, |name| name.start) {
            return self.reading.names.get(name).cloned().unwrap_or(start..start);
        }
        let end = match self.kind(start) {
            Some(L::Symbol(S::OpenRound)) => self.close(start) + 1,
            _ if self.reading.roles.get(start) == Some(&Role::Function) => self.close(start + 1) + 1,
            Some(L::Word(K::Interval)) if self.is_interval(start) => {
                let mut end = start + 1;
                while matches!(self.kind(end), Some(L::Number | L::Text)) || self.is_unit(end) {
                    end += 1;
                }
                end
            }
            _ => start + 1,
        };
        start..end
    }

    fn left_operand_is(&self, at: usize, kind: Kind) -> bool {
        self.value(self.operand_before(at)).kind == kind
    }

    /// A whole number that is not 0, and nothing that goes on with it.
    fn is_divisor(&self, at: usize) -> bool {
        let goes_on = matches!(self.kind(at + 1), Some(L::Symbol(S::DoubleColon | S::OpenSquare | S::Dot)));
        let text = self.word(at);
        let whole = !text.is_empty() && text.len() < 10 && text.bytes().all(|b| b.is_ascii_digit());
        self.kind(at) == Some(L::Number) && whole && text.bytes().any(|b| b != b'0') && !goes_on
    }

    /// `INTERVAL 1 DAY`: seconds at the least, so that no scale grows.
    fn is_plain_interval(&self, at: usize) -> bool {
        let range = at..self.operand_behind(at - usize::from(at > 0)).end;
        let words = range.clone().map(|at| self.word(at).to_ascii_lowercase());
        let fine = ["nano", "micro", "milli", "ns", "us", "ms"];
        range.len() >= 2
            && self.value(range).kind == Kind::Interval
            && !words.into_iter().any(|word| {
                fine.iter().any(|unit| word.trim_matches(|c: char| !c.is_ascii_alphabetic()).starts_with(unit))
            })
    }

    // Casts, subscripts, patterns.

    /// A type of a cast is judged with the cast; the type of a parameter by itself: one with a scale scales the other side.
    fn is_harmless_type(&self, at: usize, word: K) -> bool {
        let name = self.word(at);
        word != K::Name || Value::column(name).is_some() || matches!(name, "Nullable" | "LowCardinality" | "Array")
    }

    fn is_harmless_cast(&self, operand: &Range<usize>, target: usize) -> bool {
        let end = if self.kind(target + 1) == Some(L::Symbol(S::OpenRound)) {
            self.close(target + 1) + 1
        } else {
            target + 1
        };
        let written: String = (target..end).map(|at| self.word(at)).collect();
        let Some(to) = Value::column(&written) else { return false };
        if matches!(self.kind(end), Some(L::Symbol(S::OpenSquare))) {
            return false;
        }
        let literal = operand.len() == 1 && matches!(self.kind(operand.start), Some(L::Text | L::Number));
        let scaled = matches!(to.kind, Kind::Time64(_) | Kind::Decimal | Kind::Container | Kind::Uuid);
        if literal {
            return !scaled;
        }
        let from = self.value(operand.clone());
        if from.kind == Kind::Unknown || ((from.nullable || self.nullables) && !to.nullable) {
            return false;
        }
        match to.kind {
            Kind::Text => true,
            Kind::Whole => matches!(from.kind, Kind::Whole | Kind::Date | Kind::Time),
            Kind::Float => from.kind.is_number(),
            Kind::Date | Kind::Time => from.kind.is_temporal() || from.kind == Kind::Whole,
            _ => false,
        }
    }

    /// An array literal, and not a subscript.
    fn is_array(&self, at: usize) -> bool {
        let subscript = at.checked_sub(1).is_some_and(|before| {
            matches!(
                self.kind(before),
                Some(L::Symbol(S::CloseRound | S::CloseSquare | S::CloseBrace) | L::Quoted | L::Text)
            ) || matches!(self.reading.roles.get(before), Some(Role::Name | Role::Literal | Role::Type))
        });
        !subscript && !self.scales
    }

    /// `[1]`, `[-1]`, `['key']`.
    fn is_index(&self, at: usize) -> bool {
        match self.kind(at + 1) {
            Some(L::Text) => self.kind(at + 2) == Some(L::Symbol(S::CloseSquare)),
            Some(L::Symbol(S::Minus)) => {
                self.is_divisor(at + 2) && self.kind(at + 3) == Some(L::Symbol(S::CloseSquare))
            }
            _ => self.is_divisor(at + 1) && self.kind(at + 2) == Some(L::Symbol(S::CloseSquare)),
        }
    }

    fn literal(&self, at: usize) -> Option<Vec<u8>> {
        let lexeme = self.reading.lexed.get(at).filter(|lexeme| lexeme.kind == L::Text)?;
        let alone = !matches!(self.kind(at + 1), Some(L::Symbol(S::Concat | S::DoubleColon | S::Plus)));
        alone.then(|| self.reading.lexed.value(lexeme).into_owned())
    }

    fn is_pattern_of_like(&self, at: usize) -> bool {
        self.literal(at).is_some_and(|pattern| pattern.last() != Some(&b'\\'))
    }

    /// A regular expression that is one for certain: letters, digits, a few signs, `.*`, `.+`, `|`, anchors.
    fn is_plain_expression(&self, at: usize) -> bool {
        self.literal(at).is_some_and(|pattern| {
            let repeats = |pair: &[u8]| !matches!(pair, [before, b'*' | b'+'] if !before.is_ascii_alphanumeric() && *before != b'.');
            let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b" _-/:=&,;@%#.~!'\"*+|^$".contains(byte);
            pattern.iter().all(plain)
                && pattern.windows(2).all(repeats)
                && !matches!(pattern.first(), Some(b'*' | b'+'))
        })
    }

    // Functions.

    fn is_harmless_call(&self, at: usize) -> bool {
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
            Rule::Interval => {
                let interval = arguments.get(1).is_some_and(|range| self.is_positive_interval(range));
                interval && arguments.len() == 2 && matches!(first.kind, Kind::Time | Kind::Time64(_))
            }
            Rule::ToDate => {
                let known = first.kind.is_temporal() || first.kind.is_number();
                constant(0) || (known && zoned && constant(1))
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
            Rule::Merge(_) => !self.scales,
            Rule::Division(whole) => {
                let divisor = arguments.get(1).is_some_and(|range| range.len() == 1 && self.is_divisor(range.start));
                divisor && arguments.len() == 2 && (!whole || first.kind == Kind::Whole)
            }
            Rule::Arithmetic => {
                !self.exotic || (arguments.len() == 2 && first.kind.is_number() && value(1).kind.is_number())
            }
        }
    }

    fn is_harmless_cast_call(&self, at: usize) -> bool {
        let inner = at + 2..self.close(at + 1);
        let Some(word) = self.top(inner.clone()).find(|&at| self.kind(at) == Some(L::Word(K::As))) else {
            return false;
        };
        self.is_harmless_cast(&(inner.start..word), word + 1)
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
        self.value(range.clone()).kind == Kind::Interval && self.is_divisor(number)
    }
}

/// The longest side of a comparison or of a sum that is looked into, in lexemes. What is longer is not harmless: each
/// operator of a chain looks at all before it.
const LONGEST_SIDE: usize = 256;

const UNITS: &[&[u8]] = &[b"second", b"minute", b"hour", b"day", b"week", b"month", b"quarter", b"year"];

#[cfg(test)]
mod tests;
