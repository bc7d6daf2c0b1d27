//! Memory: the tokens and roles of people's files and of the managed one, compiled into one immutable [`Snapshot`] and
//! swapped atomically.
//!
//! - A request takes one snapshot and uses no other.
//! - A file that is bad, torn, empty, missing or unreadable changes nothing: the last good snapshot stays in force, and
//!   the log (once), [`Status`] and the counters say so. At start there is no last good one: the store does not open.
//! - People's files are never written. What the gateway itself makes goes to one managed file (`managed`, `edit`). Neither
//!   stops the other: where one of the two is bad, its last good state stays and the other one is taken in.
//!
//! One reload: `watch` notices → `files` reads every file at rest and whole → `yaml` and `schema` read the text →
//! `compile` gives it meaning → the pointer is swapped.

mod audit;
pub mod change;
mod compile;
pub mod drift;
mod edit;
pub mod entry;
mod files;
mod issuer;
mod managed;
mod mask;
mod nearest;
mod parts;
pub mod pipes;
pub mod principal;
pub mod report;
mod schema;
mod sharded;
pub mod snapshot;
mod table;
mod watch;
pub(crate) mod yaml;

pub use change::{Authority, Changed, NewToken, OnWidening, Replacement, Unchanged};
pub use compile::Key;
pub use drift::Drift;
use edit::Draft;
pub use entry::{Entry, Previous};
pub use files::Paths;
pub(crate) use files::read_at_rest;
pub use issuer::{Claims, JwtScope, KeySets, KeySource, Own};
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
use compile::Author;
use files::Contents;
use issuer::{Issuers, Language};
use parts::{Look, Parts, Trust};
use table::{Table, clash};

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
    /// How the gateway's own JSON Web Tokens are signed and read; `None` takes none.
    pub own: Option<Own>,
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
    keys: Arc<KeySets>,
    snapshot: ArcSwap<Snapshot>,
    /// The files in force. Held during a reload and an edit, so that two do not cross.
    good: Mutex<Good>,
    /// What is wrong with the files on disk. Held for a moment only: `/health` asks for it.
    bad: Mutex<Option<Bad>>,
    reloads_ok: AtomicU64,
    reloads_failed: AtomicU64,
}

/// What the snapshot in force was made of.
#[derive(Debug)]
struct Good {
    /// The hash of people's files.
    people: [u8; 32],
    /// The managed ones.
    parts: Parts,
}

/// Files that were refused.
#[derive(Debug, PartialEq, Eq)]
struct Bad {
    hashes: Hashes,
    summary: String,
}

/// The hashes of people's files and of the managed ones, of those that could be read whole.
type Hashes = [Option<[u8; 32]>; 2];

impl Store {
    /// Reads and compiles the files.
    ///
    /// # Errors
    /// A [`Report`] on the first thing wrong: without a good state there is nothing to serve.
    pub fn open(paths: Paths, compile: Compile) -> Result<Self, Report> {
        let (store, clash) = Self::open_whatever_clashes(paths, compile)?;
        clash.map_or(Ok(store), Err)
    }

    /// The same, but where people's files and the managed ones know the same token, that of people's files is left out: for
    /// whoever takes the managed one out of the way. Never to serve with.
    ///
    /// # Errors
    /// A [`Report`] on the first other thing wrong.
    pub fn open_whatever_clashes(paths: Paths, compile: Compile) -> Result<(Self, Option<Report>), Report> {
        let (contents, found) = read(&paths, &compile)?;
        let keys = Arc::<KeySets>::default();
        let mut people = people(&compile, &contents, found, &keys)?;
        let look = Parts::default().look(&paths, Trust::Nothing)?;
        let (parts, table) = look.compile(&compile, &people.hot, &Parts::default(), &Table::large())?;
        let clash = clash(&people.table, &table, paths.managed.as_deref().unwrap_or(&paths.tokens)).err();
        if clash.is_some() {
            people.table = Arc::new(people.table.without(&table));
        }
        let snapshot = Snapshot::new(1, people, compile.key.clone(), Arc::new(table));
        let store = Self {
            paths,
            compile,
            keys,
            snapshot: ArcSwap::from_pointee(snapshot),
            good: Mutex::new(Good { people: contents.hash, parts }),
            bad: Mutex::new(None),
            reloads_ok: AtomicU64::new(0),
            reloads_failed: AtomicU64::new(0),
        };
        if clash.is_none() {
            let snapshot = store.snapshot();
            snapshot.take_effect();
            tell_unserved(&snapshot);
        }
        Ok((store, clash))
    }

