//! In front of an API that speaks v0: another gateway, over a real ClickHouse, is one.

use serde_json::{Value, json};

use crate::engines;
use crate::gateway::Gateway;
use crate::http::{Answer, encode};
use crate::writes::in_front_of;

/// The one behind: it holds the pipes, and knows one token, the other gateway's.
const BEHIND: &str = "version: 1\ntokens:\n  - { name: admin, id: admin, scopes: [ADMIN] }\n...\n";

const PIPES: &str = "\
pipes:
  - name: per_org
    sql: \"% SELECT org_id, count() AS c FROM events WHERE org_id = {{Int64(org, 1)}} GROUP BY org_id\"
  - { name: rows, sql: 'SELECT org_id, n, user_id FROM events WHERE n < 50' }
  - { name: elsewhere, sql: 'SELECT count() AS c FROM orders' }
";

const TOKENS: &str = "\
version: 1
tokens:
  - { name: admin, id: admin, scopes: [ADMIN] }
  - { name: acme, id: acme, scopes: ['DATASOURCES:READ:events:org_id = 1'] }
  - { name: whole, id: whole, scopes: ['DATASOURCES:READ:events'] }
  - { name: piper, id: piper, scopes: ['PIPES:READ:per_org', 'PIPES:READ:rows', 'PIPES:READ:elsewhere'] }
  - name: both
    id: both
    scopes: ['DATASOURCES:READ:events:org_id = 1', 'PIPES:READ:per_org', 'PIPES:READ:rows', 'PIPES:READ:elsewhere']
  - { name: partly, id: partly, scopes: ['PIPES:READ:rows:org_id = 2'] }
  - { name: author, id: author, scopes: ['PIPES:CREATE', 'DATASOURCES:READ:events'] }
  - { name: nothing, id: nothing, scopes: [] }
...
";

struct Relay {
    database: String,
    _behind: Gateway,
    gateway: Gateway,
}

impl Relay {
    fn new() -> Option<Self> {
        let engine = engines::clickhouse()?;
        let database = engine.fresh_database("relay");
        for statement in [
            "CREATE TABLE DB.events (org_id Int64, n Int64, user_id String, at Nullable(DateTime)) ENGINE = MergeTree ORDER BY org_id",
            "CREATE TABLE DB.orders (org_id Int64, total Int64) ENGINE = MergeTree ORDER BY tuple()",
            "INSERT INTO DB.events SELECT number % 3 + 1, number, if(number % 3 = 0, concat('u', toString(number)), 'boom'), NULL FROM numbers(90)",
            "INSERT INTO DB.orders SELECT number % 3 + 1, number FROM numbers(9)",
        ] {
            engine.run(&statement.replace("DB", &database));
        }
        let upstream = format!("upstream:\n  clickhouse:\n    endpoints: ['{}']\n    database: {database}", engine.url);
        let behind = Gateway::start(&format!("{PIPES}{upstream}"), BEHIND);
        let reads = "\n    pipes:\n      elsewhere: { reads: [orders] }\n      per_org: { reads: [events] }";
        let gateway = Gateway::start(&format!("{}{reads}", in_front_of(&behind)), TOKENS);
        Some(Self { database, _behind: behind, gateway })
    }

    fn get(&self, token: &str, target: &str) -> Answer {
        let bearer = format!("Bearer {}", self.gateway.value(token));
        self.gateway.get(target, &[("Authorization", &bearer)])
    }

    fn post(&self, token: &str, target: &str, kind: &str, body: &str) -> Answer {
        let bearer = format!("Bearer {}", self.gateway.value(token));
        self.gateway.post(target, &[("Authorization", &bearer), ("Content-Type", kind)], body)
    }

    fn sql(&self, token: &str, statement: &str) -> Answer {
        self.gateway.sql(&self.gateway.value(token), statement)
    }
}

fn rows(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["data"].clone()
}

/// A number however it is written: 64-bit ones may be text.
fn number(value: &Value) -> u64 {
    value.as_u64().or_else(|| value.as_str()?.parse().ok()).unwrap_or_else(|| panic!("{value} is no number"))
}

