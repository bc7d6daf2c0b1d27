//! Tinybird's clients over a whole workspace: data sources, events, files, pipes and tokens, on every engine that can be
//! written. What each script does stands in `tests/clients/workspace.txt`.

use std::process::Command;

use crate::engines;
use crate::writes::Ground;

/// Every check of the script is ok.
fn passes(mut client: Command, name: &str) {
    for ground in Ground::all("") {
        let url = format!("http://{}", ground.gateway.address);
        let output = client
            .envs([("GATEWAY_URL", url.as_str()), ("NAME", name), ("TOKEN", &ground.gateway.value("admin"))])
            .output()
            .expect("the client starts");
        let said = String::from_utf8_lossy(&output.stdout);
        let more = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.contains("ok take everything away"), "{said}{more}");
    }
}

#[test]
fn verdin() {
    let Some(script) = engines::python_client("workspace_verdin.py") else { return };
    passes(script, "clicks");
}

#[test]
fn tinybirds_typescript_sdk() {
    let Some(script) = engines::node_client("workspace_sdk.mjs") else { return };
    passes(script, "visits");
}

#[test]
fn tinybirds_command_line() {
    let Some(tb) = engines::tb_client() else { return };
    let binary = tb.get_envs().find(|(name, _)| *name == "PORTCULLIS_TEST_TB").and_then(|(_, value)| value).unwrap();
    let mut script = Command::new("bash");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/workspace_tb.sh");
    script.arg(path).env("PORTCULLIS_TEST_TB", binary);
    passes(script, "sales");
}