    /// The dialect of the row filters.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.compile.dialect
    }

    /// The snapshot in force. A request takes one and uses no other.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    /// The public keys of the issuers: whoever fetches them asks what is due and puts in what came.
    #[must_use]
    pub fn keys(&self) -> &Arc<KeySets> {
        &self.keys
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
        let contents = read(&self.paths, &self.compile);
        let look = good.parts.look(&self.paths, Trust::Settled);
        let hashes = [contents.as_ref().ok().map(|(contents, _)| contents.hash), look.as_ref().ok().map(Look::hash)];
        if contents.is_ok() && look.is_ok() {
            if lock(&self.bad).as_ref().is_some_and(|bad| bad.hashes == hashes) {
                return;
            }
            if hashes == [Some(good.people), Some(good.parts.hash())] {
                if let Some(parts) = look.ok().and_then(|look| look.unchanged()) {
                    good.parts = parts;
                }
                return self.recover();
            }
        }
        let base = self.snapshot.load_full();
        let mut wrong = None;
        let mut next = base.again();
        match contents {
            Ok((contents, _)) if contents.hash == good.people => {}
            Ok((contents, found)) => match people(&self.compile, &contents, found, &self.keys) {
                Ok(people) => next.take_people(people),
                Err(report) => wrong = Some(report),
            },
            Err(report) => wrong = Some(report),
        }
        // A filter may have become unreadable with a function that is permitted no more.
        let stricter = next.extensions.functions != base.extensions.functions;
        let look = if stricter { good.parts.look(&self.paths, Trust::Nothing) } else { look };
        let changed = |look: Look| match look.unchanged() {
            Some(_) => Ok(None),
            None => look.compile(&self.compile, &next.hot(), &good.parts, &base.managed).map(Some),
        };
        let mut parts = None;
        match look.and_then(changed) {
            Ok(None) => {}
            Ok(Some((found, table))) => (parts, next.managed) = (Some(found), Arc::new(table)),
            Err(report) => wrong = wrong.or(Some(report)),
        }
        let path = self.paths.managed.as_deref().unwrap_or(&self.paths.tokens);
        let same = Arc::ptr_eq(&next.people, &base.people) && parts.is_none();
        if !same {
            if let Err(report) = clash(&next.people, &next.managed, path) {
                return self.keep(hashes, &report);
            }
            if let Some(parts) = parts {
                self.tell_changes(&good.parts, &parts);
                good.parts = parts;
            }
            if !Arc::ptr_eq(&next.people, &base.people) {
                good.people = hashes[0].unwrap_or(good.people);
                next.take_effect();
                tell_unserved(&next);
            }
            let (generation, tokens) = (next.generation, next.len());
            self.snapshot.store(Arc::new(next));
            self.reloads_ok.fetch_add(1, Ordering::Relaxed);
            tracing::info!(generation, tokens, "the tokens were read again");
        }
        match wrong {
            Some(report) => self.keep(hashes, &report),
            None => self.recover(),
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

    /// Keeps the last good state, and says so once for each thing that is wrong.
    fn keep(&self, hashes: Hashes, report: &Report) {
        let summary = report.summary();
        let mut bad = lock(&self.bad);
        let new = bad.as_ref().is_none_or(|bad| bad.summary != summary);
        *bad = Some(Bad { hashes, summary });
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

/// What people's files say.
struct People {
    hot: Hot,
    table: Arc<Table>,
    issuers: Arc<Issuers>,
    pipes: Arc<crate::pipe::Pipes>,
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

/// People's files, compiled.
fn people(compile: &Compile, contents: &Contents, found: Found, keys: &Arc<KeySets>) -> Result<People, Report> {
    let Found { hot, pipes } = found;
    let mut table = compile::compile(&contents.tokens, compile.dialect, &hot.extensions, Author::People)?;
    let language = Language { dialect: compile.dialect, extensions: hot.extensions.clone() };
    let issuers = Issuers::new(std::mem::take(&mut table.issuers), compile.own.clone(), language, Arc::clone(keys));
    let pipes = crate::pipe::Pipes::compile(pipes, compile.dialect);
    Ok(People { hot, table: Arc::new(table), issuers: Arc::new(issuers), pipes: Arc::new(pipes) })
}

/// A panic elsewhere leaves these values whole: each is replaced in one step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
