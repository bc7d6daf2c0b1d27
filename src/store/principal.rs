//! Who is asking.

use std::sync::Arc;

use crate::authz::Policy;

/// A token's holder, as one snapshot knows it.
#[derive(Debug, PartialEq, Eq)]
pub struct Principal {
    /// The token's name, for people and logs. Not a secret.
    pub name: Arc<str>,
    /// What it may do.
    pub policy: Arc<Policy>,
    /// Requests a second that this token may make; `None` means no limit.
    pub requests_per_second: Option<std::num::NonZeroU32>,
}
