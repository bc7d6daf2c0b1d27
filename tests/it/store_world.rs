//! A store in a directory of its own, watched.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use portcullis::store::Store;
use tempfile::TempDir;

pub(crate) use crate::properties::store::{compile, open};

/// One token named `name`, that may read the rows of one tenant.
pub(crate) fn file(name: &str) -> String {
    format!(
        "version: 1\ntokens:\n  - name: {name}\n    id: {name}\n    scopes: ['DATASOURCES:READ:events:org_id = 1']\n...\n"
    )
}

pub(crate) struct World {
    pub(crate) directory: TempDir,
    pub(crate) tokens: PathBuf,
    pub(crate) store: Arc<Store>,
    watch: tokio::task::JoinHandle<()>,
}

impl World {
    /// A store over a file that `prepare` puts there, watched for long enough to be at rest.
    pub(crate) async fn new(prepare: impl FnOnce(&Path) -> PathBuf) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let tokens = prepare(directory.path());
        let store = Arc::new(open(&tokens).unwrap());
        let watch = tokio::spawn(Arc::clone(&store).watch());
        tokio::time::sleep(Duration::from_millis(200)).await;
        Self { directory, tokens, store, watch }
    }

    /// A store over a plain `tokens.yaml` with one token, `one`.
    pub(crate) async fn plain() -> Self {
        Self::new(|directory| {
            let tokens = directory.join("tokens.yaml");
            fs::write(&tokens, file("one")).unwrap();
            tokens
        })
        .await
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.store.snapshot().principals().map(|principal| principal.name.to_string()).collect()
    }

    /// Waits for at most a second, the time in which a change must be seen.
    pub(crate) async fn within_a_second(&self, what: &str, seen: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        while !seen(self) {
            assert!(start.elapsed() < Duration::from_secs(1), "{what}: {:?} {:?}", self.names(), self.store.status());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    pub(crate) async fn names_become(&self, names: &[&str]) {
        self.within_a_second("the names", |world| world.names() == names).await;
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.watch.abort();
    }
}
