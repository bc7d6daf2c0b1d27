//! What a rewrite costs, text to text: lex, read, resolve, the second reader, inject, emit, verify; and what it costs to
//! find one that is kept.
//!
//! The queries are the project's own; where a folder of `*.jsonl` queries is named by `PORTCULLIS_CORPORA`, the median over
//! each file's accepted queries is printed too, with the second reader and without.

#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, clippy::indexing_slicing, reason = "a benchmark")]

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use portcullis::authz::Policy;
use portcullis::catalog::{Catalog, Column, ColumnKind, Engine, Keys, NameCase, Table, TableName};
use portcullis::gateway::rewrites::{Basis, Rewrites};
use portcullis::sql::{self, Dialect, Extensions, Limits, Rewritten, RowFilter, Visible};
use portcullis::store::{Compile, Hot, Paths, Snapshot, Store};
use portcullis::token::signed::SigningKey;

const QUERIES: &[(&str, &str)] = &[
    ("point", "SELECT count() FROM events WHERE user_id = 'u1'"),
    (
        "group",
        "SELECT toStartOfHour(timestamp) AS hour, action, count() AS hits, uniq(user_id) AS users FROM events \
         WHERE timestamp >= now() - INTERVAL 1 DAY AND country IN ('DE', 'FR') GROUP BY hour, action ORDER BY hour, hits DESC LIMIT 100",
    ),
    (
        "join",
        "WITH recent AS (SELECT user_id, max(timestamp) AS seen FROM events GROUP BY user_id) \
         SELECT e.action, count() AS n FROM events AS e JOIN recent AS r ON e.user_id = r.user_id \
         WHERE e.timestamp > r.seen - INTERVAL 1 HOUR GROUP BY e.action ORDER BY n DESC",
    ),
];

fn catalog(tables: &[String]) -> Catalog {
    let mut catalog = Catalog::new("default", NameCase::Sensitive);
    let columns = ["org_id", "user_id", "timestamp", "action", "country"];
    let column = |name: &&str| Column { name: (*name).into(), type_name: "String".into(), kind: ColumnKind::Ordinary };
    for name in tables {
        let table = Table { columns: columns.iter().map(column).collect(), engine: Engine::MergeTree };
        let (database, name) = name.split_once('.').unwrap_or(("default", name));
        let place = TableName::new(database, name);
        catalog.insert_keys(&place, Keys::known([]));
        catalog.insert(place, table);
    }
    catalog
}

fn rewrite(text: &str, catalog: &Catalog, filter: &Arc<RowFilter>) -> Result<Rewritten, sql::Refusal> {
    let resolved = sql::resolve(text, Dialect::ClickHouse, &Limits::default(), &Extensions::default(), catalog)?;
    resolved.rewrite(&|_| Some(Visible::Rows(vec![Arc::clone(filter)])))
}

fn rewrites(criterion: &mut Criterion) {
    let filter =
        Arc::new(RowFilter::compile("org_id = 1", Dialect::ClickHouse, &Extensions::default(), &|_| None).unwrap());
    let events = catalog(&["events".to_owned()]);
    let mut group = criterion.benchmark_group("rewrite");
    for (name, text) in QUERIES {
        assert!(rewrite(text, &events, &filter).is_ok(), "{name}");
        group.bench_function(*name, |bencher| bencher.iter(|| rewrite(black_box(text), &events, &filter)));
        group.bench_function(format!("{name}/read"), |bencher| {
            bencher.iter(|| sql::outline(black_box(text), Dialect::ClickHouse, &Limits::default()));
        });
    }
    let long = format!("SELECT count() FROM events WHERE user_id IN ({})", vec!["'u12345678'"; 800].join(", "));
    group.bench_function("10 KB", |bencher| bencher.iter(|| rewrite(black_box(&long), &events, &filter)));
    group.finish();
    if let Some(folder) = std::env::var_os("PORTCULLIS_CORPORA") {
        corpora(std::path::Path::new(&folder), &filter);
    }
}

fn snapshot() -> Arc<Snapshot> {
    let folder = tempfile::tempdir().unwrap();
    let tokens = folder.path().join("tokens.yaml");
    std::fs::write(&tokens, "version: 1\ntokens: []\n...\n").unwrap();
    let compile = Compile {
        dialect: Dialect::ClickHouse,
        key: SigningKey::new(vec![7; 32]).unwrap(),
        own: None,
        hot: Hot::default(),
        read_hot: Arc::new(|_, _| Ok(Hot::default())),
    };
    Store::open(Paths { tokens, managed: None, gateway: None }, compile).unwrap().snapshot()
}

/// A thousand rewrites are kept; each look-up asks for the next one, and finds it.
fn kept(criterion: &mut Criterion) {
    let filter =
        Arc::new(RowFilter::compile("org_id = 1", Dialect::ClickHouse, &Extensions::default(), &|_| None).unwrap());
    let (snapshot, policy) = (snapshot(), Arc::new(Policy::default()));
    let catalog = Arc::new(catalog(&["events".to_owned()]));
    let (_, query) = QUERIES[1];
    let texts: Vec<String> = (0..1_000).map(|number| query.replace("'DE'", &format!("'{number}'"))).collect();
    let basis = |text| Basis {
        snapshot: &snapshot,
        policy: &policy,
        catalog: &catalog,
        dialect: Dialect::ClickHouse,
        text,
        over: "",
    };
    let rewrites = Rewrites::new(4_096);
    for text in &texts {
        rewrites.insert(&basis(text), Arc::new(rewrite(text, &catalog, &filter).unwrap()));
    }
    assert!(texts.iter().all(|text| rewrites.get(&basis(text)).is_some()), "every look-up is a hit");
    let mut next = texts.iter().cycle();
    criterion.bench_function("rewrite/kept", |bencher| {
        bencher.iter(|| rewrites.get(&basis(black_box(next.next().unwrap()))));
    });
}

/// The quickest of so many runs.
fn quickest<T>(times: usize, work: impl Fn() -> T) -> Duration {
    let run = |_| {
        let start = Instant::now();
        black_box(work());
        start.elapsed()
    };
    (0..times).map(run).min().unwrap()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// The median over a file's queries of the quickest of nine runs each.
fn corpora(folder: &std::path::Path, filter: &Arc<RowFilter>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "jsonl") {
            continue;
        }
        let (mut whole, mut alone) = (Vec::new(), Vec::new());
        for line in std::fs::read_to_string(&path).unwrap().lines() {
            let entry: serde_json::Value = serde_json::from_str(line).unwrap();
            let text = entry["q"].as_str().unwrap_or_default();
            let Ok(outline) = sql::outline(text, Dialect::ClickHouse, &Limits::default()) else { continue };
            let catalog = catalog(&outline.tables);
            if rewrite(text, &catalog, filter).is_err() {
                continue;
            }
            let read =
                |twice| quickest(9, || sql::only_read(black_box(text), Dialect::ClickHouse, &Limits::default(), twice));
            let time = quickest(9, || rewrite(black_box(text), &catalog, filter));
            whole.push(time);
            alone.push(time.saturating_sub(read(true).saturating_sub(read(false))));
        }
        let (queries, whole, alone) = (whole.len(), median(whole), median(alone));
        println!("{}: median {whole:?}, without the second reader {alone:?}, over {queries} queries", path.display());
    }
}

criterion_group!(benches, rewrites, kept);
criterion_main!(benches);
