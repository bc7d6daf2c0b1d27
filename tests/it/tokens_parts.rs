//! The parts of the managed file: an edit writes one, whatever is missing or torn refuses the whole, and a cut that broke off
//! loses nothing and revives nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;

use portcullis::store::{Authority, NewToken, OnWidening, Paths, Replacement, Report, Store};
use portcullis::token::BearerToken;
use tempfile::TempDir;

use crate::store_world::{compile, file};

const ONE: &str = "DATASOURCES:READ:events:org_id = 1";

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("tokens.yaml"), file("people")).unwrap();
        Self(folder)
    }

    /// With a managed file of this many tokens, `t0000` and so on.
    fn with(tokens: usize) -> Self {
        let folder = Self::new();
        fs::write(folder.main(), text(0..tokens)).unwrap();
        folder
    }

    fn main(&self) -> PathBuf {
        self.0.path().join("managed.yaml")
    }

    fn part(&self, number: usize) -> PathBuf {
        self.0.path().join(format!("managed.d/{number:06}.yaml"))
    }

    fn open(&self) -> Result<Store, Report> {
        let paths = Paths { tokens: self.0.path().join("tokens.yaml"), managed: Some(self.main()), gateway: None };
        Store::open(paths, compile())
    }

    /// Every managed file and what it says.
    fn files(&self) -> BTreeMap<PathBuf, String> {
        let parts =
            fs::read_dir(self.0.path().join("managed.d")).into_iter().flatten().map(|part| part.unwrap().path());
        parts.chain([self.main()]).map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect()
    }
}

fn text(numbers: std::ops::Range<usize>) -> String {
    let line = |number| format!("- {{name: \"t{number:04}\", id: \"i{number}\", scopes: [\"{ONE}\"]}}\n");
    format!("version: 1\ntokens:\n{}...\n", numbers.map(line).collect::<String>())
}

fn names(store: &Store) -> BTreeSet<String> {
    let names = store.snapshot().entries().map(|entry| entry.name().to_owned()).collect::<Vec<_>>();
    let set: BTreeSet<_> = names.iter().cloned().collect();
    assert_eq!(set.len(), names.len(), "a token counts twice");
    set
}

fn value(store: &Store, id: &str) -> BearerToken {
    store.snapshot().value_of(&id.parse().unwrap(), "w", "local")
}

fn create(store: &Store, name: &str) {
    let new = NewToken { name: name.to_owned(), scopes: vec![ONE.to_owned()], ..NewToken::default() };
    store.create(Authority::Admin, &new).unwrap();
}

fn inodes(paths: impl IntoIterator<Item = PathBuf>) -> BTreeMap<PathBuf, u64> {
    paths.into_iter().map(|path| (path.clone(), fs::metadata(path).unwrap().ino())).collect()
}

/// The files of which there is another one now.
fn rewritten(folder: &Folder, edit: impl FnOnce()) -> Vec<PathBuf> {
    let before = inodes(folder.files().into_keys());
    edit();
    let after = inodes(folder.files().into_keys());
    after.into_iter().filter(|(path, inode)| before.get(path) != Some(inode)).map(|(path, _)| path).collect()
}

#[test]
fn a_file_that_is_full_grows_parts_and_an_edit_writes_one_of_them() {
    let folder = Folder::with(510);
    let store = folder.open().unwrap();
    assert_eq!(rewritten(&folder, || create(&store, "a")), [folder.main()]);
    assert_eq!(rewritten(&folder, || create(&store, "b")), [folder.main()]);
    assert_eq!(rewritten(&folder, || create(&store, "c")), [folder.part(1), folder.main()], "the first has 512");
    assert!(folder.files()[&folder.main()].contains("\nparts: 1\n"));
    assert_eq!(rewritten(&folder, || create(&store, "d")), [folder.part(1)]);
    let scopes = Replacement { scopes: Some(Vec::new()), name: Some("e".to_owned()), ..Replacement::default() };
    let replace = |which: &str| drop(store.replace(Authority::Admin, which, &scopes, OnWidening::Allow).unwrap());
    assert_eq!(rewritten(&folder, || replace("d")), [folder.part(1)], "it stays where it is");
    assert_eq!(rewritten(&folder, || drop(store.refresh(Authority::Admin, "e", None).unwrap())), [folder.part(1)]);
    assert_eq!(rewritten(&folder, || drop(store.remove(Authority::Admin, "a").unwrap())), [folder.main()]);
    assert_eq!(rewritten(&folder, || create(&store, "f")), [folder.main()], "there is room again");
    assert!(folder.files().values().all(|text| text.ends_with("\n...\n")), "{:?}", folder.files().keys());
    assert_eq!(names(&folder.open().unwrap()), names(&store));
    assert_eq!(store.snapshot().len(), 515);
}

