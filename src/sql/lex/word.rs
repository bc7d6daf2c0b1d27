//! Bare words, and which names are nobody's to use.

use crate::sql::keyword::Keyword;
use crate::sql::lexeme::Kind;
use crate::sql::refusal::Refusal;
use crate::sql::string;

use super::{Author, Lexer, is_word};

impl Lexer<'_> {
    pub(super) fn word(&mut self) -> Result<Kind, Refusal> {
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

    /// Refuses what an engine would cut out of the text, and more with it (`Dialect::cuts_options`).
    pub(super) fn no_option(&self, start: usize, text: Option<&[u8]>) -> Result<(), Refusal> {
        if self.dialect.cuts_options() && text.is_some_and(string::holds_option) {
            return Err(self.refuse(start, "`OPTION (` has no place in a query, nor in a text or a name of it"));
        }
        Ok(())
    }

    pub(super) fn skip_word(&mut self) {
        while self.peek(0).is_some_and(is_word) {
            self.at += 1;
        }
    }

    pub(super) fn own_name(&self, start: usize, name: &[u8]) -> Result<(), Refusal> {
        let prefix = self.dialect.reserved_prefix();
        let head = name.get(..prefix.len());
        let reserved = head.is_some_and(|head| head.eq_ignore_ascii_case(prefix.as_bytes()));
        if reserved && self.author == Author::Person {
            return Err(self.refuse(start, format!("names that start with `{prefix}` are the gateway's own")));
        }
        Ok(())
    }
}

/// How many of the first bytes are white space.
fn blanks(text: &[u8]) -> usize {
    text.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}