#[test]
fn a_filtered_token_sees_its_rows_whatever_it_asks() {
    let Some(relay) = Relay::new() else { return };
    let count = |token: &str, statement: &str| {
        let answer = relay.sql(token, statement);
        number(rows(&answer)[0].as_object().unwrap().values().next().unwrap())
    };
    assert_eq!(count("whole", "SELECT count() FROM events"), 90);
    for statement in [
        "SELECT count() FROM events",
        "SELECT count() FROM events WHERE 1 OR org_id = 2",
        "WITH 1 AS org_id SELECT count() FROM events",
        "SELECT sum(c) FROM (SELECT 1 AS org_id, count() AS c FROM events WHERE org_id = 1)",
        "WITH e AS (SELECT * FROM events) SELECT count() FROM e",
        "SELECT count() FROM events AS a FULL JOIN events AS b ON a.n = b.n",
        "SELECT count() FROM (SELECT n FROM events UNION DISTINCT SELECT n FROM events)",
        "SELECT uniqExact(n) FROM events WHERE n IN (SELECT n FROM events)",
        "SELECT count() FROM events WHERE NOT ignore(toInt64(substring(user_id, 2)))",
    ] {
        assert_eq!(count("acme", statement), 30, "{statement}");
    }
    for (statement, status) in [
        ("WITH (x, y) -> 1 AS equals SELECT count() FROM events", 400),
        ("WITH ((x, y) -> 1) AS equals SELECT count() FROM events", 400),
        ("SELECT count() FROM orders", 403),
        ("SELECT count() FROM nosuch", 403),
        ("SELECT count() FROM per_org", 403),
        ("SELECT * FROM view(SELECT 1)", 400),
        ("SELECT count() FROM system.tables", 403),
        ("SELECT count() FROM __pv_t", 400),
    ] {
        assert_eq!(relay.sql("acme", statement).status, status, "{statement}");
    }
}

/// The upstream answers an administrator; what it counts and says is not for a token that sees some rows only.
#[test]
fn nothing_of_the_upstreams_own_reaches_a_filtered_token() {
    let Some(relay) = Relay::new() else { return };
    for format in ["JSON", "JSONCompact", "JSONStrings", "JSONColumnsWithMetadata"] {
        let text = format!("SELECT n FROM events ORDER BY n LIMIT 3 FORMAT {format}");
        let (open, filtered) = (relay.sql("whole", &text), relay.sql("acme", &text));
        assert!(open.json()["statistics"]["rows_read"].is_number(), "{open:?}");
        assert!(filtered.status == 200 && filtered.json().get("statistics").is_none(), "{filtered:?}");
        assert_eq!(filtered.json()["rows_before_limit_at_least"], 3, "{filtered:?}");
        let told = |answer: &Answer| {
            let known = ["date", "x-request-id"];
            let names = answer.headers.iter().map(|(name, _)| name.to_ascii_lowercase());
            names.filter(|name| !known.contains(&name.as_str())).collect::<Vec<_>>()
        };
        assert!(told(&filtered).iter().all(|name| !name.starts_with("x-clickhouse")), "{filtered:?}");
    }
    let says = "SELECT concat('DB::', 'Exception: x') AS s FROM events LIMIT 1 FORMAT TSV";
    assert_eq!(relay.sql("whole", says).body, "DB::Exception: x\n");
    let request = format!(
        "GET /v0/sql?q={} HTTP/1.1\r\nHost: h\r\nConnection: close\r\nAuthorization: Bearer {}\r\n\r\n",
        encode(says),
        relay.gateway.value("acme")
    );
    let answer = crate::http::exchange(relay.gateway.address, request.as_bytes());
    let answer = String::from_utf8_lossy(&answer);
    assert!(!answer.contains("Exception"), "what looks like the engine's words breaks off: {answer}");
    let wrong = "SELECT nosuch FROM events";
    let (open, filtered) = (relay.sql("whole", wrong), relay.sql("acme", wrong));
    assert_eq!((open.status, filtered.status), (400, 400));
    assert!(open.body.contains("nosuch"), "{open:?}");
    assert!(filtered.body.contains("unknown or ambiguous identifier"), "{filtered:?}");
    for secret in ["nosuch", "org_id", "__pv", &relay.database] {
        assert!(!filtered.body.contains(secret), "{secret}: {filtered:?}");
    }
}

#[test]
fn every_format_and_parameter_goes_through() {
    let Some(relay) = Relay::new() else { return };
    let csv = relay.sql("acme", "SELECT org_id, count() AS c FROM events GROUP BY org_id FORMAT CSVWithNames");
    assert_eq!((csv.status, csv.body.as_str()), (200, "\"org_id\",\"c\"\n1,30\n"));
    assert!(csv.header("content-type").is_some_and(|kind| kind.starts_with("text/csv")), "{csv:?}");
    let quoted = format!(
        "/v0/sql?q={}&param_n=2&output_format_json_quote_64bit_integers=1",
        encode("SELECT n FROM events WHERE n < {n:Int64} SETTINGS max_threads = 1")
    );
    assert_eq!(rows(&relay.get("acme", &quoted)), json!([{ "n": "0" }]));
    let text = relay.sql("acme", r"SELECT 'it\'s \\ é' AS s FROM events LIMIT 1");
    assert_eq!(rows(&text), json!([{ "s": "it's \\ é" }]));
}

