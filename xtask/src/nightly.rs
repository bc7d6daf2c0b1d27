//! `nightly`: the proofs of CI again and again, each round with other seeds, until enough statements were judged.
//!
//! ```text
//! · round 3 · seeds from 20638400000 · 351202 of 1000000 judged
//! ```
//!
//! The first seed is told, and `--seed` gives it again. A round that fails says which seed was wrong and the shortest
//! statement that is; the rounds end with it.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::engines::Engines;
use crate::shell::{Failure, Outcome, cargo, print, say};

/// The tests that judge statements by seeds and say `PROOF name: N proven, N refused, …` at their end.
const PROOFS: &str = "test(/^(static_verify|differential|metamorphic|twins(_keys)?|mutated|corpora)::/)";

/// More seeds than any proof uses in one round.
const ROUND: u64 = 200_000;

/// How many statements a night judges.
const COUNT: u64 = 1_000_000;

/// What was asked for.
struct Options {
    seed: u64,
    count: u64,
}

/// Runs rounds until `--count` statements were judged.
pub(crate) fn nightly(words: &[&str]) -> Outcome {
    let options = options(words)?;
    say(&format!("· the first seed is {} (`--seed {}` gives it again)", options.seed, options.seed));
    say("· engines");
    let engines = Engines::up(true)?;
    let (mut tally, mut round, start) = (Tally::default(), 0, Instant::now());
    while tally.judged() < options.count {
        let seed = options.seed + round * ROUND;
        round += 1;
        say(&format!("· round {round} · seeds from {seed} · {} of {} judged", tally.judged(), options.count));
        proofs(&engines, seed, &mut tally)?;
    }
    print(&format!(
        "{} judged in {round} rounds and {} s: {} proven, {} refused, {} not run, 0 wrong",
        tally.judged(),
        start.elapsed().as_secs(),
        tally.proven,
        tally.refused,
        tally.not_run
    ));
    Ok(())
}

/// One round. Its tests' own words are shown where they are proofs' or a failure's.
fn proofs(engines: &Engines, seed: u64, tally: &mut Tally) -> Outcome {
    let mut tests = cargo();
    tests.args([
        "nextest",
        "run",
        "--profile",
        "nightly",
        "--package",
        "portcullis",
        "--test",
        "it",
        "--color",
        "never",
        "--no-fail-fast",
    ]);
    tests.args(["--success-output", "immediate", "--failure-output", "immediate", "--status-level", "fail"]);
    tests.args(["-E", PROOFS]).env("PORTCULLIS_PROOF_SEED", seed.to_string()).env("CI", "true");
    engines.equip(&mut tests);
    let mut child =
        tests.stderr(Stdio::piped()).spawn().map_err(|error| format!("`cargo nextest` does not start: {error}"))?;
    let before = tally.proofs;
    let mut failed = false;
    for line in BufReader::new(child.stderr.take().ok_or("no pipe".to_owned())?).lines() {
        let line = line.map_err(|error| format!("reading what the tests say: {error}"))?;
        let is_proof = tally.count(line.trim_start());
        failed |= line.contains("panicked at") || line.trim_start().starts_with("error");
        if is_proof || failed {
            say(&line);
        }
    }
    let status = child.wait().map_err(|error| format!("waiting for the tests: {error}"))?;
    if !status.success() {
        say(&format!("this round's seeds begin at {seed}"));
        return Err(Failure::Said);
    }
    if tally.proofs == before {
        return Err("the tests told of no proof".to_owned().into());
    }
    Ok(())
}

/// What the proofs told.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    proofs: u64,
    proven: u64,
    refused: u64,
    not_run: u64,
}

impl Tally {
    fn judged(&self) -> u64 {
        self.proven + self.refused + self.not_run
    }

    /// Adds a line that a proof ends with; `false` for every other line. What is judged `beside:` is no statement.
    fn count(&mut self, line: &str) -> bool {
        let Some((_, told)) = line.strip_prefix("PROOF ").and_then(|rest| rest.split_once(": ")) else { return false };
        if line.starts_with("PROOF beside") {
            return true;
        }
        for part in told.split(", ") {
            match part.split_once(' ') {
                Some((number, "proven")) => self.proven += number.parse().unwrap_or(0),
                Some((number, "refused")) => self.refused += number.parse().unwrap_or(0),
                Some((number, "not run")) => self.not_run += number.parse().unwrap_or(0),
                _ => {}
            }
        }
        self.proofs += 1;
        true
    }
}

/// Without `--seed`, every day has its own.
fn options(words: &[&str]) -> Outcome<Options> {
    let days = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() / 86_400);
    let mut options = Options { seed: days * 1_000_000, count: COUNT };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let number = words.next().and_then(|number| number.parse().ok());
        match (*word, number) {
            ("--seed", Some(number)) => options.seed = number,
            ("--count", Some(number)) => options.count = number,
            _ => return Err(format!("`nightly` takes `--seed N` and `--count N`, not `{word}`").into()),
        }
    }
    Ok(options)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_of_proofs_are_counted_and_no_others() {
        let mut tally = Tally::default();
        assert!(tally.count("PROOF static, SQLite: 29423 proven, 577 refused, 3 not run, 0 wrong, of seeds 0..30000"));
        assert!(tally.count("PROOF twins: 425 proven, 421 of them without an error"));
        assert!(tally.count("PROOF beside: scopes: 7 proven, 1 refused, 0 not run, 0 wrong, of seeds 0..8"));
        assert!(!tally.count("test twins::tables_in_memory ... ok"));
        assert_eq!(tally, Tally { proofs: 2, proven: 29_848, refused: 577, not_run: 3 });
    }

    #[test]
    fn options_are_numbers_with_a_name() {
        assert!(options(&["--seed", "7", "--count", "9"]).is_ok_and(|options| (options.seed, options.count) == (7, 9)));
        assert!(options(&["--seed"]).is_err() && options(&["7"]).is_err() && options(&["--count", "x"]).is_err());
    }
}
