//! Every route there is, in one table.
//!
//! A path is matched raw and whole: no normalisation, no trailing slash that is not in the table. A `{…}` in a row stands for
//! one segment, which is decoded once, after the match: a name, never a part of the path. What is not in the table is 404
//! for everyone; a path that is, with another method, 405.

use std::borrow::Cow;
use std::sync::Arc;

use http::Method;
use tower::BoxError;
use tower::filter::Predicate;

use crate::upstream::api::SqlPlace;

use super::credential::Places;
use super::face::v0::datasources::Place;
use super::hygiene::Clean;
use super::{Error, Settings};

mod absent;
mod methods;
mod segment;
#[cfg(test)]
mod tests;

use methods::Methods;

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
    /// The set of tokens.
    Tokens,
    /// One of them, by name, id or value.
    Token(String),
    TokenRefresh(String),
    V0Sql,
    /// Which tables a text names.
    SqlTables,
    SqlFormat,
    Pipes,
    Pipe(String),
    PipeRead(String, &'static str),
    /// A change of a pipe.
    PipeEdit(PipePlace),
    ClickHouseSql,
    GenericSql(SqlPlace),
    /// Data sources, events and jobs.
    Datasources(Place),
    /// A part of the API that is known and is not here.
    Absent(&'static str),
}

/// What of a pipe is changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PipePlace {
    Nodes(String),
    Node(String, String),
    NodeEndpoint(String, String),
    Endpoint(String),
}

/// Whether a route asks for a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Open,
    Token,
}

/// What the body of a request may be, which decides how large it may be and how long it may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Carries {
    Statement,
    Events,
    File,
}

#[derive(Debug)]
struct Row {
    /// The path, with `{…}` for a segment that names something.
    path: Cow<'static, str>,
    methods: Methods,
    access: Access,
    face: Face,
    leads: Leads,
    carries: Carries,
}

/// Where a row leads.
#[derive(Debug, Clone)]
enum Leads {
    To(Endpoint),
    /// To what the path's named segment stands for; `None` is a path that is not there.
    Of(fn(String) -> Option<Endpoint>),
    /// To what its two named segments stand for.
    OfTwo(fn(String, String) -> Endpoint),
}

/// The table of one deployment.
#[derive(Debug, Default)]
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
        use Access::{Open, Token};
        use Endpoint::{
            Auth, ClickHouseSql, GenericSql, Health, Metrics, Ping, Regions, Tokens, V0Sql, Workspace, Workspaces,
        };
        const GET: Methods = Methods::GET;
        const TOKEN: Methods = GET.and(Methods::PUT).and(Methods::DELETE);
        let mut rows =
            vec![row("/health", GET, Open, Face::Generic, Health), row("/metrics", GET, Token, Face::Generic, Metrics)];
        if settings.v0 {
            rows.extend([
                row("/v0/regions", GET, Open, Face::V0, Regions),
                row("/v0/auth", GET, Token, Face::V0, Auth),
                row("/v0/workspace", GET, Token, Face::V0, Workspace),
                row("/v1/workspace", GET, Token, Face::V0, Workspace),
                row("/v0/user/workspaces/", GET, Token, Face::V0, Workspaces),
                row("/v1/user/workspaces/", GET, Token, Face::V0, Workspaces),
                row("/v0/sql", GET.and(Methods::POST), Token, Face::V0, V0Sql),
                row("/v0/tokens", GET.and(Methods::POST), Token, Face::V0, Tokens),
                row("/v0/tokens/", GET.and(Methods::POST), Token, Face::V0, Tokens),
                named("/v0/tokens/{name}", TOKEN, |name| Some(Endpoint::Token(name))),
                named("/v0/tokens/{name}/refresh", Methods::POST, |name| Some(Endpoint::TokenRefresh(name))),
                row("/v0/sql_tables", GET.and(Methods::POST), Token, Face::V0, Endpoint::SqlTables),
                row("/v0/sql_format", GET.and(Methods::POST), Token, Face::V0, Endpoint::SqlFormat),
                row("/v0/pipes", GET.and(Methods::POST), Token, Face::V0, Endpoint::Pipes),
                row("/v0/pipes/", GET.and(Methods::POST), Token, Face::V0, Endpoint::Pipes),
            ]);
            rows.extend(datasources());
            rows.extend(pipe_edits());
            rows.push(Row {
                path: "/v0/pipes/{pipe}".into(),
                methods: GET.and(Methods::POST).and(Methods::DELETE),
                access: Token,
                face: Face::V0,
                leads: Leads::Of(|segment| {
                    Some(match super::face::v0::pipes::endpoint(&segment) {
                        Some((name, format)) => Endpoint::PipeRead(name, format),
                        None => Endpoint::Pipe(segment),
                    })
                }),
                carries: Carries::Statement,
            });
        }
        if settings.clickhouse {
            rows.extend([
                row("/ping", GET, Open, Face::ClickHouse, Ping),
                row("/", GET.and(Methods::POST), Token, Face::ClickHouse, ClickHouseSql),
            ]);
        }
        rows.extend(settings.generic.iter().map(|route| Row {
            path: route.path.clone().into(),
            methods: if route.method == Method::POST { Methods::POST } else { GET },
            access: Token,
            face: Face::Generic,
            leads: Leads::To(GenericSql(route.place.clone())),
            carries: Carries::Statement,
        }));
        // Last: a table is read from its beginning, and nobody is in a hurry here.
        if settings.v0 {
            rows.extend(absent::rows());
        }
        Self(rows)
    }

    /// The face that a path belongs to; what belongs to none is answered as the generic one is.
    pub(super) fn face(&self, path: &str) -> Face {
        self.row(path).map_or(Face::Generic, |row| row.face)
    }

    /// The path as the table has it: a name in it is `{…}`.
    pub(super) fn matched(&self, path: &str) -> Option<&str> {
        self.row(path).map(|row| row.path.as_ref())
    }

    /// What the body of a request to that path may be.
    pub(super) fn carries(&self, path: &str) -> Carries {
        self.row(path).map_or(Carries::Statement, |row| row.carries)
    }

    /// The first row that matches: a row of fixed segments stands before one with a name.
    fn row(&self, path: &str) -> Option<&Row> {
        self.0.iter().find(|row| segment::matches(&row.path, path))
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
        let endpoint = match &row.leads {
            Leads::To(endpoint) => endpoint.clone(),
            Leads::Of(make) => match <[String; 1]>::try_from(segment::named(&row.path, request.path())?) {
                Ok([name]) => make(name).ok_or(Error::NotFound)?,
                Err(_) => return Err(Error::NotFound),
            },
            Leads::OfTwo(make) => match <[String; 2]>::try_from(segment::named(&row.path, request.path())?) {
                Ok([first, second]) => make(first, second),
                Err(_) => return Err(Error::NotFound),
            },
        };
        // ClickHouse answers a bare `GET /` as it answers `/ping`: load balancers ask for it.
        if endpoint == Endpoint::ClickHouseSql && *request.method() != Method::POST && request.query().is_empty() {
            return Ok((Endpoint::Ping, Access::Open, row.face));
        }
        Ok((endpoint, row.access, row.face))
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
    Row { path: path.into(), methods, access, face, leads: Leads::To(endpoint), carries: Carries::Statement }
}

