//! `/v0/tokens`, call by call, as Tinybird's clients send it.

use serde_json::{Value, json};

use crate::gateway::{Gateway, TOKENS};
use crate::http::{self, Answer, encode};

/// A gateway, and who asks it for tokens.
pub(crate) struct Api {
    pub(crate) gateway: Gateway,
    pub(crate) admin: String,
}

impl Api {
    pub(crate) fn start() -> Self {
        Self::with("", TOKENS)
    }

    pub(crate) fn with(gateway: &str, tokens: &str) -> Self {
        let gateway = Gateway::start(gateway, tokens);
        let admin = gateway.value("admin");
        Self { gateway, admin }
    }

    /// One request of the administrator's, without a body.
    pub(crate) fn ask(&self, method: &str, target: &str) -> Answer {
        self.ask_as(&self.admin, method, target, "", "")
    }

    pub(crate) fn ask_as(&self, token: &str, method: &str, target: &str, kind: &str, body: &str) -> Answer {
        let bearer = format!("Bearer {token}");
        let mut headers = vec![("Authorization", bearer.as_str())];
        if !kind.is_empty() {
            headers.push(("Content-Type", kind));
        }
        http::request(self.gateway.address, method, target, &headers, body)
    }

    pub(crate) fn create(&self, name: &str, scopes: &[&str]) -> Value {
        let answer = self.ask("POST", &creation(name, scopes));
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()
    }

    /// How many rows of `events` a token sees, or with which status it is refused.
    pub(crate) fn rows(&self, token: &Value) -> Result<i64, u16> {
        let answer = self.gateway.sql(value(token), "SELECT count(*) AS c FROM events");
        if answer.status == 200 { Ok(answer.json()["data"][0]["c"].as_i64().unwrap()) } else { Err(answer.status) }
    }
}

/// As the command line `tb` asks for a token: all in the query.
pub(crate) fn creation(name: &str, scopes: &[&str]) -> String {
    let scopes: String = scopes.iter().map(|scope| format!("&scope={}", encode(scope))).collect();
    format!("/v0/tokens?name={}&origin=C{scopes}", encode(name))
}

pub(crate) fn value(token: &Value) -> &str {
    token["token"].as_str().unwrap_or_else(|| panic!("no value: {token}"))
}

const ONE: &str = "DATASOURCES:READ:events:org_id = 1";
const TWO: &str = "DATASOURCES:READ:events:org_id = 2";
const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

fn read(filter: &str) -> Value {
    json!({ "type": "DATASOURCES:READ", "resource": "events", "filter": filter })
}

#[test]
fn a_token_is_made_by_query_by_form_and_by_json_and_filters_rows_at_once() {
    let api = Api::start();
    let form = format!("name=f&description=a+form&scope={}&scope=PIPES:READ:top", encode(ONE));
    let list = json!({ "name": "l", "scope": [ONE, "PIPES:READ:top"] }).to_string();
    let scopes = [read("org_id = 1"), json!({ "type": "PIPES:READ", "resource": "top" })];
    let objects = json!({ "name": "o", "scopes": scopes }).to_string();
    let query = creation("q", &[ONE, "PIPES:READ:top"]);
    for (name, target, kind, body) in [
        ("q", query.as_str(), "", ""),
        ("f", "/v0/tokens", FORM, form.as_str()),
        ("l", "/v0/tokens/", JSON, &list),
        ("o", "/v0/tokens", JSON, &objects),
        // `tb` sends a body without saying what it is.
        ("o2", "/v0/tokens?from=cli", "", &objects.replace("\"o\"", "\"o2\"")),
    ] {
        let answer = api.ask_as(&api.admin, "POST", target, kind, body);
        assert_eq!(answer.status, 200, "{name}: {}", answer.body);
        let token = answer.json();
        assert_eq!((&token["name"], &token["scopes"]), (&json!(name), &json!(scopes)), "{name}");
        assert!(value(&token).starts_with("p.eyJ"), "{token}");
        assert_eq!(api.rows(&token), Ok(2026), "{name}");
    }
    assert_eq!(api.ask("GET", "/v0/tokens/f").json()["description"], "a form");
}

