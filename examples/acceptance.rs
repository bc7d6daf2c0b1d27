//! How much of other people's SQL is accepted: reads `*.jsonl` files of a directory, one object a line with the statement
//! in `q`, and says per file how many are accepted, how many are refused for a stated reason (they name a function, a
//! setting or a table function that is not permitted) and how many are not understood, with the commonest reasons.
//!
//! ```text
//! cargo xtask acceptance [DIRECTORY]
//! cargo run --example acceptance -- DIRECTORY [--show REASONS]
//! ```
//!
//! The TPC queries are judged in every dialect, as `tpch.jsonl:Postgres` and so on; the others in ClickHouse's.
//!
//! `tests/data/acceptance.txt` holds the most that may be not understood per file; more is a failure.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a report is what it is for")]

use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use std::sync::Arc;

use portcullis::catalog::{Catalog, Column, ColumnKind, Engine, NameCase, Table, TableName};
use portcullis::sql::{self, Dialect, Extensions, Limits, Outline, Refusal, RowFilter, Visible};

/// What becomes of a statement.
enum Outcome {
    Accepted,
    Refused(Refusal),
    NotUnderstood(Refusal),
}

/// A file's statements, counted.
#[derive(Default)]
struct Counts {
    accepted: u32,
    refused: u32,
    not_understood: u32,
    /// Of those accepted behind a row filter that read a table: how many.
    filtered: u32,
    /// How many of them keep their own use of the index (no LIMIT in the wall).
    pruned: u32,
    /// How often each reason was given, with the first example.
    reasons: HashMap<String, (u32, String)>,
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let directory = arguments.next().ok_or("name a directory of *.jsonl files")?;
    let shown = arguments.nth(1).map_or(Ok(3), |count| count.parse())?;
    let ceilings = ceilings()?;
    let mut files: Vec<_> =
        fs::read_dir(directory)?.collect::<Result<Vec<_>, _>>()?.into_iter().map(|e| e.path()).collect();
    files.sort();
    let mut grown = false;
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "jsonl")) {
        let file_name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        // The TPC queries are in SQL that most engines share.
        let shared = file_name.starts_with("tpc");
        for dialect in Dialect::ALL.into_iter().filter(|dialect| shared || *dialect == Dialect::ClickHouse) {
            let counts = count(file, dialect)?;
            let name = match dialect {
                Dialect::ClickHouse => file_name.clone(),
                other => format!("{file_name}:{other:?}"),
            };
            print(&name, &counts, shown);
            let most = ceilings.get(&name).copied().unwrap_or(u32::MAX);
            if counts.not_understood > most {
                eprintln!("{name}: {} are not understood, {most} were", counts.not_understood);
                grown = true;
            }
        }
    }
    Ok(if grown { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The most that may be not understood, by file.
fn ceilings() -> Result<HashMap<String, u32>, Box<dyn Error>> {
    let line = |line: &str| {
        let (name, most) = line.split_once(' ')?;
        Some((name.to_owned(), most.trim().parse().ok()?))
    };
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/acceptance.txt"))?;
    Ok(text.lines().filter(|text| !text.starts_with('#')).filter_map(line).collect())
}

fn count(file: &Path, dialect: Dialect) -> Result<Counts, Box<dyn Error>> {
    let mut counts = Counts::default();
    for line in fs::read_to_string(file)?.lines() {
        let entry: serde_json::Value = serde_json::from_str(line)?;
        let text = entry.get("q").and_then(serde_json::Value::as_str).ok_or("an entry has no `q`")?;
        let refusal = match judge(text, dialect) {
            Outcome::Accepted => {
                counts.accepted += 1;
                if let Some(pruned) = keeps_pruning(text) {
                    counts.filtered += 1;
                    counts.pruned += u32::from(pruned);
                    if !pruned && std::env::var_os("SHOW_FENCED").is_some() {
                        println!("FENCED {}", text.replace('\n', " "));
                    }
                }
                continue;
            }
            Outcome::Refused(refusal) => {
                counts.refused += 1;
                refusal
            }
            Outcome::NotUnderstood(refusal) => {
                counts.not_understood += 1;
                refusal
            }
        };
        let start = refusal.at.clone().map_or(0, |at| at.start);
        let context: String = text.chars().skip(start.saturating_sub(20)).take(60).collect();
        let reason = format!("{:?}: {}", refusal.kind, refusal.message);
        counts.reasons.entry(reason).or_insert((0, context.replace('\n', " "))).0 += 1;
    }
    Ok(counts)
}

/// Every table that the statement names is there, and every row of it may be seen.
fn judge(text: &str, dialect: Dialect) -> Outcome {
    let limits = Limits::default();
    let outline = match sql::outline(text, dialect, &limits) {
        Ok(outline) => outline,
        Err(refusal) => return Outcome::NotUnderstood(refusal),
    };
    let case = if dialect == Dialect::ClickHouse { NameCase::Sensitive } else { NameCase::Insensitive };
    let mut catalog = Catalog::new("default", case);
    for name in outline.tables {
        let (database, table) = name.split_once('.').unwrap_or(("default", &name));
        catalog.insert(TableName::new(database, table), Table { columns: Vec::new(), engine: Engine::MergeTree });
    }
    let resolved = sql::resolve(text, dialect, &limits, &Extensions::default(), &catalog);
    match resolved.and_then(|resolved| resolved.rewrite(&|_| Some(Visible::AllRows))) {
        Ok(_) => Outcome::Accepted,
        Err(refusal) => Outcome::Refused(refusal),
    }
}

/// Whether the statement keeps its own use of the index behind a row filter: `None` where it reads no table, or not so.
///
/// The corpora have no tables. Every name of a statement is a column here: of type DateTime64 where it sounds like a time,
/// of type Date where it is one of `date` and `day`, else text or a number.
fn keeps_pruning(text: &str) -> Option<bool> {
    let (dialect, limits, extensions) = (Dialect::ClickHouse, Limits::default(), Extensions::default());
    let outline = sql::outline(text, dialect, &limits).ok()?;
    let mut catalog = Catalog::new("default", NameCase::Sensitive);
    for name in &outline.tables {
        let (database, table) = name.split_once('.').unwrap_or(("default", name));
        catalog
            .insert(TableName::new(database, table), Table { columns: columns(&outline), engine: Engine::MergeTree });
    }
    let filter = Arc::new(RowFilter::compile("org_id = 1", dialect, &extensions, &|_| None).ok()?);
    let resolved = sql::resolve(text, dialect, &limits, &extensions, &catalog).ok()?;
    let rewritten = resolved.rewrite(&|_| Some(Visible::Rows(vec![Arc::clone(&filter)]))).ok()?;
    rewritten.filtered.then(|| !rewritten.text.contains(" LIMIT 9223372036854775807)"))
}

fn columns(outline: &Outline) -> Vec<Column> {
    let column = |name: &str, type_name: &str| Column {
        name: name.into(),
        type_name: type_name.into(),
        kind: ColumnKind::Ordinary,
    };
    let type_name = |name: &str| {
        let lower = name.to_ascii_lowercase();
        match lower.as_str() {
            "date" | "day" | "eventdate" => "Date",
            lower if lower.contains("time") || lower.ends_with("_at") || lower == "ts" => "DateTime64(3)",
            lower if lower.ends_with("id") || lower.contains("name") || lower.contains("url") => "String",
            _ => "Int64",
        }
    };
    let named = outline.columns.iter().filter(|name| *name != "org_id").map(|name| column(name, type_name(name)));
    named.chain([column("org_id", "Int64")]).collect()
}

fn print(name: &str, counts: &Counts, shown: usize) {
    let all = counts.accepted + counts.refused + counts.not_understood;
    let share = |part: u32| 100.0 * f64::from(part) / f64::from(all.max(1));
    println!(
        "{name}: {all} statements, {} accepted ({:.2} %), {} refused for a stated reason ({:.2} %), {} not understood ({:.2} %)",
        counts.accepted,
        share(counts.accepted),
        counts.refused,
        share(counts.refused),
        counts.not_understood,
        share(counts.not_understood)
    );
    println!(
        "  behind a row filter: {} of {} that read a table keep their own use of the index ({:.1} %)",
        counts.pruned,
        counts.filtered,
        100.0 * f64::from(counts.pruned) / f64::from(counts.filtered.max(1))
    );
    let mut reasons: Vec<_> = counts.reasons.iter().collect();
    reasons.sort_by(|left, right| right.1.0.cmp(&left.1.0).then(left.0.cmp(right.0)));
    for (reason, (count, example)) in reasons.into_iter().take(shown) {
        println!("  {count:5}  {reason}   … {example}");
    }
}
