//! The copy of the working tree in which faults are seeded: `target/faults/tree`, built into `target/faults/target`.
//!
//! Only files that differ are written, so that a second run builds only what changed. The compiled dependencies are copied
//! once from the ordinary target folder.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::shell::{Outcome, cargo, program, read, root, run, say, target};

use super::list::Fault;
use super::switch::{self, Bodies, Share};

/// The copy.
#[derive(Debug)]
pub(super) struct Tree {
    root: PathBuf,
    target: PathBuf,
}

/// A fault in the copy; dropping it takes the fault out again.
#[derive(Debug)]
#[must_use]
pub(super) struct Seeded(Vec<(PathBuf, String)>);

impl Tree {
    /// The tracked files as they are in the working tree.
    pub(super) fn make() -> Outcome<Self> {
        let place = target().join("faults");
        let tree = Self { root: place.join("tree"), target: place.join("target") };
        tree.mend()?;
        tree.dependencies()?;
        Ok(tree)
    }

    /// Makes the copy what the working tree is.
    pub(super) fn mend(&self) -> Outcome {
        self.mend_but(&BTreeMap::new())
    }

    /// Makes the copy what the working tree is, with these files (by their names in the tree) instead of its own.
    fn mend_but(&self, changed: &BTreeMap<PathBuf, String>) -> Outcome {
        let listed = read(program("git", ["ls-files", "-z"]).current_dir(root()))?;
        let tracked: BTreeSet<&Path> = listed.split('\0').filter(|name| !name.is_empty()).map(Path::new).collect();
        for name in tracked.iter().filter(|name| !changed.contains_key(**name)) {
            copy(&root().join(name), &self.root.join(name))?;
        }
        for (name, text) in changed {
            write(&self.root.join(name), text.as_bytes())?;
        }
        let kept = tracked.into_iter().chain(changed.keys().map(PathBuf::as_path)).collect();
        for folder in ["src", "tests"] {
            prune(&self.root, &self.root.join(folder), &kept)?;
        }
        Ok(())
    }

