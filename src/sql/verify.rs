//! Verification: what was written is read again, from its text alone.
//!
//! - Its lexemes are the client's, in their order and with their values, and what the gateway wrote of its own accord.
//! - Each of the gateway's parts begins and ends where a lexeme does: nothing the client wrote reaches into one.
//! - Read again, every table stands behind a wall, and every other name in FROM is one that the gateway made up.
//!
//! A failure is a defect of the gateway's: the query is refused and the log says so, at error level.

use std::ops::Range;

use super::emit::Emitted;
use super::lex::{Author, lex};
use super::lexeme::{Kind, Lexed, Lexeme};
use super::limits::Limits;
use super::read::{self, Reading};
use super::refusal::{Refusal, RefusalKind};

/// Checks the written text against the reading that it was written from.
pub(super) fn verify(reading: &Reading<'_>, emitted: &Emitted, limits: &Limits) -> Result<(), Refusal> {
    // The text may grow beyond what a client may send; its depth grows by the walls'.
    let limits = Limits { bytes: limits.output_bytes, lexemes: usize::MAX, depth: limits.depth + 8, ..*limits };
    if emitted.text.len() > limits.output_bytes {
        return Err(Refusal::new(RefusalKind::TooLarge, "the rewritten statement is too long"));
    }
    // Behind a wall may stand a whole query, as deep as any; the lexer does not recurse, and the reader steps over walls.
    let as_deep_as_it_is = Limits { depth: usize::MAX, ..limits };
    let lexed = lex(&emitted.text, reading.lexed.dialect, &as_deep_as_it_is, Author::Gateway)
        .map_err(|_| failed("it does not lex"))?;
    same_lexemes(reading, emitted, &lexed)?;
    let walls = emitted.walls.iter().map(|wall| positions(&lexed, wall)).collect::<Option<Vec<_>>>();
    let walls = walls.ok_or_else(|| failed("a wall is torn"))?;
    let again = read::walled(lexed, &limits, &walls).map_err(|_| failed("it does not read"))?;
    every_table_is_walled(&again)
}

fn failed(what: &str) -> Refusal {
    Refusal::new(RefusalKind::Unverified, format!("the rewritten statement failed its verification: {what}"))
}

fn same_lexemes(reading: &Reading<'_>, emitted: &Emitted, lexed: &Lexed<'_>) -> Result<(), Refusal> {
    let mut own = emitted.own.iter().peekable();
    let mut expected = emitted.written.iter();
    for lexeme in &lexed.lexemes {
        let (start, end) = (lexeme.start as usize, lexeme.end as usize);
        while own.next_if(|range| range.end <= start).is_some() {}
        if let Some(range) = own.peek().filter(|range| range.start < end) {
            if range.start <= start && end <= range.end {
                continue;
            }
            return Err(failed("a lexeme crosses a border"));
        }
        let original = expected.next().and_then(|&position| reading.lexed.get(position));
        if !original.is_some_and(|original| same(&reading.lexed, original, lexed, *lexeme)) {
            return Err(failed("a lexeme changed"));
        }
    }
    if expected.next().is_some() { Err(failed("a lexeme was lost")) } else { Ok(()) }
}

/// Whether two lexemes mean the same: a name may have gained or changed its quotes, a string its escapes.
fn same(left_text: &Lexed<'_>, left: Lexeme, right_text: &Lexed<'_>, right: Lexeme) -> bool {
    match (left.kind, right.kind) {
        (Kind::Symbol(left), Kind::Symbol(right)) => left == right,
        (Kind::Text | Kind::Blob, Kind::Text) => left_text.value(left) == right_text.value(right),
        (Kind::Number, Kind::Number) | (Kind::Blob, Kind::Blob) => left_text.source(left) == right_text.source(right),
        (Kind::Word(_) | Kind::Quoted, Kind::Word(_) | Kind::Quoted) => {
            left_text.meaning(left) == right_text.meaning(right)
        }
        _ => false,
    }
}

/// The lexemes that a range of bytes holds, if it begins and ends where lexemes do.
fn positions(lexed: &Lexed<'_>, bytes: &Range<usize>) -> Option<Range<usize>> {
    let start = lexed.lexemes.binary_search_by_key(&bytes.start, |lexeme| lexeme.start as usize).ok()?;
    let last = lexed.lexemes.binary_search_by_key(&bytes.end, |lexeme| lexeme.end as usize).ok()?;
    (start <= last).then_some(start..last + 1)
}

fn every_table_is_walled(again: &Reading<'_>) -> Result<(), Refusal> {
    let lexed = &again.lexed;
    let prefix = lexed.dialect.reserved_prefix();
    let is_own = |position: usize| lexed.get(position).is_some_and(|lexeme| lexed.name(lexeme).starts_with(prefix));
    if !again.objections.is_empty() {
        return Err(failed("something that is never permitted appeared"));
    }
    if !again.tables.is_empty() {
        return Err(failed("a table has no wall"));
    }
    if !again.in_names.is_empty() {
        return Err(failed("a name stands at the right of IN"));
    }
    if !again.cte_uses.iter().all(|cte| is_own(cte.name)) || !again.ctes.iter().all(|cte| is_own(cte.name)) {
        return Err(failed("a WITH query kept its name"));
    }
    let is_known = |position: &usize| {
        lexed.get(*position).is_some_and(|lexeme| lexed.dialect.is_table_function(lexed.source(lexeme)))
    };
    if again.table_functions.iter().all(is_known) { Ok(()) } else { Err(failed("a table function appeared")) }
}

#[cfg(test)]
mod tests;
