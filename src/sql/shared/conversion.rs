//! Conversions of values that carry their own types: what of a statement casts, and what it casts.

use std::collections::HashSet;
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
    let word = |at: usize| lexed.get(at).map_or("", |lexeme| lexed.name(lexeme));
    let tables = reading.tables.iter().map(|table| word(table.alias.unwrap_or(table.table))).collect();
    let operands = Operands { reading, is_plain, tables, partner: reading.partners() };
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
    FAMILIES.iter().any(|family| name.starts_with(family)) || OTHERS.contains(&name.as_str())
}

struct Operands<'r, 't> {
    reading: &'r Reading<'t>,
    is_plain: &'r dyn Fn(&str) -> bool,
    /// The names by which tables are known.
    tables: HashSet<&'t str>,
    /// For each bracket the place of its partner.
    partner: Vec<usize>,
}

impl<'t> Operands<'_, 't> {
    fn kind(&self, at: usize) -> Option<Kind> {
        self.reading.lexed.get(at).map(|lexeme| lexeme.kind)
    }

    fn word(&self, at: usize) -> &'t str {
        self.reading.lexed.get(at).map_or("", |lexeme| self.reading.lexed.name(lexeme))
    }

    /// `String`, as the type behind `::` or as the last argument of CAST.
    fn is_text(&self, at: usize) -> bool {
        let lexed = &self.reading.lexed;
        match (self.reading.roles.get(at), lexed.get(at)) {
            (Some(Role::Type), Some(lexeme)) => lexed.source(lexeme) == "String",
            (Some(Role::Literal), Some(lexeme)) => &*lexed.value(lexeme) == b"String",
            _ => false,
        }
    }

    /// Whether every name there is a plain column's, and no query stands there. What is made text has a plain type.
    fn are_plain(&self, range: &Range<usize>) -> bool {
        if self.word(range.start) == "toString" && self.close(range.start + 1) + 1 >= range.end {
            return true;
        }
        range.clone().all(|at| match self.kind(at) {
            // A query begins with WITH or FROM too, and each of them has its SELECT.
            Some(Kind::Word(K::Select | K::Columns) | Kind::Symbol(S::Star | S::Arrow)) => false,
            Some(_) if self.reading.roles.get(at) == Some(&Role::Name) => self.is_plain_name(at),
            Some(_) | None => true,
        })
    }

    /// Whether the name of which that is a part is a column's of a plain type; one that a table's name stands before; a
    /// part of one.
    fn is_plain_name(&self, at: usize) -> bool {
        let names = &self.reading.names;
        let before = names.partition_point(|name| name.start <= at).checked_sub(1);
        let Some(name) = before.and_then(|before| names.get(before)).filter(|name| name.contains(&at)) else {
            return false;
        };
        let (first, last) = (self.word(name.start), self.word(name.end.saturating_sub(1)));
        let is_table = self.tables.contains(first);
        match name.len() {
            1 => (self.is_plain)(first),
            3 if is_table => (self.is_plain)(last),
            _ => !is_table && (self.is_plain)(first),
        }
    }

    /// What `::` stands behind. Of what is not followed, everything before it counts.
    fn before(&self, at: usize) -> Range<usize> {
        let Some(last) = at.checked_sub(1) else { return at..at };
        if let Ok(name) = self.reading.names.binary_search_by_key(&at, |name| name.end) {
            return self.reading.names.get(name).cloned().unwrap_or(0..at);
        }
        match self.kind(last) {
            Some(Kind::Symbol(S::CloseRound | S::CloseSquare | S::CloseBrace)) => self.bracketed(self.close(last))..at,
            Some(Kind::Number | Kind::Text | Kind::Blob) => last..at,
            Some(Kind::Word(_) | Kind::Quoted | Kind::Symbol(_)) | None => 0..at,
        }
    }

    /// Where the operand begins whose last brackets open there.
    fn bracketed(&self, open: usize) -> usize {
        let Some(before) = open.checked_sub(1) else { return open };
        match self.reading.roles.get(before) {
            Some(Role::Function) => before,
            Some(Role::Symbol) if self.closes(before) => 0,
            // `COLUMNS('v')::Int64` casts every column that it finds.
            Some(Role::Keyword) if self.kind(before) == Some(Kind::Word(K::Columns)) => 0,
            Some(Role::Keyword | Role::Symbol | Role::Sign) | None => open,
            // A subscript, a type.
            Some(Role::Name | Role::Type | Role::Literal | Role::Dropped | Role::Unread) => 0,
        }
    }

    fn closes(&self, at: usize) -> bool {
        matches!(self.kind(at), Some(Kind::Symbol(S::CloseRound | S::CloseSquare)))
    }

    /// The partner of a bracket.
    fn close(&self, bracket: usize) -> usize {
        self.partner.get(bracket).copied().unwrap_or(bracket)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::lex::{Author, lex};
    use crate::sql::{Dialect, Limits, read};

    #[test]
    fn only_a_type_or_a_literal_is_text() {
        let limits = Limits::default();
        let statement = "SELECT String, CAST(a, 'String'), CAST(a AS String), CAST(a AS Int8)";
        let lexed = lex(statement, Dialect::ClickHouse, &limits, Author::Person).unwrap();
        let reading = read::statement(lexed, &limits).unwrap();
        let operands =
            Operands { reading: &reading, is_plain: &|_| false, tables: HashSet::new(), partner: reading.partners() };
        let text: Vec<usize> = (0..reading.lexed.lexemes.len() + 1).filter(|&at| operands.is_text(at)).collect();
        let shown: Vec<&str> = text.iter().map(|&at| operands.word(at)).collect();
        assert_eq!(shown, ["'String'", "String"]);
    }
}
