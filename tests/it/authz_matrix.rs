//! The policy as a picture: `tests/data/golden/authz-matrix.txt` shows each kind of token against each operation on each
//! resource. `PORTCULLIS_BLESS=1` writes it anew, to be reviewed as a diff.

use std::fmt::Write as _;

use portcullis::authz::{Decision, Policy, Scope};
use portcullis::resource::{Action, Resource};
use portcullis::sql::{Dialect, Extensions, RowFilter};

const TOKENS: &[(&str, &[&str])] = &[
    ("nothing", &[]),
    ("admin", &["ADMIN"]),
    ("tokens", &["TOKENS"]),
    ("create", &["DATASOURCES:CREATE"]),
    ("append", &["DATASOURCES:APPEND:events"]),
    ("drop", &["DATASOURCES:DROP:events"]),
    ("read", &["DATASOURCES:READ:events"]),
    ("read rows", &["DATASOURCES:READ:events:org_id = 1"]),
    ("read rows twice", &["DATASOURCES:READ:events:org_id = 1", "DATASOURCES:READ:events:org_id = 2"]),
    ("read rows and all", &["DATASOURCES:READ:events:org_id = 1", "DATASOURCES:READ:events"]),
    ("read another", &["DATASOURCES:READ:orders"]),
    ("read db.events", &["DATASOURCES:READ:db.events"]),
    ("pipes create", &["PIPES:CREATE"]),
    ("pipes drop", &["PIPES:DROP:top"]),
    ("pipes read", &["PIPES:READ:top"]),
    ("pipes read rows", &["PIPES:READ:top:org_id = 1"]),
];

fn requests() -> Vec<(Action, Resource)> {
    let datasource = |name: &str| Resource::Datasource(name.parse().unwrap());
    let pipe = || Resource::Pipe("top".parse().unwrap());
    vec![
        (Action::Inspect, Resource::Workspace),
        (Action::Inspect, Resource::Metrics),
        (Action::Read, datasource("events")),
        (Action::Read, datasource("events_quarantine")),
        (Action::Read, datasource("db.events")),
        (Action::Read, datasource("EVENTS")),
        (Action::Read, datasource("system.tables")),
        (Action::Append, datasource("events")),
        (Action::Append, datasource("orders")),
        (Action::Create, datasource("events")),
        (Action::Drop, datasource("events")),
        (Action::Drop, datasource("orders")),
        (Action::Read, pipe()),
        (Action::Create, pipe()),
        (Action::Drop, pipe()),
        (Action::Read, Resource::Datasource("top".parse().unwrap())),
        (Action::Manage, Resource::Tokens),
    ]
}

fn policy(scopes: &[&str]) -> Policy {
    let compile = |text: &str| RowFilter::compile(text, Dialect::ClickHouse, &Extensions::default(), &|_| None);
    Policy::new(scopes.iter().map(|text| Scope::parse(text, &compile).unwrap()).collect())
}

#[test]
fn the_matrix_is_what_was_reviewed() {
    let mut matrix = String::new();
    for (name, scopes) in TOKENS {
        let _ =
            writeln!(matrix, "{name}: {}", if scopes.is_empty() { "no scope".to_owned() } else { scopes.join(", ") });
        let policy = policy(scopes);
        for (action, resource) in requests() {
            let kind = match &resource {
                Resource::Datasource(_) => "datasource ",
                Resource::Pipe(_) => "pipe ",
                Resource::Tokens | Resource::Workspace | Resource::Metrics => "",
            };
            let outcome = match policy.decide([(action, resource.clone())]) {
                Decision::Denial(_) => "-".to_owned(),
                Decision::Permit(permit) => match permit.grants()[0].filters() {
                    None => "all".to_owned(),
                    Some(filters) => filters.iter().map(|filter| filter.source()).collect::<Vec<_>>().join(" | "),
                },
            };
            let _ = writeln!(matrix, "  {:<34}{outcome}", format!("{action} {kind}{resource}"));
        }
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/golden/authz-matrix.txt");
    if std::env::var_os("PORTCULLIS_BLESS").is_some() {
        std::fs::write(path, &matrix).unwrap();
    }
    assert!(std::fs::read_to_string(path).unwrap_or_default() == matrix, "PORTCULLIS_BLESS=1 writes {path} anew");
}
