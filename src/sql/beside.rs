//! The second layer: the same filters once more, beside the statement, for an engine that takes them there (ClickHouse's
//! `additional_table_filters`). Were a wall ever missing in the text, they would still hold.

use std::collections::{BTreeMap, HashSet};

use crate::catalog::{ColumnKind, Engine, Table, TableName};

use super::Visible;
use super::dialect::Dialect;
use super::steps;

/// A reference to a table, as far as this is concerned.
pub(super) struct Reference<'a> {
    pub(super) name: &'a TableName,
    pub(super) table: &'a Table,
    pub(super) is_final: bool,
    pub(super) visible: &'a Visible,
}

/// For each table whose every reference stands behind the same filters: those, as one condition over its bare columns.
///
/// Left out, because it would change what is read: a table with FINAL (the engine would filter before it merges), one that
/// is open elsewhere in the statement, and a filter over a column outside `*`. Nothing is said at all where a view, or
/// another table that reads tables, stands in the statement: the engine applies these filters inside of it too (26.7).
pub(super) fn table_filters(references: &[Reference<'_>], dialect: Dialect) -> Vec<(TableName, String)> {
    if references.iter().any(|reference| matches!(reference.table.engine, Engine::View | Engine::Opaque)) {
        return Vec::new();
    }
    let mut conditions: BTreeMap<&TableName, Option<String>> = BTreeMap::new();
    // A table that is named a thousand times has one condition, or two.
    let mut said = HashSet::new();
    for reference in references.iter().filter(|reference| said.insert(reference.identity())) {
        let condition = reference.condition(dialect);
        let known = conditions.entry(reference.name).or_insert_with(|| condition.clone());
        if *known != condition {
            *known = None;
        }
    }
    conditions.into_iter().filter_map(|(name, condition)| Some((name.clone(), condition?))).collect()
}

impl Reference<'_> {
    /// What its condition depends on.
    fn identity(&self) -> (&TableName, *const Table, bool, *const Visible) {
        (self.name, self.table, self.is_final, self.visible)
    }

    fn condition(&self, dialect: Dialect) -> Option<String> {
        let Visible::Rows(filters) = self.visible else { return None };
        if self.is_final {
            return None;
        }
        let ordinary = |name: &str| {
            steps::count(self.table.columns.len());
            self.table.columns.iter().any(|column| column.kind == ColumnKind::Ordinary && *column.name == *name)
        };
        if !filters.iter().all(|filter| filter.columns().all(ordinary)) {
            return None;
        }
        let mut out = String::new();
        for (position, filter) in filters.iter().enumerate() {
            out.push_str(if position == 0 { "(" } else { " OR (" });
            filter.write(&mut out, None, dialect, &|name| name);
            out.push(')');
        }
        (!filters.is_empty()).then_some(out)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::catalog::Column;
    use crate::sql::{Extensions, RowFilter};

    #[test]
    fn only_tables_that_are_behind_the_same_filters_everywhere_are_named() {
        let dialect = Dialect::ClickHouse;
        let rows = |texts: &[&str]| {
            let filter = |text: &&str| RowFilter::compile(text, dialect, &Extensions::default(), &|_| None).unwrap();
            Visible::Rows(texts.iter().map(|text| Arc::new(filter(text))).collect())
        };
        let column = |name: &str, kind| Column { name: name.into(), type_name: "Int64".into(), kind };
        let columns = vec![column("o", ColumnKind::Ordinary), column("a", ColumnKind::ByName)];
        let table = |engine| Table { columns: columns.clone(), engine };
        let (tree, view) = (table(Engine::MergeTree), table(Engine::View));
        let name = TableName::new("d", "t");
        let (one, two, other, by_name) =
            (rows(&["o = 1"]), rows(&["o = 1", "o = 2"]), rows(&["o = 2"]), rows(&["a = 1"]));
        let asked = |seen: &[(&Table, bool, &Visible)]| {
            let references: Vec<_> = seen
                .iter()
                .map(|(table, is_final, visible)| Reference { name: &name, table, is_final: *is_final, visible })
                .collect();
            table_filters(&references, dialect).into_iter().map(|(_, condition)| condition).collect::<Vec<_>>()
        };
        assert_eq!(asked(&[(&tree, false, &one), (&tree, false, &one)]), ["(`o` = 1)"]);
        assert_eq!(asked(&[(&tree, false, &two)]), ["(`o` = 1) OR (`o` = 2)"]);
        for left_out in [
            [(&tree, false, &one), (&tree, true, &one)],
            [(&tree, false, &one), (&tree, false, &other)],
            [(&tree, false, &other), (&tree, false, &one)],
            [(&tree, false, &one), (&tree, false, &Visible::AllRows)],
            [(&tree, false, &Visible::AllRows), (&tree, false, &one)],
            [(&tree, false, &one), (&view, false, &one)],
            [(&tree, false, &one), (&view, false, &Visible::AllRows)],
            [(&tree, false, &by_name), (&tree, false, &by_name)],
        ] {
            assert_eq!(asked(&left_out), Vec::<String>::new());
        }
    }
}
