//! A hash map whose changed copy shares what did not change.
//!
//! - It is cut into shards by the key's hash; a copy shares them all, and a change makes one of them anew.
//! - With 100,000 entries a change costs some 400 of them, not 100,000.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hash};
use std::sync::Arc;

/// How many shards a large map has: a power of two.
const SHARDS: usize = 256;

/// The map.
#[derive(Debug, Clone)]
pub(super) struct Sharded<K, V> {
    hasher: RandomState,
    shards: Vec<Arc<HashMap<K, V>>>,
    len: usize,
}

impl<K, V> Sharded<K, V> {
    /// A map for many entries, which is changed often.
    pub(super) fn large() -> Self {
        Self { hasher: RandomState::new(), shards: vec![Arc::default(); SHARDS], len: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Every value, in no order.
    pub(super) fn values(&self) -> impl Iterator<Item = &V> {
        self.shards.iter().flat_map(|shard| shard.values())
    }
}

/// A map for a few entries: one shard.
impl<K, V> Default for Sharded<K, V> {
    fn default() -> Self {
        Self { hasher: RandomState::new(), shards: vec![Arc::default()], len: 0 }
    }
}

impl<K: Hash + Eq + Clone, V: Clone> Sharded<K, V> {
    pub(super) fn get<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.shards.get(self.place(key))?.get(key)
    }

    pub(super) fn insert(&mut self, key: K, value: V) -> Option<V> {
        let place = self.place(&key);
        let before = Arc::make_mut(self.shards.get_mut(place)?).insert(key, value);
        self.len += usize::from(before.is_none());
        before
    }

    pub(super) fn remove<Q: Hash + Eq + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let place = self.place(key);
        let before = Arc::make_mut(self.shards.get_mut(place)?).remove(key);
        self.len -= usize::from(before.is_some());
        before
    }

    /// Always within the shards: there is at least one.
    fn place<Q: Hash + ?Sized>(&self, key: &Q) -> usize {
        let hash = self.hasher.hash_one(key);
        usize::try_from(hash % self.shards.len().max(1) as u64).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_copy_shares_all_but_one_shard_and_the_original_stays() {
        let mut map = Sharded::large();
        for number in 0..10_000_u32 {
            assert_eq!(map.insert(number, number), None);
        }
        let before = map.clone();
        assert_eq!(map.insert(77, 1), Some(77));
        let shared = map.shards.iter().zip(&before.shards).filter(|(one, other)| Arc::ptr_eq(one, other)).count();
        assert_eq!(shared, SHARDS - 1);
        assert_eq!((map.get(&77), before.get(&77)), (Some(&1), Some(&77)));
        assert_eq!((map.remove(&77), map.remove(&77)), (Some(1), None));
        assert_eq!(map.get(&77), None);
        assert_eq!((map.len(), before.len(), map.values().count()), (9_999, 10_000, 9_999));
    }

    #[test]
    fn a_small_one_is_a_map_too() {
        let mut map = Sharded::default();
        assert_eq!((map.insert("a", 1), map.insert("a", 2), map.get("a"), map.len()), (None, Some(1), Some(&2), 1));
    }
}