#[test]
fn a_large_file_is_cut_by_the_first_edit_and_every_value_stays() {
    let folder = Folder::with(1_300);
    let before = folder.open().unwrap();
    let all = names(&before);
    before.remove(Authority::Admin, "t1299").unwrap();
    let counts: Vec<_> = folder.files().values().map(|text| text.matches("\n- {name: ").count()).collect();
    assert_eq!(counts, [512, 275, 512], "of the parts and of the file");
    for store in [before, folder.open().unwrap()] {
        let mut left = names(&store);
        assert!(!left.contains("t1299") && left.insert("t1299".to_owned()) && left == all);
        for number in [0, 511, 512, 1_298] {
            let found = store.snapshot().authenticate(&value(&store, &format!("i{number}"))).unwrap();
            assert_eq!(*found.name, *format!("t{number:04}"));
        }
        assert_eq!(
            rewritten(&folder, || drop(store.refresh(Authority::Admin, "t0600", None).unwrap())),
            [folder.part(1)]
        );
    }
}

/// A crash between the new parts and the file that still has their tokens, at each place where it can come.
#[test]
fn a_cut_that_broke_off_loses_nothing_and_what_is_removed_then_stays_removed() {
    let whole = text(0..1_600);
    let cut = Folder::with(1_600);
    cut.open().unwrap().remove(Authority::Admin, "t1599").unwrap();
    let parts: Vec<_> = (1..=3).map(|number| fs::read_to_string(cut.part(number)).unwrap()).collect();
    for done in 0..=3 {
        let folder = Folder::with(0);
        fs::write(folder.main(), &whole).unwrap();
        fs::create_dir(folder.0.path().join("managed.d")).unwrap();
        for (number, text) in parts.iter().enumerate().take(done) {
            // The last token stood in the third part before it was removed.
            let last = "- {name: \"t1599\", id: \"i1599\", scopes: [\"DATASOURCES:READ:events:org_id = 1\"]}\n";
            let text = if number == 2 { text.replace("...\n", &format!("{last}...\n")) } else { text.clone() };
            fs::write(folder.part(number + 1), text).unwrap();
        }
        let store = folder.open().unwrap();
        assert_eq!(store.snapshot().len(), 1_601, "after {done} parts");
        let names_before = names(&store);
        let revoked = value(&store, "i700");
        store.remove(Authority::Admin, "t0700").unwrap();
        for store in [&store, &folder.open().unwrap()] {
            assert!(store.snapshot().authenticate(&revoked).is_none(), "after {done} parts");
            let mut left = names(store);
            assert!(left.insert("t0700".to_owned()) && left == names_before, "after {done} parts");
        }
        let told: usize = folder.files().values().map(|text| text.matches("\n- {name: ").count()).sum();
        assert_eq!(told, 1_599, "each stands in one file");
    }
}

#[test]
fn a_token_that_stands_in_two_files_and_not_alike_refuses_both() {
    for other in
        [text(3..4).replace("org_id = 1", "org_id = 2"), text(3..4).replace("t0003", "x"), text(3..4) + "# x\n"]
    {
        let folder = Folder::with(10);
        fs::create_dir(folder.0.path().join("managed.d")).unwrap();
        fs::write(folder.part(1), &other).unwrap();
        let alike = other.ends_with("# x\n");
        assert_eq!(folder.open().is_ok(), alike, "{other}");
    }
}

