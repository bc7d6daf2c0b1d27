//! Any text as a template of a pipe, with any values: what is rendered is refused or written well, and no value becomes SQL.

#![no_main]

#[path = "../../tests/it/properties.rs"]
mod properties;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(why) = properties::pipe::renders_well(text) {
        panic!("{why}\n{text:?}");
    }
});
