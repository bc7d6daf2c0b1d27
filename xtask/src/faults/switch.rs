//! Faults behind a switch: a function whose body a fault changes gets a body for each of its faults, and
//! `PORTCULLIS_FAULT` says which of them runs. So all of these faults cost one build.
//!
//! ```text
//! { match crate::seeded::fault() { /* == wall-missing */ 3 => { … } _ => { … } } }
//! ```
//!
//! What does not fit behind it is seeded alone: an edit outside a body (a table of words, a signature, a data file), in a
//! `const fn`, and in a body whose type only the compiler can name (`impl Trait`).

use std::collections::BTreeMap;
use std::ops::Range;

use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};
use syn::{Block, ImplItemFn, ItemFn, ReturnType, Signature, TraitItemFn, Type, TypeImplTrait};

use super::list::Edit;

/// The variable that holds the number of the fault that is on.
pub(super) const VARIABLE: &str = "PORTCULLIS_FAULT";

/// The module that reads it, as the copy of the tree has it, and the line that names the module.
pub(super) const MODULE: &str = "\
//! Which seeded fault is on.

static FAULT: std::sync::LazyLock<usize> = std::sync::LazyLock::new(|| {
    std::env::var(\"PORTCULLIS_FAULT\").ok().and_then(|number| number.parse().ok()).unwrap_or(0)
});

/// Its number; 0 is none.
pub fn fault() -> usize {
    *FAULT
}
";
pub(super) const DECLARATION: &str = "\n#[doc(hidden)]\npub mod seeded;\n";

/// The start of a mark that names the fault whose body follows.
const MARK: &str = "/* == ";

/// The bodies of one file that can be switched.
#[derive(Debug, Default)]
pub(super) struct Bodies(Vec<Range<usize>>);

/// One fault's share in a file.
#[derive(Debug)]
pub(super) struct Share<'a> {
    pub(super) number: usize,
    pub(super) name: &'a str,
    pub(super) edits: Vec<&'a Edit>,
}

impl Bodies {
    /// Of a file of the library; a file that is no Rust, or is not the library's, has none.
    pub(super) fn of(file: &str, text: &str) -> Self {
        let mut bodies = Self::default();
        let is_ours = file.starts_with("src/") && file.ends_with(".rs") && file != "src/main.rs";
        if is_ours && let Ok(parsed) = syn::parse_file(text) {
            bodies.visit_file(&parsed);
        }
        bodies
    }

    /// The body that an edit lies in.
    pub(super) fn around(&self, text: &str, edit: &Edit) -> Option<&Range<usize>> {
        let start = text.find(&edit.old)?;
        let end = start + edit.old.len();
        // A body's own brackets must stay.
        self.0.iter().find(|body| body.start < start && end < body.end)
    }

    /// The file with each fault in a body of its own.
    pub(super) fn switched(&self, text: &str, shares: &[Share<'_>]) -> String {
        let mut arms: BTreeMap<usize, (Range<usize>, String)> = BTreeMap::new();
        for share in shares {
            let mut own: BTreeMap<usize, (Range<usize>, String)> = BTreeMap::new();
            for edit in &share.edits {
                let Some(body) = self.around(text, edit) else { continue };
                let plain = text.get(body.clone()).unwrap_or_default().to_owned();
                let (_, changed) = own.entry(body.start).or_insert((body.clone(), plain));
                *changed = changed.replacen(&edit.old, &edit.new, 1);
            }
            for (start, (body, changed)) in own {
                let (_, arms) = arms.entry(start).or_insert((body, String::new()));
                arms.push_str(&format!("{MARK}{} */ {} => {changed}\n", share.name, share.number));
            }
        }
        let mut out = text.to_owned();
        for (body, arms) in arms.into_values().rev() {
            let plain = text.get(body.clone()).unwrap_or_default();
            out.replace_range(
                body,
                &format!("{{ match crate::seeded::fault() {{\n{arms}{MARK} */ _ => {plain}\n}} }}"),
            );
        }
        out
    }

    fn body(&mut self, signature: &Signature, block: &Block) {
        if signature.constness.is_none() && !is_opaque(&signature.output) {
            self.0.push(block.span().byte_range());
        }
    }
}

/// The fault whose body holds a line of a switched file. Lines begin at 1.
pub(super) fn at(switched: &str, line: usize) -> Option<&str> {
    let before = switched.lines().take(line).filter_map(|line| line.split_once(MARK)).last();
    before.and_then(|(_, mark)| mark.split_once(" */")).map(|(name, _)| name.trim()).filter(|name| !name.is_empty())
}

/// Functions inside functions belong to the outer one's body: they are not visited.
impl<'ast> Visit<'ast> for Bodies {
    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        self.body(&function.sig, &function.block);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        self.body(&function.sig, &function.block);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast TraitItemFn) {
        if let Some(block) = &function.default {
            self.body(&function.sig, block);
        }
    }
}

