//! `portcullis certify` on the real ClickHouse.

use crate::engines::{self, Engine};
use crate::gateway::portcullis;

#[test]
fn the_walls_are_proven_on_the_engine_of_the_tests() {
    let Some(clickhouse) = engines::clickhouse() else { return };
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("certificate.json");
    let output = portcullis()
        .args(["certify", "--upstream", &clickhouse.url, "--record"])
        .arg(&record)
        .current_dir(folder.path())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    let certificate: serde_json::Value = serde_json::from_slice(&std::fs::read(record).unwrap()).unwrap();
    assert_eq!(certificate["proven"], true);
    let release = certificate["release"].as_str().unwrap();
    assert!(text.contains(&format!("certified: [\"{release}\"]")), "{text}");
    let checks = certificate["checks"].as_array().unwrap();
    let compared: u64 = checks.iter().map(|check| check["compared"].as_u64().unwrap()).sum();
    assert!(checks.len() > 25 && compared > 1500, "{} checks, {compared} comparisons", checks.len());
    for class in [
        "twins: dictionaries",
        "twins: dictionaries of pipes",
        "refused: columns of pipes without names",
        "twins: shares of all rows",
        "refused: numbers of all rows",
        "refused: bounds on blocks",
        "twins: blocks of Native",
        "refused: bounds beside the statement",
        "refused: overflow beside the statement",
        "refused: dictionaries of Arrow",
        "refused: casts of open types",
        "twins: open types by their texts",
        "refused: open types in Native",
        "twins: conditions of deletions",
        "power: what hidden rows share",
    ] {
        assert!(checks.iter().any(|check| check["name"] == class), "`{class}` is not certified");
    }
    each_endpoint_is_certified_by_itself(&clickhouse);
    assert!(!clickhouse.run("SHOW DATABASES").contains("portcullis_certify"), "nothing is left behind");
}

/// A cluster may be of several releases. Here it is the same server under two names.
fn each_endpoint_is_certified_by_itself(clickhouse: &Engine) {
    let folder = tempfile::tempdir().unwrap();
    let other = clickhouse.url.replace("127.0.0.1", "localhost");
    let config = format!(
        "version: 1\nupstream:\n  clickhouse:\n    endpoints: ['{}', '{other}']\n    database: default\n    user: default\n...\n",
        clickhouse.url
    );
    let file = folder.path().join("gateway.yaml");
    std::fs::write(&file, config).unwrap();
    let output =
        portcullis().args(["certify", "--json", "--config"]).arg(&file).current_dir(folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let certificates: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
    let of =
        |certificate: &serde_json::Value| certificate["endpoint"].as_str().unwrap().trim_end_matches('/').to_owned();
    assert_eq!(certificates.iter().map(of).collect::<Vec<_>>(), [clickhouse.url.clone(), other]);
    assert!(certificates.iter().all(|certificate| certificate["proven"] == true), "{certificates:?}");
}

#[test]
fn what_cannot_be_asked_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let output =
        portcullis().args(["certify", "--upstream", "http://127.0.0.1:1"]).current_dir(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot be reached"), "{output:?}");
    let none = portcullis().arg("certify").current_dir(folder.path()).output().unwrap();
    assert_eq!(none.status.code(), Some(1));
    let bad = portcullis().args(["certify", "--upstream", "not a url"]).current_dir(folder.path()).output().unwrap();
    assert_eq!(bad.status.code(), Some(2));
}