#[test]
fn a_pipe_of_the_upstreams_is_read_with_what_it_declares() {
    let Some(relay) = Relay::new() else { return };
    let c = |answer: &Answer| number(&rows(answer)[0]["c"]);
    assert_eq!(rows(&relay.get("piper", "/v0/pipes/per_org.json"))[0]["org_id"], 1);
    let second = relay.get("piper", "/v0/pipes/per_org.json?org=2&nosuch=1");
    assert_eq!((c(&second), rows(&second)[0]["org_id"].clone()), (30, json!(2)));
    assert!(second.json().get("statistics").is_none(), "{second:?}");
    let csv = relay.get("piper", "/v0/pipes/per_org.csv?org=3");
    assert_eq!(csv.body, "\"org_id\",\"c\"\n3,30\n");
    let form = relay.post("piper", "/v0/pipes/per_org.json", "application/x-www-form-urlencoded", "org=3");
    assert_eq!(rows(&form)[0]["org_id"], 3);
    for bad in ["2%20OR%201", "x", "", "1%27", "99999999999999999999"] {
        let answer = relay.get("piper", &format!("/v0/pipes/per_org.json?org={bad}"));
        assert!(answer.status == 400 && answer.body.contains("`org`"), "{bad}: {answer:?}");
    }
    // A statement over it goes the way of every statement.
    let over = |token: &str, pipe: &str, q: &str| relay.get(token, &format!("/v0/pipes/{pipe}.json?q={}", encode(q)));
    assert_eq!(c(&over("piper", "rows", "SELECT count() AS c FROM _")), 50);
    assert_eq!(c(&over("piper", "rows", "WITH 2 AS org_id SELECT count() AS c FROM _ WHERE n < 10")), 10);
    for (q, status) in [
        ("SELECT count() AS c FROM events", 403),
        ("SELECT count() AS c FROM _ JOIN orders ON 1", 403),
        ("% SELECT {{Int8(x)}} FROM _", 400),
        ("SELECT count() FROM _ WHERE '{{x}}' = ''", 400),
        ("SELECT * FROM url('http://127.0.0.1')", 400),
        ("SELECT count() FROM _ SETTINGS max_threads = 1", 400),
        ("DROP TABLE events", 400),
    ] {
        let answer = over("piper", "rows", q);
        assert_eq!(answer.status, status, "{q}: {answer:?}");
    }
    // A filter on the pipe is a wall around it. What the pipe's columns share in storage is not known, so nobody's functions
    // run over it.
    let refused = over("partly", "rows", "SELECT count() AS c FROM _");
    assert!(refused.status == 400 && refused.body.contains("with a filter on it"), "{refused:?}");
    let all = rows(&relay.get("partly", "/v0/pipes/rows.json"));
    let orgs: Vec<&Value> = all.as_array().unwrap().iter().map(|row| &row["org_id"]).collect();
    assert!(orgs.len() == 17 && orgs.iter().all(|org| **org == json!(2)), "{all}");
}

/// The gateway cannot put a row filter into SQL that it does not have.
#[test]
fn a_token_with_filtered_rows_reads_no_pipe_that_may_read_them() {
    let Some(relay) = Relay::new() else { return };
    // Said to read `events`, which is filtered; not said; said to read `orders`, which is not.
    for (pipe, status) in [("per_org", 403), ("rows", 403), ("elsewhere", 200)] {
        for more in ["", "?q=SELECT+count()+AS+c+FROM+_"] {
            let answer = relay.get("both", &format!("/v0/pipes/{pipe}.json{more}"));
            assert_eq!(answer.status, status, "{pipe}{more}: {answer:?}");
        }
        assert_eq!(relay.get("piper", &format!("/v0/pipes/{pipe}.json")).status, 200, "{pipe}");
        assert_eq!(relay.get("nothing", &format!("/v0/pipes/{pipe}.json")).status, 404, "{pipe}");
        assert_eq!(relay.get("whole", &format!("/v0/pipes/{pipe}.json")).status, 404, "{pipe}");
    }
    let missing = relay.get("nothing", "/v0/pipes/nosuch.json");
    let forbidden = relay.get("nothing", "/v0/pipes/rows.json");
    assert_eq!(missing.body.replace("nosuch", "rows"), forbidden.body);
}

