//! Pipes: what may be read of one, and what may be known of them.
//!
//! A pipe that does not exist and one that the token may not read get one answer.

use std::sync::Arc;

use bytes::Bytes;
use http::Method;
use serde_json::{Value, json};

use crate::authz::{Decision, Policy};
use crate::pipe::{Parameter, Pipe};
use crate::resource::{Action, Resource};
use crate::store::{Principal, Snapshot};
use crate::upstream::Query;

use super::Authorize;
use crate::gateway::authenticate::Message;
use crate::gateway::face::v0::attributes::Attributes;
use crate::gateway::face::v0::pipe_edits::Edit;
use crate::gateway::parameters::Parameters;
use crate::gateway::route::Endpoint;
use crate::gateway::{Error, body, face};

/// A change of pipes that may be asked for. Whether its author may read what the pipe reads is decided on the state that
/// is changed.
#[derive(Debug)]
pub(in crate::gateway) struct PipeWork {
    pub(in crate::gateway) by: Arc<Principal>,
    pub(in crate::gateway) edit: Edit,
}

impl Authorize {
    /// A change: decided on the name before anything is told of the pipe, and before a body is read.
    pub(super) async fn pipe_edit(&self, by: Arc<Principal>, mut message: Message) -> Result<PipeWork, Error> {
        match &message.endpoint {
            Endpoint::Pipe(name) => {
                let name = name.parse().map_err(|_| Error::Absent(format!("Pipe '{name}' not found")))?;
                self.permit(&by.policy, Action::Drop, Resource::Pipe(name))?;
            }
            _ if is_author(&by.policy) => self.decided("permit"),
            _ => {
                self.decided("denial");
                let message =
                    "Provided token doesn't have permissions to publish a pipe, it needs ADMIN or PIPES:CREATE";
                return Err(Error::PipeForbidden(message.to_owned()));
            }
        }
        let body = match message.method {
            Method::POST | Method::PUT => body::read(std::mem::take(&mut message.body), self.body_idle).await?,
            _ => Bytes::new(),
        };
        let edit = face::v0::pipe_edits::edit(&message, &body)?;
        Ok(PipeWork { by, edit })
    }

    /// A read of an endpoint.
    pub(super) async fn pipe_read(
        &self,
        principal: Arc<Principal>,
        snapshot: Arc<Snapshot>,
        mut message: Message,
        (name, format): (String, &'static str),
    ) -> Result<Query, Error> {
        if readable(&principal.policy, &snapshot, &name).is_none() {
            self.decided("denial");
            return Err(Error::Absent(format!("The pipe '{name}' does not exist")));
        }
        let body = match message.method {
            Method::POST => body::read(std::mem::take(&mut message.body), self.body_idle).await?,
            _ => Bytes::new(),
        };
        let (text, statement) = face::v0::pipes::read(&message, &body, format)?;
        if format != "JSON" && !self.upstream.writes_formats() {
            return Err(Error::Format(format.to_owned()));
        }
        self.run(principal, snapshot, message.id.to_string(), statement, (text, Some(name))).await
    }

    /// The pipes that the token may read.
    pub(super) fn pipes(&self, policy: &Policy, snapshot: &Snapshot, asked: &Parameters) -> Result<Value, Error> {
        let told = Told::read(asked)?;
        let pipes = snapshot.pipes().iter().filter(|pipe| shown(policy, snapshot, &pipe.name).is_some());
        let pipes = pipes.chain(snapshot.pipes().drafts().filter(|_| is_author(policy)));
        Ok(json!({ "pipes": pipes.map(|pipe| told.pick(described(pipe, policy))).collect::<Vec<_>>() }))
    }

    /// One of them.
    pub(super) fn pipe(
        &self,
        policy: &Policy,
        snapshot: &Snapshot,
        name: &str,
        asked: &Parameters,
    ) -> Result<Value, Error> {
        let told = Told::read(asked)?;
        let pipe = shown(policy, snapshot, name).ok_or_else(|| Error::Absent(format!("Pipe '{name}' not found")))?;
        Ok(told.pick(described(pipe, policy)))
    }
}

/// Which members of a pipe and of its nodes are told.
struct Told {
    pipe: Attributes,
    node: Attributes,
}

impl Told {
    fn read(asked: &Parameters) -> Result<Self, Error> {
        Ok(Self { pipe: Attributes::read(asked, "attrs")?, node: Attributes::read(asked, "node_attrs")? })
    }

