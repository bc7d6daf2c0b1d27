//! Deletions tell nothing of hidden rows: two databases that differ in those alone give one answer to every dry run and to
//! every deletion, errors included.

use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;

use crate::engines;
use crate::gateway::Gateway;
use crate::http::{self, Answer, encode};

const TOKENS: &str = "\
version: 1
tokens:
  - { name: admin, id: admin, scopes: [ADMIN] }
  - { name: tenant, id: tenant, scopes: ['DATASOURCES:CREATE', 'DATASOURCES:READ:events:org_id = 1'] }
  - { name: blind, id: blind, scopes: ['DATASOURCES:CREATE'] }
...
";

/// Rows of the tenant's, and of another's: `n` of one of them is what conditions fail on.
const OWN: &str = "(1, 10), (1, 11), (1, 12)";
const HIDDEN: [&str; 2] = ["(2, 20), (2, 21)", "(2, 95), (2, -9223372036854775808), (3, 1095), (2, 21)"];

fn post(gateway: &Gateway, token: &str, form: &str) -> Answer {
    let bearer = format!("Bearer {}", gateway.value(token));
    let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/x-www-form-urlencoded")];
    http::request(gateway.address, "POST", "/v0/datasources/events/delete", &headers, form)
}

/// How a deletion ended: its status and its words.
fn deleted(gateway: &Gateway, token: &str, condition: &str) -> String {
    let begun = post(gateway, token, &format!("delete_condition={}", encode(condition)));
    if begun.status != 201 {
        return format!("{} {}", begun.status, begun.body);
    }
    let bearer = format!("Bearer {}", gateway.value(token));
    let target = begun.json()["job_url"].as_str().unwrap().to_owned();
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let job = gateway.get(&target, &[("Authorization", &bearer)]).json();
        if job["status"] != "working" {
            return format!("{} {}", job["status"], job["error"]);
        }
        assert!(Instant::now() < deadline, "the job does not end: {job}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// `counts` is whether rows may be counted: nobody with a filter counts those of a file that has statistics.
fn alike(left: &Gateway, right: &Gateway, conditions: &[&str], counts: bool) {
    let (mut counted, mut done) = (0, 0);
    for condition in conditions {
        let dry = |gateway: &Gateway| {
            let form = format!("dry_run=true&delete_condition={}", encode(condition));
            let answer = post(gateway, "tenant", &form);
            (answer.status, answer.body)
        };
        let told = dry(left);
        assert_eq!(told, dry(right), "counted: {condition}");
        counted += usize::from(told.0 == 200);
        let (one, other) = (deleted(left, "tenant", condition), deleted(right, "tenant", condition));
        assert_eq!(one, other, "deleted: {condition}");
        done += usize::from(one.starts_with("\"done\""));
    }
    assert!(done >= 3 && if counts { counted >= 4 } else { counted == 0 }, "{counted} were counted and {done} done");
    let left_over = post(left, "tenant", "dry_run=true&delete_condition=n+%3E+-5+or+1+%3D+1");
    match counts {
        true => {
            assert_eq!(left_over.json(), json!({ "rows_to_be_deleted": 0, "dry_run": true }), "every own row is gone")
        }
        false => assert!(left_over.body.contains("statistics of hidden rows"), "{left_over:?}"),
    }
    // The hidden ones are all there.
    for (gateway, hidden) in [(left, HIDDEN[0]), (right, HIDDEN[1])] {
        let rows = gateway.sql(&gateway.value("admin"), "SELECT count(*) AS c FROM events WHERE org_id < 4").json();
        let count = rows["data"][0]["c"].to_string().replace('"', "");
        assert_eq!(count, hidden.matches('(').count().to_string());
    }
    // Whoever reads nothing is told no number.
    let blind = post(left, "blind", "dry_run=true&delete_condition=1+%3D+1");
    assert!(blind.status == 403 && !blind.body.contains("rows_to_be_deleted"), "{blind:?}");
}

#[test]
fn twins_through_a_deletion_on_the_embedded_engine() {
    on_the_embedded_engine("", true);
}

/// By statistics the engine chooses the index over which it would run a condition first.
#[test]
fn twins_through_a_deletion_on_the_embedded_engine_with_statistics() {
    on_the_embedded_engine("ANALYZE", false);
}

fn on_the_embedded_engine(prepare: &str, counts: bool) {
    let world = |hidden: &str| -> (TempDir, Gateway) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("data.sqlite");
        let rows = format!(
            "CREATE TABLE events (org_id INTEGER, n INTEGER); CREATE INDEX i ON events (abs(n)) WHERE n > 0; \
             CREATE INDEX j ON events (n); INSERT INTO events VALUES {OWN}, {hidden}; \
             WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 5000) \
             INSERT INTO events SELECT 4, 100000 + i FROM c; {prepare}"
        );
        rusqlite::Connection::open(&file).unwrap().execute_batch(&rows).unwrap();
        let settings = format!("upstream:\n  embedded: {{ file: '{}', writable: true }}", file.display());
        (folder, Gateway::start(&settings, TOKENS))
    };
    let (left, right) = (world(HIDDEN[0]), world(HIDDEN[1]));
    alike(
        &left.1,
        &right.1,
        &[
            "abs(n) = 95",
            "n <= 20 and abs(n) > 100",
            "n = 95 or abs(n) = 10",
            "n / (n - 95) > 100",
            "n % (n - 95) = 11",
            "n < 5 and abs(n) > 100",
            "n between -9223372036854775808 and 9 and abs(n) = 7",
            "n > 0 or 1 = 1",
        ],
        counts,
    );
}

#[test]
fn twins_through_a_deletion_on_clickhouse() {
    let Some(clickhouse) = engines::clickhouse() else { return };
    let world = |hidden: &str| {
        let database = clickhouse.fresh_database("deletions");
        clickhouse.run(&format!(
            "CREATE TABLE {database}.events (org_id Int32, n Int64, INDEX i n TYPE set(100) GRANULARITY 1, INDEX m n TYPE minmax) \
             ENGINE = MergeTree ORDER BY (n, org_id) PARTITION BY n % 2"
        ));
        clickhouse.run(&format!("INSERT INTO {database}.events VALUES {OWN}, {hidden}"));
        let upstream =
            format!("upstream:\n  clickhouse:\n    endpoints: ['{}']\n    database: {database}", clickhouse.url);
        Gateway::start(&upstream, TOKENS)
    };
    let (left, right) = (world(HIDDEN[0]), world(HIDDEN[1]));
    alike(
        &left,
        &right,
        &[
            "intDiv(1, n - 95) = 7",
            "intDiv(1, n - 1095) = 7 or n = 10",
            "n % (n - 95) = 11",
            "intDiv(n, 0) = 1",
            "toUInt8(n - 95) = 1 or intDiv(10, n - 1095) > 100",
            "n = 95 or n = 12",
            "n in (95, 11, 12) and n < 1000",
            "n + 1 = 96 or n between 90 and 1100",
            "n > 0 or 1 = 1",
        ],
        true,
    );
    let told = post(&left, "tenant", &format!("delete_condition={}", encode("intDiv(1, n - 95) = 7")));
    assert!(told.status == 400 && told.body.contains("could fail on a row"), "{told:?}");
    let blind = post(&left, "blind", &format!("delete_condition={}", encode("intDiv(1, n - 95) = 7")));
    assert_eq!(blind.status, 400, "{blind:?}");
    // Whoever reads every row learns nothing from an error.
    assert!(deleted(&left, "admin", "intDiv(1, n - 95) = 7").starts_with("\"done\""));
    assert!(deleted(&right, "admin", "intDiv(1, n - 95) = 7").starts_with("\"error\""));
}
