//! Changes of pipes: the change is put on what is there, the whole is judged with its author's rights, kept and in force
//! before the answer is given.

use std::sync::PoisonError;

use http::StatusCode;

use crate::catalog::TableName;
use crate::gateway::authorize::pipes::{PipeWork, described};
use crate::gateway::face::v0::pipe_edits::{Change, Edit};
use crate::gateway::judge::publish::{Unfit, publishable};
use crate::gateway::{Error, Response};
use crate::pipe::datafile::{self, Datafile, Node};
use crate::pipe::{Origin, Pipe, Pipes, Source, managed};

use super::datasources::empty;
use super::{Forward, object};

impl Forward {
    pub(super) async fn pipes(&self, work: PipeWork) -> Result<Response, Error> {
        let this = self.clone();
        // The store waits for the disk.
        tokio::task::spawn_blocking(move || this.pipes_now(&work)).await.map_err(|_| Error::Panicked)?
    }

    fn pipes_now(&self, work: &PipeWork) -> Result<Response, Error> {
        let PipeWork { by, edit } = work;
        let name = edit.pipe();
        // One change at a time: each is put on the state that the last one left.
        let _one = self.pipe_changes.lock().unwrap_or_else(PoisonError::into_inner);
        let snapshot = self.store.snapshot();
        let catalog = self.upstream.catalog().ok_or(Error::NotReady)?;
        let pipes = snapshot.pipes();
        if let Some(origin) = pipes.of_people(name) {
            return Err(Error::Conflict(format!("the pipe '{name}' is made by {}: change it there", place(origin))));
        }
        let Some(file) = changed(pipes, edit)? else {
            self.store.remove_pipe(name).map_err(|error| disk(&error))?;
            audit(&by.name, edit, "drop");
            return Ok(empty(StatusCode::NO_CONTENT));
        };
        if !datafile::is_name(name) {
            let message = "a pipe's name is letters, digits and `_`, and begins with no digit";
            return Err(Error::Parameter(message.to_owned()));
        }
        if catalog.get(&TableName::new(catalog.default_database(), name)).is_some() {
            return Err(Error::Conflict(format!("'{name}' is the name of a data source")));
        }
        if self.upstream.as_v0().is_some_and(|v0| v0.pipes().contains_key(name)) && pipes.managed(name).is_none() {
            return Err(Error::Conflict(format!("the upstream has a pipe '{name}' of its own")));
        }
        let file = managed::kept(&file).map_err(|reason| Error::Parameter(reason.message))?;
        let dialect = self.store.dialect();
        let source = Source {
            name: name.to_owned(),
            origin: Origin::Inline,
            modified: None,
            file: Ok(file.clone()),
            reads: None,
        };
        let pipe = Pipe::draft(source, dialect).map_err(|unserved| Error::Parameter(unserved.reason.message))?;
        let reads = publishable(&pipe, &by.policy, &snapshot, &catalog, dialect).map_err(|unfit| match unfit {
            Unfit::Forbidden(message) => Error::PipeForbidden(message),
            Unfit::Wrong(message) => Error::Parameter(message),
        })?;
        self.store.write_pipe(name, &managed::write(&file, &reads)).map_err(|error| disk(&error))?;
        audit(&by.name, edit, "change");
        let snapshot = self.store.snapshot();
        let pipe = snapshot.pipes().managed(name).ok_or_else(|| {
            tracing::error!(pipe = name, "a pipe that was written is not in force");
            Error::Conflict("the pipe was written and is not in force: the files cannot be read".to_owned())
        })?;
        Ok(object(&described(pipe, &by.policy)))
    }
}

/// The file after the change; `None` removes it.
fn changed(pipes: &Pipes, edit: &Edit) -> Result<Option<Datafile>, Error> {
    let absent = || Error::Absent(format!("Pipe '{}' not found", edit.pipe()));
    let known = pipes.managed(edit.pipe());
    // A file of the API's that cannot be read any more may be written anew, or removed.
    let broken = pipes.unserved().iter().any(|unserved| unserved.name == edit.pipe());
    if let Edit::Drop(_) = edit {
        return if known.is_some() || broken { Ok(None) } else { Err(absent()) };
    }
    if let Edit::Create { name, file, force } = edit {
        if (known.is_some() || broken) && !force {
            return Err(Error::Conflict(format!("There is already a pipe with name '{name}'")));
        }
        let mut file = file.clone();
        // One that is read goes on being read.
        if let Some(known) =
            known.filter(|known| known.is_published() && file.nodes.iter().all(|node| !node.is_endpoint))
        {
            let endpoint = known.nodes.get(known.endpoint).map(|node| node.name.clone());
            let at = file.nodes.iter().position(|node| Some(&node.name) == endpoint.as_ref());
            let at = at.unwrap_or(file.nodes.len().saturating_sub(1));
            publish(&mut file, at);
        }
        return Ok(Some(file));
    }
    let mut file = known.ok_or_else(absent)?.datafile();
    let position = |name: &str| {
        let at = file.nodes.iter().position(|node| node.name == name);
        at.ok_or_else(|| Error::Absent(format!("Node '{name}' not found")))
    };
    match edit {
        Edit::Append(pipe, Change { name, sql, description }) => file.nodes.push(Node {
            name: name.clone().unwrap_or_else(|| format!("{pipe}_{}", file.nodes.len())),
            description: description.clone().unwrap_or_default(),
            sql: sql.clone().ok_or_else(|| Error::Parameter("a node has no `sql`".to_owned()))?,
            ..Node::default()
        }),
        Edit::Change(_, node, change) => {
            let at = position(node)?;
            if let Some(node) = file.nodes.get_mut(at) {
                let Change { name, sql, description } = change.clone();
                node.name = name.unwrap_or_else(|| node.name.clone());
                node.sql = sql.unwrap_or_else(|| node.sql.clone());
                node.description = description.unwrap_or_else(|| node.description.clone());
            }
        }
        Edit::Publish(_, node) => {
            let at = position(node)?;
            publish(&mut file, at);
        }
        Edit::Unpublish(_, node) => {
            let at = position(node)?;
            if let Some(node) = file.nodes.get_mut(at) {
                node.is_endpoint = false;
            }
        }
        Edit::Create { .. } | Edit::Drop(_) => {}
    }
    Ok(Some(file))
}

fn publish(file: &mut Datafile, endpoint: usize) {
    file.nodes.iter_mut().enumerate().for_each(|(at, node)| node.is_endpoint = at == endpoint);
}

/// Where a pipe of people's stands, without the path of the machine.
fn place(origin: &Origin) -> String {
    match origin {
        Origin::Inline => "gateway.yaml".to_owned(),
        Origin::File(path) | Origin::Managed(path) => {
            path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
        }
    }
}

fn disk(error: &std::io::Error) -> Error {
    tracing::error!(%error, "a pipe's file cannot be written");
    Error::Conflict("the pipe cannot be written: the log says why".to_owned())
}

fn audit(by: &str, edit: &Edit, action: &'static str) {
    tracing::info!(target: "audit", by, action, of = edit.pipe(), "audit: a pipe was changed");
}
