//! Every route there is, in one table.
//!
//! A path is matched raw and whole: no decoding, no normalisation, no trailing slash that is not in the table. What is not
//! in the table is 404 for everyone; a path that is, with another method, 405.

use std::borrow::Cow;
use std::sync::Arc;

use http::Method;
use tower::BoxError;
use tower::filter::Predicate;

use crate::upstream::api::SqlPlace;

use super::credential::Places;
use super::hygiene::Clean;
use super::{Error, Settings};

#[cfg(test)]
mod tests;

/// The shape in which a request speaks and is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Face {
    V0,
    ClickHouse,
    Generic,
}

/// What stands behind a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Endpoint {
    Preflight,
    Ping,
    Health,
    Metrics,
    Regions,
    Auth,
    Workspace,
    Workspaces,
    V0Sql,
    ClickHouseSql,
    GenericSql(SqlPlace),
}

/// Whether a route asks for a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Open,
    Token,
}

#[derive(Debug)]
struct Row {
    path: Cow<'static, str>,
    methods: Methods,
    access: Access,
    face: Face,
    endpoint: Endpoint,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Methods {
    Get,
    Post,
    GetPost,
}

/// The table of one deployment.
#[derive(Debug)]
pub(super) struct Routes(Vec<Row>);

/// The layer's predicate.
#[derive(Debug, Clone)]
pub(super) struct Route {
    routes: Arc<Routes>,
}

/// A request whose endpoint is known. Only [`Route`] makes one.
#[derive(Debug)]
pub(super) struct Routed {
    endpoint: Endpoint,
    access: Access,
    face: Face,
    request: Clean,
}

impl Routes {
    pub(super) fn new(settings: &Settings) -> Self {
        use {Access::*, Endpoint::*, Methods::*};
        let mut rows =
            vec![row("/health", Get, Open, Face::Generic, Health), row("/metrics", Get, Token, Face::Generic, Metrics)];
        if settings.v0 {
            rows.extend([
                row("/v0/regions", Get, Open, Face::V0, Regions),
                row("/v0/auth", Get, Token, Face::V0, Auth),
                row("/v0/workspace", Get, Token, Face::V0, Workspace),
                row("/v1/workspace", Get, Token, Face::V0, Workspace),
                row("/v0/user/workspaces/", Get, Token, Face::V0, Workspaces),
                row("/v1/user/workspaces/", Get, Token, Face::V0, Workspaces),
                row("/v0/sql", GetPost, Token, Face::V0, V0Sql),
            ]);
        }
        if settings.clickhouse {
            rows.extend([
                row("/ping", Get, Open, Face::ClickHouse, Ping),
                row("/", GetPost, Token, Face::ClickHouse, ClickHouseSql),
            ]);
        }
        rows.extend(settings.generic.iter().map(|route| Row {
            path: route.path.clone().into(),
            methods: if route.method == Method::POST { Post } else { Get },
            access: Token,
            face: Face::Generic,
            endpoint: GenericSql(route.place.clone()),
        }));
        Self(rows)
    }

    /// The face that a path belongs to; what belongs to none is answered as the generic one is.
    pub(super) fn face(&self, path: &str) -> Face {
        self.row(path).map_or(Face::Generic, |row| row.face)
    }

    /// The path, if it is one of the table's.
    pub(super) fn matched(&self, path: &str) -> Option<&str> {
        self.row(path).map(|row| row.path.as_ref())
    }

    fn row(&self, path: &str) -> Option<&Row> {
        self.0.iter().find(|row| row.path == path)
    }

    fn find(&self, request: &Clean) -> Result<(Endpoint, Access, Face), Error> {
        if request.method() == Method::OPTIONS {
            // The same answer for every path: a preflight has no token and learns nothing.
            return Ok((Endpoint::Preflight, Access::Open, Face::Generic));
        }
        let row = self.row(request.path()).ok_or(Error::NotFound)?;
        if !row.methods.include(request.method()) {
            return Err(Error::MethodNotAllowed(row.methods.allow()));
        }
        // ClickHouse answers a bare `GET /` as it answers `/ping`: load balancers ask for it.
        if row.endpoint == Endpoint::ClickHouseSql && *request.method() != Method::POST && request.query().is_empty() {
            return Ok((Endpoint::Ping, Access::Open, row.face));
        }
        Ok((row.endpoint.clone(), row.access, row.face))
    }
}

impl Face {
    /// Its name in logs and figures.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::V0 => "v0",
            Self::ClickHouse => "clickhouse",
            Self::Generic => "generic",
        }
    }

    /// Where its clients put a token.
    pub(super) fn places(self) -> Places {
        match self {
            Self::ClickHouse => Places::ClickHouse,
            Self::V0 | Self::Generic => Places::Bearer,
        }
    }
}

impl Methods {
    /// HEAD is decided as GET is (RFC 9110 section 9.3.2).
    fn include(self, method: &Method) -> bool {
        match *method {
            Method::GET | Method::HEAD => self != Self::Post,
            Method::POST => self != Self::Get,
            _ => false,
        }
    }

    fn allow(self) -> &'static str {
        match self {
            Self::Get => "GET, HEAD, OPTIONS",
            Self::Post => "POST, OPTIONS",
            Self::GetPost => "GET, HEAD, POST, OPTIONS",
        }
    }
}

impl Route {
    pub(super) fn new(routes: Arc<Routes>) -> Self {
        Self { routes }
    }
}

impl Predicate<Clean> for Route {
    type Request = Routed;

    fn check(&mut self, request: Clean) -> Result<Routed, BoxError> {
        let (endpoint, access, face) = self.routes.find(&request)?;
        Ok(Routed { endpoint, access, face, request })
    }
}

impl Routed {
    pub(super) fn access(&self) -> Access {
        self.access
    }

    pub(super) fn face(&self) -> Face {
        self.face
    }

    pub(super) fn request(&self) -> &Clean {
        &self.request
    }

    pub(super) fn into_parts(self) -> (Endpoint, Clean) {
        (self.endpoint, self.request)
    }
}

fn row(path: &'static str, methods: Methods, access: Access, face: Face, endpoint: Endpoint) -> Row {
    Row { path: path.into(), methods, access, face, endpoint }
}
