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
mod run;
mod switch;
mod tree;

use std::time::Instant;

use crate::engines::Engines;
use crate::shell::{Failure, Outcome, print, program, read, root, say};

use list::Fault;
use run::{Fate, Tests};
use tree::Tree;

/// How many parts the list has in CI, which runs one of them.
const PARTS: usize = 10;

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
    let Ok(commit) = read(program("git", ["rev-parse", "HEAD"]).current_dir(root())) else {
        say("SKIPPED: this is no clone, of which a copy can be made: that the tests can fail is not shown");
        return Ok(());
    };
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
    let mut tests = Tests::of(&tree, engines);
    tests.begin(chosen)?;
    let is_chosen = |fault: &Fault| chosen.iter().any(|chosen| chosen.name == fault.name);
    for (position, fault) in switched.iter().enumerate().filter(|(_, fault)| is_chosen(fault)) {
        tally.count(fault, || tests.fate(fault, position + 1))?;
    }
    tree.mend()?;
    let fits = tree.switchable(faults)?;
    for fault in chosen.iter().filter(|fault| !fits.iter().any(|fits| fits.name == fault.name)) {
        tally.count(fault, || {
            let _seeded = tree.seed(fault)?;
            tests.fate(fault, 0)
        })?;
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
    fn count(&mut self, fault: &Fault, fate: impl FnOnce() -> Outcome<Fate>) -> Outcome {
        say(&format!("· {}", fault.name));
        let start = Instant::now();
        match fate()? {
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
        Ok(())
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
