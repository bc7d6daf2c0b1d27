//! The authorizer: what a statement may touch, asked by SQLite itself while it prepares.
//!
//! - SELECT and recursion: yes. Everything that writes, attaches, changes a setting or opens a transaction: no.
//! - Reading a table: when it is one of the query's, in `main`.
//! - Reading on a view's behalf: when the view is one of the query's and really reads that table.
//! - Functions: all but a short list that reaches outside the database; the SQL core has the list of what is permitted.

use std::collections::HashSet;
use std::sync::Arc;

use rusqlite::hooks::{AuthAction, AuthContext, Authorization};

use super::schema::Views;
use crate::catalog::{Catalog, TableName};

/// Functions that read files, load code or tell of the library. Anything beginning with `sqlite_` is refused too.
pub(super) const REFUSED_FUNCTIONS: [&str; 8] =
    ["edit", "fts3_tokenizer", "load_extension", "readfile", "writefile", "lsmode", "shell_add_schema", "fsdir"];

/// What one query may read.
#[derive(Debug)]
pub(super) struct Guard {
    /// Lower case, as SQLite compares names.
    tables: HashSet<String>,
    /// What the views among them read.
    behind_views: HashSet<String>,
    catalog: Arc<Catalog>,
    views: Arc<Views>,
}

impl Guard {
    pub(super) fn new(permitted: &[TableName], catalog: Arc<Catalog>, views: Arc<Views>) -> Self {
        let tables: HashSet<String> = permitted
            .iter()
            .filter(|name| name.database.eq_ignore_ascii_case("main"))
            .map(|name| name.table.to_ascii_lowercase())
            .collect();
        let behind_views = tables.iter().filter_map(|table| views.reads(table)).flatten().cloned().collect();
        Self { tables, behind_views, catalog, views }
    }

    /// SQLite's question.
    pub(super) fn judge(&self, context: &AuthContext<'_>) -> Authorization {
        let permitted = match context.action {
            AuthAction::Select | AuthAction::Recursive => true,
            AuthAction::Function { function_name } => harmless(function_name),
            AuthAction::Read { table_name, column_name } => self.may_read(context, table_name, column_name),
            _ => false,
        };
        if permitted { Authorization::Allow } else { Authorization::Deny }
    }

    fn may_read(&self, context: &AuthContext<'_>, table: &str, column: &str) -> bool {
        let table = table.to_ascii_lowercase();
        match context.database_name {
            // SQLite forgets the view when it merges it into the query and no column is left to read: then only the
            // number of the table's rows could be learnt.
            Some("main") => {
                let for_a_view = context.accessor.is_some() || column.is_empty();
                self.tables.contains(&table) || (for_a_view && self.behind_views.contains(&table))
            }
            // A FROM item of which no column is used (`SELECT count(*) FROM x`) is announced with an empty column and
            // the database as written. Without a database that may be a CTE: fine when nothing else has the name.
            None if column.is_empty() => self.tables.contains(&table) || self.names_nothing(&table),
            _ => false,
        }
    }

    fn names_nothing(&self, table: &str) -> bool {
        let reserved = table.starts_with("sqlite_") || table.starts_with("pragma_");
        !reserved && !self.views.is_module(table) && self.catalog.get(&TableName::new("main", table)).is_none()
    }
}

pub(super) fn harmless(function: &str) -> bool {
    let function = function.to_ascii_lowercase();
    !function.starts_with("sqlite_") && !REFUSED_FUNCTIONS.contains(&function.as_str())
}
