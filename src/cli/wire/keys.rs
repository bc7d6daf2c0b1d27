//! Keeps the public keys of issuers fresh.

use std::sync::Arc;
use std::time::Duration;

use crate::store::{KeySets, KeySource};
use crate::upstream::fetch::fetch;

/// How often it is looked whether something is due.
const LOOK: Duration = Duration::from_millis(250);
/// The largest key set, in bytes.
const LARGEST: usize = 256 * 1024;

/// Fetches what is due until dropped. Keys that cannot be fetched stay as they were.
pub(super) async fn watch(keys: Arc<KeySets>) {
    let mut ticks = tokio::time::interval(LOOK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let due = keys.due();
        futures_util::future::join_all(due.iter().map(|source| refresh(&keys, source))).await;
    }
}

async fn refresh(keys: &KeySets, source: &KeySource) {
    let text = match source {
        KeySource::Url(url) => fetch(url, LARGEST).await.map(Vec::from).map_err(|error| error.to_string()),
        KeySource::File(path) => tokio::fs::read(path).await.map_err(|error| error.to_string()),
    };
    let taken = text.and_then(|text| keys.put(source, &text).map_err(|error| error.to_string()));
    if keys.failed(source, taken.is_err()) {
        match taken {
            Ok(()) => tracing::info!(%source, "the keys of an issuer are read again"),
            Err(reason) => tracing::warn!(%source, reason, "the keys of an issuer cannot be read; the last ones stay"),
        }
    }
}
