//! `portcullis check` and the command line's manners.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

pub(crate) fn portcullis(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_portcullis")).args(arguments).stdin(Stdio::null()).output().unwrap()
}

/// A copy of the repository's configuration.
pub(crate) fn world() -> (tempfile::TempDir, String) {
    let directory = tempfile::tempdir().unwrap();
    for name in ["gateway.yaml", "tokens.yaml"] {
        fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("config").join(name), directory.path().join(name)).unwrap();
    }
    let config = directory.path().join("gateway.yaml").display().to_string();
    (directory, config)
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn the_repositorys_own_configuration_is_good_and_nothing_is_written() {
    let (directory, config) = world();
    let output = portcullis(&["check", "--config", &config]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).starts_with("ok: 4 tokens"), "{}", text(&output.stdout));
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 2);
}

#[test]
fn the_examples_are_good() {
    for name in ["clickhouse.yaml", "datasette.yaml", "v0.yaml"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/examples").join(name);
        let output = Command::new(env!("CARGO_BIN_EXE_portcullis"))
            .args(["check", "--config"])
            .arg(path)
            .env("CLICKHOUSE_PASSWORD", "x")
            .env("TINYBIRD_TOKEN", "x")
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    }
}

#[test]
fn a_bad_file_is_shown_with_its_place_and_without_its_secrets() {
    let (directory, config) = world();
    let tokens = directory.path().join("tokens.yaml");
    let good = fs::read_to_string(&tokens).unwrap();
    for (from, to, said) in [
        ("scopes: [ADMIN]", "scope: [ADMIN]", "did you mean `scopes`?"),
        ("id: globex", "digest: sha256:hunter2", "a digest is written"),
        ("role: tenant", "role: tenat", "did you mean `tenant`?"),
        ("with: { org_id: 2 }", "with: { org_id: two }", "the value of `org_id` is no Int"),
        ("...\n", "", "it may be torn"),
    ] {
        fs::write(&tokens, good.replacen(from, to, if from == "...\n" { 2 } else { 1 })).unwrap();
        let output = portcullis(&["check", "--config", &config]);
        let errors = text(&output.stderr);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{to}");
        assert!(errors.starts_with("error: ") && errors.contains(said), "{errors}");
        assert!(errors.contains("tokens.yaml") && !errors.contains("hunter2"), "{errors}");
    }
    let missing = portcullis(&["check", "--config", "no/such/file.yaml"]);
    assert_eq!(missing.status.code(), Some(1));
}

#[test]
fn what_serve_would_not_start_with_is_found() {
    let (directory, config) = world();
    let good = fs::read_to_string(&config).unwrap();
    for (added, said) in [
        ("upstream: { embedded: { file: none.sqlite } }", "cannot open the SQLite file"),
        ("tls: { certificate: none.pem, key: none.key }", "none.pem"),
        ("tls: { certificate: tokens.yaml, key: tokens.yaml }", "there is no certificate in it"),
    ] {
        fs::write(&config, good.replace("version: 1", &format!("version: 1\n{added}"))).unwrap();
        let output = portcullis(&["check", "--config", &config]);
        assert_eq!(output.status.code(), Some(1), "{added}");
        assert!(text(&output.stderr).contains(said), "{}", text(&output.stderr));
    }
    fs::write(&config, good).unwrap();
    let tokens = directory.path().join("tokens.yaml");
    fs::write(&tokens, fs::read_to_string(&tokens).unwrap().replace("read: events", "read: evnts")).unwrap();
    let output = portcullis(&["check", "--config", &config]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(text(&output.stderr), "warning: the upstream has no table `evnts`, which `acme` may read\n");
    let mistyped =
        fs::read_to_string(&tokens).unwrap().replace("read: evnts", "read: events").replace("org_id =", "orgid =");
    fs::write(&tokens, mistyped).unwrap();
    let output = portcullis(&["check", "--config", &config]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("names `orgid`, which is no column of it"), "{}", text(&output.stderr));
}

#[test]
fn usage_is_its_own_exit_code_and_the_version_is_told() {
    assert_eq!(portcullis(&["chek"]).status.code(), Some(2));
    assert_eq!(text(&portcullis(&["--version"]).stdout), format!("portcullis {}\n", env!("CARGO_PKG_VERSION")));
}
