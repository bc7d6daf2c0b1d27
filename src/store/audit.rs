//! The audit log of the tokens: who did what to which, and which scopes are wider or narrower for it. Filters and values are
//! not in it.
//!
//! What another process changes in the managed files (`portcullis token`, a hand) is told by the gateway when it takes it in.

use std::collections::HashMap;
use std::sync::Arc;

use super::change::Changed;
use super::parts::Parts;
use super::{Drift, Entry, Store};

/// Who changed a token, where all that is known is that its file is another.
const FILES: &str = "the managed file";

impl Changed {
    /// Writes the line of the audit log.
    pub fn tell(&self, by: &str, action: &'static str) {
        tell(by, action, self.before.as_deref(), self.after.as_deref());
    }
}

impl Store {
    /// Tells what is different in the files that another process wrote.
    pub(super) fn tell_changes(&self, before: &Parts, after: &Parts) {
        for (before, after) in changes(before, after) {
            let action = match (&before, &after) {
                (None, _) => "create",
                (_, None) => "remove",
                (Some(before), Some(after)) if before.key != after.key => "refresh",
                (Some(_), Some(_)) => "replace",
            };
            tell(FILES, action, before.as_deref(), after.as_deref());
        }
    }
}

/// A token before and after.
type Change = (Option<Arc<Entry>>, Option<Arc<Entry>>);

/// The tokens that are not the same: known again by their name, or where that is another by their id.
fn changes(before: &Parts, after: &Parts) -> Vec<Change> {
    let tokens = |parts: &Parts, other: &Parts| -> HashMap<Arc<str>, Arc<Entry>> {
        let others: Vec<_> = other.iter().map(Arc::as_ptr).collect();
        let changed = parts.iter().filter(|part| !others.contains(&Arc::as_ptr(part)));
        changed
            .flat_map(|part| &part.tokens)
            .map(|entry| (Arc::clone(&entry.principal.name), Arc::clone(entry)))
            .collect()
    };
    let (old, mut new) = (tokens(before, after), tokens(after, before));
    let ids: HashMap<_, _> =
        new.values().filter_map(|entry| Some((entry.id()?.clone(), Arc::clone(&entry.principal.name)))).collect();
    let mut changes = Vec::new();
    for (name, entry) in old {
        let renamed = || ids.get(entry.id()?);
        let now = match new.remove(&name) {
            Some(now) => Some(now),
            None => renamed().cloned().and_then(|name| new.remove(&name)),
        };
        let moved =
            now.as_ref().is_some_and(|now| Entry { file: Arc::clone(&now.file), ..Entry::clone(&entry) } == **now);
        if !moved {
            changes.push((Some(entry), now));
        }
    }
    changes.extend(new.into_values().map(|entry| (None, Some(entry))));
    changes
}

fn tell(by: &str, action: &'static str, before: Option<&Entry>, after: Option<&Entry>) {
    let policy = |entry: Option<&Entry>| entry.map(|entry| Arc::clone(&entry.principal.policy)).unwrap_or_default();
    let drift = Drift::between(&policy(before), &policy(after));
    let (before, after) = (before.map(Entry::name), after.map(Entry::name));
    tracing::info!(
        target: "audit",
        by,
        action,
        of = before.or(after),
        renamed = after.filter(|after| before.is_some_and(|before| before != *after)),
        change = drift.word(),
        widened = drift.widened.join(", "),
        narrowed = drift.narrowed.join(", "),
        changed = drift.changed.join(", "),
        "audit: a token was changed"
    );
}
