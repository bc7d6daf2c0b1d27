//! Integration tests: one binary, one module a subject.

mod clickhouse;
mod sql_clickhouse;
mod sql_rewrite;
