//! `portcullis token …`.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::process::{Command, Stdio};

use super::cli_check::{portcullis, text, world};

#[test]
fn a_value_is_the_same_each_time_and_the_only_thing_on_stdout() {
    let (directory, config) = world();
    let first = portcullis(&["token", "value", "acme", "--config", &config]);
    assert_eq!(first.status.code(), Some(0), "{}", text(&first.stderr));
    let value = text(&first.stdout);
    assert!(value.starts_with("p.eyJ") && value.lines().count() == 1, "{value}");
    assert_eq!(portcullis(&["token", "value", "acme", "--config", &config]).stdout, first.stdout);
    let key = directory.path().join("state/signing.key");
    assert_eq!(fs::metadata(key).unwrap().mode() & 0o777, 0o600);
}

#[test]
fn an_unknown_name_is_told_with_the_nearest_one() {
    let (_directory, config) = world();
    let output = portcullis(&["token", "value", "acne", "--config", &config]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    assert!(text(&output.stderr).contains("did you mean `acme`?"), "{}", text(&output.stderr));
}

#[test]
fn a_new_token_lets_its_bearer_in() {
    let (directory, config) = world();
    let new = text(&portcullis(&["token", "new"]).stdout);
    let (first, lines) = new.split_once('\n').unwrap();
    let value = first.rsplit(' ').next().unwrap();
    let digest = digest(value);
    assert!(lines.contains(digest.trim()), "{new}");
    let tokens = directory.path().join("tokens.yaml");
    let text_before = fs::read_to_string(&tokens).unwrap();
    fs::write(&tokens, text_before.replace("\ntokens:\n", &format!("\ntokens:\n{lines}"))).unwrap();
    let listed = text(&portcullis(&["token", "ls", "--config", &config]).stdout);
    assert!(
        listed.contains("CHANGE-ME\tdigest\t\n") && listed.contains("globex\tid\tDATASOURCES:READ:events:org_id = 2; "),
        "{listed}"
    );
    assert!(!listed.contains(value) && !listed.contains("sha256:"), "{listed}");
    assert_ne!(new, text(&portcullis(&["token", "new"]).stdout));
}

fn digest(value: &str) -> String {
    let mut child = Command::new(env!("CARGO_BIN_EXE_portcullis"))
        .args(["token", "digest"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(format!("{value}\n").as_bytes()).unwrap();
    text(&child.wait_with_output().unwrap().stdout)
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let (_directory, config) = world();
    let mut child = Command::new(env!("CARGO_BIN_EXE_portcullis"))
        .args(["token", "ls", "--config", &config])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()));
}
