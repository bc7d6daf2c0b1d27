//! One immutable state of the store.

use std::sync::Arc;

use crate::pipe::Pipes;
use crate::sql::{Extensions, Limits};
use crate::token::signed::SigningKey;
use crate::token::{BearerToken, TokenId};

use super::Principal;
use super::compile::{Key, Table};
use super::nearest::nearest;
use super::pipes::Places;

/// Everything that a request is decided by, at one moment.
#[derive(Debug)]
pub struct Snapshot {
    /// Grows by one with every snapshot that is taken in. Part of every cache key.
    pub generation: u64,
    /// Bounds on statements.
    pub limits: Limits,
    /// What the deployment adds to the dialect's lists.
    pub extensions: Extensions,
    key: SigningKey,
    table: Table,
    pipes: Pipes,
    places: Places,
}

impl Snapshot {
    pub(super) fn new(generation: u64, limits: Limits, extensions: Extensions, key: SigningKey, table: Table) -> Self {
        let (pipes, places) = (Pipes::default(), Places::default());
        Self { generation, limits, extensions, key, table, pipes, places }
    }

    pub(super) fn with_pipes(self, pipes: Pipes, places: Places) -> Self {
        Self { pipes, places, ..self }
    }

    /// Every pipe.
    #[must_use]
    pub fn pipes(&self) -> &Pipes {
        &self.pipes
    }

    /// Where they came from.
    pub(super) fn pipe_places(&self) -> &Places {
        &self.places
    }

    /// The principal whose token this is. `None` for every token that is unknown, whatever is wrong with it.
    ///
    /// Both ways are always gone: a value that this key signed carries an id, any other is known by its digest (a token
    /// issued elsewhere may begin with `p.` too). What is found is told; why nothing is found is not.
    #[must_use]
    pub fn authenticate(&self, token: &BearerToken) -> Option<Arc<Principal>> {
        let by_id = self.key.verify(token).and_then(|id| self.table.by_id.get(&id));
        let by_digest = self.table.by_digest.get(&token.digest());
        by_id.or(by_digest).cloned()
    }

    /// Every principal, by name.
    pub fn principals(&self) -> impl ExactSizeIterator<Item = &Arc<Principal>> {
        self.table.by_name.values().map(|(principal, _)| principal)
    }

    /// The principal of that name.
    #[must_use]
    pub fn principal_by_name(&self, name: &str) -> Option<Arc<Principal>> {
        self.table.by_name.get(name).map(|(principal, _)| Arc::clone(principal))
    }

    /// The name nearest to a mistyped one.
    #[must_use]
    pub fn name_like(&self, name: &str) -> Option<&str> {
        nearest(name, self.table.by_name.keys().map(AsRef::as_ref))
    }

    /// How the token of that name is recognised.
    #[must_use]
    pub fn key_of(&self, name: &str) -> Option<&Key> {
        self.table.by_name.get(name).map(|(_, key)| key)
    }

    /// The value of the token with that id, as `workspace` at `host` hands it out.
    #[must_use]
    pub fn value_of(&self, id: &TokenId, workspace: &str, host: &str) -> BearerToken {
        self.key.mint(id, workspace, host)
    }
}
