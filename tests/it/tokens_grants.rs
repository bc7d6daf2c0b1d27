//! Who may make, see and change which token.

use serde_json::json;

use crate::http::encode;
use crate::tokens_api::{Api, creation, value};

const ONE: &str = "DATASOURCES:READ:events:org_id = 1";
const PEOPLE: &str = "\
version: 1
tokens:
  - { name: admin, id: admin, scopes: [ADMIN] }
  - { name: lead, id: lead, scopes: [TOKENS] }
  - { name: acme, id: acme, scopes: ['DATASOURCES:READ:events:org_id = 1'] }
...
";

#[test]
fn a_holder_of_tokens_grants_neither_admin_nor_tokens() {
    let api = Api::with("", PEOPLE);
    let lead = api.gateway.value("lead");
    let ask = |method: &str, target: &str| api.ask_as(&lead, method, target, "", "");
    let made = ask("POST", &creation("mine", &[ONE]));
    assert_eq!(made.status, 200, "{}", made.body);
    assert_eq!(api.rows(&made.json()), Ok(2026));
    for scopes in [&["ADMIN"][..], &["TOKENS"], &[ONE, "ADMIN"], &["TOKENS", ONE]] {
        assert_eq!(ask("POST", &creation("more", scopes)).status, 403, "{scopes:?}");
        let list: String = scopes.iter().map(|scope| format!("&scope={}", encode(scope))).collect();
        assert_eq!(ask("PUT", &format!("/v0/tokens/mine?from=cli{list}")).status, 403, "{scopes:?}");
    }
    assert_eq!(api.ask("GET", "/v0/tokens/more").status, 403);
    assert_eq!(api.rows(&made.json()), Ok(2026), "what was refused changed nothing");
    assert_eq!(ask("POST", "/v0/tokens/mine/refresh?grace=60").status, 403, "a second value is for ADMIN");
    let jwt = json!({ "name": "j", "scopes": [{ "type": "ADMIN" }] }).to_string();
    let minted = api.ask_as(&lead, "POST", "/v0/tokens?expiration_time=4000000000", "application/json", &jwt);
    assert_eq!(minted.status, 400, "a JWT is no way around it: {}", minted.body);
    let jwt = jwt.replace("ADMIN", "TOKENS");
    let minted = api.ask_as(&lead, "POST", "/v0/tokens?expiration_time=4000000000", "application/json", &jwt);
    assert_eq!(minted.status, 400, "{}", minted.body);
}

#[test]
fn a_holder_of_tokens_neither_sees_nor_changes_privileged_tokens() {
    let api = Api::with("", PEOPLE);
    let lead = api.gateway.value("lead");
    let boss = api.create("boss", &["ADMIN"]);
    let peer = api.create("peer", &["TOKENS", ONE]);
    let ask = |method: &str, target: &str| api.ask_as(&lead, method, target, "", "");
    let list = ask("GET", "/v0/tokens");
    assert_eq!(list.status, 200);
    for secret in [value(&boss), value(&peer), &api.admin] {
        assert!(!list.body.contains(secret));
    }
    assert!(list.body.contains(&api.gateway.value("acme")), "what it may change it sees");
    for name in ["boss", "peer", "admin"] {
        assert!(!ask("GET", &format!("/v0/tokens/{name}")).body.contains("\"token\""), "{name}");
        for (method, tail) in
            [("PUT", "?scope=PIPES:READ:top"), ("PUT", "?name=x"), ("DELETE", ""), ("POST", "/refresh")]
        {
            let answer = ask(method, &format!("/v0/tokens/{name}{tail}"));
            assert_eq!(answer.status, 403, "{method} {name}{tail}: {}", answer.body);
        }
    }
    assert_eq!(api.ask_as(value(&boss), "GET", "/v0/tokens", "", "").status, 200, "it still counts");
}

