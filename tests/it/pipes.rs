//! Pipes from outside: rights, filters, parameters, on the embedded engine and on ClickHouse.

use crate::engines;
use crate::gateway::Gateway;
use crate::http::{Answer, encode};

const TOKENS: &str = "\
version: 1
tokens:
  - { name: admin, id: admin, scopes: [ADMIN] }
  - { name: acme, id: acme, scopes: ['DATASOURCES:READ:events:org_id = 1'] }
  - { name: definer, id: definer, scopes: ['PIPES:READ:per_org', 'PIPES:READ:busiest', 'PIPES:READ:named', 'PIPES:READ:circle'] }
  - { name: both, id: both, scopes: ['PIPES:READ:per_org', 'PIPES:READ:busiest', 'PIPES:READ:rows', 'PIPES:READ:hidden', 'PIPES:READ:kept', 'PIPES:READ:divided', 'DATASOURCES:READ:events:org_id = 1'] }
  - { name: output, id: output, scopes: ['PIPES:READ:per_org:org_id = 2', 'PIPES:READ:busiest'] }
  - { name: nested, id: nested, scopes: ['PIPES:READ:busiest', 'PIPES:READ:per_org:org_id = 3'] }
  - { name: whole, id: whole, scopes: ['PIPES:READ:kept'] }
  - { name: nothing, id: nothing, scopes: [] }
...
";

fn settings(upstream: &str) -> String {
    let project = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/project");
    format!(
        "pipes_dir: {project}\npipes:\n  - {{ name: rows, sql: 'SELECT * FROM events' }}\n  - {{ name: hidden, sql: 'SELECT org_id FROM organizations' }}\n  - {{ name: kept, sql: 'SELECT org_id, n FROM events WHERE n < 60' }}\n  - {{ name: divided, nodes: [{{ name: a, sql: 'SELECT org_id, n FROM events' }}, {{ name: e, sql: 'SELECT count(*) AS c FROM a WHERE intDiv(1, n - 95) = 7' }}] }}\n{upstream}"
    )
}

fn get(gateway: &Gateway, token: &str, target: &str) -> Answer {
    let bearer = format!("Bearer {}", gateway.value(token));
    gateway.get(target, &[("Authorization", &bearer)])
}

/// The rows of an answer, as compact JSON with numbers as numbers.
fn rows(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["data"].to_string().replace("\":\"", "\":").replace("\",\"", ",\"").replace("\"}", "}")
}

/// What holds for every engine. `counts` is how many events each organisation has.
fn rights_and_filters(gateway: &Gateway, counts: &[u64]) {
    let all: Vec<(usize, u64)> = counts.iter().enumerate().map(|(at, hits)| (at + 1, *hits)).collect();
    let told =
        |orgs: &[(usize, u64)]| orgs.iter().map(|(org, hits)| format!("{org}:{hits}")).collect::<Vec<_>>().join(" ");
    let seen = |token: &str, target: &str| {
        let answer = get(gateway, token, target);
        assert_eq!(answer.status, 200, "{token} {target}: {answer:?}");
        let rows = answer.json()["data"].as_array().expect("rows").clone();
        let text = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let mut rows: Vec<String> =
            rows.iter().map(|row| format!("{}:{}", text(&row["org_id"]), text(&row["hits"]))).collect();
        rows.sort();
        rows.join(" ")
    };
    let endpoint = "/v0/pipes/per_org.json";
    let over = format!("/v0/sql?q={}", encode("SELECT org_id, hits FROM per_org AS p"));
    let underscore = format!("{endpoint}?q={}", encode("SELECT org_id, hits FROM _"));
    let pipeline = format!("/v0/sql?pipeline=per_org&q={}", encode("SELECT org_id, hits FROM _"));
    for target in [endpoint, &over, &underscore, &pipeline] {
        // A pipe reads with its own rights; a filter on what it reads, or on what it gives, narrows it.
        assert_eq!(seen("admin", target), told(&all), "{target}");
        assert_eq!(seen("definer", target), told(&all), "{target}");
        assert_eq!(seen("both", target), told(&all[..1]), "{target}");
        assert_eq!(seen("output", target), told(&all[1..2]), "{target}");
        let join = if target.contains('?') { '&' } else { '?' };
        assert_eq!(seen("definer", &format!("{target}{join}org=3")), told(&all[2..3]), "{target}");
        assert_eq!(seen("both", &format!("{target}{join}org=3")), "", "{target}");
        assert_eq!(seen("definer", &format!("{target}{join}limit=1")), told(&all[..1]), "{target}");
    }
    let most = |token: &str| get(gateway, token, "/v0/pipes/busiest.json").json()["data"][0]["most"].to_string();
    let number = |text: String| text.trim_matches('"').parse::<u64>().expect("a number");
    assert_eq!(number(most("definer")), *counts.iter().max().unwrap());
    assert_eq!(number(most("both")), counts[0]);
    assert_eq!(number(most("output")), counts[1], "a filter on an inner pipe holds");
    assert_eq!(number(most("nested")), counts[2]);
    // The table under a pipe stays closed.
    assert_eq!(get(gateway, "definer", "/v0/sql?q=SELECT+1+FROM+events").status, 403);
}

