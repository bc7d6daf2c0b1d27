//! Tinybird's `.datasource` files: the name, the columns with their types and JSON paths, the engine's options.
//!
//! - A keyword begins a line, at its first column; `>` behind it begins a block of indented lines.
//! - A key is understood, left out with a word about it ([`LeftOut`]), or refused with its line.

mod schema;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::datafile::Reason;

/// A `.datasource` file, read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Datasource {
    /// What its author says of it.
    pub description: String,
    /// Its columns, in order.
    pub columns: Vec<Column>,
    /// `ENGINE` and what begins with `ENGINE_`, by key.
    pub engine: BTreeMap<String, Line>,
    /// Its skip indexes.
    pub indexes: Vec<Index>,
    /// The tokens that it asks for: `"name" APPEND`.
    pub tokens: Vec<String>,
    /// What it says that is left out.
    pub left_out: Vec<LeftOut>,
}

/// A text of the file, and the line that it begins on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line {
    /// The text.
    pub text: String,
    /// The line, counted from one.
    pub line: usize,
}

/// One column.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type, with everything that stands behind it but the path and the default.
    pub type_name: String,
    /// The path in a JSON row that it is read from: `$.user.id`.
    pub json_path: Option<String>,
    /// The expression of its default.
    pub default: Option<String>,
    /// How it is packed, which is left out.
    pub codec: Option<String>,
    /// The line that it stands on.
    pub line: usize,
}

/// One skip index: `name expression TYPE type GRANULARITY number`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Index {
    /// Its name.
    pub name: String,
    /// What it is of.
    pub expression: String,
    /// Its type, with its numbers.
    pub type_text: String,
    /// How many granules it sums up.
    pub granularity: u64,
    /// The line that it stands on.
    pub line: usize,
}

/// Something that a file says and the gateway does not do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The line.
    pub line: usize,
    /// The key.
    pub key: String,
    /// Why that is no loss, or what is lost.
    pub why: &'static str,
}

/// Reads a file's text.
///
/// # Errors
/// The first [`Reason`] why it is not understood.
pub fn parse(text: &str) -> Result<Datasource, Reason> {
    let mut found = Datasource::default();
    let mut lines = text.lines().enumerate().map(|(number, line)| (number + 1, line)).peekable();
    while let Some((number, line)) = lines.next() {
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            continue;
        }
        if line.starts_with([' ', '\t']) {
            return Err(Reason::at(number, "an indented line belongs to a block, and none is open"));
        }
        let (key, value) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let mut block = vec![(number, value.trim())];
        if value.trim() == ">" {
            block.clear();
            let inside = |line: &str| line.trim().is_empty() || line.starts_with([' ', '\t', '#']);
            while let Some((number, line)) = lines.next_if(|(_, line)| inside(line)) {
                if !line.trim_start().starts_with('#') {
                    block.push((number, line));
                }
            }
        }
        found.take(&key.to_ascii_uppercase(), &block, number)?;
    }
    if found.columns.is_empty() { Err(Reason::whole("it has no SCHEMA")) } else { Ok(found) }
}

impl Datasource {
    fn take(&mut self, key: &str, block: &[(usize, &str)], line: usize) -> Result<(), Reason> {
        let text = || block.iter().map(|(_, line)| line.trim()).collect::<Vec<_>>().join("\n").trim().to_owned();
        match key {
            "DESCRIPTION" => self.description = text(),
            "SCHEMA" if self.columns.is_empty() => self.columns = schema::columns(block)?,
            "SCHEMA" => return Err(Reason::at(line, "it has two schemas")),
            "INDEXES" => self.indexes = schema::indexes(block)?,
            "TOKEN" => self.tokens.push(text()),
            engine if engine == "ENGINE" || engine.starts_with("ENGINE_") => {
                let text = text().trim_matches(['"', '\'']).to_owned();
                if self.engine.insert(engine.to_owned(), Line { text, line }).is_some() {
                    return Err(Reason::at(line, format!("`{engine}` is said twice")));
                }
            }
            key => match why_left_out(key) {
                Some(why) => self.left_out.push(LeftOut { line, key: key.to_owned(), why }),
                None => return Err(Reason::at(line, format!("`{key}` is no key of a data source's file"))),
            },
        }
        Ok(())
    }
}

/// Why a key that is understood has no effect here.
fn why_left_out(key: &str) -> Option<&'static str> {
    match key {
        "VERSION" | "TAGS" | "MAINTAINER" => Some(""),
        "SHARED_WITH" => Some("the data source is shared with no other workspace: give its tokens"),
        "FORWARD_QUERY" | "BACKFILL" => Some("a table that is there is not changed by its file"),
        "ON_DEMAND" => Some("nothing is fetched on demand"),
        key if ["IMPORT_", "KAFKA_", "DYNAMODB_", "S3_", "GCS_"].iter().any(|prefix| key.starts_with(prefix)) => {
            Some("nothing is imported: send the rows over `/v0/events` or `/v0/datasources`")
        }
        _ => None,
    }
}
