//! The lexer: stricter than any engine's.
//!
//! - Whatever two lexers could read differently is refused with its position: non-ASCII outside strings and comments,
//!   odd white space, NUL, a carriage return that does not end a line, `#` and `//` comments, nested comments, heredocs,
//!   a backslash or an exotic character in a quoted name, anything unterminated.
//! - Size, lexeme count and bracket depth are bounded here, before anything recurses.
//!
//! The rules of the engines' lexers that this one is stricter than: ClickHouse `src/Parsers/Lexer.cpp` (24.8 to 26.9),
//! SQLite `tokenize.c` (3.40).

use super::dialect::Dialect;
use super::keyword::Keyword;
use super::lexeme::{Kind, Lexed, Lexeme, Symbol};
use super::limits::Limits;
use super::refusal::{Refusal, RefusalKind};
use super::string;

/// Whose text it is: names that start with [`RESERVED_PREFIX`] are the gateway's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Author {
    /// A client's query or an operator's filter.
    Person,
    /// What the gateway wrote, read again for verification.
    Gateway,
}

/// How the names begin that only the gateway makes up.
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
            _ => {}
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

    fn skip_blank(&mut self) -> Result<(), Refusal> {
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some(b' ' | b'\t' | b'\n'), _) => self.at += 1,
                (Some(b'\r'), Some(b'\n')) => self.at += 2,
                (Some(b'-'), Some(b'-')) => self.line_comment()?,
                (Some(b'/'), Some(b'*')) => self.block_comment()?,
                _ => return Ok(()),
            }
        }
    }

    /// Ends at a line feed only; a lone carriage return in it ends the comment for some engines and is refused.
    fn line_comment(&mut self) -> Result<(), Refusal> {
        let start = self.at;
        while let Some(byte) = self.peek(0) {
            match byte {
                b'\n' => break,
                b'\r' if self.peek(1) != Some(b'\n') => {
                    return Err(self.refuse(start, "a comment holds a carriage return that ends no line"));
                }
                0 => return Err(self.refuse(start, "a comment holds a NUL")),
                _ => self.at += 1,
            }
        }
        Ok(())
    }

    /// Not nested: `/*` inside is read by some engines as a second opening and is refused.
    fn block_comment(&mut self) -> Result<(), Refusal> {
        let start = self.at;
        self.at += 2;
        if self.dialect.has_hints() && self.peek(0) == Some(b'+') {
            return Err(self.refuse(start, "a hint has no place in a query").hint("write a comment as `-- …`"));
        }
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some(b'*'), Some(b'/')) => {
                    self.at += 2;
                    return Ok(());
                }
                (Some(b'/'), Some(b'*')) => return Err(self.refuse(start, "comments do not nest")),
                (Some(0), _) => return Err(self.refuse(start, "a comment holds a NUL")),
                (Some(_), _) => self.at += 1,
                (None, _) => return Err(self.refuse(start, "a comment is not closed")),
            }
        }
    }

    fn word(&mut self) -> Result<Kind, Refusal> {
        let start = self.at;
        self.skip_word();
        while self.peek(0) == Some(b'$') && self.dialect.has_dollars_in_words() {
            self.at += 1;
            self.skip_word();
        }
        let word = self.bytes.get(start..self.at).unwrap_or_default();
        let ends = self.dialect.ends_words_at_strings() && Keyword::of(word).is_reserved();
        if self.peek(0) == Some(b'\'') && !ends {
            return self.prefixed_string(start, word);
        }
        self.own_name(start, word)?;
        // The bracket may stand far behind it: the engine's own cut goes over any white space.
        let rest = self.bytes.get(start..).unwrap_or_default();
        self.no_option(start, rest.get(..word.len() + blanks(rest.get(word.len()..).unwrap_or_default()) + 1))?;
        Ok(Kind::Word(Keyword::of(word)))
    }

    /// Refuses what an engine would cut out of the text, and more with it ([`Dialect::cuts_options`]).
    fn no_option(&self, start: usize, text: Option<&[u8]>) -> Result<(), Refusal> {
        if self.dialect.cuts_options() && text.is_some_and(string::holds_option) {
            return Err(self.refuse(start, "`OPTION (` has no place in a query, nor in a text or a name of it"));
        }
        Ok(())
    }

    fn skip_word(&mut self) {
        while self.peek(0).is_some_and(is_word) {
            self.at += 1;
        }
    }

    /// `x'41'` is a blob in SQLite. Every other letter before a quote (`N'…'`, `E'…'`, `b'…'`) means something else in
    /// each engine.
    fn prefixed_string(&mut self, start: usize, word: &[u8]) -> Result<Kind, Refusal> {
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

    fn own_name(&self, start: usize, name: &[u8]) -> Result<(), Refusal> {
        let prefix = RESERVED_PREFIX.as_bytes();
        let reserved = name.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix));
        if reserved && self.author == Author::Person {
            return Err(self.refuse(start, format!("names that start with `{RESERVED_PREFIX}` are the gateway's own")));
        }
        Ok(())
    }

    /// Whether a dot begins a number (`.5`): it does where no operand stands before it that it could select from.
    fn starts_fraction(&self) -> bool {
        let after_operand = self.lexemes.last().is_some_and(|lexeme| {
            matches!(
                lexeme.kind,
                Kind::Word(_)
                    | Kind::Quoted
                    | Kind::Text
                    | Kind::Blob
                    | Kind::Number
                    | Kind::Symbol(Symbol::CloseRound | Symbol::CloseSquare | Symbol::CloseBrace | Symbol::Dot)
            )
        });
        !after_operand && self.peek(1).is_some_and(|b| b.is_ascii_digit())
    }

    fn number(&mut self) -> Result<Kind, Refusal> {
        let start = self.at;
        let after_dot = self.lexemes.last().is_some_and(|l| l.kind == Kind::Symbol(Symbol::Dot));
        if after_dot {
            self.digits(u8::is_ascii_digit);
        } else if self.peek(0) == Some(b'0')
            && matches!(self.peek(1), Some(b'x' | b'X'))
            && self.dialect.has_hex_numbers()
        {
            self.at += 2;
            self.digits(u8::is_ascii_hexdigit);
        } else if self.peek(0) == Some(b'0')
            && matches!(self.peek(1), Some(b'b' | b'B'))
            && self.dialect.has_binary_numbers()
        {
            self.at += 2;
            self.digits(|b| matches!(b, b'0' | b'1'));
        } else {
            self.decimal();
        }
        if !self.peek(0).is_some_and(is_word) {
            return Ok(Kind::Number);
        }
        self.digit_name(start)
    }

    fn decimal(&mut self) {
        self.digits(u8::is_ascii_digit);
        if self.peek(0) == Some(b'.')
            && !self.peek(1).is_some_and(|b| b.is_ascii_alphabetic() || b == b'_' || b == b'.')
        {
            self.at += 1;
            self.digits(u8::is_ascii_digit);
        }
        if matches!(self.peek(0), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(self.peek(1), Some(b'+' | b'-')));
            if self.peek(1 + sign).is_some_and(|b| b.is_ascii_digit()) {
                self.at += 1 + sign;
                self.digits(u8::is_ascii_digit);
            }
        }
    }

    /// Digits, with single underscores between them.
    fn digits(&mut self, is_digit: impl Fn(&u8) -> bool) {
        while let Some(byte) = self.peek(0) {
            let separator = byte == b'_'
                && self.dialect.has_digit_separators()
                && self.bytes.get(self.at.wrapping_sub(1)).is_some_and(&is_digit)
                && self.peek(1).is_some_and(|next| is_digit(&next));
            if !is_digit(&byte) && !separator {
                break;
            }
            self.at += 1;
        }
    }

    /// ClickHouse reads a word that starts with a digit as a name, when it is made of word characters only.
    fn digit_name(&mut self, start: usize) -> Result<Kind, Refusal> {
        self.skip_word();
        let word = self.bytes.get(start..self.at).unwrap_or_default();
        if self.dialect.has_digit_names() && word.iter().copied().all(is_word) {
            return Ok(Kind::Word(Keyword::Name));
        }
        Err(self.refuse(start, "a number runs into a word").hint("put a space between them, or quote the name"))
    }

    fn string(&mut self) -> Result<Kind, Refusal> {
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
    fn quoted(&mut self, quote: u8) -> Result<Kind, Refusal> {
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

    fn symbol(&mut self, byte: u8) -> Result<Symbol, Refusal> {
        use Symbol as S;
        let start = self.at;
        let (symbol, length) = match (byte, self.peek(1), self.peek(2)) {
            (b'(', ..) => (S::OpenRound, 1),
            (b')', ..) => (S::CloseRound, 1),
            (b'[', ..) if self.dialect.has_arrays() => (S::OpenSquare, 1),
            (b']', ..) if self.dialect.has_arrays() => (S::CloseSquare, 1),
            (b'{', Some(b'%'), _) => return Err(self.refuse(start, "templates are not accepted here")),
            (b'{', ..) => (S::OpenBrace, 1),
            (b'}', ..) => (S::CloseBrace, 1),
            (b',', ..) => (S::Comma, 1),
            (b'.', ..) => (S::Dot, 1),
            (b';', ..) => (S::Semicolon, 1),
            (b':', Some(b':'), _) => (S::DoubleColon, 2),
            (b':', ..) => (S::Colon, 1),
            (b'?', ..) => (S::Question, 1),
            (b'*', ..) => (S::Star, 1),
            (b'+', ..) => (S::Plus, 1),
            (b'-', Some(b'>'), Some(b'>')) if self.dialect.has_json_arrows() => (S::LongArrow, 3),
            (b'-', Some(b'>'), _) => (S::Arrow, 2),
            (b'-', ..) => (S::Minus, 1),
            (b'/', Some(b'/'), _) => {
                return Err(self.refuse(start, "`//` begins a comment for some engines").hint("write `--`"));
            }
            (b'/', ..) => (S::Slash, 1),
            (b'%', ..) => (S::Percent, 1),
            (b'|', Some(b'|'), _) => (S::Concat, 2),
            (b'|', ..) if self.dialect.has_bit_operators() => (S::Pipe, 1),
            (b'&', Some(b'\'' | b'"'), _) => {
                return Err(self.refuse(start, "`&` stands before a quote").hint("put a space between them"));
            }
            (b'&', ..) if self.dialect.has_bit_operators() => (S::Ampersand, 1),
            (b'~', ..) if self.dialect.has_bit_operators() => (S::Tilde, 1),
            (b'<', Some(b'<'), _) if self.dialect.has_bit_operators() => (S::ShiftLeft, 2),
            (b'>', Some(b'>'), _) if self.dialect.has_bit_operators() => (S::ShiftRight, 2),
            (b'=', Some(b'='), _) => (S::Equal, 2),
            (b'=', ..) => (S::Equal, 1),
            (b'!', Some(b'='), _) => (S::NotEqual, 2),
            (b'<', Some(b'='), Some(b'>')) if !self.dialect.has_null_safe_equal() => return Err(self.unknown()),
            (b'<', Some(b'='), Some(b'>')) => (S::NullSafeEqual, 3),
            (b'<', Some(b'='), _) => (S::LessEqual, 2),
            (b'<', Some(b'>'), _) => (S::NotEqual, 2),
            (b'<', ..) => (S::Less, 1),
            (b'>', Some(b'='), _) => (S::GreaterEqual, 2),
            (b'>', ..) => (S::Greater, 1),
            (b'^', ..) if self.dialect.has_json_paths() => (S::Caret, 1),
            _ => return Err(self.unknown()),
        };
        self.at += length;
        Ok(symbol)
    }

    fn unknown(&self) -> Refusal {
        let character = self.text.get(self.at..).and_then(|rest| rest.chars().next()).unwrap_or('\u{fffd}');
        let end = self.at + character.len_utf8();
        let message = if character.is_ascii_graphic() {
            format!("`{character}` has no place in a query")
        } else {
            format!("the character U+{:04X} has no place outside a string", u32::from(character))
        };
        let refusal = Refusal::new(RefusalKind::NotUnderstood, message).at(self.at..end);
        if character == '#' { refusal.hint("write a comment as `-- …`") } else { refusal }
    }
}

/// How many of the first bytes are white space.
fn blanks(text: &[u8]) -> usize {
    text.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
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