#[test]
fn a_scoped_token_manages_nothing_not_even_itself() {
    let api = Api::with("", PEOPLE);
    let acme = api.gateway.value("acme");
    let hidden = "Token has not enough permissions to get information about this token";
    for which in ["acme", "admin", "nobody", &acme] {
        let answer = api.ask_as(&acme, "GET", &format!("/v0/tokens/{which}"), "", "");
        assert_eq!((answer.status, answer.json()["error"].as_str()), (403, Some(hidden)), "{which}");
    }
    for (method, target) in [
        ("GET", "/v0/tokens"),
        ("POST", "/v0/tokens?name=x&scope=ADMIN"),
        ("POST", "/v0/tokens?name=x&expiration_time=4000000000"),
        ("PUT", "/v0/tokens/acme?scope=DATASOURCES:READ:events"),
        ("PUT", "/v0/tokens/nobody?name=x"),
        ("DELETE", "/v0/tokens/acme"),
        ("DELETE", "/v0/tokens/nobody"),
        ("POST", "/v0/tokens/acme/refresh"),
    ] {
        let answer = api.ask_as(&acme, method, target, "", "");
        assert_eq!(answer.status, 403, "{method} {target}: {}", answer.body);
    }
    assert_eq!(api.ask_as("", "GET", "/v0/tokens", "", "").status, 403);
    assert_eq!(api.ask("GET", "/v0/tokens/x").status, 403, "nothing was made");
}

#[test]
fn tokens_of_peoples_files_are_not_changed_and_the_answer_names_the_file() {
    let api = Api::with("", PEOPLE);
    let before = std::fs::read(api.gateway.tokens_file()).unwrap();
    for (method, tail) in [("PUT", "?name=x"), ("DELETE", ""), ("POST", "/refresh")] {
        let answer = api.ask(method, &format!("/v0/tokens/acme{tail}"));
        assert_eq!(answer.status, 409, "{method}: {}", answer.body);
        assert!(answer.body.contains("tokens.yaml") && answer.body.contains("acme"), "{}", answer.body);
    }
    assert_eq!(api.ask("GET", "/v0/tokens/acme").json()["read_only"], true);
    assert_eq!(std::fs::read(api.gateway.tokens_file()).unwrap(), before);
}

#[test]
fn a_replacement_that_loses_a_filter_is_in_the_audit_log_as_widened() {
    let api = Api::with("", PEOPLE);
    api.create("reader", &[ONE]);
    let answer = api.ask("PUT", "/v0/tokens/reader?scope=DATASOURCES:READ:events&scope=PIPES:READ:top");
    assert_eq!(answer.status, 200, "{}", answer.body);
    let log = api.gateway.log();
    let line = log.lines().find(|line| line.contains("audit") && line.contains("replace")).expect("an audit line");
    assert!(line.contains("widened") && line.contains("DATASOURCES:READ:events") && line.contains("reader"), "{line}");
    api.ask("PUT", &format!("/v0/tokens/reader?scope={}", encode(ONE)));
    api.ask("DELETE", "/v0/tokens/reader");
    let log = api.gateway.log();
    assert!(log.lines().any(|line| line.contains("audit") && line.contains("narrowed")), "{log}");
    assert!(log.lines().any(|line| line.contains("audit") && line.contains("remove")), "{log}");
    assert!(!log.contains("org_id") && !log.contains("p.eyJ"), "neither filters nor values are logged: {log}");
}

#[test]
fn a_widening_is_refused_where_that_is_asked_for() {
    let api = Api::with("on_widening: refuse", PEOPLE);
    let made = api.create("reader", &[ONE, "PIPES:READ:top"]);
    for scopes in [
        &["DATASOURCES:READ:events"][..],
        &[ONE, "DATASOURCES:READ:other"],
        &["DATASOURCES:READ:events:org_id = 2"],
        &[ONE, "DATASOURCES:READ:events:org_id = 2"],
        &["ADMIN"],
    ] {
        let list: String = scopes.iter().map(|scope| format!("&scope={}", encode(scope))).collect();
        let answer = api.ask("PUT", &format!("/v0/tokens/reader?from=cli{list}"));
        assert_eq!(answer.status, 409, "{scopes:?}: {}", answer.body);
        assert!(answer.body.contains("widen"), "{}", answer.body);
        assert_eq!(api.rows(&made), Ok(2026));
    }
    let narrower = api.ask("PUT", &format!("/v0/tokens/reader?scope={}", encode(ONE)));
    assert_eq!(narrower.status, 200, "{}", narrower.body);
    assert_eq!(api.ask("PUT", "/v0/tokens/reader?description=same+scopes").status, 200);
}