fn one_answer_for_what_is_hidden(gateway: &Gateway) {
    for token in ["acme", "nothing", "output"] {
        for (hidden, missing) in [
            ("/v0/pipes/named.json", "/v0/pipes/nemad.json"),
            ("/v0/pipes/named", "/v0/pipes/nemad"),
            ("/v0/sql?q=SELECT+1+FROM+named", "/v0/sql?q=SELECT+1+FROM+nemad"),
            ("/v0/sql?pipeline=named&q=SELECT+1+FROM+_", "/v0/sql?pipeline=nemad&q=SELECT+1+FROM+_"),
        ] {
            let (hidden, missing) = (get(gateway, token, hidden), get(gateway, token, missing));
            assert!(matches!(hidden.status, 403 | 404), "{hidden:?}");
            assert_eq!(
                (hidden.status, hidden.body.replace("named", "X")),
                (missing.status, missing.body.replace("nemad", "X"))
            );
        }
    }
    let list = get(gateway, "output", "/v0/pipes").json();
    let names: Vec<_> = list["pipes"].as_array().unwrap().iter().map(|pipe| pipe["name"].clone()).collect();
    assert_eq!(names, ["busiest", "per_org"]);
    assert!(!list.to_string().contains("FROM events"), "{list}");
    assert!(get(gateway, "admin", "/v0/pipes/per_org").body.contains("FROM events"));
}

