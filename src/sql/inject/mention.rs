//! What a statement mentions, as far as columns outside `*` are concerned.

use std::collections::{HashMap, HashSet};

use crate::catalog::{Column, Table, TableName};
use crate::sql::dialect::Dialect;
use crate::sql::keyword::Keyword;
use crate::sql::lexeme::{Kind, Symbol};
use crate::sql::read::Reading;
use crate::sql::refusal::{Refusal, RefusalKind};
use crate::sql::wall::Shape;
use crate::sql::{admit, shared, steps};

/// The names and the stars of a statement.
#[derive(Debug, Default)]
pub(super) struct Mentions {
    /// Every word and quoted name, folded where the dialect folds.
    names: HashSet<String>,
    /// Whether `*` or `COLUMNS` stands for columns anywhere.
    pub(super) star: bool,
}

impl Mentions {
    /// Gathered once, where a table has columns about which it matters.
    pub(super) fn of(reading: &Reading<'_>, known: &HashMap<&TableName, &Table>) -> Self {
        let matters = |column: &Column| {
            column.kind.is_outside_star()
                || shared::has_dictionary(&column.type_name)
                || admit::is_self_describing(&column.type_name)
        };
        let has_hidden = |table: &&Table| {
            steps::count(table.columns.len());
            table.columns.iter().any(matters)
        };
        if !known.values().any(has_hidden) {
            return Self::default();
        }
        let lexed = &reading.lexed;
        let words = lexed.lexemes.iter().filter(|lexeme| matches!(lexeme.kind, Kind::Word(_) | Kind::Quoted));
        let names = words.map(|word| lexed.dialect.folded(lexed.name(*word)).into_owned()).collect();
        Self { names, star: has_star(reading) }
    }

    pub(super) fn names(&self, column: &str, dialect: Dialect) -> bool {
        self.names.contains(dialect.folded(column).as_ref())
    }

    /// Whether that column may be in the answer, or in what it is computed from.
    pub(super) fn reach(&self, column: &str, dialect: Dialect) -> bool {
        // `nested.column` is named by its parts too.
        let first = column.split('.').next().unwrap_or(column);
        self.star || self.names(column, dialect) || self.names(first, dialect)
    }
}

/// A column outside `*` joins the wall's columns when it is named; then `*` would show it too.
pub(super) fn no_column_beside_star(shape: &Shape<'_>) -> Result<(), Refusal> {
    if shape.by_name.is_empty() {
        return Ok(());
    }
    Err(Refusal::new(
        RefusalKind::NotUnderstood,
        "`*` stands beside a column that it does not include (MATERIALIZED or ALIAS)",
    )
    .hint("list the columns instead of `*`"))
}

/// Whether `*` or `COLUMNS` stands for columns anywhere; the star of `count(*)` does not.
pub(super) fn has_star(reading: &Reading<'_>) -> bool {
    let lexed = &reading.lexed;
    let kind = |position: usize| lexed.get(position).map(|lexeme| lexeme.kind);
    let is_counted = |star: usize| {
        star.checked_sub(1).and_then(kind) == Some(Kind::Symbol(Symbol::OpenRound))
            && kind(star + 1) == Some(Kind::Symbol(Symbol::CloseRound))
    };
    reading.stars.iter().any(|&star| !is_counted(star))
        || lexed.lexemes.iter().any(|lexeme| lexeme.kind == Kind::Word(Keyword::Columns))
}
