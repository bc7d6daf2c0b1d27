//! Conversions of values that carry their own types: what of a statement casts, and what it casts.

use std::ops::Range;

use super::not_allowed;
use crate::sql::keyword::Keyword as K;
use crate::sql::lexeme::{Kind, Symbol as S};
use crate::sql::read::{Reading, Role};
use crate::sql::refusal::Refusal;

/// Refuses casts, and functions that cast, of whatever is not known to be of a plain type. `is_plain` is whether a name is
/// a column's of such a type, and nothing else's.
///
/// # Errors
/// A [`Refusal`].
pub(in crate::sql) fn conversions(reading: &Reading<'_>, is_plain: &dyn Fn(&str) -> bool) -> Result<(), Refusal> {
    let lexed = &reading.lexed;
    let operands = Operands { reading, is_plain };
    let stranger = (0..lexed.lexemes.len()).find(|&at| match lexed.get(at).map(|lexeme| lexeme.kind) {
        Some(Kind::Symbol(S::DoubleColon)) => !operands.is_text(at + 1) && !operands.are_plain(&operands.before(at)),
        Some(_) if reading.roles.get(at) == Some(&Role::Function) => {
            let (name, end) = (lexed.get(at).map_or("", |lexeme| lexed.source(lexeme)), operands.close(at + 1));
            let to_text = name.eq_ignore_ascii_case("cast") && operands.is_text(end.saturating_sub(1));
            converts(name) && !to_text && !operands.are_plain(&(at + 2..end))
        }
        _ => false,
    });
    match stranger {
        None => Ok(()),
        Some(at) => {
            let message = "a value that carries its own type cannot be converted beside a row filter";
            Err(not_allowed(reading, at, message).hint("convert its text, as in `toString(value)::Int64`"))
        }
    }
}

/// Whether a function converts its argument as a cast does. To text everything can be converted.
fn converts(function: &str) -> bool {
    const FAMILIES: &[&str] = &[
        "tobfloat",
        "tobool",
        "todate",
        "todecimal",
        "tofixed",
        "tofloat",
        "toint",
        "toip",
        "totime",
        "touint",
        "tounixtimestamp",
        "touuid",
    ];
    const OTHERS: &[&str] =
        &["accuratecast", "accuratecastordefault", "accuratecastornull", "cast", "date", "timestamp", "to_unixtime"];
    let name = function.to_ascii_lowercase();
    name != "totypename" && (FAMILIES.iter().any(|family| name.starts_with(family)) || OTHERS.contains(&name.as_str()))
}

struct Operands<'r, 't> {
    reading: &'r Reading<'t>,
    is_plain: &'r dyn Fn(&str) -> bool,
}

impl Operands<'_, '_> {
    fn kind(&self, at: usize) -> Option<Kind> {
        self.reading.lexed.get(at).map(|lexeme| lexeme.kind)
    }

    fn word(&self, at: usize) -> &str {
        self.reading.lexed.get(at).map_or("", |lexeme| self.reading.lexed.name(lexeme))
    }

    /// `String`, as the type behind `::` or as the last argument of CAST.
    fn is_text(&self, at: usize) -> bool {
        let lexed = &self.reading.lexed;
        match (self.reading.roles.get(at), lexed.get(at)) {
            (Some(Role::Type), Some(lexeme)) => lexed.source(lexeme) == "String",
            (Some(Role::Literal), Some(lexeme)) if lexeme.kind == Kind::Text => &*lexed.value(lexeme) == b"String",
            _ => false,
        }
    }

    /// Whether every name there is a plain column's, and no query stands there. What is made text has a plain type.
    fn are_plain(&self, range: &Range<usize>) -> bool {
        if self.word(range.start) == "toString" && self.close(range.start + 1) + 1 >= range.end {
            return true;
        }
        let starts = self.reading.names.partition_point(|name| name.start < range.start);
        let names = self.reading.names.iter().skip(starts).take_while(|name| name.start < range.end);
        let known: Vec<&Range<usize>> = names.filter(|name| self.is_plain_name(name)).collect();
        range.clone().all(|at| match self.kind(at) {
            Some(Kind::Word(K::Select | K::With | K::From | K::Columns) | Kind::Symbol(S::Star | S::Arrow)) => false,
            _ if self.reading.roles.get(at) == Some(&Role::Name) => known.iter().any(|name| name.contains(&at)),
            _ => true,
        })
    }

    /// A column of a plain type; one that a table's name stands before; a part of one.
    fn is_plain_name(&self, name: &Range<usize>) -> bool {
        let (first, last) = (self.word(name.start), self.word(name.end.saturating_sub(1)));
        let is_table = self.reading.tables.iter().any(|table| self.word(table.alias.unwrap_or(table.table)) == first);
        match name.len() {
            1 => (self.is_plain)(first),
            3 if is_table => (self.is_plain)(last),
            _ => !is_table && (self.is_plain)(first),
        }
    }

    /// What `::` stands behind.
    fn before(&self, at: usize) -> Range<usize> {
        let Some(last) = at.checked_sub(1) else { return at..at };
        if let Ok(name) = self.reading.names.binary_search_by_key(&at, |name| name.end) {
            return self.reading.names.get(name).cloned().unwrap_or(last..at);
        }
        match self.kind(last) {
            Some(Kind::Symbol(S::CloseRound | S::CloseSquare | S::CloseBrace)) => {
                let open = self.open(last);
                let before = open.checked_sub(1);
                match before.and_then(|at| self.reading.roles.get(at)) {
                    Some(Role::Function) => open.saturating_sub(1)..at,
                    // A subscript, a second pair of brackets, a type: what stands before it counts, and is not followed.
                    Some(Role::Name | Role::Type | Role::Literal) => 0..at,
                    Some(Role::Symbol) if self.closes(open.saturating_sub(1)) => 0..at,
                    _ => open..at,
                }
            }
            Some(Kind::Number | Kind::Text | Kind::Blob) => last..at,
            _ => 0..at,
        }
    }

    fn closes(&self, at: usize) -> bool {
        matches!(self.kind(at), Some(Kind::Symbol(S::CloseRound | S::CloseSquare | S::CloseBrace)))
    }

    fn open(&self, close: usize) -> usize {
        self.partner(close, (0..=close).rev())
    }

    fn close(&self, open: usize) -> usize {
        self.partner(open, open..self.reading.lexed.lexemes.len())
    }

    fn partner(&self, from: usize, places: impl Iterator<Item = usize>) -> usize {
        let mut depth = 0_usize;
        let mut opening = None;
        for at in places {
            let opens = match self.kind(at) {
                Some(Kind::Symbol(S::OpenRound | S::OpenSquare | S::OpenBrace)) => true,
                Some(Kind::Symbol(S::CloseRound | S::CloseSquare | S::CloseBrace)) => false,
                _ if at == from => return from,
                _ => continue,
            };
            if *opening.get_or_insert(opens) == opens {
                depth += 1
            } else {
                depth -= 1
            }
            if depth == 0 {
                return at;
            }
        }
        from
    }
}
