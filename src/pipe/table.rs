//! All pipes of a deployment.
//!
//! - One name, one pipe: a name that two files of people's give is served by neither. A pipe that the API made gives way
//!   to a file.
//! - A file that cannot be served stops no other: it is on the list of those, with the reason.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::SystemTime;

use crate::sql::Dialect;

use super::datafile::{self, Datafile, Reason, Untyped};
use super::managed::{self, Reads};
use super::template::{Parameter, Template};

/// Where a pipe comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// `gateway.yaml`.
    Inline,
    /// A file that people write.
    File(PathBuf),
    /// A file that the API made, and may change.
    Managed(PathBuf),
}

/// One pipe as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its name: the file's, without the ending.
    pub name: String,
    /// Where.
    pub origin: Origin,
    /// When it was last changed, where that is known.
    pub modified: Option<SystemTime>,
    /// Its text, read or not.
    pub file: Result<Datafile, Reason>,
    /// All that it may read; `None` is whatever it names.
    pub reads: Option<Reads>,
}

/// A pipe that can be served.
#[derive(Debug, Clone, PartialEq)]
pub struct Pipe {
    /// Its name.
    pub name: String,
    /// What its author says of it.
    pub description: String,
    /// Its nodes, in order.
    pub nodes: Vec<Node>,
    /// Which of them is the endpoint.
    pub endpoint: usize,
    /// Its parameters, of all nodes.
    pub parameters: Vec<Parameter>,
    /// Where it comes from.
    pub origin: Origin,
    /// When it was last changed, where that is known.
    pub modified: Option<SystemTime>,
    /// All that it may read; `None` is whatever it names: a pipe of people's files.
    pub reads: Option<Reads>,
}

/// One node of a pipe.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// What its author says of it.
    pub description: String,
    /// Its SQL as its author wrote it.
    pub sql: String,
    /// The same, read.
    pub template: Template,
}

/// A pipe that cannot be served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unserved {
    /// Its name.
    pub name: String,
    /// Where it comes from.
    pub origin: Origin,
    /// Why.
    pub reason: Reason,
}

/// All pipes, and all that cannot be served.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pipes {
    served: BTreeMap<String, Pipe>,
    drafts: BTreeMap<String, Pipe>,
    unserved: Vec<Unserved>,
    parameters: BTreeSet<String>,
}

impl Pipe {
    /// Reads the templates of a pipe's nodes.
    ///
    /// # Errors
    /// The first [`Reason`] why it cannot be served.
    pub fn compile(source: Source, dialect: Dialect) -> Result<Self, Unserved> {
        let (name, origin) = (source.name.clone(), source.origin.clone());
        let pipe = Self::draft(source, dialect)?;
        if pipe.is_published() {
            return Ok(pipe);
        }
        Err(Unserved { name, origin, reason: Reason::whole("it has no endpoint") })
    }

    /// The same, of a pipe that need not have an endpoint.
    ///
    /// # Errors
    /// The first [`Reason`] why it cannot be kept.
    pub fn draft(source: Source, dialect: Dialect) -> Result<Self, Unserved> {
        let Source { name, origin, modified, file, reads } = source;
        let unserved = |reason| Unserved { name: name.clone(), origin: origin.clone(), reason };
        let file = file.map_err(unserved)?;
        if !datafile::is_name(&name) {
            return Err(unserved(Reason::whole("a pipe's name is letters, digits and `_`, and begins with no digit")));
        }
        let mut nodes = Vec::new();
        for node in &file.nodes {
            let template = Template::parse(&node.sql, dialect).map_err(|malformed| {
                let message = format!("in the node `{}`: {}", node.name, malformed.message);
                let line = (node.line > 0).then(|| node.line + malformed.line - 1);
                unserved(Reason { line, message })
            })?;
            let (name, description, sql) = (node.name.clone(), node.description.clone(), node.sql.clone());
            nodes.push(Node { name, description, sql, template });
        }
        let endpoint = file.nodes.iter().position(|node| node.is_endpoint);
        // No node stands there: a draft cannot be read.
        let endpoint = endpoint.unwrap_or(nodes.len());
        let mut parameters: Vec<Parameter> = Vec::new();
        for parameter in nodes.iter().flat_map(|node| node.template.parameters()) {
            match parameters.iter_mut().find(|known| known.name == parameter.name) {
                Some(known) if known.type_name.is_empty() => *known = parameter,
                Some(known) => known.required |= parameter.required,
                None => parameters.push(parameter),
            }
        }
        Ok(Self { name, description: file.description, nodes, endpoint, parameters, origin, modified, reads })
    }

