//! Reads the files whole: what a writer is still at is not taken for what was meant.

use std::fs::{self, File, Metadata};
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::compile::{Source, digest};
use super::report::Report;
use super::yaml;

/// Where the store's files are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// `tokens.yaml`; every `*.yaml` in the directory `tokens.d` beside it belongs to it.
    pub tokens: PathBuf,
    /// The file that the gateway alone writes; `None` where it keeps no tokens of its own.
    pub managed: Option<PathBuf>,
    /// `gateway.yaml`, whose limits and functions are read again too.
    pub gateway: Option<PathBuf>,
}

/// People's files, read.
pub(super) struct Contents {
    pub(super) gateway: Option<Source>,
    pub(super) tokens: Vec<Source>,
    pub(super) hash: [u8; 32],
}

/// Device, inode, length, times of content and of metadata.
pub(super) type Identity = (u64, u64, u64, (i64, i64), (i64, i64));

/// A file that was read, and what could be seen of it then.
pub(super) struct Read {
    pub(super) source: Source,
    pub(super) identity: Identity,
}

/// What can be seen of one path without reading it.
type Seen = (PathBuf, Option<PathBuf>, Option<Identity>);

/// How often a file that changes while it is read is read again, and the pause between.
const ATTEMPTS: u32 = 5;
const PAUSE: Duration = Duration::from_millis(15);

impl Paths {
    /// `tokens.d`, beside `tokens.yaml`.
    pub(super) fn directory(&self) -> PathBuf {
        self.tokens.with_extension("d")
    }

    /// The directories to watch: never the files, whose watch a rename would carry away.
    pub(super) fn watched(&self) -> Vec<PathBuf> {
        let parent = |path: &Path| match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        let mut directories = vec![parent(&self.tokens), self.directory()];
        directories.extend(self.gateway.as_deref().map(parent));
        directories.extend(self.managed.as_deref().map(parent));
        directories.extend(self.managed_directory());
        directories.sort();
        directories.dedup();
        directories
    }

    /// What can be seen of the files without reading them. It changes with every way of replacing one of them.
    pub(super) fn look(&self) -> Vec<Seen> {
        let mut paths: Vec<PathBuf> = self.gateway.iter().cloned().collect();
        paths.push(self.tokens.clone());
        paths.push(self.directory());
        paths.extend(yaml_in(&self.directory()).unwrap_or_default());
        let seen = |path: PathBuf| {
            let canonical = fs::canonicalize(&path).ok();
            let metadata = identity_of(&path);
            (path, canonical, metadata)
        };
        // The gateway's own are no links that could lead elsewhere.
        let own = |path: PathBuf| {
            let metadata = identity_of(&path);
            (path, None, metadata)
        };
        let managed = self.managed_files().unwrap_or_default().into_iter().map(own);
        paths.into_iter().map(seen).chain(managed).collect()
    }

    /// The directory of the parts of the managed file, beside it.
    pub(super) fn managed_directory(&self) -> Option<PathBuf> {
        self.managed.as_deref().map(|path| path.with_extension("d"))
    }

    /// The managed file, if there is one, and its parts in order.
    ///
    /// # Errors
    /// A [`Report`] when one is missing: the file itself beside a part of it, or a number among the parts.
    pub(super) fn managed_files(&self) -> Result<Vec<PathBuf>, Report> {
        let (Some(path), Some(directory)) = (&self.managed, self.managed_directory()) else { return Ok(Vec::new()) };
        let parts = yaml_in(&directory).map_err(|error| unreadable(&directory, &error))?;
        let missing = (1..).zip(&parts).map(|(number, part)| (part_of(&directory, number), part));
        if let Some((missing, _)) = missing.into_iter().find(|(expected, part)| expected != *part) {
            return Err(Report::new(&missing, "this part of the managed file is gone")
                .hint("put it back: the tokens in it are known nowhere else"));
        }
        match path.symlink_metadata() {
            Ok(_) => Ok(std::iter::once(path.clone()).chain(parts).collect()),
            Err(_) if parts.is_empty() => Ok(Vec::new()),
            Err(_) => Err(Report::new(path, "the managed file is gone")),
        }
    }

