//! The gateway itself, as a process: the binary, a configuration of its own, a port of its own.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::http::{self, Answer};

/// A gateway that runs for as long as this lives.
pub(crate) struct Gateway {
    child: Child,
    folder: TempDir,
    pub(crate) address: SocketAddr,
}

/// The binary.
pub(crate) fn portcullis() -> Command {
    Command::new(env!("CARGO_BIN_EXE_portcullis"))
}

/// The tokens of most tests: an administrator, two tenants, nobody.
pub(crate) const TOKENS: &str = "\
version: 1
tokens:
  - { name: admin, id: admin, scopes: [ADMIN] }
  - { name: acme, id: acme, scopes: ['DATASOURCES:READ:events:org_id = 1'] }
  - { name: globex, id: globex, scopes: ['DATASOURCES:READ:events:org_id = 2'] }
  - { name: reader, id: reader, scopes: ['DATASOURCES:READ:events'] }
  - { name: nothing, id: nothing, scopes: [] }
...
";

impl Gateway {
    /// Starts it with what is added to a `gateway.yaml` that listens on a free port.
    pub(crate) fn start(gateway: &str, tokens: &str) -> Self {
        let gateway = Self::start_unready(gateway, tokens);
        gateway.wait_until_ready();
        gateway
    }

    /// The same for one that may never get ready.
    pub(crate) fn start_unready(gateway: &str, tokens: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(
            folder.path().join("gateway.yaml"),
            format!("version: 1\nlisten: 127.0.0.1:0\n{gateway}\n...\n"),
        )
        .expect("a file is written");
        std::fs::write(folder.path().join("tokens.yaml"), tokens).expect("a file is written");
        let (child, address) = run(folder.path());
        Self { child, folder, address }
    }

    /// Kills it as a loss of power would, and starts it again on the same files.
    pub(crate) fn kill_and_start_again(&mut self) {
        self.child.kill().expect("it is killed");
        self.child.wait().expect("it ends");
        (self.child, self.address) = run(self.folder.path());
        self.wait_until_ready();
    }

    /// Until it has read what the upstream holds.
    fn wait_until_ready(&self) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while Instant::now() < deadline {
            let health = self.get("/health", &[]);
            if health.status == 200 {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("it did not get ready: {}", self.log());
    }

    /// The folder of its files.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn tokens_file(&self) -> PathBuf {
        self.folder().join("tokens.yaml")
    }

    /// What it has logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder().join("log")).unwrap_or_default()
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// A token's value, as its owner would ask for it.
    pub(crate) fn value(&self, name: &str) -> String {
        let output = self.command(&["token", "value", name]);
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).expect("a token").trim().to_owned()
    }

    /// Runs the binary on the same configuration.
    pub(crate) fn command(&self, arguments: &[&str]) -> Output {
        let config = self.folder().join("gateway.yaml");
        portcullis().args(arguments).arg("--config").arg(config).output().expect("the binary runs")
    }

    pub(crate) fn get(&self, target: &str, headers: &[(&str, &str)]) -> Answer {
        http::request(self.address, "GET", target, headers, "")
    }

    pub(crate) fn post(&self, target: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        http::request(self.address, "POST", target, headers, body)
    }

    /// `GET /v0/sql?q=…` with that token.
    pub(crate) fn sql(&self, token: &str, statement: &str) -> Answer {
        let bearer = format!("Bearer {token}");
        self.get(&format!("/v0/sql?q={}", http::encode(statement)), &[("Authorization", &bearer)])
    }

    /// `POST` to that place, with the token of that name.
    pub(crate) fn ask(&self, name: &str, target: &str, statement: &str) -> Answer {
        let bearer = format!("Bearer {}", self.value(name));
        self.post(target, &[("Authorization", &bearer)], statement)
    }

    /// Sends a signal to it.
    pub(crate) fn signal(&self, name: &str) {
        let status =
            Command::new("kill").args([&format!("-{name}"), &self.pid().to_string()]).status().expect("kill runs");
        assert!(status.success());
    }

    /// Waits for its end; the exit code, or `None` when a signal ended it or the time is up.
    pub(crate) fn wait(&mut self, patience: Duration) -> Option<i32> {
        let deadline = Instant::now() + patience;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait().expect("it can be waited for") {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        None
    }
}

/// Starts the binary on the files in that folder.
fn run(folder: &Path) -> (Child, SocketAddr) {
    let log = folder.join("log");
    let file = std::fs::OpenOptions::new().create(true).append(true).open(&log).expect("a file is made");
    let mut child = portcullis()
        .args(["serve", "--config"])
        .arg(folder.join("gateway.yaml"))
        .stdout(Stdio::piped())
        .stderr(file)
        .spawn()
        .expect("the binary starts");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let address = lines.by_ref().map_while(Result::ok).find_map(|line| {
        let url = line.split_whitespace().find(|word| word.starts_with("http"))?;
        url.split("://").nth(1)?.parse().ok()
    });
    let Some(address) = address else {
        let _ = child.kill();
        panic!("it does not say where it listens: {}", std::fs::read_to_string(log).unwrap_or_default());
    };
    // Reads the rest, so that the process never writes into a full pipe.
    std::thread::spawn(move || lines.for_each(drop));
    (child, address)
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            let mut log = String::new();
            let _ = std::fs::File::open(self.folder().join("log")).and_then(|mut file| file.read_to_string(&mut log));
            eprintln!("the gateway's log:\n{log}");
        }
    }
}