    /// mcp-tinybird reads `url` without asking for it, and chokes on whatever else it has not asked for; `tb` asks for members
    /// of nodes and means the nodes too.
    fn pick(&self, mut pipe: Value) -> Value {
        if let Some(Value::Array(nodes)) = pipe.get_mut("nodes") {
            nodes.iter_mut().for_each(|node| *node = self.node.pick(node.take(), &[]));
        }
        let always: &[&str] = if self.node.is_all() { &["url"] } else { &["url", "nodes"] };
        self.pipe.pick(pipe, always)
    }
}

/// The pipe, if there is one and the token may read it.
fn readable<'s>(policy: &Policy, snapshot: &'s Snapshot, name: &str) -> Option<&'s Pipe> {
    let pipe = snapshot.pipes().get(name)?;
    let asked = [(Action::Read, Resource::Pipe(pipe.name.parse().ok()?))];
    matches!(policy.decide(asked), Decision::Permit(_)).then_some(pipe)
}

/// The pipe, if it may be described: to its readers, and one of the API's to whoever may change it.
fn shown<'s>(policy: &Policy, snapshot: &'s Snapshot, name: &str) -> Option<&'s Pipe> {
    readable(policy, snapshot, name).or_else(|| snapshot.pipes().managed(name).filter(|_| is_author(policy)))
}

/// Whether the token may make and change pipes.
fn is_author(policy: &Policy) -> bool {
    // A right on every pipe: any name stands for all.
    let any = "_".parse().map(Resource::Pipe);
    any.is_ok_and(|any| matches!(policy.decide([(Action::Create, any)]), Decision::Permit(_)))
}

/// The members that Tinybird's clients read. SQL is for those who may change pipes.
pub(in crate::gateway) fn described(pipe: &Pipe, policy: &Policy) -> Value {
    let author = is_author(policy);
    let parameters: Vec<Value> = pipe.parameters.iter().map(parameter).collect();
    let nodes = pipe.nodes.iter().enumerate().filter(|(at, _)| author || *at == pipe.endpoint).map(|(at, node)| {
        let kind = if at == pipe.endpoint { "endpoint" } else { "standard" };
        let mut shown =
            json!({ "id": node.name, "name": node.name, "description": node.description, "node_type": kind });
        if let (true, Some(members)) = (author, shown.as_object_mut()) {
            members.insert("sql".to_owned(), json!(node.sql));
        }
        if let (true, Some(members)) = (at == pipe.endpoint, shown.as_object_mut()) {
            members.insert("params".to_owned(), json!(parameters));
        }
        shown
    });
    let modified = pipe.modified.and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
    let modified = timestamp(modified.map_or(0, |since| since.as_secs()));
    json!({
        "id": pipe.name,
        "name": pipe.name,
        "description": pipe.description,
        "type": if pipe.is_published() { "endpoint" } else { "default" },
        "endpoint": pipe.nodes.get(pipe.endpoint).map(|node| node.name.as_str()),
        "nodes": nodes.collect::<Vec<_>>(),
        "created_at": modified,
        "updated_at": modified,
        "url": format!("/v0/pipes/{}.json", pipe.name),
    })
}

/// What is not said of a parameter is no member.
fn parameter(parameter: &Parameter) -> Value {
    let mut told = json!({
        "name": parameter.name,
        "type": parameter.type_name,
        "default": parameter.default,
        "description": parameter.description,
        "required": parameter.required,
    });
    let more = [
        ("enum", json!(parameter.allowed)),
        ("format", json!(parameter.format)),
        ("example", json!(parameter.example)),
    ];
    if let Some(members) = told.as_object_mut() {
        let said = |value: &Value| !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty());
        members.extend(more.into_iter().filter(|(_, value)| said(value)).map(|(name, value)| (name.to_owned(), value)));
    }
    told
}

/// `2026-01-31 23:59:59.000000`: one client cuts the last seven characters off.
fn timestamp(seconds: u64) -> String {
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    // Civil from days, by the 400-year era that begins on 1 March 0000.
    let z = days + 719_468;
    let (era, day_of_era) = (z / 146_097, z % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02}.000000", rest / 3600, rest / 60 % 60, rest % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_as_clients_cut_it() {
        assert_eq!(timestamp(0), "1970-01-01 00:00:00.000000");
        assert_eq!(timestamp(1_709_251_199), "2024-02-29 23:59:59.000000");
    }
}
