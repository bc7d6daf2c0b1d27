//! What 100,000 tokens cost: a start, a reload, a look-up, one edit, and memory. The gateway's own stand in the parts that it
//! makes of them; people's in one file.

#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, clippy::indexing_slicing, reason = "a benchmark")]

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

/// What this process has used of the processors so far, in ticks of Linux, a hundredth of a second each: a busy machine does
/// not count in it.
fn used() -> u64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    [11, 12].iter().filter_map(|&field| fields.get(field)?.parse::<u64>().ok()).sum()
}

/// Five times: the median of the time, and of what was used of the processors.
fn five(what: &str, mut once: impl FnMut(usize) -> Duration) {
    let (mut times, mut uses): (Vec<_>, Vec<_>) = (1..=5)
        .map(|round| {
            let before = used();
            (once(round), used() - before)
        })
        .unzip();
    times.sort();
    uses.sort_unstable();
    println!("{what}: {:.2?}, {} ms of processors", times[2], uses[2] * 10);
}

fn start_and_reload(what: &str, directory: &Path, write: &dyn Fn(usize)) -> Store {
    write(0);
    let mut store = open(directory);
    five(&format!("{what}: start"), |_| {
        let start = Instant::now();
        // What it replaces is dropped later: a start drops nothing.
        let new = open(directory);
        let spent = start.elapsed();
        store = new;
        spent
    });
    five(&format!("{what}: reload of all"), |round| {
        write(round);
        let (start, before) = (Instant::now(), store.snapshot().generation);
        store.reload();
        assert!(store.snapshot().generation > before);
        start.elapsed()
    });
    store
}

fn many_tokens(criterion: &mut Criterion) {
    let people = tempfile::tempdir().unwrap();
    let admin = "- { name: admin, id: admin, scopes: [ADMIN] }\n...\n";
    let before = resident();
    let store = start_and_reload("100,000 in one file of people's", people.path(), &|round| {
        let text = file(0..TOKENS, round).replace("...\n", admin);
        fs::write(people.path().join("tokens.yaml"), text).unwrap();
    });
    println!("memory, at most: {} MiB", resident().saturating_sub(before) >> 20);
    drop(store);

    let managed = tempfile::tempdir().unwrap();
    let directory = managed.path();
    fs::write(directory.join("tokens.yaml"), PEOPLE).unwrap();
    fs::create_dir(directory.join("managed.d")).unwrap();
    let store = start_and_reload("100,000 of the gateway's own", directory, &|round| {
        fs::write(directory.join("managed.yaml"), file(0..500, round)).unwrap();
        for part in 1..TOKENS / 500 {
            let text = file(part * 500..(part + 1) * 500, round);
            fs::write(directory.join(format!("managed.d/{part:06}.yaml")), text).unwrap();
        }
    });

    assert_eq!(store.snapshot().len(), TOKENS + 1);
    let (snapshot, id) = (store.snapshot(), "id-77777".parse().unwrap());
    let value = snapshot.value_of(&id, "workspace", "local");
    assert_eq!(snapshot.authenticate(&value).unwrap().name.as_ref(), "tenant 77777");
    criterion.bench_function("store/100000/look-up", |bencher| {
        bencher.iter(|| snapshot.authenticate(black_box(&value)));
    });
    let values: Vec<_> = (0..TOKENS)
        .step_by(97)
        .map(|number| snapshot.value_of(&format!("id-{number}").parse().unwrap(), "workspace", "local"))
        .collect();
    let mut turn = values.iter().cycle();
    criterion.bench_function("store/100000/look-up, one after another", |bencher| {
        bencher.iter(|| snapshot.authenticate(black_box(turn.next().unwrap())));
    });
    let unknown = snapshot.value_of(&"nobody".parse().unwrap(), "workspace", "local");
    criterion.bench_function("store/100000/look-up of none", |bencher| {
        bencher.iter(|| snapshot.authenticate(black_box(&unknown)));
    });

    let new = |number: usize| NewToken {
        name: format!("new {number}"),
        scopes: vec!["DATASOURCES:READ:events:org_id = 1".to_owned()],
        ..NewToken::default()
    };
    let before = used();
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
    println!("an edit, of all these: {:.2} ms of processors", (used() - before) as f64 / 120.0);
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
