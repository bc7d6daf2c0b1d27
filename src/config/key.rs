//! The key that signs token values: read, or made once.
//!
//! - It is 32 random bytes, written as 64 hex digits, in a file that only its owner may read.
//! - A file that exists is never written over: with the key, every token value would change.

use std::fmt::Write as _;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use crate::store::Report;
use crate::token::jwt::SharedKey;
use crate::token::signed::{ShortKey, SigningKey};

/// Where the key is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In a file; made there at the first start.
    File(PathBuf),
    /// In an environment variable.
    Variable(String),
}

/// Random bytes from the cryptographic provider, as hex digits.
///
/// # Errors
/// When the system has no randomness to give.
pub fn random_hex() -> io::Result<String> {
    let mut bytes = [0; 32];
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    provider.secure_random.fill(&mut bytes).map_err(|_| io::Error::other("the system gives no random bytes"))?;
    let mut hex = String::with_capacity(64);
    bytes.iter().try_for_each(|byte| write!(hex, "{byte:02x}")).map_err(io::Error::other)?;
    Ok(hex)
}

impl Place {
    /// The key, or `None` when its file does not exist yet.
    ///
    /// # Errors
    /// A [`Report`] when it cannot be read or is too short.
    pub fn read(&self) -> Result<Option<SigningKey>, Report> {
        self.read_as(SigningKey::new)
    }

    /// The key of the gateway's own JSON Web Tokens: as [`Place::read`].
    ///
    /// # Errors
    /// A [`Report`] when it cannot be read or is too short.
    pub fn read_shared(&self) -> Result<Option<SharedKey>, Report> {
        self.read_as(SharedKey::new)
    }

    fn read_as<K>(&self, make: fn(Vec<u8>) -> Result<K, ShortKey>) -> Result<Option<K>, Report> {
        let (path, text) = match self {
            Self::Variable(name) => {
                let path = PathBuf::from(format!("${name}"));
                let text =
                    std::env::var(name).map_err(|_| Report::new(&path, "the environment has no such variable"))?;
                (path, text)
            }
            Self::File(path) => match fs::read_to_string(path) {
                Ok(text) => (path.clone(), text),
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(Report::new(path, format!("the signing key cannot be read: {error}"))),
            },
        };
        let key = make(text.trim().as_bytes().to_vec())
            .map_err(|error| Report::new(&path, error.to_string()).hint("`openssl rand -hex 32` makes one"))?;
        Ok(Some(key))
    }

    /// The key; made first, if it is a file that does not exist yet.
    ///
    /// # Errors
    /// A [`Report`] when it can be neither read nor made.
    pub fn read_or_make(&self) -> Result<SigningKey, Report> {
        self.make_if_missing()?;
        self.read()?.ok_or_else(|| Report::new(Path::new("signing_key"), "the signing key went away again"))
    }

    /// Makes the key, if it is a file that does not exist yet.
    ///
    /// # Errors
    /// A [`Report`] when it can be neither read nor made.
    pub fn make_if_missing(&self) -> Result<(), Report> {
        if self.read_as(|_| Ok(()))?.is_some() {
            return Ok(());
        }
        let Self::File(path) = self else {
            return Err(Report::new(Path::new("signing_key"), "there is no signing key"));
        };
        match make(path) {
            Ok(()) => Ok(()),
            // Another process was faster: its key is the key.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(Report::new(path, format!("the signing key cannot be made: {error}"))),
        }
    }

    /// Whether others than its owner may read the key.
    #[must_use]
    pub fn is_exposed(&self) -> bool {
        matches!(self, Self::File(path) if fs::metadata(path).is_ok_and(|metadata| metadata.mode() & 0o077 != 0))
    }
}

/// Writes a new key beside its place and links it there: the name appears with the whole key, or not at all.
fn make(path: &Path) -> io::Result<()> {
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        DirBuilder::new().recursive(true).mode(0o700).create(parent)?;
    }
    // A name of its own: one made of the process's id would be met again in a container, where it is always the same.
    let draft = path.with_extension(format!("{}.tmp", random_hex()?));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    let written = file.write_all(random_hex()?.as_bytes()).and_then(|()| file.sync_all());
    let linked = written.and_then(|()| fs::hard_link(&draft, path));
    fs::remove_file(&draft)?;
    linked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_for_its_owner_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("state/signing.key");
        let place = Place::File(path.clone());
        assert!(place.read().unwrap().is_none());
        place.read_or_make().unwrap();
        let first = fs::read_to_string(&path).unwrap();
        assert_eq!((first.len(), fs::metadata(&path).unwrap().mode() & 0o777), (64, 0o600));
        place.read_or_make().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), first);
        assert_eq!(make(&path).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert!(!place.is_exposed());
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_draft_that_was_left_behind_is_in_nobodys_way() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("signing.key");
        fs::write(path.with_extension(format!("{}.tmp", std::process::id())), "torn").unwrap();
        Place::File(path).read_or_make().unwrap();
    }

    #[test]
    fn a_short_key_is_refused_and_not_shown() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("k");
        fs::write(&path, "hunter2").unwrap();
        let report = Place::File(path).read().unwrap_err();
        assert!(!report.to_string().contains("hunter2"), "{report}");
    }
}
