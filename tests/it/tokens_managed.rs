//! The file that the gateway writes: under many writers, torn, and after a crash.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::gateway::portcullis;
use crate::tokens_api::{Api, creation};

const ONE: &str = "DATASOURCES:READ:events:org_id = 1";

fn file(api: &Api) -> PathBuf {
    api.gateway.folder().join("state/tokens.managed.yaml")
}

fn names(api: &Api) -> BTreeSet<String> {
    let list = api.ask("GET", "/v0/tokens").json();
    list["tokens"].as_array().unwrap().iter().map(|token| token["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn of_many_edits_at_once_none_is_lost_and_the_file_is_whole() {
    let api = Api::start();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let api = &api;
            scope.spawn(move || {
                for number in 0..20 {
                    api.create(&format!("t{thread}-{number}"), &[ONE]);
                }
            });
        }
        // Writers in other processes take turns with them.
        for number in 0..5 {
            let made = api.gateway.command(&["token", "create", &format!("cli-{number}"), "--scope", ONE]);
            assert!(made.status.success(), "{made:?}");
        }
    });
    let threads = (0..8).flat_map(|thread| (0..20).map(move |number| format!("t{thread}-{number}")));
    let made: BTreeSet<String> = threads.chain((0..5).map(|number| format!("cli-{number}"))).collect();
    // The last edit of the other process is noticed within a second.
    let deadline = Instant::now() + Duration::from_secs(2);
    while !made.is_subset(&names(&api)) {
        assert!(Instant::now() < deadline, "lost: {:?}", made.difference(&names(&api)).collect::<Vec<_>>());
        std::thread::sleep(Duration::from_millis(50));
    }
    let text = fs::read_to_string(file(&api)).unwrap();
    assert_eq!(text.matches("\n- {name: ").count(), 165);
    assert!(text.ends_with("\n...\n"), "{text}");
    assert_eq!(fs::metadata(file(&api)).unwrap().permissions().mode() & 0o777, 0o600);
    let left: Vec<_> =
        fs::read_dir(api.gateway.folder().join("state")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().contains("draft")), "{left:?}");
}

#[test]
fn no_value_stands_in_the_file() {
    let api = Api::start();
    let made = api.create("secret", &[ONE]);
    let text = fs::read_to_string(file(&api)).unwrap();
    assert!(text.contains("secret") && text.contains(made["id"].as_str().unwrap()));
    assert!(!text.contains("p.eyJ"), "{text}");
}

#[test]
fn a_torn_file_is_refused_at_start() {
    let mut api = Api::start();
    api.create("one", &[ONE]);
    api.create("two", &[ONE]);
    api.gateway.signal("TERM");
    api.gateway.wait(Duration::from_secs(20));
    let whole = fs::read_to_string(file(&api)).unwrap();
    let last_line = whole.rfind("- {name").unwrap();
    for torn in [&whole[..whole.len() - 4], &whole[..last_line], &whole[..last_line + 20], ""] {
        fs::write(file(&api), torn).unwrap();
        let config = api.gateway.folder().join("gateway.yaml");
        let log = api.gateway.folder().join("refused");
        let mut child = portcullis()
            .args(["serve", "--config"])
            .arg(config)
            .stdout(Stdio::null())
            .stderr(fs::File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let deadline = Instant::now() + Duration::from_secs(20);
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if Instant::now() > deadline {
                child.kill().unwrap();
                child.wait().unwrap();
                panic!("it serves with a torn file of {} bytes", torn.len());
            }
            std::thread::sleep(Duration::from_millis(20));
        };
        assert!(status.code().is_some_and(|code| code != 0), "{status}");
        let said = fs::read_to_string(&log).unwrap();
        assert!(said.contains("tokens.managed.yaml"), "{said}");
        assert_eq!(fs::read_to_string(file(&api)).unwrap(), torn, "what is left of it is not touched");
    }
}

