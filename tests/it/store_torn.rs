//! A torn or damaged file is refused, or it says what the whole one says; it never quietly says more.

use std::fs;

use crate::properties::store::{SAMPLE, open, picture, unfiltered};

#[test]
fn every_prefix_is_refused_or_says_the_whole() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("tokens.yaml");
    for sample in [SAMPLE, include_str!("../../config/tokens.yaml")] {
        fs::write(&path, sample).unwrap();
        let whole = picture(&open(&path).unwrap().snapshot());
        let mut accepted = 0;
        for end in 0..sample.len() {
            fs::write(&path, &sample.as_bytes()[..end]).unwrap();
            if let Ok(store) = open(&path) {
                assert_eq!(picture(&store.snapshot()), whole, "the first {end} bytes");
                accepted += 1;
            }
        }
        assert_eq!(accepted, 1, "only the last line's end may be missing");
    }
}

/// One byte is another one, at every place and in several ways. What is still accepted either says the same, or differs
/// from it in what it names; what it never does is to turn a filtered read into an unfiltered one, to lose a token
/// without a trace, or to grant ADMIN.
#[test]
fn no_changed_byte_opens_what_a_filter_closed() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("tokens.yaml");
    fs::write(&path, SAMPLE).unwrap();
    let store = open(&path).unwrap();
    let (whole, open_before) = (picture(&store.snapshot()), unfiltered(&store.snapshot()));
    let (mut flips, mut refused, mut same) = (0, 0, 0);
    for at in 0..SAMPLE.len() {
        for change in [1, 2, 4, 8, 16, 32, 64, 128] {
            let mut bytes = SAMPLE.as_bytes().to_vec();
            bytes[at] ^= change;
            fs::write(&path, &bytes).unwrap();
            flips += 1;
            let Ok(store) = open(&path) else {
                refused += 1;
                continue;
            };
            let snapshot = store.snapshot();
            same += usize::from(picture(&snapshot) == whole);
            let text = String::from_utf8_lossy(&bytes);
            assert_eq!(snapshot.principals().len(), whole.len(), "a token is lost, byte {at}:\n{text}");
            for (token, resource) in unfiltered(&snapshot) {
                let known = open_before.iter().any(|(_, before)| *before == resource);
                let filtered = resource == "events";
                let renamed = !whole.contains_key(&token) || !known;
                assert!(!filtered, "a filter is lost, byte {at}:\n{text}");
                assert!(renamed || open_before.contains(&(token, resource)), "more is open, byte {at}:\n{text}");
            }
        }
    }
    assert!(flips >= 2_000 && refused > flips / 2, "{refused} of {flips} refused, {same} the same");
}
