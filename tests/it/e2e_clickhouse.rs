//! The main job in front of a real ClickHouse: through Tinybird's face and ClickHouse's own, with the drivers that
//! people use.

use std::process::Command;

use crate::engines::{self, Engine};
use crate::gateway::Gateway;
use crate::http::{Answer, encode};

const TOKENS: &str = "\
version: 1
tokens:
  - { name: admin, id: admin, scopes: [ADMIN] }
  - { name: acme, id: acme, scopes: ['DATASOURCES:READ:events:org_id = 1'] }
  - { name: reader, id: reader, scopes: ['DATASOURCES:READ:events'] }
...
";

/// A database with events of three tenants (60, 30 and 10 rows) and a table that no tenant may know.
fn prepare(clickhouse: &Engine) -> (String, Gateway) {
    let database = clickhouse.fresh_database("e2e");
    for statement in [
        format!(
            "CREATE TABLE {database}.events (org_id Int32, event String, n UInt64, at DateTime('UTC')) ENGINE = MergeTree ORDER BY (org_id, n)"
        ),
        format!(
            "INSERT INTO {database}.events SELECT if(number < 60, 1, if(number < 90, 2, 3)), ['view', 'buy'][number % 2 + 1], number, toDateTime('2026-01-01 00:00:00', 'UTC') + number FROM numbers(100)"
        ),
        format!(
            "CREATE TABLE {database}.payments (org_id Int32, account String) ENGINE = MergeTree ORDER BY org_id AS SELECT 1, 'hidden-account'"
        ),
    ] {
        clickhouse.run(&statement);
    }
    let settings = format!(
        "upstream:\n  clickhouse:\n    endpoints: ['{}']\n    database: {database}\n    catalog_interval: 1s",
        clickhouse.url
    );
    (database, Gateway::start(&settings, TOKENS))
}

fn one(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{answer:?}");
    let value = answer.json()["data"][0].as_object().expect("a row").values().next().expect("a column").clone();
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[test]
fn a_filtered_token_sees_its_rows_through_every_face() {
    let Some(clickhouse) = engines::clickhouse() else { return };
    let (database, gateway) = prepare(&clickhouse);
    let [admin, acme, reader] = ["admin", "acme", "reader"].map(|name| gateway.value(name));
    for (token, rows) in [(&admin, "100"), (&reader, "100"), (&acme, "60")] {
        assert_eq!(one(&gateway.sql(token, "SELECT count() FROM events")), rows);
        assert_eq!(one(&gateway.sql(token, &format!("SELECT count() FROM {database}.events AS e"))), rows);
        let key = [("X-ClickHouse-Key", token.as_str()), ("X-ClickHouse-User", "anyone")];
        let body = gateway.post("/", &key, "SELECT count() FROM events");
        assert_eq!((body.status, body.body.as_str()), (200, format!("{rows}\n").as_str()), "{body:?}");
        let bearer = format!("Bearer {token}");
        let query = gateway.get(
            &format!("/?query={}", encode("SELECT count() AS c FROM events FORMAT JSONEachRow")),
            &[("Authorization", &bearer)],
        );
        assert!(query.body.contains(rows), "{query:?}");
        let basic = {
            use base64::Engine as _;
            format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("default:{token}")))
        };
        assert_eq!(
            gateway.post("/", &[("Authorization", &basic)], "SELECT count() FROM events").body,
            format!("{rows}\n")
        );
    }
    // A long-running session-like parameter, a typed parameter, a setting.
    let bearer = format!("Bearer {acme}");
    let authorized = [("Authorization", bearer.as_str())];
    let typed = gateway.post(
        "/?param_least=50&max_threads=1",
        &authorized,
        "SELECT count() FROM events WHERE n >= {least:UInt64}",
    );
    assert_eq!((typed.status, typed.body.as_str()), (200, "10\n"), "{typed:?}");
    let unknown = gateway.post("/?additional_table_filters=%7B%7D", &authorized, "SELECT 1");
    assert_eq!(unknown.status, 400, "{unknown:?}");
    assert_eq!(gateway.post("/", &[], "SELECT 1").status, 401);
    assert!(
        gateway.post("/", &[], "SELECT 1").header("www-authenticate").is_some_and(|value| value.starts_with("Bearer"))
    );
}

#[test]
fn nothing_of_the_engines_own_words_reaches_a_filtered_token() {
    let Some(clickhouse) = engines::clickhouse() else { return };
    let (database, gateway) = prepare(&clickhouse);
    let acme = gateway.value("acme");
    let bearer = format!("Bearer {acme}");
    for statement in [
        "SELECT nosuch FROM events",
        "SELECT toInt32('boom') FROM events",
        "SELECT n FROM payments",
        "SELECT n FROM nowhere",
        "SELECT sum(event) FROM events",
    ] {
        for answer in [gateway.sql(&acme, statement), gateway.post("/", &[("Authorization", &bearer)], statement)] {
            assert!(answer.status >= 400, "{statement}: {answer:?}");
            let whole = format!("{answer:?}");
            for secret in
                ["org_id = 1", "PREWHERE", "__pc", "hidden-account", "boom", "26.7", "__table", &format!("{database}.")]
            {
                assert!(!whole.contains(secret), "{statement} tells `{secret}`: {whole}");
            }
        }
    }
    let forbidden = gateway.sql(&acme, "SELECT n FROM payments");
    let missing = gateway.sql(&acme, "SELECT n FROM paymentz");
    assert_eq!(
        (forbidden.status, forbidden.body.replace("payments", "X")),
        (missing.status, missing.body.replace("paymentz", "X"))
    );
    let rows = gateway.sql(&acme, "SELECT n FROM events LIMIT 1");
    assert!(rows.json().get("statistics").is_none() && rows.header("x-clickhouse-summary").is_none(), "{rows:?}");
    assert!(gateway.sql(&gateway.value("reader"), "SELECT n FROM events LIMIT 1").json().get("statistics").is_some());
}

