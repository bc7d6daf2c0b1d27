//! What can be checked about the house itself: the floors.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The floor of each module at the top of `src`. Imports go downwards only.
const FLOORS: &[(&str, u8)] = &[
    ("token", 0),
    ("resource", 0),
    ("catalog", 0),
    ("sql", 1),
    ("pipe", 1),
    ("upstream", 1),
    ("telemetry", 1),
    ("authz", 2),
    ("store", 3),
    ("gateway", 4),
    ("server", 5),
    ("console", 5),
    ("config", 6),
    ("certify", 6),
    ("project", 6),
    ("cli", 6),
];

/// What a module must never name, whatever its floor.
const BANNED: &[(&str, &[&str])] = &[
    ("sql", &["http::", "serde", "hyper", "crate::token"]),
    ("pipe", &["http::", "hyper", "crate::token", "crate::upstream", "serde_yaml", "std::fs"]),
    ("upstream", &["sqlparser", "crate::authz", "crate::store"]),
    ("authz", &["http::", "hyper", "sqlparser", "serde_yaml", "std::fs"]),
    ("store", &["http::", "hyper"]),
    ("gateway", &["clap", "rusqlite", "serde_yaml"]),
    ("server", &["sqlparser"]),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn module(path: &Path) -> String {
    let relative = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap();
    let first = relative.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// The modules at the top of the crate that a line of code names.
fn named(line: &str) -> impl Iterator<Item = &str> {
    let word = |text: &str| text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    line.match_indices("crate::").map(move |(at, _)| {
        let rest = &line[at + "crate::".len()..];
        &rest[..word(rest)]
    })
}

#[test]
fn imports_go_downwards_only() {
    let floors: BTreeMap<&str, u8> = FLOORS.iter().copied().collect();
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    assert!(files.len() > 50, "only {} files were found", files.len());
    let mut wrong = Vec::new();
    for file in files {
        let own = module(&file);
        if matches!(own.as_str(), "lib" | "main") {
            continue;
        }
        let floor =
            *floors.get(own.as_str()).unwrap_or_else(|| panic!("`{own}` stands on no floor: name it in FLOORS"));
        for (number, line) in fs::read_to_string(&file).unwrap().lines().enumerate() {
            if line.trim_start().starts_with("//") {
                continue;
            }
            let upwards = named(line).find(|other| floors.get(other).is_some_and(|other| *other > floor));
            let banned = BANNED.iter().filter(|(module, _)| *module == own).flat_map(|(_, words)| words.iter());
            let banned = banned.copied().find(|word| line.contains(word));
            if let Some(what) = upwards.or(banned) {
                wrong.push(format!("{}:{}: `{own}` must not know `{what}`", file.display(), number + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
