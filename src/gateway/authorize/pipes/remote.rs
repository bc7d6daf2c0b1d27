//! Pipes whose SQL only the upstream holds.
//!
//! - The gateway cannot put a row filter into one. A token that sees some rows only of any data source is refused, unless
//!   gateway.yaml says what the pipe reads (`upstream.v0.pipes`) and none of that is filtered for the token.
//! - What is sent: the pipe's name as the upstream spells it, values of parameters that it declares and that are of their
//!   types, and a statement over it that went the way of every statement, with `_` as its one table.
//! - A filter on the pipe is a wall around `_`, and then no statement of the client's is taken.
//! - One of the gateway's own of the same name hides it.

use std::sync::Arc;

use serde_json::{Value, json};

use super::timestamp;
use crate::authz::{Decision, Grant, Permit, Policy};
use crate::catalog::{Catalog, Engine, NameCase, Table, TableName};
use crate::gateway::Error;
use crate::gateway::authorize::Authorize;
use crate::gateway::authorize::query::shows_blocks;
use crate::gateway::face::Statement;
use crate::pipe::template::is_of_type;
use crate::pipe::{Given, Values};
use crate::resource::{Action, Resource, ResourceName};
use crate::sql::{self, Dialect, RowFilter, Visible};
use crate::store::Snapshot;
use crate::upstream::Format;
use crate::upstream::v0::{PipeCall, RemotePipe, V0};

/// The one table that a statement over a pipe reads.
const PIPE: &str = "_";

impl Authorize {
    /// The pipe, if the upstream has published one of that name and the token may read it.
    pub(super) fn remote(&self, policy: &Policy, name: &str) -> Option<(Arc<RemotePipe>, Permit)> {
        let pipe = self.upstream.as_v0()?.pipes().get(name).cloned()?;
        match policy.decide([(Action::Read, Resource::Pipe(pipe.name.parse().ok()?))]) {
            Decision::Permit(permit) => Some((Arc::new(pipe), permit)),
            Decision::Denial(_) => None,
        }
    }

