//! Any text as a request: no fault, and the same answer whatever the filters hide.

#![no_main]

// Inside a module of its own: a file that `path` names would look for its parts beside itself.
#[path = "../../tests/it"]
mod it {
    pub(crate) mod properties;
}

use std::sync::LazyLock;

use it::properties::request::Doors;
use libfuzzer_sys::fuzz_target;

// libFuzzer ends without a word: the folder is the same each time, so that it does not become many.
static DOORS: LazyLock<Doors> = LazyLock::new(|| Doors::open(&std::env::temp_dir().join("portcullis-fuzz-request")));

fuzz_target!(|text: &str| {
    if let Err(why) = DOORS.answer_alike(text) {
        panic!("{why}\n{text:?}");
    }
});
