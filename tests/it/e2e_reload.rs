//! Editing `tokens.yaml` while requests run: each change is in force within a second, a bad file changes nothing.

use std::fs;
use std::os::unix::fs::symlink;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::gateway::{Gateway, TOKENS};

/// Waits at most a second for a condition.
fn within_a_second(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(1);
    while !condition() {
        assert!(Instant::now() < deadline, "not within a second: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn rows(gateway: &Gateway, token: &str) -> Option<i64> {
    let answer = gateway.sql(token, "SELECT count(*) AS c FROM events");
    if answer.status == 200 { answer.json()["data"][0]["c"].as_i64() } else { None }
}

#[test]
fn every_kind_of_edit_is_seen_while_requests_run() {
    let gateway = Arc::new(Gateway::start("", TOKENS));
    let (acme, globex) = (gateway.value("acme"), gateway.value("globex"));
    let file = gateway.tokens_file();
    assert_eq!(rows(&gateway, &acme), Some(2026));

    // Requests run all the while: each gives the rows of one state of the file or another, never anything else.
    let stop = Arc::new(AtomicBool::new(false));
    let asked = Arc::new(AtomicU32::new(0));
    let load = {
        let (gateway, stop, asked, acme) = (Arc::clone(&gateway), Arc::clone(&stop), Arc::clone(&asked), acme.clone());
        std::thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                let seen = rows(&gateway, &acme);
                assert!(matches!(seen, Some(2026 | 907) | None), "{seen:?}");
                asked.fetch_add(1, Ordering::Relaxed);
            }
        })
    };

    // A token is added, by writing in place.
    fs::write(&file, TOKENS.replace("...", "  - { name: late, id: late, scopes: [ADMIN] }\n...")).unwrap();
    let late = gateway.value("late");
    within_a_second("a new token", || rows(&gateway, &late) == Some(5000));

    // A filter is changed, by rename.
    let beside = gateway.folder().join("tokens.tmp");
    fs::write(&beside, TOKENS.replace("org_id = 1", "org_id = 3")).unwrap();
    fs::rename(&beside, &file).unwrap();
    within_a_second("a changed filter", || rows(&gateway, &acme) == Some(907));
    within_a_second("a token that is gone", || rows(&gateway, &late).is_none());

    // Torn, empty, broken, deleted: the last good state stays, and it is said.
    for bad in
        [&TOKENS[..TOKENS.len() - 4], "", "version: 1\ntokens: []\n", &TOKENS.replace("org_id = 1", "org_id = (")]
    {
        fs::write(&file, bad).unwrap();
        within_a_second("staleness in /health", || gateway.get("/health", &[]).body.contains("stale"));
        assert_eq!((rows(&gateway, &acme), rows(&gateway, &globex)), (Some(907), Some(1262)));
    }
    let check = gateway.command(&["check"]);
    assert_eq!(check.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&check.stderr).contains("tokens.yaml"), "{check:?}");
    fs::remove_file(&file).unwrap();
    std::thread::sleep(Duration::from_millis(700));
    assert_eq!(rows(&gateway, &acme), Some(907));

    // A symbolic link, swapped as Kubernetes swaps `..data`.
    for (name, filter) in [("one", "org_id = 3"), ("two", "org_id = 1")] {
        let folder = gateway.folder().join(name);
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("tokens.yaml"), TOKENS.replace("org_id = 1", filter)).unwrap();
    }
    let data = gateway.folder().join("..data");
    symlink("one", &data).unwrap();
    symlink("..data/tokens.yaml", &file).unwrap();
    within_a_second("a good file again", || !gateway.get("/health", &[]).body.contains("stale"));
    assert_eq!(rows(&gateway, &acme), Some(907));
    symlink("two", gateway.folder().join("..data_tmp")).unwrap();
    fs::rename(gateway.folder().join("..data_tmp"), &data).unwrap();
    within_a_second("a swapped link", || rows(&gateway, &acme) == Some(2026));

    stop.store(true, Ordering::Relaxed);
    load.join().expect("no request saw anything else");
    assert!(asked.load(Ordering::Relaxed) > 20);
    let said = gateway.log().matches("refused; the last good state stays").count();
    assert!((1..=6).contains(&said), "a bad file is said once each, not {said} times");
}

#[test]
fn a_bad_file_at_start_refuses_to_start() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("gateway.yaml"), "version: 1\nlisten: 127.0.0.1:0\n...\n").unwrap();
    fs::write(folder.path().join("tokens.yaml"), &TOKENS[..TOKENS.len() - 4]).unwrap();
    let output = crate::gateway::portcullis()
        .args(["serve", "--config"])
        .arg(folder.path().join("gateway.yaml"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("..."), "{output:?}");
}
