//! Resolution: names to tables.
//!
//! - A bare name is a query of WITH where one is visible, else a table of the default database.
//! - A name that is both, anywhere in one statement, is refused: engines and versions disagree about which it is
//!   (ClickHouse 24.8 and 26.9 differ for `(WITH t AS …) UNION ALL SELECT … FROM t`). One case is plain and accepted:
//!   ClickHouse's `WITH t AS (SELECT … FROM t)`, where the inner `t` is the table.
//! - A table that is not in the catalog does not exist.

use std::collections::HashMap;
use std::sync::Arc;

use crate::catalog::{Catalog, Keys, Table, TableName};

use super::admit::{self, Extensions};
use super::dialect::Dialect;
use super::harmless::is_harmless;
use super::lex::{Author, lex};
use super::limits::Limits;
use super::named::Named;
use super::operands::Operands;
use super::read::{self, Cte, Reading, TableUse};
use super::refusal::{Refusal, RefusalKind};
use super::second;

/// A query that has been read and whose tables are resolved: it waits for a decision.
#[derive(Debug)]
pub struct Resolved<'t> {
    pub(super) reading: Reading<'t>,
    pub(super) limits: Limits,
    /// What each of the reading's table references means; no table where the catalog has none of that name.
    pub(super) references: Vec<(TableName, Option<Arc<Table>>)>,
    /// How each of those tables' keys hold its columns.
    pub(super) keys: Vec<Arc<Keys>>,
    pub(super) case: crate::catalog::NameCase,
    pub(super) default_database: String,
    /// Whether the catalog's columns are somebody's word, and the table may have others.
    pub(super) columns_are_stated: bool,
    tables: Vec<TableName>,
}

/// Lexes, reads and resolves one statement.
///
/// # Errors
/// A [`Refusal`] for everything that is not understood or not on a list. A table that is not in the catalog is no error
/// yet: whether it is missing or hidden must not make a difference, so [`Resolved::rewrite`] answers for both.
pub fn resolve<'t>(
    text: &'t str,
    dialect: Dialect,
    limits: &Limits,
    extensions: &Extensions,
    catalog: &Catalog,
) -> Result<Resolved<'t>, Refusal> {
    let reading = read::statement(lex(text, dialect, limits, Author::Person)?, limits)?;
    admit::admit(&reading, extensions)?;
    unambiguous(&reading)?;
    let references: Vec<_> = reading.tables.iter().map(|table| reference(&reading, table, catalog)).collect();
    let keys = references.iter().map(|(name, _)| catalog.keys(name)).collect();
    second::agree(&reading)?;
    let mut tables: Vec<TableName> = references.iter().map(|(name, _)| name.clone()).collect();
    tables.sort_unstable();
    tables.dedup();
    Ok(Resolved {
        reading,
        limits: *limits,
        references,
        keys,
        case: catalog.case(),
        default_database: catalog.default_database().to_owned(),
        columns_are_stated: catalog.is_stated(),
        tables,
    })
}

impl Resolved<'_> {
    /// The tables that the query names, each once, as the catalog spells them where it has them. What a decision is
    /// asked about.
    #[must_use]
    pub fn tables(&self) -> &[TableName] {
        &self.tables
    }

    /// Whether nothing in the statement can fail on a value of its tables, wherever the engine evaluates it. Known for
    /// ClickHouse alone; elsewhere anything may.
    #[must_use]
    pub fn cannot_fail(&self) -> bool {
        if self.reading.lexed.dialect != Dialect::ClickHouse || self.references.iter().any(|(_, table)| table.is_none())
        {
            return false;
        }
        let operands = Operands::of(&self.reading);
        is_harmless(&operands, &Named::of(&operands, self.tables_with_keys()))
    }

    /// The one answer for a table that does not exist and for one that may not be known: as the client wrote it.
    pub(super) fn not_found(&self, table: &TableUse) -> Refusal {
        let table_name = name(&self.reading, table.table);
        let written = match table.database {
            Some(database) => format!("{}.{table_name}", name(&self.reading, database)),
            None => table_name.to_owned(),
        };
        let refusal = Refusal::new(RefusalKind::UnknownTable, format!("Resource '{written}' not found"))
            .at(span(&self.reading, table.range.start));
        if table.at_in { refusal.hint("write `has(array, value)` for an array") } else { refusal }
    }
}

fn name<'t>(reading: &Reading<'t>, position: usize) -> &'t str {
    reading.lexed.get(position).map_or("", |lexeme| reading.lexed.name(lexeme))
}

fn span(reading: &Reading<'_>, position: usize) -> std::ops::Range<usize> {
    reading.lexed.get(position).map_or(0..0, |lexeme| lexeme.span())
}

fn reference(reading: &Reading<'_>, table: &TableUse, catalog: &Catalog) -> (TableName, Option<Arc<Table>>) {
    let meaning = |position: usize| reading.lexed.get(position).map(|lexeme| reading.lexed.meaning(lexeme));
    let database = table.database.and_then(meaning);
    let asked = TableName::new(
        database.as_deref().unwrap_or(catalog.default_database()),
        &meaning(table.table).unwrap_or_default(),
    );
    match catalog.get(&asked) {
        Some((known, found)) => (known.clone(), Some(Arc::clone(found))),
        None => (asked, None),
    }
}

/// No bare name is a query of WITH in one place and a table in another.
fn unambiguous(reading: &Reading<'_>) -> Result<(), Refusal> {
    let dialect = reading.lexed.dialect;
    let folded = |position: usize| name(reading, position).to_ascii_lowercase();
    // ClickHouse compares case; a statement that plays with it is refused all the same.
    let mut ctes: HashMap<String, Vec<&Cte>> = HashMap::new();
    for cte in &reading.ctes {
        ctes.entry(folded(cte.name)).or_default().push(cte);
    }
    for table in reading.tables.iter().filter(|table| table.database.is_none()) {
        let used = name(reading, table.table);
        for cte in ctes.get(&folded(table.table)).into_iter().flatten() {
            let own_body = cte.body.contains(&table.table);
            if !(own_body && dialect.self_reference_is_table()) {
                return Err(Refusal::new(
                    RefusalKind::NotUnderstood,
                    format!("`{used}` is a WITH query and a table in one statement"),
                )
                .at(span(reading, table.table))
                .hint("give the WITH query another name"));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
