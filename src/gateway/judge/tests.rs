use super::*;
use crate::authz::Scope;
use crate::catalog::{Column, ColumnKind, Engine, NameCase, Table};
use crate::sql::{Extensions, RowFilter};
use crate::store::{Compile, Hot, Paths, Store};
use crate::token::signed::SigningKey;

fn snapshot() -> std::sync::Arc<Snapshot> {
    let folder = tempfile::tempdir().unwrap();
    let tokens = folder.path().join("tokens.yaml");
    std::fs::write(&tokens, "version: 1\ntokens: []\n...\n").unwrap();
    let pipe = "NODE all\nSQL >\n    SELECT x FROM events WHERE org_id = 1\nTYPE endpoint\n";
    std::fs::write(folder.path().join("one.pipe"), pipe).unwrap();
    let pipes = crate::store::pipes::Places { directories: vec![folder.path().to_owned()], ..Default::default() };
    let compile = Compile {
        dialect: Dialect::Sqlite,
        key: SigningKey::new(vec![7; 32]).unwrap(),
        own: None,
        hot: Hot { pipes, ..Hot::default() },
        read_hot: std::sync::Arc::new(|_, _| Ok(Hot::default())),
    };
    Store::open(Paths { tokens, managed: None, gateway: None }, compile).unwrap().snapshot()
}

fn catalog() -> Catalog {
    let mut catalog = Catalog::new("main", NameCase::Insensitive);
    let column = |name: &str| Column { name: name.into(), type_name: "INTEGER".into(), kind: ColumnKind::Ordinary };
    for name in ["events", "secret", "a.b"] {
        let table = Table { columns: vec![column("org_id"), column("x")], engine: Engine::Plain };
        catalog.insert(TableName::new("main", name), table);
    }
    catalog
}

fn policy(scopes: &[&str]) -> Policy {
    let compile = |filter: &str| RowFilter::compile(filter, Dialect::Sqlite, &Extensions::default(), &|_| None);
    Policy::new(scopes.iter().map(|scope| Scope::parse(scope, &compile).unwrap()).collect())
}

fn ask(text: &str, scopes: &[&str]) -> Result<Judged, Box<Refused>> {
    judge(text, &policy(scopes), &snapshot(), &catalog(), Dialect::Sqlite)
}

const TENANT: &[&str] = &["DATASOURCES:READ:events:org_id = 1"];

#[test]
fn a_permitted_statement_is_rewritten_by_the_filter() {
    let judged = ask("SELECT x FROM events", TENANT).unwrap();
    assert!(judged.rewritten.filtered && judged.rewritten.text.contains("org_id"), "{}", judged.rewritten.text);
    assert!(!ask("SELECT x FROM events", &["ADMIN"]).unwrap().rewritten.filtered);
}

/// What the pipe leaves out is hidden from who reads the pipe alone, and how many rows come before an error would tell of it.
#[test]
fn a_pipe_that_reads_more_than_the_token_may_is_answered_as_behind_a_filter() {
    let called = |scopes: &[&str]| {
        let asked = Asked { text: None, pipe: Some("one"), values: &Values::new() };
        let judged = judge_asked(&asked, &policy(scopes), &snapshot(), &catalog(), Dialect::Sqlite).unwrap();
        (judged.rewritten.filtered, judged.rewritten.fallible)
    };
    assert_eq!(called(&["PIPES:READ:one"]), (true, true));
    assert_eq!(called(&["ADMIN"]), (false, false));
}

/// Whatever stands around it: a table that exists and is not permitted is answered as one that does not exist.
#[test]
fn a_hidden_table_is_not_told_from_a_missing_one() {
    for shape in [
        "SELECT * FROM {}",
        "SELECT * FROM main.{}",
        "SELECT nothing_like_it FROM {}",
        "SELECT * FROM events JOIN {} USING (org_id)",
        "SELECT * FROM {}, another",
        "SELECT * FROM another, {}",
        "SELECT x FROM events WHERE x IN (SELECT x FROM {})",
        "WITH c AS (SELECT * FROM {}) SELECT * FROM c",
    ] {
        let shown = |name: &str| {
            let refused = ask(&shape.replace("{}", name), TENANT).unwrap_err();
            assert_eq!(refused.shown.kind, RefusalKind::UnknownTable, "{shape}");
            refused.shown.message.replace(name, "…")
        };
        assert_eq!(shown("SECRET"), shown("misses"), "{shape}");
    }
}

#[test]
fn the_operator_learns_the_true_reason() {
    let refused = ask("SELECT * FROM secret", TENANT).unwrap_err();
    let Reason::Denied(denial) = refused.reason else { panic!("{refused:?}") };
    assert_eq!(denial.to_string(), "no scope permits to read `secret`");
}

#[test]
fn a_table_with_a_dot_in_its_name_is_granted_to_nobody() {
    for scopes in [&["DATASOURCES:READ:a.b"][..], &["ADMIN"]] {
        let refused = ask(r#"SELECT * FROM "a.b""#, scopes).unwrap_err();
        assert_ne!(refused.shown.kind, RefusalKind::Unverified, "{refused:?}");
    }
    assert_eq!(granted_name(&TableName::new("main", "a.b"), &catalog()), None);
    assert_eq!(granted_name(&TableName::new("other", "t"), &catalog()).unwrap().as_str(), "other.t");
}
