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

use crate::authz::{Decision, Denial, Grant, Permit, Policy};
use crate::catalog::{Catalog, TableName};
use crate::pipe::{Pipe, Values};
use crate::resource::{Action, Resource, ResourceName};
use crate::sql::{self, Dialect, Refusal, RefusalKind, Rewritten, Visible};
use crate::store::Snapshot;

mod expand;
pub mod publish;
#[cfg(test)]
mod tests;

use expand::Expansion;

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

/// What is asked: a statement, a pipe, or a statement over a pipe.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The statement; without one the pipe itself is what is asked for.
    pub text: Option<&'a str>,
    /// The pipe that `_` means.
    pub pipe: Option<&'a str>,
    /// What the request gives for pipes' parameters.
    pub values: &'a Values,
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
    judge_asked(&Asked { text: Some(text), pipe: None, values: &Values::new() }, policy, snapshot, catalog, dialect)
}

/// Judges what is asked by a principal with this policy.
///
/// # Errors
/// [`Refused`], with both sides.
pub fn judge_asked(
    asked: &Asked<'_>,
    policy: &Policy,
    snapshot: &Snapshot,
    catalog: &Catalog,
    dialect: Dialect,
) -> Result<Judged, Box<Refused>> {
    let mut expansion = Expansion::new(policy, snapshot, catalog, dialect);
    let mut judged = match (asked.text, asked.pipe) {
        (Some(text), _) => statement(text, asked, &mut expansion),
        (None, Some(pipe)) => endpoint(pipe, asked, &mut expansion),
        (None, None) => Err(refused(Refusal::new(RefusalKind::NotUnderstood, "nothing is asked for"))),
    }?;
    // The engine's words and counters, and where an answer breaks off, would tell of rows that the token may see through the
    // pipe only.
    judged.rewritten.filtered |= expansion.beyond_its_own();
    judged.rewritten.fallible |= expansion.beyond_its_own();
    Ok(judged)
}

/// A pipe by itself: its own text is the statement. With filters on what it gives, it is a statement over it.
fn endpoint(name: &str, asked: &Asked<'_>, expansion: &mut Expansion<'_>) -> Result<Judged, Box<Refused>> {
    let (policy, pipe) = (expansion.policy, expansion.snapshot.pipes().get(name));
    match (pipe, pipe.map(|pipe| policy.decide([read_pipe(&pipe.name)]))) {
        (Some(pipe), Some(Decision::Permit(permit))) => {
            if permit.grants().iter().any(|grant| grant.filters().is_some()) {
                return statement("SELECT * FROM _", asked, expansion);
            }
            no_namesake(&pipe.name, expansion)?;
            let rewritten = expansion.endpoint(pipe, asked.values, false).map_err(|trouble| trouble.refused(policy))?;
            Ok(Judged { rewritten: (*rewritten).clone(), permit })
        }
        (_, decision) => {
            let shown = Refusal::new(RefusalKind::UnknownTable, format!("Resource '{name}' not found"));
            let reason = match decision {
                Some(Decision::Denial(denial)) => Reason::Denied(denial),
                _ => Reason::Refused(shown.clone()),
            };
            Err(Box::new(Refused { reason, shown }))
        }
    }
}

fn statement(text: &str, over: &Asked<'_>, expansion: &mut Expansion<'_>) -> Result<Judged, Box<Refused>> {
    let Expansion { policy, snapshot, catalog, dialect, .. } = *expansion;
    let resolved = sql::resolve(text, dialect, &snapshot.limits, &snapshot.extensions, catalog).map_err(refused)?;
    let (mut seen, mut asked) = (HashMap::new(), Vec::new());
    for table in resolved.tables() {
        if let Some(pipe) = pipe_named(table, over.pipe, expansion) {
            asked.push(read_pipe(&pipe.name));
            if let Decision::Permit(permit) = policy.decide([read_pipe(&pipe.name)]) {
                no_namesake(&pipe.name, expansion)?;
                let query = expansion.endpoint(pipe, over.values, true).map_err(|trouble| trouble.refused(policy))?;
                let filters = permit.grants().iter().filter_map(Grant::filters).flatten().cloned().collect();
                seen.insert(table.clone(), Some(Visible::Query { query, filters, fenced: true, plain: false }));
            }
            continue;
        }
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

/// The pipe that a name in a statement means: `_`, or a name that is no table's or that the token may read as a pipe.
fn pipe_named<'a>(table: &TableName, underscore: Option<&str>, expansion: &Expansion<'a>) -> Option<&'a Pipe> {
    let Expansion { policy, snapshot, catalog, .. } = *expansion;
    if *table.database != *catalog.default_database() {
        return None;
    }
    let pipes = snapshot.pipes();
    if catalog.get(table).is_none() {
        return match underscore {
            Some(pipe) if &*table.table == "_" => pipes.get(pipe),
            _ => pipes.get(&table.table),
        };
    }
    // Both: the table, unless the token knows of the pipe; then it is told that the two have one name.
    pipes.get(&table.table).filter(|pipe| matches!(policy.decide([read_pipe(&pipe.name)]), Decision::Permit(_)))
}

/// A pipe and a table of one name: neither is guessed.
fn no_namesake(name: &str, expansion: &Expansion<'_>) -> Result<(), Box<Refused>> {
    let table = TableName::new(expansion.catalog.default_database(), name);
    if expansion.catalog.get(&table).is_none() {
        return Ok(());
    }
    let message = format!("`{name}` is the name of a data source and of a pipe");
    Err(refused(Refusal::new(RefusalKind::NotAllowed, message)))
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

/// Reading a pipe. The names of pipes are resource names, or they would not be served.
fn read_pipe(name: &str) -> (Action, Resource) {
    match name.parse() {
        Ok(name) => (Action::Read, Resource::Pipe(name)),
        Err(_) => (Action::Manage, Resource::Workspace),
    }
}

fn refused(refusal: Refusal) -> Box<Refused> {
    Box::new(Refused { reason: Reason::Refused(refusal.clone()), shown: refusal })
}
