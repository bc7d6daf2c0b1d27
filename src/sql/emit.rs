//! The emitter: writes a statement from what was understood.
//!
//! Canonical: strings re-escaped, names quoted where a word could be taken for a keyword, comments gone, one space
//! between lexemes unless a bracket, comma or dot makes it needless. Two operators never touch, so `- -1` cannot become
//! a comment.

use std::ops::Range;

use super::dialect::Dialect;
use super::keyword::Keyword;
use super::lexeme::{Kind, Lexeme, Symbol};
use super::read::{Reading, Role};
use super::string;

/// What the gateway writes of its own accord.
#[derive(Debug, Clone)]
pub(super) enum Edit {
    /// In the place of these lexemes: a table behind its wall.
    Wall(Range<usize>, String),
    /// In the place of these lexemes: a name of the gateway's making, a clause turned into another.
    Instead(Range<usize>, String),
    /// Before this lexeme (or at the end).
    Before(usize, String),
    /// These lexemes are not written: a database's name that its table no longer has.
    Nothing(Range<usize>),
}

impl Edit {
    /// Where it applies. Edits are sorted by it; what ends comes before what begins at the same place.
    pub(super) fn start(&self) -> usize {
        match self {
            Self::Wall(range, _) | Self::Instead(range, _) | Self::Nothing(range) => range.start,
            Self::Before(position, _) => *position,
        }
    }
}

/// A text and which parts of it the gateway wrote of its own accord. All ranges are bytes of `text`.
#[derive(Debug, Default)]
pub(super) struct Emitted {
    pub(super) text: String,
    /// Every such part, in order.
    pub(super) own: Vec<Range<usize>>,
    /// Those of them that are tables behind walls.
    pub(super) walls: Vec<Range<usize>>,
    /// The client's lexemes that were written, in order.
    pub(super) written: Vec<usize>,
}

/// Writes the statement as the client meant it, with no edit: for the second reader.
pub(super) fn canonical(reading: &Reading<'_>) -> String {
    emit(reading, &[]).text
}

/// Writes the statement with the edits, which must be sorted and must not overlap.
pub(super) fn emit(reading: &Reading<'_>, edits: &[Edit]) -> Emitted {
    let lexemes = &reading.lexed.lexemes;
    let mut emitter = Emitter {
        reading,
        out: Emitted { text: String::with_capacity(reading.lexed.text.len() * 2), ..Emitted::default() },
        last: Last::Nothing,
    };
    let mut edits = edits.iter().peekable();
    let mut position = 0;
    while position <= lexemes.len() {
        let Some(edit) = edits.next_if(|edit| edit.start() <= position) else {
            if let Some(lexeme) = lexemes.get(position) {
                emitter.lexeme(position, *lexeme);
            }
            position += 1;
            continue;
        };
        match edit {
            Edit::Wall(range, text) => {
                let own = emitter.own(text);
                emitter.out.walls.push(own);
                position = range.end;
            }
            Edit::Instead(range, text) => {
                emitter.own(text);
                position = range.end;
            }
            Edit::Before(_, text) => {
                emitter.own(text);
            }
            Edit::Nothing(range) => position = range.end,
        }
    }
    emitter.out
}

/// What was written last, as far as spacing cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    /// Nothing yet.
    Nothing,
    /// Something that the next lexeme may touch: an opening bracket, a dot, `::`.
    Glue,
    /// A function's or a type's name.
    Callee,
    /// An operand that a subscript may touch.
    Operand,
    /// Anything else.
    Word,
}

struct Emitter<'r, 't> {
    reading: &'r Reading<'t>,
    out: Emitted,
    last: Last,
}

impl Emitter<'_, '_> {
    fn own(&mut self, text: &str) -> Range<usize> {
        self.space(!text.starts_with(')'));
        let start = self.out.text.len();
        self.out.text.push_str(text);
        let range = start..self.out.text.len();
        self.out.own.push(range.clone());
        self.last = Last::Word;
        range
    }

    fn space(&mut self, wanted: bool) {
        if wanted && !matches!(self.last, Last::Nothing | Last::Glue) {
            self.out.text.push(' ');
        }
    }

