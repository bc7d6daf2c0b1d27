//! What leads into a value: subscripts and dots.

use crate::sql::lexeme::{Kind, Symbol as S};
use crate::sql::refusal::Refusal;

use super::{Reader, Role};

impl Reader<'_, '_> {
    pub(super) fn subscript(&mut self) -> Result<(), Refusal> {
        self.take(Role::Symbol);
        if self.eat_symbol(S::CloseSquare) {
            return Ok(());
        }
        self.deeper(Self::inner)?;
        self.expect_symbol(S::CloseSquare)
    }

    /// What follows the dot of a tuple, a JSON value or a qualified name: `.1`, `.name`, `.:Type`, `.^name`.
    pub(super) fn element_access(&mut self) -> Result<(), Refusal> {
        self.take(Role::Symbol);
        match self.kind(0) {
            Some(Kind::Number) => {
                self.take(Role::Literal);
            }
            Some(Kind::Word(_) | Kind::Quoted) => {
                self.take(Role::Name);
            }
            Some(Kind::Symbol(S::Colon)) => {
                self.take(Role::Symbol);
                if matches!(self.kind(0), Some(Kind::Quoted)) {
                    self.take(Role::Name);
                } else {
                    self.type_name()?;
                }
            }
            Some(Kind::Symbol(S::Caret)) => {
                self.take(Role::Symbol);
                self.expect_name()?;
            }
            _ => return Err(self.unexpected()),
        }
        Ok(())
    }
}
