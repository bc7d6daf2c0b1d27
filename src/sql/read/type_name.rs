//! Types.

use crate::sql::keyword::Keyword as K;
use crate::sql::lexeme::{Kind, Symbol as S};
use crate::sql::refusal::Refusal;

use super::{Reader, Role};

impl Reader<'_, '_> {
    /// A type: a word, or two, and what stands in its brackets. Nothing in it can be read as anything else.
    pub(super) fn type_name(&mut self) -> Result<(), Refusal> {
        if self.keyword(0).is_none_or(K::is_reserved) {
            return Err(self.unexpected());
        }
        let first = self.take(Role::Type);
        if self.is_second_word(first) {
            self.take(Role::Type);
        }
        if self.is_symbol(0, S::OpenRound) { self.type_arguments() } else { Ok(()) }
    }

    /// Whether the word here belongs to the type that begins at `first`; behind every other type it is an alias (26.7), but
    /// where types stand in CAST's brackets alone.
    fn is_second_word(&self, first: usize) -> bool {
        const OF: &[(&[&str], &[&str])] = &[
            (&["precision"], &["double"]),
            (&["varying"], &["binary", "bit", "char", "character", "nchar"]),
            (&["signed", "unsigned"], &["bigint", "int", "int1", "integer", "mediumint", "smallint", "tinyint"]),
        ];
        let one_of = |words: &[&str], word: &str| words.iter().any(|known| word.eq_ignore_ascii_case(known));
        let type_name = self.reading.lexed.get(first).map_or("", |lexeme| self.reading.lexed.source(lexeme));
        let any_type = !self.dialect().has_cast_operator();
        OF.iter().any(|(second, first)| one_of(second, self.word(0)) && (any_type || one_of(first, type_name)))
    }

    fn type_arguments(&mut self) -> Result<(), Refusal> {
        let mut depth = 0_usize;
        loop {
            match self.kind(0) {
                Some(Kind::Symbol(S::OpenRound)) => depth += 1,
                Some(Kind::Symbol(S::CloseRound)) => depth -= 1,
                Some(Kind::Symbol(S::Comma | S::Equal | S::Minus | S::Dot)) | Some(Kind::Number) => {}
                Some(Kind::Text) => {
                    self.take(Role::Literal);
                    continue;
                }
                Some(Kind::Quoted) => {
                    self.take(Role::Name);
                    continue;
                }
                Some(Kind::Word(keyword)) if keyword.is_reserved() => {
                    self.reserved_in_type(keyword)?;
                    continue;
                }
                Some(Kind::Word(_)) => {}
                _ => return Err(self.unexpected()),
            }
            self.take(Role::Type);
            if depth == 0 {
                return Ok(());
            }
        }
    }

    /// A word of the grammar in a type's brackets: an element's name, which is written quoted, or the aggregate `any`. Anywhere
    /// else it could begin what is no type.
    fn reserved_in_type(&mut self, keyword: K) -> Result<(), Refusal> {
        let before = self.at.checked_sub(1).and_then(|at| self.reading.lexed.get(at)).map(|lexeme| lexeme.kind);
        let first = matches!(before, Some(Kind::Symbol(S::OpenRound | S::Comma)));
        match self.kind(1) {
            Some(Kind::Word(_)) if first => self.take(Role::Name),
            Some(Kind::Symbol(S::Comma | S::CloseRound)) if first && keyword == K::Any => self.take(Role::Type),
            _ => return Err(self.unexpected()),
        };
        Ok(())
    }
}
