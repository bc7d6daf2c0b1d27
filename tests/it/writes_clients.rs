//! Writes by the clients that people use: Tinybird's own command line, and verdin.

use std::process::Command;

use crate::engines;
use crate::writes::Ground;

fn passes(mut client: Command, ground: &Ground, table: &str) {
    assert_eq!(ground.make(table, "org_id Int64, n Int64, name String").status, 200);
    let url = format!("http://{}", ground.gateway.address);
    let output = client
        .envs([("GATEWAY_URL", url.as_str()), ("TABLE", table), ("TOKEN", &ground.gateway.value("admin"))])
        .output()
        .expect("the client starts");
    let said = String::from_utf8_lossy(&output.stdout);
    let more = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("ok "), "{said}{more}");
}

#[test]
fn tb_appends_replaces_deletes_and_drops() {
    let Some(tb) = engines::tb_client() else { return };
    let binary = tb.get_envs().find(|(name, _)| *name == "PORTCULLIS_TEST_TB").and_then(|(_, value)| value).unwrap();
    for ground in Ground::all("") {
        let mut script = Command::new("bash");
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/tb_writes.sh");
        script.arg(path).env("PORTCULLIS_TEST_TB", binary);
        passes(script, &ground, "files");
    }
}

#[test]
fn verdin_sends_events_and_files() {
    for ground in Ground::all("") {
        let Some(script) = engines::python_client("verdin_writes.py") else { return };
        passes(script, &ground, "files");
    }
}
