//! Integration tests: one binary, one module a subject.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stderr,
    reason = "clippy's exemption of tests does not reach what tests share"
)]

mod attestation;
mod attestation_sqlite;
mod attestation_words;
mod authz_matrix;
mod campaign;
mod cli_certify;
mod cli_check;
mod cli_token;
mod cli_token_managed;
mod connection;
mod corpora;
mod databases;
mod dialects;
mod dialects_lists;
mod dialects_readers;
mod dialects_text;
mod dialects_world;
mod differential;
mod e2e_clickhouse;
mod e2e_drain;
mod e2e_embedded;
mod e2e_generic;
mod e2e_jwt;
mod e2e_readme;
mod e2e_reload;
mod embedded_bounds;
mod engines;
mod gateway;
mod generate;
mod http;
mod http_bodies;
mod http_credentials;
mod http_faces;
mod http_framing;
mod http_limits;
mod http_matrix;
mod http_paths;
mod http_server;
mod http_smuggling;
mod http_world;
mod metamorphic;
mod mutated;
mod native;
mod pipes;
mod pipes_api;
mod pipes_templates;
mod project;
mod project_rows;
mod project_world;
mod properties;
mod relayed;
mod relayed_faults;
mod sql_clickhouse;
mod sql_hostile;
mod sql_rewrite;
mod sql_vectors;
mod static_verify;
mod store_reload;
mod store_torn;
mod store_world;
mod tidy;
mod tokens_api;
mod tokens_grants;
mod tokens_live;
mod tokens_managed;
mod tokens_parts;
mod twins;
mod twins_blocks;
mod twins_embedded;
mod twins_harmless;
mod twins_json;
mod twins_keys;
mod twins_pruned;
mod twins_shared;
mod twins_untyped;
mod upstream_api;
mod upstream_clickhouse;
mod upstream_common;
mod upstream_embedded;
mod upstream_faults;
mod upstream_keys;
mod upstream_releases;
mod v0_rest;
mod workspace_clients;
mod writes;
mod writes_clients;
mod writes_limits;
mod writes_staging;
mod writes_twins;
