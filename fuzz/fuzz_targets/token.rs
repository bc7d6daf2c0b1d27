//! Any text as a credential, and good values with bytes changed: nothing is verified but what was signed.

#![no_main]

#[path = "../../tests/it/properties.rs"]
mod properties;

use libfuzzer_sys::fuzz_target;

// The first byte says which of the two it is.
fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else { return };
    let text = match std::str::from_utf8(rest) {
        Ok(text) if first % 2 == 0 => text.to_owned(),
        _ => properties::token::changed(rest),
    };
    if let Err(why) = properties::token::verifies_what_was_signed(&text) {
        panic!("{why}\n{text:?}");
    }
});
