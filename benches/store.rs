//! What 100,000 tokens cost: a start, a reload, a look-up and one edit.

#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use portcullis::sql::Dialect;
use portcullis::store::{Authority, Compile, Hot, NewToken, OnWidening, Paths, Replacement, Store};
use portcullis::token::signed::SigningKey;

const TOKENS: usize = 100_000;

/// A managed file; `round` makes its text differ.
fn managed(round: usize) -> String {
    let mut text = "version: 1\ntokens:\n".to_owned();
    for number in 0..TOKENS {
        writeln!(
            text,
            "- {{name: \"tenant {number}\", id: \"id-{number}\", origin: \"C\", created: 1700000000, updated: {}, \
             scopes: [\"DATASOURCES:READ:events:org_id = {number}\", \"PIPES:READ:top\"]}}",
            1_700_000_000 + round
        )
        .unwrap();
    }
    text.push_str("...\n");
    text
}

fn open(directory: &Path) -> Store {
    let compile = Compile {
        dialect: Dialect::ClickHouse,
        key: SigningKey::new(vec![7; 32]).unwrap(),
        own: None,
        hot: Hot::default(),
        read_hot: Arc::new(|_, _| Ok(Hot::default())),
    };
    let (tokens, file) = (directory.join("tokens.yaml"), directory.join("managed.yaml"));
    Store::open(Paths { tokens, managed: Some(file), gateway: None }, compile).unwrap()
}

fn many_tokens(criterion: &mut Criterion) {
    let directory = tempfile::tempdir().unwrap();
    let people = "version: 1\ntokens:\n  - { name: admin, id: admin, scopes: [ADMIN] }\n...\n";
    fs::write(directory.path().join("tokens.yaml"), people).unwrap();
    let file = directory.path().join("managed.yaml");
    fs::write(&file, managed(0)).unwrap();
    let mut group = criterion.benchmark_group("store/100000");
    group.sample_size(10);
    group.bench_function("start", |bencher| bencher.iter(|| open(directory.path())));
    let store = open(directory.path());
    assert_eq!(store.snapshot().principals().len(), TOKENS + 1);
    let mut round = 0;
    group.bench_function("reload", |bencher| {
        bencher.iter_custom(|times| {
            let mut spent = Duration::ZERO;
            for _ in 0..times {
                round += 1;
                fs::write(&file, managed(round)).unwrap();
                let (start, before) = (Instant::now(), store.snapshot().generation);
                store.reload();
                spent += start.elapsed();
                assert!(store.snapshot().generation > before);
            }
            spent
        });
    });
    let (snapshot, id) = (store.snapshot(), "id-77777".parse().unwrap());
    let value = snapshot.value_of(&id, "workspace", "local");
    assert_eq!(snapshot.authenticate(&value).unwrap().name.as_ref(), "tenant 77777");
    group.bench_function("look-up", |bencher| bencher.iter(|| snapshot.authenticate(black_box(&value))));
    let mut number = 0;
    group.bench_function("create", |bencher| {
        bencher.iter(|| {
            number += 1;
            let scopes = vec!["DATASOURCES:READ:events:org_id = 1".to_owned()];
            let new = NewToken { name: format!("new {number}"), scopes, ..NewToken::default() };
            store.create(Authority::Admin, &new).unwrap();
        });
    });
    let change = Replacement { scopes: Some(vec!["PIPES:READ:top".to_owned()]), ..Replacement::default() };
    group.bench_function("replace", |bencher| {
        bencher.iter(|| store.replace(Authority::Admin, "tenant 5", &change, OnWidening::Allow).unwrap());
    });
    group.finish();
}

criterion_group!(benches, many_tokens);
criterion_main!(benches);
