//! The crate with all mutants in it: `target/mutants/crate`, built into `target/mutants/target`.
//!
//! It is the SQL core and the words it stands on, under the project's name, with the tests that need no engine.

use std::fs;
use std::path::{Path, PathBuf};

use crate::shell::{Outcome, cargo, root, target};

use super::mutate::mutate;
use super::run::Tests;
use super::site::Sites;

/// The modules of `src` that the SQL core is made of and stands on.
const MODULES: &[&str] = &["catalog", "sql"];

/// Its dependencies, as the project has them.
const DEPENDENCIES: &[&str] = &["sqlparser", "thiserror", "proptest", "serde_json", "tempfile"];

/// The data-driven tests.
const TESTS: &[&str] = &["sql_rewrite", "sql_vectors", "sql_hostile"];

/// The switch.
const SWITCH: &str = include_str!("switch.rs");

/// No engine runs: what needs one says so and passes.
const ENGINES: &str = "\
mod engines {
    pub(crate) enum Engine {}
    pub(crate) fn clickhouse() -> Option<Engine> { None }
    impl Engine {
        pub(crate) fn fresh_database(&self, _: &str) -> String { match *self {} }
        pub(crate) fn run(&self, _: &str) -> String { match *self {} }
        pub(crate) fn query(&self, _: &str, _: &str) -> (u16, String) { match *self {} }
    }
}
";

/// The crate.
#[derive(Debug)]
pub(super) struct Scratch {
    root: PathBuf,
    pub(super) place: PathBuf,
}

impl Scratch {
    /// Writes the crate with these files of `src/sql` mutated.
    pub(super) fn make(files: &[&str]) -> Outcome<(Self, Sites)> {
        let place = target().join("mutants");
        let scratch = Self { root: place.join("crate"), place };
        let mut sites = Sites::default();
        scratch.write("Cargo.toml", &manifest()?)?;
        scratch.write("Cargo.lock", &text(&root().join("Cargo.lock"))?)?;
        scratch.write("src/mutant.rs", SWITCH)?;
        let modules: String = MODULES.iter().map(|module| format!("pub mod {module};\n")).collect();
        scratch.write("src/lib.rs", &format!("#![allow(warnings)]\n#[doc(hidden)]\npub mod mutant;\n{modules}"))?;
        let tests: String = TESTS
            .iter()
            .map(|test| format!("#[path = {:?}]\nmod {test};\n", root().join(format!("tests/it/{test}.rs"))))
            .collect();
        scratch.write("it.rs", &format!("#![allow(warnings)]\n{ENGINES}{tests}"))?;
        scratch.data("tests/data")?;
        for module in MODULES {
            scratch.copy(&format!("{module}.rs"), files, &mut sites)?;
            scratch.copy_folder(module, files, &mut sites)?;
        }
        Ok((scratch, sites))
    }

    fn copy_folder(&self, folder: &str, files: &[&str], sites: &mut Sites) -> Outcome {
        for path in entries(&root().join("src").join(folder)) {
            let name = format!("{folder}/{}", path.file_name().unwrap_or_default().to_string_lossy());
            if path.is_dir() {
                self.copy_folder(&name, files, sites)?;
            } else {
                self.copy(&name, files, sites)?;
            }
        }
        Ok(())
    }

    fn copy(&self, name: &str, files: &[&str], sites: &mut Sites) -> Outcome {
        let mut source = text(&root().join("src").join(name))?;
        if let Some(file) = name.strip_prefix("sql/").filter(|file| files.contains(file)) {
            source = mutate(file, &source, sites).map_err(|error| format!("reading `src/{name}`: {error}"))?;
        }
        self.write(&format!("src/{name}"), &source)
    }

    /// The tests' data as it is now: what a person changes meanwhile is no reason for a test to fail.
    fn data(&self, folder: &str) -> Outcome {
        for path in entries(&root().join(folder)) {
            let name = format!("{folder}/{}", path.file_name().unwrap_or_default().to_string_lossy());
            if path.is_dir() {
                self.data(&name)?;
            } else {
                self.write(&name, &text(&path)?)?;
            }
        }
        Ok(())
    }

    fn write(&self, name: &str, text: &str) -> Outcome {
        let path = self.root.join(name);
        if fs::read_to_string(&path).is_ok_and(|old| old == text) {
            return Ok(());
        }
        let folder = path.parent().unwrap_or(&path);
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&path, text))
            .map_err(|error| format!("writing `{}`: {error}", path.display()).into())
    }

    /// Builds the tests.
    pub(super) fn build(&self) -> Outcome<Tests> {
        let output = cargo()
            .args(["test", "--no-run", "--color", "never", "--lib", "--test", "it"])
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", self.place.join("target"))
            .output()
            .map_err(|error| format!("`cargo` does not start: {error}"))?;
        let talk = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            return Err(format!("the mutants do not compile:\n{talk}").into());
        }
        // `  Executable unittests src/lib.rs (…/deps/portcullis-0123)`
        let binaries = talk.lines().filter(|line| line.trim_start().starts_with("Executable"));
        let binaries = binaries.filter_map(|line| Some(line.split_once('(')?.1.trim_end().trim_end_matches(')')));
        Ok(Tests::new(binaries.map(PathBuf::from).collect(), self.root.clone()))
    }
}

/// What is in a folder, sorted; nothing where there is none.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    paths
}

fn manifest() -> Outcome<String> {
    let project = text(&root().join("Cargo.toml"))?;
    let is_wanted = |line: &&str| DEPENDENCIES.iter().any(|name| line.starts_with(&format!("{name} = ")));
    let dependencies: Vec<&str> = project.lines().filter(is_wanted).collect();
    Ok(format!(
        "[workspace]\n[package]\nname = \"portcullis\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[lib]\ndoctest = false\n\n\
         [[test]]\nname = \"it\"\npath = \"it.rs\"\n\n[profile.dev]\ndebug = false\nopt-level = 1\n\n[dependencies]\n{}\n",
        dependencies.join("\n")
    ))
}

fn text(path: &Path) -> Outcome<String> {
    fs::read_to_string(path).map_err(|error| format!("reading `{}`: {error}", path.display()).into())
}
