//! A query in the place of a name.

use std::sync::Arc;

use super::alias::Taken;
use crate::sql::filter::RowFilter;
use crate::sql::keyword::Keyword;
use crate::sql::lexeme::{Kind, Lexeme};
use crate::sql::read::TableUse;
use crate::sql::refusal::{Refusal, RefusalKind};
use crate::sql::resolve::Resolved;
use crate::sql::{Rewritten, emit, shared, wall};

impl Resolved<'_> {
    /// What stands in the place of a name that stands for a query.
    pub(super) fn query_wall(
        &self,
        table: &TableUse,
        query: &Rewritten,
        (filters, fenced, plain): (&[Arc<RowFilter>], bool, bool),
        taken: &Taken<'_>,
    ) -> Result<String, Refusal> {
        if table.is_final || table.sample.is_some() {
            return Err(Refusal::new(RefusalKind::NotUnderstood, "FINAL and SAMPLE belong to a table, not to a pipe"));
        }
        if query.format.is_some() {
            return Err(Refusal::new(
                RefusalKind::NotUnderstood,
                "a pipe that names a FORMAT cannot be read as a table",
            ));
        }
        self.no_names_inside(&query.text)?;
        let (alias, dialect) = (&self.alias(table, taken), self.reading.lexed.dialect);
        match plain {
            true if fenced || query.filtered || !filters.is_empty() => {
                Err(Refusal::new(RefusalKind::Unverified, "a filtered query would stand without a wall"))
            }
            true => wall::subquery(&query.text, alias, dialect),
            false => {
                let parted = match query.dictionaries && (fenced || !filters.is_empty()) {
                    true => shared::names_of_columns(&self.reading)?,
                    false => Vec::new(),
                };
                wall::around_query(&query.text, filters, fenced, &parted, alias, dialect)
            }
        }
    }

    /// Where a plain subquery is the wall, an alias of WITH reaches into it (ClickHouse before 24): none may be a name of
    /// the query's inside. Names are written quoted, so the text tells.
    fn no_names_inside(&self, query: &str) -> Result<(), Refusal> {
        let lexed = &self.reading.lexed;
        let with = |lexeme: &Lexeme| lexeme.kind == Kind::Word(Keyword::With);
        if !lexed.dialect.names_reach_into_walls() || !lexed.lexemes.iter().any(with) {
            return Ok(());
        }
        let inside = |&&(_, at): &&(_, usize)| {
            let mut quoted = String::new();
            emit::write_quoted(&mut quoted, &self.meaning(at), lexed.dialect);
            query.contains(&quoted)
        };
        match self.reading.aliases.iter().find(inside) {
            Some((_, at)) => {
                let message = format!("`{}` is a name inside of the pipe too", self.word(*at));
                Err(Refusal::new(RefusalKind::NotAllowed, message).hint("give the expression of WITH another name"))
            }
            None => Ok(()),
        }
    }
}