#[test]
fn what_is_listed_is_what_may_be_seen() {
    let Some(relay) = Relay::new() else { return };
    let names = |token: &str, target: &str, member: &str| {
        let told = relay.get(token, target).json();
        let all = told[member].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned());
        all.collect::<Vec<_>>().join(",")
    };
    for (token, sources, pipes) in [
        ("admin", "events,orders", "elsewhere,per_org,rows"),
        ("acme", "events", ""),
        ("piper", "", "elsewhere,per_org,rows"),
        ("partly", "", "rows"),
        ("nothing", "", ""),
    ] {
        assert_eq!(names(token, "/v0/datasources", "datasources"), sources, "{token}");
        assert_eq!(names(token, "/v0/pipes", "pipes"), pipes, "{token}");
    }
    let (open, filtered) = (relay.get("whole", "/v0/datasources/events"), relay.get("acme", "/v0/datasources/events"));
    assert_eq!(open.json()["statistics"]["row_count"], 90, "{open:?}");
    assert!(filtered.json()["statistics"]["row_count"].is_null(), "{filtered:?}");
    let types = |answer: &Answer| {
        let told = answer.json();
        let all = told["columns"].as_array().unwrap().iter().map(|one| one["type"].as_str().unwrap().to_owned());
        all.collect::<Vec<_>>().join(",")
    };
    assert_eq!(types(&filtered), "Int64,Int64,String,Nullable(DateTime)");
    assert_eq!(relay.get("acme", "/v0/datasources/orders").status, 404);
    let pipe = relay.get("piper", "/v0/pipes/per_org").json();
    assert_eq!(
        pipe["nodes"][0]["params"][0],
        json!({ "name": "org", "type": "Int64", "default": "1", "description": null, "required": false })
    );
    assert!(pipe["nodes"][0].get("sql").is_none(), "{pipe}");
    assert_eq!(relay.get("acme", "/v0/pipes/per_org").status, 404);
}

/// Pipes and tokens that are made over the API are the gateway's own: the upstream hears of neither.
#[test]
fn pipes_and_tokens_are_the_gateways_own() {
    let Some(relay) = Relay::new() else { return };
    let make = |name: &str| {
        let pipe = json!({ "name": name, "nodes": [{ "name": "n", "sql": "SELECT org_id, n FROM events" }] });
        relay.post("author", "/v0/pipes", "application/json", &pipe.to_string())
    };
    assert_eq!(make("mine").status, 200);
    assert_eq!(relay.post("author", "/v0/pipes/mine/nodes/n/endpoint", "application/json", "").status, 200);
    assert_eq!(make("rows").status, 409, "the upstream has one of that name");
    let mine = |token: &str| number(&relay.get(token, "/v0/pipes/mine.json").json()["rows"]);
    assert_eq!(mine("admin"), 90);
    let reader = "/v0/tokens?name=reader&scope=PIPES:READ:mine&scope=DATASOURCES:READ:events:org_id%20%3D%202";
    let token = relay.post("admin", reader, "text/plain", "").json()["token"].as_str().unwrap().to_owned();
    let bearer = format!("Bearer {token}");
    let answer = relay.gateway.get("/v0/pipes/mine.json", &[("Authorization", &bearer)]);
    assert_eq!(number(&answer.json()["rows"]), 30, "{answer:?}");
    let over = |with: &str| relay.gateway.sql(&token, &format!("WITH 3 AS {with} SELECT count() AS c FROM mine"));
    assert_eq!(number(&rows(&over("other"))[0]["c"]), 30);
    let reaching = over("org_id");
    assert!(reaching.status == 400 && reaching.body.contains("is a name inside of the pipe too"), "{reaching:?}");
}

/// A string of ClickHouse's ends elsewhere for an engine that knows no backslash: nothing is served from such a one.
#[test]
fn an_upstream_that_reads_text_otherwise_is_not_served_from() {
    let behind = Gateway::start("", crate::gateway::TOKENS);
    let gateway = Gateway::start_unready(&in_front_of(&behind), TOKENS);
    for _ in 0..20 {
        assert_eq!(gateway.get("/health", &[]).status, 503);
        let answer = gateway.sql(&gateway.value("admin"), "SELECT 1");
        assert_eq!(answer.status, 503, "{answer:?}");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert!(gateway.log().contains("does not read text as ClickHouse does"), "{}", gateway.log());
}
