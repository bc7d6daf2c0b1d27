//! One edit of the managed file: compile, write, swap, in that order, under one lock.
//!
//! - It is decided on what stands on the disk: what another process wrote meanwhile is read first.
//! - It is compiled from the very line that will be written.
//! - The new state is in force before the call returns: a token that was removed is refused on the next request.
//! - People's files stay as they are in force: a reload that is due is not done here, and not undone.

use std::path::Path;
use std::sync::Arc;

use super::change::{Changed, Unchanged};
use super::compile::{self, Author, Source, Table, clash};
use super::files::identity_of;
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
        let base = self.on_disk(&mut good)?;
        let mut draft = Draft { snapshot: base, file: path.into(), before: None, after: None };
        decide(&mut draft)?;
        let Draft { snapshot: base, before, after, .. } = draft;
        let after = after.map(|entry| self.compiled(path, &base, &entry)).transpose().map_err(Unchanged::Broken)?;
        let table = next(&base.managed, before.as_deref(), after.as_ref());
        if let Some(after) = &after {
            clash(&base.people, &Table::of(after), path).map_err(Unchanged::Broken)?;
        }
        let text = managed::text_of(&table);
        managed::write(path, &text).map_err(Unchanged::Unwritten)?;
        good.managed = Some(compile::digest(path, &text));
        good.seen = identity_of(path);
        let snapshot = Arc::new(base.with_managed(Arc::new(table)));
        self.snapshot.store(Arc::clone(&snapshot));
        Ok(Changed { before, after, snapshot })
    }

    /// The state in force, with the managed file as it stands on the disk now.
    fn on_disk(&self, good: &mut Good) -> Result<Arc<Snapshot>, Unchanged> {
        let base = self.snapshot();
        let Some(path) = self.paths.managed.as_deref() else { return Ok(base) };
        if good.seen.is_some() && identity_of(path) == good.seen {
            return Ok(base);
        }
        let Some(source) = self.paths.read_managed().map_err(Unchanged::Broken)? else { return Ok(base) };
        let digest = compile::digest(&source.path, &source.text);
        good.seen = None;
        if good.managed == Some(digest) {
            return Ok(base);
        }
        let table = self.table(&source, &base).map_err(Unchanged::Broken)?;
        clash(&base.people, &table, path).map_err(Unchanged::Broken)?;
        let snapshot = Arc::new(base.with_managed(Arc::new(table)));
        // In force at once, whether the edit comes about or not.
        self.snapshot.store(Arc::clone(&snapshot));
        good.managed = Some(digest);
        Ok(snapshot)
    }

    fn table(&self, source: &Source, base: &Snapshot) -> Result<Table, Report> {
        compile::compile(std::slice::from_ref(source), self.dialect(), &base.extensions, Author::Gateway)
    }

    /// The token as a reader of the file will understand it.
    fn compiled(&self, path: &Path, base: &Snapshot, entry: &Entry) -> Result<Arc<Entry>, Report> {
        let source = Source { path: path.to_owned(), text: managed::text(std::iter::once(entry)) };
        let read = self.table(&source, base)?.by_name.into_values().next();
        // A line that says something else than was meant must never be written.
        read.filter(|read| **read == *entry)
            .ok_or_else(|| Report::new(path, format!("the token `{}` cannot be written", entry.name())))
    }
}

fn next(table: &Table, before: Option<&Entry>, after: Option<&Arc<Entry>>) -> Table {
    let mut table = table.clone();
    if let Some(before) = before {
        table.remove(before);
    }
    if let Some(after) = after {
        table.insert(after);
    }
    table
}
