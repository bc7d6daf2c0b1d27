//! What a mutated file consists of: the mutants, the outcomes whose coverage is recorded, and the text to insert.

use std::collections::BTreeMap;
use std::ops::Range;

/// One change to a file, compiled in behind a switch.
#[derive(Debug, Clone)]
pub(super) struct Mutant {
    /// Its number, for the switch.
    pub(super) number: usize,
    /// The line that it changes.
    pub(super) line: usize,
    /// What names it in `tests/data/mutants.txt`: file, function, change. It holds no line, so that edits elsewhere keep it.
    pub(super) key: String,
}

/// One outcome of a condition, or one arm of a match.
#[derive(Debug, Clone)]
pub(super) struct Branch {
    pub(super) file: String,
    pub(super) line: usize,
    pub(super) what: String,
    /// Whether it is a condition, with two outcomes.
    pub(super) both: bool,
}

/// All that is compiled into one copy. Numbers begin at 1: 0 is no mutant.
#[derive(Debug, Default)]
pub(super) struct Sites {
    pub(super) mutants: Vec<Mutant>,
    pub(super) branches: Vec<Branch>,
}

/// Insertions into one file. They nest: of two at one place, the outer opens first and closes last.
#[derive(Debug, Default)]
pub(super) struct Insertions {
    /// By place; the length of what is wrapped, and the text.
    opening: BTreeMap<usize, Vec<(usize, String)>>,
    closing: BTreeMap<usize, Vec<(usize, String)>>,
}

impl Insertions {
    pub(super) fn wrap(&mut self, range: &Range<usize>, before: String, after: &str) {
        self.opening.entry(range.start).or_default().push((range.len(), before));
        self.closing.entry(range.end).or_default().push((range.len(), after.to_owned()));
    }

    /// Text that wraps nothing.
    pub(super) fn insert(&mut self, at: usize, text: String) {
        self.closing.entry(at).or_default().push((usize::MAX, text));
    }

    pub(super) fn apply(mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() * 3);
        for (at, c) in text.char_indices() {
            self.at(at, &mut out);
            out.push(c);
        }
        self.at(text.len(), &mut out);
        out
    }

    fn at(&mut self, at: usize, out: &mut String) {
        // Sorting is stable: of two that wrap the same, the first to open is the last to close.
        if let Some(mut texts) = self.closing.remove(&at) {
            texts.reverse();
            texts.sort_by_key(|(length, _)| *length);
            texts.iter().for_each(|(_, text)| out.push_str(text));
        }
        if let Some(mut texts) = self.opening.remove(&at) {
            texts.sort_by_key(|(length, _)| std::cmp::Reverse(*length));
            texts.iter().for_each(|(_, text)| out.push_str(text));
        }
    }
}
