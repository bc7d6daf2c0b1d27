//! The datafiles of a folder, with everything below it.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use crate::pipe::datafile::{self, Datafile, Purpose, Reason, Untyped};
use crate::pipe::datasource::{self, Datasource};
use crate::store::pipes::{LARGEST, below};

/// A project's files, in the order of their paths.
#[derive(Debug, Clone, Default)]
pub struct Project {
    /// `.datasource` files.
    pub datasources: Vec<File<Datasource>>,
    /// `.pipe` files.
    pub pipes: Vec<File<(Datafile, Purpose)>>,
    /// `.incl` files: parts of others.
    pub includes: Vec<PathBuf>,
}

/// One file, as it was read.
#[derive(Debug, Clone)]
pub struct File<T> {
    /// Where it is, below the project's folder.
    pub path: PathBuf,
    /// What it describes: the file's name without its ending.
    pub name: String,
    /// Its text.
    pub text: String,
    /// What it says, or why that is not understood.
    pub read: Result<T, Reason>,
}

impl Project {
    /// Reads a folder.
    ///
    /// # Errors
    /// When the folder cannot be read. A file that cannot be read is told of like one that is not understood.
    pub fn read(folder: &Path, untyped: Untyped) -> io::Result<Self> {
        std::fs::read_dir(folder)?;
        let mut paths = Vec::new();
        below(folder, &["datasource", "incl", "pipe"], &mut paths);
        paths.sort();
        let mut project = Self::default();
        for path in paths {
            let relative = path.strip_prefix(folder).unwrap_or(&path).to_owned();
            match path.extension().and_then(|extension| extension.to_str()) {
                Some("datasource") => project.datasources.push(file(&path, relative, datasource::parse)),
                Some("pipe") => {
                    project.pipes.push(file(&path, relative, |text| datafile::parse_any(text, untyped)));
                }
                _ => project.includes.push(relative),
            }
        }
        namesakes(&mut project.datasources);
        namesakes(&mut project.pipes);
        Ok(project)
    }

    /// Whether it has no datafile at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.datasources.is_empty() && self.pipes.is_empty()
    }
}

fn file<T>(path: &Path, relative: PathBuf, read: impl Fn(&str) -> Result<T, Reason>) -> File<T> {
    let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let text = match std::fs::metadata(path) {
        Ok(metadata) if metadata.len() > LARGEST => Err("the file is larger than 1 MiB".to_owned()),
        Ok(_) => std::fs::read_to_string(path).map_err(|error| format!("the file cannot be read: {error}")),
        Err(error) => Err(format!("the file cannot be read: {error}")),
    };
    match text {
        Ok(text) => File { path: relative, name, read: read(&text), text },
        Err(message) => File { path: relative, name, read: Err(Reason::whole(message)), text: String::new() },
    }
}

/// Two files of one name are two answers to one question: neither is taken.
fn namesakes<T>(files: &mut [File<T>]) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for file in files.iter() {
        *counts.entry(file.name.clone()).or_default() += 1;
    }
    for file in files.iter_mut().filter(|file| counts.get(&file.name).is_some_and(|count| *count > 1)) {
        file.read = Err(Reason::whole("another file of the project has this name"));
    }
}
