//! Pipes made over the API: what becomes of them, who may, and what their author must be allowed to read.

use serde_json::{Value, json};

use crate::gateway::Gateway;
use crate::http::{self, Answer, encode};

const TOKENS: &str = "\
version: 1
tokens:
  - { name: admin, id: admin, scopes: [ADMIN] }
  - { name: author, id: author, scopes: ['PIPES:CREATE', 'DATASOURCES:READ:events', 'PIPES:READ:rows', 'PIPES:READ:whose'] }
  - { name: filtered, id: filtered, scopes: ['PIPES:CREATE', 'DATASOURCES:READ:events:org_id = 1', 'PIPES:READ:rows', 'PIPES:READ:whose:org_id = 1', 'DATASOURCES:READ:organizations'] }
  - { name: blind, id: blind, scopes: ['PIPES:CREATE'] }
  - { name: reader, id: reader, scopes: ['PIPES:READ:top', 'PIPES:READ:trick', 'PIPES:READ:draft'] }
  - { name: narrow, id: narrow, scopes: ['PIPES:READ:top', 'DATASOURCES:READ:events:org_id = 1'] }
  - { name: dropper, id: dropper, scopes: ['PIPES:DROP:top', 'PIPES:DROP:rows'] }
  - { name: tables, id: tables, scopes: ['DATASOURCES:CREATE', 'DATASOURCES:READ:events', TOKENS] }
  - { name: nothing, id: nothing, scopes: [] }
...
";

