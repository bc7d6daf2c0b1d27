//! The main job on the embedded default, from outside: tokens, filters, real rows.

use crate::gateway::{Gateway, TOKENS};
use crate::http::encode;

fn start() -> Gateway {
    Gateway::start("", TOKENS)
}

fn count(gateway: &Gateway, token: &str, statement: &str) -> serde_json::Value {
    let answer = gateway.sql(token, statement);
    assert_eq!(answer.status, 200, "{statement}: {answer:?}");
    answer.json()["data"][0].as_object().expect("a row").values().next().expect("a column").clone()
}

#[test]
fn a_filtered_token_sees_its_rows_and_no_others() {
    let gateway = start();
    let [admin, acme, globex, reader] = ["admin", "acme", "globex", "reader"].map(|name| gateway.value(name));
    let all = "SELECT count(*) FROM events";
    assert_eq!(count(&gateway, &admin, all), 5000);
    assert_eq!(count(&gateway, &reader, all), 5000);
    assert_eq!(count(&gateway, &acme, all), 2026);
    assert_eq!(count(&gateway, &globex, all), 1262);
    assert_eq!(count(&gateway, &acme, "SELECT count(*) FROM events WHERE org_id <> 1 OR 1 = 1"), 2026);
    assert_eq!(count(&gateway, &acme, "SELECT count(DISTINCT org_id) FROM main.events AS e"), 1);
    assert_eq!(count(&gateway, &acme, "SELECT (SELECT max(org_id) FROM events)"), 1);
}

#[test]
fn a_missing_and_a_forbidden_table_are_told_apart_by_nothing() {
    let gateway = start();
    let acme = gateway.value("acme");
    let forbidden = gateway.sql(&acme, "SELECT count(*) FROM organizations");
    let missing = gateway.sql(&acme, "SELECT count(*) FROM organizationz");
    assert_eq!(forbidden.status, 403);
    assert_eq!(missing.status, 403);
    assert_eq!(forbidden.body.replace("organizations", "X"), missing.body.replace("organizationz", "X"));
    assert!(forbidden.body.contains("Resource 'organizations' not found"), "{}", forbidden.body);
    let nothing = gateway.sql(&gateway.value("nothing"), "SELECT count(*) FROM events");
    assert_eq!(nothing.status, 403, "{nothing:?}");
}

#[test]
fn a_bad_token_gets_one_answer_whatever_is_wrong_with_it() {
    let gateway = start();
    let acme = gateway.value("acme");
    let mut changed = acme.clone();
    changed.replace_range(acme.len() - 1.., if acme.ends_with('A') { "B" } else { "A" });
    let none = gateway.get("/v0/sql?q=SELECT+1", &[]);
    assert_eq!(none.status, 403, "{none:?}");
    let bodies: Vec<_> = [changed.as_str(), "p.eyJ1IjoiMSJ9.AAAAAAAAAAAAAAAA", "0123456789abcdef0123456789abcdef"]
        .map(|token| gateway.sql(token, "SELECT 1"))
        .into_iter()
        .map(|answer| (answer.status, answer.body))
        .collect();
    assert_eq!(bodies[0].0, 403);
    assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]), "{bodies:?}");
    assert!(none.header("content-type").is_some_and(|kind| kind.contains("json")));
    assert!(!gateway.log().contains(&acme[..24]), "a token stands in the log");
}

