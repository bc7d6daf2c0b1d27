//! Numbers, and the names of ClickHouse's that begin with a digit.

use crate::sql::keyword::Keyword;
use crate::sql::lexeme::{Kind, Symbol};
use crate::sql::refusal::Refusal;

use super::{Lexer, is_word};

impl Lexer<'_> {
    /// Whether a dot begins a number (`.5`): it does where no operand stands before it that it could select from.
    pub(super) fn starts_fraction(&self) -> bool {
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

    pub(super) fn number(&mut self) -> Result<Kind, Refusal> {
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
}
