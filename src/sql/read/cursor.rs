//! The next lexeme, by kind.

use crate::sql::dialect::Dialect;
use crate::sql::keyword::Keyword;
use crate::sql::lexeme::{Kind, Lexeme, Symbol};
use crate::sql::refusal::{Refusal, RefusalKind};

use super::{Reader, Role};

impl Reader<'_, '_> {
    pub(super) fn dialect(&self) -> Dialect {
        self.reading.lexed.dialect
    }

    pub(super) fn lexeme(&self, ahead: usize) -> Option<Lexeme> {
        self.reading.lexed.get(self.at + ahead)
    }

    pub(super) fn kind(&self, ahead: usize) -> Option<Kind> {
        self.lexeme(ahead).map(|lexeme| lexeme.kind)
    }

    /// The keyword at that place; [`Keyword::Name`] for every other bare word; `None` for everything else.
    pub(super) fn keyword(&self, ahead: usize) -> Option<Keyword> {
        match self.kind(ahead)? {
            Kind::Word(keyword) => Some(keyword),
            Kind::Quoted | Kind::Text | Kind::Blob | Kind::Number | Kind::Symbol(_) => None,
        }
    }

    pub(super) fn symbol(&self, ahead: usize) -> Option<Symbol> {
        match self.kind(ahead)? {
            Kind::Symbol(symbol) => Some(symbol),
            Kind::Word(_) | Kind::Quoted | Kind::Text | Kind::Blob | Kind::Number => None,
        }
    }

    pub(super) fn is_keyword(&self, ahead: usize, keyword: Keyword) -> bool {
        self.keyword(ahead) == Some(keyword)
    }

    pub(super) fn is_symbol(&self, ahead: usize, symbol: Symbol) -> bool {
        self.symbol(ahead) == Some(symbol)
    }

    /// Whether a query begins there.
    pub(super) fn is_query(&self, ahead: usize) -> bool {
        match self.keyword(ahead) {
            Some(Keyword::Select | Keyword::With) => true,
            Some(Keyword::From) => self.dialect().has_clickhouse_clauses() && !self.from_is_a_name(ahead),
            Some(Keyword::Values) => {
                !self.dialect().has_clickhouse_clauses() && self.is_symbol(ahead + 1, Symbol::OpenRound)
            }
            _ => false,
        }
    }

    /// Whether a query begins there, possibly behind more brackets.
    pub(super) fn is_bracketed_query(&self, mut ahead: usize) -> bool {
        while self.is_symbol(ahead, Symbol::OpenRound) {
            ahead += 1;
        }
        self.is_query(ahead)
    }

    /// The word at that place as written.
    pub(super) fn word(&self, ahead: usize) -> &str {
        self.lexeme(ahead).map_or("", |lexeme| self.reading.lexed.source(lexeme))
    }

    /// Gives the lexeme its role and goes on.
    pub(super) fn take(&mut self, role: Role) -> usize {
        let position = self.at;
        if let Some(slot) = self.reading.roles.get_mut(position) {
            *slot = role;
        }
        self.at += 1;
        position
    }

    pub(super) fn eat_keyword(&mut self, keyword: Keyword) -> bool {
        let is = self.is_keyword(0, keyword);
        if is {
            self.take(Role::Keyword);
        }
        is
    }

    /// All of them in a row, or none.
    pub(super) fn eat_keywords(&mut self, keywords: &[Keyword]) -> bool {
        let are = keywords.iter().enumerate().all(|(ahead, keyword)| self.is_keyword(ahead, *keyword));
        if are {
            keywords.iter().for_each(|_| {
                self.take(Role::Keyword);
            });
        }
        are
    }

    pub(super) fn expect_keyword(&mut self, keyword: Keyword) -> Result<(), Refusal> {
        if self.eat_keyword(keyword) { Ok(()) } else { Err(self.unexpected()) }
    }

    pub(super) fn eat_symbol(&mut self, symbol: Symbol) -> bool {
        let is = self.is_symbol(0, symbol);
        if is {
            self.take(Role::Symbol);
        }
        is
    }

    pub(super) fn expect_symbol(&mut self, symbol: Symbol) -> Result<(), Refusal> {
        if self.eat_symbol(symbol) { Ok(()) } else { Err(self.unexpected()) }
    }

    /// A name where only a name can stand: any word that is not reserved, or a quoted name.
    pub(super) fn expect_name(&mut self) -> Result<usize, Refusal> {
        match self.kind(0) {
            Some(Kind::Word(keyword)) if !keyword.is_reserved() => Ok(self.take(Role::Name)),
            Some(Kind::Quoted) => Ok(self.take(Role::Name)),
            _ => Err(self.unexpected()),
        }
    }

    /// A list in brackets, with at least one element.
    pub(super) fn bracketed_list(&mut self, element: impl Fn(&mut Self) -> Result<(), Refusal>) -> Result<(), Refusal> {
        self.expect_symbol(Symbol::OpenRound)?;
        self.list(element)?;
        self.expect_symbol(Symbol::CloseRound)
    }

    /// Elements between commas, at least one.
    pub(super) fn list(&mut self, element: impl Fn(&mut Self) -> Result<(), Refusal>) -> Result<(), Refusal> {
        element(self)?;
        while self.eat_symbol(Symbol::Comma) {
            element(self)?;
        }
        Ok(())
    }

    /// Runs `inner` one level deeper.
    pub(super) fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> Result<T, Refusal>) -> Result<T, Refusal> {
        if self.depth >= self.deepest {
            let message = format!("the statement is nested deeper than {}", self.deepest);
            let at = self.lexeme(0).map_or(0..0, |lexeme| lexeme.span());
            return Err(Refusal::new(RefusalKind::TooLarge, message).at(at));
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    /// The refusal of what stands here.
    pub(super) fn unexpected(&self) -> Refusal {
        match self.lexeme(0) {
            Some(lexeme) => {
                let source = self.reading.lexed.source(lexeme);
                let shown: String = source.chars().take(40).collect();
                self.not_understood(format!("`{shown}` is not understood here"))
            }
            None => self.not_understood("the statement ends too early"),
        }
    }

    pub(super) fn not_understood(&self, message: impl Into<String>) -> Refusal {
        self.not_understood_at(self.at, message)
    }

    pub(super) fn not_understood_at(&self, position: usize, message: impl Into<String>) -> Refusal {
        let end = self.reading.lexed.text.len();
        let at = self.reading.lexed.get(position).map_or(end..end, |lexeme| lexeme.span());
        Refusal::new(RefusalKind::NotUnderstood, message).at(at)
    }

    /// Notes that what stands here is never permitted.
    pub(super) fn object(&mut self, message: &'static str, hint: &'static str) {
        self.reading.objections.push(super::Objection { at: self.at, message, hint });
    }

    /// A refusal of something understood.
    pub(super) fn not_allowed(&self, message: impl Into<String>) -> Refusal {
        let at = self.lexeme(0).map_or(0..0, |lexeme| lexeme.span());
        Refusal::new(RefusalKind::NotAllowed, message).at(at)
    }
}
