//! Any text as a row filter: it is refused, or means the same when it is compiled again.

#![no_main]

#[path = "../../tests/it/properties.rs"]
mod properties;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(why) = properties::filter_compiles(text) {
        panic!("{why}\n{text:?}");
    }
});
