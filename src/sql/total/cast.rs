//! Casts, and the types that they name.

use std::ops::Range;

use super::facts::Facts;
use super::value::{Kind, Value};
use crate::sql::keyword::Keyword as K;
use crate::sql::lexeme::{Kind as L, Symbol as S};

impl Facts<'_, '_> {
    /// A type of a cast is judged with the cast; the type of a parameter by itself: one with a scale scales the other side.
    pub(super) fn is_harmless_type(&self, at: usize, word: K) -> bool {
        let name = self.word(at);
        word != K::Name || Value::column(name).is_some() || matches!(name, "Nullable" | "LowCardinality" | "Array")
    }

    pub(super) fn is_harmless_cast(&self, operand: &Range<usize>, target: usize) -> bool {
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
        // A LowCardinality is no Nullable's inside.
        if from.kind == Kind::Unknown
            || ((from.nullable || self.nullables) && !to.nullable)
            || (to.nullable && from.kind == Kind::Text)
        {
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

    pub(super) fn is_harmless_cast_call(&self, at: usize) -> bool {
        let inner = at + 2..self.close(at + 1);
        let Some(word) = self.top(inner.clone()).find(|&at| self.kind(at) == Some(L::Word(K::As))) else {
            return false;
        };
        self.is_harmless_cast(&(inner.start..word), word + 1)
    }
}
