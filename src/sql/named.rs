//! The columns that a statement names.

use std::collections::{HashMap, HashSet};

use crate::catalog::{Column, ColumnKind, Held, Keys, Table};

use super::lexeme::Kind as L;
use super::operands::Operands;
use super::steps;

/// Those columns of its tables whose names are words of it, whatever the words mean there.
pub(super) struct Named<'a> {
    columns: Vec<&'a Column>,
    by_name: HashMap<&'a str, Option<Meaning<'a>>>,
    /// Whether a table's columns are not known.
    is_partial: bool,
}

/// What a column is wherever the statement could mean one of that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Meaning<'a> {
    pub(super) type_name: &'a str,
    pub(super) held: Held,
}

impl<'a> Named<'a> {
    /// Looks the columns of these tables up, once.
    pub(super) fn of(operands: &Operands<'_, '_>, tables: impl Iterator<Item = (&'a Table, &'a Keys)>) -> Self {
        let lexed = &operands.reading.lexed;
        let words = lexed.lexemes.iter().filter(|lexeme| matches!(lexeme.kind, L::Word(_) | L::Quoted));
        let words: HashSet<&str> = words.map(|lexeme| lexed.name(*lexeme)).collect();
        let mut named = Self { columns: Vec::new(), by_name: HashMap::new(), is_partial: false };
        for (table, keys) in tables {
            named.is_partial |= table.columns.is_empty();
            steps::count(table.columns.len());
            for column in &table.columns {
                let first = column.name.split('.').next().unwrap_or_default();
                if words.contains(&*column.name) || words.contains(first) {
                    named.columns.push(column);
                    named.mean(column, keys);
                }
            }
        }
        named
    }

    fn mean(&mut self, column: &'a Column, keys: &Keys) {
        let meaning = Meaning { type_name: &column.type_name, held: keys.held(&column.name) };
        // An ALIAS is an expression.
        let meaning = (column.kind == ColumnKind::Ordinary).then_some(meaning);
        let known = self.by_name.entry(&column.name).or_insert(meaning);
        *known = (*known).filter(|_| *known == meaning);
    }

    /// The columns, those of a nested one too where its name is the first part of theirs. `None` where some may be missing.
    pub(super) fn columns(&self) -> Option<&[&'a Column]> {
        (!self.is_partial).then_some(&self.columns)
    }

    /// Whether any table has a column of that name, or a nested one.
    pub(super) fn has_part(&self, name: &str) -> bool {
        self.columns.iter().any(|column| column.name.split('.').next() == Some(name))
    }

    /// What a column of that name is, where it is one and the same in every table that has one.
    pub(super) fn meaning(&self, name: &str) -> Option<Meaning<'a>> {
        self.by_name.get(name).copied().flatten()
    }
}
