//! Memory: the tokens and roles of people's files, compiled into one immutable [`Snapshot`] and swapped atomically.
//!
//! - A request takes one snapshot and uses no other.
//! - A file that is bad, torn, empty, missing or unreadable changes nothing: the last good snapshot stays in force, and
//!   the log (once), [`Status`] and the counters say so. At start there is no last good one: the store does not open.
//! - The files are never written.
//!
//! One reload: `watch` notices → `files` reads every file at rest and whole → `yaml` and `schema` read the text →
//! `compile` gives it meaning → the pointer is swapped.

mod compile;
mod files;
mod mask;
mod nearest;
pub mod pipes;
pub mod principal;
pub mod report;
mod schema;
pub mod snapshot;
mod watch;
pub(crate) mod yaml;

pub use compile::Key;
pub use files::Paths;
pub(crate) use files::read_at_rest;
pub use principal::Principal;
pub use report::Report;
pub(crate) use report::Show;
pub use snapshot::Snapshot;

use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;

use crate::sql::{Dialect, Extensions, Limits};
use crate::token::signed::SigningKey;
use files::Contents;

/// What the last reload did, for `/health`, the metric and the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The generation in force; it grows by one with every snapshot that is taken in.
    pub generation: u64,
    /// Why the files on disk are not the ones in force, if they are not. Never contains a secret.
    pub stale: Option<String>,
}

/// The part of `gateway.yaml` that takes effect without a restart.
#[derive(Debug, Clone, Default)]
pub struct Hot {
    /// Bounds on statements.
    pub limits: Limits,
    /// What the deployment adds to the dialect's lists.
    pub extensions: Extensions,
    /// Where pipes come from.
    pub pipes: pipes::Places,
}

/// Reads [`Hot`] from the path and the text of `gateway.yaml`. The store stands below the configuration and knows no
/// more of it.
pub type ReadHot = Arc<dyn Fn(&Path, &str) -> Result<Hot, Report> + Send + Sync>;

/// What the files are compiled with.
#[derive(Clone)]
pub struct Compile {
    /// The dialect of the row filters.
    pub dialect: Dialect,
    /// The key that signs token values.
    pub key: SigningKey,
    /// In force while there is no `gateway.yaml`.
    pub hot: Hot,
    /// How `gateway.yaml` is read.
    pub read_hot: ReadHot,
}

impl fmt::Debug for Compile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Compile").field("dialect", &self.dialect).finish_non_exhaustive()
    }
}

/// The store: hands out snapshots, and keeps the last good one.
#[derive(Debug)]
pub struct Store {
    paths: Paths,
    compile: Compile,
    snapshot: ArcSwap<Snapshot>,
    /// The hash of the files in force. Held during a reload, so that two do not cross.
    good: Mutex<[u8; 32]>,
    /// What is wrong with the files on disk. Held for a moment only: `/health` asks for it.
    bad: Mutex<Option<Bad>>,
    reloads_ok: AtomicU64,
    reloads_failed: AtomicU64,
}

/// Files that were refused.
#[derive(Debug, PartialEq, Eq)]
struct Bad {
    /// Their hash, if they could be read whole.
    hash: Option<[u8; 32]>,
    summary: String,
}

impl Store {
    /// Reads and compiles the files.
    ///
    /// # Errors
    /// A [`Report`] on the first thing wrong: without a good state there is nothing to serve.
    pub fn open(paths: Paths, compile: Compile) -> Result<Self, Report> {
        let (contents, found) = read(&paths, &compile)?;
        let snapshot = build(&compile, &contents, found, 1)?;
        tell_unserved(&snapshot);
        Ok(Self {
            paths,
            compile,
            snapshot: ArcSwap::from_pointee(snapshot),
            good: Mutex::new(contents.hash),
            bad: Mutex::new(None),
            reloads_ok: AtomicU64::new(0),
            reloads_failed: AtomicU64::new(0),
        })
    }

    /// The snapshot in force. A request takes one and uses no other.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    /// What the last reload did.
    #[must_use]
    pub fn status(&self) -> Status {
        let stale = lock(&self.bad).as_ref().map(|bad| bad.summary.clone());
        Status { generation: self.snapshot.load().generation, stale }
    }

    /// How many times changed files were taken in since the start.
    #[must_use]
    pub fn reloads_ok(&self) -> u64 {
        self.reloads_ok.load(Ordering::Relaxed)
    }

