//! Values that become one: the arms of CASE and `if`, the elements of an array, the arms of a set operation.
//!
//! Where they have no type in common, ClickHouse 26.7 makes a Variant of them. What is run on that is run on the values of
//! each type, and fails if there is one of a type that it does not take: `lower(if(n = 3, n, 'a'))` tells whether some row
//! has `n = 3`. So they must have one type for certain.

use std::ops::Range;

use super::LONGEST_SIDE;
use super::facts::Facts;
use super::value::Kind;
use crate::sql::keyword::Keyword as K;
use crate::sql::lexeme::{Kind as L, Symbol as S};
use crate::sql::read::Role;

/// What a value is, as far as a type in common is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// NULL joins every type.
    Null,
    /// A whole number of few digits joins every number.
    Small,
    /// A number with a sign or a fraction joins floats: an unsigned integer it does not.
    Other,
    Of(Kind),
}

impl Facts<'_, '_> {
    /// Whether these have one type, and no two scales.
    pub(super) fn merge(&self, values: &[Range<usize>]) -> bool {
        let parts: Vec<Part> = values.iter().map(|value| self.part(value)).collect();
        let mut kinds = parts.iter().zip(values).filter_map(|(part, value)| match part {
            Part::Of(kind) => Some((*kind, value)),
            Part::Null | Part::Small | Part::Other => None,
        });
        let numbers = parts.iter().any(|part| matches!(part, Part::Small | Part::Other));
        let Some((kind, first)) = kinds.next() else { return true };
        let alone = values.len() == 1;
        let joins = match kind {
            Kind::Text | Kind::Date | Kind::Time | Kind::Time64(_) | Kind::Uuid => {
                !numbers && kinds.all(|(other, _)| other == kind)
            }
            // Integers of two widths have a type in common, signed and unsigned ones of 64 bits have none.
            Kind::Whole => !parts.contains(&Part::Other) && kinds.all(|(_, value)| self.is_same_name(first, value)),
            Kind::Float => kinds.all(|(other, _)| other == Kind::Float),
            Kind::Decimal | Kind::Interval | Kind::Seconds | Kind::Container | Kind::Unknown => alone,
        };
        joins && !self.scales
    }

    fn part(&self, value: &Range<usize>) -> Part {
        let first = self.kind(value.start);
        match value.len() {
            1 if first == Some(L::Word(K::Null)) => Part::Null,
            1 if first == Some(L::Number) => self.number(value.start),
            1 if matches!(first, Some(L::Word(K::True | K::False))) => Part::Small,
            2 if first == Some(L::Symbol(S::Minus)) && self.kind(value.start + 1) == Some(L::Number) => Part::Other,
            _ => Part::Of(self.value(value.clone()).kind),
        }
    }

    fn number(&self, at: usize) -> Part {
        let text = self.word(at);
        let small = text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit());
        if small { Part::Small } else { Part::Other }
    }

    fn is_same_name(&self, one: &Range<usize>, other: &Range<usize>) -> bool {
        one.len() == 1 && other.len() == 1 && self.word(one.start) == self.word(other.start)
    }

    /// What CASE can give; nothing where that is too long to be looked at.
    pub(super) fn arms(&self, case: usize) -> Option<Vec<Range<usize>>> {
        let mut arms = Vec::new();
        let (mut depth, mut start) = (0_usize, None);
        for at in self.top(case + 1..self.reading.lexed.lexemes.len()) {
            if at - case > LONGEST_SIDE {
                return None;
            }
            let word = match self.kind(at) {
                Some(L::Word(word)) if self.reading.roles.get(at) == Some(&Role::Keyword) => word,
                _ => continue,
            };
            match (word, depth) {
                (K::Case, _) => depth += 1,
                (K::When | K::Else, 0) => arms.extend(start.take().map(|start| start..at)),
                (K::End, 0) => {
                    arms.extend(start.take().map(|start| start..at));
                    return Some(arms);
                }
                (K::End, _) => depth -= 1,
                _ => {}
            }
            if depth == 0 && matches!(word, K::Then | K::Else) {
                start = Some(at + 1);
            }
        }
        None
    }

    /// Whether some query is around a set operation: what it takes for one column are several. The outermost shows them.
    pub(super) fn has_inner_set_operation(&self) -> bool {
        let mut depth = 0_usize;
        let mut inner = 0..self.reading.lexed.lexemes.len();
        inner.any(|at| {
            match self.kind(at) {
                Some(L::Symbol(S::OpenRound)) => depth += 1,
                Some(L::Symbol(S::CloseRound)) => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth > 0 && self.is_set_operation(at)
        })
    }

    /// `* EXCEPT (a, b)`, `* EXCEPT a`.
    fn leaves_columns_out(&self, except: usize) -> bool {
        let next = except + 1 + usize::from(self.kind(except + 1) == Some(L::Symbol(S::OpenRound)));
        except.checked_sub(1).is_some_and(|before| self.is_star(before))
            && self.reading.roles.get(next) == Some(&Role::Name)
    }

    pub(super) fn is_set_operation(&self, at: usize) -> bool {
        self.reading.roles.get(at) == Some(&Role::Keyword)
            && match self.kind(at) {
                Some(L::Word(K::Union | K::Intersect)) => true,
                Some(L::Word(K::Except)) => !self.leaves_columns_out(at),
                _ => false,
            }
    }
}
