//! Any text as a row filter: it is refused, or means the same when it is compiled again.

#![no_main]

// Inside a module of its own: a file that `path` names would look for its parts beside itself.
#[path = "../../tests/it"]
mod it {
    pub(crate) mod properties;
}

use it::properties;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(why) = properties::filter_compiles(text) {
        panic!("{why}\n{text:?}");
    }
});
