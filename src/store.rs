//! Memory: the tokens and roles of people's files, compiled into one immutable [`Snapshot`] and swapped atomically.

pub mod principal;
pub mod snapshot;

pub use principal::Principal;
pub use snapshot::Snapshot;

use std::sync::Arc;

/// What the last reload did, for `/health`, the metric and the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The generation in force; it grows by one with every snapshot that is taken in.
    pub generation: u64,
    /// Why the files on disk are not the ones in force, if they are not. Never contains a secret.
    pub stale: Option<String>,
}

/// The store: hands out snapshots, and keeps the last good one.
#[derive(Debug)]
pub struct Store {}

impl Store {
    /// The snapshot in force. A request takes one and uses no other.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        unreachable!("written by the store's author")
    }

    /// What the last reload did.
    #[must_use]
    pub fn status(&self) -> Status {
        unreachable!("written by the store's author")
    }
}
