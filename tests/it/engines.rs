//! Where the real engines and clients are.
//!
//! `cargo xtask test` starts them and names them in the environment. Without one of them (no network, a bare `cargo
//! test`) a test that needs it says so and passes; under `CI=true` a missing ClickHouse is a failure.
//!
//! ```ignore
//! let Some(clickhouse) = engines::clickhouse() else { return };
//! clickhouse.run("CREATE TABLE …");
//! ```

use std::env;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::http;

/// A running engine.
#[derive(Debug, Clone)]
pub(crate) struct Engine {
    /// `http://127.0.0.1:PORT`.
    pub(crate) url: String,
}

impl Engine {
    /// `127.0.0.1:PORT`.
    pub(crate) fn authority(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// Sends a request past the gateway and gives status and body.
    pub(crate) fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, String) {
        let address = self.authority().parse().expect("an address");
        let answer = http::request(address, method, path, headers, body);
        (answer.status, answer.body)
    }

    /// Runs a statement on ClickHouse as its administrator; `parameters` is the URL's query string.
    pub(crate) fn query(&self, parameters: &str, statement: &str) -> (u16, String) {
        self.ask("POST", &format!("/?{parameters}"), &[], statement)
    }

    /// Runs a statement on ClickHouse as its administrator and gives the answer (TSV unless it says another format).
    pub(crate) fn run(&self, sql: &str) -> String {
        let (status, body) = self.ask("POST", "/", &[], sql);
        assert_eq!(status, 200, "{sql}\n{body}");
        body.trim_end().to_owned()
    }

    /// Makes an empty ClickHouse database that no other test, in this process or another, has: its name.
    pub(crate) fn fresh_database(&self, purpose: &str) -> String {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("{purpose}_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        self.run(&format!("CREATE DATABASE {name}"));
        name
    }
}

/// ClickHouse 26.7.2.1 (users `default`, `gateway`, `reader`: `tests/engines/users.xml`).
pub(crate) fn clickhouse() -> Option<Engine> {
    let engine = engine("PORTCULLIS_TEST_CLICKHOUSE");
    assert!(engine.is_some() || !in_ci(), "CI must run against ClickHouse: `cargo xtask test` starts it");
    engine
}

/// roapi 0.12.7 with the tables `events` and `payments` of `tests/engines/events.py`.
pub(crate) fn roapi() -> Option<Engine> {
    engine("PORTCULLIS_TEST_ROAPI")
}

/// datasette 0.65.5 with the database `events`, holding the same tables.
pub(crate) fn datasette() -> Option<Engine> {
    engine("PORTCULLIS_TEST_DATASETTE")
}

/// A script of `tests/clients` in Python, with clickhouse-connect and verdin at hand.
pub(crate) fn python_client(script: &str) -> Option<Command> {
    let mut command = Command::new(setting("PORTCULLIS_TEST_PYTHON")?);
    // `-B`: no compiled files in the source tree.
    command.arg("-B").arg(clients().join(script));
    Some(command)
}

/// A script of `tests/clients` in JavaScript, with `@clickhouse/client` at hand.
pub(crate) fn node_client(script: &str) -> Option<Command> {
    let modules = setting("PORTCULLIS_TEST_NODE_MODULES")?;
    let mut command = Command::new("node");
    command.arg(clients().join(script)).env("PORTCULLIS_TEST_NODE_MODULES", modules);
    Some(command)
}

/// `tests/clients/tb.sh`, with Tinybird's own command line at hand.
pub(crate) fn tb_client() -> Option<Command> {
    let binary = setting("PORTCULLIS_TEST_TB")?;
    let mut command = Command::new("bash");
    command.arg(clients().join("tb.sh")).env("PORTCULLIS_TEST_TB", binary);
    Some(command)
}

fn engine(name: &str) -> Option<Engine> {
    setting(name).map(|url| Engine { url })
}

fn setting(name: &str) -> Option<String> {
    let value = env::var(name).ok().filter(|value| !value.is_empty());
    if value.is_none() {
        eprintln!("SKIPPED: {name} is not set (`cargo xtask test` sets it)");
    }
    value
}

fn in_ci() -> bool {
    env::var("CI").is_ok_and(|value| value == "true")
}

fn clients() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/clients")
}

