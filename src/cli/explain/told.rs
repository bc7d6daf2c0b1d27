//! What `explain` says of a decision, for people and for machines.

use std::io::Write;

use serde_json::{Value, json};

use super::{Node, Verdict};
use crate::authz::{Permit, Policy};
use crate::cli::Failure;
use crate::gateway::judge::{Judged, Reason};

pub(super) fn as_text(
    verdict: &Verdict,
    rendered: &[Node],
    policy: &Policy,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    for (name, text) in rendered {
        match text {
            Ok(text) => writeln!(out, "rendered `{name}`\n  {}", text.replace('\n', "\n  "))?,
            Err(refusal) => writeln!(out, "not rendered `{name}`\n  {}", refusal.message)?,
        }
    }
    match verdict {
        Ok(Judged { permit, rewritten }) => {
            grants(permit, policy, out)?;
            writeln!(out, "sent upstream\n  {}", rewritten.text)?;
        }
        Err(refused) => explain_refusal(&refused.reason, out)?,
    }
    Ok(())
}

/// What is granted, and because of which scopes.
pub(super) fn grants(permit: &Permit, policy: &Policy, out: &mut dyn Write) -> Result<(), Failure> {
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
    Ok(())
}

/// The nodes of a pipe, for machines.
pub(super) fn rendered_as_json(nodes: &[Node]) -> Value {
    let one = |(name, text): &Node| match text {
        Ok(text) => json!({ "node": name, "sql": text }),
        Err(refusal) => json!({ "node": name, "error": refusal.message }),
    };
    Value::Array(nodes.iter().map(one).collect())
}

pub(super) fn explain_refusal(reason: &Reason, out: &mut dyn Write) -> Result<(), Failure> {
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

pub(super) fn as_json(verdict: &Verdict, policy: &Policy) -> Value {
    match verdict {
        Ok(Judged { permit, rewritten }) => {
            let tables: Vec<String> = rewritten.tables.iter().map(ToString::to_string).collect();
            json!({ "decision": "permitted", "grants": grants_as_json(permit, policy), "tables": tables, "sql": rewritten.text })
        }
        Err(refused) => refusal_as_json(&refused.reason),
    }
}

/// What is granted, for machines.
pub(super) fn grants_as_json(permit: &Permit, policy: &Policy) -> Value {
    let grants = permit.grants().iter().map(|grant| {
        let filters = grant
            .filters()
            .map(|filters| filters.iter().map(|filter| filter.to_string().trim().to_owned()).collect::<Vec<_>>());
        json!({
            "action": grant.action.to_string(),
            "resource": grant.resource.to_string(),
            "rows": filters.map_or(json!("all"), |filters| json!(filters)),
            "because": because(policy, &grant.because),
        })
    });
    Value::Array(grants.collect())
}

pub(super) fn refusal_as_json(reason: &Reason) -> Value {
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
