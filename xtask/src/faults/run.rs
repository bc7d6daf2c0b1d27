//! Runs of the copy's tests, with and without a fault.

use std::collections::BTreeSet;
use std::process::Command;

use crate::engines::Engines;
use crate::shell::{Outcome, say};

use super::list::Fault;
use super::switch::VARIABLE;
use super::tree::Tree;

/// What runs for a fault that names no tests of its own: first those that take a second, then all that could see a hidden
/// row, and what they stand on.
const TESTS: [&str; 2] = [QUICK, ALL];
const QUICK: &str =
    "test(/^(sql|authz|store|gateway|upstream|token)::/) | test(/^(sql_rewrite|sql_vectors|authz_matrix)::/)";
const ALL: &str = "test(/^(sql|differential|twins|authz|http|store|gateway|upstream|token)/)";

/// Nextest's exit codes (`nextest-metadata`, `NextestExitCode`).
const TEST_RUN_FAILED: i32 = 100;
const BUILD_FAILED: i32 = 101;

/// What became of one fault.
pub(super) enum Fate {
    /// The first test that failed.
    Caught(String),
    Survived,
    /// What the compiler says.
    DoesNotCompile(String),
}

/// The sets of tests of one fault, the quickest first.
fn sets(fault: &Fault) -> Vec<&str> {
    fault.tests.as_deref().map_or_else(|| TESTS.to_vec(), |tests| vec![tests])
}

/// The copy's tests.
pub(super) struct Tests<'a> {
    tree: &'a Tree,
    engines: &'a Engines,
    /// The sets that have passed with no fault on: only those can show one.
    sound: BTreeSet<String>,
}

impl<'a> Tests<'a> {
    pub(super) fn of(tree: &'a Tree, engines: &'a Engines) -> Self {
        Self { tree, engines, sound: BTreeSet::new() }
    }

    /// Runs with no fault on what will show these, but for what is only asked when all else has passed.
    pub(super) fn begin(&mut self, faults: &[&Fault]) -> Outcome {
        say("· the tests without a fault");
        let sets: BTreeSet<&str> = faults.iter().flat_map(|fault| sets(fault)).filter(|set| *set != ALL).collect();
        let any: Vec<String> = sets.iter().map(|set| format!("({set})")).collect();
        self.pass(&any.join(" | "))?;
        self.sound.extend(sets.into_iter().map(str::to_owned));
        Ok(())
    }

    /// Runs a set with no fault on, once; it must pass.
    fn pass(&mut self, tests: &str) -> Outcome {
        if self.sound.contains(tests) {
            return Ok(());
        }
        match self.run(tests, 0)? {
            Fate::Survived => {}
            Fate::Caught(test) => return Err(format!("without any fault, `{test}` fails").into()),
            Fate::DoesNotCompile(talk) => {
                return Err(format!("without any fault, it does not compile:\n{talk}").into());
            }
        }
        self.sound.insert(tests.to_owned());
        Ok(())
    }

    /// Runs one set of the fault's tests after the other, until one fails.
    pub(super) fn fate(&mut self, fault: &Fault, number: usize) -> Outcome<Fate> {
        for tests in sets(fault) {
            // One that is seeded alone cannot be switched off; its sets were run before it, but perhaps for the last.
            if number > 0 {
                self.pass(tests)?;
            }
            let fate = self.run(tests, number)?;
            if !matches!(fate, Fate::Survived) {
                return Ok(fate);
            }
        }
        Ok(Fate::Survived)
    }

    fn run(&self, tests: &str, number: usize) -> Outcome<Fate> {
        let mut nextest: Command = self.tree.cargo();
        nextest.args(["nextest", "run", "--package", "portcullis", "--lib", "--test", "it", "--color", "never"]);
        nextest.args(["--max-fail", "1:immediate", "--failure-output", "never", "--status-level", "fail", "-E", tests]);
        nextest.env(VARIABLE, number.to_string());
        self.engines.equip(&mut nextest);
        let output = nextest.output().map_err(|error| format!("`cargo nextest` does not start: {error}"))?;
        let talk = String::from_utf8_lossy(&output.stderr);
        match output.status.code() {
            Some(0) => Ok(Fate::Survived),
            Some(TEST_RUN_FAILED) => Ok(Fate::Caught(first_failure(&talk))),
            Some(BUILD_FAILED) => Ok(Fate::DoesNotCompile(talk.into_owned())),
            _ => Err(format!("the tests did not run:\n{talk}").into()),
        }
    }
}

/// `FAIL [   0.012s] ( 7/90) portcullis::it twins::tables_in_memory`: its last word.
fn first_failure(talk: &str) -> String {
    let is_end = |line: &&str| ["FAIL [", "TIMEOUT [", "SIG", "ABORT ["].iter().any(|end| line.starts_with(end));
    let line = talk.lines().map(str::trim_start).find(is_end);
    line.and_then(|line| line.split_whitespace().last()).unwrap_or("a test that nextest does not name").to_owned()
}
