//! The real upstreams that the tests run against, started on free ports of 127.0.0.1.
//!
//! They live as long as the [`Engines`] value: dropping it ends each by its own process id. Should the runner be killed
//! first, the tether (`tests/engines/tether.c`) has the kernel end them.

mod clickhouse;
mod datasette;
mod postgres;
mod roapi;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::cache;
use crate::http;
use crate::shell::{Failure, Outcome, print, program, read, root, say, target};

/// How long an engine may take to its first answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// The running engines and what the tests are told about them.
#[derive(Debug)]
pub(crate) struct Engines {
    children: Vec<Child>,
    environment: Vec<(&'static str, String)>,
    folder: PathBuf,
    /// Folders outside of it that go with it.
    elsewhere: Vec<PathBuf>,
    tether: Option<PathBuf>,
}

impl Engines {
    /// Starts all that can be had. What cannot is said; without ClickHouse, `strict` fails.
    pub(crate) fn up(strict: bool) -> Outcome<Self> {
        let mut engines = Self::bare()?;
        if let Err(reason) = clickhouse::start(&mut engines) {
            if strict {
                return Err(format!("ClickHouse is not to be had: {reason}").into());
            }
            skipped("ClickHouse and every test that needs it", &reason);
        }
        match cache::python("requirements.txt") {
            Ok(python) => engines.with_python(&python),
            Err(reason) => skipped("roapi, datasette and the Python clients", &reason),
        }
        match cache::python("requirements-sql.txt") {
            Ok(place) => engines.tell("PORTCULLIS_TEST_SQL_PYTHON", place.join("bin/python").display()),
            Err(reason) => skipped("DuckDB, DataFusion and the driver for PostgreSQL", &reason),
        }
        match cache::python("requirements-readers.txt") {
            Ok(place) => engines.tell("PORTCULLIS_TEST_READERS", place.join("bin/python").display()),
            Err(reason) => skipped("sqlglot and pglast, which read what is written", &reason),
        }
        if let Err(reason) = postgres::start(&mut engines) {
            skipped("PostgreSQL and every test that needs it", &reason);
        }
        match cache::python("requirements-tinybird.txt") {
            Ok(place) => engines.tell("PORTCULLIS_TEST_TB", place.join("bin/tb").display()),
            Err(reason) => skipped("the tb client", &reason),
        }
        match cache::node() {
            Ok(modules) => engines.tell("PORTCULLIS_TEST_NODE_MODULES", modules.display()),
            Err(reason) => skipped("the Node.js clients", &reason),
        }
        Ok(engines)
    }

    /// ClickHouse alone, and its port.
    pub(crate) fn clickhouse() -> Outcome<(Self, u16)> {
        let mut engines = Self::bare()?;
        let port = clickhouse::start(&mut engines)?;
        Ok((engines, port))
    }

    /// Hands what is running to a program's environment.
    pub(crate) fn equip(&self, command: &mut Command) {
        for (name, value) in &self.environment {
            command.env(name, value);
        }
    }

    fn bare() -> Outcome<Self> {
        let place = target().join("engines");
        sweep(&place);
        let folder = place.join(format!("run-{}", std::process::id()));
        fs::create_dir_all(&folder).map_err(|error| format!("making `{}`: {error}", folder.display()))?;
        let mut engines =
            Self { children: Vec::new(), environment: Vec::new(), folder, elsewhere: Vec::new(), tether: None };
        match engines.compile("tether", &[]) {
            Ok(tether) => engines.tether = Some(tether),
            Err(reason) => skipped("the tether that ends engines with a killed runner", &reason),
        }
        Ok(engines)
    }

    fn with_python(&mut self, python: &Path) {
        self.tell("PORTCULLIS_TEST_PYTHON", python.join("bin/python").display());
        if let Err(reason) = read(program(python.join("bin/python"), [script("events.py")]).arg(&self.folder)) {
            return skipped("roapi and datasette", &reason);
        }
        if let Err(reason) = roapi::start(self, python) {
            skipped("roapi and every test that needs it", &reason);
        }
        if let Err(reason) = datasette::start(self, python) {
            skipped("datasette and every test that needs it", &reason);
        }
    }

    fn tell(&mut self, name: &'static str, value: impl ToString) {
        self.environment.push((name, value.to_string()));
    }

    /// Compiles a C source of `tests/engines` into this run's folder.
    fn compile(&self, name: &str, libraries: &[&str]) -> Outcome<PathBuf> {
        let output = self.folder.join(name);
        let mut cc = program("cc", ["-O1", "-Wall", "-o"]);
        read(cc.arg(&output).arg(script(&format!("{name}.c"))).args(libraries))?;
        Ok(output)
    }

    /// A folder to be removed with this run's.
    fn throw_away(&mut self, folder: &Path) {
        self.elsewhere.push(folder.to_owned());
    }

    /// Starts one engine and waits until it answers `path`.
    fn launch(&mut self, name: &str, program: &Path, arguments: &[String], port: u16, path: &str) -> Outcome {
        self.launch_until(name, program, arguments, port, &|| http::ask(port, path, "").is_ok())
    }

