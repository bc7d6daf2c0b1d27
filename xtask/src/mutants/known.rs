//! `tests/data/mutants.txt`: mutants that make no difference to any answer.
//!
//! ```text
//! # a comment
//! emit.rs emit: `reading.lexed.text.len() * 2` becomes `reading.lexed.text.len() - 2`
//!     how much room is made beforehand
//! ```

use std::collections::HashSet;
use std::fs;

use crate::shell::{Outcome, root};

use super::site::Sites;

/// The list.
#[derive(Debug)]
pub(super) struct Known(HashSet<String>);

/// Reads the list.
pub(super) fn read() -> Outcome<Known> {
    let path = root().join("tests/data/mutants.txt");
    let text = fs::read_to_string(&path).map_err(|error| format!("reading `{}`: {error}", path.display()))?;
    parse(&text)
}

fn parse(text: &str) -> Outcome<Known> {
    let mut known = HashSet::new();
    let mut lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')).peekable();
    while let Some(key) = lines.next() {
        let mut reasons = 0;
        while lines.next_if(|line| line.starts_with(' ')).is_some() {
            reasons += 1;
        }
        if key.starts_with(' ') || reasons == 0 {
            return Err(format!("`tests/data/mutants.txt`: `{}` needs a key and a reason below it", key.trim()).into());
        }
        known.insert(key.to_owned());
    }
    Ok(Known(known))
}

impl Known {
    pub(super) fn holds(&self, key: &str) -> bool {
        self.0.contains(key)
    }

    /// Whether every entry about the files that were mutated is still a mutant.
    pub(super) fn check(&self, files: &[&str], sites: &Sites) -> Outcome {
        let keys: HashSet<&str> = sites.mutants.iter().map(|mutant| mutant.key.as_str()).collect();
        let about = |key: &&String| files.iter().any(|file| key.split(' ').next() == Some(file));
        match self.0.iter().filter(about).find(|key| !keys.contains(key.as_str())) {
            Some(stale) => Err(format!("`tests/data/mutants.txt` is stale: there is no mutant `{stale}`").into()),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_has_a_reason() {
        assert!(
            parse("# about\na b: c\n    because\n\nd e: f\n    so\n    there\n")
                .is_ok_and(|known| known.holds("d e: f"))
        );
        assert!(parse("a b: c\nd e: f\n    so\n").is_err());
        assert!(read().is_ok());
    }
}
