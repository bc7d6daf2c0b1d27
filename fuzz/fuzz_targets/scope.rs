//! Any text as a scope: it is refused, or means what it says.

#![no_main]

#[path = "../../tests/it/properties.rs"]
mod properties;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(why) = properties::scope::scope_means_what_it_says(text) {
        panic!("{why}\n{text:?}");
    }
});
