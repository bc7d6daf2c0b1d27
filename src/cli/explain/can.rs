//! `explain --can`: whether a token may do something that is no statement. Names alone decide, so nothing is asked of the
//! upstream.

use std::io::Write;

use serde_json::json;

use super::told;
use crate::authz::{Decision, Policy};
use crate::cli::{Failure, Outcome};
use crate::gateway::judge::Reason;
use crate::resource::{Action, Resource};

const HINT: &str = "write `read`, `append`, `create` or `drop` and a data source's name, or `read`, `create` or `drop`, `pipe` \
                    and a pipe's, or `manage tokens`";

pub(super) fn can(text: &str, policy: &Policy, machine: bool, out: &mut dyn Write) -> Result<Outcome, Failure> {
    let asked = asked(text).ok_or_else(|| Failure::Said(format!("`{text}` is no action"), Some(HINT.to_owned())))?;
    match policy.decide([asked]) {
        Decision::Permit(permit) => {
            if machine {
                let grants = told::grants_as_json(&permit, policy);
                writeln!(out, "{}", json!({ "decision": "permitted", "grants": grants }))?;
            } else {
                told::grants(&permit, policy, out)?;
            }
            Ok(Outcome::Done)
        }
        Decision::Denial(denial) => {
            let reason = Reason::Denied(denial);
            if machine {
                writeln!(out, "{}", told::refusal_as_json(&reason))?;
            } else {
                told::explain_refusal(&reason, out)?;
            }
            Ok(Outcome::Denied)
        }
    }
}

fn asked(text: &str) -> Option<(Action, Resource)> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let action = |word: &str| match word {
        "read" => Some(Action::Read),
        "append" => Some(Action::Append),
        "create" => Some(Action::Create),
        "drop" => Some(Action::Drop),
        _ => None,
    };
    match words.as_slice() {
        ["manage", "tokens"] => Some((Action::Manage, Resource::Tokens)),
        [word, name] => Some((action(word)?, Resource::Datasource(name.parse().ok()?))),
        [word, "pipe", name] => {
            let action = action(word).filter(|action| *action != Action::Append)?;
            Some((action, Resource::Pipe(name.parse().ok()?)))
        }
        _ => None,
    }
}
