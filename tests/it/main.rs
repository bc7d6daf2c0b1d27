//! The gateway from outside.

mod upstream_api;
mod upstream_clickhouse;
mod upstream_common;
mod upstream_embedded;
mod upstream_faults;
