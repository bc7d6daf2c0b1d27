//! Portcullis: a gate in front of a data API.
//!
//! It takes a bearer token, knows from a hot-reloaded YAML store what that token may do, rewrites the SQL of every read
//! so that only permitted rows can be seen, and forwards what it wrote itself. Two sentences decide everything else:
//!
//! - **Refuse what is not understood.** Endpoint, statement, table, function, setting, parameter: each is on a list or
//!   is refused.
//! - **No byte of the client's SQL is forwarded.** What goes upstream is written by the gateway from what it understood.
//!
//! The modules stand on floors; imports go downwards only (`tests/it/tidy.rs` checks it):
//!
//! | floor | modules |
//! |---|---|
//! | 0 words | [`token`], [`resource`], [`catalog`] |
//! | 1 engines | [`sql`], [`pipe`], [`upstream`], [`telemetry`] |
//! | 2 judgement | [`authz`] |
//! | 3 memory | [`store`] |
//! | 4 onion | [`gateway`] |
//! | 5 faces to people | [`server`] |
//! | 6 composition | [`certify`], [`project`], [`config`], [`cli`] |

#![cfg_attr(test, allow(clippy::string_slice, reason = "clippy has no exemption of tests for this one"))]

pub mod authz;
pub mod catalog;
pub mod certify;
pub mod cli;
pub mod config;
pub mod gateway;
pub mod pipe;
pub mod project;
pub mod resource;
pub mod server;
pub mod sql;
pub mod store;
pub mod telemetry;
pub mod token;
pub mod upstream;
