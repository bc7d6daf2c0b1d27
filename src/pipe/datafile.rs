//! Tinybird's `.pipe` files, line by line.
//!
//! - A keyword begins a line, at its first column; `>` behind it begins a block, which goes on to the next keyword.
//! - A key that is not known is refused, with its line. A pipe that is more than an endpoint (materialized, copy, sink) is
//!   not served, and neither is one without an endpoint: a file that is torn has most often lost that line. Where an
//!   operator says that the files arrive whole ([`Untyped::Last`]), the last node of a file without any TYPE is its endpoint.

mod purpose;

pub use purpose::{Purpose, Target, Untyped};

/// A `.pipe` file, read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Datafile {
    /// What its author says of it.
    pub description: String,
    /// Its nodes, in order.
    pub nodes: Vec<Node>,
    /// The tokens that it asks for, which are not made: tokens stand in the gateway's own files.
    pub tokens: Vec<String>,
}

/// One node.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// What its author says of it.
    pub description: String,
    /// Its SQL, or a template of it.
    pub sql: String,
    /// The line of the file that the SQL begins on; zero when it is not from a file.
    pub line: usize,
    /// Whether it is the endpoint.
    pub is_endpoint: bool,
}

/// Why a file cannot be served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The line, counted from one.
    pub line: Option<usize>,
    /// The reason, in lower case.
    pub message: String,
}

impl Reason {
    /// A reason that is the whole file's.
    #[must_use]
    pub fn whole(message: impl Into<String>) -> Self {
        Self { line: None, message: message.into() }
    }

    /// A reason that stands on a line.
    #[must_use]
    pub fn at(line: usize, message: impl Into<String>) -> Self {
        Self { line: Some(line), message: message.into() }
    }
}

/// Every keyword of Tinybird's pipe files: where one begins a line, a block ends.
const KEYWORDS: &[&str] = &[
    "COPY_MODE",
    "COPY_SCHEDULE",
    "DATASOURCE",
    "DEPLOYMENT_METHOD",
    "DESCRIPTION",
    "ENGINE",
    "EXPORT_BUCKET_URI",
    "EXPORT_COMPRESSION",
    "EXPORT_CONNECTION_NAME",
    "EXPORT_FILE_TEMPLATE",
    "EXPORT_FORMAT",
    "EXPORT_KAFKA_TOPIC",
    "EXPORT_SCHEDULE",
    "EXPORT_SERVICE",
    "EXPORT_STRATEGY",
    "INCLUDE",
    "MAINTAINER",
    "NODE",
    "SHARED_WITH",
    "SQL",
    "TAGS",
    "TARGET_DATASOURCE",
    "TOKEN",
    "TYPE",
    "VERSION",
];

/// Reads a file's text.
///
/// # Errors
/// The first [`Reason`] why it cannot be served.
pub fn parse(text: &str) -> Result<Datafile, Reason> {
    parse_untyped(text, Untyped::Refused)
}

/// The same, where a file without any TYPE may publish something.
///
/// # Errors
/// As [`parse`].
pub fn parse_untyped(text: &str, untyped: Untyped) -> Result<Datafile, Reason> {
    let mut file = parse_draft(text)?;
    if file.nodes.iter().any(|node| node.is_endpoint) {
        return Ok(file);
    }
    match (untyped, file.nodes.last_mut()) {
        (Untyped::Last, Some(last)) => {
            last.is_endpoint = true;
            Ok(file)
        }
        _ => Err(Reason::whole("it has no endpoint: no node says `TYPE endpoint`")),
    }
}

/// Reads the text of a file that need not have an endpoint.
///
/// # Errors
/// The first [`Reason`] why it cannot be kept.
pub fn parse_draft(text: &str) -> Result<Datafile, Reason> {
    if let Some((kind, line)) = other_kind(text) {
        return Err(Reason::at(line, format!("it is a {kind} pipe")));
    }
    read(text, None)
}

/// Reads the text of a file of any kind, and says what it is for.
///
/// # Errors
/// The first [`Reason`] why it is not understood.
pub fn parse_any(text: &str, untyped: Untyped) -> Result<(Datafile, Purpose), Reason> {
    match other_kind(text) {
        None => parse_untyped(text, untyped).map(|file| (file, Purpose::Endpoint)),
        Some((kind, _)) if kind == "materialized" => {
            let mut target = Target::default();
            let file = read(text, Some(&mut target))?;
            match file.nodes.iter().filter(|node| node.is_endpoint).count() {
                _ if target.datasource.is_empty() => Err(Reason::whole("it does not say which DATASOURCE it fills")),
                1 => Ok((file, Purpose::Materialized(target))),
                _ => Err(Reason::whole("one node of a materialized pipe says `TYPE materialized`")),
            }
        }
        Some((kind, line)) => Ok((Datafile::default(), Purpose::Other(kind, line))),
    }
}

