//! `portcullis token` on tokens that the gateway keeps: on the files, and asked of a gateway.

use std::process::Output;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::gateway::portcullis;
use crate::tokens_api::Api;

const ONE: &str = "DATASOURCES:READ:events:org_id = 1";

fn said(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap().trim_end().to_owned()
}

/// Runs it on the files.
fn on_files(api: &Api, arguments: &[&str]) -> Output {
    api.gateway.command(&[&["token"], arguments].concat())
}

/// Runs it against the gateway, with no file in reach.
fn over_http(api: &Api, arguments: &[&str]) -> Output {
    portcullis()
        .current_dir(api.gateway.folder().join("state"))
        .arg("token")
        .args(arguments)
        .args(["--url", &format!("http://{}", api.gateway.address)])
        .env("PORTCULLIS_TOKEN", &api.admin)
        .output()
        .unwrap()
}

type Run = fn(&Api, &[&str]) -> Output;

/// The way of a token from its making to its end.
fn a_life(run: Run) {
    let api = Api::start();
    let wait = |token: &str, expected: Result<i64, u16>| {
        let start = Instant::now();
        while api.rows(&json!({ "token": token })) != expected {
            assert!(start.elapsed() < Duration::from_secs(1), "{expected:?} not within a second");
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    let value =
        said(&run(&api, &["create", "my reader", "--scope", ONE, "--scope", "PIPES:READ:top", "--description", "d"]));
    assert!(value.starts_with("p.eyJ") && value.lines().count() == 1, "{value}");
    wait(&value, Ok(2026));
    let list: Value = serde_json::from_str(&said(&run(&api, &["ls", "--json"]))).unwrap();
    let found =
        list.as_array().unwrap().iter().find(|token| token["name"] == "my reader").expect("it is listed").clone();
    assert!(!list.to_string().contains("p.eyJ"), "a list shows no values");
    assert_eq!(found["description"], "d");
    assert!(said(&run(&api, &["ls"])).contains(&format!("my reader\tid\t{ONE}; PIPES:READ:top")));
    let shown: Value = serde_json::from_str(&said(&run(&api, &["show", "my reader", "--json"]))).unwrap();
    assert_eq!(shown, found);
    let shown = said(&run(&api, &["show", "my reader"]));
    assert!(shown.contains(&format!("scope\t{ONE}")) && !shown.contains("p.eyJ"), "{shown}");
    assert_eq!(said(&run(&api, &["copy", "my reader"])), value);
    assert_eq!(said(&run(&api, &["rename", "my reader", "your@reader/x"])), "your@reader/x");
    assert_eq!(said(&run(&api, &["copy", "your@reader/x"])), value);
    assert_eq!(said(&run(&api, &["scopes", "your@reader/x"])), format!("{ONE}\nPIPES:READ:top"));
    let all = "DATASOURCES:READ:events";
    assert_eq!(said(&run(&api, &["scopes", found["id"].as_str().unwrap(), "--set", all])), all);
    let total = api.rows(&json!({ "token": api.gateway.value("reader") }));
    wait(&value, total);
    assert_eq!(said(&run(&api, &["scopes", "your@reader/x", "--none"])), "");
    wait(&value, Err(403));
    assert_eq!(
        said(&run(&api, &["scopes", "your@reader/x", "--set", all, "--json"])),
        format!("[{}]", json!({ "type": "DATASOURCES:READ", "resource": "events" }))
    );
    wait(&value, total);
    let new = said(&run(&api, &["refresh", "your@reader/x"]));
    assert_ne!(new, value);
    wait(&value, Err(403));
    wait(&new, total);
    let newer = said(&run(&api, &["refresh", "your@reader/x", "--grace", "60"]));
    wait(&newer, total);
    assert_eq!(api.rows(&json!({ "token": new })), total, "it counts for a while");
    let removed = run(&api, &["rm", "your@reader/x"]);
    assert_eq!((said(&removed), String::from_utf8_lossy(&removed.stderr).trim()), (String::new(), "removed"));
    wait(&newer, Err(403));
    assert_eq!(api.rows(&json!({ "token": new })), Err(403));
    let made: Value = serde_json::from_str(&said(&run(&api, &["create", "for machines", "--json"]))).unwrap();
    assert_eq!((made["token"].is_string(), &made["scopes"]), (true, &json!([])), "{made}");
    assert_eq!(said(&run(&api, &["rm", made["id"].as_str().unwrap(), "--json"])), "{\"ok\":true}");
}

#[test]
fn on_the_files_and_a_running_gateway_sees_it_within_a_second() {
    a_life(on_files);
}

#[test]
fn over_the_tokens_api() {
    a_life(over_http);
}

#[test]
fn what_fails_exits_with_1_and_what_is_misused_with_2() {
    let api = Api::start();
    for run in [on_files as Run, over_http as Run] {
        for bad in [
            &["show", "nobody"][..],
            &["copy", "nobody"],
            &["rm", "nobody"],
            &["refresh", "nobody"],
            &["rename", "nobody", "x"],
            &["scopes", "nobody", "--set", ONE],
            &["create", "acme", "--scope", ONE],
            &["create", "x", "--scope", "FOO:BAR"],
            &["create", "x", "--scope", "DATASOURCES:READ:events:org_id = 1) OR (1 = 1"],
            &["rm", "acme"],
            &["rename", "acme", "x"],
        ] {
            let output = run(&api, bad);
            assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{bad:?}: {output:?}");
            assert!(!output.stderr.is_empty(), "{bad:?}");
        }
        for misused in [&["create"][..], &["rename", "x"], &["refresh", "x", "--grace", "soon"], &["nothing"]] {
            assert_eq!(run(&api, misused).status.code(), Some(2), "{misused:?}");
        }
    }
    let near = on_files(&api, &["show", "acne"]);
    assert!(String::from_utf8_lossy(&near.stderr).contains("did you mean `acme`?"), "{near:?}");
}

#[test]
fn a_gateway_that_is_not_there_or_a_token_that_may_not_is_said() {
    let api = Api::start();
    let ask = |url: &str, token: &str| {
        let run = portcullis().args(["token", "ls", "--url", url]).env("PORTCULLIS_TOKEN", token).output().unwrap();
        assert_eq!((run.status.code(), run.stdout.len()), (Some(1), 0), "{run:?}");
        String::from_utf8(run.stderr).unwrap()
    };
    let url = format!("http://{}", api.gateway.address);
    let acme = api.gateway.value("acme");
    let refused = ask(&url, &acme);
    assert!(refused.contains("403") && !refused.contains(&acme), "{refused}");
    assert!(ask("http://127.0.0.1:1", &api.admin).contains("cannot be reached"));
    let none = portcullis().args(["token", "ls", "--url", &url]).env_remove("PORTCULLIS_TOKEN").output().unwrap();
    assert_eq!(none.status.code(), Some(1), "{none:?}");
}

/// The gateway's audit log has what was done on the files too, from when it takes it in.
#[test]
fn what_is_done_on_the_files_stands_in_the_gateways_audit_log() {
    let api = Api::start();
    let lines = |action: &str, of: &str| {
        let is = |line: &&str| line.contains("audit") && line.contains(action) && line.contains(of);
        api.gateway.log().lines().filter(is).count()
    };
    let become_one = |action: &str, of: &str| {
        let start = Instant::now();
        while lines(action, of) == 0 {
            assert!(start.elapsed() < Duration::from_secs(2), "{action} {of}: {}", api.gateway.log());
            std::thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(lines(action, of), 1, "{action} {of} is told once: {}", api.gateway.log());
    };
    let value = said(&on_files(&api, &["create", "audited", "--scope", ONE]));
    become_one("create", "audited");
    said(&on_files(&api, &["scopes", "audited", "--set", "DATASOURCES:READ:events"]));
    become_one("replace", "audited");
    assert!(api.gateway.log().contains("widened"), "{}", api.gateway.log());
    said(&on_files(&api, &["refresh", "audited"]));
    become_one("refresh", "audited");
    said(&on_files(&api, &["rename", "audited", "other"]));
    become_one("renamed", "other");
    said(&on_files(&api, &["rm", "other"]));
    become_one("remove", "other");
    // What the API does is told once, by whoever did it, and not again when the file is looked at.
    api.create("by the api", &[ONE]);
    std::thread::sleep(Duration::from_millis(800));
    assert_eq!(lines("create", "by the api"), 1, "{}", api.gateway.log());
    let log = api.gateway.log();
    assert!(!log.contains(&value) && !log.contains("org_id = 1"), "no value and no filter: {log}");
}

/// People gave a name to a token of theirs that a managed one has. Nothing serves, and the commands settle it.
#[test]
fn a_name_that_stands_in_both_files_is_settled_by_the_command_line() {
    for settle in [&["rm", "twin"][..], &["rename", "twin", "another"]] {
        let mut api = Api::start();
        api.create("twin", &[ONE]);
        api.create("bystander", &[ONE]);
        let people = std::fs::read_to_string(api.gateway.tokens_file()).unwrap();
        let clashing =
            people.replace("- { name: acme,", "- { name: twin, id: twin, scopes: [ADMIN] }\n  - { name: acme,");
        std::fs::write(api.gateway.tokens_file(), clashing).unwrap();
        let refused = api.gateway.command(&["check"]);
        assert_eq!(refused.status.code(), Some(1), "{refused:?}");
        assert!(String::from_utf8_lossy(&refused.stderr).contains("portcullis token rm"), "{refused:?}");
        api.gateway.signal("TERM");
        api.gateway.wait(Duration::from_secs(20));
        let shown: Value = serde_json::from_str(&said(&on_files(&api, &["show", "twin", "--json"]))).unwrap();
        assert_eq!(shown["scopes"][0]["filter"], "org_id = 1", "the managed one: {shown}");
        let into_another = on_files(&api, &["rename", "twin", "acme"]);
        assert_eq!(into_another.status.code(), Some(1), "{into_another:?}");
        let settled = on_files(&api, settle);
        assert!(
            String::from_utf8_lossy(&settled.stderr).contains("the token `twin` has the name or the id"),
            "{settled:?}"
        );
        said(&settled);
        let check = api.gateway.command(&["check"]);
        assert!(check.status.success(), "{check:?}");
        let names = said(&on_files(&api, &["ls"]));
        assert!(names.contains("bystander") && names.contains("twin\tid\tADMIN"), "{names}");
    }
}
