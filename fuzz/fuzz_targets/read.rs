//! Any sequence of words of the grammar: it is read or refused.

#![no_main]

#[path = "../../tests/it/properties.rs"]
mod properties;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| properties::reads(&properties::words::statement(bytes)));
