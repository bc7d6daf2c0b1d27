//! Any text as a file of a pipe: it is refused, or stays what it is when it is written and read again.

#![no_main]

// Inside a module of its own: a file that `path` names would look for its parts beside itself.
#[path = "../../tests/it"]
mod it {
    pub(crate) mod properties;
}

use it::properties;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(why) = properties::pipe::datafile_stays(text) {
        panic!("{why}\n{text:?}");
    }
});