/// Reads the lines. With a target the node that fills it takes the place of the endpoint.
fn read(text: &str, mut target: Option<&mut Target>) -> Result<Datafile, Reason> {
    let mut file = Datafile::default();
    let mut lines = text.lines().enumerate().peekable();
    while let Some((number, line)) = lines.next() {
        let number = number + 1;
        let trimmed = line.trim_end();
        if trimmed.trim().is_empty() || trimmed.starts_with('#') {
            continue;
        }
        let Some(keyword) = keyword(trimmed) else {
            return Err(Reason::at(number, format!("`{}` is no key of a pipe file", first_word(trimmed))));
        };
        let value = trimmed.get(keyword.len()..).unwrap_or_default().trim();
        let mut begins = number;
        let value = if value == ">" {
            begins += 1;
            let mut block = Vec::new();
            while let Some((_, line)) = lines.next_if(|(_, line)| self::keyword(line).is_none()) {
                block.push(line);
            }
            dedent(&block)
        } else {
            value.to_owned()
        };
        let taken = target.as_deref_mut().map(|target| target.take(keyword, &value, number)).transpose()?;
        let value = match taken {
            Some(true) => continue,
            Some(false) if keyword.eq_ignore_ascii_case("type") => "endpoint".to_owned(),
            _ => value,
        };
        file.take(keyword, value, (number, begins))?;
    }
    if file.nodes.is_empty() {
        return Err(Reason::whole("it has no node"));
    }
    if let Some(node) = file.nodes.iter().find(|node| node.sql.trim().is_empty()) {
        return Err(Reason::whole(format!("the node `{}` has no SQL", node.name)));
    }
    match file.nodes.iter().filter(|node| node.is_endpoint).count() {
        0 | 1 => Ok(file),
        _ => Err(Reason::whole("it has two endpoints")),
    }
}

/// Writes a file that [`parse`] reads back.
#[must_use]
pub fn write(file: &Datafile) -> String {
    let mut out = String::new();
    let block = |out: &mut String, keyword: &str, text: &str| {
        out.push_str(keyword);
        out.push_str(" >\n");
        for line in text.lines() {
            out.push_str("    ");
            out.push_str(line);
            out.push('\n');
        }
        out.push('\n');
    };
    if !file.description.is_empty() {
        block(&mut out, "DESCRIPTION", &file.description);
    }
    for node in &file.nodes {
        out.push_str("NODE ");
        out.push_str(&node.name);
        out.push('\n');
        if !node.description.is_empty() {
            block(&mut out, "DESCRIPTION", &node.description);
        }
        block(&mut out, "SQL", &node.sql);
        if node.is_endpoint {
            out.push_str("TYPE endpoint\n\n");
        }
    }
    out
}

impl Datafile {
    fn take(&mut self, keyword: &str, value: String, (line, begins): (usize, usize)) -> Result<(), Reason> {
        let wrong = |message: &str| Err(Reason::at(line, message));
        match keyword.to_ascii_uppercase().as_str() {
            // What the deployment tool needs, and a reader does not.
            "VERSION" | "TAGS" | "MAINTAINER" | "SHARED_WITH" => Ok(()),
            "TOKEN" => {
                self.tokens.push(value);
                Ok(())
            }
            "DESCRIPTION" => {
                match self.nodes.last_mut() {
                    Some(node) => node.description = value,
                    None => self.description = value,
                }
                Ok(())
            }
            "NODE" => {
                if !is_name(&value) {
                    return wrong("a node's name is letters, digits and `_`");
                }
                if self.nodes.iter().any(|node| node.name == value) {
                    return wrong("two nodes have this name");
                }
                self.nodes.push(Node { name: value, ..Node::default() });
                Ok(())
            }
            "SQL" => match self.nodes.last_mut() {
                Some(node) if node.sql.is_empty() => {
                    node.sql = value;
                    node.line = begins;
                    Ok(())
                }
                Some(_) => wrong("the node has SQL already"),
                None => wrong("SQL belongs to a NODE"),
            },
            "TYPE" if value.eq_ignore_ascii_case("endpoint") => match self.nodes.last_mut() {
                Some(node) => {
                    node.is_endpoint = true;
                    Ok(())
                }
                None => wrong("TYPE belongs to a NODE"),
            },
            "INCLUDE" => wrong("it includes another file"),
            _ => wrong("this key belongs to a pipe that writes"),
        }
    }
}

/// What kind of pipe that writes it is, and the line that says so: said before anything else about it.
fn other_kind(text: &str) -> Option<(String, usize)> {
    text.lines().enumerate().find_map(|(number, line)| {
        let kind = line.get(keyword(line)?.len()..)?.trim();
        let is_type = first_word(line).eq_ignore_ascii_case("type");
        (is_type && !kind.eq_ignore_ascii_case("endpoint")).then(|| (kind.to_ascii_lowercase(), number + 1))
    })
}

/// The keyword that a line begins with, as it is written.
fn keyword(line: &str) -> Option<&str> {
    let word = first_word(line);
    let upper = word.to_ascii_uppercase();
    (KEYWORDS.binary_search(&upper.as_str()).is_ok() || upper.starts_with("ENGINE_")).then_some(word)
}

fn first_word(line: &str) -> &str {
    line.split(char::is_whitespace).next().unwrap_or_default()
}

/// Whether a name is fit for a node.
#[must_use]
pub fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 128
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && !name.starts_with("__pc")
        && name != "_"
}

/// A block without the blanks that all of its lines begin with.
fn dedent(lines: &[&str]) -> String {
    let blanks = |line: &&&str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let common = lines.iter().filter(|line| !line.trim().is_empty()).map(|line| blanks(&line)).min().unwrap_or(0);
    let lines: Vec<&str> = lines.iter().map(|line| line.get(common..).unwrap_or_default().trim_end()).collect();
    lines.join("\n").trim_end().trim_start_matches('\n').to_owned()
}

#[cfg(test)]
mod tests;
