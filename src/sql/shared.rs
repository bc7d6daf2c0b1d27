//! What values of many rows share in storage, hidden rows' among them, and what a statement may do with it. ClickHouse 26.7:
//!
//! - A column of `LowCardinality` has one dictionary for the rows of a part. A function over it is run on the whole
//!   dictionary, behind a filter too: `match('a', s)` fails if any hidden row holds `(`. So wherever a statement could fail on
//!   a value, its walls give such columns anew, value by value ([`parted`]).
//! - A column of `Dynamic` or `JSON` knows all types and paths of the rows beside it. A cast out of it fails when one of
//!   those types, of whatever row, has none to the new type; so it is refused ([`conversions`]), and so is the format in
//!   which types and paths travel with the column (`Rewritten::types_shown`).

mod conversion;

use std::collections::HashSet;

use super::keyword::Keyword as K;
use super::lexeme::{Kind, Symbol as S};
use super::read::{Reading, Role};
use super::refusal::{Refusal, RefusalKind};
use super::string;

pub(super) use conversion::conversions;

/// The type's name.
const DICTIONARY: &str = "LowCardinality";

/// Whether a column of that type is made of dictionaries. One whose type is not known (`upstream.http` without types) may be.
pub(super) fn has_dictionary(type_name: &str) -> bool {
    type_name.is_empty() || type_name.contains(DICTIONARY)
}

/// Whether a column of that type knows types or paths that its type's name does not tell, or may do so.
pub(super) fn learns_types(type_name: &str) -> bool {
    type_name.is_empty() || ["Dynamic", "JSON", "Object"].iter().any(|name| type_name.contains(name))
}

/// Whether the statement itself makes dictionaries.
pub(super) fn makes_dictionaries(reading: &Reading<'_>) -> bool {
    let lexed = &reading.lexed;
    lexed.lexemes.iter().any(|lexeme| match lexeme.kind {
        Kind::Word(_) => string::holds(lexed.source(*lexeme).as_bytes(), DICTIONARY),
        Kind::Text | Kind::Quoted | Kind::Blob => string::holds(&lexed.value(*lexeme), DICTIONARY),
        Kind::Number | Kind::Symbol(_) => false,
    })
}

/// A value that shares nothing: an array is filled value by value, and gives its first one.
pub(super) fn parted(column: &str) -> String {
    format!("[{column}][1]")
}

/// The names by which a statement over a query may mean a column of it, for [`parted`]; what is no column of it is passed
/// over by the engine.
///
/// # Errors
/// A [`Refusal`] where a column may be meant without its name.
pub(super) fn names_of_columns(reading: &Reading<'_>) -> Result<Vec<String>, Refusal> {
    let lexed = &reading.lexed;
    if let Some(at) = unnamed_column(reading) {
        let message = "columns without names cannot be read out of a pipe with columns of low cardinality";
        return Err(not_allowed(reading, at, message).hint("list the columns by their names"));
    }
    let word = |at: usize| lexed.get(at).map_or("", |lexeme| lexed.name(lexeme));
    let mut names: HashSet<String> = HashSet::new();
    let named = reading.roles.iter().enumerate().filter(|(_, role)| **role == Role::Name);
    names.extend(named.map(|(at, _)| word(at).to_owned()));
    for range in &reading.names {
        let parts: Vec<&str> = range.clone().step_by(2).map(word).collect();
        for from in 0..parts.len() {
            let rest = parts.get(from..).unwrap_or_default();
            names.extend((2..=rest.len()).filter_map(|length| Some(rest.get(..length)?.join("."))));
        }
    }
    let mut names: Vec<String> = names.into_iter().collect();
    names.sort_unstable();
    Ok(names)
}

/// Where a column may be meant without its name: by a star inside a call, by APPLY or COLUMNS, by its place in a list.
fn unnamed_column(reading: &Reading<'_>) -> Option<usize> {
    let lexed = &reading.lexed;
    let kind = |at: usize| lexed.get(at).map(|lexeme| lexeme.kind);
    let sets = reading.has_set_operations();
    let mut calls = Vec::new();
    for at in 0..lexed.lexemes.len() {
        match kind(at) {
            Some(Kind::Symbol(S::OpenRound | S::OpenSquare | S::OpenBrace)) => {
                calls.push(!matches!(kind(at + 1), Some(Kind::Word(K::Select | K::With | K::From))));
            }
            Some(Kind::Symbol(S::CloseRound | S::CloseSquare | S::CloseBrace)) => drop(calls.pop()),
            Some(Kind::Word(K::Columns | K::Apply)) if reading.roles.get(at) != Some(&Role::Name) => return Some(at),
            Some(Kind::Symbol(S::Star)) if reading.stars.binary_search(&at).is_ok() => {
                let counted = kind(at.wrapping_sub(1)) == Some(Kind::Symbol(S::OpenRound))
                    && kind(at + 1) == Some(Kind::Symbol(S::CloseRound))
                    && lexed.get(at.wrapping_sub(2)).is_some_and(|it| lexed.name(it).eq_ignore_ascii_case("count"));
                if !counted && (sets || calls.last() == Some(&true)) {
                    return Some(at);
                }
            }
            Some(Kind::Word(_) | Kind::Quoted | Kind::Text | Kind::Blob | Kind::Number | Kind::Symbol(_)) | None => {}
        }
    }
    reading.renamed.first().copied()
}

fn not_allowed(reading: &Reading<'_>, position: usize, message: &str) -> Refusal {
    let at = reading.lexed.get(position).map_or(0..0, |lexeme| lexeme.span());
    Refusal::new(RefusalKind::NotAllowed, message).at(at)
}

#[cfg(test)]
mod tests;
