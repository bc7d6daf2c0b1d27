//! `portcullis check`: everything that `serve` checks at its start, and nothing is written.
//!
//! No connection is made: an upstream that must be asked over the network is not asked.

use std::collections::HashSet;
use std::io::{self, Write};

use crate::authz::Scope;
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
    }
    let scopes = snapshot.principals().map(|principal| principal.policy.scopes().len()).sum();
    let (tokens, scopes) = (counted(snapshot.principals().len(), "token"), counted(scopes, "scope"));
    writeln!(out, "ok: {tokens} with {scopes}, {}", super::serve::upstream(&config))?;
    Ok(Outcome::Done)
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

fn counted(number: usize, word: &str) -> String {
    format!("{number} {word}{}", if number == 1 { "" } else { "s" })
}
