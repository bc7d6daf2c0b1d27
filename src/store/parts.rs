//! The managed tokens as they lie on the disk: one file, and beside it the parts that it grew.
//!
//! - A token stands in one of them for all its life, so that an edit writes one small file and not 100,000 tokens.
//! - What looks as it did when it was read is not read again. A file that was changed a moment ago is read once more: within
//!   one tick of its clock two contents look the same.
//! - A file that is missing refuses the whole: the tokens in it are known nowhere else. Parts are counted without a gap, and
//!   the file says how many there are at least.
//! - A file that has grown too large is cut: its tokens are written to new parts first, then taken out of it. A token that
//!   stands in both, and in both alike, is what a crash between the two left; the part counts.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use sha2::{Digest as _, Sha256};

use super::compile::{self, Author, Source};
use super::files::{self, Identity, identity_of};
use super::table::Table;
use super::{Compile, Entry, Hot, Paths, Report};

/// How many tokens a part takes in.
pub(super) const ROOM: usize = 512;

/// How long after its last change a file's look is trusted, in seconds: longer than any file system's tick.
const SETTLED: i64 = 2;

/// All of them: the file first, then its parts. None at all where there is no file yet.
#[derive(Debug, Clone, Default)]
pub(super) struct Parts(Vec<Kept>);

/// One, and how it looked.
#[derive(Debug, Clone)]
struct Kept {
    part: Arc<Part>,
    seen: Option<Identity>,
    /// Whether a later change must show in its look.
    settled: bool,
}

/// One file's content.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) path: Arc<Path>,
    hash: [u8; 32],
    /// By name.
    pub(super) tokens: Vec<Arc<Entry>>,
    /// How many parts there are beside it, at least.
    pub(super) told: usize,
    /// Whether it has tokens that stand in another part too: a cut that was not finished.
    pub(super) uncut: bool,
}

/// The files, looked at again.
pub(super) struct Look(Vec<Looked>);

enum Looked {
    Same(Kept),
    Read { source: Source, hash: [u8; 32], seen: Identity },
}

/// What is believed of a file that looks as it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// That it is the same.
    Look,
    /// That it is the same if its last change was some time before.
    Settled,
    /// Nothing.
    Nothing,
}

impl Part {
    pub(super) fn new(path: Arc<Path>, text: &str, tokens: Vec<Arc<Entry>>, told: usize) -> Self {
        let hash = compile::digest(&path, text);
        Self { path, hash, tokens, told, uncut: false }
    }
}

impl Parts {
    /// What tells two states apart.
    pub(super) fn hash(&self) -> [u8; 32] {
        hash(self.0.iter().map(|kept| &kept.part.hash))
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &Arc<Part>> {
        self.0.iter().map(|kept| &kept.part)
    }

    /// How many parts that file is to say that there are: the first one tells, the others tell nothing.
    pub(super) fn told_by(&self, path: &Path) -> usize {
        let is_first = self.0.first().is_some_and(|first| &*first.part.path == path);
        if is_first { self.0.len() - 1 } else { 0 }
    }

    /// Puts a part that was just written in the place of the one with its path, or behind the others.
    pub(super) fn put(&mut self, part: Part) {
        let seen = identity_of(&part.path);
        let kept = Kept { settled: false, seen, part: Arc::new(part) };
        match self.0.iter_mut().find(|known| known.part.path == kept.part.path) {
            Some(known) => *known = kept,
            None => self.0.push(kept),
        }
    }

    /// Looks at the files again and reads those that may have changed.
    ///
    /// # Errors
    /// A [`Report`] on the first one that is gone or cannot be read whole.
    pub(super) fn look(&self, paths: &Paths, trust: Trust) -> Result<Look, Report> {
        let files = paths.managed_files()?;
        if let Some(gone) = self.0.get(files.len()) {
            return Err(Report::new(&gone.part.path, "the managed file is gone"));
        }
        let known: HashMap<&Path, &Kept> = self.0.iter().map(|kept| (&*kept.part.path, kept)).collect();
        let look = |path: &PathBuf| {
            let kept = known.get(path.as_path());
            let trusted = kept.filter(|kept| match trust {
                Trust::Look => true,
                Trust::Settled => kept.settled,
                Trust::Nothing => false,
            });
            if let Some(kept) = trusted.filter(|kept| kept.seen.is_some() && identity_of(path) == kept.seen) {
                return Ok(Looked::Same((*kept).clone()));
            }
            let read = files::read(path)?;
            let hash = compile::digest(path, &read.source.text);
            match kept.filter(|kept| kept.part.hash == hash && trust != Trust::Nothing) {
                Some(kept) => Ok(Looked::Same(Kept::new(Arc::clone(&kept.part), read.identity))),
                None => Ok(Looked::Read { source: read.source, hash, seen: read.identity }),
            }
        };
        files.iter().map(look).collect::<Result<_, Report>>().map(Look)
    }
}

impl Kept {
    fn new(part: Arc<Part>, seen: Identity) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let changed = seen.4.0;
        let settled = i64::try_from(now).is_ok_and(|now| changed.saturating_add(SETTLED) <= now);
        Self { part, seen: Some(seen), settled }
    }
}

