//! Brackets, operators, separators.

use crate::sql::lexeme::Symbol;
use crate::sql::refusal::{Refusal, RefusalKind};

use super::Lexer;

impl Lexer<'_> {
    pub(super) fn symbol(&mut self, byte: u8) -> Result<Symbol, Refusal> {
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
