//! Names, and what their dots lead to.

use crate::sql::keyword::Keyword as K;
use crate::sql::lexeme::{Kind, Symbol as S};
use crate::sql::refusal::Refusal;

use super::expression::Shape;
use super::{Purpose, Reader, Role};

impl Reader<'_, '_> {
    /// A name and what its dots lead to: `a`, `t.a`, `db.t.a`, `t.*`, `t.a.1`.
    pub(super) fn name(&mut self) -> Result<Shape, Refusal> {
        let start = self.take(Role::Name);
        let mut parts = 1;
        if self.purpose == Purpose::Filter && self.is_symbol(0, S::Dot) {
            return Err(self.not_understood("a row filter names its columns without a table"));
        }
        while self.is_symbol(0, S::Dot) {
            if self.is_symbol(1, S::Star) {
                self.take(Role::Symbol);
                let star = self.take(Role::Symbol);
                self.reading.stars.push(star);
                self.star_modifiers()?;
                self.long_name(start, parts + 1);
                return Ok(Shape::default());
            }
            if self.is_keyword(1, K::Columns) && self.is_symbol(2, S::OpenRound) {
                self.take(Role::Symbol);
                return self.call();
            }
            self.qualified_part()?;
            parts += 1;
        }
        self.long_name(start, parts);
        self.reading.names.push(start..self.at);
        if parts == 1 {
            self.reading.columns.push(start);
        }
        Ok(Shape { name: Some(start..self.at), ..Shape::default() })
    }

    fn qualified_part(&mut self) -> Result<(), Refusal> {
        if self.dialect().has_clickhouse_expressions() {
            return self.element_access();
        }
        self.take(Role::Symbol);
        match self.kind(0) {
            Some(Kind::Word(_) | Kind::Quoted) => {
                self.take(Role::Name);
                Ok(())
            }
            _ => Err(self.unexpected()),
        }
    }

    fn long_name(&mut self, start: usize, parts: usize) {
        if parts >= 3 {
            self.reading.long_names.push(start..self.at);
        }
    }
}