impl Look {
    /// What tells two states apart.
    pub(super) fn hash(&self) -> [u8; 32] {
        hash(self.0.iter().map(|looked| match looked {
            Looked::Same(kept) => &kept.part.hash,
            Looked::Read { hash, .. } => hash,
        }))
    }

    /// The parts, where nothing has changed.
    pub(super) fn unchanged(&self) -> Option<Parts> {
        let same = |looked: &Looked| if let Looked::Same(kept) = looked { Some(kept.clone()) } else { None };
        self.0.iter().map(same).collect::<Option<_>>().map(Parts)
    }

    /// Compiles what was read, and makes of `table`, which holds the tokens of `before`, the one that holds those of now.
    ///
    /// # Errors
    /// A [`Report`] on the first thing wrong; then nothing of it counts.
    pub(super) fn compile(
        self,
        compile: &Compile,
        hot: &Hot,
        before: &Parts,
        table: &Table,
    ) -> Result<(Parts, Table), Report> {
        let tokens = compiled(&self.0, compile, hot)?;
        let read = |(looked, tokens): (Looked, Option<Compiled>)| match looked {
            Looked::Same(kept) => kept,
            Looked::Read { source, hash, seen } => {
                let (path, (tokens, told)) = (source.path.as_path().into(), tokens.unwrap_or_default());
                Kept::new(Arc::new(Part { path, hash, tokens, told, uncut: false }), seen)
            }
        };
        let mut parts = Parts(self.0.into_iter().zip(tokens).map(read).collect());
        parts.all_there()?;
        let table = parts.taken_into(before, table)?;
        Ok((parts, table))
    }
}

impl Parts {
    fn all_there(&self) -> Result<(), Report> {
        let told = self.iter().map(|part| part.told).max().unwrap_or_default();
        match self.0.first() {
            Some(first) if told >= self.0.len() => {
                let message = format!("the managed file has {told} parts, and {} are there", self.0.len() - 1);
                Err(Report::new(&first.part.path, message)
                    .hint("put the others back: the tokens in them are known nowhere else"))
            }
            _ => Ok(()),
        }
    }

