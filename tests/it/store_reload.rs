//! A change of the files is in force within a second, however it is made; a bad one changes nothing and is told once.

use std::fs::{self, File, FileTimes};
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::sync::Arc;
use std::time::Duration;

use portcullis::config;
use portcullis::store::{Compile, Store};
use portcullis::token::BearerToken;

use super::store_world::{World, compile, file};

#[tokio::test(flavor = "multi_thread")]
async fn a_file_renamed_into_place_is_seen_again_and_again() {
    let world = World::plain().await;
    for name in ["two", "three", "four"] {
        let draft = world.directory.path().join("draft");
        fs::write(&draft, file(name)).unwrap();
        fs::rename(&draft, &world.tokens).unwrap();
        world.names_become(&[name]).await;
    }
    assert_eq!((world.store.status().generation, world.store.reloads_ok(), world.store.reloads_failed()), (4, 3, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_written_in_place_is_seen() {
    let world = World::plain().await;
    fs::write(&world.tokens, file("two")).unwrap();
    world.names_become(&["two"]).await;
    // Same length, and a clock that says that nothing happened.
    let modified = fs::metadata(&world.tokens).unwrap().modified().unwrap();
    let mut open = File::options().write(true).open(&world.tokens).unwrap();
    open.write_all(file("six").as_bytes()).unwrap();
    open.set_times(FileTimes::new().set_modified(modified)).unwrap();
    world.names_become(&["six"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_deleted_and_made_again_is_seen() {
    let world = World::plain().await;
    fs::remove_file(&world.tokens).unwrap();
    world.within_a_second("stale", |world| world.store.status().stale.is_some()).await;
    assert_eq!(world.names(), ["one"]);
    fs::write(&world.tokens, file("two")).unwrap();
    world.names_become(&["two"]).await;
    assert_eq!(world.store.status().stale, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kubernetes_swap_of_the_directory_behind_the_link_is_seen_again_and_again() {
    let world = World::new(|directory| {
        fs::create_dir(directory.join("..1")).unwrap();
        fs::write(directory.join("..1/tokens.yaml"), file("one")).unwrap();
        symlink("..1", directory.join("..data")).unwrap();
        symlink("..data/tokens.yaml", directory.join("tokens.yaml")).unwrap();
        directory.join("tokens.yaml")
    })
    .await;
    let directory = world.directory.path();
    for (round, name) in [(2, "two"), (3, "three")] {
        let (real, old) = (directory.join(format!("..{round}")), directory.join(format!("..{}", round - 1)));
        fs::create_dir(&real).unwrap();
        fs::write(real.join("tokens.yaml"), file(name)).unwrap();
        symlink(format!("..{round}"), directory.join("..data_tmp")).unwrap();
        fs::rename(directory.join("..data_tmp"), directory.join("..data")).unwrap();
        fs::remove_dir_all(old).unwrap();
        world.names_become(&[name]).await;
    }
    assert_eq!(world.store.reloads_failed(), 0);
}

/// The link's target lies in a directory that is not watched: only the look finds the change.
#[tokio::test(flavor = "multi_thread")]
async fn a_change_without_any_notification_is_seen() {
    let elsewhere = tempfile::tempdir().unwrap();
    let real = elsewhere.path().join("real.yaml");
    fs::write(&real, file("one")).unwrap();
    let world = World::new(|directory| {
        symlink(&real, directory.join("tokens.yaml")).unwrap();
        directory.join("tokens.yaml")
    })
    .await;
    fs::write(&real, file("two")).unwrap();
    world.names_become(&["two"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_directory_beside_the_file_counts_too() {
    let world = World::plain().await;
    let parts = world.directory.path().join("tokens.d");
    fs::create_dir(&parts).unwrap();
    fs::write(parts.join("a.yaml"), file("aaa")).unwrap();
    world.names_become(&["aaa", "one"]).await;
    fs::write(parts.join(".hidden.yaml"), file("hidden")).unwrap();
    fs::write(parts.join("b.txt"), file("text")).unwrap();
    fs::write(parts.join("b.yaml"), file("bbb")).unwrap();
    world.names_become(&["aaa", "bbb", "one"]).await;
    fs::remove_file(parts.join("a.yaml")).unwrap();
    world.names_become(&["bbb", "one"]).await;
    fs::write(parts.join("c.yaml"), file("one")).unwrap();
    world.within_a_second("stale", |world| world.store.status().stale.is_some()).await;
    assert_eq!(world.names(), ["bbb", "one"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_file_keeps_the_last_good_one_and_is_told_once() {
    let world = World::plain().await;
    let whole = file("two");
    let replace = |content: &str| {
        let draft = world.directory.path().join("draft");
        fs::write(&draft, content).unwrap();
        fs::rename(&draft, &world.tokens).unwrap();
    };
    let bad = ["", whole.trim_end_matches("...\n"), "version: 1\n...\n", &whole.replace("name", "nome")];
    for (round, content) in bad.into_iter().enumerate() {
        replace(content);
        let failed = u64::try_from(round).unwrap() + 1;
        world.within_a_second("a failure", |world| world.store.reloads_failed() == failed).await;
        let status = world.store.status();
        assert_eq!((status.generation, world.names()), (1, vec!["one".to_owned()]));
        assert!(status.stale.unwrap().contains("tokens.yaml"));
    }
    let failures = world.store.reloads_failed();
    tokio::time::sleep(Duration::from_millis(1200)).await;
    assert_eq!(world.store.reloads_failed(), failures, "the same file is refused once");
    replace(&whole);
    world.names_become(&["two"]).await;
    assert_eq!(world.store.status().stale, None);
    // A directory in the file's place cannot be read by anyone.
    fs::remove_file(&world.tokens).unwrap();
    fs::create_dir(&world.tokens).unwrap();
    world.within_a_second("stale", |world| world.store.status().stale.is_some()).await;
    fs::remove_dir(&world.tokens).unwrap();
    replace(&whole);
    world.within_a_second("good again", |world| world.store.status().stale.is_none()).await;
    assert_eq!(world.store.status().generation, 2, "the same content is the same state");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_token_is_unknown_with_the_next_snapshot() {
    let world = World::plain().await;
    let before = world.store.snapshot();
    let value = before.value_of(&"one".parse().unwrap(), "w", "local");
    let unknown = before.value_of(&"two".parse().unwrap(), "w", "local");
    assert!(before.authenticate(&value).is_some() && before.authenticate(&unknown).is_none());
    let foreign = BearerToken::parse(&value.expose().replace("p.", "q.")).unwrap();
    assert!(before.authenticate(&foreign).is_none());
    fs::write(&world.tokens, file("two")).unwrap();
    world.names_become(&["two"]).await;
    let after = world.store.snapshot();
    assert!(after.authenticate(&value).is_none() && after.authenticate(&unknown).is_some());
    assert!(before.authenticate(&value).is_some(), "a request keeps the snapshot that it began with");
}

#[test]
fn a_token_issued_elsewhere_is_known_by_its_digest() {
    let directory = tempfile::tempdir().unwrap();
    let tokens = directory.path().join("tokens.yaml");
    let value = BearerToken::parse("p.eyJ1IjogIjEifQ.issued-elsewhere").unwrap();
    let text = format!("version: 1\ntokens: [{{ name: legacy, digest: '{}', scopes: [] }}]\n...\n", value.digest());
    fs::write(&tokens, text).unwrap();
    let snapshot = super::store_world::open(&tokens).unwrap().snapshot();
    assert_eq!(snapshot.authenticate(&value).unwrap().name.as_ref(), "legacy");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hot_parts_of_the_configuration_are_read_again() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("gateway.yaml");
    let write = |depth: usize| {
        fs::write(
            &path,
            format!("version: 1\nlimits: {{ sql: {{ depth: {depth} }} }}\nfunctions: {{ allow: [f] }}\n...\n"),
        )
        .unwrap();
    };
    write(10);
    fs::write(directory.path().join("tokens.yaml"), file("one")).unwrap();
    let config = config::load(&path).unwrap();
    let compile = Compile { read_hot: config.read_hot(), ..compile() };
    let store = Arc::new(Store::open(config.paths(), compile).unwrap());
    assert_eq!((store.snapshot().limits.depth, store.snapshot().extensions.functions.len()), (10, 1));
    let watch = tokio::spawn(Arc::clone(&store).watch());
    tokio::time::sleep(Duration::from_millis(200)).await;
    write(20);
    let start = std::time::Instant::now();
    while store.snapshot().limits.depth != 20 {
        assert!(start.elapsed() < Duration::from_secs(1), "{:?}", store.status());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    watch.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pipe_in_the_place_of_a_file_holds_up_nothing() {
    let world = World::plain().await;
    fs::remove_file(&world.tokens).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&world.tokens).status().unwrap().success());
    world.within_a_second("stale", |world| world.store.status().stale.is_some()).await;
    let draft = world.directory.path().join("draft");
    fs::write(&draft, file("two")).unwrap();
    fs::rename(&draft, &world.tokens).unwrap();
    world.names_become(&["two"]).await;
}