#[test]
fn a_token_without_any_scope_may_be_made_and_may_do_nothing() {
    let api = Api::start();
    let token = api.create("empty", &[]);
    assert_eq!(token["scopes"], json!([]));
    assert_eq!(api.rows(&token), Err(403));
}

#[test]
fn the_list_tells_every_token_with_and_without_a_trailing_slash() {
    let api = Api::start();
    let made = api.create("made", &[ONE]);
    for target in ["/v0/tokens", "/v0/tokens/"] {
        let answer = api.ask("GET", target);
        assert_eq!(answer.status, 200);
        let list = answer.json();
        let list = list["tokens"].as_array().unwrap();
        let mut names: Vec<&str> = list.iter().map(|token| token["name"].as_str().unwrap()).collect();
        names.sort_unstable();
        assert_eq!(names, ["acme", "admin", "globex", "made", "nothing", "reader"]);
        let found = list.iter().find(|token| token["name"] == "made").unwrap();
        assert_eq!(found, &made);
        for key in ["id", "description", "origin", "host", "is_internal", "token"] {
            assert!(!found[key].is_null(), "{key}: {found}");
        }
        assert_eq!(found["origin"]["type"], "C");
    }
}

#[test]
fn a_token_is_found_by_its_name_its_id_and_its_value_whatever_is_in_the_name() {
    let api = Api::start();
    for name in ["plain", "two words", "admin ada@example.com", "a/b?c#d%", "ünïcödé", "x.token"] {
        let made = api.create(name, &[ONE]);
        let path: String = percent(name);
        for which in [path.as_str(), made["id"].as_str().unwrap(), value(&made)] {
            let answer = api.ask("GET", &format!("/v0/tokens/{which}"));
            assert_eq!((answer.status, answer.json()), (200, made.clone()), "{which}");
        }
    }
}

/// A segment of a path, in which a space is `%20`.
fn percent(text: &str) -> String {
    encode(text).replace('+', "%20")
}

#[test]
fn a_replacement_replaces_all_scopes_and_keeps_the_value() {
    let api = Api::start();
    let made = api.create("r", &[ONE, "PIPES:READ:top"]);
    let by_query = api.ask("PUT", &format!("/v0/tokens/r?scope={}&name=r", encode(TWO))).json();
    assert_eq!((value(&by_query), &by_query["scopes"]), (value(&made), &json!([read("org_id = 2")])));
    let two = api.rows(&made);
    assert!(two.is_ok() && two != Ok(2026), "{two:?}");
    // Where `tb` finds the address too long, it sends a form.
    let form = format!("scope={}&description=new", encode(ONE));
    let by_form = api.ask_as(&api.admin, "PUT", "/v0/tokens/r", FORM, &form).json();
    assert_eq!((&by_form["scopes"], &by_form["description"]), (&json!([read("org_id = 1")]), &json!("new")));
    assert_eq!(api.rows(&made), Ok(2026));
    let body = json!({ "name": "renamed", "scopes": [] }).to_string();
    let by_json = api.ask_as(&api.admin, "PUT", "/v0/tokens/r", JSON, &body).json();
    assert_eq!((&by_json["name"], &by_json["scopes"], value(&by_json)), (&json!("renamed"), &json!([]), value(&made)));
    assert_eq!(api.rows(&made), Err(403), "an empty list takes all scopes away");
    // No scope mentioned: the scopes stay.
    api.ask("PUT", &format!("/v0/tokens/renamed?scope={}", encode(ONE)));
    let kept = api.ask("PUT", "/v0/tokens/renamed?description=kept").json();
    assert_eq!(kept["scopes"], json!([read("org_id = 1")]));
}

