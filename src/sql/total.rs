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
//! | CASE, `if`, an array | what becomes one value has one type (`merge`) |
//! | UNION and its kin | no query is around it: by their places its arms' columns become one |
//!
//! Some errors need a row and no value (`Nullable(String) = 1`, `'(' ` as a pattern): they tell that there *are* rows, and
//! count as failing. And the analysis can be wrong about conditions that never fail (`order`). What stands where it is
//! evaluated behind the filter only is not looked at (`region`). Whatever is not known to be harmless is not.

mod arithmetic;
mod call;
mod cast;
mod comparison;
mod condition;
mod facts;
mod function;
mod merge;
mod order;
mod pattern;
mod region;
mod value;

use std::ops::Range;

use crate::catalog::Table;

use super::keyword::Keyword as K;
use super::lexeme::{Kind as L, Symbol as S};
use super::read::{Reading, Role};
use facts::Facts;
use value::Kind;

/// Where in a statement nothing can fail on a value of its tables.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Totality {
    /// Wherever it could be evaluated on a hidden row; nor does anything mislead the index analysis there.
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
    let Some(facts) = facts(reading, tables) else { return Totality::default() };
    let mut totality = Totality { in_conditions: true, throughout: true };
    for (at, is_behind) in region::behind_the_filter(&facts).into_iter().enumerate() {
        // Nothing is looked at twice, nor what changes nothing any more.
        let harmless = (is_behind && !totality.throughout) || facts.is_harmless(at);
        totality.throughout &= harmless;
        if !is_behind && (!harmless || facts.misleads(at)) {
            return Totality::default();
        }
    }
    totality
}

/// A column called `from` or `order`: most of what is looked at here tells such words by their spelling.
fn names_with_words_of_the_grammar(reading: &Reading<'_>) -> bool {
    let first = |name: &Range<usize>| reading.lexed.get(name.start).map(|lexeme| lexeme.kind);
    reading.names.iter().any(|name| matches!(first(name), Some(L::Word(word)) if word.is_reserved()))
}

fn facts<'r, 't>(reading: &'r Reading<'t>, tables: impl Iterator<Item = &'r Table>) -> Option<Facts<'r, 't>> {
    if names_with_words_of_the_grammar(reading) {
        return None;
    }
    Facts::of(reading, tables).filter(|facts| !facts.has_inner_set_operation())
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
            S::Question => false,
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
            K::Case => self.arms(at).is_some_and(|arms| self.merge(&arms)),
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
}

/// The longest side of a comparison or of a sum that is looked into, in lexemes. What is longer is not harmless: each
/// operator of a chain looks at all before it.
const LONGEST_SIDE: usize = 256;

#[cfg(test)]
mod tests;
