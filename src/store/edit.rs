//! One edit of the managed tokens: compile, write, swap, in that order, under one lock.
//!
//! - It is decided on what stands on the disk: what another process wrote meanwhile is read first.
//! - It is compiled from the very line that will be written.
//! - It writes one part of the managed file, whole, and no other.
//! - The new state is in force before the call returns: a token that was removed is refused on the next request.
//! - People's files stay as they are in force: a reload that is due is not done here, and not undone.

use std::path::Path;
use std::sync::Arc;

use super::change::{Changed, Unchanged};
use super::compile::{self, Author, Source};
use super::files::part_of;
use super::parts::{Part, Parts, ROOM, Trust};
use super::table::{Table, clash};
use super::{Entry, Good, Report, Snapshot, Store, lock, managed};

/// A change that is being put together.
#[derive(Debug)]
pub(super) struct Draft {
    snapshot: Arc<Snapshot>,
    file: Arc<Path>,
    pub(super) before: Option<Arc<Entry>>,
    pub(super) after: Option<Entry>,
}

impl Draft {
    /// The state that is changed.
    pub(super) fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// The file in which a new token will stand.
    pub(super) fn file(&self) -> Arc<Path> {
        Arc::clone(&self.file)
    }
}

impl Store {
    /// Decides on a change and makes it. Blocks while another edit or a reload is at work, and while the file is synced.
    ///
    /// # Errors
    /// What `decide` says, or that the file cannot be read or written; then nothing has changed.
    pub(super) fn edit(&self, decide: impl FnOnce(&mut Draft) -> Result<(), Unchanged>) -> Result<Changed, Unchanged> {
        let path = self.paths.managed.as_deref().ok_or(Unchanged::NoFile)?;
        let mut good = lock(&self.good);
        // Held until the end: the other writers wait.
        let _turn = managed::lock(path).map_err(Unchanged::Unwritten)?;
        self.on_disk(&mut good)?;
        self.cut(&mut good)?;
        let mut draft =
            Draft { snapshot: self.snapshot(), file: self.room(path, &good.parts), before: None, after: None };
        decide(&mut draft)?;
        let Draft { snapshot: base, before, after, .. } = draft;
        let after = after.map(|entry| self.compiled(&base, &entry)).transpose().map_err(Unchanged::Broken)?;
        if let Some(after) = &after {
            clash(&base.people, &Table::of(after), path).map_err(Unchanged::Broken)?;
        }
        let Some(file) = before.as_ref().or(after.as_ref()).map(|entry| Arc::clone(&entry.file)) else {
            return Ok(Changed { before, after, snapshot: base });
        };
        let mut tokens = good.parts.iter().find(|part| part.path == file).map(|p| p.tokens.clone()).unwrap_or_default();
        tokens.retain(|entry| before.as_ref().is_none_or(|before| entry.name() != before.name()));
        tokens.extend(after.clone());
        let told = good.parts.told_by(&file);
        good.parts.put(written(file, tokens, told).map_err(Unchanged::Unwritten)?);
        count(&mut good.parts);
        let mut table = Table::clone(&base.managed);
        before.iter().for_each(|entry| table.remove(entry));
        after.iter().for_each(|entry| drop(table.insert(entry)));
        let snapshot = self.take_managed(&base, table);
        Ok(Changed { before, after, snapshot })
    }

    /// Takes in what another process has written to the managed files.
    fn on_disk(&self, good: &mut Good) -> Result<(), Unchanged> {
        let look = good.parts.look(&self.paths, Trust::Look).map_err(Unchanged::Broken)?;
        if let Some(parts) = look.unchanged() {
            good.parts = parts;
            return Ok(());
        }
        let base = self.snapshot();
        let path = self.paths.managed.as_deref().unwrap_or(&self.paths.tokens);
        let (parts, table) =
            look.compile(&self.compile, &base.hot(), &good.parts, &base.managed).map_err(Unchanged::Broken)?;
        clash(&base.people, &table, path).map_err(Unchanged::Broken)?;
        self.tell_changes(&good.parts, &parts);
        good.parts = parts;
        // In force at once, whether the edit comes about or not.
        self.take_managed(&base, table);
        Ok(())
    }

