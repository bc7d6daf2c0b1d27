//! Whether the index analysis takes a comparison as the rows do.
//!
//! ClickHouse (26.7) leaves out a granule by what its key marks and skip indexes say, hidden rows' values among them. Of floats
//! that is not what a comparison says of the rows: a minmax index passes over NaN, for which `f != 5` and `NOT f < 5` hold, and
//! a bloom filter tells -0.0 from the 0.0 that it equals. A permitted row is then found if and only if a hidden one stands
//! beside it; so such a comparison keeps its conditions out of the analysis, as one does that can fail.
//!
//! The same with functions that the analysis takes to keep the order of their arguments, and that do not where a value is
//! far away: `toDate` of a DateTime64 before 1970 or after 2149 comes round, and a whole part is left out by its least and
//! greatest times (`toDate(ts) <= '2026-03-08'` finds nothing beside a hidden row of 2299). `toString` of a time, and a time
//! and an INTERVAL of days, go back where the clock does.

use std::ops::Range;

use crate::sql::keyword::Keyword as K;
use crate::sql::lexeme::{Kind as L, Symbol as S};
use crate::sql::read::{Reading, Role};

use super::facts::Facts;
use super::function::{self, Gives};
use super::value::{Kind, Value};

impl Facts<'_, '_> {
    /// Whether what begins there may mislead the analysis.
    pub(super) fn misleads(&self, at: usize) -> bool {
        if self.reaches.get(at) == Some(&false) {
            return false;
        }
        match self.reading.lexed.lexemes.get(at).map(|lexeme| lexeme.kind) {
            Some(_) if self.reading.roles.get(at) == Some(&Role::Function) => self.call_misleads(at),
            Some(L::Symbol(
                sign @ (S::Equal | S::NotEqual | S::Less | S::Greater | S::LessEqual | S::GreaterEqual),
            )) => {
                self.floats
                    && self.reading.roles.get(at) != Some(&Role::Type)
                    && !self.orders(Some(sign), &self.left(at), &self.right(at))
            }
            // A time and an INTERVAL: the clock goes back, or the time comes round.
            Some(L::Symbol(S::Plus | S::Minus)) => {
                let adds = self.is_interval(at + 1) || self.value(self.operand_behind(at)).kind.is_interval();
                adds && !self.is_constant(&self.left(at)) && !self.left(at).is_empty()
            }
            Some(L::Symbol(S::DoubleColon)) => self.cast_misleads(&self.operand_before(at), at + 1),
            Some(L::Word(word)) if self.reading.roles.get(at) == Some(&Role::Keyword) => match word {
                K::Between if self.floats => {
                    let (negated, left) = self.left_of_word(at);
                    let (low, sign) = (self.right(at), (!negated).then_some(S::Less));
                    !self.orders(sign, &left, &low) || !self.orders(sign, &left, &self.right(low.end))
                }
                K::In if self.floats && self.kind(at + 1) == Some(L::Symbol(S::OpenRound)) => {
                    let (negated, left) = self.left_of_word(at);
                    !self.orders_members(&left, &(at + 2..self.close(at + 1)), negated)
                }
                K::Using => self.floats,
                _ => false,
            },
            _ => false,
        }
    }

