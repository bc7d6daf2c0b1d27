//! `portcullis check`: everything that `serve` checks at its start, and nothing is written.
//!
//! No connection is made: an upstream that must be asked over the network is not asked.

use std::collections::{HashMap, HashSet};
use std::io::{self, Write};

use crate::authz::{Reach, Scope};
use crate::catalog::Catalog;
use crate::gateway::judge::granted_name;
use crate::server;
use crate::store::Snapshot;

use super::{Failure, Outcome, Place, wire};

pub(super) fn check(place: &Place, out: &mut dyn Write) -> Result<Outcome, Failure> {
    let config = place.load()?;
    let snapshot = super::open(&config, super::key_or_passing(&config)?)?.snapshot();
    let upstream = wire::upstream(&config)?;
    server::check(&config.server).map_err(wire::said)?;
    if let Some(catalog) = upstream.catalog() {
        warn_of_missing_tables(&snapshot, &catalog);
        filters_fit(&snapshot, &catalog)?;
    }
    warn_of_pipes(&snapshot);
    let scopes = snapshot.principals().map(|principal| principal.policy.scopes().len()).sum();
    let (tokens, scopes) = (counted(snapshot.len(), "token"), counted(scopes, "scope"));
    writeln!(out, "ok: {tokens} with {scopes}, {}", super::serve::upstream(&config))?;
    Ok(Outcome::Done)
}

/// A pipe that cannot be served stops nothing else.
fn warn_of_pipes(snapshot: &Snapshot) {
    let pipes = snapshot.pipes();
    for unserved in pipes.unserved() {
        let _ = writeln!(io::stderr(), "warning: this pipe is not served: {unserved}");
    }
    if !pipes.is_empty() || !pipes.unserved().is_empty() {
        let (served, all) = (pipes.iter().len(), pipes.iter().len() + pipes.unserved().len());
        let _ = writeln!(io::stderr(), "note: {served} of {} are served", counted(all, "pipe"));
    }
}

/// A scope may name a table that is yet to come, so this is no error; most often it is a slip.
fn warn_of_missing_tables(snapshot: &Snapshot, catalog: &Catalog) {
    let mut known: HashSet<_> = catalog.tables().filter_map(|(name, _)| granted_name(name, catalog)).collect();
    for principal in snapshot.principals() {
        for scope in principal.policy.scopes() {
            if let Scope::DatasourcesRead(name, _) = scope
                && known.insert(name.clone())
            {
                let _ = writeln!(
                    io::stderr(),
                    "warning: the upstream has no table `{name}`, which `{}` may read",
                    principal.name
                );
            }
        }
    }
}

/// A filter that names a column its table does not have would have every query refused.
fn filters_fit(snapshot: &Snapshot, catalog: &Catalog) -> Result<(), Failure> {
    let tables: HashMap<_, _> =
        catalog.tables().filter_map(|(name, table)| Some((granted_name(name, catalog)?, table))).collect();
    for principal in snapshot.principals() {
        for scope in principal.policy.scopes() {
            let Scope::DatasourcesRead(name, Reach::Rows(filter)) = scope else { continue };
            let Some(table) = tables.get(name).filter(|table| !table.columns.is_empty()) else { continue };
            let has = |asked: &str| table.columns.iter().any(|column| column.name.eq_ignore_ascii_case(asked));
            if let Some(stranger) = filter.columns().find(|column| !has(column)) {
                let columns: Vec<&str> = table.columns.iter().map(|column| column.name.as_ref()).collect();
                return Err(Failure::Said(
                    format!(
                        "the filter of `{}` on `{name}` names `{stranger}`, which is no column of it",
                        principal.name
                    ),
                    Some(format!("its columns are {}", columns.join(", "))),
                ));
            }
        }
    }
    Ok(())
}

fn counted(number: usize, word: &str) -> String {
    format!("{number} {word}{}", if number == 1 { "" } else { "s" })
}
