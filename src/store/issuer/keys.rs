//! The public keys of issuers. Somebody else fetches them; here they are kept, and asked for.

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;

use crate::token::jwt::{Algorithm, KeySet, MalformedKeySet};

/// How old keys may be before they are fetched again.
const REFRESH: Duration = Duration::from_secs(300);
/// How soon a source is tried again that failed.
const RETRY: Duration = Duration::from_secs(5);
/// How soon a source is asked again because of a key that nobody knows: tokens with made-up ids cause no storm.
const ASK: Duration = Duration::from_secs(10);

/// Where a key set is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeySource {
    /// Fetched over HTTP.
    Url(String),
    /// Read from a file.
    File(PathBuf),
}

impl fmt::Display for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(url) => f.write_str(url),
            Self::File(path) => path.display().fmt(f),
        }
    }
}

type Wanted = (KeySource, Algorithm);

/// The key sets that the issuers in force need.
#[derive(Debug, Default)]
pub struct KeySets {
    sets: ArcSwap<HashMap<Wanted, Arc<KeySet>>>,
    sources: Mutex<HashMap<KeySource, Source>>,
}

#[derive(Debug, Default, Clone)]
struct Source {
    algorithms: Vec<Algorithm>,
    tried: Option<Instant>,
    failed: bool,
    asked: bool,
}

impl KeySets {
    pub(super) fn get(&self, source: &KeySource, algorithm: Algorithm) -> Option<Arc<KeySet>> {
        self.sets.load().get(&(source.clone(), algorithm)).cloned()
    }

    /// A token named a key that is not there: the source is due again, soon but not at once.
    pub(super) fn ask(&self, source: &KeySource) {
        if let Some(source) = self.lock().get_mut(source) {
            source.asked = true;
        }
    }

    /// These are the sources in force from now on; the keys of others are forgotten.
    pub(super) fn want(&self, wanted: impl Iterator<Item = Wanted>) {
        let wanted: Vec<Wanted> = wanted.collect();
        let mut sources = self.lock();
        let mut now: HashMap<KeySource, Source> = HashMap::new();
        for (source, algorithm) in &wanted {
            let known = sources.remove(source).unwrap_or_default();
            let entry = now.entry(source.clone()).or_insert(Source { algorithms: Vec::new(), ..known });
            if !entry.algorithms.contains(algorithm) {
                entry.algorithms.push(*algorithm);
            }
            if !self.sets.load().contains_key(&(source.clone(), *algorithm)) {
                entry.tried = None;
            }
        }
        *sources = now;
        let mut sets = HashMap::clone(&self.sets.load());
        sets.retain(|key, _| wanted.contains(key));
        self.sets.store(Arc::new(sets));
    }

    /// The sources that should be fetched now. Each is marked as tried.
    #[must_use]
    pub fn due(&self) -> Vec<KeySource> {
        self.due_at(Instant::now())
    }

    fn due_at(&self, now: Instant) -> Vec<KeySource> {
        let mut sources = self.lock();
        let due = sources.iter_mut().filter(|(_, source)| {
            let wait = match source {
                Source { failed: true, .. } => RETRY,
                Source { asked: true, .. } => ASK,
                _ => REFRESH,
            };
            source.tried.is_none_or(|tried| now.saturating_duration_since(tried) >= wait)
        });
        due.map(|(name, source)| {
            source.tried = Some(now);
            source.asked = false;
            name.clone()
        })
        .collect()
    }

    /// Takes in what a source holds now. The same keys change nothing.
    ///
    /// # Errors
    /// [`MalformedKeySet`]; the keys that were there stay.
    pub fn put(&self, name: &KeySource, text: &[u8]) -> Result<(), MalformedKeySet> {
        let algorithms = self.lock().get(name).map(|source| source.algorithms.clone()).unwrap_or_default();
        let parsed = algorithms.iter().map(|algorithm| Ok((*algorithm, KeySet::parse(text, *algorithm)?)));
        let parsed = parsed.collect::<Result<Vec<_>, _>>()?;
        let mut sets = HashMap::clone(&self.sets.load());
        for (algorithm, set) in parsed {
            let entry = sets.entry((name.clone(), algorithm)).or_default();
            if !entry.is_same(&set) {
                *entry = Arc::new(set);
            }
        }
        self.sets.store(Arc::new(sets));
        Ok(())
    }

    /// Notes whether the last try failed, and says whether that is news.
    pub fn failed(&self, name: &KeySource, failed: bool) -> bool {
        let mut sources = self.lock();
        let Some(source) = sources.get_mut(name) else { return false };
        std::mem::replace(&mut source.failed, failed) != failed
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<KeySource, Source>> {
        self.sources.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source() -> KeySource {
        KeySource::Url("https://keys.example/".to_owned())
    }

    #[test]
    fn unknown_keys_cause_no_storm() {
        let keys = KeySets::default();
        keys.want([(source(), Algorithm::EdDsa)].into_iter());
        let start = Instant::now();
        assert_eq!(keys.due_at(start), [source()]);
        keys.failed(&source(), false);
        let fetched = (1..=3_000).filter(|tenth| {
            keys.ask(&source());
            !keys.due_at(start + Duration::from_millis(tenth * 100)).is_empty()
        });
        assert_eq!(fetched.count(), 30, "five minutes of made-up ids, one fetch in ten seconds");
    }

    #[test]
    fn a_source_that_fails_is_tried_again_and_its_old_keys_stay() {
        let keys = KeySets::default();
        keys.want([(source(), Algorithm::EdDsa)].into_iter());
        let text = br#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
        let start = Instant::now();
        assert_eq!(keys.due_at(start).len(), 1);
        keys.put(&source(), text).unwrap();
        let first = keys.get(&source(), Algorithm::EdDsa).unwrap();
        keys.put(&source(), text).unwrap();
        assert!(Arc::ptr_eq(&first, &keys.get(&source(), Algorithm::EdDsa).unwrap()), "the same keys change nothing");
        assert!(keys.due_at(start + Duration::from_secs(6)).is_empty());
        assert!(keys.put(&source(), b"{}").is_err());
        assert!(keys.failed(&source(), true) && !keys.failed(&source(), true), "news once");
        assert_eq!(keys.due_at(start + Duration::from_secs(6)).len(), 1);
        assert!(Arc::ptr_eq(&first, &keys.get(&source(), Algorithm::EdDsa).unwrap()));
        keys.want(std::iter::empty());
        assert!(keys.get(&source(), Algorithm::EdDsa).is_none(), "an issuer that is gone takes its keys along");
    }
}
