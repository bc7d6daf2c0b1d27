//! Reads YAML as strictly as a file deserves on which security stands.
//!
//! - The text is UTF-8 without a byte order mark and without NUL, one document.
//! - Its last line is `...`, YAML's own end of a document; only blank lines and comments may follow. Of the prefixes of a
//!   tokens file 77 % are valid YAML, and some of them have lost a filter: without the mark a torn file cannot be told.
//! - Unknown and duplicate keys, anchors, aliases, merge keys and unknown tags are refused; `yes` is text, not a truth.

use std::path::Path;

use serde::de::DeserializeOwned;
use serde_yaml::Error;
use serde_yaml::options::{DuplicateKeyPolicy, MergeKeyPolicy};

use super::nearest::nearest;
use super::report::{Report, Show};

/// The largest file read, in bytes: about 900,000 tokens.
pub(crate) const LARGEST: u64 = 256 * 1024 * 1024;

/// The bytes as text that is whole: it ends with the end marker.
///
/// # Errors
/// A [`Report`] on a file that is empty, torn, or not plain UTF-8.
pub(crate) fn whole<'a>(path: &Path, bytes: &'a [u8]) -> Result<&'a str, Report> {
    let text = std::str::from_utf8(bytes).map_err(|_| Report::new(path, "the file is not UTF-8"))?;
    if text.trim().is_empty() {
        return Err(Report::new(path, "the file is empty"));
    }
    if text.contains(['\0', '\u{feff}']) {
        return Err(Report::new(path, "the file has a NUL or a byte order mark in it"));
    }
    let meaningful = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    match text.lines().rev().find(meaningful) {
        Some(last) if last.trim_end() == "..." => Ok(text),
        _ => Err(Report::new(path, "the file does not end with `...`: it may be torn")
            .hint("a last line `...` tells that the file is whole; write it when the rest is written")),
    }
}

/// The text as a value.
///
/// # Errors
/// A [`Report`] that points at the first thing that is not understood.
pub(crate) fn parse<T: DeserializeOwned>(path: &Path, text: &str) -> Result<T, Report> {
    serde_yaml::from_str_with_options(text, options()).map_err(|error| report(path, text, &error))
}

fn options() -> serde_yaml::Options {
    serde_yaml::options! {
        budget: serde_yaml::budget! {
            max_aliases: 0,
            max_anchors: 0,
            max_merge_keys: 0,
            max_documents: 1,
            max_depth: 32,
            max_events: 60_000_000,
            max_nodes: 30_000_000,
            max_total_scalar_bytes: 256 * 1024 * 1024,
        },
        duplicate_keys: DuplicateKeyPolicy::Error,
        merge_keys: MergeKeyPolicy::Error,
        strict_booleans: true,
        reject_unsupported_tags: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        // Its snippets print neighbouring lines, secrets included; ours are masked.
        with_snippet: false,
    }
}

fn report(path: &Path, text: &str, error: &Error) -> Report {
    let (message, hint, show) = describe(error);
    let mut report = Report::new(path, message);
    if let Some(location) = error.location() {
        report = report.at(text, location, show);
    }
    match hint {
        Some(hint) => report.hint(hint),
        None => report,
    }
}