#[test]
fn clickhouse_is_the_pinned_version() {
    let Some(clickhouse) = clickhouse() else { return };
    assert_eq!(clickhouse.run("SELECT version()"), "26.7.2.1");
}

#[test]
fn the_gateways_own_user_reads_and_does_no_more() {
    let Some(clickhouse) = clickhouse() else { return };
    let table = format!("default.{}", clickhouse.fresh_database("own_user"));
    clickhouse.run(&format!("CREATE TABLE {table} (n UInt8) ENGINE = Memory AS SELECT 7"));
    let user = [("X-ClickHouse-User", "gateway"), ("X-ClickHouse-Key", "gateway-password")];
    let ask = |sql: &str| clickhouse.ask("POST", "/", &user, sql);
    assert_eq!(ask(&format!("SELECT n FROM {table}")), (200, "7\n".to_owned()));
    for refused in [
        format!("DROP TABLE {table}"),
        "SELECT * FROM url('http://127.0.0.1:1/', LineAsString)".to_owned(),
        "SELECT * FROM file('/etc/hostname', LineAsString)".to_owned(),
        "SET readonly = 0".to_owned(),
    ] {
        let (status, body) = ask(&refused);
        assert!(status >= 400, "{refused}\n{body}");
    }
}

#[test]
fn roapi_serves_the_events() {
    let Some(roapi) = roapi() else { return };
    let (status, body) = roapi.ask("POST", "/api/sql", &[], "SELECT count(*) AS n FROM events WHERE org_id = 1");
    assert_eq!((status, body.as_str()), (200, r#"[{"n":60}]"#));
}

#[test]
fn datasette_serves_the_events() {
    let Some(datasette) = datasette() else { return };
    let path = "/events.json?_shape=arrays&sql=select+count(*)+from+events+where+org_id+%3D+:o&o=1";
    let (status, body) = datasette.ask("GET", path, &[], "");
    assert_eq!(status, 200, "{body}");
    assert!(body.contains("[[60]]"), "{body}");
}

/// The drivers' scripts straight against ClickHouse: what fails here is the script's fault, not the gateway's.
#[test]
fn the_drivers_scripts_pass_without_a_gateway() {
    let Some(clickhouse) = clickhouse() else { return };
    let table = format!("default.{}", clickhouse.fresh_database("drivers"));
    let columns = "(org_id Int32, event String) ENGINE = MergeTree ORDER BY org_id";
    clickhouse.run(&format!("CREATE TABLE {table} {columns} AS SELECT 1, 'view' FROM numbers(60)"));
    let scripts = [python_client("connect.py"), node_client("clickhouse_client.mjs")];
    for script in scripts.into_iter().flatten() {
        let run = |mut script: Command, rows: &str| {
            let settings = [("GATEWAY_URL", clickhouse.url.as_str()), ("CLICKHOUSE_USER", "gateway")];
            let expected = [("TABLE", table.as_str()), ("ROWS", rows), ("ORG", "1"), ("REFUSED_TABLE", "system.users")];
            script.envs(settings).envs(expected).env("TOKEN", "gateway-password");
            let output = script.output().expect("the script starts");
            (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
        };
        let again = copy(&script);
        let (passed, transcript) = run(script, "60");
        assert!(passed, "{transcript}");
        let (passed, transcript) = run(again, "61");
        assert!(!passed && transcript.contains("NOT OK count: "), "a wrong count goes unseen: {transcript}");
    }
}

fn copy(command: &Command) -> Command {
    let mut copy = Command::new(command.get_program());
    copy.args(command.get_args()).envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    copy
}

#[test]
fn tb_says_whether_it_is_there() {
    let Some(mut tb) = tb_client() else { return };
    // Nobody listens on port 1: the script must say so and fail, not hang.
    let nowhere = [("GATEWAY_URL", "http://127.0.0.1:1"), ("TOKEN", "none"), ("ROWS", "1"), ("ORG", "1")];
    let output = tb.envs(nowhere).output().expect("bash starts");
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stdout).contains("NOT OK auth info"), "{output:?}");
}
