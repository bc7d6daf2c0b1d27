//! One immutable state of the store.

use std::sync::Arc;

use crate::sql::{Extensions, Limits};
use crate::token::BearerToken;

use super::Principal;

/// Everything that a request is decided by, at one moment.
#[derive(Debug)]
pub struct Snapshot {
    /// Grows by one with every snapshot that is taken in. Part of every cache key.
    pub generation: u64,
    /// Bounds on statements.
    pub limits: Limits,
    /// What the deployment adds to the dialect's lists.
    pub extensions: Extensions,
}

impl Snapshot {
    /// The principal whose token this is. `None` for every token that is unknown, whatever is wrong with it.
    #[must_use]
    pub fn authenticate(&self, _token: &BearerToken) -> Option<Arc<Principal>> {
        None
    }
}