    /// A read of it, or of a statement over it.
    pub(super) fn remote_read(
        &self,
        policy: &Policy,
        snapshot: &Snapshot,
        (pipe, permit): (&RemotePipe, &Permit),
        (text, statement, ending): (Option<String>, Statement, &'static str),
    ) -> Result<PipeCall, Error> {
        let v0 = self.upstream.as_v0().ok_or(Error::NotFound)?;
        if !reads_no_filtered(policy, v0, &pipe.name) {
            self.decided("denial");
            let message = format!(
                "Forbidden. The pipe '{}' may read a data source of which the token sees only some rows",
                pipe.name
            );
            return Err(Error::PipeForbidden(message));
        }
        self.decided("permit");
        let filters: Vec<_> = permit.grants().iter().filter_map(Grant::filters).flatten().cloned().collect();
        let (statement_over, format) = over(text.as_deref(), &filters, snapshot)?;
        let format = format.unwrap_or(statement.format);
        let mut values = values(pipe, policy, &statement.pipe_values)?;
        // Switches of the API's own, each from a list.
        values.extend(statement.settings);
        let format: Format = format.parse().map_err(|_| Error::Format(format))?;
        if !policy.is_admin() && !format.is_written_beside_filters(true) {
            return Err(Error::Refused(shows_blocks(format)));
        }
        Ok(PipeCall {
            pipe: pipe.name.clone(),
            ending,
            format,
            statement: statement_over,
            values,
            // It reads with its own rights: the upstream's words would tell of rows that the token may not see.
            filtered: !policy.is_admin(),
        })
    }

    /// What is said of the upstream's pipes that the token may read.
    pub(super) fn remote_pipes(&self, policy: &Policy, snapshot: &Snapshot) -> Vec<Value> {
        let Some(v0) = self.upstream.as_v0() else { return Vec::new() };
        let names: Vec<String> = v0.pipes().keys().cloned().collect();
        let hidden = |name: &String| snapshot.pipes().get(name).is_some();
        let seen = names.iter().filter(|name| !hidden(name)).filter_map(|name| self.remote(policy, name));
        seen.map(|(pipe, _)| described(&pipe)).collect()
    }
}

/// Whether nothing that the pipe reads is filtered for the token. What is not known to be read may be.
fn reads_no_filtered(policy: &Policy, v0: &V0, pipe: &str) -> bool {
    let is_open = |name: &String| {
        // A name that no scope could have may be anything.
        let Ok(name) = name.parse::<ResourceName>() else { return false };
        match policy.decide([(Action::Read, Resource::Datasource(name))]) {
            Decision::Permit(permit) => permit.grants().iter().all(|grant| grant.filters().is_none()),
            Decision::Denial(_) => true,
        }
    };
    match v0.reads(pipe) {
        Some(reads) => reads.iter().all(is_open),
        None => !policy.filters_datasources(),
    }
}

/// The statement over the pipe, if there is to be one, and the format that it names.
fn over(
    text: Option<&str>,
    filters: &[Arc<RowFilter>],
    snapshot: &Snapshot,
) -> Result<(Option<String>, Option<String>), Error> {
    // What its columns are made of is not known: a function of the client's over a dictionary (`sql::shared`) would run on
    // what the filter hides.
    if text.is_some() && !filters.is_empty() {
        let message =
            "a statement over a pipe of the upstream's is not taken from a token with a filter on it".to_owned();
        return Err(Error::Parameter(message));
    }
    let Some(text) = text.or((!filters.is_empty()).then_some("SELECT * FROM _")) else { return Ok((None, None)) };
    let name = TableName::new("default", PIPE);
    let mut catalog = Catalog::new("default", NameCase::Sensitive);
    catalog.insert(name.clone(), Table { columns: Vec::new(), engine: Engine::Plain });
    let resolved = sql::resolve(text, Dialect::Tinybird, &snapshot.limits, &snapshot.extensions, &catalog);
    let visible = |table: &TableName| {
        let rows = if filters.is_empty() { Visible::AllRows } else { Visible::Rows(filters.to_vec()) };
        (*table == name).then_some(rows)
    };
    let rewritten = resolved.and_then(|resolved| resolved.rewrite(&visible)).map_err(Error::Refused)?;
    if !rewritten.settings.is_empty() || !rewritten.parameters.is_empty() {
        let message = "a statement over a pipe of the upstream's takes no settings and no parameters".to_owned();
        return Err(Error::Parameter(message));
    }
    Ok((Some(rewritten.text), rewritten.format))
}

/// What the request gives for parameters that the pipe declares; what the token fixes wins.
fn values(pipe: &RemotePipe, policy: &Policy, given: &Values) -> Result<Vec<(String, String)>, Error> {
    let mut all = given.clone();
    for (name, value) in policy.fixed_params(&pipe.name).into_iter().flatten() {
        if !pipe.parameters.iter().any(|parameter| parameter.name == *name) {
            // It would fix nothing.
            let message = format!("Forbidden. The pipe '{}' has no parameter that the token fixes", pipe.name);
            return Err(Error::PipeForbidden(message));
        }
        all.insert(name.clone(), Given::One(value.clone()));
    }
    let mut values = Vec::new();
    for parameter in &pipe.parameters {
        let given = match all.get(&parameter.name) {
            None => continue,
            Some(Given::One(value)) => std::slice::from_ref(value),
            Some(Given::Many(values)) => values.as_slice(),
            Some(Given::Other) => {
                let name = &parameter.name;
                return Err(Error::Parameter(format!("the value of the parameter `{name}` is none")));
            }
        };
        if !is_of_type(&parameter.type_name, given) {
            let (name, kind) = (&parameter.name, &parameter.type_name);
            return Err(Error::Parameter(format!("the value of the parameter `{name}` is no {kind}")));
        }
        values.extend(given.iter().map(|value| (parameter.name.clone(), value.clone())));
    }
    Ok(values)
}

pub(super) fn described(pipe: &RemotePipe) -> Value {
    let parameters: Vec<Value> = pipe.parameters.iter().map(super::parameter).collect();
    let node = json!({
        "id": pipe.endpoint, "name": pipe.endpoint, "description": "", "node_type": "endpoint", "params": parameters,
    });
    let modified = timestamp(u64::try_from(pipe.updated).unwrap_or_default());
    json!({
        "id": pipe.name,
        "name": pipe.name,
        "description": pipe.description,
        "type": "endpoint",
        "endpoint": pipe.endpoint,
        "nodes": [node],
        "created_at": modified,
        "updated_at": modified,
        "url": format!("/v0/pipes/{}.json", pipe.name),
    })
}
