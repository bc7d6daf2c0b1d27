//! `portcullis explain`: the same straight line as a request's (resolve, decide, rewrite), told instead of carried out. A
//! statement, a pipe with its parameters, a statement over a pipe, or the bare question whether a token may do something.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use crate::authz::Policy;
use crate::catalog::Catalog;
use crate::gateway::judge::{Asked, Judged, Refused, judge_asked};
use crate::pipe::{self, Given, Values};
use crate::sql::{Dialect, Refusal};
use crate::store::Snapshot;
use crate::upstream::Upstream;

use super::{Failure, Outcome, Place, wire};

mod can;
mod told;

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The token's name
    #[arg(long, value_name = "NAME")]
    token: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// A pipe to read; in a query over it `_` is the pipe
    #[arg(long, value_name = "NAME")]
    pipe: Option<String>,
    /// A parameter of pipes; several of one name are an array
    #[arg(long = "param", value_name = "NAME=VALUE")]
    params: Vec<String>,
    /// Whether the token may do that: `append events`, `drop pipe top`, `manage tokens`
    #[arg(long, value_name = "ACTION", conflicts_with_all = ["pipe", "params", "sql"])]
    can: Option<String>,
    /// The query
    #[arg(required_unless_present_any = ["pipe", "can"])]
    sql: Option<String>,
    #[command(flatten)]
    place: Place,
}

type Verdict = Result<Judged, Box<Refused>>;

/// How long the upstream may take to tell what it holds.
const CATALOG_WAIT: Duration = Duration::from_secs(10);

pub(super) fn explain(asked: &Explain, out: &mut dyn Write) -> Result<Outcome, Failure> {
    let config = asked.place.load()?;
    let snapshot = super::open(&config, super::key_or_passing(&config)?)?.snapshot();
    let principal =
        snapshot.principal_by_name(&asked.token).ok_or_else(|| super::token::unknown(&snapshot, &asked.token))?;
    if let Some(action) = &asked.can {
        return can::can(action, &principal.policy, asked.json, out);
    }
    let upstream = Arc::new(wire::upstream(&config)?);
    let catalog = catalog(&upstream)?;
    let (policy, dialect) = (&principal.policy, upstream.dialect());
    let values = values(&asked.params)?;
    let over = Asked { text: asked.sql.as_deref(), pipe: asked.pipe.as_deref(), values: &values };
    let verdict = judge_asked(&over, policy, &snapshot, &catalog, dialect);
    let rendered = asked.pipe.as_deref().and_then(|name| rendered(name, &values, policy, &snapshot, dialect));
    if asked.json {
        let mut told = told::as_json(&verdict, policy);
        if let (Some(nodes), Some(members)) = (&rendered, told.as_object_mut()) {
            members.insert("rendered".to_owned(), told::rendered_as_json(nodes));
        }
        writeln!(out, "{told}")?;
    } else {
        told::as_text(&verdict, rendered.as_deref().unwrap_or_default(), policy, out)?;
    }
    Ok(if verdict.is_ok() { Outcome::Done } else { Outcome::Denied })
}

/// A node's name, and its text for these parameters or why there is none.
type Node = (String, Result<String, Refusal>);

/// Every node of the pipe as its template gives it. What the token fixes wins, as it does for a request.
fn rendered(name: &str, given: &Values, policy: &Policy, snapshot: &Snapshot, dialect: Dialect) -> Option<Vec<Node>> {
    let pipe = snapshot.pipes().get(name)?;
    let mut values = given.clone();
    let fixed = policy.fixed_params(&pipe.name).into_iter().flatten();
    values.extend(fixed.map(|(name, value)| (name.clone(), Given::One(value.clone()))));
    let one = |node: &pipe::table::Node| {
        let text = node.template.render(&values, dialect, &snapshot.limits).map(|text| text.trim().to_owned());
        (node.name.clone(), text)
    };
    Some(pipe.nodes.iter().map(one).collect())
}

fn values(params: &[String]) -> Result<Values, Failure> {
    let mut values = Values::new();
    for param in params {
        let (name, value) = param.split_once('=').ok_or_else(|| {
            Failure::Said(format!("`{param}` is no parameter"), Some("write `--param name=value`".to_owned()))
        })?;
        let given = match values.remove(name) {
            Some(Given::One(first)) => Given::Many(vec![first, value.to_owned()]),
            Some(Given::Many(mut many)) => {
                many.push(value.to_owned());
                Given::Many(many)
            }
            Some(Given::Other) | None => Given::One(value.to_owned()),
        };
        values.insert(name.to_owned(), given);
    }
    Ok(values)
}

/// What the upstream holds; one that must be asked over the network gets some time to answer.
fn catalog(upstream: &Arc<Upstream>) -> Result<Arc<Catalog>, Failure> {
    if let Some(catalog) = upstream.catalog() {
        return Ok(catalog);
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::said(format!("the runtime does not start: {error}")))?;
    let catalog = runtime.block_on(async {
        let watch = tokio::spawn(Arc::clone(upstream).watch());
        let read = async {
            loop {
                if let Some(catalog) = upstream.catalog() {
                    return catalog;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let catalog = tokio::time::timeout(CATALOG_WAIT, read).await;
        watch.abort();
        catalog
    });
    catalog.map_err(|_| {
        let message = format!("the upstream did not tell within {CATALOG_WAIT:?} what it holds");
        Failure::Said(message, Some("`portcullis serve` logs why".to_owned()))
    })
}
