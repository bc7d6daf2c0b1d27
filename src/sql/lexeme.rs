//! Lexemes: the smallest parts of a statement, with their place in its text.

use std::borrow::Cow;
use std::ops::Range;

use super::dialect::Dialect;
use super::keyword::Keyword;
use super::steps;

/// What a lexeme is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A bare word: a keyword or a name.
    Word(Keyword),
    /// A quoted name.
    Quoted,
    /// A string literal.
    Text,
    /// A blob literal, `x'…'`.
    Blob,
    /// A number, as written.
    Number,
    /// Everything else.
    Symbol(Symbol),
}

macro_rules! symbols {
    ($($variant:ident $text:literal),* $(,)?) => {
        /// A bracket, an operator or a separator.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Symbol { $($variant),* }

        impl Symbol {
            /// How it is written.
            pub(super) fn text(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
        }
    };
}

symbols! {
    OpenRound "(", CloseRound ")", OpenSquare "[", CloseSquare "]", OpenBrace "{", CloseBrace "}",
    Comma ",", Dot ".", Semicolon ";", Colon ":", DoubleColon "::", Question "?",
    Star "*", Plus "+", Minus "-", Slash "/", Percent "%", Concat "||",
    Equal "=", NotEqual "!=", Less "<", Greater ">", LessEqual "<=", GreaterEqual ">=", NullSafeEqual "<=>",
    Arrow "->", LongArrow "->>", Caret "^", Ampersand "&", Pipe "|", Tilde "~", ShiftLeft "<<", ShiftRight ">>",
}

/// One lexeme of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lexeme {
    pub(super) kind: Kind,
    pub(super) start: u32,
    pub(super) end: u32,
}

/// A statement's text, cut into lexemes: nothing in it is unknown.
#[derive(Debug, Clone)]
pub(super) struct Lexed<'t> {
    pub(super) text: &'t str,
    pub(super) dialect: Dialect,
    pub(super) lexemes: Vec<Lexeme>,
}

impl Lexeme {
    /// Its place in the text, in bytes.
    pub(super) fn span(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl<'t> Lexed<'t> {
    /// The lexeme at that position.
    pub(super) fn get(&self, position: usize) -> Option<Lexeme> {
        steps::count(1);
        self.lexemes.get(position).copied()
    }

    /// A lexeme as written.
    pub(super) fn source(&self, lexeme: Lexeme) -> &'t str {
        steps::count(1);
        self.text.get(lexeme.span()).unwrap_or_default()
    }

    /// The name that a word or a quoted name stands for. Escapes in quoted names are refused by the lexer, so it is
    /// what stands between the quotes.
    pub(super) fn name(&self, lexeme: Lexeme) -> &'t str {
        let source = self.source(lexeme);
        match lexeme.kind {
            Kind::Quoted => source.get(1..source.len().saturating_sub(1)).unwrap_or_default(),
            Kind::Word(_) | Kind::Text | Kind::Blob | Kind::Number | Kind::Symbol(_) => source,
        }
    }

    /// What that name means: where bare names fold to lower case, a bare one is folded.
    pub(super) fn meaning(&self, lexeme: Lexeme) -> Cow<'t, str> {
        match lexeme.kind {
            Kind::Word(_) => self.dialect.bare_name(self.source(lexeme)),
            Kind::Quoted | Kind::Text | Kind::Blob | Kind::Number | Kind::Symbol(_) => Cow::Borrowed(self.name(lexeme)),
        }
    }

    /// The value of a string literal or of a blob.
    pub(super) fn value(&self, lexeme: Lexeme) -> Cow<'t, [u8]> {
        let source = self.source(lexeme);
        if lexeme.kind == Kind::Blob {
            let digits = source.get(2..source.len().saturating_sub(1)).unwrap_or_default();
            return Cow::Owned(super::string::unhex(digits));
        }
        if let Some(escaped) = source.strip_prefix(['e', 'E']) {
            let inner = escaped.get(1..escaped.len().saturating_sub(1)).unwrap_or_default();
            return Cow::Owned(super::string::decode_escapes(inner));
        }
        let inner = source.get(1..source.len().saturating_sub(1)).unwrap_or_default();
        super::string::decode(inner, self.dialect)
    }
}
