//! The switch between the mutants, as the mutated crate has it. `MUTANT` is the number of the one that is on.
//!
//! With `MUTANT_RECORD`, the file of that name gets a line for each mutant (`m`) and each outcome of a condition (`t`, `f`)
//! or arm of a match (`a`) that is reached.

use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{LazyLock, Mutex};

static ACTIVE: LazyLock<usize> = LazyLock::new(|| {
    let active = std::env::var("MUTANT").ok().and_then(|number| number.parse().ok()).unwrap_or(0);
    if active > 0 {
        // The first failure is enough.
        std::panic::set_hook(Box::new(|_| std::process::exit(101)));
    }
    active
});
static RECORD: LazyLock<Option<Mutex<std::fs::File>>> = LazyLock::new(|| {
    let path = std::env::var_os("MUTANT_RECORD")?;
    let file = std::fs::OpenOptions::new().append(true).create(true).open(path).ok()?;
    Some(Mutex::new(file))
});

/// What is written already, for each kind.
static WRITTEN: [[AtomicBool; 1 << 14]; 4] = [const { [const { AtomicBool::new(false) }; 1 << 14] }; 4];

fn record(kind: usize, number: usize) {
    if let Some(file) = &*RECORD {
        let written = WRITTEN[kind].get(number).is_some_and(|written| written.swap(true, Relaxed));
        if let (false, Ok(mut file)) = (written, file.lock()) {
            let _ = writeln!(file, "{} {number}", ["m", "t", "f", "a"][kind]);
        }
    }
}

/// Whether that mutant is on.
pub fn on(number: usize) -> bool {
    record(0, number);
    *ACTIVE == number
}

/// Whether that mutant is not on.
pub fn off(number: usize) -> bool {
    !on(number)
}

/// A condition's outcome.
pub fn seen(number: usize, outcome: bool) -> bool {
    record(if outcome { 1 } else { 2 }, number);
    outcome
}

/// An arm of a match.
pub fn reach(number: usize) {
    record(3, number);
}
