//! `portcullis explain`: the same straight line as a request's (resolve, decide, rewrite), told instead of carried out.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};

use crate::authz::{Decision, Denial, Permit, Policy};
use crate::catalog::{Catalog, TableName};
use crate::resource::{Action, Resource};
use crate::sql::{self, Refusal, Rewritten, Visible};
use crate::upstream::Upstream;

use super::{Failure, Outcome, Place, wire};

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The token's name
    #[arg(long, value_name = "NAME")]
    token: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// The query
    sql: String,
    #[command(flatten)]
    place: Place,
}

/// How long the upstream may take to tell what it holds.
const CATALOG_WAIT: Duration = Duration::from_secs(10);

enum Verdict {
    Permitted(Permit, Box<Rewritten>),
    Denied(Denial),
    Refused(Refusal),
}

pub(super) fn explain(asked: &Explain, out: &mut dyn Write) -> Result<Outcome, Failure> {
    let config = asked.place.load()?;
    let snapshot = super::open(&config, super::key_or_passing(&config)?)?.snapshot();
    let principal =
        snapshot.principal_by_name(&asked.token).ok_or_else(|| super::token::unknown(&snapshot, &asked.token))?;
    let upstream = Arc::new(wire::upstream(&config)?);
    let catalog = catalog(&upstream)?;
    let verdict = match sql::resolve(&asked.sql, upstream.dialect(), &snapshot.limits, &snapshot.extensions, &catalog) {
        Ok(resolved) => judge(resolved, &principal.policy, &catalog),
        Err(refusal) => Verdict::Refused(refusal),
    };
    if asked.json {
        writeln!(out, "{}", as_json(&verdict, &principal.policy))?;
    } else {
        as_text(&verdict, &principal.policy, out)?;
    }
    Ok(if matches!(verdict, Verdict::Permitted(..)) { Outcome::Done } else { Outcome::Denied })
}

fn judge(resolved: sql::Resolved, policy: &Policy, catalog: &Catalog) -> Verdict {
    let tables = resolved.tables().to_vec();
    let resources = tables.iter().map(|table| Some((Action::Read, resource(table, catalog)?)));
    let Some(asked) = resources.collect::<Option<Vec<_>>>() else {
        return Verdict::Refused(Refusal::new(
            sql::RefusalKind::UnknownTable,
            "a table has a name that no scope can grant",
        ));
    };
    match policy.decide(asked) {
        Decision::Denial(denial) => Verdict::Denied(denial),
        Decision::Permit(permit) => {
            let visible = |table: &TableName| {
                let grant = tables.iter().zip(permit.grants()).find(|(name, _)| *name == table)?.1;
                Some(grant.filters().map_or(Visible::AllRows, |filters| Visible::Rows(filters.to_vec())))
            };
            match resolved.rewrite(&visible) {
                Ok(rewritten) => Verdict::Permitted(permit, Box::new(rewritten)),
                Err(refusal) => Verdict::Refused(refusal),
            }
        }
    }
}

/// The name under which a table is granted: without its database where that is the default one.
fn resource(table: &TableName, catalog: &Catalog) -> Option<Resource> {
    let name = if *table.database == *catalog.default_database() { table.table.to_string() } else { table.to_string() };
    name.parse().ok().map(Resource::Datasource)
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
    catalog.map_err(|_| Failure::said("the upstream does not tell what it holds"))
}

fn as_text(verdict: &Verdict, policy: &Policy, out: &mut dyn Write) -> Result<(), Failure> {
    match verdict {
        Verdict::Permitted(permit, rewritten) => {
            writeln!(out, "permitted")?;
            for grant in permit.grants() {
                let rows = match grant.filters() {
                    None => "all rows".to_owned(),
                    Some(filters) => {
                        let filters: Vec<String> =
                            filters.iter().map(|filter| format!("`{}`", filter.source())).collect();
                        format!("rows where {}", filters.join(" or "))
                    }
                };
                writeln!(out, "  {} `{}`: {rows}", grant.action, grant.resource)?;
                for scope in because(policy, &grant.because) {
                    writeln!(out, "    because of {scope}")?;
                }
            }
            writeln!(out, "sent upstream\n  {}", rewritten.text)?;
        }
        Verdict::Denied(denial) => writeln!(out, "denied\n  {denial}")?,
        Verdict::Refused(refusal) => {
            writeln!(out, "refused\n  {}", refusal.message)?;
            if let Some(at) = &refusal.at {
                writeln!(out, "  at byte {}", at.start)?;
            }
            if let Some(hint) = &refusal.hint {
                writeln!(out, "  hint: {hint}")?;
            }
        }
    }
    Ok(())
}

fn as_json(verdict: &Verdict, policy: &Policy) -> Value {
    match verdict {
        Verdict::Permitted(permit, rewritten) => {
            let grants = permit.grants().iter().map(|grant| {
                let filters =
                    grant.filters().map(|filters| filters.iter().map(|filter| filter.source()).collect::<Vec<_>>());
                json!({
                    "action": grant.action.to_string(),
                    "resource": grant.resource.to_string(),
                    "rows": filters.map_or(json!("all"), |filters| json!(filters)),
                    "because": because(policy, &grant.because),
                })
            });
            let tables: Vec<String> = rewritten.tables.iter().map(ToString::to_string).collect();
            json!({ "decision": "permitted", "grants": grants.collect::<Vec<_>>(), "tables": tables, "sql": rewritten.text })
        }
        Verdict::Denied(denial) => {
            let missing = denial
                .missing
                .iter()
                .map(|(action, resource)| json!({ "action": action.to_string(), "resource": resource.to_string() }));
            json!({ "decision": "denied", "missing": missing.collect::<Vec<_>>() })
        }
        Verdict::Refused(refusal) => json!({
            "decision": "refused",
            "kind": format!("{:?}", refusal.kind),
            "message": refusal.message,
            "at": refusal.at.as_ref().map(|at| [at.start, at.end]),
            "hint": refusal.hint,
        }),
    }
}

fn because(policy: &Policy, positions: &[usize]) -> Vec<String> {
    positions.iter().filter_map(|position| policy.scopes().get(*position)).map(ToString::to_string).collect()
}