    /// Cuts the managed file where it has grown too large, or a cut was not finished: the new parts are written first, and
    /// while a token stands in both it stands in both alike.
    fn cut(&self, good: &mut Good) -> Result<(), Unchanged> {
        let (Some(directory), Some(first)) = (self.paths.managed_directory(), good.parts.iter().next().cloned()) else {
            return Ok(());
        };
        if !first.uncut && first.tokens.len() <= 2 * ROOM {
            return Ok(());
        }
        let base = self.snapshot();
        // What is on the disk when this breaks off half-way is read again by the next edit.
        let mut parts = good.parts.clone();
        let mut table = Table::clone(&base.managed);
        let mut chunks = first.tokens.chunks(ROOM);
        let kept = chunks.next().unwrap_or_default();
        for chunk in chunks {
            let path: Arc<Path> = part_of(&directory, parts.iter().len()).into();
            let moved = |entry: &Arc<Entry>| Arc::new(Entry { file: Arc::clone(&path), ..Entry::clone(entry) });
            let tokens: Vec<_> = chunk.iter().map(moved).collect();
            parts.put(written(path, tokens.clone(), 0).map_err(Unchanged::Unwritten)?);
            for entry in &tokens {
                table.remove(entry);
                table.insert(entry);
            }
        }
        let told = parts.told_by(&first.path);
        parts.put(written(Arc::clone(&first.path), kept.to_vec(), told).map_err(Unchanged::Unwritten)?);
        good.parts = parts;
        self.take_managed(&base, table);
        Ok(())
    }

    /// The file that has room for one more token: the first that has, or a new one.
    fn room(&self, path: &Path, parts: &Parts) -> Arc<Path> {
        let directory = self.paths.managed_directory().unwrap_or_default();
        match parts.iter().find(|part| part.tokens.len() < ROOM) {
            Some(part) => Arc::clone(&part.path),
            None if parts.iter().len() == 0 => path.into(),
            None => part_of(&directory, parts.iter().len()).into(),
        }
    }

    /// Puts the managed tokens in force.
    fn take_managed(&self, base: &Snapshot, table: Table) -> Arc<Snapshot> {
        let snapshot = Arc::new(base.with_managed(Arc::new(table)));
        self.snapshot.store(Arc::clone(&snapshot));
        snapshot
    }

    /// The token as a reader of the file will understand it.
    fn compiled(&self, base: &Snapshot, entry: &Entry) -> Result<Arc<Entry>, Report> {
        let source = Source { path: entry.file.to_path_buf(), text: managed::text(std::iter::once(entry), 0) };
        let table = compile::compile(&[source], self.dialect(), &base.extensions, Author::Gateway)?;
        // A line that says something else than was meant must never be written.
        let read = table.by_name.values().next().filter(|read| ***read == *entry).cloned();
        read.ok_or_else(|| Report::new(&entry.file, format!("the token `{}` cannot be written", entry.name())))
    }
}

/// Has the managed file say how many parts there are. The new one counts already: without this it is only not missed.
fn count(parts: &mut Parts) {
    let Some(first) = parts.iter().next().cloned() else { return };
    let told = parts.told_by(&first.path);
    if first.told == told {
        return;
    }
    match written(Arc::clone(&first.path), first.tokens.clone(), told) {
        Ok(part) => parts.put(part),
        Err(error) => tracing::warn!(%error, file = %first.path.display(), "the managed file cannot be written"),
    }
}

/// Writes one part.
fn written(path: Arc<Path>, mut tokens: Vec<Arc<Entry>>, told: usize) -> std::io::Result<Part> {
    tokens.sort_by(|a, b| a.name().cmp(b.name()));
    let text = managed::text(tokens.iter().map(AsRef::as_ref), told);
    managed::write(&path, &text)?;
    Ok(Part::new(path, &text, tokens, told))
}
