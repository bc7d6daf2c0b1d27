//! Keeps rewrites, so that a query which comes again is not read again.
//!
//! - The key holds everything that a rewrite depends on: generation, catalog, policy, dialect, text and values of parameters. A reload or a
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
pub struct Rewrites(Cache<Key, Entry, Bytes>);

/// What a rewrite depends on, borrowed for a look-up.
#[derive(Debug, Clone, Copy)]
pub struct Basis<'a> {
    /// The store's state: its generation counts.
    pub snapshot: &'a Arc<Snapshot>,
    /// What the principal may do.
    pub policy: &'a Arc<Policy>,
    /// What the upstream holds.
    pub catalog: &'a Arc<Catalog>,
    /// The upstream's.
    pub dialect: Dialect,
    /// The statement.
    pub text: &'a str,
    /// The pipe that is asked, and the values of pipes' parameters.
    pub over: &'a str,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Key {
    generation: u64,
    policy: usize,
    catalog: usize,
    dialect: Dialect,
    text: Box<str>,
    over: Box<str>,
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
    #[must_use]
    pub fn new(kept: usize) -> Self {
        Self(Cache::with_weighter(kept, kept as u64 * ORDINARY, Bytes))
    }

    /// The rewrite of that basis, if it is kept.
    #[must_use]
    pub fn get(&self, basis: &Basis<'_>) -> Option<Arc<Rewritten>> {
        self.0.get(basis).map(|entry| entry.rewritten)
    }

    /// Keeps a rewrite.
    pub fn insert(&self, basis: &Basis<'_>, rewritten: Arc<Rewritten>) {
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
        Key { generation, policy, catalog, dialect, text: self.text.into(), over: self.over.into() }
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
        (self.numbers(), &*self.text, &*self.over).hash(state);
    }
}

impl Hash for Basis<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.numbers(), self.text, self.over).hash(state);
    }
}

impl Equivalent<Key> for Basis<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        self.numbers() == key.numbers() && *self.text == *key.text && *self.over == *key.over
    }
}

impl Weighter<Key, Entry> for Bytes {
    fn weight(&self, key: &Key, entry: &Entry) -> u64 {
        (256 + key.text.len() + key.over.len() + entry.rewritten.text.len()) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::NameCase;
    use crate::store::{Compile, Hot, Paths, Store};
    use crate::token::signed::SigningKey;

    fn snapshot(generation: u64) -> Arc<Snapshot> {
        let folder = tempfile::tempdir().unwrap();
        let tokens = folder.path().join("tokens.yaml");
        std::fs::write(&tokens, "version: 1\ntokens: []\n...\n").unwrap();
        let compile = Compile {
            dialect: Dialect::Sqlite,
            key: SigningKey::new(vec![7; 32]).unwrap(),
            own: None,
            hot: Hot::default(),
            read_hot: Arc::new(|_, _| Ok(Hot::default())),
        };
        let mut snapshot = Store::open(Paths { tokens, managed: None, gateway: None }, compile).unwrap().snapshot();
        Arc::get_mut(&mut snapshot).unwrap().generation = generation;
        snapshot
    }

    fn catalog() -> Arc<Catalog> {
        Arc::new(Catalog::new("main", NameCase::Insensitive))
    }

    fn rewritten() -> Arc<Rewritten> {
        let text = "SELECT 1".to_owned();
        let (settings, parameters, tables) = (Vec::new(), Vec::new(), Vec::new());
        Arc::new(Rewritten {
            text,
            format: None,
            settings,
            parameters,
            tables,
            filtered: false,
            fallible: false,
            table_filters: Vec::new(),
            self_describing: false,
            types_shown: false,
            dictionaries: false,
        })
    }

    /// Whatever a rewrite depends on: another one of it never meets what was kept.
    #[test]
    fn a_rewrite_is_found_by_everything_it_depends_on_and_by_nothing_less() {
        let (snapshot, reloaded) = (snapshot(1), snapshot(2));
        let (policy, catalog) = (Arc::new(Policy::default()), catalog());
        let basis = Basis {
            snapshot: &snapshot,
            policy: &policy,
            catalog: &catalog,
            dialect: Dialect::Sqlite,
            text: "q",
            over: "",
        };
        let rewrites = Rewrites::new(8);
        rewrites.insert(&basis, rewritten());
        assert!(rewrites.get(&basis).is_some());
        assert!(rewrites.get(&Basis { snapshot: &reloaded, ..basis }).is_none(), "a reload");
        assert!(rewrites.get(&Basis { policy: &Arc::new(Policy::default()), ..basis }).is_none(), "a policy");
        assert!(rewrites.get(&Basis { catalog: &self::catalog(), ..basis }).is_none(), "a schema");
        assert!(rewrites.get(&Basis { dialect: Dialect::Generic, ..basis }).is_none(), "a dialect");
        assert!(rewrites.get(&Basis { text: "r", ..basis }).is_none(), "a text");
        assert!(rewrites.get(&Basis { over: "r", ..basis }).is_none(), "a pipe's parameters");
    }
}
