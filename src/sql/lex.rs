//! The lexer: stricter than any engine's.
//!
//! - Whatever two lexers could read differently is refused with its position: non-ASCII outside strings and comments,
//!   odd white space, NUL, a carriage return that does not end a line, `#` and `//` comments, nested comments, heredocs,
//!   a backslash or an exotic character in a quoted name, anything unterminated.
//! - Size, lexeme count and bracket depth are bounded here, before anything recurses.
//!
//! The rules of the engines' lexers that this one is stricter than: ClickHouse `src/Parsers/Lexer.cpp` (24.8 to 26.9),
//! SQLite `tokenize.c` (3.40).
//!
//! | file | cuts |
//! |---|---|
//! | `blank` | white space and comments |
//! | `word` | bare words |
//! | `number` | numbers |
//! | `quoted` | strings, blobs, quoted names |
//! | `symbol` | everything else |

mod blank;
mod number;
mod quoted;
mod symbol;
mod word;

use super::dialect::Dialect;
use super::lexeme::{Kind, Lexed, Lexeme, Symbol};
use super::limits::Limits;
use super::refusal::{Refusal, RefusalKind};

/// Whose text it is: names that start with [`RESERVED_PREFIX`] are the gateway's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Author {
    /// A client's query or an operator's filter.
    Person,
    /// What the gateway wrote, read again for verification.
    Gateway,
}

/// How the names begin that only the gateway makes up, but in [`Dialect::Tinybird`].
pub(super) const RESERVED_PREFIX: &str = "__pc";

/// Cuts a text into lexemes.
pub(super) fn lex<'t>(text: &'t str, dialect: Dialect, limits: &Limits, author: Author) -> Result<Lexed<'t>, Refusal> {
    if text.len() > limits.bytes {
        return Err(too_large(format!("the statement is longer than {} bytes", limits.bytes)));
    }
    let mut lexer =
        Lexer { text, bytes: text.as_bytes(), at: 0, dialect, author, lexemes: Vec::with_capacity(text.len() / 4) };
    let mut depth = 0_usize;
    while let Some(lexeme) = lexer.next()? {
        match lexeme.kind {
            Kind::Symbol(Symbol::OpenRound | Symbol::OpenSquare | Symbol::OpenBrace) => depth += 1,
            Kind::Symbol(Symbol::CloseRound | Symbol::CloseSquare | Symbol::CloseBrace) => {
                depth = depth.saturating_sub(1);
            }
            Kind::Word(_) | Kind::Quoted | Kind::Text | Kind::Blob | Kind::Number | Kind::Symbol(_) => {}
        }
        if depth > limits.depth {
            return Err(too_large(format!("brackets are nested deeper than {}", limits.depth)).at(lexeme.span()));
        }
        if lexer.lexemes.len() >= limits.lexemes {
            return Err(too_large(format!("the statement has more than {} parts", limits.lexemes)).at(lexeme.span()));
        }
        lexer.lexemes.push(lexeme);
    }
    Ok(Lexed { text, dialect, lexemes: lexer.lexemes })
}

fn too_large(message: String) -> Refusal {
    Refusal::new(RefusalKind::TooLarge, message)
}

struct Lexer<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    dialect: Dialect,
    author: Author,
    lexemes: Vec<Lexeme>,
}

impl Lexer<'_> {
    fn next(&mut self) -> Result<Option<Lexeme>, Refusal> {
        self.skip_blank()?;
        let start = self.at;
        let Some(byte) = self.peek(0) else { return Ok(None) };
        let kind = match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.word()?,
            b'0'..=b'9' => self.number()?,
            b'.' if self.starts_fraction() => self.number()?,
            b'\'' => self.string()?,
            b'"' => self.quoted(b'"')?,
            b'`' if self.dialect.has_backtick_names() => self.quoted(b'`')?,
            _ => Kind::Symbol(self.symbol(byte)?),
        };
        Ok(Some(Lexeme { kind, start: offset(start), end: offset(self.at) }))
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn refuse(&self, from: usize, message: impl Into<String>) -> Refusal {
        let end = self.bytes.len().min(self.at.max(from) + 1);
        Refusal::new(RefusalKind::NotUnderstood, message).at(from..end)
    }
}

/// The characters of a bare word.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// A byte offset; [`Limits`] keep texts far below 4 GiB, and a longer one would fail verification.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
