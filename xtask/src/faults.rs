//! `faults`: seeds one fault after another, to show that the tests can fail.
//!
//! - A fault is a replacement in the sources, kept in `tests/data/faults.txt` (`list` reads it). It is made in a copy of
//!   the working tree (`tree`), never in the tree itself.
//! - Those that lie in a function's body are compiled at once, each behind a switch (`switch`); the others are built one
//!   after another.
//! - The copy is tested first with no fault on, and must pass.
//! - Caught is a fault whose run of the tests fails. One that does not compile shows nothing about them and is a failure
//!   of the list, unless it says `compiles: no`.
//!
//! ```text
//! caught  cte-keeps-its-name  by sql_rewrite::every_statement_is_written_as_reviewed
//! SURVIVED  second-reader-skipped
//! ```

mod list;
mod switch;
mod tree;

use std::collections::BTreeSet;
use std::process::{Command, Output};
use std::time::Instant;

use crate::engines::Engines;
use crate::shell::{Failure, Outcome, print, program, read, root, say};

use list::Fault;
use tree::Tree;

/// What runs for a fault that names no tests of its own: first those that take a second, then all that could see a hidden
/// row, and what they stand on.
const TESTS: [&str; 2] = [QUICK, ALL];
const QUICK: &str =
    "test(/^(sql|authz|store|gateway|upstream|token)::/) | test(/^(sql_rewrite|sql_vectors|authz_matrix)::/)";
const ALL: &str = "test(/^(sql|differential|twins|authz|http|store|gateway|upstream|token)/)";

/// How many parts the list has in CI, which runs one of them.
const PARTS: usize = 10;

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

/// What became of all.
#[derive(Debug, Default)]
struct Tally {
    caught: usize,
    survived: usize,
    broken: usize,
}

/// Seeds the named faults, or all.
pub(crate) fn faults(names: &[&str]) -> Outcome {
    let faults = list::read()?;
    let chosen = chosen(&faults, names)?;
    say("· engines");
    seed(&faults, &chosen, &Engines::up(true)?)
}

/// Seeds one part of the list, another for each commit; all of it must compile.
pub(crate) fn part(engines: &Engines) -> Outcome {
    let faults = list::read()?;
    let commit = read(program("git", ["rev-parse", "HEAD"]).current_dir(root()))?;
    let part = commit.bytes().take(8).fold(0, |sum, byte| sum + usize::from(byte)) % PARTS;
    let chosen: Vec<&Fault> = faults.iter().skip(part).step_by(PARTS).collect();
    say(&format!("· {} of {} faults, part {} of {PARTS}", chosen.len(), faults.len(), part + 1));
    seed(&faults, &chosen, engines)
}

/// Seeds the chosen ones. What is not chosen is compiled where that costs no build of its own.
fn seed(faults: &[Fault], chosen: &[&Fault], engines: &Engines) -> Outcome {
    let tree = Tree::make()?;
    faults.iter().try_for_each(|fault| tree.check(fault).map_err(|reason| stale(fault, &reason)))?;
    let mut tally = Tally::default();
    let switched = at_once(&tree, tree.switchable(faults)?, &mut tally)?;
    say("· the tests without a fault");
    match fate(&tree, engines, &[&tests_of(chosen)], 0)? {
        Fate::Survived => {}
        Fate::Caught(test) => return Err(format!("without any fault, `{test}` fails").into()),
        Fate::DoesNotCompile(talk) => return Err(format!("without any fault, it does not compile:\n{talk}").into()),
    }
    let is_chosen = |fault: &Fault| chosen.iter().any(|chosen| chosen.name == fault.name);
    let begin = |fault: &Fault| {
        say(&format!("· {}", fault.name));
        Instant::now()
    };
    for (position, fault) in switched.iter().enumerate().filter(|(_, fault)| is_chosen(fault)) {
        let start = begin(fault);
        tally.count(fault, fate(&tree, engines, &sets(fault), position + 1)?, start);
    }
    tree.mend()?;
    let fits = tree.switchable(faults)?;
    for fault in chosen.iter().filter(|fault| !fits.iter().any(|fits| fits.name == fault.name)) {
        let start = begin(fault);
        let seeded = tree.seed(fault)?;
        let fate = fate(&tree, engines, &sets(fault), 0);
        drop(seeded);
        tally.count(fault, fate?, start);
    }
    let Tally { caught, survived, broken } = tally;
    if broken > 0 {
        say(&format!("{broken} did not compile: nothing is known of the tests"));
    }
    print(&format!("{caught} caught, {survived} survived"));
    if survived + broken == 0 { Ok(()) } else { Err(Failure::Said) }
}

