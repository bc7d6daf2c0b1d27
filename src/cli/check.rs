//! `portcullis check`: everything that `serve` checks at its start, and nothing is written.

use std::io::Write;

use super::{Failure, Outcome, Place};

pub(super) fn check(place: &Place, out: &mut dyn Write) -> Result<Outcome, Failure> {
    let config = place.load()?;
    let store = super::open(&config, super::key_or_passing(&config)?)?;
    let snapshot = store.snapshot();
    let scopes: usize = snapshot.principals().map(|principal| principal.policy.scopes().len()).sum();
    writeln!(
        out,
        "ok: {} tokens with {scopes} scopes, {}",
        snapshot.principals().len(),
        super::serve::upstream(&config)
    )?;
    Ok(Outcome::Done)
}
