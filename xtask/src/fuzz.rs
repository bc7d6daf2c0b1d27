//! `fuzz`: the fuzz targets of `fuzz/`, on the pinned toolchain, for a while each.
//!
//! - The seeds are made from the project's own cases (`seeds`); what a run finds interesting stays in `fuzz/corpus`, which is
//!   nobody's but this checkout's.
//! - A finding ends the command. Its input stands in `fuzz/artifacts`; it becomes a case in a test first, and is mended then.
//!
//! ```text
//! rewrite: 184220 runs in 301 s, nothing found
//! ```

mod seeds;

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::shell::{Failure, Outcome, answers, cargo, print, program, root, run, say, target};

const TARGETS: &[&str] =
    &["lex", "read", "rewrite", "filter", "scope", "template", "datafile", "store", "token", "request"];

/// How long each target runs, in seconds, unless `--seconds` says so.
const SECONDS: u64 = 300;

/// The longest input, in bytes. What only length brings about is tested in `tests/it/sql_hostile.rs`.
const LONGEST: u32 = 2048;

/// Runs the named targets, or all.
pub(crate) fn fuzz(words: &[&str]) -> Outcome {
    let (names, seconds) = options(words)?;
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
        say("SKIPPED: the fuzz targets are built with the address sanitizer, on x86_64 Linux");
        return Ok(());
    }
    if !installed() {
        return Ok(());
    }
    let seeds = target().join("fuzz-seeds");
    seeds::make(&seeds)?;
    say("· building");
    run(&mut cargo_fuzz("build"))?;
    for name in names {
        say(&format!("· {name}"));
        one(name, &seeds, seconds)?;
    }
    Ok(())
}

/// Whether cargo-fuzz is there, or could be installed now.
fn installed() -> bool {
    if answers(cargo().args(["fuzz", "--version"])) {
        return true;
    }
    say("installing cargo-fuzz (some minutes, once) …");
    let install = ["1200", "cargo", "install", "--locked", "--quiet", "cargo-fuzz"];
    if run(&mut program("timeout", install)).is_ok() && answers(cargo().args(["fuzz", "--version"])) {
        return true;
    }
    say("SKIPPED: cargo-fuzz is not installed and cannot be had: no target was fuzzed");
    false
}

/// The sanitizers are unstable options; the pinned compiler has them all the same.
fn cargo_fuzz(command: &str) -> Command {
    let mut fuzz = cargo();
    fuzz.args(["fuzz", command]).env("RUSTC_BOOTSTRAP", "1");
    fuzz
}

fn one(name: &str, seeds: &Path, seconds: u64) -> Outcome {
    let corpus = root().join("fuzz/corpus").join(name);
    std::fs::create_dir_all(&corpus).map_err(|error| format!("making `{}`: {error}", corpus.display()))?;
    let mut fuzz = cargo_fuzz("run");
    fuzz.arg(name).arg(&corpus).arg(seeds.join(name)).arg("--");
    fuzz.args([format!("-max_total_time={seconds}"), format!("-max_len={LONGEST}")]);
    fuzz.args(["-timeout=20", "-rss_limit_mb=3072", "-print_final_stats=0", "-verbosity=1"]);
    fuzz.arg(format!("-dict={}", seeds.join("words.dict").display()));
    let mut child =
        fuzz.stderr(Stdio::piped()).spawn().map_err(|error| format!("`cargo fuzz` does not start: {error}"))?;
    let talk = BufReader::new(child.stderr.take().ok_or("no pipe".to_owned())?);
    let (mut done, mut last) = (None, Vec::new());
    for line in talk.lines() {
        let line = line.map_err(|error| format!("reading what the target says: {error}"))?;
        done = done.or(runs(&line));
        // Its pulse is of no interest; what stands before its end is.
        if !line.starts_with('#') {
            last.push(line);
        }
    }
    let status = child.wait().map_err(|error| format!("waiting for the target: {error}"))?;
    match done {
        Some((runs, seconds)) if status.success() => {
            print(&format!("{name}: {runs} runs in {seconds} s, nothing found"));
            Ok(())
        }
        _ => {
            last.iter().for_each(|line| say(line));
            say(&format!("{name}: found something: the input is in fuzz/artifacts/{name}"));
            Err(Failure::Said)
        }
    }
}

/// `Done 184220 runs in 301 second(s)`.
fn runs(line: &str) -> Option<(u64, u64)> {
    let (runs, seconds) = line.strip_prefix("Done ")?.split_once(" runs in ")?;
    Some((runs.parse().ok()?, seconds.strip_suffix(" second(s)")?.parse().ok()?))
}

fn options<'w>(words: &[&'w str]) -> Outcome<(Vec<&'w str>, u64)> {
    let (mut names, mut seconds) = (Vec::new(), SECONDS);
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "--seconds" => {
                let number = words.next().and_then(|number| number.parse().ok());
                seconds = number.ok_or("`--seconds` takes a number".to_owned())?;
            }
            name if TARGETS.contains(&name) => names.push(name),
            other => return Err(format!("no target `{other}`; there are {}", TARGETS.join(", ")).into()),
        }
    }
    Ok((if names.is_empty() { TARGETS.to_vec() } else { names }, seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_run_is_understood() {
        assert_eq!(runs("Done 184220 runs in 301 second(s)"), Some((184_220, 301)));
        assert_eq!(runs("Done 1 runs"), None);
        assert_eq!(runs("#1024\tpulse"), None);
    }

    #[test]
    fn options_are_targets_and_a_time() {
        assert!(options(&["lex", "--seconds", "7"]).is_ok_and(|(names, seconds)| names == ["lex"] && seconds == 7));
        assert!(options(&[]).is_ok_and(|(names, seconds)| names == TARGETS && seconds == SECONDS));
        assert!(options(&["x"]).is_err() && options(&["--seconds"]).is_err());
    }

    #[test]
    fn every_target_is_known_by_name() {
        let manifest = std::fs::read_to_string(root().join("fuzz/Cargo.toml")).unwrap_or_default();
        let names: Vec<&str> =
            manifest.lines().filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"')).collect();
        assert_eq!(names.get(1..), Some(TARGETS));
    }
}