#[test]
fn while_it_runs_a_torn_file_leaves_the_last_good_state() {
    let api = Api::start();
    let made = api.create("kept", &[ONE]);
    let whole = fs::read_to_string(file(&api)).unwrap();
    let torn = &whole[..whole.len() - 10];
    fs::write(file(&api), torn).unwrap();
    std::thread::sleep(Duration::from_millis(1200));
    assert_eq!(api.rows(&made), Ok(2026));
    assert!(api.gateway.log().contains("tokens.managed.yaml"), "{}", api.gateway.log());
    let edit = api.ask("POST", &creation("more", &[ONE]));
    assert_eq!(edit.status, 500, "{}", edit.body);
    assert!(!edit.body.contains("tokens.managed"), "the inside is not told: {}", edit.body);
    assert_eq!(fs::read_to_string(file(&api)).unwrap(), torn, "what people can still mend is not written over");
    fs::write(file(&api), &whole).unwrap();
    api.create("more", &[ONE]);
    assert_eq!(api.rows(&made), Ok(2026));
}

/// Asks for a token; whether the answer came and said so.
fn made(to: SocketAddr, admin: &str, name: &str) -> Option<bool> {
    let mut stream = TcpStream::connect(to).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
    let head = format!("POST {} HTTP/1.1\r\nHost: x\r\nConnection: close", creation(name, &[ONE]));
    stream.write_all(format!("{head}\r\nAuthorization: Bearer {admin}\r\n\r\n").as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer.starts_with("HTTP/1.1 200"))
}

/// Kills it while four clients make tokens, some rounds long, each from another moment on.
fn killed_during_edits(api: &mut Api, kept: &BTreeSet<String>) {
    let answered = Mutex::new(kept.clone());
    for round in 0..4 {
        let (address, admin) = (api.gateway.address, api.admin.clone());
        let before = answered.lock().unwrap().len();
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let (answered, admin) = (&answered, &admin);
                scope.spawn(move || {
                    for number in 0..10_000 {
                        let name = format!("k{round}-{thread}-{number}");
                        match made(address, admin, &name) {
                            Some(true) => answered.lock().unwrap().insert(name),
                            _ => return,
                        };
                    }
                });
            }
            let start = Instant::now();
            while answered.lock().unwrap().len() < before + 5 + 3 * usize::try_from(round).unwrap() {
                assert!(start.elapsed() < Duration::from_secs(30), "{} edits", answered.lock().unwrap().len());
                std::thread::sleep(Duration::from_millis(1));
            }
            std::thread::sleep(Duration::from_millis(7 * round));
            api.gateway.kill_and_start_again();
        });
        let parts = fs::read_dir(api.gateway.folder().join("state/tokens.managed.d")).into_iter().flatten();
        let visible =
            parts.map(|part| part.unwrap().path()).filter(|part| part.extension().is_some_and(|e| e == "yaml"));
        for file in visible.chain([file(api)]) {
            assert!(fs::read_to_string(&file).unwrap().ends_with("\n...\n"), "{}", file.display());
        }
        let (answered, names) = (answered.lock().unwrap(), names(api));
        assert!(answered.is_subset(&names), "lost: {:?}", answered.difference(&names).collect::<Vec<_>>());
    }
    api.create("after", &[ONE]);
}

#[test]
fn killed_during_edits_it_leaves_a_whole_file_with_all_that_was_answered() {
    killed_during_edits(&mut Api::start(), &BTreeSet::new());
}

/// The first edit cuts the file; the others fill parts and begin new ones.
#[test]
fn killed_while_the_file_is_cut_into_parts_it_loses_none_of_them() {
    let mut api = Api::start();
    let kept: BTreeSet<String> = (0..1_530).map(|number| format!("t{number}")).collect();
    let line = |name: &String| format!("- {{name: \"{name}\", id: \"{name}\", scopes: [\"{ONE}\"]}}\n");
    let text = format!("version: 1\ntokens:\n{}...\n", kept.iter().map(line).collect::<String>());
    api.gateway.signal("TERM");
    api.gateway.wait(Duration::from_secs(20));
    fs::write(file(&api), text).unwrap();
    api.gateway.kill_and_start_again();
    killed_during_edits(&mut api, &kept);
    assert!(api.gateway.folder().join("state/tokens.managed.d/000002.yaml").exists());
}