    /// How many times changed files were refused since the start.
    #[must_use]
    pub fn reloads_failed(&self) -> u64 {
        self.reloads_failed.load(Ordering::Relaxed)
    }

    /// Reads the files again and takes them in if they are good and have changed. Blocks while it reads and compiles.
    pub fn reload(&self) {
        let mut good = lock(&self.good);
        let (contents, found) = match read(&self.paths, &self.compile) {
            Ok(read) => read,
            Err(report) => return self.keep(None, &report),
        };
        let known_bad = lock(&self.bad).as_ref().is_some_and(|bad| bad.hash == Some(contents.hash));
        if known_bad {
            return;
        }
        if contents.hash == *good {
            return self.recover();
        }
        let generation = self.snapshot.load().generation + 1;
        match build(&self.compile, &contents, found, generation) {
            Ok(snapshot) => {
                tell_unserved(&snapshot);
                let tokens = snapshot.principals().len();
                self.snapshot.store(Arc::new(snapshot));
                *good = contents.hash;
                self.reloads_ok.fetch_add(1, Ordering::Relaxed);
                self.recover();
                tracing::info!(generation, tokens, "the tokens were read again");
            }
            Err(report) => self.keep(Some(contents.hash), &report),
        }
    }

    /// Writes a pipe of the API's and takes it in. Blocks.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write_pipe(&self, name: &str, text: &str) -> std::io::Result<()> {
        self.snapshot.load().pipe_places().write(name, text)?;
        self.reload();
        Ok(())
    }

    /// Removes a pipe of the API's and forgets it. Blocks.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub fn remove_pipe(&self, name: &str) -> std::io::Result<()> {
        self.snapshot.load().pipe_places().remove(name)?;
        self.reload();
        Ok(())
    }

    /// What can be seen of all files without reading them.
    fn look(&self) -> impl PartialEq + Send + use<> {
        (self.paths.look(), self.snapshot.load().pipe_places().look())
    }

    /// Keeps the last good snapshot, and says so once for each thing that is wrong.
    fn keep(&self, hash: Option<[u8; 32]>, report: &Report) {
        let summary = report.summary();
        let mut bad = lock(&self.bad);
        let new = bad.as_ref().is_none_or(|bad| bad.summary != summary);
        *bad = Some(Bad { hash, summary });
        if new {
            self.reloads_failed.fetch_add(1, Ordering::Relaxed);
            let generation = self.snapshot.load().generation;
            tracing::error!(generation, reason = %report.summary(), "the files are refused; the last good state stays");
        }
    }

    fn recover(&self) {
        if lock(&self.bad).take().is_some() {
            tracing::info!(generation = self.snapshot.load().generation, "the files are good again");
        }
    }
}

/// What stands beside the tokens: the hot part of `gateway.yaml`, and the pipes where it says they are.
struct Found {
    hot: Hot,
    pipes: Vec<crate::pipe::Source>,
}

/// Reads every file. The hash is of all of them.
fn read(paths: &Paths, compile: &Compile) -> Result<(Contents, Found), Report> {
    let mut contents = paths.read()?;
    let hot = match &contents.gateway {
        Some(gateway) => (compile.read_hot)(&gateway.path, &gateway.text)?,
        None => compile.hot.clone(),
    };
    let (pipes, hash) = hot.pipes.read();
    for (byte, other) in contents.hash.iter_mut().zip(hash) {
        *byte ^= other;
    }
    Ok((contents, Found { hot, pipes }))
}

/// Pipes that cannot be served stop nothing else; the log names each.
fn tell_unserved(snapshot: &Snapshot) {
    for unserved in snapshot.pipes().unserved() {
        tracing::warn!(pipe = unserved.name, "this pipe is not served: {unserved}");
    }
}

fn build(compile: &Compile, contents: &Contents, found: Found, generation: u64) -> Result<Snapshot, Report> {
    let Found { hot, pipes } = found;
    let pipes = crate::pipe::Pipes::compile(pipes, compile.dialect);
    let table = compile::compile(&contents.tokens, compile.dialect, &hot.extensions)?;
    Ok(Snapshot::new(generation, hot.limits, hot.extensions, compile.key.clone(), table).with_pipes(pipes, hot.pipes))
}

/// A panic elsewhere leaves these values whole: each is replaced in one step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
