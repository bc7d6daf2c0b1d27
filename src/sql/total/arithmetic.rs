//! Sums, divisors and intervals, and the operands beside an operator.

use std::ops::Range;

use super::LONGEST_SIDE;
use super::facts::Facts;
use super::value::Kind;
use crate::sql::keyword::Keyword as K;
use crate::sql::lexeme::{Kind as L, Symbol as S};
use crate::sql::read::Role;

impl Facts<'_, '_> {
    pub(super) fn is_harmless_arithmetic(&self, at: usize) -> bool {
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
            || (matches!(left_value.kind, Kind::Date | Kind::Time) && right_value.kind == Kind::Seconds)
    }

    pub(super) fn operand_before(&self, at: usize) -> Range<usize> {
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

    pub(super) fn operand_behind(&self, at: usize) -> Range<usize> {
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

    pub(super) fn left_operand_is(&self, at: usize, kind: Kind) -> bool {
        self.value(self.operand_before(at)).kind == kind
    }

    /// A whole number that is not 0, and nothing that goes on with it.
    pub(super) fn is_divisor(&self, at: usize) -> bool {
        let goes_on = matches!(self.kind(at + 1), Some(L::Symbol(S::DoubleColon | S::OpenSquare | S::Dot)));
        let text = self.word(at);
        let whole = !text.is_empty() && text.len() < 10 && text.bytes().all(|b| b.is_ascii_digit());
        self.kind(at) == Some(L::Number) && whole && text.bytes().any(|b| b != b'0') && !goes_on
    }

    /// `INTERVAL 1 DAY`: seconds at the least, so that no scale grows.
    pub(super) fn is_plain_interval(&self, at: usize) -> bool {
        let range = at..self.operand_behind(at - usize::from(at > 0)).end;
        let words = range.clone().map(|at| self.word(at).to_ascii_lowercase());
        let fine = ["nano", "micro", "milli", "ns", "us", "ms"];
        range.len() >= 2
            && self.value(range).kind.is_interval()
            && !words.into_iter().any(|word| {
                fine.iter().any(|unit| word.trim_matches(|c: char| !c.is_ascii_alphabetic()).starts_with(unit))
            })
    }
}