#[test]
fn the_query_is_read_from_every_place_that_clients_put_it() {
    let gateway = start();
    let token = gateway.value("acme");
    let bearer = format!("Bearer {token}");
    let authorized = ("Authorization", bearer.as_str());
    let statement = "SELECT count(*) AS c FROM events";
    let encoded = encode(statement);
    let json = serde_json::json!({ "q": statement }).to_string();
    for answer in [
        gateway.get(&format!("/v0/sql?q={encoded}"), &[authorized]),
        gateway.get(&format!("/v0/sql?q={encoded}&token={token}&from=cli&cli_version=6.5.5"), &[]),
        gateway.get(&format!("/v0/sql?q={encoded}&token={token}"), &[authorized]),
        gateway.post("/v0/sql", &[authorized, ("Content-Type", "text/plain")], statement),
        gateway.post("/v0/sql", &[authorized], statement),
        gateway.post("/v0/sql", &[authorized, ("Content-Type", "application/x-www-form-urlencoded")], statement),
        gateway.post(
            "/v0/sql",
            &[authorized, ("Content-Type", "application/x-www-form-urlencoded")],
            &format!("q={encoded}"),
        ),
        gateway.post("/v0/sql", &[authorized, ("Content-Type", "application/json")], &json),
    ] {
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.json()["data"], serde_json::json!([{ "c": 2026 }]));
    }
    for (answer, what) in [
        (gateway.get(&format!("/v0/sql?q={encoded}&q={encoded}"), &[authorized]), "two queries"),
        (gateway.post(&format!("/v0/sql?q={encoded}"), &[authorized], statement), "a query in two places"),
        (gateway.get(&format!("/v0/sql?q={encoded}&token=0123456789abcdef"), &[authorized]), "two tokens"),
        (gateway.get(&format!("/v0/sql?q={encoded}"), &[authorized, authorized]), "two headers"),
        (
            gateway.post(
                "/v0/sql",
                &[authorized, ("Content-Type", "application/json")],
                r#"{"q":"SELECT 1","q":"SELECT 2"}"#,
            ),
            "two keys",
        ),
        (gateway.post("/v0/sql", &[authorized, ("Content-Type", "application/json")], r#"{"q":1}"#), "no text"),
        (gateway.get("/v0/sql", &[authorized]), "no query"),
    ] {
        assert_eq!(answer.status, 400, "{what}: {answer:?}");
    }
}

#[test]
fn formats_are_written_as_clickhouse_writes_them() {
    let gateway = start();
    let token = gateway.value("admin");
    let rows = "SELECT 1 AS a, 'x\"y' AS b UNION ALL SELECT 2, NULL";
    for (format, body) in [
        ("CSV", "1,\"x\"\"y\"\n2,\\N\n"),
        ("CSVWithNames", "\"a\",\"b\"\n1,\"x\"\"y\"\n2,\\N\n"),
        ("TSV", "1\tx\"y\n2\t\\N\n"),
        ("TSVWithNames", "a\tb\n1\tx\"y\n2\t\\N\n"),
        ("JSONEachRow", "{\"a\":1,\"b\":\"x\\\"y\"}\n{\"a\":2,\"b\":null}\n"),
    ] {
        let answer = gateway.sql(&token, &format!("{rows} FORMAT {format}"));
        assert_eq!((answer.status, answer.body.as_str()), (200, body), "{format}");
    }
    let json = gateway.sql(&token, rows).json();
    assert_eq!(json["rows"], 2);
    assert_eq!(json["meta"][0]["name"], "a");
    assert!(json["statistics"]["rows_read"].is_number(), "an unfiltered token sees statistics");
    assert!(gateway.sql(&gateway.value("acme"), "SELECT n.id FROM events AS n").json().get("statistics").is_none());
    assert_eq!(gateway.sql(&token, "SELECT 1 FORMAT Nonsense").status, 400);
}

#[test]
fn what_is_not_a_permitted_read_is_refused_with_a_sentence() {
    let gateway = start();
    let token = gateway.value("admin");
    for statement in [
        "DROP TABLE events",
        "SELECT 1; SELECT 2",
        "PRAGMA table_list",
        "SELECT * FROM sqlite_master",
        "SELECT load_extension('x')",
        "SELECT {{ 1 }}",
        "SELECT 'open",
    ] {
        let answer = gateway.sql(&token, statement);
        assert!(matches!(answer.status, 400 | 403), "{statement}: {answer:?}");
        assert!(answer.json()["error"].as_str().is_some_and(|text| text.len() > 10), "{answer:?}");
    }
}

#[test]
fn the_probes_of_the_clients_are_answered() {
    let gateway = start();
    let bearer = format!("Bearer {}", gateway.value("acme"));
    let workspace = gateway.get("/v0/workspace", &[("Authorization", &bearer)]);
    assert_eq!(workspace.status, 200);
    for key in ["id", "name", "user_email", "user_id", "scope"] {
        assert!(workspace.json().get(key).is_some(), "{key}: {}", workspace.body);
    }
    assert_eq!(gateway.get("/v0/workspace", &[]).status, 403);
    assert_eq!(gateway.get("/v0/auth", &[("Authorization", &bearer)]).json()["is_valid"], true);
    assert_eq!(gateway.get("/ping", &[]).body, "Ok.\n");
    let health = gateway.get("/health", &[]).json();
    assert_eq!(health["status"], "ok", "{health}");
    assert_eq!(gateway.get("/metrics", &[("Authorization", &bearer)]).status, 403);
    let admin = format!("Bearer {}", gateway.value("admin"));
    let metrics = gateway.get("/metrics", &[("Authorization", &admin)]);
    assert!(metrics.status == 200 && metrics.body.contains("portcullis_"), "{metrics:?}");
    assert_eq!(gateway.get("/v0/nowhere", &[("Authorization", &bearer)]).status, 404);
    let method = gateway.post("/health", &[], "x");
    assert_eq!((method.status, method.header("allow").is_some()), (405, true));
}

#[test]
fn a_filter_that_fits_no_table_is_told_to_the_operator_and_not_to_the_client() {
    let gateway = Gateway::start("", &TOKENS.replace("events:org_id = 1", "events:nosuch = 1"));
    let answer = gateway.sql(&gateway.value("acme"), "SELECT count(*) FROM events");
    assert_eq!(answer.status, 400, "{answer:?}");
    assert!(!answer.body.contains("filter"), "{answer:?}");
    let log = gateway.log();
    for said in ["names `nosuch`, which is no column of it", "token.name=\"acme\"", "refusal=\"unverified\""] {
        assert!(log.contains(said), "{said} in {log}");
    }
    let explained = gateway.command(&["explain", "--json", "--token", "acme", "SELECT count(*) FROM events"]);
    assert!(String::from_utf8_lossy(&explained.stdout).contains(r#""kind":"unverified""#), "{explained:?}");
}

#[test]
fn explain_tells_the_decision_and_its_exit_code() {
    let gateway = start();
    let permitted = gateway.command(&["explain", "--token", "acme", "SELECT count(*) FROM events"]);
    let text = String::from_utf8_lossy(&permitted.stdout).into_owned();
    assert!(permitted.status.success() && text.contains("org_id = 1") && text.contains("LIMIT -1"), "{text}");
    let denied = gateway.command(&["explain", "--token", "acme", "SELECT count(*) FROM organizations"]);
    assert_eq!(denied.status.code(), Some(3), "{denied:?}");
}

#[test]
fn explain_tells_what_a_pipe_comes_to() {
    let sql = "%\nSELECT count(*) AS c FROM events WHERE action = {{String(action, 'click')}}\n  {% for n in Array(ns, 'Int8', '1') %} AND {{n}} > 0 {% end %}";
    let pipes = format!(
        "pipes:\n  - {{ name: top, nodes: [{{ name: counted, sql: {} }}, {{ name: e, sql: 'SELECT c FROM counted' }}] }}",
        serde_json::json!(sql)
    );
    let tokens = "version: 1\ntokens:\n  - { name: both, id: both, scopes: ['PIPES:READ:top', 'DATASOURCES:READ:events:org_id = 1', 'DATASOURCES:APPEND:events'] }\n  - { name: nothing, id: nothing, scopes: [] }\n...\n";
    let gateway = Gateway::start(&pipes, tokens);
    let explain = |arguments: &[&str]| {
        let output = gateway.command(&[&["explain"], arguments].concat());
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr),
        )
    };
    let (code, text) =
        explain(&["--token", "both", "--pipe", "top", "--param", "action=it's", "--param", "ns=1", "--param", "ns=2"]);
    assert_eq!(code, Some(0), "{text}");
    for said in [
        "rendered `counted`",
        "'it''s'",
        "AND  1  > 0",
        "AND  2  > 0",
        "read `top`: all rows",
        "because of PIPES:READ:top",
        "sent upstream",
        "org_id",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let (code, text) = explain(&["--token", "both", "--pipe", "top", "--json", "SELECT max(c) FROM _"]);
    let told: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((code, told["decision"].as_str()), (Some(0), Some("permitted")), "{text}");
    assert!(
        told["rendered"][0]["sql"].as_str().unwrap().contains("'click'")
            && told["sql"].as_str().unwrap().contains("max(")
    );
    let (code, text) = explain(&["--token", "both", "--pipe", "top", "--param", "ns=x"]);
    assert!(
        code == Some(3) && text.contains("not rendered `counted`") && text.contains("Error validating 'x'"),
        "{text}"
    );
    assert_eq!(explain(&["--token", "nothing", "--pipe", "top"]).0, Some(3));
    assert_eq!(explain(&["--token", "both", "--pipe", "no_such"]).0, Some(3));
    for (token, can, expected) in [
        ("both", "append events", 0),
        ("both", "read pipe top", 0),
        ("both", "drop events", 3),
        ("both", "manage tokens", 3),
        ("nothing", "append events", 3),
        ("both", "append pipe top", 1),
        ("both", "sing", 1),
    ] {
        let (code, text) = explain(&["--token", token, "--can", can]);
        assert_eq!(code, Some(expected), "{token} {can}: {text}");
        assert_eq!(explain(&["--json", "--token", token, "--can", can]).0, Some(expected));
    }
    assert!(explain(&["--token", "both", "--can", "read events"]).1.contains("rows where `org_id = 1`"));
    assert_eq!(explain(&["--token", "both"]).0, Some(2), "nothing is asked");
}
