//! Any text: it is read or refused.

#![no_main]

#[path = "../../tests/it/properties.rs"]
mod properties;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| properties::reads(text));
