//! The straight line from a statement to the text that goes upstream, as one pure function.
//!
//! ```text
//! resolve → decide → rewrite
//! ```
//!
//! The gateway and `portcullis explain` call the same one. A refusal has two sides: the true reason, for the log and for
//! `explain`, and what the client may know. For the client a table that it may not read *is not there*: its answer comes
//! from resolving the statement against the catalog without those tables. So the two cases cannot be told apart by their
//! words, by a position, or by which of two names is complained about.

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
    let resolve = |catalog: &Catalog| sql::resolve(text, dialect, &snapshot.limits, &snapshot.extensions, catalog);
    decide(resolve(catalog), policy, catalog).map_err(|reason| {
        let shown = match (&reason, resolve(&readable(catalog, policy))) {
            (_, Err(shown)) => shown,
            // The statement is fine for this client, and the fault lies behind the reading of it.
            (Reason::Refused(refusal), Ok(_)) => refusal.clone(),
            (Reason::Denied(_), Ok(_)) => Refusal::new(RefusalKind::UnknownTable, "Resource not found"),
        };
        Box::new(Refused { reason, shown })
    })
}

/// The name under which a table is granted. `None` for one that no scope can name.
#[must_use]
pub fn granted_name(table: &TableName, catalog: &Catalog) -> Option<ResourceName> {
    let bare = *table.database == *catalog.default_database();
    if bare { table.table.parse().ok() } else { table.to_string().parse().ok() }
}

fn decide(resolved: Result<Resolved, Refusal>, policy: &Policy, catalog: &Catalog) -> Result<Judged, Reason> {
    let resolved = resolved.map_err(Reason::Refused)?;
    let mut asked = Vec::with_capacity(resolved.tables().len());
    for table in resolved.tables() {
        let Some(name) = granted_name(table, catalog) else {
            return Err(Reason::Refused(Refusal::new(
                RefusalKind::UnknownTable,
                format!("Resource '{}' not found", table.table),
            )));
        };
        asked.push((table.clone(), name));
    }
    let reads = asked.iter().map(|(_, name)| (Action::Read, Resource::Datasource(name.clone())));
    let permit = match policy.decide(reads) {
        Decision::Permit(permit) => permit,
        Decision::Denial(denial) => return Err(Reason::Denied(denial)),
    };
    let visible = |table: &TableName| {
        let (_, name) = asked.iter().find(|(asked, _)| asked == table)?;
        let resource = Resource::Datasource(name.clone());
        let grant = permit.grants().iter().find(|grant| grant.resource == resource)?;
        Some(grant.filters().map_or(Visible::AllRows, |filters| Visible::Rows(filters.to_vec())))
    };
    let rewritten = resolved.rewrite(&visible).map_err(Reason::Refused)?;
    Ok(Judged { rewritten, permit })
}

/// The catalog as if only the tables existed that this policy can read something of.
fn readable(catalog: &Catalog, policy: &Policy) -> Catalog {
    let mut readable = Catalog::new(catalog.default_database(), catalog.case());
    for (name, table) in catalog.tables() {
        let Some(granted) = granted_name(name, catalog) else { continue };
        if let Decision::Permit(_) = policy.decide([(Action::Read, Resource::Datasource(granted))]) {
            readable.insert(name.clone(), table.clone());
        }
    }
    readable
}
