//! `faults`: seeds one fault after another, to show that the tests can fail.
//!
//! - A fault is a replacement in the sources, kept in `tests/data/faults.txt` (`list` reads it). It is made in a copy of
//!   the working tree (`tree`), never in the tree itself.
//! - The unmodified copy is tested first, and must pass.
//! - Caught is a fault whose run of the tests fails. One that does not compile shows nothing about them and is a failure
//!   of the list, unless it says `compiles: no`.
//!
//! ```text
//! caught  cte-keeps-its-name  by sql_rewrite::every_statement_is_written_as_reviewed
//! SURVIVED  second-reader-skipped
//! ```

mod list;
mod tree;

use std::process::{Command, Output};
use std::time::Instant;

use crate::engines::Engines;
use crate::shell::{Failure, Outcome, print, say};

use list::Fault;
use tree::Tree;

/// What runs for a fault that names no tests of its own: all that could see a hidden row, and what they stand on.
const TESTS: &str = "test(/^(sql|differential|twins|authz|http|store|gateway|upstream)/)";

/// Nextest's exit codes (`nextest-metadata`, `NextestExitCode`).
const TEST_RUN_FAILED: i32 = 100;
const BUILD_FAILED: i32 = 101;

/// What became of one fault.
enum Fate {
    /// The first test that failed.
    Caught(String),
    Survived,
    DoesNotCompile,
}

/// Seeds the named faults, or all.
pub(crate) fn faults(names: &[&str]) -> Outcome {
    let faults = chosen(list::read()?, names)?;
    let tree = Tree::make()?;
    faults.iter().try_for_each(|fault| tree.check(fault).map_err(|reason| stale(fault, &reason)))?;
    say("· engines");
    let engines = Engines::up(true)?;
    say("· the tree without a fault");
    if let Some(test) = failed(&run(&tree, &engines, TESTS)?)? {
        return Err(format!("without any fault, `{test}` fails").into());
    }
    let (mut caught, mut survived, mut broken) = (0, 0, 0);
    for (position, fault) in faults.iter().enumerate() {
        say(&format!("· {}/{} {}", position + 1, faults.len(), fault.name));
        let start = Instant::now();
        match fate(&tree, &engines, fault)? {
            Fate::Caught(test) => {
                caught += 1;
                print(&format!("caught  {}  by {test}", fault.name));
            }
            Fate::DoesNotCompile if fault.compiles => {
                broken += 1;
                print(&format!("does not compile  {}", fault.name));
            }
            Fate::DoesNotCompile => {
                caught += 1;
                print(&format!("caught  {}  by the compiler", fault.name));
            }
            Fate::Survived => {
                survived += 1;
                print(&format!("SURVIVED  {}", fault.name));
            }
        }
        say(&format!("  {} s", start.elapsed().as_secs()));
    }
    if broken > 0 {
        say(&format!("{broken} did not compile: nothing is known of the tests"));
    }
    print(&format!("{caught} caught, {survived} survived"));
    if survived + broken == 0 { Ok(()) } else { Err(Failure::Said) }
}

fn chosen(faults: Vec<Fault>, names: &[&str]) -> Outcome<Vec<Fault>> {
    if let Some(unknown) = names.iter().find(|name| !faults.iter().any(|fault| fault.name == **name)) {
        return Err(format!("no fault is named `{unknown}`").into());
    }
    Ok(faults.into_iter().filter(|fault| names.is_empty() || names.contains(&fault.name.as_str())).collect())
}

fn stale(fault: &Fault, reason: &Failure) -> Failure {
    Failure::Because(format!("the fault `{}` is stale: {reason}", fault.name))
}

/// Seeds the fault, runs its tests, and takes it out again.
fn fate(tree: &Tree, engines: &Engines, fault: &Fault) -> Outcome<Fate> {
    let seeded = tree.seed(fault)?;
    let output = run(tree, engines, fault.tests.as_deref().unwrap_or(TESTS));
    drop(seeded);
    let output = output?;
    if output.status.code() == Some(BUILD_FAILED) {
        return Ok(Fate::DoesNotCompile);
    }
    Ok(failed(&output)?.map_or(Fate::Survived, Fate::Caught))
}

fn run(tree: &Tree, engines: &Engines, tests: &str) -> Outcome<Output> {
    let mut nextest: Command = tree.cargo();
    nextest.args(["nextest", "run", "--package", "portcullis", "--lib", "--test", "it", "--color", "never"]);
    nextest.args(["--max-fail", "1:immediate", "--failure-output", "never", "--status-level", "fail", "-E", tests]);
    engines.equip(&mut nextest);
    nextest.output().map_err(|error| format!("`cargo nextest` does not start: {error}").into())
}

/// The first test that failed, if one did; any other bad end is a failure of this runner.
fn failed(output: &Output) -> Outcome<Option<String>> {
    let talk = String::from_utf8_lossy(&output.stderr);
    match output.status.code() {
        Some(0) => Ok(None),
        Some(TEST_RUN_FAILED) => Ok(Some(first_failure(&talk))),
        _ => Err(format!("the tests did not run:\n{talk}").into()),
    }
}

/// `FAIL [   0.012s] ( 7/90) portcullis::it twins::tables_in_memory`: its last word.
fn first_failure(talk: &str) -> String {
    let is_end = |line: &&str| ["FAIL [", "TIMEOUT [", "SIG", "ABORT ["].iter().any(|end| line.starts_with(end));
    let line = talk.lines().map(str::trim_start).find(is_end);
    line.and_then(|line| line.split_whitespace().last()).unwrap_or("a test that nextest does not name").to_owned()
}
