//! `functions`: is each function of the running ClickHouse either permitted or refused by name?
//!
//! Nothing is written: what is new must be judged by a person, and stands refused until then.

use std::collections::BTreeMap;
use std::fs;

use crate::engines::Engines;
use crate::http;
use crate::shell::{Failure, Outcome, print, root, say};

const QUERY: &str = "SELECT name, concat(if(is_aggregate, 'a', ''), if(case_insensitive, 'i', '')) \
                     FROM system.functions WHERE origin = 'System' ORDER BY name FORMAT TSVRaw";

/// Prints one line a difference; fails when there is one.
pub(crate) fn compare() -> Outcome {
    let (_engines, port) = Engines::clickhouse()?;
    let running = parse(&http::ask(port, "/", QUERY)?);
    let permitted = list("functions.txt")?;
    let refused = list("functions-refused.txt")?;
    let mut differences = 0_usize;
    let mut tell = |line: String| {
        differences = differences.saturating_add(1);
        print(&line);
    };
    for (name, flags) in &running {
        match (permitted.get(name), refused.contains_key(name)) {
            (None, false) => tell(format!("{name}\tin neither list")),
            (Some(_), true) => tell(format!("{name}\tin both lists")),
            (Some(listed), false) if listed != flags => tell(format!("{name}\tflags are `{flags}`, not `{listed}`")),
            _ => {}
        }
    }
    for name in permitted.keys().chain(refused.keys()).filter(|name| !running.contains_key(*name)) {
        tell(format!("{name}\tlisted, but the engine has none"));
    }
    let version = http::ask(port, "/", "SELECT version()")?;
    let (ours, theirs) = (permitted.len(), refused.len());
    say(&format!("ClickHouse {}: {} functions, {ours} permitted, {theirs} refused", version.trim(), running.len()));
    if differences == 0 { Ok(()) } else { Err(Failure::Because(format!("{differences} differences"))) }
}

fn list(name: &str) -> Outcome<BTreeMap<String, String>> {
    let path = root().join("src/sql/dialect/clickhouse").join(name);
    let text = fs::read_to_string(&path).map_err(|error| format!("reading `{}`: {error}", path.display()))?;
    Ok(parse(&text))
}

/// Lines of a name and, after a tab, its flags or reason.
fn parse(text: &str) -> BTreeMap<String, String> {
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| line.split_once('\t').unwrap_or((line, "")))
        .map(|(name, rest)| (name.to_owned(), rest.to_owned()))
        .collect()
}
