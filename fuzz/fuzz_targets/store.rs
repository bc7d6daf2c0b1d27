//! Any text as a token file, and a good file with bytes changed: no beginning says more, no change opens what a filter closed.

#![no_main]

#[path = "../../tests/it/properties.rs"]
mod properties;

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;

static FOLDER: LazyLock<tempfile::TempDir> = LazyLock::new(|| tempfile::tempdir().unwrap());

// The first byte says which of the two it is.
fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else { return };
    let outcome = match std::str::from_utf8(rest) {
        Ok(text) if first % 2 == 0 => properties::store::no_beginning_says_more(text, FOLDER.path()),
        _ => properties::store::no_change_opens(rest, FOLDER.path()),
    };
    if let Err(why) = outcome {
        panic!("{why}");
    }
});