    /// Starts one engine and waits until it is up. What it says goes to a log in this run's folder.
    fn launch_until(
        &mut self,
        name: &str,
        program: &Path,
        arguments: &[String],
        port: u16,
        is_up: &dyn Fn() -> bool,
    ) -> Outcome {
        let log = self.folder.join(format!("{name}.log"));
        let output = File::create(&log).map_err(|error| format!("writing `{}`: {error}", log.display()))?;
        let talk = output.try_clone().map_err(|error| format!("writing `{}`: {error}", log.display()))?;
        let mut command = match &self.tether {
            Some(tether) => {
                let mut tethered = Command::new(tether);
                tethered.arg(program);
                tethered
            }
            None => Command::new(program),
        };
        command.args(arguments).current_dir(&self.folder);
        command.stdin(Stdio::null()).stdout(output).stderr(talk);
        let child = command.spawn().map_err(|error| format!("{name} does not start: {error}"))?;
        self.children.push(child);
        self.wait(name, &log, port, is_up).inspect_err(|_| self.children.pop().iter_mut().for_each(end))
    }

    fn wait(&mut self, name: &str, log: &Path, port: u16, is_up: &dyn Fn() -> bool) -> Outcome {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            let ended = self.children.last_mut().is_none_or(|child| !matches!(child.try_wait(), Ok(None)));
            if ended {
                let talk = fs::read_to_string(log).unwrap_or_default();
                let last = talk.lines().last().unwrap_or("it said nothing").to_owned();
                return Err(format!("{name} ended at once: {last}").into());
            }
            if is_up() {
                say(&format!("{name} is up on port {port} after {} ms", start.elapsed().as_millis()));
                return Ok(());
            }
            thread::sleep(Duration::from_millis(50));
        }
        Err(format!("{name} did not answer within {} s", PATIENCE.as_secs()).into())
    }
}

impl Drop for Engines {
    fn drop(&mut self) {
        self.children.iter_mut().for_each(end);
        for folder in self.elsewhere.iter().chain([&self.folder]) {
            let _ = fs::remove_dir_all(folder);
        }
    }
}

/// What an engine wrote is thrown away, so it need not end in order.
fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

/// `engines up`: stays in the foreground until `engines down` removes the file, or ctrl-c.
pub(crate) fn hold() -> Outcome {
    let (list, owner) = (environment_file(), owner_file());
    if alive(&owner).is_some() {
        return Err("engines are up already; `cargo xtask engines down` stops them".to_owned().into());
    }
    let mut engines = Engines::up(false)?;
    let lines: String = engines.environment.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
    for (file, content) in [(&owner, std::process::id().to_string()), (&list, lines.clone())] {
        fs::write(file, content).map_err(|error| format!("writing `{}`: {error}", file.display()))?;
    }
    print(lines.trim_end());
    say(&format!("also in {}; stop with ctrl-c or `cargo xtask engines down`", list.display()));
    while list.exists() {
        if let Some(child) = engines.children.iter_mut().find_map(|child| child.try_wait().ok().flatten()) {
            let _ = fs::remove_file(&list);
            return Err(format!("an engine ended: {child}").into());
        }
        thread::sleep(Duration::from_millis(200));
    }
    // `down` waits for this file to go: the engines go first.
    drop(engines);
    let _ = fs::remove_file(owner);
    Ok(())
}

/// `engines down`: asks the holder to end, and waits until it has.
pub(crate) fn release() -> Outcome {
    let owner = owner_file();
    let _ = fs::remove_file(environment_file());
    let start = Instant::now();
    while let Some(id) = alive(&owner) {
        if start.elapsed() > Duration::from_secs(15) {
            return Err(format!("process {id} does not stop the engines").into());
        }
        thread::sleep(Duration::from_millis(100));
    }
    let _ = fs::remove_file(owner);
    Ok(())
}

/// A line that no reader of a log should miss.
pub(crate) fn skipped(what: &str, reason: &Failure) {
    say(&format!("SKIPPED: {what}: {reason}"));
}

fn script(name: &str) -> PathBuf {
    root().join("tests/engines").join(name)
}

fn environment_file() -> PathBuf {
    target().join("engines/environment")
}

fn owner_file() -> PathBuf {
    target().join("engines/owner")
}

/// The process named in the file, if it is still a task runner.
fn alive(owner: &Path) -> Option<u32> {
    let id: u32 = fs::read_to_string(owner).ok()?.trim().parse().ok()?;
    is_runner(id).then_some(id)
}

fn is_runner(id: u32) -> bool {
    fs::read_to_string(format!("/proc/{id}/comm")).is_ok_and(|name| name.trim() == "xtask")
}

/// Clears what killed runs left behind.
fn sweep(place: &Path) {
    for entry in fs::read_dir(place).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let id = name.strip_prefix("run-").and_then(|id| id.parse().ok());
        if id.is_some_and(|id| !is_runner(id)) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
