//! Templates from outside: what a client sends becomes literals and names of the author's, whatever it holds, on the embedded
//! engine and on ClickHouse.

use serde_json::json;

use crate::engines;
use crate::gateway::Gateway;
use crate::http::{Answer, encode};

const TOKENS: &str = "\
version: 1
tokens:
  - { name: admin, id: admin, scopes: [ADMIN] }
  - { name: definer, id: definer, scopes: ['PIPES:READ:looped', 'PIPES:READ:named', 'PIPES:READ:typed', 'PIPES:READ:either', 'PIPES:READ:echo'] }
  - { name: tenant, id: tenant, scopes: ['PIPES:READ:looped', 'PIPES:READ:named', 'PIPES:READ:either', 'DATASOURCES:READ:events:org_id = 1'] }
...
";

/// The pipes; `lists` is whether the engine has arrays.
fn pipes(lists: bool) -> String {
    let looped = "%\n\
        SELECT org_id, n FROM events WHERE 0 = 1\n\
        {% for last, x in enumerate_with_last(Array(l, 'Int64', default='0')) %} OR n = {{x}} {% end %} ORDER BY n";
    let named = "%\n\
        SELECT {{columns(cols, 'org_id', enum=['org_id', 'n'])}} FROM events ORDER BY {{column(by, 'n')}} LIMIT 1";
    let typed = "%\nSELECT {{Int8(a, 1)}} AS a, {{UInt64(b, 1)}} AS b, {{Float64(c, 1)}} AS c, {{Date(d, '2026-01-01')}} AS d, {{UUID(e, '123e4567-e89b-12d3-a456-426614174000')}} AS e";
    let either = "%\nSELECT count(*) AS c FROM {{table(t, 'events', enum=['events', 'organizations'])}}";
    let echo = if lists {
        "%\nSELECT arrayStringConcat({{split_to_array(String(s, ''), separator='|')}}, '+') AS s"
    } else {
        "%\nSELECT {% for last, x in enumerate_with_last(split_to_array(String(s, ''), separator='|')) %}{{x}}{% if not last %} || '+' || {% end %}{% end %} AS s"
    };
    let one = |(name, text): (&str, &str)| format!("  - {{ name: {name}, sql: {} }}\n", json!(text));
    let all = [("looped", looped), ("named", named), ("typed", typed), ("either", either), ("echo", echo)].map(one);
    format!("pipes:\n{}", all.concat())
}

fn get(gateway: &Gateway, token: &str, target: &str) -> Answer {
    let bearer = format!("Bearer {}", gateway.value(token));
    gateway.get(target, &[("Authorization", &bearer)])
}

/// The numbers of a column, as text.
fn numbers(answer: &Answer, column: &str) -> String {
    assert_eq!(answer.status, 200, "{answer:?}");
    let rows = answer.json()["data"].as_array().unwrap().clone();
    rows.iter().map(|row| row[column].to_string().replace('"', "")).collect::<Vec<_>>().join(" ")
}

/// What a client may try to make of a value.
const HOSTILE: [&str; 22] = [
    "it's",
    "\\",
    "\\'",
    "''",
    "' OR 1=1 --",
    "x') UNION ALL SELECT name FROM organizations --",
    "{{String(x)}}",
    "{% end %}",
    "{% for x in y %}",
    "%",
    "/*",
    "*/",
    "--",
    ";",
    "\n\t",
    "\u{202e}\u{feff}\u{2019}\u{e9}\u{1f600}",
    "`",
    "\"",
    "{x:Identifier}",
    "$$a$$",
    "toInt64(1)",
    "[1, [2]]",
];

