//! Tinybird's Pipes API, the half that writes: what a request asks for, as values of ours.
//!
//! A pipe comes as JSON (`tb push`), as a form or parameters with `name` and `sql`, or as the text of a `.pipe` file; a
//! node as JSON, a form, or plain SQL. One member with two different values is refused.

use bytes::Bytes;
use http::Method;

use crate::gateway::Error;
use crate::gateway::authenticate::Message;
use crate::gateway::face::json::Json;
use crate::gateway::face::{Media, media, utf8};
use crate::gateway::parameters::Parameters;
use crate::gateway::route::{Endpoint, PipePlace};
use crate::pipe::datafile::{self, Datafile, Node};

/// A change of pipes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::gateway) enum Edit {
    /// A new pipe; with `force` in place of one that is there.
    Create {
        name: String,
        file: Datafile,
        force: bool,
    },
    /// One more node.
    Append(String, Change),
    /// Another text for a node.
    Change(String, String, Change),
    /// A node becomes the endpoint.
    Publish(String, String),
    /// There is no endpoint any more.
    Unpublish(String, String),
    Drop(String),
}

/// What is said of one node.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::gateway) struct Change {
    pub(in crate::gateway) name: Option<String>,
    pub(in crate::gateway) sql: Option<String>,
    pub(in crate::gateway) description: Option<String>,
}

/// What a body and the parameters say.
#[derive(Debug, Default)]
struct Said {
    change: Change,
    nodes: Option<Vec<Node>>,
    is_endpoint: bool,
}

impl Edit {
    /// The pipe.
    pub(in crate::gateway) fn pipe(&self) -> &str {
        match self {
            Self::Create { name, .. }
            | Self::Append(name, _)
            | Self::Change(name, ..)
            | Self::Publish(name, _)
            | Self::Unpublish(name, _)
            | Self::Drop(name) => name,
        }
    }
}

/// What a request asks for.
pub(in crate::gateway) fn edit(message: &Message, body: &Bytes) -> Result<Edit, Error> {
    match (message.endpoint.clone(), &message.method) {
        (Endpoint::Pipes, _) => create(message, body),
        (Endpoint::Pipe(pipe), &Method::DELETE) => Ok(Edit::Drop(pipe)),
        (Endpoint::PipeEdit(PipePlace::Nodes(pipe)), _) => Ok(Edit::Append(pipe, said(message, body)?.change)),
        (Endpoint::PipeEdit(PipePlace::Node(pipe, node)), _) => {
            Ok(Edit::Change(pipe, node, said(message, body)?.change))
        }
        (Endpoint::PipeEdit(PipePlace::NodeEndpoint(pipe, node)), &Method::DELETE) => Ok(Edit::Unpublish(pipe, node)),
        (Endpoint::PipeEdit(PipePlace::NodeEndpoint(pipe, node)), _) => Ok(Edit::Publish(pipe, node)),
        (Endpoint::PipeEdit(PipePlace::Endpoint(pipe)), _) => {
            let node = match media(&message.headers)? {
                Media::Json => text(&Json::parse(body)?, "node")?.unwrap_or_default(),
                // curl's `--data` calls a name a form.
                _ => utf8(body)?.trim().to_owned(),
            };
            Ok(Edit::Publish(pipe, node))
        }
        _ => Err(Error::NotFound),
    }
}

fn create(message: &Message, body: &Bytes) -> Result<Edit, Error> {
    let force = matches!(message.parameters.one("force")?, Some("true" | "1"));
    let named = || {
        let name = message.parameters.one("name")?.filter(|name| !name.is_empty());
        name.map(str::to_owned).ok_or_else(|| Error::Parameter("the parameter `name` is missing".to_owned()))
    };
    if matches!(media(&message.headers)?, Media::None | Media::Text) && is_datafile(body) {
        let file = datafile::parse_draft(utf8(body)?).map_err(|reason| Error::Parameter(reason.message))?;
        return Ok(Edit::Create { name: named()?, file, force });
    }
    let Said { change, nodes, is_endpoint } = said(message, body)?;
    let Change { name, sql, description } = change;
    let name = name.ok_or_else(|| Error::Parameter("the parameter `name` is missing".to_owned()))?;
    let mut nodes = match (nodes, sql) {
        (Some(_), Some(_)) => return Err(Error::Parameter("it has `nodes` and `sql`".to_owned())),
        (Some(nodes), None) => nodes,
        (None, Some(sql)) => vec![Node { sql, is_endpoint, ..Node::default() }],
        (None, None) => return Err(Error::Parameter("the pipe has no `nodes` and no `sql`".to_owned())),
    };
    for (at, node) in nodes.iter_mut().enumerate().filter(|(_, node)| node.name.is_empty()) {
        node.name = format!("{name}_{at}");
    }
    Ok(Edit::Create {
        name,
        file: Datafile { description: description.unwrap_or_default(), nodes, tokens: vec![] },
        force,
    })
}