    fn call_misleads(&self, at: usize) -> bool {
        let name = self.word(at).to_ascii_lowercase();
        if name == "cast" {
            let inner = at + 2..self.close(at + 1);
            let word = self.top(inner.clone()).find(|&at| self.kind(at) == Some(L::Word(K::As)));
            return word.is_none_or(|word| self.cast_misleads(&(inner.start..word), word + 1));
        }
        if let Some((function::Rule::Comparison, _)) = function::rule(&name) {
            let sign = match name.as_str() {
                "less" | "lessorequals" | "greater" | "greaterorequals" => Some(S::Less),
                "equals" => Some(S::Equal),
                _ => None,
            };
            return match self.arguments(at).as_slice() {
                [left, right] => self.floats && !self.orders(sign, left, right),
                _ => false,
            };
        }
        if !OF_TIMES.contains(&name.as_str()) && !name.starts_with("add") && !name.starts_with("subtract") {
            return false;
        }
        let inner = at + 2..self.close(at + 1);
        if self.is_constant(&inner) {
            return false;
        }
        let first = match self.close(inner.start + 1) + 1 == inner.end {
            // One call, and nothing beside it.
            true => inner,
            false => self.arguments(at).into_iter().next().unwrap_or(inner),
        };
        let kind = self.value(first).kind;
        match name.as_str() {
            "tostring" => !keeps_order(kind, Kind::Text),
            "date" | "todate" => !keeps_order(kind, Kind::Date),
            "todatetime" => !keeps_order(kind, Kind::Time),
            "tomonday" | "tostartofisoyear" | "tostartofmonth" | "tostartofquarter" | "tostartofweek"
            | "tostartofyear" => !matches!(kind, Kind::Date | Kind::Time),
            "toyyyymmddhhmmss" => true,
            _ if OF_TIMES.contains(&name.as_str()) => kind != Kind::Time,
            _ => true,
        }
    }

    fn cast_misleads(&self, operand: &Range<usize>, target: usize) -> bool {
        let to = Value::column(self.word(target)).map(|to| to.kind);
        match to {
            Some(to @ (Kind::Text | Kind::Date | Kind::Time)) => {
                !self.is_constant(operand) && !keeps_order(self.value(operand.clone()).kind, to)
            }
            Some(_) => false,
            // `Nullable(Date)` and its kin.
            None => !self.is_constant(operand),
        }
    }

    /// Of a comparison by that sign; `None` for one that holds for NaN.
    fn orders(&self, sign: Option<S>, left: &Range<usize>, right: &Range<usize>) -> bool {
        if self.floats_compared_inside(left) || self.floats_compared_inside(right) {
            return false;
        }
        if !self.may_be_float(left) && !self.may_be_float(right) {
            return true;
        }
        match sign {
            _ if self.negates => false,
            Some(S::Less | S::LessEqual | S::Greater | S::GreaterEqual) => true,
            Some(S::Equal) => self.is_plain_number(left) || self.is_plain_number(right),
            _ => false,
        }
    }

    /// Of `x IN (…)`.
    fn orders_members(&self, left: &Range<usize>, list: &Range<usize>, negated: bool) -> bool {
        !self.may_be_float(left) || (!negated && !self.negates && self.is_plain_list(list))
    }

    /// Whether a row decides it and it may be a float.
    fn may_be_float(&self, range: &Range<usize>) -> bool {
        if self.is_constant(range) {
            return false;
        }
        match self.value(range.clone()).kind {
            Kind::Float => true,
            Kind::Unknown => range.clone().any(|at| self.brings_floats(at)),
            _ => false,
        }
    }

    fn brings_floats(&self, at: usize) -> bool {
        let unsure = |kind: Kind| matches!(kind, Kind::Float | Kind::Unknown);
        match self.reading.roles.get(at) {
            Some(Role::Function) => match function::rule(self.word(at)) {
                Some((_, Gives::Kind(kind) | Gives::Nullable(kind))) => kind == Kind::Float,
                Some((_, Gives::Same(_) | Gives::Merged(_) | Gives::Scale(_))) => false,
                None => !self.reading.lexed.dialect.functions().is_aggregate(self.word(at)),
            },
            Some(Role::Type) => self.word(at).to_ascii_lowercase().contains("float"),
            Some(Role::Name) => match self.reading.names.binary_search_by_key(&at, |name| name.start) {
                Ok(name) => self.reading.names.get(name).is_none_or(|name| unsure(self.value(name.clone()).kind)),
                Err(_) => false,
            },
            _ => {
                self.kind(at) == Some(L::Symbol(S::Slash))
                    || matches!(self.kind(at), Some(L::Word(K::Select | K::With | K::Columns)))
            }
        }
    }