/// What Tinybird's API has on data sources, events and jobs.
fn datasources() -> Vec<Row> {
    const GET: Methods = Methods::GET;
    const POST: Methods = Methods::POST;
    let to = |path, methods, place| row(path, methods, Access::Token, Face::V0, Endpoint::Datasources(place));
    let of = |path, methods, make: fn(String) -> Option<Endpoint>| Row {
        leads: Leads::Of(make),
        ..to(path, methods, Place::All)
    };
    let file = |row| Row { carries: Carries::File, ..row };
    let one = |name: String| Some(Endpoint::Datasources(Place::One(name)));
    vec![
        file(to("/v0/datasources", GET.and(POST), Place::All)),
        file(to("/v0/datasources/", GET.and(POST), Place::All)),
        of("/v0/datasources/{name}", GET.and(Methods::PUT).and(Methods::DELETE), one),
        of("/v0/datasources/{name}/truncate", POST, |name| Some(Endpoint::Datasources(Place::Truncate(name)))),
        of("/v0/datasources/{name}/delete", POST, |name| Some(Endpoint::Datasources(Place::Delete(name)))),
        of("/v1/datasources/{name}/delete", POST, |name| Some(Endpoint::Datasources(Place::Delete(name)))),
        of("/v1/datasources/{name}/truncate", POST, |name| Some(Endpoint::Datasources(Place::Truncate(name)))),
        of("/v0/datasources/{name}/alter", POST, |name| Some(Endpoint::Datasources(Place::Alter(name)))),
        file(of("/v1/datasources/{name}/append", POST, |name| Some(Endpoint::Datasources(Place::Append(name))))),
        file(of("/v1/datasources/{name}/replace", POST, |name| Some(Endpoint::Datasources(Place::Replace(name))))),
        Row { carries: Carries::Events, ..to("/v0/events", POST, Place::Events) },
        to("/v0/jobs", GET, Place::Jobs),
        to("/v0/jobs/", GET, Place::Jobs),
        of("/v0/jobs/{id}", GET, |id| Some(Endpoint::Datasources(Place::Job(id)))),
    ]
}

/// What changes a pipe.
fn pipe_edits() -> Vec<Row> {
    const POST: Methods = Methods::POST;
    const PUT: Methods = Methods::PUT;
    let two = |path, methods, make| Row { leads: Leads::OfTwo(make), ..named(path, methods, |_| None) };
    vec![
        named("/v0/pipes/{pipe}/nodes", POST, |pipe| Some(Endpoint::PipeEdit(PipePlace::Nodes(pipe)))),
        named("/v0/pipes/{pipe}/endpoint", PUT, |pipe| Some(Endpoint::PipeEdit(PipePlace::Endpoint(pipe)))),
        two("/v0/pipes/{pipe}/nodes/{node}", POST.and(PUT), |pipe, node| {
            Endpoint::PipeEdit(PipePlace::Node(pipe, node))
        }),
        two("/v0/pipes/{pipe}/nodes/{node}/endpoint", POST.and(Methods::DELETE), |pipe, node| {
            Endpoint::PipeEdit(PipePlace::NodeEndpoint(pipe, node))
        }),
    ]
}

/// A row whose path names something, of the v0 face.
fn named(path: &'static str, methods: Methods, make: fn(String) -> Option<Endpoint>) -> Row {
    Row {
        path: path.into(),
        methods,
        access: Access::Token,
        face: Face::V0,
        leads: Leads::Of(make),
        carries: Carries::Statement,
    }
}
