//! Keeps rewrites, so that a query which comes again is not read again.
//!
//! - The key holds everything that a rewrite depends on: generation, catalog, policy, dialect and text. A reload or a
//!   refreshed catalog therefore never meets an old rewrite.
//! - Policy and catalog count by identity. An entry holds both, so that their addresses cannot be given to others while it
//!   is kept.
//! - Bounded by weight, not by number: a few huge statements must not hold what many small ones may.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use quick_cache::sync::Cache;
use quick_cache::{Equivalent, Weighter};

use crate::authz::Policy;
use crate::catalog::Catalog;
use crate::sql::{Dialect, Rewritten};
use crate::store::Snapshot;

/// What an ordinary entry weighs, in bytes: the bound is this times the number to be kept.
const ORDINARY: u64 = 4096;

/// The cache.
#[derive(Debug)]
pub(super) struct Rewrites(Cache<Key, Entry, Bytes>);

/// What a rewrite depends on, borrowed for a look-up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Basis<'a> {
    pub(super) snapshot: &'a Arc<Snapshot>,
    pub(super) policy: &'a Arc<Policy>,
    pub(super) catalog: &'a Arc<Catalog>,
    pub(super) dialect: Dialect,
    pub(super) text: &'a str,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Key {
    generation: u64,
    policy: usize,
    catalog: usize,
    dialect: Dialect,
    text: Box<str>,
}

#[derive(Debug, Clone)]
struct Entry {
    rewritten: Arc<Rewritten>,
    _policy: Arc<Policy>,
    _catalog: Arc<Catalog>,
}

#[derive(Debug, Clone)]
struct Bytes;

impl Rewrites {
    /// A cache for about `kept` ordinary rewrites.
    pub(super) fn new(kept: usize) -> Self {
        Self(Cache::with_weighter(kept, kept as u64 * ORDINARY, Bytes))
    }

    pub(super) fn get(&self, basis: &Basis<'_>) -> Option<Arc<Rewritten>> {
        self.0.get(basis).map(|entry| entry.rewritten)
    }

    pub(super) fn insert(&self, basis: &Basis<'_>, rewritten: Arc<Rewritten>) {
        let (policy, catalog) = (Arc::clone(basis.policy), Arc::clone(basis.catalog));
        self.0.insert(basis.key(), Entry { rewritten, _policy: policy, _catalog: catalog });
    }
}

impl Basis<'_> {
    fn numbers(&self) -> (u64, usize, usize, Dialect) {
        let address = (Arc::as_ptr(self.policy).addr(), Arc::as_ptr(self.catalog).addr());
        (self.snapshot.generation, address.0, address.1, self.dialect)
    }

    fn key(&self) -> Key {
        let (generation, policy, catalog, dialect) = self.numbers();
        Key { generation, policy, catalog, dialect, text: self.text.into() }
    }
}

impl Key {
    fn numbers(&self) -> (u64, usize, usize, Dialect) {
        (self.generation, self.policy, self.catalog, self.dialect)
    }
}

// A key and the basis it was made of must hash alike.
impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.numbers(), &*self.text).hash(state);
    }
}

impl Hash for Basis<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.numbers(), self.text).hash(state);
    }
}

impl Equivalent<Key> for Basis<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        self.numbers() == key.numbers() && *self.text == *key.text
    }
}

impl Weighter<Key, Entry> for Bytes {
    fn weight(&self, key: &Key, entry: &Entry) -> u64 {
        (256 + key.text.len() + entry.rewritten.text.len()) as u64
    }
}