/// Compiles them behind their switch; gives those that compile, in the order of their numbers.
fn at_once<'a>(tree: &Tree, mut faults: Vec<&'a Fault>, tally: &mut Tally) -> Outcome<Vec<&'a Fault>> {
    say(&format!("· {} faults, compiled at once", faults.len()));
    loop {
        tree.switch(&faults)?;
        let mut build = tree.cargo();
        build.args(["test", "--no-run", "--quiet", "--package", "portcullis", "--lib", "--test", "it"]);
        let output = build.output().map_err(|error| format!("`cargo` does not start: {error}"))?;
        if output.status.success() {
            return Ok(faults);
        }
        let talk = String::from_utf8_lossy(&output.stderr);
        let errors: Vec<&str> =
            talk.split("\n\n").filter(|message| message.trim_start().starts_with("error")).collect();
        let blamed = tree.blamed(&errors.join("\n"));
        if blamed.is_empty() {
            return Err(format!("with no fault to blame, the copy does not compile:\n{talk}").into());
        }
        say(&errors.join("\n\n"));
        for name in &blamed {
            print(&format!("does not compile  {name}"));
        }
        tally.broken += blamed.len();
        faults.retain(|fault| !blamed.contains(&fault.name));
    }
}

impl Tally {
    fn count(&mut self, fault: &Fault, fate: Fate, start: Instant) {
        match fate {
            Fate::Caught(test) => {
                self.caught += 1;
                print(&format!("caught  {}  by {test}", fault.name));
            }
            Fate::DoesNotCompile(talk) if fault.compiles => {
                self.broken += 1;
                say(&talk);
                print(&format!("does not compile  {}", fault.name));
            }
            Fate::DoesNotCompile(_) => {
                self.caught += 1;
                print(&format!("caught  {}  by the compiler", fault.name));
            }
            Fate::Survived => {
                self.survived += 1;
                print(&format!("SURVIVED  {}", fault.name));
            }
        }
        say(&format!("  {} s", start.elapsed().as_secs()));
    }
}

fn chosen<'a>(faults: &'a [Fault], names: &[&str]) -> Outcome<Vec<&'a Fault>> {
    if let Some(unknown) = names.iter().find(|name| !faults.iter().any(|fault| fault.name == **name)) {
        return Err(format!("no fault is named `{unknown}`").into());
    }
    Ok(faults.iter().filter(|fault| names.is_empty() || names.contains(&fault.name.as_str())).collect())
}

fn stale(fault: &Fault, reason: &Failure) -> Failure {
    Failure::Because(format!("the fault `{}` is stale: {reason}", fault.name))
}

/// The tests of one fault, the quickest first.
fn sets(fault: &Fault) -> Vec<&str> {
    fault.tests.as_deref().map_or_else(|| TESTS.to_vec(), |tests| vec![tests])
}

/// Whatever may run for these.
fn tests_of(faults: &[&Fault]) -> String {
    let sets: BTreeSet<String> = faults.iter().flat_map(|fault| sets(fault)).map(|set| format!("({set})")).collect();
    sets.into_iter().collect::<Vec<_>>().join(" | ")
}

/// Runs one set of tests after the other, until one fails.
fn fate(tree: &Tree, engines: &Engines, sets: &[&str], number: usize) -> Outcome<Fate> {
    for tests in sets {
        let output = run(tree, engines, tests, number)?;
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

fn run(tree: &Tree, engines: &Engines, tests: &str, number: usize) -> Outcome<Output> {
    let mut nextest: Command = tree.cargo();
    nextest.args(["nextest", "run", "--package", "portcullis", "--lib", "--test", "it", "--color", "never"]);
    nextest.args(["--max-fail", "1:immediate", "--failure-output", "never", "--status-level", "fail", "-E", tests]);
    nextest.env(switch::VARIABLE, number.to_string());
    engines.equip(&mut nextest);
    nextest.output().map_err(|error| format!("`cargo nextest` does not start: {error}").into())
}

/// `FAIL [   0.012s] ( 7/90) portcullis::it twins::tables_in_memory`: its last word.
fn first_failure(talk: &str) -> String {
    let is_end = |line: &&str| ["FAIL [", "TIMEOUT [", "SIG", "ABORT ["].iter().any(|end| line.starts_with(end));
    let line = talk.lines().map(str::trim_start).find(is_end);
    line.and_then(|line| line.split_whitespace().last()).unwrap_or("a test that nextest does not name").to_owned()
}
