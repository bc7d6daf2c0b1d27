//! How much of other people's SQL the reader understands: reads `*.jsonl` files of a directory, one object a line with the
//! statement in `q`, and says per file how many are understood and why the others are not.
//!
//! ```text
//! cargo run --example acceptance -- DIRECTORY [--show REASONS]
//! ```

#![expect(clippy::print_stdout, reason = "a report is what it is for")]

use std::collections::HashMap;
use std::error::Error;
use std::fs;

use portcullis::sql::{self, Dialect, Limits};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let directory = arguments.next().ok_or("name a directory of *.jsonl files")?;
    let shown = arguments.nth(1).map_or(Ok(5), |count| count.parse())?;
    let mut files: Vec<_> =
        fs::read_dir(directory)?.collect::<Result<Vec<_>, _>>()?.into_iter().map(|e| e.path()).collect();
    files.sort();
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "jsonl")) {
        report(file, shown)?;
    }
    Ok(())
}

fn report(file: &std::path::Path, shown: usize) -> Result<(), Box<dyn Error>> {
    let (mut understood, mut all) = (0_u32, 0_u32);
    let mut reasons: HashMap<String, (u32, String)> = HashMap::new();
    for line in fs::read_to_string(file)?.lines() {
        let entry: serde_json::Value = serde_json::from_str(line)?;
        let text = entry.get("q").and_then(serde_json::Value::as_str).ok_or("an entry has no `q`")?;
        all += 1;
        match sql::outline(text, Dialect::ClickHouse, &Limits::default()) {
            Ok(_) => understood += 1,
            Err(refusal) => {
                let start = refusal.at.clone().map_or(0, |at| at.start);
                let context: String = text.chars().skip(start.saturating_sub(30)).take(70).collect();
                reasons.entry(refusal.message).or_insert((0, context.replace('\n', " "))).0 += 1;
            }
        }
    }
    let share = 100.0 * f64::from(all - understood) / f64::from(all.max(1));
    println!("{}: {understood} of {all} understood, {share:.2} % not", file.display());
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
    for (reason, (count, example)) in reasons.iter().take(shown) {
        println!("  {count:5}  {reason}   … {example}");
    }
    Ok(())
}
