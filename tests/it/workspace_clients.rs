//! Tinybird's clients over a whole workspace: data sources, events, files, pipes and tokens, on every engine that can be
//! written. What each script does stands in `tests/clients/workspace.txt`.

use std::process::Command;

use crate::engines;
use crate::writes::Ground;

/// Every check of the script is ok.
fn passes(mut client: Command, name: &str, grounds: impl IntoIterator<Item = Ground>) {
    for ground in grounds {
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
    passes(script, "clicks", Ground::direct(""));
}

#[test]
fn verdin_through_two_gateways() {
    let Some(script) = engines::python_client("workspace_verdin.py") else { return };
    passes(script, "clicks", Ground::relayed(""));
}

#[test]
fn tinybirds_typescript_sdk() {
    let Some(script) = engines::node_client("workspace_sdk.mjs") else { return };
    passes(script, "visits", Ground::direct(""));
}

#[test]
fn tinybirds_typescript_sdk_through_two_gateways() {
    let Some(script) = engines::node_client("workspace_sdk.mjs") else { return };
    passes(script, "visits", Ground::relayed(""));
}

#[test]
fn tinybirds_command_line() {
    if let Some(script) = tb() {
        passes(script, "sales", Ground::direct(""));
    }
}

#[test]
fn tinybirds_command_line_through_two_gateways() {
    if let Some(script) = tb() {
        passes(script, "sales", Ground::relayed(""));
    }
}

fn tb() -> Option<Command> {
    let tb = engines::tb_client()?;
    let binary = tb.get_envs().find(|(name, _)| *name == "PORTCULLIS_TEST_TB").and_then(|(_, value)| value).unwrap();
    let mut script = Command::new("bash");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/workspace_tb.sh");
    script.arg(path).env("PORTCULLIS_TEST_TB", binary);
    Some(script)
}