    /// The table with the tokens of these parts, where it has those of `before`.
    fn taken_into(&mut self, before: &Self, table: &Table) -> Result<Table, Report> {
        let old: HashMap<&Path, &Arc<Part>> = before.iter().map(|part| (&*part.path, part)).collect();
        let is_same = |part: &Arc<Part>| old.get(&*part.path).is_some_and(|old| Arc::ptr_eq(old, part));
        // The first one last, and always when there is a new part: a cut may have been at work.
        let grown = self.0.len() != before.0.len();
        let changed: Vec<usize> = (0..self.0.len())
            .rev()
            .filter(|&at| self.0.get(at).is_some_and(|kept| !is_same(&kept.part)) || (at == 0 && grown))
            .collect();
        let mut table = if changed.len() * 2 > self.0.len() {
            let mut fresh = Table::large();
            let kept = self.0.iter().enumerate().filter(|(at, _)| !changed.contains(at));
            kept.flat_map(|(_, kept)| &kept.part.tokens).for_each(|entry| drop(fresh.insert(entry)));
            fresh
        } else {
            let mut table = table.clone();
            let gone = changed.iter().filter_map(|&at| old.get(&*self.0.get(at)?.part.path));
            gone.flat_map(|part| &part.tokens).for_each(|entry| table.remove(entry));
            table
        };
        for at in changed {
            let Some(kept) = self.0.get_mut(at) else { continue };
            let part = &kept.part;
            let double = |entry: &&Arc<Entry>| {
                at == 0 && table.by_name.get(entry.name()).is_some_and(|other| is_copy(entry, other))
            };
            let doubles: Vec<&str> = part.tokens.iter().filter(double).map(|entry| entry.name()).collect();
            let tokens: Vec<_> =
                part.tokens.iter().filter(|entry| doubles.binary_search(&entry.name()).is_err()).cloned().collect();
            for entry in &tokens {
                if let Some((word, other)) = table.insert(entry) {
                    let message = format!(
                        "the tokens `{}` and `{}` in `{}` have the same {word}",
                        entry.name(),
                        other.name(),
                        other.file.display()
                    );
                    return Err(Report::new(&part.path, message));
                }
            }
            if !doubles.is_empty() {
                let (path, hash, told) = (Arc::clone(&part.path), part.hash, part.told);
                kept.part = Arc::new(Part { path, hash, tokens, told, uncut: true });
            }
        }
        Ok(table)
    }
}

/// The same token, written to another file.
fn is_copy(entry: &Entry, other: &Entry) -> bool {
    entry.file != other.file && Entry { file: Arc::clone(&other.file), ..entry.clone() } == *other
}

fn hash<'a>(hashes: impl Iterator<Item = &'a [u8; 32]>) -> [u8; 32] {
    let mut all = Sha256::new();
    hashes.for_each(|hash| all.update(hash));
    all.finalize().into()
}

/// The tokens of a file, by name, and how many parts it says that there are.
type Compiled = (Vec<Arc<Entry>>, usize);

/// The tokens of each file that was read; many files are shared among the processors.
fn compiled(looked: &[Looked], compile: &Compile, hot: &Hot) -> Result<Vec<Option<Compiled>>, Report> {
    let one = |looked: &Looked| match looked {
        Looked::Same(_) => Ok(None),
        Looked::Read { source, .. } => tokens(source, compile, hot).map(Some),
    };
    let many = thread::available_parallelism().map_or(1, usize::from).min(8);
    let each = looked.len().div_ceil(many).max(8);
    if looked.len() <= each {
        return looked.iter().map(one).collect();
    }
    thread::scope(|scope| {
        let one = &one;
        let workers: Vec<_> = looked
            .chunks(each)
            .map(|chunk| scope.spawn(move || chunk.iter().map(one).collect::<Result<Vec<_>, Report>>()))
            .collect();
        let mut all = Vec::with_capacity(looked.len());
        for worker in workers {
            match worker.join() {
                Ok(tokens) => all.extend(tokens?),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok(all)
    })
}

fn tokens(source: &Source, compile: &Compile, hot: &Hot) -> Result<Compiled, Report> {
    let table = compile::compile(std::slice::from_ref(source), compile.dialect, &hot.extensions, Author::Gateway)?;
    let mut tokens: Vec<_> = table.by_name.values().cloned().collect();
    tokens.sort_by(|a, b| a.name().cmp(b.name()));
    Ok((tokens, table.parts))
}