    /// Whether it has an endpoint.
    #[must_use]
    pub fn is_published(&self) -> bool {
        self.endpoint < self.nodes.len()
    }

    /// Whether the API made it, and may change it.
    #[must_use]
    pub fn is_managed(&self) -> bool {
        matches!(self.origin, Origin::Managed(_))
    }

    /// Its text as a file.
    #[must_use]
    pub fn datafile(&self) -> Datafile {
        let node = |(at, node): (usize, &Node)| datafile::Node {
            name: node.name.clone(),
            description: node.description.clone(),
            sql: node.sql.clone(),
            line: 0,
            is_endpoint: at == self.endpoint,
        };
        let nodes = self.nodes.iter().enumerate().map(node).collect();
        Datafile { description: self.description.clone(), nodes, tokens: Vec::new() }
    }

    /// The node of that name.
    #[must_use]
    pub fn node(&self, name: &str) -> Option<usize> {
        self.nodes.iter().position(|node| node.name == name)
    }
}

impl Pipes {
    /// Compiles what was found.
    #[must_use]
    pub fn compile(sources: Vec<Source>, dialect: Dialect) -> Self {
        let mut pipes = Self::default();
        let written = |source: &Source| !matches!(source.origin, Origin::Managed(_));
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for source in sources.iter().filter(|source| written(source)) {
            *counts.entry(source.name.clone()).or_default() += 1;
        }
        for source in sources {
            let count = counts.get(&source.name).copied().unwrap_or(0);
            let taken = if written(&source) { count > 1 } else { count > 0 };
            let compiled = if taken {
                let reason = Reason::whole("another pipe has this name");
                Err(Unserved { name: source.name, origin: source.origin, reason })
            } else {
                if written(&source) { Pipe::compile(source, dialect) } else { Pipe::draft(source, dialect) }
            };
            match compiled {
                Ok(pipe) if !pipe.is_published() => {
                    pipes.drafts.insert(pipe.name.clone(), pipe);
                }
                Ok(pipe) => {
                    pipes.parameters.extend(pipe.parameters.iter().map(|parameter| parameter.name.clone()));
                    pipes.served.insert(pipe.name.clone(), pipe);
                }
                Err(unserved) => pipes.unserved.push(unserved),
            }
        }
        pipes
    }

    /// The pipe of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Pipe> {
        self.served.get(name)
    }

    /// The pipe that the API made and may change, published or not.
    #[must_use]
    pub fn managed(&self, name: &str) -> Option<&Pipe> {
        self.drafts.get(name).or_else(|| self.served.get(name).filter(|pipe| pipe.is_managed()))
    }

    /// Every pipe that is not published, by name.
    pub fn drafts(&self) -> impl ExactSizeIterator<Item = &Pipe> {
        self.drafts.values()
    }

    /// Where a pipe of people's of that name is, served or not.
    #[must_use]
    pub fn of_people(&self, name: &str) -> Option<&Origin> {
        let unserved = self.unserved.iter().filter(|unserved| unserved.name == name).map(|unserved| &unserved.origin);
        let served = self.served.get(name).map(|pipe| &pipe.origin);
        served.into_iter().chain(unserved).find(|origin| !matches!(origin, Origin::Managed(_)))
    }

    /// Every pipe that can be served, by name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Pipe> {
        self.served.values()
    }

    /// What cannot be served.
    #[must_use]
    pub fn unserved(&self) -> &[Unserved] {
        &self.unserved
    }

    /// Whether any pipe has a parameter of that name.
    #[must_use]
    pub fn has_parameter(&self, name: &str) -> bool {
        self.parameters.contains(name)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.served.is_empty()
    }
}

impl Source {
    /// A pipe's file, from its text.
    #[must_use]
    pub fn read(name: &str, origin: Origin, modified: Option<SystemTime>, text: &str, untyped: Untyped) -> Self {
        let (reads, file) = match origin {
            Origin::Managed(_) => {
                let (reads, file) = managed::read(text);
                (Some(reads), file)
            }
            Origin::Inline | Origin::File(_) => (None, datafile::parse_untyped(text, untyped)),
        };
        Self { name: name.to_owned(), origin, modified, file, reads }
    }
}

impl std::fmt::Display for Unserved {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (&self.origin, self.reason.line) {
            (Origin::Inline, _) => write!(f, "gateway.yaml, the pipe `{}`", self.name)?,
            (Origin::File(path) | Origin::Managed(path), None) => write!(f, "{}", path.display())?,
            (Origin::File(path) | Origin::Managed(path), Some(line)) => write!(f, "{}:{line}", path.display())?,
        }
        write!(f, ": {}", self.reason.message)
    }
}
