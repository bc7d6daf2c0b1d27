//! Runs of the tests, with and without a mutant.

use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::shell::{Outcome, print};

use super::scratch::Scratch;
use super::site::Sites;

/// A mutant that takes longer never ends: seconds of the processor's time, so that a busy machine makes no difference.
const PROCESSOR: &str = "5";

/// One that waits forever is ended too.
const TIMEOUT: Duration = Duration::from_secs(120);

/// What a mutant may take, in KiB: one that pushes forever is ended.
const MEMORY: usize = 4 << 20;

/// What runs, from the quickest on: a part of the name, or everything else.
const SETS: &[&[&str]] = &[&["--skip", "hostile", "--skip", "no_text_makes"], &["hostile", "no_text_makes"]];

/// What became of one mutant.
#[derive(Debug)]
pub(super) enum Fate {
    Caught,
    Survived { reached: bool },
}

/// The binaries of the tests.
#[derive(Debug)]
pub(super) struct Tests {
    binaries: Vec<PathBuf>,
    root: PathBuf,
}

/// What the tests reach: lines that the switch wrote, for each of the runs.
#[derive(Debug, Default)]
pub(super) struct Reached(Vec<HashSet<String>>);

impl Tests {
    pub(super) fn new(binaries: Vec<PathBuf>, root: PathBuf) -> Self {
        Self { binaries, root }
    }

    fn runs(&self) -> impl Iterator<Item = (&PathBuf, &'static [&'static str])> {
        SETS.iter().flat_map(|set| self.binaries.iter().map(move |binary| (binary, *set)))
    }

    /// Runs the tests without a mutant, which must pass.
    pub(super) fn record(&self, scratch: &Scratch) -> Outcome<Reached> {
        let path = scratch.place.join("reached.txt");
        let mut reached = Reached::default();
        for (binary, set) in self.runs() {
            let _ = fs::remove_file(&path);
            let mut command = self.command(binary, set, "unlimited");
            let output = command.env("MUTANT_RECORD", &path).output();
            let output = output.map_err(|error| format!("`{}` does not start: {error}", binary.display()))?;
            if !output.status.success() {
                return Err(
                    format!("without a mutant, a test fails:\n{}", String::from_utf8_lossy(&output.stdout)).into()
                );
            }
            let lines = fs::read_to_string(&path).unwrap_or_default();
            reached.0.push(lines.lines().map(str::to_owned).collect());
        }
        Ok(reached)
    }

    fn command(&self, binary: &PathBuf, set: &[&str], processor: &str) -> Command {
        let mut command = Command::new("sh");
        command
            .args(["-c", &format!("ulimit -v {MEMORY}; ulimit -t {processor}; exec \"$0\" \"$@\"")])
            .arg(binary)
            .args(set);
        // What is measured in time depends on who else uses the machine; what counts steps takes long.
        command
            .args(["--skip", "in_no_time", "--skip", "are_quick", "--skip", "steps::", "--test-threads", "1"])
            .current_dir(&self.root)
            .env("PROPTEST_CASES", "64");
        command.env_remove("MUTANT").env_remove("MUTANT_RECORD").env_remove("PORTCULLIS_BLESS");
        command
    }

    /// Runs the tests that reach the mutant, until one fails.
    pub(super) fn fate(&self, number: usize, reached: &Reached) -> Outcome<Fate> {
        let line = format!("m {number}");
        let mut any = false;
        for ((binary, set), reached) in self.runs().zip(&reached.0) {
            if !reached.contains(&line) {
                continue;
            }
            any = true;
            let mut command = self.command(binary, set, PROCESSOR);
            command.env("MUTANT", number.to_string()).stdout(Stdio::null()).stderr(Stdio::null());
            if !passes(&mut command)? {
                return Ok(Fate::Caught);
            }
        }
        Ok(Fate::Survived { reached: any })
    }
}

fn passes(command: &mut Command) -> Outcome<bool> {
    let failed = |error| format!("the tests do not run: {error}");
    let mut child = command.spawn().map_err(failed)?;
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().map_err(failed)? {
            return Ok(status.success());
        }
        if start.elapsed() > TIMEOUT {
            let _ = child.kill();
            let _ = child.wait();
            return Ok(false);
        }
        thread::sleep(Duration::from_millis(5));
    }
}

impl Reached {
    fn holds(&self, kind: char, number: usize) -> bool {
        let line = format!("{kind} {number}");
        self.0.iter().any(|run| run.contains(&line))
    }

    /// Says which branches no test takes.
    pub(super) fn report(&self, sites: &Sites) {
        let (mut all, mut taken) = (0, 0);
        for (position, branch) in sites.branches.iter().enumerate() {
            let outcomes: &[(char, &str)] =
                if branch.both { &[('t', "true"), ('f', "false")] } else { &[('a', "reached")] };
            for (kind, outcome) in outcomes {
                all += 1;
                if self.holds(*kind, position + 1) {
                    taken += 1;
                } else {
                    print(&format!("never {outcome}  src/sql/{}:{}  {}", branch.file, branch.line, branch.what));
                }
            }
        }
        print(&format!("branches: {taken} of {all} taken"));
    }
}