fn values_stay_values(gateway: &Gateway) {
    for value in HOSTILE {
        let told = get(gateway, "definer", &format!("/v0/pipes/echo.json?s={}", encode(&format!("{value}|b"))));
        let expected = format!("{}+b", value.trim());
        assert_eq!(told.json()["data"][0]["s"], json!(expected), "{value:?}: {told:?}");
        for target in [
            format!("/v0/pipes/looped.json?l={}", encode(value)),
            format!("/v0/pipes/looped.json?l=1&l={}", encode(value)),
            format!("/v0/pipes/named.json?cols={}", encode(value)),
            format!("/v0/pipes/named.json?by={}", encode(value)),
            format!("/v0/pipes/either.json?t={}", encode(value)),
            format!("/v0/pipes/typed.json?a={}", encode(value)),
            format!("/v0/pipes/typed.json?c={}", encode(value)),
            format!("/v0/pipes/typed.json?d={}", encode(value)),
            format!("/v0/pipes/typed.json?e={}", encode(value)),
        ] {
            let answer = get(gateway, "definer", &target);
            assert!(answer.status == 400 && answer.body.contains("Error validating"), "{target}: {answer:?}");
        }
    }
    let nul = get(gateway, "definer", "/v0/pipes/echo.json?s=a%00b");
    assert!(nul.status == 400 && nul.body.contains("Error validating"), "{nul:?}");
    for bad in [
        "a=128",
        "a=-129",
        "b=-1",
        "b=18446744073709551616",
        "c=nan",
        "c=1e999",
        "d=2026-02-30",
        "d=0000-01-01",
        "a=1e1",
        "a=0x1",
        "a=%EF%BC%91",
    ] {
        let answer = get(gateway, "definer", &format!("/v0/pipes/typed.json?{bad}"));
        assert!(answer.status == 400 && answer.body.contains("Error validating"), "{bad}: {answer:?}");
    }
    let most = "a=-128&b=9223372036854775807&c=-1e-3&d=2024-02-29";
    assert_eq!(get(gateway, "definer", &format!("/v0/pipes/typed.json?{most}")).status, 200);
    let bearer = format!("Bearer {}", gateway.value("definer"));
    let post = |body: &str| {
        let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
        gateway.post("/v0/pipes/looped.json", &headers, body)
    };
    for nested in [r#"{"l":[[1]]}"#, r#"{"l":{"a":1}}"#, r#"{"l":[null]}"#, r#"{"l":[1,{"a":2}]}"#] {
        let answer = post(nested);
        assert!(answer.status == 400 && answer.body.contains("neither a value nor a list"), "{nested}: {answer:?}");
    }
    assert_eq!(post(r#"{"l":null}"#).status, 200);
    let many = vec!["1"; 1_001].join(",");
    let answer = post(&json!({ "l": many }).to_string());
    assert!(answer.status == 400 && answer.body.contains("too many turns"), "{answer:?}");
}

/// Loops and names give what the token may see, and a filter holds inside them.
fn rows_are_those_that_may_be_seen(gateway: &Gateway, own: &str, hidden: &str) {
    let looped = |token: &str, list: &str| numbers(&get(gateway, token, &format!("/v0/pipes/looped.json?{list}")), "n");
    let both = format!("l={own}&l={hidden}");
    assert_eq!(looped("definer", &both), format!("{own} {hidden}"));
    assert_eq!(looped("definer", &format!("l={own},{hidden}")), format!("{own} {hidden}"));
    assert_eq!(looped("tenant", &both), own);
    assert_eq!(looped("tenant", &format!("l={hidden}")), "");
    let names = |token: &str, target: &str| {
        let answer = get(gateway, token, target);
        let row = answer.json()["data"][0].as_object().cloned().unwrap_or_else(|| panic!("{answer:?}"));
        row.keys().cloned().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names("tenant", "/v0/pipes/named.json"), "org_id");
    assert_eq!(names("tenant", "/v0/pipes/named.json?cols=n,org_id&by=n"), "n org_id");
    let count =
        |token: &str, table: &str| numbers(&get(gateway, token, &format!("/v0/pipes/either.json?t={table}")), "c");
    assert_ne!(count("definer", "events"), count("tenant", "events"));
    assert_eq!(count("definer", "organizations"), count("tenant", "organizations"));
    let over = format!("/v0/sql?l={hidden}&q={}", encode("SELECT count(*) AS c FROM looped"));
    assert_eq!(
        (numbers(&get(gateway, "definer", &over), "c"), numbers(&get(gateway, "tenant", &over), "c")),
        ("1".to_owned(), "0".to_owned())
    );
}

#[test]
fn templates_on_the_embedded_engine() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data.sqlite");
    let connection = rusqlite::Connection::open(&file).unwrap();
    let rows = "CREATE TABLE events (org_id INTEGER, n INTEGER); INSERT INTO events VALUES (1, 10), (1, 11), (2, 20); CREATE TABLE organizations (org_id INTEGER)";
    connection.execute_batch(rows).unwrap();
    let settings = format!("{}upstream:\n  embedded: {{ file: '{}' }}", pipes(false), file.display());
    let gateway = Gateway::start(&settings, TOKENS);
    values_stay_values(&gateway);
    rows_are_those_that_may_be_seen(&gateway, "10", "20");
}

fn clickhouse(hidden: &str) -> Option<Gateway> {
    let clickhouse = engines::clickhouse()?;
    let database = clickhouse.fresh_database("templates");
    for statement in [
        format!("CREATE TABLE {database}.events (org_id Int32, n Int64) ENGINE = MergeTree ORDER BY org_id"),
        format!("INSERT INTO {database}.events VALUES (1, 10), (1, 11), {hidden}"),
        format!("CREATE TABLE {database}.organizations (org_id Int32) ENGINE = MergeTree ORDER BY org_id AS SELECT 1"),
    ] {
        clickhouse.run(&statement);
    }
    let upstream = format!("upstream:\n  clickhouse:\n    endpoints: ['{}']\n    database: {database}", clickhouse.url);
    Some(Gateway::start(&format!("{}{upstream}", pipes(true)), TOKENS))
}

#[test]
fn templates_on_clickhouse() {
    let Some(gateway) = clickhouse("(2, 20)") else { return };
    values_stay_values(&gateway);
    rows_are_those_that_may_be_seen(&gateway, "10", "20");
}

/// Two databases that differ in hidden rows only give one answer to every choice of parameters.
#[test]
fn twins_through_a_template() {
    let (Some(left), Some(right)) = (clickhouse("(2, 20)"), clickhouse("(2, 20), (2, 9), (3, 10)")) else { return };
    let mut ran = 0;
    let numbers = ["10", "9", "20", "11,20", "9223372036854775807", "-1", "x"];
    let lists = numbers.iter().flat_map(|a| numbers.map(|b| format!("l={a}&l={b}")));
    let conditions = ["intDiv(1, n - 20) = 7", "n = 10", "toUInt8(n) > 9"];
    let over = conditions.iter().flat_map(|condition| {
        let q = encode(&format!("SELECT count() AS c, sum(n) AS s FROM looped WHERE {condition}"));
        ["l=20,10", "l=9"].map(|list| format!("/v0/sql?{list}&q={q}"))
    });
    let names = ["cols=n&by=n", "cols=org_id,n", "by=org_id", "cols=secret"]
        .map(|given| format!("/v0/pipes/named.json?{given}"));
    let tables = ["events", "organizations", "x"].map(|table| format!("/v0/pipes/either.json?t={table}"));
    let targets = lists.map(|list| format!("/v0/pipes/looped.json?{list}")).chain(over).chain(names).chain(tables);
    for target in targets {
        let ask = |gateway: &Gateway| {
            let answer = get(gateway, "tenant", &target);
            (answer.status, answer.body)
        };
        let answer = ask(&left);
        ran += usize::from(answer.0 == 200);
        assert_eq!(answer, ask(&right), "{target}");
    }
    assert!(ran >= 35, "only {ran} ran at all");
}
