//! Brackets, names and operands of a statement that has been read: what stands at either side of an operator.

use std::ops::Range;

use super::keyword::{Keyword as K, is_unit_word};
use super::lexeme::{Kind as L, Symbol as S};
use super::read::{Reading, Role};

/// Lookups over one statement. Positions and ranges are lexemes'.
pub(super) struct Operands<'r, 't> {
    pub(super) reading: &'r Reading<'t>,
    /// For each bracket the place of its partner.
    partner: Vec<usize>,
}

impl<'r, 't> Operands<'r, 't> {
    pub(super) fn of(reading: &'r Reading<'t>) -> Self {
        Self { reading, partner: reading.partners() }
    }

    pub(super) fn kind(&self, at: usize) -> Option<L> {
        self.reading.lexed.get(at).map(|lexeme| lexeme.kind)
    }

    pub(super) fn role(&self, at: usize) -> Option<Role> {
        self.reading.roles.get(at).copied()
    }

    pub(super) fn is_symbol(&self, at: usize, symbol: S) -> bool {
        self.kind(at) == Some(L::Symbol(symbol))
    }

    /// A word of the grammar, and no name that is spelled like one.
    pub(super) fn keyword(&self, at: usize) -> Option<K> {
        match self.kind(at) {
            Some(L::Word(word)) if self.role(at) == Some(Role::Keyword) => Some(word),
            _ => None,
        }
    }

    /// A name without its quotes; anything else as written.
    pub(super) fn word(&self, at: usize) -> &'t str {
        self.reading.lexed.get(at).map_or("", |lexeme| self.reading.lexed.name(lexeme))
    }

    /// The name of the function that is called there and nothing beside it, in lower case, and its arguments.
    pub(super) fn call(&self, range: &Range<usize>) -> Option<(String, Vec<Range<usize>>)> {
        let is = self.role(range.start) == Some(Role::Function) && self.is_bracketed(&(range.start + 1..range.end));
        is.then(|| (self.word(range.start).to_ascii_lowercase(), self.list(range.start + 1)))
    }

    /// Whether brackets stand around all of it.
    pub(super) fn is_bracketed(&self, range: &Range<usize>) -> bool {
        self.is_symbol(range.start, S::OpenRound) && self.close(range.start) + 1 == range.end
    }

    /// Whether a query begins there.
    pub(super) fn is_query(&self, at: usize) -> bool {
        matches!(self.keyword(at), Some(K::Select | K::With | K::From))
    }

    pub(super) fn close(&self, open: usize) -> usize {
        self.partner.get(open).copied().unwrap_or(open)
    }

    /// The places of a range that stand in no bracket of it; a bracket is given once, where it opens.
    pub(super) fn top(&self, range: Range<usize>) -> impl Iterator<Item = usize> + '_ {
        let mut at = range.start;
        std::iter::from_fn(move || {
            let here = at;
            // What closes has its partner before it, and everything else has none.
            at = self.close(at).max(at) + 1;
            (here < range.end).then_some(here)
        })
    }

    /// What stands between the commas of the brackets that open there.
    pub(super) fn list(&self, open: usize) -> Vec<Range<usize>> {
        let end = self.close(open);
        let mut start = open + 1;
        let commas = self.top(start..end).filter(|&at| self.is_symbol(at, S::Comma));
        let mut elements = Vec::new();
        for comma in commas {
            elements.push(start..comma);
            start = comma + 1;
        }
        if start < end {
            elements.push(start..end);
        }
        elements
    }

    /// `=`, `<` and the like.
    pub(super) fn is_comparison_sign(&self, at: usize) -> bool {
        matches!(self.kind(at), Some(L::Symbol(S::Equal | S::Less | S::Greater | S::LessEqual | S::GreaterEqual)))
    }

    /// What stands before an operator, to the next border.
    pub(super) fn left(&self, operator: usize) -> Range<usize> {
        let mut start = operator;
        while let Some(before) = start.checked_sub(1) {
            match self.kind(before) {
                Some(L::Symbol(S::CloseRound | S::CloseSquare | S::CloseBrace)) => start = self.close(before),
                Some(L::Symbol(S::OpenRound | S::OpenSquare)) => break,
                _ if self.is_border(before) => break,
                _ => start = before,
            }
        }
        start..operator
    }

    /// What stands behind an operator, to the next border.
    pub(super) fn right(&self, operator: usize) -> Range<usize> {
        let rest = operator + 1..self.reading.lexed.lexemes.len();
        let end = self.top(rest.clone()).find(|&at| self.is_border(at)).unwrap_or(rest.end);
        operator + 1..end
    }

    /// Whether an operand ends there: at a comparison, a bracket, a comma, a word that no operand has.
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
                    | S::Arrow
                    | S::CloseRound
                    | S::CloseSquare
                    | S::CloseBrace
            ),
            Some(L::Word(_)) => {
                let unit = is_unit_word(self.word(at));
                self.keyword(at).is_some_and(|word| !unit && !matches!(word, K::Interval | K::True | K::False))
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests;
