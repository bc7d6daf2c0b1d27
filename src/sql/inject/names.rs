//! Names that are written otherwise: those of WITH, and those that lose their database.

use std::collections::HashSet;

use super::alias::Taken;
use crate::sql::emit::{self, Edit};
use crate::sql::read::TableUse;
use crate::sql::resolve::Resolved;

impl Resolved<'_> {
    /// Fresh names for the queries of WITH, where they are made and where they are used: a disagreement about their
    /// scope gives an unknown table, never a base table.
    pub(super) fn rename_ctes(&self, taken: &Taken<'_>, edits: &mut Vec<Edit>) {
        let prefix = self.reading.lexed.dialect.reserved_prefix();
        let fresh = |number: usize| format!("{prefix}_{number}");
        for (number, cte) in self.reading.ctes.iter().enumerate() {
            edits.push(Edit::Instead(cte.name..cte.name + 1, fresh(number)));
        }
        for cte in &self.reading.cte_uses {
            let mut text = fresh(cte.cte);
            if cte.in_from && !(cte.alias.is_none() && taken.has(self.word(cte.name))) {
                text.push_str(" AS ");
                let alias = self.meaning(cte.alias.unwrap_or(cte.name));
                emit::write_quoted(&mut text, &alias, self.reading.lexed.dialect);
            }
            edits.push(Edit::Instead(cte.range.clone(), text));
        }
    }

    /// `database.table.column` loses its database: behind a wall the table has none.
    pub(super) fn shorten_names(&self, edits: &mut Vec<Edit>) {
        if self.reading.long_names.is_empty() {
            return;
        }
        let fold = |name| self.reading.lexed.dialect.folded(name);
        let bare = |written: &&TableUse| written.alias.is_none() && !written.at_in;
        let tables = self.references.iter().zip(&self.reading.tables).filter(|(_, written)| bare(written));
        let named: HashSet<_> = tables.map(|((name, _), _)| (fold(&name.database), fold(&name.table))).collect();
        for range in &self.reading.long_names {
            if named.contains(&(fold(self.word(range.start)), fold(self.word(range.start + 2)))) {
                edits.push(Edit::Nothing(range.start..range.start + 2));
            }
        }
    }
}
