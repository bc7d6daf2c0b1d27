//! The faces, end to end: the same rows through each, and each one's way to say no.

use crate::http::{Answer, encode};
use crate::http_world::{World, value};

const COUNT: &str = "SELECT count(*) AS n FROM events";

fn count(answer: &Answer) -> i64 {
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["data"][0]["n"].as_i64().unwrap_or_else(|| panic!("{answer:?}"))
}

#[test]
fn a_tenant_sees_its_rows_in_every_form_of_request() {
    let world = World::new();
    let q = format!("/v0/sql?q={}", encode(COUNT));
    let all = count(&world.get(&q, Some("admin")));
    let own = count(&world.get(&q, Some("tenant")));
    assert!(0 < own && own < all, "{own} of {all}");
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let json = [("Content-Type", "application/json")];
    for (method, target, headers, body) in [
        ("POST", "/v0/sql", &[][..], COUNT.to_owned()),
        ("POST", "/v0/sql", &form, COUNT.to_owned()),
        ("POST", "/v0/sql", &form, format!("q={}", encode(COUNT))),
        ("POST", "/v0/sql", &json, format!(r#"{{"q":"{COUNT}"}}"#)),
        ("POST", "/?default_format=JSON", &[], COUNT.to_owned()),
        ("POST", "/", &[("X-ClickHouse-Format", "JSON")], COUNT.to_owned()),
        ("GET", &format!("/?default_format=JSON&query={}", encode(COUNT)), &[], String::new()),
        ("POST", "/api/sql", &[], COUNT.to_owned()),
        ("GET", &format!("/api/query?sql={}", encode(COUNT)), &[], String::new()),
        ("POST", "/api/form", &form, format!("statement={}", encode(COUNT))),
        ("POST", "/api/json", &json, format!(r#"{{"query":{{"text":"{COUNT}"}}}}"#)),
    ] {
        assert_eq!(count(&world.ask(method, target, Some("tenant"), headers, &body)), own, "{method} {target} {body}");
    }
    assert_eq!(count(&world.get(&format!("{q}&token={}", value("tenant")), None)), own);
}

#[test]
fn the_same_words_of_two_tenants_never_share_an_answer() {
    let world = World::new();
    let q = format!("/v0/sql?q={}", encode("SELECT DISTINCT org_id FROM events"));
    for _ in 0..3 {
        for (name, org) in [("tenant", 1), ("other", 2)] {
            let answer = world.get(&q, Some(name)).json();
            assert_eq!(answer["data"], serde_json::json!([{ "org_id": org }]), "{name}");
        }
    }
}

#[test]
fn two_grants_on_a_table_show_the_rows_of_either() {
    let world = World::new();
    let q = |statement: &str| format!("/v0/sql?q={}", encode(statement));
    let orgs = world.get(&q("SELECT DISTINCT org_id FROM events ORDER BY org_id"), Some("both")).json();
    assert_eq!(orgs["data"], serde_json::json!([{ "org_id": 1 }, { "org_id": 2 }]));
    let of = |name: &str| count(&world.get(&q(COUNT), Some(name)));
    assert!(of("both") == of("tenant") + of("other") && of("both") < of("admin"));
}

#[test]
fn clickhouse_drivers_may_send_the_token_as_a_password() {
    let world = World::new();
    let token = value("tenant");
    let basic = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, format!("default:{token}"));
    let basic = format!("Basic {basic}");
    let ask = |target: &str, headers: &[(&str, &str)]| world.ask("POST", target, None, headers, COUNT);
    let own = ask("/", &[("X-ClickHouse-User", "default"), ("X-ClickHouse-Key", &token)]);
    assert_eq!((own.status, own.header("content-type")), (200, Some("text/tab-separated-values; charset=UTF-8")));
    assert_eq!(ask("/", &[("Authorization", &basic)]).body, own.body);
    assert_eq!(ask(&format!("/?user=x&password={token}"), &[]).body, own.body);
    assert_eq!(ask("/v0/sql", &[("Authorization", &basic)]).status, 403);
    assert_eq!(ask("/v0/sql", &[("X-ClickHouse-Key", &token)]).status, 403);
    let bad = ask("/", &[("X-ClickHouse-Key", &value("unknown"))]);
    assert_eq!((bad.status, bad.header("x-clickhouse-exception-code")), (401, Some("516")));
    assert!(bad.body.starts_with("Code: 516. DB::Exception: "), "{}", bad.body);
    let unknown = ask("/?max_memory_usage=1", &[("X-ClickHouse-Key", &token)]);
    assert_eq!((unknown.status, unknown.header("x-clickhouse-exception-code")), (400, Some("115")));
}

#[test]
fn a_bad_token_is_one_answer_whatever_is_wrong_with_it() {
    let world = World::new();
    let mut forged = value("tenant");
    forged.replace_range(forged.len() - 2.., "AA");
    let answers: Vec<(u16, String)> =
        [value("unknown"), forged, "short".to_owned(), "x".repeat(64), "Bearer".to_owned()]
            .iter()
            .map(|token| {
                let answer = world.ask("GET", "/v0/auth", None, &[("Authorization", &format!("Bearer {token}"))], "");
                (answer.status, answer.body)
            })
            .collect();
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert_eq!(answers[0].0, 403);
    assert_eq!(world.ask("GET", "/api/query?sql=x", None, &[], "").header("www-authenticate"), Some("Bearer"));
    let two = format!("/v0/auth?token={}", value("other"));
    assert_eq!(world.get(&two, Some("tenant")).status, 400);
    assert_eq!(world.get(&format!("/v0/auth?token={}", value("tenant")), Some("tenant")).status, 200);
}

#[test]
fn a_table_that_is_hidden_is_one_that_is_not_there() {
    let world = World::new();
    for target in ["/v0/sql?q=", "/?query=", "/api/query?sql="] {
        let ask = |table: &str| {
            let sql = encode(&format!("SELECT * FROM {table}"));
            let answer = world.get(&format!("{target}{sql}"), Some("tenant"));
            let challenge = answer.header("www-authenticate").map(str::to_owned);
            (answer.status, answer.body.replace(table, "…"), challenge)
        };
        assert_eq!(ask("organizations"), ask("unheard_of"), "{target}");
        assert_eq!(ask("organizations").0, 403);
    }
    let body = world.get(&format!("/v0/sql?q={}", encode("SELECT 1 FROM organizations")), Some("tenant")).body;
    assert_eq!(body, r#"{"error":"Resource 'organizations' not found"}"#);
}

#[test]
fn probes_tell_who_is_asking_and_figures_are_for_administrators() {
    let world = World::new();
    let workspace = world.get("/v0/workspace", Some("nobody")).json();
    for member in ["id", "name", "user_email", "user_id", "scope"] {
        assert!(workspace[member].is_string(), "{member}");
    }
    assert_eq!(world.get("/v0/auth", Some("nobody")).json(), serde_json::json!({"is_valid": true, "is_user": false}));
    assert_eq!(world.get("/metrics", Some("tenant")).status, 403);
    assert_eq!(world.get("/metrics", None).status, 401);
    let figures = world.get("/metrics", Some("admin"));
    assert!(figures.body.contains("portcullis_store_generation 1"), "{}", figures.body);
    let secret = value("admin");
    assert!(!figures.body.contains(&secret) && !figures.body.contains("tenant"));
}

#[test]
fn what_is_not_there_and_what_is_not_allowed_here() {
    let world = World::new();
    let missing = world.get("/nowhere", None);
    assert_eq!(missing.status, 404);
    for token in [None, Some("admin"), Some("nobody")] {
        for path in ["/nowhere", "/v0/sql/", "/V0/SQL", "/v0//sql", "/v0/%73ql", "/v0/sql;a", "/admin", "//v0/sql"] {
            let answer = world.get(path, token);
            assert_eq!((answer.status, &answer.body), (404, &missing.body), "{path}");
        }
    }
    let wrong = world.ask("POST", "/health", None, &[], "");
    assert_eq!((wrong.status, wrong.header("allow")), (405, Some("GET, HEAD, OPTIONS")));
    assert_eq!(world.ask("DELETE", "/v0/sql", Some("admin"), &[], "").status, 405);
    for path in ["/v0/sql", "/nowhere"] {
        let preflight = world.ask("OPTIONS", path, None, &[("Access-Control-Request-Method", "POST")], "");
        assert_eq!((preflight.status, preflight.header("access-control-allow-origin")), (204, Some("*")), "{path}");
    }
    let takes = |path: &str| {
        let answer = world.ask("OPTIONS", path, None, &[("Access-Control-Request-Method", "DELETE")], "");
        assert_eq!(answer.header("allow"), answer.header("access-control-allow-methods"), "{path}");
        answer.header("access-control-allow-methods").unwrap_or_default().to_owned()
    };
    for (path, methods) in [
        ("/v0/sql", "GET, HEAD, POST, OPTIONS"),
        ("/v0/tokens/a", "GET, HEAD, PUT, DELETE, OPTIONS"),
        ("/v0/tokens/a/refresh", "POST, OPTIONS"),
        ("/v0/datasources", "GET, HEAD, POST, OPTIONS"),
        ("/v0/datasources/a", "GET, HEAD, PUT, DELETE, OPTIONS"),
        ("/v0/events", "POST, OPTIONS"),
        ("/v0/pipes/a", "GET, HEAD, DELETE, OPTIONS"),
        ("/v0/pipes/a.json", "GET, HEAD, POST, OPTIONS"),
        ("/v0/pipes/a/endpoint", "PUT, OPTIONS"),
        ("/v0/pipes/a/nodes/b", "POST, PUT, OPTIONS"),
        ("/health", "GET, HEAD, OPTIONS"),
        ("/nowhere", "OPTIONS"),
    ] {
        assert_eq!(takes(path), methods, "{path}");
        // What it says is what it does: every other method is refused.
        for method in ["GET", "POST", "PUT", "DELETE"] {
            let status = world.ask(method, path, Some("nobody"), &[], "").status;
            let taken = methods.split(", ").any(|known| known == method);
            assert_eq!(status != if path == "/nowhere" { 404 } else { 405 }, taken, "{method} {path}: {status}");
        }
    }
    // A page may read what went wrong, and for how long to wait.
    for (path, token) in
        [("/nowhere", None), ("/v0/sql?q=x", None), ("/v0/sql?q=x", Some("tenant")), ("/v0/sql", Some("tenant"))]
    {
        let answer = world.get(path, token);
        assert!(answer.status >= 400, "{path}: {answer:?}");
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{path}");
        assert!(answer.header("access-control-expose-headers").is_some_and(|names| names.contains("retry-after")));
    }
    assert_eq!(world.get("/ping", None).body, "Ok.\n");
    assert_eq!(world.get("/", None).body, "Ok.\n");
    assert_eq!(world.get("/?", None).body, "Ok.\n");
    assert_eq!(world.get("/?query=SELECT+1", None).status, 401);
}

#[test]
fn every_answer_carries_the_fixed_headers_and_its_own_id() {
    let world = World::new();
    let mut ids = std::collections::HashSet::new();
    for (target, token) in [
        ("/ping", None),
        ("/nowhere", None),
        ("/v0/auth", None),
        ("/v0/auth", Some("admin")),
        ("/v0/sql?q=x", Some("admin")),
    ] {
        let answer = world.ask("GET", target, token, &[("X-Request-Id", "mine")], "");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{target}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        assert!(answer.header("content-type").is_some());
        assert!(ids.insert(answer.header("x-request-id").unwrap().to_owned()));
    }
    assert!(!ids.contains("mine"));
}

#[test]
fn a_rate_is_kept_and_told() {
    let world = World::new();
    let answers: Vec<Answer> = (0..5).map(|_| world.get("/v0/auth", Some("slow"))).collect();
    assert_eq!(answers[0].header("x-ratelimit-limit"), Some("2"));
    let refused = answers.iter().find(|answer| answer.status == 429).expect("more than two in a second");
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!(refused.header("x-ratelimit-remaining"), Some("0"));
    assert_eq!(world.get("/v0/auth", Some("tenant")).header("x-ratelimit-limit"), None);
}
