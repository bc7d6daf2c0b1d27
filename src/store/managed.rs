//! The files that the gateway writes: the tokens that the Tokens API and the command line make.
//!
//! - Each has the schema of every tokens file, one token a line, and ends with `...`.
//! - Each is written whole: a new file, synced, renamed over the old one, and the directory synced. A crash at any moment
//!   leaves the old file or the new one.
//! - Writers of several processes take turns by a lock on a file beside it.
//! - What is written is what was read back: an edit is compiled from its own line before anything is written.

use std::fmt::Write as _;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use super::Entry;
use super::compile::Key;
use super::entry::parts;
use super::yaml;

const HEAD: &str =
    "# Written by the gateway; by nobody else. `portcullis token` and the Tokens API change it.\nversion: 1\n";
const END: &str = "...\n";

/// The text of a file with these tokens, and beside which there are so many parts.
pub(super) fn text<'a>(entries: impl ExactSizeIterator<Item = &'a Entry>, parts: usize) -> String {
    let mut text = String::with_capacity(HEAD.len() + 256 * entries.len() + 32);
    text.push_str(HEAD);
    if parts > 0 {
        _ = writeln!(text, "parts: {parts}");
    }
    text.push_str(if entries.len() == 0 { "tokens: []\n" } else { "tokens:\n" });
    entries.for_each(|entry| line(&mut text, entry));
    text.push_str(END);
    text
}

fn line(text: &mut String, entry: &Entry) {
    text.push_str("- {name: ");
    quoted(text, entry.name());
    match &entry.key {
        Key::Id(id) => {
            text.push_str(", id: ");
            quoted(text, id.as_str());
        }
        // Writing to a string does not fail.
        Key::Digest(digest) => _ = write!(text, ", digest: \"{digest}\""),
    }
    let texts = [("description", &entry.description), ("origin", &entry.origin), ("resource_id", &entry.resource_id)];
    for (key, value) in texts {
        if let Some(value) = value {
            _ = write!(text, ", {key}: ");
            quoted(text, value);
        }
    }
    for (key, at) in [("created", entry.created), ("updated", entry.updated), ("expires", entry.expires)] {
        if let Some(at) = at {
            _ = write!(text, ", {key}: {}", at.seconds());
        }
    }
    if let Some(previous) = &entry.previous {
        text.push_str(", previous: {id: ");
        quoted(text, previous.id.as_str());
        _ = write!(text, ", until: {}}}", previous.until.seconds());
    }
    if let Some(rate) = entry.principal.requests_per_second {
        _ = write!(text, ", limits: {{requests_per_second: {rate}}}");
    }
    text.push_str(", scopes: [");
    for (position, scope) in entry.policy().scopes().iter().enumerate() {
        text.push_str(if position == 0 { "" } else { ", " });
        let (kind, resource, filter) = parts(scope);
        let filter = filter.map(|filter| format!(":{filter}")).unwrap_or_default();
        let resource = resource.map(|resource| format!(":{resource}")).unwrap_or_default();
        quoted(text, &format!("{kind}{resource}{filter}"));
    }
    text.push_str("]}\n");
}

/// A double-quoted scalar of YAML (section 5.7) in which only plain ASCII and letters stand for themselves.
fn quoted(text: &mut String, value: &str) {
    text.push('"');
    for c in value.chars() {
        match c {
            '"' | '\\' => text.extend(['\\', c]),
            ' '..='~' => text.push(c),
            c if c.is_alphanumeric() => text.push(c),
            c => _ = write!(text, "\\U{:08x}", u32::from(c)),
        }
    }
    text.push('"');
}

/// The lock that writers of this file hold. Released when it is dropped, or when its process ends.
pub(super) fn lock(path: &Path) -> io::Result<File> {
    directory(path)?;
    let lock = OpenOptions::new().create(true).write(true).truncate(false).mode(0o600).open(beside(path, "lock"))?;
    lock.lock()?;
    Ok(lock)
}

/// Puts a file of this text in the path's place, whole or not at all. For its holder of the lock alone.
pub(super) fn write(path: &Path, text: &str) -> io::Result<()> {
    if u64::try_from(text.len()).is_ok_and(|length| length > yaml::LARGEST) {
        return Err(io::Error::other("the file would be larger than 256 MiB"));
    }
    if !parent(path).exists() {
        directory(path)?;
        File::open(parent(parent(path))).and_then(|directory| directory.sync_all())?;
    }
    let draft = beside(path, "draft");
    // What a crash left behind is nobody's: the lock is ours.
    match fs::remove_file(&draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    let renamed =
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&draft, path));
    if let Err(error) = renamed {
        // The error that counts is the first one.
        let _ = fs::remove_file(&draft);
        return Err(error);
    }
    // The new file is in its place; where a directory cannot be synced, that is all that can be had.
    if let Err(error) = File::open(parent(path)).and_then(|directory| directory.sync_all()) {
        tracing::warn!(%error, file = %path.display(), "the directory of the managed tokens cannot be synced");
    }
    Ok(())
}

fn directory(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(parent(path))
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// `.name.ending` in the same directory: hidden, so that nobody takes it for a tokens file.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{ending}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_comes_back_as_it_was() {
        for value in [
            "plain",
            "a \"quote\" \\ and: #no comment, [x] {y}",
            "line\nbreak\ttab\r\u{85}\u{2028}\u{7f}\u{0}",
            "ünïcödé 名前 🙂 \u{feff}\u{200b}\u{e000}",
            "...",
            "",
        ] {
            let mut text = "version: ".to_owned();
            quoted(&mut text, value);
            text.push_str("\n...\n");
            assert!(!text.contains(['\0', '\u{feff}']), "{text:?}");
            let read: std::collections::BTreeMap<String, String> = yaml::parse(Path::new("x"), &text).unwrap();
            assert_eq!(read["version"], value);
        }
    }
}
