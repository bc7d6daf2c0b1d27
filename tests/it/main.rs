//! Tests of the whole: one file a subject.

mod cli_check;
mod cli_token;
mod store_reload;
mod store_torn;
mod store_world;
