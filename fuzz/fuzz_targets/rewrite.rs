//! Any text, and any sequence of words: what is written is bounded, canonical, and reads no table outside a wall.

#![no_main]

#[path = "../../tests/it/properties.rs"]
mod properties;

use libfuzzer_sys::fuzz_target;

// The first byte says which of the two it is, and the dialect.
fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else { return };
    let dialect = properties::DIALECTS[usize::from(first / 2) % properties::DIALECTS.len()];
    let text = match std::str::from_utf8(rest) {
        Ok(text) if first % 2 == 0 => text.to_owned(),
        _ => properties::words::statement(rest),
    };
    if let Err(why) = properties::rewrites_well_in(&text, dialect) {
        panic!("{why}\n{text:?}");
    }
});