    /// The faults that fit behind a switch.
    pub(super) fn switchable<'a>(&self, faults: &'a [Fault]) -> Outcome<Vec<&'a Fault>> {
        let mut bodies: BTreeMap<&str, (String, Bodies)> = BTreeMap::new();
        let files: BTreeSet<&str> =
            faults.iter().flat_map(|fault| &fault.edits).map(|edit| edit.file.as_str()).collect();
        for file in files {
            let text = source(file)?;
            let found = Bodies::of(file, &text);
            bodies.insert(file, (text, found));
        }
        let fits = |fault: &&Fault| {
            let mut edits = fault.edits.iter().map(|edit| (edit, bodies.get(edit.file.as_str())));
            edits.all(|(edit, bodies)| bodies.is_some_and(|(text, bodies)| bodies.around(text, edit).is_some()))
        };
        Ok(faults.iter().filter(|fault| fault.compiles).filter(fits).collect())
    }

    /// Puts these faults behind the switch, all at once; their numbers are their places in the list, from 1.
    pub(super) fn switch(&self, faults: &[&Fault]) -> Outcome {
        let mut shares: BTreeMap<&str, Vec<Share<'_>>> = BTreeMap::new();
        for (position, fault) in faults.iter().enumerate() {
            for edit in &fault.edits {
                let shares = shares.entry(&edit.file).or_default();
                match shares.iter_mut().find(|share| share.number == position + 1) {
                    Some(share) => share.edits.push(edit),
                    None => shares.push(Share { number: position + 1, name: &fault.name, edits: vec![edit] }),
                }
            }
        }
        let mut changed = BTreeMap::new();
        for (file, shares) in shares {
            let text = source(file)?;
            changed.insert(PathBuf::from(file), Bodies::of(file, &text).switched(&text, &shares));
        }
        let library = changed.remove(Path::new("src/lib.rs")).map_or_else(|| source("src/lib.rs"), Ok)?;
        changed.insert("src/lib.rs".into(), library + switch::DECLARATION);
        changed.insert("src/seeded.rs".into(), switch::MODULE.to_owned());
        self.mend_but(&changed)
    }

    /// The names of the faults whose bodies the compiler points at: `  --> src/sql/wall.rs:12:5`.
    pub(super) fn blamed(&self, talk: &str) -> BTreeSet<String> {
        let places = talk.lines().filter_map(|line| line.trim_start().strip_prefix("--> "));
        let blame = |place: &str| {
            let mut parts = place.split(':');
            let (file, line) = (parts.next()?, parts.next()?.parse().ok()?);
            let text = fs::read_to_string(self.root.join(file)).ok()?;
            switch::at(&text, line).map(str::to_owned)
        };
        places.filter_map(blame).collect()
    }

    /// Makes the fault's edits.
    pub(super) fn seed(&self, fault: &Fault) -> Outcome<Seeded> {
        let mut seeded = Seeded(Vec::new());
        for (path, before, after) in self.edited(fault)? {
            seeded.0.push((path.clone(), before));
            fs::write(&path, after).map_err(|error| format!("writing `{}`: {error}", path.display()))?;
        }
        Ok(seeded)
    }

    /// Whether each of the fault's edits fits exactly once.
    pub(super) fn check(&self, fault: &Fault) -> Outcome {
        self.edited(fault).map(drop)
    }

    /// Each file that the fault changes, before and after.
    fn edited(&self, fault: &Fault) -> Outcome<Vec<(PathBuf, String, String)>> {
        let mut files: Vec<(PathBuf, String, String)> = Vec::new();
        for edit in &fault.edits {
            let path = self.root.join(&edit.file);
            let position = match files.iter().position(|(known, ..)| *known == path) {
                Some(position) => position,
                None => {
                    let text =
                        fs::read_to_string(&path).map_err(|error| format!("reading `{}`: {error}", edit.file))?;
                    files.push((path, text.clone(), text));
                    files.len() - 1
                }
            };
            let Some((_, _, text)) = files.get_mut(position) else { continue };
            let found = text.matches(&edit.old).count();
            if found != 1 {
                return Err(format!("its old text stands {found} times in `{}`", edit.file).into());
            }
            *text = text.replacen(&edit.old, &edit.new, 1);
        }
        Ok(files)
    }

    /// The cargo that builds and tests the copy. No debug information: it would only make the builds slower.
    pub(super) fn cargo(&self) -> Command {
        let mut cargo = cargo();
        cargo.current_dir(&self.root).env("CARGO_TARGET_DIR", &self.target).env("CARGO_PROFILE_DEV_DEBUG", "0");
        cargo.env("CARGO_INCREMENTAL", "1");
        cargo.env("INSTA_UPDATE", "no").env_remove("PORTCULLIS_BLESS");
        cargo
    }

    /// Copies what cargo has built, times included, by which it knows it again.
    fn dependencies(&self) -> Outcome {
        let (from, to) = (target().join("debug"), self.target.join("debug"));
        if to.join("deps").exists() || !from.join("deps").exists() {
            return Ok(());
        }
        say("· copying the compiled dependencies (once)");
        fs::create_dir_all(&to).map_err(|error| format!("making `{}`: {error}", to.display()))?;
        let parts = ["build", ".fingerprint", "deps"].map(|part| from.join(part));
        run(program("cp", ["--archive", "--reflink=auto"]).args(parts).arg(to))
    }
}

impl Drop for Seeded {
    fn drop(&mut self) {
        for (path, before) in self.0.iter().rev() {
            // What cannot be written back is mended by the next run, before it tests anything.
            let _ = fs::write(path, before);
        }
    }
}

/// Copies a file that differs; one that is gone from the working tree goes.
fn copy(from: &Path, to: &Path) -> Outcome {
    let told = |error: std::io::Error| format!("copying `{}`: {error}", from.display());
    let Ok(content) = fs::read(from) else {
        let _ = fs::remove_file(to);
        return Ok(());
    };
    if fs::read(to).is_ok_and(|known| known == content) {
        return Ok(());
    }
    to.parent().map_or(Ok(()), fs::create_dir_all).map_err(told)?;
    fs::copy(from, to).map(drop).map_err(told)?;
    Ok(())
}

/// Writes a file that differs.
fn write(to: &Path, content: &[u8]) -> Outcome {
    if fs::read(to).is_ok_and(|known| known == content) {
        return Ok(());
    }
    fs::write(to, content).map_err(|error| format!("writing `{}`: {error}", to.display()).into())
}

/// A file of the working tree.
fn source(file: &str) -> Outcome<String> {
    fs::read_to_string(root().join(file)).map_err(|error| format!("reading `{file}`: {error}").into())
}

/// Removes what is no longer tracked: an old test would still run.
fn prune(root: &Path, folder: &Path, tracked: &BTreeSet<&Path>) -> Outcome {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            prune(root, &path, tracked)?;
        } else if path.strip_prefix(root).is_ok_and(|name| !tracked.contains(name)) {
            fs::remove_file(&path).map_err(|error| format!("removing `{}`: {error}", path.display()))?;
        }
    }
    Ok(())
}
