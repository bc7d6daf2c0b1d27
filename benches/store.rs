//! What 100,000 tokens cost: a start, a reload, a look-up, one edit, and memory. The gateway's own stand in the parts that it
//! makes of them; people's in one file.

#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, clippy::indexing_slicing, reason = "a benchmark")]

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::{BenchmarkGroup, Criterion, criterion_group, criterion_main, measurement::WallTime};
use portcullis::sql::Dialect;
use portcullis::store::{Authority, Compile, Hot, NewToken, OnWidening, Paths, Replacement, Store};
use portcullis::token::signed::SigningKey;

const TOKENS: usize = 100_000;
const PEOPLE: &str = "version: 1\ntokens:\n  - { name: admin, id: admin, scopes: [ADMIN] }\n...\n";

/// A file with these tokens; `round` makes its text differ.
fn file(numbers: std::ops::Range<usize>, round: usize) -> String {
    let mut text = "version: 1\ntokens:\n".to_owned();
    for number in numbers {
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

/// What this process holds, in bytes: Linux tells it in pages.
fn resident() -> usize {
    let pages = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    pages.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or_default() * 4096
}

/// One after another, each of these many times: the median, the 99th of a hundred and the slowest.
fn tell(what: &str, times: usize, mut once: impl FnMut(usize)) {
    let mut spent: Vec<Duration> = (0..times)
        .map(|round| {
            let start = Instant::now();
            once(round);
            start.elapsed()
        })
        .collect();
    spent.sort();
    println!("{what}: p50 {:?}, p99 {:?}, max {:?}", spent[times / 2], spent[times * 99 / 100], spent[times - 1]);
}

fn start_and_reload(group: &mut BenchmarkGroup<'_, WallTime>, what: &str, directory: &Path, write: &dyn Fn(usize)) {
    write(0);
    group.bench_function(format!("{what}/start"), |bencher| bencher.iter(|| open(directory)));
    let store = open(directory);
    let mut round = 0;
    group.bench_function(format!("{what}/reload"), |bencher| {
        bencher.iter_custom(|times| {
            let mut spent = Duration::ZERO;
            for _ in 0..times {
                round += 1;
                write(round);
                let (start, before) = (Instant::now(), store.snapshot().generation);
                store.reload();
                spent += start.elapsed();
                assert!(store.snapshot().generation > before);
            }
            spent
        });
    });
}

fn many_tokens(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("store/100000");
    group.sample_size(10);

    let people = tempfile::tempdir().unwrap();
    let admin = "- { name: admin, id: admin, scopes: [ADMIN] }\n...\n";
    start_and_reload(&mut group, "people's", people.path(), &|round| {
        let text = file(0..TOKENS, round).replace("...\n", admin);
        fs::write(people.path().join("tokens.yaml"), text).unwrap();
    });

    let managed = tempfile::tempdir().unwrap();
    let directory = managed.path();
    fs::write(directory.join("tokens.yaml"), PEOPLE).unwrap();
    fs::create_dir(directory.join("managed.d")).unwrap();
    start_and_reload(&mut group, "managed", directory, &|round| {
        fs::write(directory.join("managed.yaml"), file(0..500, round)).unwrap();
        for part in 1..TOKENS / 500 {
            let text = file(part * 500..(part + 1) * 500, round);
            fs::write(directory.join(format!("managed.d/{part:06}.yaml")), text).unwrap();
        }
    });

    let before = resident();
    let store = open(directory);
    println!("memory of {TOKENS} tokens: {} MiB", resident().saturating_sub(before) >> 20);
    assert_eq!(store.snapshot().len(), TOKENS + 1);
    let (snapshot, id) = (store.snapshot(), "id-77777".parse().unwrap());
    let value = snapshot.value_of(&id, "workspace", "local");
    assert_eq!(snapshot.authenticate(&value).unwrap().name.as_ref(), "tenant 77777");
    group.bench_function("look-up", |bencher| bencher.iter(|| snapshot.authenticate(black_box(&value))));
    group.finish();

    let new = |number: usize| NewToken {
        name: format!("new {number}"),
        scopes: vec!["DATASOURCES:READ:events:org_id = 1".to_owned()],
        ..NewToken::default()
    };
    tell("create", 300, |round| drop(store.create(Authority::Admin, &new(round)).unwrap()));
    let change = Replacement { scopes: Some(vec!["PIPES:READ:top".to_owned()]), ..Replacement::default() };
    tell("replace", 300, |round| {
        let name = format!("tenant {}", round * 331);
        store.replace(Authority::Admin, &name, &change, OnWidening::Allow).unwrap();
    });
    tell("refresh", 300, |round| {
        store.refresh(Authority::Admin, &format!("tenant {}", round * 331), None).unwrap();
    });
    tell("remove", 300, |round| drop(store.remove(Authority::Admin, &format!("tenant {}", round * 331)).unwrap()));
    let probe = directory.join("probe");
    tell("the disk alone: write, sync, rename, sync", 100, |round| {
        let draft = directory.join("draft");
        fs::write(&draft, vec![b'x'; 80_000 + round]).unwrap();
        fs::File::open(&draft).unwrap().sync_all().unwrap();
        fs::rename(&draft, &probe).unwrap();
        fs::File::open(directory).unwrap().sync_all().unwrap();
    });
}

criterion_group!(benches, many_tokens);
criterion_main!(benches);
