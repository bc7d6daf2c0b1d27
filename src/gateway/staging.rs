//! The tables in which replacements are gathered: how they are called, and what a crash leaves of them.
//!
//! - `__pc_staging_<mark>_<id>`: the mark is that of a workspace on a database, so that replicas of a gateway know each
//!   other's and nobody else's; the id is a UUID of version 7, which holds the moment of its birth (RFC 9562 section 5.7).
//! - A table is swept when it is surely ours and twice as old as a replacement may ever become: no request is at work on
//!   it. Whatever else has a name of that kind is left alone.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sha2::{Digest as _, Sha256};

use crate::catalog::TableName;
use crate::upstream::Upstream;
use crate::upstream::change::Change;
use crate::upstream::intake::OWN_PREFIX;

/// The longest pause between two looks.
const LONGEST_PAUSE: Duration = Duration::from_secs(600);
/// The shortest.
const SHORTEST_PAUSE: Duration = Duration::from_millis(500);

/// How this workspace calls its gathering tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark(String);

impl Mark {
    pub(super) fn new(workspace: &str, database: &str) -> Self {
        let digest = Sha256::digest([workspace, "\0", database].concat().as_bytes());
        let hex: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        Self(format!("{OWN_PREFIX}staging_{hex}_"))
    }

    /// A name that nothing has.
    pub(super) fn name(&self) -> String {
        format!("{}{}", self.0, uuid::Uuid::now_v7().simple())
    }

    /// How old the table of that name is, if it is one of ours.
    fn age(&self, table: &str, now: SystemTime) -> Option<Duration> {
        let id = table.strip_prefix(&self.0).filter(|id| id.len() == 32)?;
        let plain = id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let id = uuid::Uuid::try_parse(id).ok().filter(|id| plain && id.get_version_num() == 7)?;
        let (seconds, nanoseconds) = id.get_timestamp()?.to_unix();
        // One that is from the future is not old.
        Some(now.duration_since(UNIX_EPOCH + Duration::new(seconds, nanoseconds)).unwrap_or_default())
    }
}

/// Sweeps at once and from time to time, until dropped. `longest` is how long a replacement may take.
pub async fn sweep(upstream: Arc<Upstream>, workspace: String, longest: Duration) {
    if !upstream.is_writable() {
        return;
    }
    let pause = longest.clamp(SHORTEST_PAUSE, LONGEST_PAUSE);
    loop {
        // Before there is a catalog the upstream is not there.
        if let Some(catalog) = upstream.catalog() {
            let mark = Mark::new(&workspace, catalog.default_database());
            once(&upstream, &mark, longest.saturating_mul(2)).await;
        }
        let ready = upstream.catalog().is_some();
        tokio::time::sleep(if ready { pause } else { SHORTEST_PAUSE }).await;
    }
}

async fn once(upstream: &Upstream, mark: &Mark, oldest: Duration) {
    let found = match upstream.leftovers().await {
        Ok(found) => found,
        Err(error) => {
            tracing::debug!(%error, "unfinished replacements could not be looked for");
            return;
        }
    };
    let now = SystemTime::now();
    let old = |name: &TableName| mark.age(&name.table, now).is_some_and(|age| age > oldest);
    for name in found.into_iter().filter(old) {
        match upstream.change(Change::Drop(name.clone()), true).await {
            Ok(()) => tracing::info!(table = %name, "an unfinished replacement was removed"),
            Err(error) => tracing::warn!(table = %name, %error, "an unfinished replacement could not be removed"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_ours_by_its_whole_name() {
        let (mark, other) = (Mark::new("w", "d"), Mark::new("w", "e"));
        let name = mark.name();
        let later = SystemTime::now() + Duration::from_secs(100);
        let age = mark.age(&name, later).unwrap();
        assert!((99..=100).contains(&age.as_secs()), "{age:?}");
        assert_eq!(mark.age(&name, UNIX_EPOCH), Some(Duration::ZERO));
        assert_eq!(other.age(&name, later), None);
        let version_4 = format!("{}{}", mark.0, uuid::Uuid::new_v4().simple());
        for stranger in [
            format!("{name}0"),
            name[..name.len() - 1].to_owned(),
            name.replacen("staging", "stagings", 1),
            format!("x{name}"),
            name.to_uppercase(),
            version_4,
            mark.0.clone(),
            "events".to_owned(),
        ] {
            assert_eq!(mark.age(&stranger, later), None, "{stranger}");
        }
    }
}
