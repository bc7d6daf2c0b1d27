//! The straight line from a statement to the text that goes upstream, as one pure function.
//!
//! ```text
//! resolve → decide → rewrite
//! ```
//!
//! The gateway and `portcullis explain` call the same one. A refusal has two sides: the true reason, for the log and for
//! `explain`, and what the client may know. For the client a table that it may not read *is not there*: the rewrite is
//! asked for all the same, with nothing visible of that table, and the first name in the text that is missing or hidden
//! is the one in the answer. So the two cases cannot be told apart by their words, by a position, or by which of two
//! names is complained about.

use crate::authz::{Decision, Denial, Permit, Policy};
use crate::catalog::{Catalog, TableName};
use crate::resource::{Action, Resource, ResourceName};
use crate::sql::{self, Dialect, Refusal, RefusalKind, Resolved, Rewritten, Visible};
use crate::store::Snapshot;

/// A statement that may run.
#[derive(Debug, Clone)]
pub struct Judged {
    /// What goes upstream.
    pub rewritten: Rewritten,
    /// Why it may.
    pub permit: Permit,
}

/// A statement that may not run.
#[derive(Debug, Clone)]
pub struct Refused {
    /// Why, for the operator.
    pub reason: Reason,
    /// What the client may know of it.
    pub shown: Refusal,
}

/// Why a statement may not run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// It is understood, and the principal's scopes do not permit it.
    Denied(Denial),
    /// It is not understood, not allowed to anyone, or names a table that does not exist.
    Refused(Refusal),
}

/// Judges one statement of a principal with this policy.
///
/// # Errors
/// [`Refused`], with both sides.
pub fn judge(
    text: &str,
    policy: &Policy,
    snapshot: &Snapshot,
    catalog: &Catalog,
    dialect: Dialect,
) -> Result<Judged, Box<Refused>> {
    let resolved = sql::resolve(text, dialect, &snapshot.limits, &snapshot.extensions, catalog).map_err(plainly)?;
    let visible = |table: &TableName| granted(table, policy, catalog).or_else(|| sql::public(dialect, table));
    // What every token may read needs no scope; everything else is decided as one.
    let tables = resolved.tables().iter();
    let public = |table: &TableName| granted(table, policy, catalog).is_none() && sql::public(dialect, table).is_some();
    let asked: Option<Vec<_>> =
        tables.filter(|table| !public(table)).map(|table| Some((Action::Read, resource(table, catalog)?))).collect();
    match asked.map(|asked| policy.decide(asked)) {
        Some(Decision::Permit(permit)) => {
            resolved.rewrite(&visible).map(|rewritten| Judged { rewritten, permit }).map_err(plainly)
        }
        Some(Decision::Denial(denial)) => Err(unseen(resolved, &visible, Some(denial))),
        None => Err(unseen(resolved, &visible, None)),
    }
}

/// The name under which a table is granted. `None` for one that no scope can name.
#[must_use]
pub fn granted_name(table: &TableName, catalog: &Catalog) -> Option<ResourceName> {
    let bare = *table.database == *catalog.default_database();
    if bare { table.table.parse().ok() } else { table.to_string().parse().ok() }
}

fn resource(table: &TableName, catalog: &Catalog) -> Option<Resource> {
    granted_name(table, catalog).map(Resource::Datasource)
}

/// What the policy lets be seen of one table.
fn granted(table: &TableName, policy: &Policy, catalog: &Catalog) -> Option<Visible> {
    match policy.decide([(Action::Read, resource(table, catalog)?)]) {
        Decision::Denial(_) => None,
        Decision::Permit(permit) => {
            let filters = permit.grants().first()?.filters();
            Some(filters.map_or(Visible::AllRows, |filters| Visible::Rows(filters.to_vec())))
        }
    }
}

/// A refusal that has no other side.
fn plainly(refusal: Refusal) -> Box<Refused> {
    Box::new(Refused { reason: Reason::Refused(refusal.clone()), shown: refusal })
}

/// The refusal of a statement that names a table it may not see.
fn unseen(
    resolved: Resolved<'_>,
    visible: &dyn Fn(&TableName) -> Option<Visible>,
    denial: Option<Denial>,
) -> Box<Refused> {
    let shown = match resolved.rewrite(visible) {
        Err(shown) => shown,
        // What is denied is not visible, so this does not happen; if it did, nothing would go upstream.
        Ok(_) => Refusal::new(RefusalKind::Unverified, "the statement could not be verified"),
    };
    let reason = denial.map_or_else(|| Reason::Refused(shown.clone()), Reason::Denied);
    Box::new(Refused { reason, shown })
}
