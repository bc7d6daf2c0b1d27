//! Comparisons, BETWEEN and IN: what stands on either side, and whether the two compare.

use std::ops::Range;

use super::LONGEST_SIDE;
use super::facts::Facts;
use super::value::{Kind, is_comparable};
use crate::sql::keyword::Keyword as K;
use crate::sql::lexeme::{Kind as L, Symbol as S};
use crate::sql::read::Role;

impl Facts<'_, '_> {
    pub(super) fn compares(&self, left: Range<usize>, right: Range<usize>) -> bool {
        if left.len() > LONGEST_SIDE || right.len() > LONGEST_SIDE {
            return false;
        }
        if self.nullables || self.exotic || self.is_query(&left) || self.is_query(&right) {
            let (one, other) = (self.value(left.clone()), self.value(right.clone()));
            let parsed =
                (other.is_loose_text() && self.may_be_time(&left)) || (one.is_loose_text() && self.may_be_time(&right));
            return is_comparable(one, other, self.nullables) && !parsed;
        }
        true
    }

    /// Whether nothing is known of it, in a statement with times. An element of a container is none.
    fn may_be_time(&self, range: &Range<usize>) -> bool {
        let subscript = range.end.checked_sub(1).filter(|&at| self.kind(at) == Some(L::Symbol(S::CloseSquare)));
        let container = subscript.map(|at| self.value(range.start..self.close(at)).kind);
        self.times && self.value(range.clone()).kind == Kind::Unknown && container != Some(Kind::Container)
    }

    /// A scalar subquery gives a Nullable.
    pub(super) fn is_query(&self, range: &Range<usize>) -> bool {
        self.top(range.clone()).any(|at| {
            self.kind(at) == Some(L::Symbol(S::OpenRound))
                && matches!(self.kind(at + 1), Some(L::Word(K::Select | K::With | K::From) | L::Symbol(S::OpenRound)))
                && !self.is_constant(&(at..self.close(at)))
        })
    }

    pub(super) fn left(&self, operator: usize) -> Range<usize> {
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

    pub(super) fn right(&self, operator: usize) -> Range<usize> {
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

    /// What stands before `[NOT] IN` or `[NOT] BETWEEN`, and whether there is a NOT.
    pub(super) fn left_of_word(&self, at: usize) -> (bool, Range<usize>) {
        let before = at.wrapping_sub(1);
        match self.kind(before) {
            Some(L::Word(K::Not)) => (true, self.left(before)),
            _ => (false, self.left(at)),
        }
    }

    pub(super) fn is_harmless_between(&self, at: usize) -> bool {
        let (negated, left) = self.left_of_word(at);
        if negated && (self.nullables || self.exotic) {
            return false;
        }
        let low = self.right(at);
        let high = self.right(low.end);
        // The bounds meet each other too.
        self.compares(left.clone(), low.clone()) && self.compares(left, high.clone()) && self.compares(low, high)
    }

    /// `x IN (…)`: of a list the elements are converted before a row is looked at; of a query its values meet x.
    pub(super) fn is_harmless_membership(&self, at: usize) -> bool {
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
}