#[test]
fn a_refresh_changes_the_value_and_nothing_else() {
    let api = Api::start();
    let made = api.create("r", &[ONE]);
    let answer = api.ask("POST", "/v0/tokens/r/refresh");
    assert_eq!(answer.status, 200, "{}", answer.body);
    let new = answer.json();
    assert_ne!(value(&new), value(&made));
    for key in ["name", "scopes", "description", "origin", "created_at"] {
        assert_eq!(new[key], made[key], "{key}");
    }
    assert_eq!((api.rows(&made), api.rows(&new)), (Err(403), Ok(2026)));
    assert_eq!(api.ask("POST", &format!("/v0/tokens/{}/refresh", value(&new))).status, 200);
    assert_eq!(api.rows(&new), Err(403));
}

#[test]
fn a_deleted_token_is_gone() {
    let api = Api::start();
    let made = api.create("d", &[ONE]);
    assert_eq!(api.ask("DELETE", "/v0/tokens/d").status, 200);
    assert_eq!(api.rows(&made), Err(403));
    assert_eq!(api.ask("DELETE", "/v0/tokens/d").status, 404);
    let again = api.create("d", &[ONE]);
    assert_ne!(value(&again), value(&made), "the name is free, the old value is not revived");
    assert_eq!(api.rows(&made), Err(403));
}

#[test]
fn an_unknown_token_is_403_to_look_at_and_404_to_change() {
    let api = Api::start();
    let hidden = "Token has not enough permissions to get information about this token";
    for which in ["nobody", "nobody.token", "p.eyJ1IjogIngifQ.c2ln"] {
        let answer = api.ask("GET", &format!("/v0/tokens/{which}"));
        assert_eq!((answer.status, answer.json()["error"].as_str()), (403, Some(hidden)), "{which}");
    }
    for (method, tail) in [("PUT", "?description=x"), ("DELETE", ""), ("POST", "/refresh")] {
        let answer = api.ask(method, &format!("/v0/tokens/nobody{tail}"));
        assert_eq!(answer.status, 404, "{method}: {}", answer.body);
        assert_eq!(answer.json()["error"], "Token \"nobody\" does not exist", "{method}");
        let answer = api.ask(method, &format!("/v0/tokens/p.eyJzZWNyZXQ{tail}"));
        assert!(answer.status == 404 && !answer.body.contains("p.eyJ"), "a value is a secret: {}", answer.body);
    }
}

#[test]
fn the_datafile_of_a_token_is_plain_text() {
    let api = Api::start();
    api.create("file", &[ONE, "DATASOURCES:APPEND:landing"]);
    api.ask("PUT", "/v0/tokens/file?description=for+ada");
    let answer = api.ask("GET", "/v0/tokens/file.token");
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(answer.header("content-type").unwrap().starts_with("text/plain"), "{:?}", answer.headers);
    assert_eq!(
        answer.body,
        "DESCRIPTION >\n    for ada\n\nSCOPE DATASOURCES:READ:events:org_id = 1\nSCOPE DATASOURCES:APPEND:landing\n"
    );
}

#[test]
fn a_name_is_given_once() {
    let api = Api::start();
    let made = api.create("once", &[ONE]);
    api.create("other", &[]);
    for target in [
        creation("once", &[TWO]),
        creation("acme", &[TWO]),
        creation(made["id"].as_str().unwrap(), &[TWO]),
        creation(value(&made), &[TWO]),
    ] {
        let answer = api.ask("POST", &target);
        assert!(matches!(answer.status, 400 | 409), "{target}: {} {}", answer.status, answer.body);
    }
    for name in ["once", "acme"] {
        assert_eq!(api.ask("PUT", &format!("/v0/tokens/other?name={name}")).status, 409);
    }
    assert_eq!(api.rows(&made), Ok(2026));
}