    /// Reads people's files, each at rest and whole.
    ///
    /// # Errors
    /// A [`Report`] on a file that is missing, unreadable, empty, torn or still being written.
    pub(super) fn read(&self) -> Result<Contents, Report> {
        let gateway = self.gateway.as_deref().map(source).transpose()?;
        let parts = yaml_in(&self.directory()).map_err(|error| unreadable(&self.directory(), &error))?;
        let mut tokens = vec![source(&self.tokens)?];
        for part in parts {
            tokens.push(source(&part)?);
        }
        let mut hash = Sha256::new();
        for source in gateway.iter().chain(&tokens) {
            hash.update(digest(&source.path, &source.text));
        }
        Ok(Contents { gateway, tokens, hash: hash.finalize().into() })
    }
}

/// The file of one part of the managed tokens; they are counted from one.
pub(super) fn part_of(directory: &Path, number: usize) -> PathBuf {
    directory.join(format!("{number:06}.yaml"))
}

/// The files in `tokens.d` or one like it, by name. Hidden ones (editors' copies, Kubernetes' `..data`) are not among them.
fn yaml_in(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut parts = entries.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>()?;
    parts.retain(|path| {
        let hidden = path.file_name().is_none_or(|name| name.as_encoded_bytes().starts_with(b"."));
        !hidden && path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
    });
    parts.sort();
    Ok(parts)
}

fn source(path: &Path) -> Result<Source, Report> {
    read(path).map(|read| read.source)
}

/// Reads a file whole.
///
/// # Errors
/// A [`Report`] on a file that is missing, unreadable, empty, torn or still being written.
pub(super) fn read(path: &Path) -> Result<Read, Report> {
    let (bytes, identity) = at_rest(path)?;
    let text = yaml::whole(path, &bytes)?.to_owned();
    Ok(Read { source: Source { path: path.to_owned(), text }, identity })
}

/// The bytes of a file that did not change while they were read.
pub(crate) fn read_at_rest(path: &Path) -> Result<Vec<u8>, Report> {
    at_rest(path).map(|(bytes, _)| bytes)
}

fn at_rest(path: &Path) -> Result<(Vec<u8>, Identity), Report> {
    for attempt in 0..ATTEMPTS {
        if attempt > 0 {
            thread::sleep(PAUSE);
        }
        if let Some(read) = read_once(path).map_err(|error| unreadable(path, &error))? {
            return Ok(read);
        }
    }
    Err(Report::new(path, "the file changes while it is read").hint("write a new file and rename it into place"))
}

/// The bytes, or `None` when the file was not the same before and after.
fn read_once(path: &Path) -> io::Result<Option<(Vec<u8>, Identity)>> {
    // Before it is opened: to open a named pipe would wait for a writer, and every later change would wait with it.
    let is_file = |metadata: &Metadata| metadata.is_file().then_some(()).ok_or(io::Error::other("it is not a file"));
    is_file(&fs::metadata(path)?)?;
    let file = File::open(path)?;
    let before = file.metadata()?;
    is_file(&before)?;
    if before.len() > yaml::LARGEST {
        return Err(io::Error::other("it is larger than 256 MiB"));
    }
    let mut bytes = Vec::new();
    (&file).take(yaml::LARGEST).read_to_end(&mut bytes)?;
    // By path: after a rename the open file is at rest, and not the one that counts.
    let after = fs::metadata(path)?;
    let same = identity(&before) == identity(&after) && u64::try_from(bytes.len()).is_ok_and(|n| n == after.len());
    Ok(same.then_some((bytes, identity(&before))))
}

/// What can be seen of the file there is at the path.
pub(super) fn identity_of(path: &Path) -> Option<Identity> {
    fs::metadata(path).ok().as_ref().map(identity)
}

fn identity(metadata: &Metadata) -> Identity {
    let modified = (metadata.mtime(), metadata.mtime_nsec());
    (metadata.dev(), metadata.ino(), metadata.len(), modified, (metadata.ctime(), metadata.ctime_nsec()))
}

fn unreadable(path: &Path, error: &io::Error) -> Report {
    Report::new(path, format!("the file cannot be read: {error}"))
}
