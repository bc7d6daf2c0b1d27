//! What Tinybird's API has and this gateway has not.
//!
//! Each path is known, so that a client is told what is missing and is not left to guess at a typing error: 404 with a
//! sentence for ADMIN, 403 for every other token, as for whatever else a token may not do. Nothing is run and no body is
//! read.

use super::{Access, Endpoint, Face, Methods, Row, row, segment};

/// Paths with everything below them, and what would stand there.
const FAMILIES: &[(&str, &str)] = &[
    ("/v0/analyze", "analysis of files"),
    ("/v0/connectors", "connectors"),
    ("/v0/datafiles", "a place for files; `/v0/datasources` and `/v0/pipes` take what is in them"),
    ("/v0/dependencies", "a list of dependencies"),
    ("/v0/deployments", "deployments"),
    ("/v0/environments", "environments"),
    ("/v0/infra", "infrastructures"),
    ("/v0/integrations", "integrations"),
    ("/v0/organizations", "organizations"),
    ("/v0/playgrounds", "playgrounds"),
    ("/v0/secrets", "secrets"),
    ("/v0/tags", "tags"),
    ("/v0/templates", "templates of projects"),
    ("/v0/variables", "secrets"),
    ("/v0/workspaces", "workspaces that are made over the API"),
    ("/v1/billing", "bills"),
    ("/v1/build", "builds"),
    ("/v1/deploy", "deployments"),
    ("/v1/deployments", "deployments"),
    ("/v1/environments", "environments"),
    ("/v1/infra", "infrastructures"),
    ("/v1/integrations", "integrations"),
    ("/v1/organizations", "organizations"),
    ("/v1/secrets", "secrets"),
    ("/v1/tags", "tags"),
    ("/v1/variables", "secrets"),
    ("/v1/workspaces", "workspaces that are made over the API"),
];

/// Single paths.
const PATHS: &[(&str, &str)] = &[
    ("/v0/datasources/{name}/exchange", "an exchange of data sources"),
    ("/v0/datasources/{name}/scheduling/runs", "schedules"),
    ("/v0/datasources/{name}/scheduling/state", "schedules"),
    ("/v0/datasources/{name}/share", "data sources that are shared between workspaces"),
    ("/v0/jobs/{id}/cancel", "jobs that can be cancelled"),
    ("/v0/jobs/{id}/retry", "jobs that can be tried again"),
    ("/v0/pipes/{pipe}/copy", "pipes that write"),
    ("/v0/pipes/{pipe}/copy/pause", "pipes that write"),
    ("/v0/pipes/{pipe}/copy/resume", "pipes that write"),
    ("/v0/pipes/{pipe}/explain", "plans of a query; `portcullis explain --pipe` tells what is sent"),
    ("/v0/pipes/{pipe}/nodes/{node}/analysis", "pipes that write"),
    ("/v0/pipes/{pipe}/nodes/{node}/copy", "pipes that write"),
    ("/v0/pipes/{pipe}/nodes/{node}/explain", "plans of a query; `portcullis explain --pipe` tells what is sent"),
    ("/v0/pipes/{pipe}/nodes/{node}/materialization", "pipes that write"),
    ("/v0/pipes/{pipe}/nodes/{node}/population", "pipes that write"),
    ("/v0/pipes/{pipe}/nodes/{node}/sink", "pipes that write"),
    ("/v0/pipes/{pipe}/nodes/{node}/stream", "pipes that write"),
    ("/v0/pipes/{pipe}/sink", "pipes that write"),
    ("/v0/sql_copy", "queries that write"),
    ("/v0/sql_replace", "a rewriter for other people's text"),
];

/// The rows of the table.
pub(super) fn rows() -> Vec<Row> {
    let any = Methods::GET.and(Methods::POST).and(Methods::PUT).and(Methods::DELETE);
    let below = |path: &str| [path.to_owned(), format!("{path}/{}", segment::REST)];
    let families = FAMILIES.iter().flat_map(|(path, what)| below(path).map(|path| (path, *what)));
    let paths = PATHS.iter().map(|(path, what)| ((*path).to_owned(), *what));
    let absent = |(path, what): (String, _)| Row {
        path: path.into(),
        ..row("", any, Access::Token, Face::V0, Endpoint::Absent(what))
    };
    families.chain(paths).map(absent).collect()
}
