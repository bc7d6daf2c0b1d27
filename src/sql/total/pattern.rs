//! Literals that decide by themselves: subscripts and patterns.

use super::facts::Facts;
use crate::sql::lexeme::{Kind as L, Symbol as S};
use crate::sql::read::Role;

impl Facts<'_, '_> {
    /// An array literal, and not a subscript.
    pub(super) fn is_array(&self, at: usize) -> bool {
        let subscript = at.checked_sub(1).is_some_and(|before| {
            matches!(
                self.kind(before),
                Some(L::Symbol(S::CloseRound | S::CloseSquare | S::CloseBrace) | L::Quoted | L::Text)
            ) || matches!(self.reading.roles.get(before), Some(Role::Name | Role::Literal | Role::Type))
        });
        !subscript && self.merge(&self.list(at))
    }

    /// `[1]`, `[-1]`, `['key']`.
    pub(super) fn is_index(&self, at: usize) -> bool {
        match self.kind(at + 1) {
            Some(L::Text) => self.kind(at + 2) == Some(L::Symbol(S::CloseSquare)),
            Some(L::Symbol(S::Minus)) => {
                self.is_divisor(at + 2) && self.kind(at + 3) == Some(L::Symbol(S::CloseSquare))
            }
            _ => self.is_divisor(at + 1) && self.kind(at + 2) == Some(L::Symbol(S::CloseSquare)),
        }
    }

    pub(super) fn literal(&self, at: usize) -> Option<Vec<u8>> {
        let lexeme = self.reading.lexed.get(at).filter(|lexeme| lexeme.kind == L::Text)?;
        let alone = !matches!(self.kind(at + 1), Some(L::Symbol(S::Concat | S::DoubleColon | S::Plus)));
        alone.then(|| self.reading.lexed.value(lexeme).into_owned())
    }

    pub(super) fn is_pattern_of_like(&self, at: usize) -> bool {
        self.literal(at).is_some_and(|pattern| pattern.last() != Some(&b'\\'))
    }

    /// A regular expression that is one for certain: letters, digits, a few signs, `.*`, `.+`, `|`, anchors.
    pub(super) fn is_plain_expression(&self, at: usize) -> bool {
        self.literal(at).is_some_and(|pattern| {
            let repeats = |pair: &[u8]| !matches!(pair, [before, b'*' | b'+'] if !before.is_ascii_alphanumeric() && *before != b'.');
            let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b" _-/:=&,;@%#.~!'\"*+|^$".contains(byte);
            pattern.iter().all(plain)
                && pattern.windows(2).all(repeats)
                && !matches!(pattern.first(), Some(b'*' | b'+'))
        })
    }
}
