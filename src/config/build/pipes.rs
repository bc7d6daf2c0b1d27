//! Where pipes come from.

use serde_yaml::Spanned;

use crate::pipe::datafile::{self, Datafile, Untyped};
use crate::pipe::{Origin, Source};
use crate::store::Report;
use crate::store::pipes::Places;

use super::{Builder, schema};

impl Builder<'_> {
    /// Pipes of this file, and the directories of others. What they say is read by the store.
    pub(super) fn pipes(
        &self,
        inline: Option<Vec<Spanned<schema::Pipe>>>,
        directories: Option<schema::OneOrMany>,
        untyped: Option<schema::UntypedPipes>,
    ) -> Result<Places, Report> {
        let inline = inline.unwrap_or_default().into_iter().map(|pipe| {
            let wrong = |message| self.wrong(message, pipe.referenced);
            let schema::Pipe { name, description, sql, nodes } = pipe.value;
            let nodes = match (sql, nodes) {
                (Some(sql), None) => vec![schema::PipeNode { name: "endpoint".to_owned(), description: None, sql }],
                (None, Some(nodes)) if !nodes.is_empty() => nodes,
                _ => return Err(wrong("a pipe has exactly one of `sql` and `nodes`")),
            };
            let last = nodes.len() - 1;
            let node = |(position, node): (usize, schema::PipeNode)| datafile::Node {
                name: node.name,
                description: node.description.unwrap_or_default(),
                sql: node.sql,
                line: 0,
                is_endpoint: position == last,
            };
            let nodes: Vec<_> = nodes.into_iter().enumerate().map(node).collect();
            if nodes.iter().any(|node| !datafile::is_name(&node.name)) {
                return Err(wrong("a node's name is letters, digits and `_`"));
            }
            let file = Datafile { description: description.unwrap_or_default(), nodes, tokens: Vec::new() };
            Ok(Source { name, origin: Origin::Inline, modified: None, file: Ok(file), reads: None })
        });
        let inline = inline.collect::<Result<Vec<_>, Report>>()?;
        let directories = match directories {
            None => Vec::new(),
            Some(schema::OneOrMany::One(directory)) => vec![directory],
            Some(schema::OneOrMany::Many(directories)) => directories,
        };
        let directories = directories.into_iter().map(|directory| self.relative(directory)).collect();
        let untyped = match untyped.unwrap_or(schema::UntypedPipes::Refuse) {
            schema::UntypedPipes::Refuse => Untyped::Refused,
            schema::UntypedPipes::Endpoint => Untyped::Last,
        };
        Ok(Places { inline, directories, managed: Some(self.relative("state/pipes".into())), untyped })
    }
}
