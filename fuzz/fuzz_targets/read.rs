//! Any sequence of words of the grammar: it is read or refused.

#![no_main]

// Inside a module of its own: a file that `path` names would look for its parts beside itself.
#[path = "../../tests/it"]
mod it {
    pub(crate) mod properties;
}

use it::properties;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| properties::reads(&properties::words::statement(bytes)));
