//! By what a statement's rows are ordered.
//!
//! ClickHouse (26.7) reads in a key's order what it takes for keeping it (`ORDER BY toStartOfDay(ts)`, `-n`, DISTINCT of
//! either), and far values come round: which rows come first would depend on hidden ones between them.

use crate::sql::keyword::Keyword as K;
use crate::sql::lexeme::{Kind as L, Symbol as S};
use crate::sql::read::Role;

use super::Pruner;

impl Pruner<'_, '_, '_> {
    /// Whether whatever is ordered is so by columns alone.
    pub(super) fn is_ordered_by_columns(&self) -> bool {
        let length = self.operands.reading.lexed.lexemes.len();
        let word = |at: usize| self.operands.keyword(at);
        let columns = |by: usize| {
            let goes_on = |at: &usize| match word(*at) {
                Some(word) => matches!(word, K::Asc | K::Desc | K::Nulls | K::First | K::Last),
                None => self.is_given_nothing(*at),
            };
            let end = (by + 1..length).find(|at| !goes_on(at)).unwrap_or(length);
            let ends = matches!(word(end), Some(K::Limit | K::Offset | K::With | K::Order));
            end == length || ends || self.operands.is_symbol(end, S::CloseRound) || self.is_dropped(end)
        };
        let computes = |at: usize| self.operands.role(at) == Some(Role::Function) || self.is_arithmetic(at);
        let all = || 0..length;
        let distinct = all().any(|at| word(at) == Some(K::Distinct));
        all().filter(|&at| word(at) == Some(K::By)).all(columns) && !(distinct && all().any(computes))
    }

    fn is_dropped(&self, at: usize) -> bool {
        self.operands.role(at) == Some(Role::Dropped)
    }

    /// A column's name, a dot or a comma.
    fn is_given_nothing(&self, at: usize) -> bool {
        match self.operands.role(at) {
            Some(Role::Name) => !self.given.contains(self.operands.word(at)),
            _ => self.operands.is_symbol(at, S::Comma) || self.operands.is_symbol(at, S::Dot),
        }
    }

    fn is_arithmetic(&self, at: usize) -> bool {
        let sign = matches!(self.operands.kind(at), Some(L::Symbol(S::Plus | S::Minus | S::Slash)));
        sign || (self.operands.is_symbol(at, S::Star) && self.operands.reading.stars.binary_search(&at).is_err())
    }
}
