//! Whether someone may write a pipe: it gives all rows to its readers, so its author must be allowed to read all of them.
//!
//! Every node is written as it would be for a reader, with the author's rights, for several choices of parameters: none,
//! those that are required, all. What that reads is the list of what the pipe may ever read; a branch that shows more when it
//! is read is refused then.

use crate::authz::Policy;
use crate::catalog::Catalog;
use crate::pipe::managed::Reads;
use crate::pipe::{Given, Parameter, Pipe, Values};
use crate::sql::{Dialect, RefusalKind, Rewritten};
use crate::store::Snapshot;

use super::expand::{Author, Expansion, Trouble};

/// Why a pipe may not be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfit {
    /// The author may not read what it reads.
    Forbidden(String),
    /// It could not be served.
    Wrong(String),
}

/// What the pipe may read.
///
/// # Errors
/// [`Unfit`], with what its author may know.
pub fn publishable(
    pipe: &Pipe,
    policy: &Policy,
    snapshot: &Snapshot,
    catalog: &Catalog,
    dialect: Dialect,
) -> Result<Reads, Unfit> {
    let mut reads = Reads::default();
    let mut parameters = pipe.parameters.clone();
    loop {
        let found = tried(pipe, &parameters, &mut reads, Expansion::new(policy, snapshot, catalog, dialect));
        // A request's values reach the pipes inside, too: what those need or choose by is tried with them.
        let known = parameters.len();
        parameters = with_inner(&parameters, &reads, snapshot);
        if parameters.len() == known {
            return found.map(|()| reads);
        }
        if let Err(Unfit::Forbidden(message)) = found {
            return Err(Unfit::Forbidden(message));
        }
    }
}

/// The parameters, and those of the pipes that are read.
#[must_use]
pub fn with_inner(parameters: &[Parameter], reads: &Reads, snapshot: &Snapshot) -> Vec<Parameter> {
    let mut all = parameters.to_vec();
    for inner in reads.pipes.iter().filter_map(|name| snapshot.pipes().get(name)) {
        for parameter in &inner.parameters {
            if !all.iter().any(|known| known.name == parameter.name) {
                all.push(parameter.clone());
            }
        }
    }
    all
}

/// Writes every node with these parameters, and adds what that reads.
fn tried(pipe: &Pipe, parameters: &[Parameter], reads: &mut Reads, start: Expansion<'_>) -> Result<(), Unfit> {
    let Expansion { policy, snapshot, catalog, dialect, .. } = start;
    for at in 0..pipe.nodes.len() {
        let mut rendered = false;
        let mut wrong = None;
        for values in choices(parameters) {
            let mut expansion = Expansion::new(policy, snapshot, catalog, dialect);
            let author = Author { pipe: pipe.name.clone(), reads: Reads::default(), partly: None };
            expansion.author = Some(author);
            // As it stands in another statement, which asks for more than a pipe by itself.
            let written = expansion.node(pipe, at, &values, true);
            if let Some(partly) = expansion.author.as_mut().and_then(|author| author.partly.take()) {
                return Err(Unfit::Forbidden(partly));
            }
            match written {
                Ok(_) => rendered = true,
                Err(Trouble::Parameters(refusal)) => wrong = Some(refusal.message),
                Err(Trouble::Pipe(name, refusal)) if name == pipe.name => {
                    return Err(match refusal.kind {
                        RefusalKind::UnknownTable => Unfit::Forbidden(refusal.message),
                        _ => Unfit::Wrong(refusal.message),
                    });
                }
                Err(Trouble::Pipe(name, refusal)) => {
                    let why = if policy.is_admin() { format!(": {}", refusal.message) } else { String::new() };
                    return Err(Unfit::Wrong(format!("the pipe '{name}' cannot be served{why}")));
                }
            }
            // Also of a try that ended early: its author may read what it came to.
            if let Some(author) = expansion.author {
                reads.tables.extend(author.reads.tables);
                reads.pipes.extend(author.reads.pipes);
            }
        }
        if let (false, Some(wrong)) = (rendered, wrong) {
            return Err(Unfit::Wrong(format!("it cannot be tried with its parameters' defaults: {wrong}")));
        }
    }
    Ok(())
}

/// The text of a materialized view: the pipe's endpoint without parameters, with the rights of an operator, who sees all.
/// Its tables stand in it openly, or the engine would not know which table's rows the view follows.
///
/// # Errors
/// [`Unfit`].
pub fn view(
    pipe: &Pipe,
    operator: &Policy,
    snapshot: &Snapshot,
    catalog: &Catalog,
    dialect: Dialect,
) -> Result<Rewritten, Unfit> {
    let mut expansion = Expansion::new(operator, snapshot, catalog, dialect);
    expansion.plain = true;
    let written = expansion.node(pipe, pipe.endpoint, &Values::new(), false);
    let written = written.map_err(|trouble| match trouble {
        Trouble::Parameters(refusal) => Unfit::Wrong(refusal.message),
        Trouble::Pipe(name, refusal) if name == pipe.name => Unfit::Wrong(refusal.message),
        Trouble::Pipe(name, refusal) => Unfit::Wrong(format!("in the pipe `{name}`: {}", refusal.message)),
    })?;
    if written.filtered {
        return Err(Unfit::Forbidden("a materialized view would hold some of the rows only".to_owned()));
    }
    if written.format.is_some() || !written.settings.is_empty() || !written.parameters.is_empty() {
        return Err(Unfit::Wrong("a materialized view has no FORMAT, SETTINGS or parameters".to_owned()));
    }
    Ok((*written).clone())
}

/// Values to try a pipe with.
fn choices(parameters: &[Parameter]) -> [Values; 3] {
    let of = |wanted: &dyn Fn(&Parameter) -> bool| {
        parameters
            .iter()
            .filter(|parameter| wanted(parameter))
            .map(|known| (known.name.clone(), sample(known)))
            .collect()
    };
    [Values::new(), of(&|parameter| parameter.required), of(&|_| true)]
}

/// A value of the parameter's type.
fn sample(parameter: &Parameter) -> Given {
    let of = |kind: &str| match kind {
        "Date" => "2020-01-01",
        "DateTime" | "DateTime64" => "2020-01-01 00:00:00",
        "UUID" => "00000000-0000-4000-8000-000000000000",
        _ => "1",
    };
    let kind = parameter.type_name.as_str();
    let kind = kind.strip_prefix("Array(").and_then(|rest| rest.strip_suffix(')')).unwrap_or(kind);
    Given::One(parameter.default.clone().filter(|default| !default.is_empty()).unwrap_or_else(|| of(kind).to_owned()))
}
