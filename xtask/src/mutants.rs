//! `mutants`: changes the SQL core in every small way and sees whether a test fails.
//!
//! - All mutants are compiled at once, each behind a switch (`mutate` lists the mutations), into a crate of their own that
//!   holds the SQL core and the tests of it that need no engine (`scratch`). So a mutant costs one run of these tests,
//!   less than a second, and no build.
//! - Only a mutant whose place is reached by a test is run; one that is not reached survives.
//! - `tests/data/mutants.txt` lists those that make no difference to any answer, each with its reason (`known`).
//! - The same run records which outcomes of each condition and which arms of each match the tests reach.
//!
//! ```text
//! SURVIVED  src/sql/emit.rs:153  emit.rs symbol: no arm for `S::Colon`
//! ```

mod constant;
mod known;
mod mutate;
mod pattern;
mod run;
mod scratch;
mod shape;
mod site;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::shell::{Failure, Outcome, print, say};

use run::Fate;
use scratch::Scratch;

/// What is mutated unless files are named: what decides which rows a query can see.
const FILES: &[&str] = &[
    "verify.rs",
    "dialect.rs",
    "dialect/functions.rs",
    "dialect/settings.rs",
    "dialect/words.rs",
    "emit.rs",
    "inject.rs",
    "inject/alias.rs",
    "inject/at_in.rs",
    "inject/hidden_columns.rs",
    "inject/mention.rs",
    "inject/names.rs",
    "inject/pipe.rs",
    "inject/prewhere.rs",
    "inject/storage.rs",
    "shared.rs",
    "shared/conversion.rs",
    "wall.rs",
    "resolve.rs",
    "lex.rs",
    "lex/blank.rs",
    "lex/number.rs",
    "lex/quoted.rs",
    "lex/symbol.rs",
    "lex/word.rs",
    "lexeme.rs",
    "keyword.rs",
    "string.rs",
    "read.rs",
    "read/access.rs",
    "read/braces.rs",
    "read/call.rs",
    "read/cursor.rs",
    "read/expression.rs",
    "read/from.rs",
    "read/interval.rs",
    "read/membership.rs",
    "read/name.rs",
    "read/operand.rs",
    "read/operator.rs",
    "read/query.rs",
    "read/scope.rs",
    "read/star.rs",
    "read/tail.rs",
    "read/type_name.rs",
    "read/word.rs",
    "admit.rs",
    "filter.rs",
    "second.rs",
    "beside.rs",
    "splice.rs",
    "expression.rs",
    "harmless.rs",
    "operands.rs",
    "named.rs",
    "prune.rs",
    "prune/column.rs",
    "prune/constant.rs",
    "prune/order.rs",
];

/// What became of one file's mutants.
#[derive(Debug, Default)]
struct Tally {
    caught: usize,
    survived: usize,
    known: usize,
    time: Duration,
}

/// Mutates the named files below `src/sql`, or all.
pub(crate) fn mutants(names: &[&str]) -> Outcome {
    let names = if names.is_empty() { FILES } else { names };
    let known = known::read()?;
    let (scratch, sites) = Scratch::make(names)?;
    say(&format!("· {} mutants, compiled at once", sites.mutants.len()));
    let tests = scratch.build()?;
    say("· the tests without a mutant");
    let reached = tests.record(&scratch)?;
    known.check(names, &sites)?;
    let mut told = "";
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    for mutant in &sites.mutants {
        let file = mutant.key.split(' ').next().unwrap_or_default();
        if file != told {
            say(&format!("· {file}"));
            told = file;
        }
        let tally = tallies.entry(file).or_default();
        if known.holds(&mutant.key) {
            tally.known += 1;
            continue;
        }
        let start = Instant::now();
        match tests.fate(mutant.number, &reached)? {
            Fate::Caught => tally.caught += 1,
            Fate::Survived { reached } => {
                tally.survived += 1;
                let why = if reached { "" } else { "  (not reached)" };
                print(&format!("SURVIVED  src/sql/{file}:{}  {}{why}", mutant.line, mutant.key));
            }
        }
        tally.time += start.elapsed();
    }
    reached.report(&sites);
    let mut survived = 0;
    for (file, tally) in &tallies {
        let all = tally.caught + tally.survived + tally.known;
        let Tally { caught, survived: alive, known, time } = tally;
        print(&format!(
            "{file}: {all} mutants, {caught} caught, {alive} survived, {known} equivalent, {} s",
            time.as_secs()
        ));
        survived += alive;
    }
    if survived == 0 { Ok(()) } else { Err(Failure::Said) }
}