fn parameters(gateway: &Gateway) {
    let bad = get(gateway, "definer", "/v0/pipes/per_org.json?org=1+OR+1%3D1");
    assert_eq!(bad.status, 400);
    assert!(bad.body.contains("Error validating '1 OR 1=1' to type Int32 for the parameter 'org'"), "{bad:?}");
    let quoted = get(gateway, "definer", &format!("/v0/pipes/named.json?name={}", encode("a'b\\")));
    assert_eq!(quoted.json()["data"][0]["name"], "a'b\\", "{quoted:?}");
    let one = rows(&get(gateway, "definer", "/v0/pipes/named.json?orgs=1"));
    assert_ne!(one, rows(&get(gateway, "definer", "/v0/pipes/named.json?orgs=1&orgs=2")));
    let bearer = format!("Bearer {}", gateway.value("definer"));
    let post = |media: &str, target: &str, body: &str| {
        gateway.post(target, &[("Authorization", &bearer), ("Content-Type", media)], body)
    };
    let json = "application/json";
    let form = "application/x-www-form-urlencoded";
    assert_eq!(rows(&post(json, "/v0/pipes/named.json", r#"{"orgs":[1]}"#)), one);
    assert_eq!(rows(&post(form, "/v0/pipes/named.json", "orgs=1")), one);
    assert_eq!(post(form, "/v0/pipes/named.json?orgs=1", "orgs=2").status, 400, "two values");
    assert_eq!(post(form, "/v0/pipes/named.json?orgs=1", "orgs=1").status, 200);
    let counted = post(form, "/v0/pipes/per_org.json", "select max(org_id) as n from _ where org_id < 4");
    assert_eq!(counted.json()["data"][0]["n"].to_string().trim_matches('"'), "3", "{counted:?}");
    let circle = get(gateway, "definer", "/v0/pipes/circle.json");
    assert_eq!((circle.status, circle.body.contains("round")), (400, false), "{circle:?}");
    let csv = get(gateway, "definer", "/v0/pipes/busiest.csv");
    assert!(csv.status == 200 && csv.body.starts_with("\"most\"\n"), "{csv:?}");
    assert_eq!(get(gateway, "definer", "/v0/pipes/busiest.exe").status, 404);
}

#[test]
fn pipes_on_the_embedded_engine() {
    let gateway = Gateway::start(&settings(""), TOKENS);
    rights_and_filters(&gateway, &[2026, 1262, 907, 553, 252]);
    one_answer_for_what_is_hidden(&gateway);
    parameters(&gateway);
    assert!(gateway.log().contains("daily.pipe:3: it is a materialized pipe"), "{}", gateway.log());
    // A file without any TYPE is served only where that is said.
    assert!(gateway.log().contains("older.pipe: it has no endpoint"), "{}", gateway.log());
    assert_eq!(get(&gateway, "admin", "/v0/pipes/older.json").status, 404);
    let made = gateway.folder().join("state/pipes");
    std::fs::create_dir_all(&made).unwrap();
    std::fs::write(made.join("late.pipe"), "NODE e\nSQL SELECT 7 AS n\nTYPE endpoint\n").unwrap();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(3);
    while get(&gateway, "admin", "/v0/pipes/late.json").status != 200 {
        assert!(std::time::Instant::now() < deadline, "a pipe that was added is not seen");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

fn clickhouse(extra: &str) -> Option<(String, Gateway)> {
    let clickhouse = engines::clickhouse()?;
    let database = clickhouse.fresh_database("pipes");
    for statement in [
        format!(
            "CREATE TABLE {database}.events (org_id Int32, n Int64, INDEX i n TYPE set(100) GRANULARITY 1) ENGINE = MergeTree ORDER BY org_id"
        ),
        format!(
            "INSERT INTO {database}.events SELECT if(number < 60, 1, if(number < 90, 2, 3)), number {extra} FROM numbers(100)"
        ),
        format!("CREATE TABLE {database}.organizations (org_id Int32) ENGINE = MergeTree ORDER BY org_id AS SELECT 1"),
    ] {
        clickhouse.run(&statement);
    }
    let upstream = format!(
        "upstream:\n  clickhouse:\n    endpoints: ['{}']\n    database: {database}\n    catalog_interval: 1s",
        clickhouse.url
    );
    Some((database, Gateway::start(&settings(&upstream), TOKENS)))
}

#[test]
fn pipes_on_clickhouse() {
    let Some((_, gateway)) = clickhouse("") else { return };
    rights_and_filters(&gateway, &[60, 30, 10]);
    one_answer_for_what_is_hidden(&gateway);
    parameters(&gateway);
}

/// Two databases that differ in hidden rows only give one answer, errors included, through every way to a pipe.
#[test]
fn twins_through_a_pipe() {
    let (Some((_, left)), Some((_, right))) = (clickhouse(""), clickhouse("+ (number >= 60) * 1000")) else { return };
    let mut ran = 0;
    for condition in [
        "intDiv(1, n - 95) = 7",
        "intDiv(1, n - 1095) = 7",
        "toUInt8(n - 95) = 1 OR intDiv(10, toInt64(n) - 1070) > 100",
        "n % (n - 1095) = 3",
        "n > 1000",
    ] {
        for statement in [
            format!("SELECT count() FROM rows WHERE {condition}"),
            format!("SELECT count() FROM per_org AS p, rows WHERE {condition}"),
            format!("SELECT count() FROM rows AS a JOIN rows AS b USING (n) WHERE {condition}"),
            format!("WITH 1 AS org_id SELECT count(), sum(n) FROM rows WHERE {condition}"),
            format!("SELECT sum(n) FROM (SELECT * FROM rows WHERE {condition}) AS x"),
            // Rows that the pipe's own condition leaves out, with a token that no filter narrows and with one.
            format!("SELECT count() FROM kept WHERE {condition}"),
            format!("SELECT count() FROM kept AS a JOIN kept AS b USING (n) WHERE {condition}"),
            format!("SELECT count() FROM (SELECT * FROM kept) AS x WHERE {condition}"),
        ] {
            for token in ["both", "whole"] {
                if token == "whole" && !statement.contains("kept") {
                    continue;
                }
                let ask = |gateway: &Gateway| {
                    let answer = gateway.sql(&gateway.value(token), &statement);
                    (answer.status, answer.body)
                };
                let answer = ask(&left);
                ran += usize::from(answer.0 == 200);
                assert_eq!(answer, ask(&right), "{token}: {statement}");
            }
        }
    }
    // A node's condition, run over what a filter hides of another node.
    for target in ["/v0/pipes/divided.json", "/v0/sql?q=SELECT+c+FROM+divided"] {
        let ask = |gateway: &Gateway| rows(&get(gateway, "both", target));
        assert_eq!((ask(&left), ask(&right)), ("[{\"c\":0}]".to_owned(), "[{\"c\":0}]".to_owned()), "{target}");
    }
    assert!(ran >= 45, "only {ran} of the statements ran at all");
    let answer = left.sql(&left.value("both"), "WITH 1 AS org_id SELECT count() AS c FROM rows");
    assert_eq!(answer.json()["data"][0]["c"].to_string().trim_matches('"'), "60", "{answer:?}");
}

/// What a pipe leaves out by its own condition is hidden as what a filter leaves out: a client's statement over it changes
/// the meaning of no condition, and casts nothing by which a hidden row's type would tell.
#[test]
fn a_statement_over_a_pipe_is_bound_as_one_over_a_filtered_table() {
    let Some(clickhouse) = engines::clickhouse() else { return };
    let database = clickhouse.fresh_database("pipes");
    for statement in [
        format!(
            "CREATE TABLE {database}.events (org_id Int32, dy Dynamic(max_types = 1)) ENGINE = MergeTree ORDER BY tuple()"
        ),
        format!(
            "INSERT INTO {database}.events SELECT * FROM (SELECT 1, 5::Int64::Dynamic UNION ALL SELECT 1, 't'::Dynamic UNION ALL SELECT 2, now()::Dynamic UNION ALL SELECT 2, [1]::Dynamic)"
        ),
        format!("OPTIMIZE TABLE {database}.events FINAL"),
    ] {
        clickhouse.run(&statement);
    }
    let upstream = format!("upstream:\n  clickhouse:\n    endpoints: ['{}']\n    database: {database}", clickhouse.url);
    let pipes = "pipes:\n  - { name: kept, sql: 'SELECT org_id, dy FROM events WHERE org_id = 1' }\n  - { name: outer, sql: 'SELECT * FROM kept' }\n";
    let tokens =
        "version: 1\ntokens:\n  - { name: whole, id: whole, scopes: ['PIPES:READ:kept', 'PIPES:READ:outer'] }\n...\n";
    let gateway = Gateway::start(&format!("{pipes}{upstream}"), tokens);
    let whole = gateway.value("whole");
    for pipe in ["kept", "outer"] {
        assert_eq!(gateway.sql(&whole, &format!("SELECT count() FROM {pipe}")).json()["data"][0]["count()"], 2);
        for (statement, said) in [
            (format!("SELECT dy::Variant(Int64, String) FROM {pipe}"), "cannot be cast to"),
            (format!("SELECT CAST(dy, 'Variant(Int64, String)') FROM {pipe}"), "cannot be cast to"),
            (format!("SELECT x::Dynamic FROM (SELECT dy AS x FROM {pipe})"), "cannot be cast to"),
            (
                format!("SELECT count() FROM {pipe} SETTINGS transform_null_in = 1"),
                "would change what a row filter means",
            ),
            (
                format!("SELECT count() FROM {pipe} SETTINGS session_timezone = 'Asia/Tokyo'"),
                "would change what a row filter means",
            ),
        ] {
            let answer = gateway.sql(&whole, &statement);
            assert!(answer.status == 400 && answer.body.contains(said), "{statement}: {answer:?}");
        }
    }
}
