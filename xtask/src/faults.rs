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
enum Fate {
    /// The first test that failed.
    Caught(String),
    Survived,
    /// What the compiler says.
    DoesNotCompile(String),
}

/// Seeds the named faults, or all.
pub(crate) fn faults(names: &[&str]) -> Outcome {
    let faults = chosen(list::read()?, names)?;
    let tree = Tree::make()?;
    faults.iter().try_for_each(|fault| tree.check(fault).map_err(|reason| stale(fault, &reason)))?;
    say("· engines");
    let engines = Engines::up(true)?;
    say("· the tree without a fault");
    match fate(&tree, &engines, &[ALL])? {
        Fate::Survived => {}
        Fate::Caught(test) => return Err(format!("without any fault, `{test}` fails").into()),
        Fate::DoesNotCompile(talk) => return Err(format!("without any fault, it does not compile:\n{talk}").into()),
    }
    let (mut caught, mut survived, mut broken) = (0, 0, 0);
    for (position, fault) in faults.iter().enumerate() {
        say(&format!("· {}/{} {}", position + 1, faults.len(), fault.name));
        let start = Instant::now();
        let seeded = tree.seed(fault)?;
        let fate = match &fault.tests {
            Some(tests) => fate(&tree, &engines, &[tests]),
            None => fate(&tree, &engines, &TESTS),
        };
        drop(seeded);
        match fate? {
            Fate::Caught(test) => {
                caught += 1;
                print(&format!("caught  {}  by {test}", fault.name));
            }
            Fate::DoesNotCompile(talk) if fault.compiles => {
                broken += 1;
                say(&talk);
                print(&format!("does not compile  {}", fault.name));
            }
            Fate::DoesNotCompile(_) => {
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

/// Runs one set of tests after the other, until one fails.
fn fate(tree: &Tree, engines: &Engines, sets: &[&str]) -> Outcome<Fate> {
    for tests in sets {
        let output = run(tree, engines, tests)?;
        let talk = String::from_utf8_lossy(&output.stderr);
        match output.status.code() {
            Some(0) => {}
            Some(TEST_RUN_FAILED) => return Ok(Fate::Caught(first_failure(&talk))),
            Some(BUILD_FAILED) => return Ok(Fate::DoesNotCompile(talk.into_owned())),
            _ => return Err(format!("the tests did not run:\n{talk}").into()),
        }
    }
    Ok(Fate::Survived)
}

fn run(tree: &Tree, engines: &Engines, tests: &str) -> Outcome<Output> {
    let mut nextest: Command = tree.cargo();
    nextest.args(["nextest", "run", "--package", "portcullis", "--lib", "--test", "it", "--color", "never"]);
    nextest.args(["--max-fail", "1:immediate", "--failure-output", "never", "--status-level", "fail", "-E", tests]);
    engines.equip(&mut nextest);
    nextest.output().map_err(|error| format!("`cargo nextest` does not start: {error}").into())
}

/// `FAIL [   0.012s] ( 7/90) portcullis::it twins::tables_in_memory`: its last word.
fn first_failure(talk: &str) -> String {
    let is_end = |line: &&str| ["FAIL [", "TIMEOUT [", "SIG", "ABORT ["].iter().any(|end| line.starts_with(end));
    let line = talk.lines().map(str::trim_start).find(is_end);
    line.and_then(|line| line.split_whitespace().last()).unwrap_or("a test that nextest does not name").to_owned()
}
