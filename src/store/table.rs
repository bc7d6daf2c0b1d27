//! Tokens by all that they are found by.

use std::path::Path;
use std::sync::Arc;

use crate::token::moment::Moment;
use crate::token::{TokenDigest, TokenId};

use super::Entry;
use super::compile::Key;
use super::issuer::Issuer;
use super::report::Report;
use super::sharded::Sharded;

/// What several files say together.
#[derive(Debug, Clone, Default)]
pub(super) struct Table {
    pub(super) by_id: Sharded<TokenId, Known>,
    pub(super) by_digest: Sharded<TokenDigest, Arc<Entry>>,
    pub(super) by_name: Sharded<Arc<str>, Arc<Entry>>,
    pub(super) issuers: Vec<Issuer>,
    /// How many parts the managed file says that it has.
    pub(super) parts: usize,
}

/// What an id leads to.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) entry: Arc<Entry>,
    /// For the id that a token had before: until when it counts.
    pub(super) until: Option<Moment>,
}

impl Table {
    /// A table for many tokens, of which a changed copy is cheap.
    pub(super) fn large() -> Self {
        let (by_id, by_digest, by_name) = (Sharded::large(), Sharded::large(), Sharded::large());
        Self { by_id, by_digest, by_name, issuers: Vec::new(), parts: 0 }
    }

    /// A table of one token.
    pub(super) fn of(entry: &Arc<Entry>) -> Self {
        let mut table = Self::default();
        table.insert(entry);
        table
    }

    /// Takes a token in, under its name and all that it is recognised by. What was there under one of them is told.
    pub(super) fn insert(&mut self, entry: &Arc<Entry>) -> Option<(&'static str, Arc<Entry>)> {
        let known = |until| Known { entry: Arc::clone(entry), until };
        let other = match &entry.key {
            Key::Id(id) => self.by_id.insert(id.clone(), known(None)).map(|other| ("id", other.entry)),
            Key::Digest(digest) => self.by_digest.insert(*digest, Arc::clone(entry)).map(|other| ("digest", other)),
        };
        let previous = entry.previous.as_ref().and_then(|previous| {
            let other = self.by_id.insert(previous.id.clone(), known(Some(previous.until)));
            other.map(|other| ("id", other.entry))
        });
        let name = Arc::clone(&entry.principal.name);
        let named = self.by_name.insert(name, Arc::clone(entry)).map(|other| ("name", other));
        other.or(previous).or(named)
    }

    /// Takes a token out again.
    pub(super) fn remove(&mut self, entry: &Entry) {
        match &entry.key {
            Key::Id(id) => drop(self.by_id.remove(id)),
            Key::Digest(digest) => drop(self.by_digest.remove(digest)),
        }
        if let Some(previous) = &entry.previous {
            self.by_id.remove(&previous.id);
        }
        self.by_name.remove(entry.name());
    }

    /// The token here that has the name, the id or the digest of that one.
    fn like(&self, entry: &Entry) -> Option<&Arc<Entry>> {
        let mut ids = entry.id().into_iter().chain(entry.previous.as_ref().map(|previous| &previous.id));
        let by_digest = || if let Key::Digest(digest) = &entry.key { self.by_digest.get(digest) } else { None };
        let by_id = || ids.find_map(|id| self.by_id.get(id).map(|known| &known.entry));
        self.by_name.get(entry.name()).or_else(by_id).or_else(by_digest)
    }

    /// Takes the tokens out that `other` knows too.
    pub(super) fn without(&self, other: &Self) -> Self {
        let mut table = self.clone();
        let known: Vec<_> = self.by_name.values().filter(|entry| other.like(entry).is_some()).collect();
        known.into_iter().for_each(|entry| table.remove(entry));
        table
    }
}

/// People's files and the managed ones must not know the same token.
pub(super) fn clash(people: &Table, managed: &Table, path: &Path) -> Result<(), Report> {
    // The smaller one is looked up in the other.
    let (few, many) = if people.by_name.len() < managed.by_name.len() { (people, managed) } else { (managed, people) };
    let clashes = few.by_name.values().filter_map(|entry| Some((entry, many.like(entry)?)));
    match clashes.min_by_key(|(entry, _)| entry.name()) {
        None => Ok(()),
        Some((one, two)) => {
            let (ours, theirs) = if one.managed { (one, two) } else { (two, one) };
            let message = format!(
                "the token `{}` has the name or the id of `{}` in `{}`",
                ours.name(),
                theirs.name(),
                theirs.file.display()
            );
            let path = if ours.managed { &ours.file } else { path };
            Err(Report::new(path, message)
                .hint("`portcullis token rm` or `rename` takes the managed one out of the way"))
        }
    }
}
