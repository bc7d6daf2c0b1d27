//! `check` and `test`.

use std::path::PathBuf;

use crate::engines::Engines;
use crate::faults;
use crate::shell::{Outcome, answers, cargo, root, run, say};

/// Everything that CI checks, in the order in which a mistake is cheapest to find. The tests come last, so that their
/// summary is the last thing printed.
pub(crate) fn check(strict: bool) -> Outcome {
    say("· format");
    run(cargo().args(["fmt", "--all", "--check"]))?;
    say("· lints");
    run(cargo().args(["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"]))?;
    say("· documentation");
    let mut doc = cargo();
    run(doc
        .args(["doc", "--workspace", "--no-deps", "--document-private-items"])
        .env("RUSTDOCFLAGS", "--deny warnings"))?;
    say("· doctests");
    run(cargo().args(["test", "--quiet", "--workspace", "--doc"]))?;
    licences()?;
    let corpora = corpora();
    if corpora.is_dir() {
        acceptance(None)?;
    } else {
        say("SKIPPED: there are no corpora beside the project: the acceptance of other people's SQL is not measured");
    }
    say("· engines");
    let engines = Engines::up(strict)?;
    if answers(cargo().args(["nextest", "--version"])) {
        faults::part(&engines)?;
    } else {
        say("SKIPPED: cargo-nextest is not installed: that the tests can fail is not shown");
    }
    run_tests(&engines, &[])
}

/// Other people's SQL, where it is kept: never in the project.
fn corpora() -> PathBuf {
    root().join("../shared/corpora")
}

/// The acceptance report; fails where more is not understood than before.
pub(crate) fn acceptance(directory: Option<&str>) -> Outcome {
    say("· acceptance");
    let directory = directory.map_or_else(corpora, PathBuf::from);
    run(cargo().args(["run", "--quiet", "--package", "portcullis", "--example", "acceptance", "--"]).arg(directory))
}

/// Serves projects of other people's, which are kept elsewhere: `tests/it/project.rs` says what is asked and compared.
pub(crate) fn project(folders: &[&str]) -> Outcome {
    let mut paths = Vec::new();
    for folder in folders {
        let path = std::fs::canonicalize(folder).map_err(|error| format!("`{folder}`: {error}"))?;
        paths.push(path.to_string_lossy().into_owned());
    }
    say("· engines");
    let engines = Engines::up(true)?;
    say("· projects");
    let mut test = cargo();
    test.args(["test", "--quiet", "--package", "portcullis", "--test", "it", "--", "--exact", "--nocapture"]);
    test.arg("project::projects_from_outside").env("PORTCULLIS_TEST_PROJECTS", paths.join("\n"));
    engines.equip(&mut test);
    run(&mut test)
}

/// Starts the engines, runs the tests and says no word after them.
pub(crate) fn test(strict: bool, filters: &[&str]) -> Outcome {
    say("· engines");
    run_tests(&Engines::up(strict)?, filters)
}

fn run_tests(engines: &Engines, filters: &[&str]) -> Outcome {
    say("· tests");
    let mut tests = cargo();
    if answers(cargo().args(["nextest", "--version"])) {
        tests.args(["nextest", "run", "--workspace"]).args(filters);
    } else {
        say("SKIPPED: cargo-nextest is not installed, `cargo test` runs instead: no time limits, no retries");
        tests.args(["test", "--workspace", "--all-targets", "--"]).args(filters);
    }
    engines.equip(&mut tests);
    run(&mut tests)
}

/// Licences, banned crates and sources. Advisories need a list from outside, so they only count where it can be had.
fn licences() -> Outcome {
    if !answers(cargo().args(["deny", "--version"])) {
        say("SKIPPED: cargo-deny is not installed: licences, bans and advisories are unchecked");
        return Ok(());
    }
    say("· licences");
    run(cargo().args(["deny", "--log-level", "error", "check", "bans", "licenses", "sources"]))?;
    if !answers(cargo().args(["deny", "fetch", "db"])) {
        say("SKIPPED: the list of advisories cannot be fetched: advisories are unchecked");
        return Ok(());
    }
    run(cargo().args(["deny", "--log-level", "error", "check", "advisories"]))
}