/// What is refused with 400 leaves no token behind.
fn refused(api: &Api, target: &str, kind: &str, body: &str) -> String {
    let answer = api.ask_as(&api.admin, "POST", target, kind, body);
    assert_eq!(answer.status, 400, "{target} {body}: {}", answer.body);
    assert_eq!(api.ask("GET", "/v0/tokens/bad").status, 403, "{target} {body}");
    answer.json()["error"].as_str().unwrap().to_owned()
}

#[test]
fn an_unknown_scope_or_field_makes_no_token() {
    let api = Api::start();
    for scope in [
        "FOO:BAR",
        "",
        "admin",
        "DATASOURCES",
        "DATASOURCES:READ",
        "DATASOURCES:READ:",
        "DATASOURCES:READ:events:",
        "DATASOURCES:APPEND:events:org_id = 1",
        "DATASOURCE:READ:events",
        "ADMIN:events",
        "TOKENS:x",
        "DATASOURCES:READ,APPEND:events",
    ] {
        refused(&api, &creation("bad", &[ONE, scope]), "", "");
    }
    let name = |name: &str| creation(name, &[]);
    for target in ["/v0/tokens", &name(""), &name(" bad"), &name("b\nd"), &name(&"x".repeat(129))] {
        refused(&api, target, "", "");
    }
    for target in ["/v0/tokens?name=bad&name=worse", "/v0/tokens?name=bad&origin=U", "/v0/tokens?name=bad&expires=soon"]
    {
        refused(&api, target, "", "");
    }
    refused(&api, "/v0/tokens?name=bad", JSON, "{\"scopes\":[");
    refused(&api, "/v0/tokens?name=bad", JSON, "{\"scopes\":{\"type\":\"ADMIN\"}}");
    refused(&api, "/v0/tokens?name=bad&scope=PIPES:READ:top", JSON, "{\"scopes\":[]}");
    refused(&api, "/v0/tokens?name=bad", JSON, "{\"name\":\"worse\"}");
}

#[test]
fn a_filter_that_is_not_one_boolean_expression_is_told_with_its_place() {
    let api = Api::start();
    for filter in [
        "org_id = 1) OR (1 = 1",
        "org_id = 1; DROP TABLE events",
        "org_id = 1 UNION ALL SELECT 1",
        "org_id = ",
        "org_id = 1 --",
        "org_id = 'a",
        "(org_id = 1",
        "org_id = 1, 2",
    ] {
        let scope = format!("DATASOURCES:READ:events:{filter}");
        let error = refused(&api, &creation("bad", &[&scope]), "", "");
        assert!(error.contains("column") || error.contains("position") || error.contains("at "), "{filter}: {error}");
        let body = json!({ "name": "bad", "scopes": [read(filter)] }).to_string();
        refused(&api, "/v0/tokens", JSON, &body);
    }
}

#[test]
fn what_the_command_line_damages_is_never_stored() {
    let api = Api::start();
    let head = "/v0/tokens?name=bad&origin=C&scope=DATASOURCES:READ:events:";
    // `tb` does not encode a scope: an `&` cuts it, a `+` comes in as a space.
    for tail in
        ["name%20=%20'a&b'", "org_id=1&&1=1)", "org_id%20=%201+1&scope=DATASOURCES:READ:events:", "name='a&scope=b'"]
    {
        refused(&api, &format!("{head}{tail}"), "", "");
    }
    refused(&api, &format!("{head}org_id%20=%20(1+1)"), "", "");
    // A `#` cuts the rest of the address, and with it the token.
    let cut = http::request(api.gateway.address, "POST", &format!("{head}name%20=%20'a"), &[], "");
    assert_eq!(cut.status, 403, "{}", cut.body);
    let sent = api.ask("POST", &format!("{head}name%20=%20'a#b'"));
    assert_eq!(sent.status, 400, "{}", sent.body);
    assert_eq!(api.ask("GET", "/v0/tokens/bad").status, 403);
}
