//! Pipes whose SQL only the upstream holds: what it says of them, and a call of one.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{V0, request};
use crate::pipe::Parameter;
use crate::upstream::intake::{is_plain_name, unix_seconds};
use crate::upstream::{Format, UpstreamError};

/// How many pipes are asked for one by one, where the list does not tell their parameters.
const MOST_ASKED: usize = 200;

/// A pipe that the upstream has published.
#[derive(Debug, Clone, PartialEq)]
pub struct RemotePipe {
    /// Its name.
    pub name: String,
    /// What its author says of it.
    pub description: String,
    /// The node that is published.
    pub endpoint: String,
    /// Its parameters; nothing else is sent.
    pub parameters: Vec<Parameter>,
    /// When it was last changed, in seconds since 1970.
    pub updated: i64,
}

/// A read of one.
#[derive(Debug, Clone)]
pub struct PipeCall {
    /// Its name.
    pub pipe: String,
    /// The ending of its path: `json`, `csv` …
    pub ending: &'static str,
    /// What that ending stands for.
    pub format: Format,
    /// A statement over it, rewritten, in which `_` is the pipe.
    pub statement: Option<String>,
    /// Values of its parameters, each of a name that it declares. A name that stands here twice is an array.
    pub values: Vec<(String, String)>,
    /// Whether the upstream's words and counts must stay here.
    pub filtered: bool,
}

impl PipeCall {
    /// The last part of the path, and the parameters.
    pub(super) fn request(&self) -> Result<(String, Vec<(String, String)>), UpstreamError> {
        let format = request::asked_for(self.format, self.filtered)?;
        let statement = self.statement.as_ref().map(|text| ("q".to_owned(), format!("{text} FORMAT {format}")));
        let parameters = self.values.iter().cloned().chain(statement).collect();
        Ok((format!("{}.{}", self.pipe, self.ending), parameters))
    }
}

impl V0 {
    /// Every published pipe.
    pub(super) async fn read_pipes(&self) -> Result<BTreeMap<String, RemotePipe>, UpstreamError> {
        let told = json(&self.document(&["v0", "pipes"]).await?)?;
        let all = told.get("pipes").and_then(Value::as_array).ok_or(UpstreamError::BadAnswer)?;
        let (mut pipes, mut asked) = (BTreeMap::new(), 0);
        for told in all {
            let Some((name, endpoint)) = published(told) else { continue };
            let mut pipe = read(told, name, endpoint);
            if pipe.is_none() && asked < MOST_ASKED {
                asked += 1;
                pipe = match self.document(&["v0", "pipes", name]).await {
                    Ok(one) => read(&json(&one)?, name, endpoint),
                    // One that went away meanwhile.
                    Err(UpstreamError::Rejected { .. }) => None,
                    Err(error) => return Err(error),
                };
            }
            pipes.extend(pipe.map(|pipe| (pipe.name.clone(), pipe)));
        }
        Ok(pipes)
    }
}

fn json(answer: &[u8]) -> Result<Value, UpstreamError> {
    serde_json::from_slice(answer).map_err(|_| UpstreamError::BadAnswer)
}

/// The name of a pipe and of the node that it has published.
fn published(told: &Value) -> Option<(&str, &str)> {
    let name = told.get("name")?.as_str().filter(|name| is_plain_name(name))?;
    let endpoint = told.get("endpoint")?.as_str().filter(|endpoint| !endpoint.is_empty())?;
    Some((name, endpoint))
}

/// What is said of a pipe; `None` when its parameters are not.
fn read(told: &Value, name: &str, endpoint: &str) -> Option<RemotePipe> {
    let nodes = told.get("nodes")?.as_array()?;
    let is = |node: &&Value, member: &str| node.get(member).and_then(Value::as_str) == Some(endpoint);
    let node = nodes.iter().find(|node| is(node, "id") || is(node, "name"))?;
    let text = |value: &Value, member: &str| value.get(member).and_then(Value::as_str).unwrap_or_default().to_owned();
    let parameters = node.get("params")?.as_array()?.iter().filter_map(|told| {
        let name = told.get("name")?.as_str()?.to_owned();
        let default = told.get("default").filter(|value| !value.is_null());
        let default = default.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        Some(Parameter {
            name,
            type_name: text(told, "type"),
            default,
            description: told.get("description").and_then(Value::as_str).map(str::to_owned),
            required: told.get("required").and_then(Value::as_bool).unwrap_or_default(),
            allowed: allowed(told),
            format: told.get("format").and_then(Value::as_str).map(str::to_owned),
            example: told.get("example").and_then(Value::as_str).map(str::to_owned),
        })
    });
    Some(RemotePipe {
        name: name.to_owned(),
        description: text(told, "description"),
        endpoint: text(node, "name"),
        parameters: parameters.collect(),
        updated: unix_seconds(&text(told, "updated_at")).unwrap_or_default(),
    })
}

/// The values that the author lists, if there are any.
fn allowed(told: &Value) -> Vec<String> {
    let all = told.get("enum").and_then(Value::as_array).into_iter().flatten();
    all.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_published_pipes_with_known_parameters_are_read() {
        let params = json!([{ "name": "org", "type": "Int64", "default": 1, "required": false }, { "type": "String" }]);
        let nodes = json!([{ "id": "n1", "name": "a", "params": [] }, { "id": "n2", "name": "b", "params": params }]);
        let told =
            json!({ "name": "top", "endpoint": "n2", "nodes": nodes, "updated_at": "1970-01-01 00:00:09.000000" });
        let (name, endpoint) = published(&told).unwrap();
        let pipe = read(&told, name, endpoint).unwrap();
        assert_eq!((pipe.endpoint.as_str(), pipe.updated, pipe.parameters.len()), ("b", 9, 1));
        assert_eq!(pipe.parameters[0].default.as_deref(), Some("1"));
        for draft in [json!({ "name": "top", "endpoint": null }), json!({ "name": "a.b", "endpoint": "n" }), json!({})]
        {
            assert!(published(&draft).is_none(), "{draft}");
        }
        let unsaid = json!({ "name": "top", "endpoint": "n", "nodes": [{ "id": "n", "name": "n" }] });
        assert!(read(&unsaid, "top", "n").is_none());
    }
}
