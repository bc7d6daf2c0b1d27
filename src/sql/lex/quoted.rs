//! What stands in quotes: strings, blobs, names.

use crate::sql::lexeme::Kind;
use crate::sql::refusal::Refusal;
use crate::sql::string;

use super::Lexer;

impl Lexer<'_> {
    /// `x'41'` is a blob in SQLite. Every other letter before a quote (`N'…'`, `E'…'`, `b'…'`) means something else in
    /// each engine.
    pub(super) fn prefixed_string(&mut self, start: usize, word: &[u8]) -> Result<Kind, Refusal> {
        if self.dialect.has_escape_strings() && word.eq_ignore_ascii_case(b"e") {
            return self.escape_string(start);
        }
        if !(self.dialect.has_blobs() && word.eq_ignore_ascii_case(b"x")) {
            return Err(self.refuse(start, "a letter stands before a string").hint("put a space between them"));
        }
        let open = self.at;
        self.string()?;
        let digits = self.bytes.get(open + 1..self.at - 1).unwrap_or_default();
        if !digits.len().is_multiple_of(2) || !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(self.refuse(start, "a blob is pairs of hex digits"));
        }
        Ok(Kind::Blob)
    }

    /// `E'…'`: a doubled quote, and the escapes that PostgreSQL and DuckDB read alike.
    fn escape_string(&mut self, start: usize) -> Result<Kind, Refusal> {
        self.at += 1;
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some(b'\''), Some(b'\'')) => self.at += 2,
                (Some(b'\''), _) => {
                    self.at += 1;
                    return Ok(Kind::Text);
                }
                (Some(b'\\'), Some(escaped)) if string::escaped(escaped).is_some() => self.at += 2,
                (Some(b'\\'), _) => return Err(self.refuse(self.at, "this escape is not read the same everywhere")),
                (Some(0), _) => return Err(self.refuse(start, "a string holds a NUL")),
                (Some(_), _) => self.at += 1,
                (None, _) => return Err(self.refuse(start, "a string is not closed")),
            }
        }
    }
    pub(super) fn string(&mut self) -> Result<Kind, Refusal> {
        let start = self.at;
        self.at += 1;
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some(b'\''), Some(b'\'')) => self.at += 2,
                (Some(b'\''), _) => {
                    self.at += 1;
                    self.no_option(start, self.bytes.get(start..self.at))?;
                    return Ok(Kind::Text);
                }
                (Some(b'\\'), Some(escaped)) if self.dialect.has_backslash_escapes() => self.escape(escaped)?,
                (Some(b'\\'), _) if self.dialect.refuses_backslashes() => {
                    return Err(self
                        .refuse(self.at, "a backslash in a string means different things to different engines")
                        .hint("an operator can say which with `dialect` in gateway.yaml"));
                }
                (Some(0), _) => return Err(self.refuse(start, "a string holds a NUL")),
                (Some(_), _) => self.at += 1,
                (None, _) => return Err(self.refuse(start, "a string is not closed")),
            }
        }
    }

    fn escape(&mut self, escaped: u8) -> Result<(), Refusal> {
        let hex = |ahead| self.peek(ahead).is_some_and(|b| b.is_ascii_hexdigit());
        match escaped {
            b'x' if hex(2) && hex(3) => self.at += 4,
            b'x' => return Err(self.refuse(self.at, "`\\x` needs two hex digits")),
            b'N' => return Err(self.refuse(self.at, "`\\N` has no place in a string")),
            0 | 0x80.. => {
                return Err(self.refuse(self.at, "a backslash stands before a byte that is no ASCII character"));
            }
            _ => self.at += 2,
        }
        Ok(())
    }

    /// A quoted name holds printable ASCII and no quote, backtick or backslash: engines disagree about all of those.
    pub(super) fn quoted(&mut self, quote: u8) -> Result<Kind, Refusal> {
        let start = self.at;
        self.at += 1;
        let inner = self.at;
        loop {
            match self.peek(0) {
                Some(byte) if byte == quote => break,
                Some(b'\\' | b'"' | b'`') => {
                    return Err(self.refuse(start, "a quoted name holds a quote or a backslash"));
                }
                Some(b' '..=b'~') => self.at += 1,
                Some(_) => {
                    return Err(self.refuse(start, "a quoted name holds a character that is not printable ASCII"));
                }
                None => return Err(self.refuse(start, "a quoted name is not closed")),
            }
        }
        let name = self.bytes.get(inner..self.at).unwrap_or_default();
        self.at += 1;
        if name.is_empty() {
            return Err(self.refuse(start, "a quoted name is empty"));
        }
        if self.bytes.get(self.at) == Some(&quote) {
            return Err(self.refuse(start, "a quoted name holds a quote or a backslash"));
        }
        self.own_name(start, name)?;
        if self.dialect.has_virtual_columns() && name.starts_with(b"$") {
            return Err(self.refuse(start, "a name that begins with `$` is the engine's own"));
        }
        self.no_option(start, Some(name))?;
        Ok(Kind::Quoted)
    }
}