#[test]
fn whatever_is_missing_torn_or_garbled_refuses_the_start_and_changes_nothing_in_a_running_one() {
    let grown = || {
        let folder = Folder::with(2_000);
        folder.open().unwrap().remove(Authority::Admin, "t0000").unwrap();
        folder
    };
    let folder = grown();
    let store = folder.open().unwrap();
    let all = names(&store);
    for path in folder.files().into_keys() {
        let whole = fs::read(&path).unwrap();
        let mut garbled = whole.clone();
        garbled[200] = b'\\';
        for bad in [None, Some(&whole[..whole.len() - 4]), Some(&whole[..whole.len() / 2]), Some(&[]), Some(&garbled)] {
            match bad {
                None => fs::remove_file(&path).unwrap(),
                Some(bad) => fs::write(&path, bad).unwrap(),
            }
            let what = (path.file_name().unwrap(), bad.map(<[u8]>::len));
            assert!(folder.open().is_err_and(|report| report.path().starts_with(folder.0.path())), "{what:?}");
            store.reload();
            assert!(store.status().stale.is_some() && names(&store) == all, "{what:?}");
            assert!(store.remove(Authority::Admin, "t0001").is_err(), "{what:?}");
            assert_eq!(fs::read(&path).ok().as_deref(), bad, "what can still be mended is not written over");
            fs::write(&path, &whole).unwrap();
            store.reload();
            assert_eq!((store.status().stale, names(&store) == all), (None, true), "{what:?}");
        }
    }
}

#[test]
fn what_a_crash_left_of_a_draft_is_nobodys() {
    let folder = Folder::with(1_300);
    folder.open().unwrap().remove(Authority::Admin, "t0000").unwrap();
    let next = folder.part(1);
    for draft in [next.with_file_name(".000001.yaml.draft"), folder.0.path().join(".managed.yaml.draft")] {
        fs::write(draft, text(0..1)).unwrap();
    }
    let store = folder.open().unwrap();
    assert!(!names(&store).contains("t0000"));
    store.remove(Authority::Admin, "t0600").unwrap();
    assert!(!next.with_file_name(".000001.yaml.draft").exists());
}

#[test]
fn two_processes_see_each_others_edits_in_every_part() {
    let folder = Folder::with(1_300);
    let (one, other) = (folder.open().unwrap(), folder.open().unwrap());
    let revoked = value(&other, "i900");
    // The first cuts the file while the second has it whole.
    one.remove(Authority::Admin, "t0900").unwrap();
    assert!(other.snapshot().authenticate(&revoked).is_some(), "it has not looked yet");
    create(&other, "new");
    assert!(other.snapshot().authenticate(&revoked).is_none());
    assert!(other.remove(Authority::Admin, "t0900").is_err());
    for name in ["t0001", "t0700", "t1200"] {
        other.remove(Authority::Admin, name).unwrap();
        one.reload();
        assert!(!names(&one).contains(name), "{name}");
    }
    assert_eq!(names(&one), names(&other));
    assert_eq!((one.status().stale, one.reloads_failed()), (None, 0));
    assert_eq!(one.snapshot().len(), 1_298);
}

#[test]
fn a_filter_that_may_be_written_no_more_refuses_every_part() {
    let folder = Folder::with(1_300);
    folder.open().unwrap().remove(Authority::Admin, "t0000").unwrap();
    let gateway = folder.0.path().join("gateway.yaml");
    fs::write(&gateway, "version: 1\nfunctions: { allow: [my_function] }\n...\n").unwrap();
    let config = portcullis::config::load(&gateway).unwrap();
    let compile = portcullis::store::Compile { read_hot: config.read_hot(), ..compile() };
    let paths = Paths {
        tokens: folder.0.path().join("tokens.yaml"),
        managed: Some(folder.main()),
        gateway: Some(gateway.clone()),
    };
    let store = Store::open(paths, compile).unwrap();
    let odd = NewToken {
        name: "odd".to_owned(),
        scopes: vec!["DATASOURCES:READ:events:my_function(org_id) = 1".to_owned()],
        ..NewToken::default()
    };
    store.create(Authority::Admin, &odd).unwrap();
    fs::write(&gateway, "version: 1\n...\n").unwrap();
    store.reload();
    assert!(store.status().stale.is_some_and(|why| why.contains("my_function")), "{:?}", store.status());
}

#[test]
fn a_folder_that_cannot_be_written_changes_nothing() {
    let folder = Folder::with(600);
    let store = folder.open().unwrap();
    let before = folder.files();
    // In the place of the directory of the parts there is a file.
    fs::write(folder.0.path().join("managed.d"), "").unwrap();
    let new = NewToken { name: "new".to_owned(), scopes: Vec::new(), ..NewToken::default() };
    assert!(store.create(Authority::Admin, &new).is_err());
    fs::remove_file(folder.0.path().join("managed.d")).unwrap();
    assert_eq!((folder.files(), store.snapshot().len()), (before, 601));
    create(&store, "new");
    assert_eq!(names(&folder.open().unwrap()), names(&store));
}
