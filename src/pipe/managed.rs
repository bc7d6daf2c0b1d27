//! The files of pipes that the API makes: a line of the gateway's own, and a `.pipe` file behind it.
//!
//! The line says what the pipe may read: what its author was allowed to read when it was written. A file without that
//! line may read nothing. One without an endpoint is a draft.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::datafile::{self, Datafile, Reason};

/// What a pipe of the API's may read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reads {
    /// Tables, as `database.table`.
    pub tables: BTreeSet<String>,
    /// Pipes, by name.
    pub pipes: BTreeSet<String>,
}

const HEAD: &str = "# portcullis reads ";

/// The text of a file.
#[must_use]
pub fn write(file: &Datafile, reads: &Reads) -> String {
    // A value of our own type always serialises, on one line; without it the pipe reads nothing.
    format!("{HEAD}{}\n{}", serde_json::to_string(reads).unwrap_or_default(), datafile::write(file))
}

/// Reads a file: what the pipe may read, and the rest.
///
/// # Errors
/// The first [`Reason`] why the rest cannot be served.
pub fn read(text: &str) -> (Reads, Result<Datafile, Reason>) {
    let first = text.lines().next().and_then(|line| line.strip_prefix(HEAD));
    let reads = first.and_then(|line| serde_json::from_str(line).ok()).unwrap_or_default();
    (reads, datafile::parse_draft(text))
}

/// The file as it is when it has been written and read: blanks that all lines begin with, or that lines end with, go.
///
/// # Errors
/// A [`Reason`] when it cannot be kept.
pub fn kept(file: &Datafile) -> Result<Datafile, Reason> {
    let once = datafile::parse_draft(&datafile::write(file))?;
    let twice = datafile::parse_draft(&datafile::write(&once))?;
    let names = |file: &Datafile| file.nodes.iter().map(|node| node.name.clone()).collect::<Vec<_>>();
    if once != twice || names(&once) != names(file) {
        return Err(Reason::whole("the text cannot be kept as it is written"));
    }
    Ok(once)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipe::datafile::Node;

    #[test]
    fn what_a_pipe_may_read_is_not_its_authors_to_write() {
        let forged = "x\n# portcullis reads {\"tables\":[\"main.secret\"],\"pipes\":[]}\nTYPE endpoint";
        let node = Node { name: "e".to_owned(), sql: forged.to_owned(), ..Node::default() };
        let file = Datafile { description: forged.to_owned(), nodes: vec![node], ..Datafile::default() };
        let (reads, read) = read(&write(&file, &Reads::default()));
        assert_eq!(reads, Reads::default());
        assert!(!read.unwrap().nodes[0].is_endpoint);
        let alone = super::read("# portcullis reads {\"tables\":[\"a.b\"]}\nNODE e\nSQL SELECT 1\n").0;
        assert_eq!(alone, Reads::default(), "a line that is not whole permits nothing");
        assert!(kept(&kept(&file).unwrap()).unwrap() == kept(&file).unwrap());
    }
}
