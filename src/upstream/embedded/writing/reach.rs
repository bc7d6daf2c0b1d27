//! What a write may touch: the writing connection's authorizer, and its clock.

use std::time::{Duration, Instant};

use rusqlite::Connection;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};

use crate::upstream::embedded::guard;
use crate::upstream::embedded::run::STEPS_BETWEEN_LOOKS;

/// What a statement may touch.
#[derive(Debug, Clone)]
pub(super) enum Reach {
    /// Adds rows to this table.
    Insert(String),
    /// Removes rows from this table.
    Delete(String),
    /// Changes the schema and the rows of these tables.
    Shape(Vec<String>),
}

pub(super) fn arm(connection: &mut Connection, reach: Reach, budget: Duration) -> rusqlite::Result<()> {
    let started = Instant::now();
    connection.progress_handler(STEPS_BETWEEN_LOOKS, Some(move || started.elapsed() > budget))?;
    connection.authorizer(Some(
        move |context: AuthContext<'_>| {
            if permits(&reach, &context) { Authorization::Allow } else { Authorization::Deny }
        },
    ))
}

fn permits(reach: &Reach, context: &AuthContext<'_>) -> bool {
    if context.accessor.is_some() {
        return true;
    }
    let is = |table: &str, name: &str| table.eq_ignore_ascii_case(name);
    match (&context.action, reach) {
        (AuthAction::Transaction { .. }, _) => true,
        (AuthAction::Insert { table_name }, Reach::Insert(table))
        | (AuthAction::Read { table_name, .. }, Reach::Insert(table) | Reach::Delete(table))
        | (AuthAction::Delete { table_name }, Reach::Delete(table)) => is(table_name, table),
        (AuthAction::Function { function_name }, Reach::Insert(_) | Reach::Delete(_)) => guard::harmless(function_name),
        (
            AuthAction::Attach { .. }
            | AuthAction::Detach { .. }
            | AuthAction::CreateTrigger { .. }
            | AuthAction::CreateTempTrigger { .. }
            | AuthAction::CreateView { .. }
            | AuthAction::CreateTempView { .. }
            | AuthAction::CreateVtable { .. },
            _,
        ) => false,
        (
            AuthAction::Insert { table_name }
            | AuthAction::Delete { table_name }
            | AuthAction::Update { table_name, .. }
            | AuthAction::CreateTable { table_name }
            | AuthAction::DropTable { table_name }
            | AuthAction::AlterTable { table_name, .. },
            Reach::Shape(tables),
        ) => table_name.starts_with("sqlite_") || tables.iter().any(|table| is(table_name, table)),
        // Its text is the gateway's, to the last byte.
        (_, Reach::Shape(_)) => true,
        _ => false,
    }
}
