//! The project's task runner: `cargo xtask <command>`.
//!
//! `check` is what CI runs, no more and no less. Engines that need a download are kept outside the tree, in
//! `$XDG_CACHE_HOME/portcullis` (else `~/.cache/portcullis`); what cannot be had is named in a line that starts with
//! `SKIPPED:`, and the run goes on without it, unless `CI=true` or `--strict` says that ClickHouse must be there.

mod bench;
mod cache;
mod check;
mod engines;
mod faults;
mod functions;
mod fuzz;
mod http;
mod mutants;
mod nightly;
mod shell;

use std::env;
use std::process::ExitCode;

use shell::{Outcome, print, say};

const USAGE: &str = "\
usage: cargo xtask <command>

  check [--strict]            everything that CI checks: format, lints, docs, doctests, licences, a tenth of the faults, tests
  test [--strict] [FILTER…]   start the engines and run the tests (arguments go to nextest)
  engines up                  start the engines, print their environment, stay until `down` or ctrl-c
  engines down                stop what `engines up` started
  functions                   what the running ClickHouse has that neither function list names
  faults [NAME…]              seed faults in a copy of the tree, one after another: each must fail a test (20 min)
  fuzz [TARGET…] [--seconds N]
                              the fuzz targets, 300 s each, on seeds from the project's own cases
  nightly [--seed N] [--count N]
                              the proofs with other seeds than CI's, until N statements (1000000) were judged
  mutants [FILE…]             change files of the SQL core (below src/sql) in every small way: each must fail a test (10 min)
  project DIR…                serve Tinybird projects over ClickHouse, with rows of two tenants, and ask every endpoint
  acceptance [DIRECTORY]      how much of the SQL in a directory of *.jsonl files is accepted (default ../shared/corpora)
  bench [NAME] [ARGUMENT…]    the benchmarks: rewrite, store; revocation is a report of its own
  help                        this text

environment:
  CI=true                     as --strict: a missing ClickHouse is a failure
  XDG_CACHE_HOME              where fetched engines are kept (default ~/.cache)
";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(shell::Failure::Said) => ExitCode::FAILURE,
        Err(shell::Failure::Because(reason)) => {
            say(&format!("error: {reason}"));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Outcome {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["check", rest @ ..] => check::check(strict(rest).0),
        ["test", rest @ ..] => {
            let (strict, filters) = strict(rest);
            check::test(strict, &filters)
        }
        ["engines", "up"] => engines::hold(),
        ["engines", "down"] => engines::release(),
        ["functions"] => functions::compare(),
        ["faults", names @ ..] => faults::faults(names),
        ["fuzz", options @ ..] => fuzz::fuzz(options),
        ["nightly", options @ ..] => nightly::nightly(options),
        ["mutants", names @ ..] => mutants::mutants(names),
        ["project", folders @ ..] if !folders.is_empty() => check::project(folders),
        ["acceptance"] => check::acceptance(None),
        ["acceptance", directory] => check::acceptance(Some(directory)),
        ["bench", rest @ ..] => bench::bench(rest),
        ["help" | "--help" | "-h"] => {
            print(USAGE.trim_end());
            Ok(())
        }
        [] => Err(shell::Failure::Because(format!("a command is missing\n\n{USAGE}"))),
        other => Err(shell::Failure::Because(format!("no command `{}`\n\n{USAGE}", other.join(" ")))),
    }
}

/// Takes `--strict` out of the arguments; `CI=true` says the same.
fn strict<'a>(arguments: &[&'a str]) -> (bool, Vec<&'a str>) {
    let asked = arguments.contains(&"--strict") || env::var("CI").is_ok_and(|value| value == "true");
    (asked, arguments.iter().copied().filter(|word| *word != "--strict").collect())
}
