//! The proofs over other people's SQL: the corpora beside the project, every accepted statement run on the real ClickHouse.
//!
//! The statements come with no tables. What they read is made up (`shape`): columns from what they name, types from how
//! they use them, rows with the values that they ask for; or, for ClickBench and the TPC sets, from the real schemas
//! (`tests/data/corpora`). Then three things must hold (`trial`):
//!
//! - twins: over two databases that differ only in hidden rows, the rewritten text gives the same rows or the same error;
//! - differential: it gives the rows that the original gives on a copy that holds only the permitted rows;
//! - attestation (`tree`): the engine names no table that the reader does not, and reads each behind its filter.
//!
//! Where a statement is not deterministic, it is counted as not run. The corpora are not part of the project: without
//! them (`../shared/corpora`, or `PORTCULLIS_TEST_CORPORA`) the tests say so and pass. CI proves a sample;
//! `cargo xtask nightly` goes through all of them.

mod ground;
mod pieces;
mod shape;
mod tree;
mod trial;

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use crate::campaign::{self, Verdict};
use crate::connection::Connection;
use crate::engines;
use crate::gateway::Gateway;
use ground::{Ground, Holds};
use shape::Shape;
use trial::Trial;

/// One statement of a corpus.
struct Statement {
    id: String,
    text: String,
}

/// The statements of a file, or nothing where the corpora are not there.
fn corpus(name: &str) -> Option<Vec<Statement>> {
    let folder = std::env::var_os("PORTCULLIS_TEST_CORPORA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora"), PathBuf::from);
    let Ok(text) = fs::read_to_string(folder.join(name)) else {
        eprintln!("SKIPPED: {} is not there, its statements are not proven", folder.join(name).display());
        return None;
    };
    let statement = |line: &str| {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap();
        let field = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
        Statement { id: field("id"), text: field("q") }
    };
    Some(text.lines().map(statement).collect())
}

/// The seeds of a run: the same few in CI; in a round of `nightly` more, and in each round others, so that a night goes
/// through the whole file.
fn sample(statements: usize, ci: u64, night: u64) -> Range<u64> {
    let is_night = std::env::var_os("PORTCULLIS_PROOF_SEED").is_some();
    campaign::seeds(if is_night { night } else { ci }.min(statements as u64))
}

/// The statement of a seed. Neighbours in a file are alike: the steps are wide.
fn chosen(statements: &[Statement], seed: u64) -> &Statement {
    const STEP: u64 = 7_919;
    let count = statements.len() as u64;
    &statements[usize::try_from((seed % count) * STEP % count).unwrap()]
}

/// Statements whose tables are made up one by one.
fn prove_with_tables_made_up(name: &str, ci: u64, night: u64, least: u64) {
    let (Some(engine), Some(statements)) = (engines::clickhouse(), corpus(name)) else { return };
    let tools = || Ground::new(&engine);
    let seeds = sample(statements.len(), ci, night);
    let tally = campaign::run(&format!("corpora, {name}"), seeds, tools, |ground, seed| {
        let statement = chosen(&statements, seed);
        told(statement, Trial::new(ground, &statement.text, seed).judge())
    });
    tally.demand(least);
    tell_of_rows();
}

/// How many of the statements over tables gave rows.
fn tell_of_rows() {
    let with_rows = ground::WITH_ROWS.swap(0, Ordering::Relaxed);
    eprintln!("  {with_rows} of the proven gave rows");
    assert!(with_rows > 0, "no statement gave a row");
}

/// A wrong one is told with its name and text.
fn told(statement: &Statement, verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::Wrong(why) => Verdict::Wrong(format!("{}\n{}\n{why}", statement.id, statement.text)),
        verdict => verdict,
    }
}

#[test]
fn statements_of_tinybird_projects() {
    prove_with_tables_made_up("tinybird.jsonl", 138, 138, 50);
}

#[test]
fn statements_of_clickhouses_own_tests() {
    prove_with_tables_made_up("clickhouse_stateless.jsonl", 600, 2_000, 40);
}

/// Statements over a schema that is known.
fn prove_with_schema(name: &str, schema: &str, ci: u64, least: u64) {
    let (Some(engine), Some(statements)) = (engines::clickhouse(), corpus(name)) else { return };
    let shapes = Shape::of_schema(schema, statements.iter().map(|statement| statement.text.as_str()));
    let mut ground = Ground::new(&engine);
    ground.lay(&shapes, &Holds::ALL).unwrap();
    let seeds = sample(statements.len(), ci, u64::MAX);
    let tally = campaign::run(
        &format!("corpora, {name}"),
        seeds.clone(),
        || ground.lend(),
        |ground, seed| {
            let statement = chosen(&statements, seed);
            told(statement, Trial::over(ground, &shapes, &statement.text).judge())
        },
    );
    tally.demand(least);
    tell_of_rows();
    through_the_gateway(&ground, &shapes, seeds.map(|seed| chosen(&statements, seed)));
}

#[test]
fn statements_of_clickbench() {
    prove_with_schema("clickbench.jsonl", include_str!("../data/corpora/clickbench.txt"), 43, 90);
}

#[test]
fn statements_of_tpc_h() {
    prove_with_schema("tpch.jsonl", include_str!("../data/corpora/tpch.txt"), 22, 90);
}

#[test]
fn statements_of_tpc_ds() {
    prove_with_schema("tpcds.jsonl", include_str!("../data/corpora/tpcds.txt"), 33, 80);
}

/// Two gateways, in front of the whole database and of its twin, answer alike to the byte: status, headers, body.
fn through_the_gateway<'s>(ground: &Ground<'_>, shapes: &[Shape], statements: impl Iterator<Item = &'s Statement>) {
    let scopes = shapes.iter().map(|shape| format!("'DATASOURCES:READ:{}:{}'", shape.name, ground::FILTER));
    let scopes = scopes.collect::<Vec<_>>().join(", ");
    let tokens = format!("version: 1\ntokens:\n  - {{ name: acme, id: acme, scopes: [{scopes}] }}\n...\n");
    let databases = [Holds::Whole, Holds::Twin].map(|holds| ground.database(holds).to_owned());
    let gateways = databases.each_ref().map(|database| {
        let settings =
            format!("upstream:\n  clickhouse:\n    endpoints: ['{}']\n    database: {database}", ground.url());
        Gateway::start(&settings, &tokens)
    });
    let mut connections = gateways.each_ref().map(|gateway| Connection::new(gateway.address));
    let authorizations = gateways.each_ref().map(|gateway| format!("Bearer {}", gateway.value("acme")));
    let (mut well, mut all) = (0, 0);
    for statement in statements {
        let [left, right] = [0, 1].map(|twin| {
            let headers = [("Authorization", authorizations[twin].as_str())];
            let answer = connections[twin].post("/", &headers, &statement.text);
            let mut headers = answer.headers;
            headers.retain(|(name, _)| {
                !["date", "x-request-id", "x-clickhouse-query-id"].contains(&name.to_ascii_lowercase().as_str())
            });
            headers.sort();
            let mut lines: Vec<String> = answer.body.lines().map(str::to_owned).collect();
            lines.sort_unstable();
            (answer.status, headers, lines)
        });
        assert_eq!(left, right, "{}: {}", statement.id, statement.text);
        well += u32::from(left.0 == 200);
        all += 1;
    }
    eprintln!("PROOF corpora, twins through the gateway: {all} proven, {well} of them without an error");
    assert!(well * 2 > all, "only {well} of {all} ran");
}
