//! The straight line from a statement to the text that goes upstream, as one pure function.
//!
//! ```text
//! resolve → decide → rewrite
//! ```
//!
//! The gateway and `portcullis explain` call the same one. A refusal has two sides: the true reason, for the log and for
//! `explain`, and what the client may know. A table that the client may not read is not there for it: the words come from
//! [`sql::Resolved::rewrite`], which has one answer for a table that is missing and for one that is not visible, and names
//! the first of either in the text.

use std::collections::HashMap;

use crate::authz::{Decision, Denial, Permit, Policy};
use crate::catalog::{Catalog, TableName};
use crate::resource::{Action, Resource, ResourceName};
use crate::sql::{self, Dialect, Refusal, RefusalKind, Rewritten, Visible};
use crate::store::Snapshot;

#[cfg(test)]
mod tests;

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

impl Reason {
    /// Its kind in one word, for figures, logs and `explain --json`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Denied(_) => "denied",
            Self::Refused(refusal) => match refusal.kind {
                RefusalKind::NotUnderstood => "not_understood",
                RefusalKind::NotAllowed => "not_allowed",
                RefusalKind::UnknownTable => "unknown_table",
                RefusalKind::TooLarge => "too_large",
                RefusalKind::Unverified => "unverified",
            },
        }
    }
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
    let resolved = sql::resolve(text, dialect, &snapshot.limits, &snapshot.extensions, catalog).map_err(refused)?;
    let (mut seen, mut asked) = (HashMap::new(), Vec::new());
    for table in resolved.tables() {
        let name = granted_name(table, catalog);
        let granted = name.as_ref().and_then(|name| visible(policy, name));
        // What every token may read of the engine's own needs no scope; everything else is decided as one.
        let public = sql::public(dialect, table).filter(|_| granted.is_none());
        if public.is_none() {
            asked.extend(name.map(|name| read(&name)));
        }
        seen.insert(table.clone(), granted.or(public));
    }
    let rewritten = resolved.rewrite(&|table| seen.get(table).cloned().flatten());
    match (policy.decide(asked), rewritten) {
        (Decision::Permit(permit), Ok(rewritten)) => Ok(Judged { rewritten, permit }),
        (Decision::Permit(_), Err(refusal)) => Err(refused(refusal)),
        (Decision::Denial(denial), Err(shown)) => Err(Box::new(Refused { reason: Reason::Denied(denial), shown })),
        (Decision::Denial(_), Ok(_)) => {
            Err(refused(Refusal::new(RefusalKind::Unverified, "a denied statement was rewritten")))
        }
    }
}

/// The name under which a table is granted: without its database where that is the default one. `None` for a table that no
/// scope can name.
#[must_use]
pub fn granted_name(table: &TableName, catalog: &Catalog) -> Option<ResourceName> {
    // A table called `a.b` must not answer to the name of the table `b` of the database `a`.
    if table.table.contains('.') || table.database.contains('.') {
        return None;
    }
    let bare = *table.database == *catalog.default_database();
    if bare { table.table.parse().ok() } else { table.to_string().parse().ok() }
}

fn visible(policy: &Policy, name: &ResourceName) -> Option<Visible> {
    let Decision::Permit(permit) = policy.decide([read(name)]) else { return None };
    let [grant] = permit.grants() else { return None };
    Some(grant.filters().map_or(Visible::AllRows, |filters| Visible::Rows(filters.to_vec())))
}

fn read(name: &ResourceName) -> (Action, Resource) {
    (Action::Read, Resource::Datasource(name.clone()))
}

fn refused(refusal: Refusal) -> Box<Refused> {
    Box::new(Refused { reason: Reason::Refused(refusal.clone()), shown: refusal })
}