    /// `(f < 5) = 0`: the inner comparison may be turned round.
    fn floats_compared_inside(&self, range: &Range<usize>) -> bool {
        let compares = |at: usize| match self.kind(at) {
            Some(L::Symbol(S::Equal | S::NotEqual | S::Less | S::Greater | S::LessEqual | S::GreaterEqual))
            | Some(L::Word(K::In | K::Between)) => self.reading.roles.get(at) != Some(&Role::Type),
            _ => {
                self.reading.roles.get(at) == Some(&Role::Function)
                    && matches!(function::rule(self.word(at)), Some((function::Rule::Comparison, _)))
            }
        };
        range.clone().any(compares) && range.clone().any(|at| self.brings_floats(at))
    }

    fn is_plain_list(&self, list: &Range<usize>) -> bool {
        let mut start = list.start;
        let commas = self.top(list.clone()).filter(|&at| self.kind(at) == Some(L::Symbol(S::Comma)));
        for end in commas.chain([list.end]) {
            if !self.is_plain_number(&(start..end)) {
                return false;
            }
            start = end + 1;
        }
        true
    }

    /// A number literal that is not 0: neither NaN nor one of the two zeros.
    fn is_plain_number(&self, range: &Range<usize>) -> bool {
        let signed = self.kind(range.start) == Some(L::Symbol(S::Minus));
        let at = range.start + usize::from(signed);
        let text = self.word(at);
        let plain = text.len() < 16 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        at + 1 == range.end
            && self.kind(at) == Some(L::Number)
            && plain
            && text.bytes().any(|byte| matches!(byte, b'1'..=b'9'))
    }
}

/// Functions that bring times to fewer, or to text.
const OF_TIMES: &[&str] = &[
    "date",
    "timeslot",
    "todate",
    "todatetime",
    "tolastdayofmonth",
    "tomonday",
    "tostartofday",
    "tostartoffifteenminutes",
    "tostartoffiveminutes",
    "tostartofhour",
    "tostartofinterval",
    "tostartofisoyear",
    "tostartofminute",
    "tostartofmonth",
    "tostartofquarter",
    "tostartoftenminutes",
    "tostartofweek",
    "tostartofyear",
    "tostring",
    "tounixtimestamp",
    "toyyyymmddhhmmss",
];

/// Whether a cast gives values in the order of its arguments, whichever they are. A cast to text is not used by the analysis
/// where it does not say so, except of times.
fn keeps_order(from: Kind, to: Kind) -> bool {
    match to {
        Kind::Text => !from.is_temporal() && from != Kind::Unknown,
        Kind::Date => matches!(from, Kind::Date | Kind::Time),
        Kind::Time => from == Kind::Time,
        _ => false,
    }
}

/// Whether the statement turns a condition round: NOT before one, `not`, `xor`. That of `NOT IN` and its kin stands with its
/// own comparison.
pub(super) fn negates(reading: &Reading<'_>) -> bool {
    let kind = |at: usize| reading.lexed.get(at).map(|lexeme| lexeme.kind);
    reading.lexed.lexemes.iter().enumerate().any(|(at, lexeme)| match reading.roles.get(at) {
        Some(Role::Function) => {
            let name = reading.lexed.name(*lexeme);
            ["not", "xor"].iter().any(|negation| name.eq_ignore_ascii_case(negation))
        }
        _ if lexeme.kind == L::Word(K::Not) => !matches!(
            kind(at + 1),
            Some(L::Word(
                K::In
                    | K::Like
                    | K::Ilike
                    | K::Between
                    | K::Null
                    | K::Regexp
                    | K::Rlike
                    | K::Materialized
                    | K::Distinct
            ))
        ),
        _ => false,
    })
}
