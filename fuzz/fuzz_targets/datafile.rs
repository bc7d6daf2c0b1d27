//! Any text as a file of a pipe: it is refused, or stays what it is when it is written and read again.

#![no_main]

#[path = "../../tests/it/properties.rs"]
mod properties;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(why) = properties::pipe::datafile_stays(text) {
        panic!("{why}\n{text:?}");
    }
});