/// Whether the text is a file's: it begins with one of its keys, as SQL does not.
fn is_datafile(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body);
    let first = text.lines().find(|line| !line.trim().is_empty() && !line.starts_with('#')).unwrap_or_default();
    let word = first.split_whitespace().next().unwrap_or_default();
    matches!(word, "NODE" | "DESCRIPTION" | "VERSION" | "TOKEN" | "TAGS")
}

fn said(message: &Message, body: &Bytes) -> Result<Said, Error> {
    let mut said = Said::default();
    from_pairs(&message.parameters, &mut said)?;
    match media(&message.headers)? {
        Media::Json if !body.is_empty() => from_json(&Json::parse(body)?, &mut said)?,
        // `tb` sends JSON with its type, and SQL without one.
        Media::None | Media::Text if !body.is_empty() => {
            put(&mut said.change.sql, Some(utf8(body)?.to_owned()), "sql")?
        }
        Media::Form if super::pipes::is_plain_sql(body) => {
            put(&mut said.change.sql, Some(utf8(body)?.to_owned()), "sql")?;
        }
        Media::Form => from_pairs(&Parameters::parse(body)?, &mut said)?,
        Media::Other if !body.is_empty() => return Err(Error::MediaType("send JSON, a form or text/plain")),
        _ => {}
    }
    Ok(said)
}

fn from_pairs(pairs: &Parameters, said: &mut Said) -> Result<(), Error> {
    let one = |name| Ok::<_, Error>(pairs.one(name)?.filter(|value| !value.is_empty()).map(str::to_owned));
    put(&mut said.change.name, one("name")?, "name")?;
    put(&mut said.change.sql, one("sql")?, "sql")?;
    put(&mut said.change.description, one("description")?, "description")?;
    said.is_endpoint |= is_endpoint(one("type")?.as_deref())?;
    Ok(())
}

fn from_json(json: &Json, said: &mut Said) -> Result<(), Error> {
    json.members().ok_or(Error::Malformed("the body is not a JSON object"))?;
    put(&mut said.change.name, text(json, "name")?, "name")?;
    put(&mut said.change.sql, text(json, "sql")?, "sql")?;
    put(&mut said.change.description, text(json, "description")?, "description")?;
    said.is_endpoint |= is_endpoint(text(json, "type")?.as_deref())?;
    let Some(nodes) = json.at("/nodes") else { return Ok(()) };
    let Json::Array(nodes) = nodes else { return Err(Error::Parameter("`nodes` is a list".to_owned())) };
    let node = |node: &Json| {
        Ok(Node {
            name: text(node, "name")?.unwrap_or_default(),
            description: text(node, "description")?.unwrap_or_default(),
            sql: text(node, "sql")?.ok_or_else(|| Error::Parameter("a node has no `sql`".to_owned()))?,
            line: 0,
            is_endpoint: is_endpoint(text(node, "type")?.as_deref())?,
        })
    };
    said.nodes = Some(nodes.iter().map(node).collect::<Result<_, Error>>()?);
    Ok(())
}

fn text(json: &Json, name: &str) -> Result<Option<String>, Error> {
    match json.at(&format!("/{name}")) {
        None | Some(Json::Null) => Ok(None),
        Some(Json::Text(text)) => Ok((!text.is_empty()).then(|| text.clone())),
        Some(_) => Err(Error::Parameter(format!("`{name}` is a text"))),
    }
}

/// A pipe that writes is none of ours.
fn is_endpoint(kind: Option<&str>) -> Result<bool, Error> {
    match kind.map(str::to_ascii_lowercase).as_deref() {
        None | Some("" | "standard" | "default") => Ok(false),
        Some("endpoint") => Ok(true),
        Some(_) => {
            Err(Error::Parameter("`type` is endpoint or standard: pipes that write are not supported".to_owned()))
        }
    }
}

fn put(place: &mut Option<String>, value: Option<String>, name: &str) -> Result<(), Error> {
    match (place.as_deref(), value) {
        (Some(known), Some(value)) if *known != value => Err(Error::Parameter(format!("`{name}` has two values"))),
        (_, Some(value)) => {
            *place = Some(value);
            Ok(())
        }
        (_, None) => Ok(()),
    }
}