#[test]
fn an_exception_in_the_middle_of_an_answer_never_looks_like_its_end() {
    let Some(clickhouse) = engines::clickhouse() else { return };
    let (_, gateway) = prepare(&clickhouse);
    let acme = gateway.value("acme");
    let bearer = format!("Bearer {acme}");
    let statement = "SELECT repeat('x', 1000), intDiv(1, toInt64(number) - 900000) FROM numbers(1000000) SETTINGS max_block_size = 1000 FORMAT TSV";
    let answer = gateway.post("/", &[("Authorization", &bearer)], statement);
    assert!(
        !answer.body.contains("DB::Exception") && !answer.body.contains("__exception__"),
        "the engine's words came through"
    );
    assert!(answer.status != 200 || answer.body.lines().count() < 900_000);
}

#[test]
fn a_client_that_goes_away_cancels_its_query() {
    let Some(clickhouse) = engines::clickhouse() else { return };
    let (_, gateway) = prepare(&clickhouse);
    let marker = format!("marker_{}", gateway.pid());
    let statement = format!("SELECT count() AS {marker} FROM numbers(100000000000) WHERE sipHash64(number) = 1");
    let target = format!("/v0/sql?q={}&token={}", encode(&statement), gateway.value("admin"));
    let mut stream = std::net::TcpStream::connect(gateway.address).unwrap();
    std::io::Write::write_all(&mut stream, format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes())
        .unwrap();
    let running = || {
        clickhouse.run(&format!(
            "SELECT count() FROM system.processes WHERE query LIKE '%{marker}%' AND query NOT LIKE '%system.processes%'"
        ))
    };
    let wait = |wanted: &str| {
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
        while running() != wanted {
            assert!(std::time::Instant::now() < deadline, "the query is not at {wanted}");
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    };
    wait("1");
    drop(stream);
    wait("0");
}

#[test]
fn a_table_made_later_is_found_and_a_stopped_server_is_said() {
    let Some(clickhouse) = engines::clickhouse() else { return };
    let (database, gateway) = prepare(&clickhouse);
    clickhouse.run(&format!("CREATE TABLE {database}.late (n Int64) ENGINE = MergeTree ORDER BY n AS SELECT 7"));
    let admin = gateway.value("admin");
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(5);
    while gateway.sql(&admin, "SELECT n FROM late").status != 200 {
        assert!(std::time::Instant::now() < deadline, "the new table is not found");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

/// Runs a client's script through the gateway, as the token that sees tenant 1.
fn run_client(script: Option<Command>, gateway: &Gateway, rows: &str) {
    let Some(mut script) = script else { return };
    let url = format!("http://{}", gateway.address);
    let expected = [
        ("ROWS", rows),
        ("ORG", "1"),
        ("TABLE", "events"),
        ("REFUSED_TABLE", "payments"),
        ("REFUSED_TEXT", "hidden-account"),
    ];
    let output =
        script.env("GATEWAY_URL", url).env("TOKEN", gateway.value("acme")).envs(expected).output().expect("it starts");
    let transcript = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{transcript}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(transcript.matches("ok ").count() >= 5, "{transcript}");
}

#[test]
fn clickhouse_connect_works_and_sees_the_permitted_rows() {
    let Some(clickhouse) = engines::clickhouse() else { return };
    run_client(engines::python_client("connect.py"), &prepare(&clickhouse).1, "60");
}

#[test]
fn the_javascript_client_works_and_sees_the_permitted_rows() {
    let Some(clickhouse) = engines::clickhouse() else { return };
    run_client(engines::node_client("clickhouse_client.mjs"), &prepare(&clickhouse).1, "60");
}

#[test]
fn tb_works_and_sees_the_permitted_rows() {
    let Some(clickhouse) = engines::clickhouse() else { return };
    run_client(engines::tb_client(), &prepare(&clickhouse).1, "60");
}

#[test]
fn verdin_works_and_sees_the_permitted_rows() {
    let Some(clickhouse) = engines::clickhouse() else { return };
    run_client(engines::python_client("verdin_sql.py"), &prepare(&clickhouse).1, "60");
}

/// A view has a grant of its own: what is read through it beside a filtered table is what it gives, not less.
#[test]
fn a_view_beside_a_filtered_table_gives_all_that_it_has() {
    let Some(clickhouse) = engines::clickhouse() else { return };
    let database = clickhouse.fresh_database("views");
    for statement in [
        format!(
            "CREATE TABLE {database}.events (org_id Int32) ENGINE = MergeTree ORDER BY org_id AS SELECT number % 4 AS org_id FROM numbers(100)"
        ),
        format!("CREATE VIEW {database}.totals AS SELECT count() AS c FROM {database}.events"),
    ] {
        clickhouse.run(&statement);
    }
    let settings = format!("upstream:\n  clickhouse:\n    endpoints: ['{}']\n    database: {database}", clickhouse.url);
    let tokens = TOKENS.replace("events:org_id = 1']", "events:org_id = 1', 'DATASOURCES:READ:totals']");
    let gateway = Gateway::start(&settings, &tokens);
    let acme = gateway.value("acme");
    assert_eq!(one(&gateway.sql(&acme, "SELECT c FROM totals")), "100");
    let both = "SELECT (SELECT toString(c) FROM totals) || '/' || toString(count()) AS x FROM events";
    assert_eq!(one(&gateway.sql(&acme, both)), "100/25");
}