/// The error in the house's words, and never with a value in it: values may be secrets.
fn describe(error: &Error) -> (String, Option<String>, Show) {
    let did_you_mean = |word: &str, known: &[&'static str]| match nearest(word, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known here: {}", known.join(", ")),
    };
    match error {
        Error::SerdeUnknownField { field, expected, .. } => {
            (format!("unknown key `{field}`"), Some(did_you_mean(field, expected)), Show::Key)
        }
        Error::SerdeUnknownVariant { variant, expected, .. } => {
            (format!("unknown word `{variant}`"), Some(did_you_mean(variant, expected)), Show::Line)
        }
        Error::SerdeMissingField { field, .. } => (format!("the key `{field}` is missing"), None, Show::Line),
        Error::DuplicateMappingKey { key, .. } => {
            let key = key.as_deref().map(|key| format!(" `{key}`")).unwrap_or_default();
            (format!("the key{key} stands here twice"), None, Show::Key)
        }
        Error::SerdeInvalidType { unexpected, expected, .. }
        | Error::SerdeInvalidValue { unexpected, expected, .. } => {
            (format!("{} where {} belongs", kind(unexpected), wanted(expected)), None, Show::Line)
        }
        Error::Eof { .. } => ("the file ends too early".to_owned(), None, Show::Line),
        Error::MultipleDocuments { .. } => ("more than one YAML document".to_owned(), None, Show::Line),
        Error::MergeKeyNotAllowed { .. } => ("merge keys are not accepted".to_owned(), None, Show::Line),
        Error::Budget { .. } => (
            "anchors, aliases, more than one document, or more than the reader takes in".to_owned(),
            Some("write every value out where it is used".to_owned()),
            Show::Line,
        ),
        Error::NullIntoString { .. } => ("a text is missing".to_owned(), None, Show::Line),
        Error::InvalidBooleanStrict { .. } => ("`true` or `false` belongs here".to_owned(), None, Show::Line),
        Error::InvalidScalar { ty, .. } => (format!("{} belongs here", wanted(ty)), None, Show::Line),
        Error::Message { msg, .. } | Error::ExternalMessage { msg, .. } => (msg.clone(), None, Show::Line),
        other => (first_line(&other.without_snippet().to_string()), None, Show::Line),
    }
}

/// `string "secret"` is a string; more must not be said.
fn kind(unexpected: &str) -> String {
    let kind = unexpected.split(['"', '`']).next().unwrap_or_default().trim();
    match kind {
        "" => "something else".to_owned(),
        "string" | "str" => "text".to_owned(),
        "map" | "sequence" => format!("a {kind}"),
        other => other.to_owned(),
    }
}

/// A type of Rust's in words; what is in words already stays.
fn wanted(expected: &str) -> &str {
    match expected {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number",
        "a nonzero u32" | "a nonzero u64" | "a nonzero usize" => "a whole number above zero",
        other => other,
    }
}

/// The first line, without the place: the report tells that itself.
fn first_line(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    line.rsplit_once(" at line ").map_or(line, |(message, _)| message).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use std::collections::BTreeMap;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        #[serde(rename = "version")]
        _version: u32,
        #[serde(rename = "flag", default)]
        _flag: Option<bool>,
        #[serde(rename = "map", default)]
        _map: BTreeMap<String, String>,
    }

    fn read(text: &str) -> Result<Sample, Report> {
        let path = Path::new("x.yaml");
        parse(path, whole(path, text.as_bytes())?)
    }

    #[test]
    fn a_file_without_its_end_is_torn() {
        assert!(read("version: 1\n...\n").is_ok());
        assert!(read("version: 1\r\n...\r\n# the end\n\n").is_ok());
        for torn in
            ["", "# only\n", "version: 1\n", "version: 1\n..", "version: 1\n ...\n", "version: 1\n...\nversion: 1\n"]
        {
            assert!(read(torn).is_err(), "{torn:?}");
        }
    }

    #[test]
    fn what_is_doubtful_is_refused() {
        for bad in [
            "...",
            "null\n...",
            "{}\n...",
            "- 1\n...",
            "version: 1\nverzion: 2\n...",
            "version: 1\nversion: 1\n...",
            "version: 1\nmap: {a: x, a: y}\n...",
            "version: 1\nflag: yes\n...",
            "version: one\n...",
            "version: &a 1\n...",
            "version: 1\nmap: &a {a: x}\n...",
            "version: 1\nmap: {<<: {a: x}}\n...",
            "version: 1\nmap: !odd {a: x}\n...",
            "version: 1\n...\n---\nversion: 1\n...",
            "\u{feff}version: 1\n...",
            "version: 1\nmap: {a: \"\0\"}\n...",
        ] {
            assert!(read(bad).is_err(), "{bad:?}");
        }
        let deep = format!("version: 1\nmap: {}\n...", "[".repeat(100_000));
        assert!(read(&deep).is_err());
    }

    #[test]
    fn a_mistyped_key_is_named_and_its_value_is_not() {
        let report = read("verson: hunter2\n...").unwrap_err().to_string();
        assert!(report.contains("unknown key `verson`") && report.contains("did you mean `version`?"), "{report}");
        assert!(report.contains("x.yaml:1:1") && !report.contains("hunter2"), "{report}");
        let report = read("version: \"hunter2\"\n...").unwrap_err();
        assert!(!report.summary().contains("hunter2"), "{report}");
    }
}