const PIPES: &str = "\
pipes_dir: project
pipes:
  - { name: rows, sql: 'SELECT * FROM events' }
  - { name: whose, sql: 'SELECT org_id FROM organizations' }
  - { name: late, sql: \"%\\n{% if defined(all) %} SELECT org_id FROM organizations {% else %} SELECT 1 AS org_id {% end %}\" }
";

fn start() -> Gateway {
    Gateway::start(PIPES, TOKENS)
}

fn ask(gateway: &Gateway, token: &str, method: &str, target: &str, body: &Value) -> Answer {
    let bearer = format!("Bearer {}", gateway.value(token));
    let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
    let body = if body.is_null() || method == "DELETE" { String::new() } else { body.to_string() };
    http::request(gateway.address, method, target, &headers, &body)
}

fn text(gateway: &Gateway, token: &str, method: &str, target: &str, media: &str, body: &str) -> Answer {
    let bearer = format!("Bearer {}", gateway.value(token));
    http::request(gateway.address, method, target, &[("Authorization", &bearer), ("Content-Type", media)], body)
}

fn get(gateway: &Gateway, token: &str, target: &str) -> Answer {
    ask(gateway, token, "GET", target, &Value::Null)
}

fn count(answer: &Answer) -> u64 {
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["data"][0]["hits"].as_u64().unwrap()
}

fn status(answer: &Answer, expected: u16) {
    assert_eq!(answer.status, expected, "{answer:?}");
}

#[test]
fn a_pipe_is_made_published_read_changed_and_dropped() {
    let gateway = start();
    let counted = "%\nSELECT count(*) AS hits FROM events WHERE org_id = {{ Int32(org, 1) }}";
    let nodes = json!([{ "name": "counted", "sql": counted, "description": "of one" }, { "name": "out", "sql": "SELECT hits FROM counted" }]);
    let made =
        ask(&gateway, "author", "POST", "/v0/pipes", &json!({ "name": "top", "description": "d", "nodes": nodes }));
    status(&made, 200);
    assert_eq!(
        (made.json()["type"].clone(), made.json()["nodes"][0]["sql"].clone()),
        (json!("default"), json!(counted))
    );
    // What is not published is not served, and not told of to readers.
    status(&get(&gateway, "reader", "/v0/pipes/top.json"), 404);
    status(&get(&gateway, "admin", "/v0/pipes/top.json"), 404);
    status(&get(&gateway, "reader", "/v0/pipes/top"), 404);
    status(&get(&gateway, "author", "/v0/pipes/top"), 200);
    assert!(
        get(&gateway, "author", "/v0/pipes").body.contains("\"top\"")
            && !get(&gateway, "reader", "/v0/pipes").body.contains("\"top\"")
    );
    let published = ask(&gateway, "author", "POST", "/v0/pipes/top/nodes/out/endpoint", &Value::Null);
    status(&published, 200);
    assert_eq!(
        (published.json()["type"].clone(), published.json()["endpoint"].clone()),
        (json!("endpoint"), json!("out"))
    );
    // The readers' rights are those of every pipe.
    assert_eq!(count(&get(&gateway, "reader", "/v0/pipes/top.json")), 2026);
    assert_eq!(count(&get(&gateway, "reader", "/v0/pipes/top.json?org=3")), 907);
    assert_eq!(count(&get(&gateway, "narrow", "/v0/pipes/top.json?org=3")), 0);
    assert_eq!(get(&gateway, "reader", "/v0/pipes/top").json()["nodes"][0]["sql"], Value::Null, "a reader sees no SQL");
    status(&get(&gateway, "nothing", "/v0/pipes/top.json"), 404);
    status(&ask(&gateway, "author", "POST", "/v0/pipes", &json!({ "name": "top", "sql": "SELECT 1 AS hits" })), 409);
    // A node is changed, added, published.
    status(&ask(&gateway, "author", "PUT", "/v0/pipes/top/nodes/counted", &json!({ "sql": "SELECT 7 AS hits" })), 200);
    assert_eq!(count(&get(&gateway, "reader", "/v0/pipes/top.json?org=3")), 7);
    status(&ask(&gateway, "author", "PUT", "/v0/pipes/top/nodes/none", &json!({ "sql": "SELECT 7" })), 404);
    let more = "/v0/pipes/top/nodes?name=more";
    status(&text(&gateway, "author", "POST", more, "text/plain", "SELECT hits + 1 AS hits FROM out"), 200);
    assert_eq!(count(&get(&gateway, "reader", "/v0/pipes/top.json")), 7);
    status(
        &text(&gateway, "author", "PUT", "/v0/pipes/top/endpoint", "application/x-www-form-urlencoded", "more"),
        200,
    );
    assert_eq!(count(&get(&gateway, "reader", "/v0/pipes/top.json")), 8);
    // With force the whole is written anew, and it stays published.
    let anew = json!({ "name": "top", "sql": "SELECT 9 AS hits" });
    status(&ask(&gateway, "author", "POST", "/v0/pipes?force=true", &anew), 200);
    assert_eq!(count(&get(&gateway, "reader", "/v0/pipes/top.json")), 9);
    status(&ask(&gateway, "author", "DELETE", "/v0/pipes/top/nodes/top_0/endpoint", &Value::Null), 200);
    status(&get(&gateway, "reader", "/v0/pipes/top.json"), 404);
    let dropped = ask(&gateway, "dropper", "DELETE", "/v0/pipes/top", &Value::Null);
    assert_eq!((dropped.status, dropped.body.as_str()), (204, ""), "{dropped:?}");
    status(&ask(&gateway, "dropper", "DELETE", "/v0/pipes/top", &Value::Null), 404);
    assert_eq!(std::fs::read_dir(gateway.folder().join("state/pipes")).unwrap().count(), 0);
}

#[test]
fn every_shape_makes_the_same_pipe() {
    let gateway = start();
    let sql = "SELECT count(*) AS hits FROM events";
    let form = "application/x-www-form-urlencoded";
    let pairs = format!("name=b&type=endpoint&sql={}", encode(sql));
    status(&text(&gateway, "author", "POST", "/v0/pipes", form, &pairs), 200);
    let both = format!("/v0/pipes?name=c&type=endpoint&sql={}", encode(sql));
    status(&text(&gateway, "author", "POST", &both, "text/plain", sql), 200);
    status(&text(&gateway, "author", "POST", &both, "text/plain", "SELECT 1"), 400);
    let file = format!("DESCRIPTION x\n\nNODE e\nSQL >\n    {sql}\nTYPE endpoint\n");
    status(&text(&gateway, "author", "POST", "/v0/pipes?name=d", "text/plain", &file), 200);
    let nodes = json!([{ "name": "e", "sql": sql, "type": "endpoint" }]);
    status(&ask(&gateway, "author", "POST", "/v0/pipes", &json!({ "name": "e1", "nodes": nodes })), 200);
    for name in ["b", "c", "d", "e1"] {
        assert_eq!(count(&get(&gateway, "admin", &format!("/v0/pipes/{name}.json"))), 5000, "{name}");
    }
    for bad in [
        json!({ "name": "x" }),
        json!({ "sql": "SELECT 1" }),
        json!({ "name": "x", "nodes": [] }),
        json!({ "name": "x", "nodes": [{ "name": "a", "sql": "SELECT 1", "type": "materialized" }] }),
        json!({ "name": "x", "nodes": [{ "name": "a b", "sql": "SELECT 1" }] }),
        json!({ "name": "x", "nodes": [{ "name": "a\nSQL x", "sql": "SELECT 1" }] }),
        json!({ "name": "../x", "sql": "SELECT 1" }),
        json!({ "name": "a.b", "sql": "SELECT 1" }),
        json!({ "name": "x", "sql": "DROP TABLE events" }),
        json!({ "name": "x", "sql": "SELECT 1; SELECT 2" }),
        json!({ "name": "x", "sql": "%\n{% for a in b %}" }),
        json!({ "name": "x", "nodes": [{ "name": "a", "sql": "SELECT * FROM b" }, { "name": "b", "sql": "SELECT * FROM a" }] }),
    ] {
        status(&ask(&gateway, "admin", "POST", "/v0/pipes", &bad), 400);
    }
    status(&get(&gateway, "admin", "/v0/pipes/x"), 404);
}

#[test]
fn each_right_is_needed() {
    let gateway = start();
    let pipe = json!({ "name": "top", "nodes": [{ "name": "e", "sql": "SELECT 1 AS hits", "type": "endpoint" }] });
    for token in ["reader", "narrow", "dropper", "tables", "nothing"] {
        status(&ask(&gateway, token, "POST", "/v0/pipes", &pipe), 403);
    }
    status(&ask(&gateway, "blind", "POST", "/v0/pipes", &pipe), 200);
    for token in ["reader", "narrow", "dropper", "tables", "nothing"] {
        for (method, target) in [
            ("POST", "/v0/pipes/top/nodes"),
            ("PUT", "/v0/pipes/top/nodes/e"),
            ("POST", "/v0/pipes/top/nodes/e/endpoint"),
            ("DELETE", "/v0/pipes/top/nodes/e/endpoint"),
            ("PUT", "/v0/pipes/top/endpoint"),
        ] {
            let [there, missing] = ["top", "tpo"].map(|name| {
                let answer = ask(&gateway, token, method, &target.replace("top", name), &json!({ "sql": "SELECT 2" }));
                (answer.status, answer.body)
            });
            assert_eq!(there.0, 403, "{token} {method} {target}");
            assert_eq!(there, missing);
        }
    }
    for token in ["reader", "author", "blind", "tables", "nothing"] {
        status(&ask(&gateway, token, "DELETE", "/v0/pipes/top", &Value::Null), 403);
    }
    status(&ask(&gateway, "admin", "DELETE", "/v0/pipes/top.json", &Value::Null), 405);
    assert_eq!(count(&get(&gateway, "reader", "/v0/pipes/top.json")), 1);
    status(&ask(&gateway, "admin", "DELETE", "/v0/pipes/top", &Value::Null), 204);
}

/// A pipe gives its readers all rows: whoever writes it must be allowed to read them.
#[test]
fn an_author_publishes_only_what_the_author_may_read() {
    let gateway = start();
    let make = |token: &str, sql: &str| {
        let nodes = json!([{ "name": "e", "sql": sql, "type": "endpoint" }]);
        ask(&gateway, token, "POST", "/v0/pipes", &json!({ "name": "trick", "nodes": nodes }))
    };
    for (token, sql) in [
        ("filtered", "SELECT * FROM events"),
        ("filtered", "SELECT * FROM rows"),
        ("filtered", "SELECT * FROM whose"),
        ("filtered", "SELECT 1 AS n WHERE (SELECT count(*) FROM events) > 1"),
        ("filtered", "WITH a AS (SELECT * FROM events) SELECT * FROM a"),
        ("blind", "SELECT * FROM events"),
        ("blind", "SELECT * FROM rows"),
        ("author", "SELECT * FROM organizations"),
        ("author", "%\n{% if defined(x) %} SELECT * FROM organizations {% else %} SELECT 1 {% end %}"),
    ] {
        let answer = make(token, sql);
        status(&answer, 403);
        if token == "filtered" {
            assert!(answer.body.contains("sees only some rows"), "{answer:?}");
        }
        status(&get(&gateway, "admin", "/v0/pipes/trick"), 404);
    }
    // A table that is hidden is as one that is not there.
    let [hidden, missing] = ["organizations", "organisations"].map(|name| {
        let answer = make("author", &format!("SELECT * FROM {name}"));
        (answer.status, answer.body.replace(name, "X"))
    });
    assert_eq!(hidden, missing);
    // A node that is not the endpoint counts too, and so does a change.
    let nodes = json!([{ "name": "a", "sql": "SELECT * FROM organizations" }, { "name": "e", "sql": "SELECT 1", "type": "endpoint" }]);
    status(&ask(&gateway, "author", "POST", "/v0/pipes", &json!({ "name": "trick", "nodes": nodes })), 403);
    status(&ask(&gateway, "admin", "POST", "/v0/pipes", &json!({ "name": "trick", "nodes": nodes })), 200);
    for (method, target, body) in [
        ("POST", "/v0/pipes/trick/nodes/a/endpoint", Value::Null),
        ("PUT", "/v0/pipes/trick/nodes/e", json!({ "sql": "SELECT * FROM a" })),
        ("POST", "/v0/pipes/trick/nodes", json!({ "name": "b", "sql": "SELECT * FROM a" })),
    ] {
        status(&ask(&gateway, "author", method, target, &body), 403);
    }
    status(&ask(&gateway, "admin", "DELETE", "/v0/pipes/trick", &Value::Null), 204);
    status(&make("author", "SELECT * FROM rows"), 200);
    assert_eq!(get(&gateway, "reader", "/v0/pipes/trick.json").json()["rows"], 5000);
}

/// A branch that no try took names another table: it is refused when it is read, for everyone.
#[test]
fn a_branch_that_was_not_shown_is_not_read() {
    let gateway = start();
    let sql =
        "%\n{% if String(x, 'a') == 'open' %} SELECT org_id FROM organizations {% else %} SELECT 1 AS org_id {% end %}";
    for (token, sql) in [("author", sql), ("admin", sql), ("admin", "SELECT * FROM late")] {
        let nodes = json!([{ "name": "e", "sql": sql, "type": "endpoint" }]);
        let body = json!({ "name": "trick", "nodes": nodes });
        status(&ask(&gateway, token, "POST", "/v0/pipes?force=true", &body), 200);
        status(&get(&gateway, "reader", "/v0/pipes/trick.json"), 200);
        if sql.contains("late") {
            continue;
        }
        for reader in ["reader", "admin"] {
            let over = format!("/v0/sql?x=open&q={}", encode("SELECT * FROM trick"));
            for target in
                ["/v0/pipes/trick.json?x=open", if reader == "admin" { &over } else { "/v0/pipes/trick.csv?x=open" }]
            {
                let refused = get(&gateway, reader, target);
                assert!(matches!(refused.status, 400 | 403), "{refused:?}");
                assert_eq!(refused.body.contains("may not read `organizations`"), reader == "admin", "{refused:?}");
            }
        }
    }
    // What was written for a reader of more does not stand where less may be read.
    std::fs::write(gateway.folder().join("state/pipes/trick.pipe"), "NODE e\nSQL SELECT * FROM whose\nTYPE endpoint\n")
        .unwrap();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(5);
    while !get(&gateway, "admin", "/v0/pipes/trick.json").body.contains("may not read `whose`") {
        assert!(std::time::Instant::now() < deadline, "a file without its list may read nothing");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let both = gateway.sql(&gateway.value("admin"), "SELECT count(*) AS c FROM whose AS w, trick AS t");
    assert!(both.status != 200 && both.body.contains("may not read `whose`"), "{both:?}");
}

#[test]
fn what_people_write_is_not_the_apis_to_change() {
    let gateway = start();
    let folder = gateway.folder().join("project");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("filed.pipe"), "NODE e\nSQL SELECT 1 AS hits\nTYPE endpoint\n").unwrap();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(5);
    while get(&gateway, "admin", "/v0/pipes/filed.json").status != 200 {
        assert!(std::time::Instant::now() < deadline, "{}", gateway.log());
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    for (name, place) in [("filed", "filed.pipe"), ("rows", "gateway.yaml")] {
        let pipe = json!({ "name": name, "sql": "SELECT 1", "node": "e" });
        for (method, target) in [
            ("POST", "/v0/pipes".to_owned()),
            ("POST", "/v0/pipes?force=true".to_owned()),
            ("POST", format!("/v0/pipes/{name}/nodes")),
            ("PUT", format!("/v0/pipes/{name}/nodes/e")),
            ("PUT", format!("/v0/pipes/{name}/endpoint")),
            ("DELETE", format!("/v0/pipes/{name}")),
        ] {
            let answer = ask(&gateway, "admin", method, &target, &pipe);
            assert!(answer.status == 409 && answer.body.contains(place), "{method} {target}: {answer:?}");
            assert!(!answer.body.contains(gateway.folder().to_str().unwrap()), "{answer:?}");
        }
    }
    status(&ask(&gateway, "dropper", "DELETE", "/v0/pipes/rows", &Value::Null), 409);
    status(&ask(&gateway, "admin", "POST", "/v0/pipes", &json!({ "name": "events", "sql": "SELECT 1" })), 409);
}