/// Two bodies cannot share a type that has no name.
fn is_opaque(output: &ReturnType) -> bool {
    struct Opaque(bool);
    impl<'ast> Visit<'ast> for Opaque {
        fn visit_type_impl_trait(&mut self, _: &'ast TypeImplTrait) {
            self.0 = true;
        }
    }
    let ReturnType::Type(_, of) = output else { return false };
    let of: &Type = of;
    let mut opaque = Opaque(false);
    visit::visit_type(&mut opaque, of);
    opaque.0
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "const A: u8 = 1;\nfn a(x: u8) -> u8 { x + 1 }\nfn b() -> impl Fn() { || () }\nimpl S {\n    fn c(&self) {\n        one();\n        two();\n    }\n}\n";

    fn edit(old: &str, new: &str) -> Edit {
        Edit { file: "src/a.rs".to_owned(), old: old.to_owned(), new: new.to_owned() }
    }

    #[test]
    fn each_fault_has_a_body_of_its_own() {
        let bodies = Bodies::of("src/a.rs", TEXT);
        let (sum, first, second) = (edit("x + 1", "x + 2"), edit("one();", ""), edit("two();", "three();"));
        let shares = [
            Share { number: 3, name: "sum", edits: vec![&sum] },
            Share { number: 4, name: "calls", edits: vec![&first, &second] },
            Share { number: 5, name: "one", edits: vec![&first] },
        ];
        let switched = bodies.switched(TEXT, &shares);
        let arms = "match crate::seeded::fault() {\n/* == sum */ 3 => { x + 2 }\n/* ==  */ _ => { x + 1 }\n}";
        assert!(switched.contains(arms), "{switched}");
        let arms =
            "/* == calls */ 4 => {\n        \n        three();\n    }\n/* == one */ 5 => {\n        \n        two();\n";
        assert!(switched.contains(arms), "{switched}");
        assert!(syn::parse_file(&switched).is_ok(), "{switched}");
        let line = |text: &str| switched.lines().position(|line| line.contains(text)).unwrap() + 1;
        assert_eq!(at(&switched, line("three();")), Some("calls"));
        assert_eq!(at(&switched, line("x + 1")), None);
        assert_eq!(at(&switched, 1), None);
    }

    #[test]
    fn what_is_in_no_body_of_a_known_type_is_seeded_alone() {
        let bodies = Bodies::of("src/a.rs", TEXT);
        let alone = |old: &str| bodies.around(TEXT, &edit(old, "")).is_none();
        assert!(alone("u8 = 1") && alone("|| ()") && alone("x: u8) -> u8 { x") && alone("{ x + 1 }"));
        assert!(!alone("x + 1") && !alone("two"));
        assert!(Bodies::of("src/main.rs", TEXT).0.is_empty() && Bodies::of("src/words.txt", TEXT).0.is_empty());
    }
}
