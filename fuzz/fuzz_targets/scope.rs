//! Any text as a scope: it is refused, or means what it says.

#![no_main]

// Inside a module of its own: a file that `path` names would look for its parts beside itself.
#[path = "../../tests/it"]
mod it {
    pub(crate) mod properties;
}

use it::properties;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(why) = properties::scope::scope_means_what_it_says(text) {
        panic!("{why}\n{text:?}");
    }
});
