//! `portcullis explain`: the same straight line as a request's (resolve, decide, rewrite), told instead of carried out.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};

use crate::authz::Policy;
use crate::catalog::Catalog;
use crate::gateway::judge::{Judged, Reason, Refused, judge};
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

type Verdict = Result<Judged, Box<Refused>>;

/// How long the upstream may take to tell what it holds.
const CATALOG_WAIT: Duration = Duration::from_secs(10);

pub(super) fn explain(asked: &Explain, out: &mut dyn Write) -> Result<Outcome, Failure> {
    let config = asked.place.load()?;
    let snapshot = super::open(&config, super::key_or_passing(&config)?)?.snapshot();
    let principal =
        snapshot.principal_by_name(&asked.token).ok_or_else(|| super::token::unknown(&snapshot, &asked.token))?;
    let upstream = Arc::new(wire::upstream(&config)?);
    let catalog = catalog(&upstream)?;
    let verdict = judge(&asked.sql, &principal.policy, &snapshot, &catalog, upstream.dialect());
    if asked.json {
        writeln!(out, "{}", as_json(&verdict, &principal.policy))?;
    } else {
        as_text(&verdict, &principal.policy, out)?;
    }
    Ok(if verdict.is_ok() { Outcome::Done } else { Outcome::Denied })
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

fn as_text(verdict: &Verdict, policy: &Policy, out: &mut dyn Write) -> Result<(), Failure> {
    match verdict {
        Ok(Judged { permit, rewritten }) => {
            writeln!(out, "permitted")?;
            for grant in permit.grants() {
                let rows = match grant.filters() {
                    None => "all rows".to_owned(),
                    Some(filters) => {
                        let filters: Vec<String> =
                            filters.iter().map(|filter| format!("`{}`", filter.to_string().trim())).collect();
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
        Err(refused) => explain_refusal(&refused.reason, out)?,
    }
    Ok(())
}

fn explain_refusal(reason: &Reason, out: &mut dyn Write) -> Result<(), Failure> {
    match reason {
        Reason::Denied(denial) => writeln!(out, "denied\n  {denial}")?,
        Reason::Refused(refusal) => {
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
        Ok(Judged { permit, rewritten }) => {
            let grants = permit.grants().iter().map(|grant| {
                let filters = grant.filters().map(|filters| {
                    filters.iter().map(|filter| filter.to_string().trim().to_owned()).collect::<Vec<_>>()
                });
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
        Err(refused) => refusal_as_json(&refused.reason),
    }
}

fn refusal_as_json(reason: &Reason) -> Value {
    match reason {
        Reason::Denied(denial) => {
            let missing = denial
                .missing
                .iter()
                .map(|(action, resource)| json!({ "action": action.to_string(), "resource": resource.to_string() }));
            json!({ "decision": "denied", "missing": missing.collect::<Vec<_>>() })
        }
        Reason::Refused(refusal) => json!({
            "decision": "refused",
            "kind": reason.kind(),
            "message": refusal.message,
            "at": refusal.at.as_ref().map(|at| [at.start, at.end]),
            "hint": refusal.hint,
        }),
    }
}

fn because(policy: &Policy, positions: &[usize]) -> Vec<String> {
    positions.iter().filter_map(|position| policy.scopes().get(*position)).map(ToString::to_string).collect()
}