    fn lexeme(&mut self, position: usize, lexeme: Lexeme) {
        let role = self.reading.roles.get(position).copied().unwrap_or(Role::Dropped);
        if role == Role::Dropped {
            return;
        }
        self.out.written.push(position);
        if let Kind::Symbol(symbol) = lexeme.kind {
            return self.symbol(position, symbol);
        }
        self.space(true);
        let source = self.reading.lexed.source(lexeme);
        let dialect = self.reading.lexed.dialect;
        match lexeme.kind {
            Kind::Text => string::write(&mut self.out.text, &self.reading.lexed.value(lexeme), dialect),
            Kind::Blob if dialect.blobs_are_strings() => {
                string::write(&mut self.out.text, &self.reading.lexed.value(lexeme), dialect);
            }
            Kind::Quoted => write_quoted(&mut self.out.text, self.reading.lexed.name(lexeme), dialect),
            Kind::Word(keyword) if role == Role::Name => write_name(&mut self.out.text, source, keyword, dialect),
            Kind::Word(_) | Kind::Blob | Kind::Number | Kind::Symbol(_) => self.out.text.push_str(source),
        }
        self.last = match role {
            Role::Function | Role::Type => Last::Callee,
            Role::Name | Role::Literal => Last::Operand,
            Role::Keyword | Role::Symbol | Role::Sign | Role::Unread | Role::Dropped => Last::Word,
        };
    }

    /// Whether it is a sign with its number behind it. ClickHouse casts the text of `-1::Int8`, and `- 1` is no number.
    fn is_sign(&self, position: usize) -> bool {
        let next = self.reading.lexed.get(position + 1).map(|lexeme| lexeme.kind);
        self.reading.roles.get(position) == Some(&Role::Sign) && next == Some(Kind::Number)
    }

    fn symbol(&mut self, position: usize, symbol: Symbol) {
        use Symbol as S;
        let touches = match symbol {
            S::Comma | S::CloseRound | S::CloseSquare | S::CloseBrace | S::Dot | S::DoubleColon | S::Colon => true,
            S::OpenRound => self.last == Last::Callee,
            S::OpenSquare => matches!(self.last, Last::Operand | Last::Callee),
            _ => false,
        };
        self.space(!touches);
        self.out.text.push_str(symbol.text());
        self.last = match symbol {
            S::Minus if self.is_sign(position) => Last::Glue,
            S::OpenRound | S::OpenSquare | S::OpenBrace | S::Dot | S::DoubleColon | S::Colon => Last::Glue,
            S::CloseRound | S::CloseSquare | S::CloseBrace => Last::Operand,
            _ => Last::Word,
        };
    }
}

/// Writes a bare name so that no engine can take it for a keyword.
fn write_name(out: &mut String, name: &str, keyword: Keyword, dialect: Dialect) {
    let stays = dialect.keeps_bare_names() && !keyword.is_reserved() && !dialect.is_engine_keyword(name);
    if stays || dialect.is_value_word(name) {
        out.push_str(name);
    } else {
        write_quoted(out, &dialect.bare_name(name), dialect);
    }
}

/// Writes a quoted name. Names come from the lexer or the catalog and hold no quote and no backslash.
pub(super) fn write_quoted(out: &mut String, name: &str, dialect: Dialect) {
    let quote = dialect.name_quote();
    out.push(quote);
    out.push_str(name);
    out.push(quote);
}

/// Whether a catalog's name can be written between quotes in every engine and read again by the lexer.
pub(super) fn is_quotable(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| matches!(b, b' '..=b'~') && !matches!(b, b'"' | b'`' | b'\\'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_quotable_when_no_engine_could_end_it_early() {
        for name in ["a", "a b", "a.b", "1", "~", "'"] {
            assert!(is_quotable(name), "{name}");
        }
        for name in ["", "a\"", "a`", "a\\", "a\n", "a\0", "a\u{7f}", "é"] {
            assert!(!is_quotable(name), "{name}");
        }
    }
}
