//! Many seeds, on every core, with one tally at the end: what the proofs have in common.
//!
//! `PORTCULLIS_PROOF_SEED` is the first seed (0 without it); each proof uses as many from there on as it says, or as
//! `PORTCULLIS_PROOF_COUNT` says. A case that is wrong is told with its seed and with the shortest statement that is still
//! wrong: `PORTCULLIS_PROOF_SEED=… PORTCULLIS_PROOF_COUNT=1 cargo xtask test -E 'test(…)'` shows it again.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// What became of one seed.
pub(crate) enum Verdict {
    /// It was proven.
    Proven,
    /// The gateway refused it: nothing to prove. The reason.
    Refused(String),
    /// No engine runs it: nothing to prove. What the engine says.
    Unrun(String),
    /// The proof failed. What is wrong.
    Wrong(String),
}

/// What became of all.
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) proven: u64,
    pub(crate) refused: u64,
    pub(crate) unrun: u64,
    wrong: Vec<String>,
    reasons: BTreeMap<String, u64>,
}

/// That many seeds, from the one that the environment says; fewer, where it says so.
pub(crate) fn seeds(count: u64) -> Range<u64> {
    let number = |name| std::env::var(name).ok().and_then(|number| number.parse::<u64>().ok());
    let first = number("PORTCULLIS_PROOF_SEED").unwrap_or(0);
    first..first + count.min(number("PORTCULLIS_PROOF_COUNT").unwrap_or(u64::MAX))
}

/// Judges every seed, two at a time; each thread makes its own `tools`.
pub(crate) fn run<T>(
    name: &str,
    seeds: Range<u64>,
    tools: impl Fn() -> T + Sync,
    judge: impl Fn(&mut T, u64) -> Verdict + Sync,
) -> Tally {
    let next = AtomicU64::new(seeds.start);
    let tally = Mutex::new(Tally::default());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut tools = tools();
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds.end {
                        return;
                    }
                    let verdict = judge(&mut tools, seed);
                    let is_wrong = matches!(verdict, Verdict::Wrong(_));
                    let mut tally = tally.lock().unwrap();
                    tally.count(seed, verdict);
                    if is_wrong && tally.wrong.len() >= 5 {
                        next.store(seeds.end, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    let tally = tally.into_inner().unwrap();
    eprintln!(
        "PROOF {name}: {} proven, {} refused, {} not run, {} wrong, of seeds {}..{}",
        tally.proven,
        tally.refused,
        tally.unrun,
        tally.wrong.len(),
        seeds.start,
        seeds.end
    );
    let mut reasons: Vec<_> = tally.reasons.iter().collect();
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    for (reason, count) in reasons.into_iter().take(12) {
        eprintln!("  {count} × {reason}");
    }
    tally
}

impl Tally {
    fn count(&mut self, seed: u64, verdict: Verdict) {
        match verdict {
            Verdict::Proven => self.proven += 1,
            Verdict::Refused(why) => {
                self.refused += 1;
                *self.reasons.entry(format!("refused: {}", head(&why))).or_default() += 1;
            }
            Verdict::Unrun(why) => {
                self.unrun += 1;
                *self.reasons.entry(format!("not run: {}", head(&why))).or_default() += 1;
            }
            Verdict::Wrong(why) => self.wrong.push(format!("seed {seed}: {why}")),
        }
    }

    /// Fails where anything was wrong, or fewer than `least` percent were proven.
    pub(crate) fn demand(&self, least: u64) {
        assert!(self.wrong.is_empty(), "{} wrong:\n\n{}", self.wrong.len(), self.wrong.join("\n\n"));
        let all = self.proven + self.refused + self.unrun;
        assert!(self.proven * 100 >= all * least, "only {} of {all} were proven", self.proven);
    }
}

fn head(why: &str) -> String {
    let line: String = why.lines().next().unwrap_or_default().chars().take(110).collect();
    // Numbers and names differ from one to the next.
    line.chars().map(|c| if c.is_ascii_digit() { '#' } else { c }).collect()
}

/// The shortest statement that is still wrong, found by leaving out runs of words. Bounded in steps.
pub(crate) fn shrink(statement: &str, is_wrong: &mut dyn FnMut(&str) -> bool) -> String {
    let mut pieces: Vec<String> = pieces(statement);
    let mut steps = 0;
    let mut length = pieces.len() / 2;
    while length > 0 {
        let mut start = 0;
        while start + length <= pieces.len() && steps < 1500 {
            steps += 1;
            let kept: Vec<String> = pieces[..start].iter().chain(&pieces[start + length..]).cloned().collect();
            if is_wrong(&kept.concat()) {
                pieces = kept;
            } else {
                start += 1;
            }
        }
        length = if length > 12 { length / 2 } else { length - 1 };
    }
    pieces.concat()
}

/// Words, strings and symbols, each with the blank behind it.
fn pieces(statement: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let mut in_string = false;
    let mut last = ' ';
    for character in statement.chars() {
        let joins = in_string
            || character == ' '
            || ((character.is_alphanumeric() || character == '_') && (last.is_alphanumeric() || last == '_'));
        if character == '\'' {
            in_string = !in_string;
        }
        match pieces.last_mut() {
            Some(piece) if joins => piece.push(character),
            _ => pieces.push(character.to_string()),
        }
        last = character;
    }
    pieces
}

#[test]
fn what_is_not_needed_is_left_out() {
    let mut is_wrong = |text: &str| text.contains("bad") && text.matches('(').count() == text.matches(')').count();
    assert_eq!(shrink("SELECT f(1, 'x y'), bad FROM (SELECT 1) AS t", &mut is_wrong), "bad ");
}
