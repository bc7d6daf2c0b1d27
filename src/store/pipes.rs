//! Where the pipes' files are, and how they are read.
//!
//! - Directories are read with everything below them: Tinybird's `pipes/`, `endpoints/` and whatever else a project has.
//! - People's files are never written. What the API makes stands in one directory of the gateway's own, each file written
//!   beside its place, synchronised and renamed into it.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sha2::{Digest as _, Sha256};

use crate::pipe::datafile::{Reason, Untyped};
use crate::pipe::{Origin, Source};

use super::files::read_at_rest;

/// Where pipes come from.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Places {
    /// Those of `gateway.yaml`.
    pub inline: Vec<Source>,
    /// Directories of people's files.
    pub directories: Vec<PathBuf>,
    /// The directory of the API's.
    pub managed: Option<PathBuf>,
    /// What people's files without any TYPE publish.
    pub untyped: Untyped,
}

/// How deep a project's folders are read, and how many files of it.
const DEEPEST: usize = 8;
const MOST: usize = 10_000;

/// The largest file of a pipe, in bytes.
pub(crate) const LARGEST: u64 = 1024 * 1024;

/// What can be seen of a file without reading it.
pub(super) type Seen = (PathBuf, Option<(u64, SystemTime)>);

impl Places {
    /// What can be seen without reading.
    pub(super) fn look(&self) -> Vec<Seen> {
        let seen = |(path, _): (PathBuf, bool)| {
            let metadata = fs::metadata(&path).ok();
            let seen = metadata.and_then(|metadata| Some((metadata.len(), metadata.modified().ok()?)));
            (path, seen)
        };
        self.files().into_iter().map(seen).collect()
    }

    /// Every pipe, and a digest of all that was read.
    pub(super) fn read(&self) -> (Vec<Source>, [u8; 32]) {
        let mut hash = Sha256::new();
        let mut sources = self.inline.clone();
        for (path, managed) in self.files() {
            let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            let origin = if managed { Origin::Managed(path.clone()) } else { Origin::File(path.clone()) };
            let metadata = fs::metadata(&path);
            let modified = metadata.as_ref().ok().and_then(|metadata| metadata.modified().ok());
            let text = match metadata {
                Ok(metadata) if metadata.len() > LARGEST => Err("the file is larger than 1 MiB".to_owned()),
                Err(error) => Err(format!("the file cannot be read: {error}")),
                Ok(_) => read_at_rest(&path)
                    .map_err(|report| report.summary())
                    .and_then(|bytes| String::from_utf8(bytes).map_err(|_| "the file is not UTF-8".to_owned())),
            };
            hash.update(Sha256::digest(path.as_os_str().as_encoded_bytes()));
            hash.update(Sha256::digest(text.as_deref().unwrap_or_else(|error| error)));
            sources.push(match text {
                Ok(text) => Source::read(&name, origin, modified, &text, self.untyped),
                Err(message) => Source { name, origin, modified, file: Err(Reason::whole(message)), reads: None },
            });
        }
        (sources, hash.finalize().into())
    }

    /// Every `.pipe` file in order, and whether it is the API's.
    fn files(&self) -> Vec<(PathBuf, bool)> {
        let mut files = Vec::new();
        for directory in &self.directories {
            below(directory, &["pipe"], &mut files);
        }
        files.sort();
        files.dedup();
        let mut files: Vec<_> = files.into_iter().map(|path| (path, false)).collect();
        let mut managed = Vec::new();
        if let Some(directory) = &self.managed {
            walk(directory, 1, &["pipe"], &mut managed);
        }
        managed.sort();
        files.extend(managed.into_iter().map(|path| (path, true)));
        files
    }

    /// Writes a pipe of the API's: whole, or not at all.
    pub(super) fn write(&self, name: &str, text: &str) -> io::Result<()> {
        let directory = self.managed()?;
        fs::create_dir_all(directory)?;
        let temporary = directory.join(format!(".{name}.{}.tmp", std::process::id()));
        let written = File::create(&temporary).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            fs::rename(&temporary, directory.join(format!("{name}.pipe")))?;
            File::open(directory)?.sync_all()
        });
        written.inspect_err(|_| {
            let _ = fs::remove_file(&temporary);
        })
    }

    /// Removes a pipe of the API's.
    pub(super) fn remove(&self, name: &str) -> io::Result<()> {
        let directory = self.managed()?;
        fs::remove_file(directory.join(format!("{name}.pipe")))?;
        File::open(directory)?.sync_all()
    }

    fn managed(&self) -> io::Result<&Path> {
        self.managed.as_deref().ok_or_else(|| io::Error::other("there is no directory for the API's pipes"))
    }
}

/// Every file below a directory with one of these endings, in no order.
pub(crate) fn below(directory: &Path, endings: &[&str], found: &mut Vec<PathBuf>) {
    walk(directory, DEEPEST, endings, found);
}

fn walk(directory: &Path, depth: usize, endings: &[&str], found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    for path in entries.filter_map(|entry| entry.ok().map(|entry| entry.path())) {
        let hidden = path.file_name().is_none_or(|name| name.as_encoded_bytes().starts_with(b"."));
        if hidden || found.len() >= MOST {
            continue;
        }
        if path.is_dir() {
            if depth > 1 {
                walk(&path, depth - 1, endings, found);
            }
        } else if path.extension().is_some_and(|extension| endings.iter().any(|ending| extension == *ending)) {
            found.push(path);
        }
    }
}
