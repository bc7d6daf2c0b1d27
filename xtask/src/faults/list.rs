//! The list of faults, `tests/data/faults.txt`.
//!
//! ```text
//! == name
//! One line of why it is dangerous.
//! tests: test(/^sql_/)
//! compiles: no
//! file: src/sql/wall.rs
//! --- old
//! text that stands there once
//! +++ new
//! text that takes its place
//! ```
//!
//! `tests` and `compiles` may be left out; `file` and its two texts may come again, for a fault of several edits. Lines
//! that start with `# ` are comments, wherever they stand. Blank lines at a text's end do not count.

use std::fs;

use crate::shell::{Outcome, root};

/// One fault.
#[derive(Debug, Default)]
pub(super) struct Fault {
    pub(super) name: String,
    pub(super) why: String,
    pub(super) edits: Vec<Edit>,
    /// A filter expression of nextest's.
    pub(super) tests: Option<String>,
    /// Whether it must compile.
    pub(super) compiles: bool,
}

/// One replacement in one file.
#[derive(Debug, Default)]
pub(super) struct Edit {
    pub(super) file: String,
    pub(super) old: String,
    pub(super) new: String,
}

/// Which text a line belongs to.
#[derive(Clone, Copy)]
enum Place {
    Head,
    Old,
    New,
}

/// The whole list.
pub(super) fn read() -> Outcome<Vec<Fault>> {
    let path = root().join("tests/data/faults.txt");
    let text = fs::read_to_string(&path).map_err(|error| format!("reading `{}`: {error}", path.display()))?;
    let faults = parse(&text)?;
    for fault in &faults {
        let whole = !fault.why.is_empty() && !fault.edits.is_empty();
        if !whole || fault.edits.iter().any(|edit| edit.old.is_empty() || edit.file.is_empty()) {
            return Err(format!("the fault `{}` lacks a reason, a file or an old text", fault.name).into());
        }
        if faults.iter().filter(|other| other.name == fault.name).count() > 1 {
            return Err(format!("two faults are named `{}`", fault.name).into());
        }
    }
    Ok(faults)
}

fn parse(text: &str) -> Outcome<Vec<Fault>> {
    let mut faults: Vec<Fault> = Vec::new();
    let mut place = Place::Head;
    for (number, line) in text.lines().enumerate() {
        let lost = || format!("tests/data/faults.txt:{}: no fault has begun", number + 1);
        if line.starts_with("# ") {
            continue;
        }
        if let Some(name) = line.strip_prefix("== ") {
            faults.push(Fault { name: name.trim().to_owned(), compiles: true, ..Fault::default() });
            place = Place::Head;
            continue;
        }
        if let Some(file) = line.strip_prefix("file: ") {
            let fault = faults.last_mut().ok_or_else(lost)?;
            fault.edits.push(Edit { file: file.trim().to_owned(), ..Edit::default() });
            place = Place::Head;
            continue;
        }
        match (line, place) {
            ("--- old", _) => place = Place::Old,
            ("+++ new", _) => place = Place::New,
            (line, Place::Head) if line.trim().is_empty() => {}
            (line, Place::Head) => faults.last_mut().ok_or_else(lost)?.head(line),
            (line, _) => {
                let edit = faults.last_mut().and_then(|fault| fault.edits.last_mut()).ok_or_else(lost)?;
                let text = if matches!(place, Place::Old) { &mut edit.old } else { &mut edit.new };
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    for edit in faults.iter_mut().flat_map(|fault| &mut fault.edits) {
        edit.old.truncate(edit.old.trim_end().len());
        edit.new.truncate(edit.new.trim_end().len());
    }
    Ok(faults)
}

impl Fault {
    fn head(&mut self, line: &str) {
        match line.split_once(": ") {
            Some(("tests", filter)) => self.tests = Some(filter.trim().to_owned()),
            Some(("compiles", word)) => self.compiles = word.trim() != "no",
            _ => self.why.push_str(line),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A fault that no longer fits the sources would show nothing.
    #[test]
    fn every_old_text_stands_in_its_file_once() {
        for fault in read().unwrap() {
            for edit in &fault.edits {
                let source = fs::read_to_string(root().join(&edit.file)).unwrap();
                assert_eq!(source.matches(&edit.old).count(), 1, "{}: {}\n{}", fault.name, edit.file, edit.old);
                assert_ne!(edit.old, edit.new, "{}", fault.name);
            }
        }
    }

    #[test]
    fn a_block_may_hold_several_edits() {
        let text = "# head\n== a\nWhy: so.\ntests: test(x)\nfile: f\n--- old\n  o\n\n+++ new\nfile: g\n--- old\np\n+++ new\nq\n\n# foot\n== b\nWhy.\ncompiles: no\n";
        let faults = parse(text).unwrap();
        let [a, b] = faults.as_slice() else { panic!("{faults:?}") };
        assert_eq!((a.name.as_str(), a.why.as_str(), a.tests.as_deref()), ("a", "Why: so.", Some("test(x)")));
        let edits: Vec<_> = a.edits.iter().map(|edit| [&*edit.file, &*edit.old, &*edit.new]).collect();
        assert_eq!(edits, [["f", "  o", ""], ["g", "p", "q"]]);
        assert!(a.compiles && !b.compiles);
    }
}
