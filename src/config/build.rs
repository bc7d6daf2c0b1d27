//! From the file's shape to the settings of each part, with the defaults.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_yaml::{Location, Spanned};

use crate::catalog::{Column, ColumnKind, Engine, NameCase, Table, TableName};
use crate::resource::ResourceName;
use crate::sql::{self, Dialect};
use crate::store::{Hot, OnWidening, Report, Show};
use crate::token::Secret;
use crate::upstream::api::{self, SqlPlace};
use crate::upstream::clickhouse::version::Unproven;
use crate::upstream::{clickhouse, embedded, v0};
use crate::{gateway, server};

use super::schema::{self, File};
use super::units::Span;
use super::{Config, Jwt, Log, Upstream, key};

mod pipes;

/// Builds the configuration of a file that has been read.
pub(super) fn build(path: &Path, text: &str, file: File) -> Result<Config, Report> {
    Builder { path, text }.config(file)
}

struct Builder<'a> {
    path: &'a Path,
    text: &'a str,
}

impl Builder<'_> {
    fn config(&self, file: File) -> Result<Config, Report> {
        if file.version.value != 1 {
            let message = format!("unknown version `{}`", file.version.value);
            return Err(self.wrong(message, file.version.referenced).hint("this gateway reads version 1"));
        }
        let limits = file.limits.unwrap_or_default();
        let log = file.log.unwrap_or_default();
        let host = file.host.unwrap_or_else(|| "local".to_owned());
        let tokens = gateway::TokensApi {
            host: host.clone(),
            on_widening: match file.on_widening.unwrap_or(schema::OnWidening::Allow) {
                schema::OnWidening::Allow => OnWidening::Allow,
                schema::OnWidening::Refuse => OnWidening::Refuse,
            },
        };
        Ok(Config {
            path: self.path.to_owned(),
            gateway: gateway::Settings { tokens, ..self.gateway(file.workspace, file.faces, &limits)? },
            server: self.server(file.listen, file.tls, &limits)?,
            upstream: self.upstream(file.upstream)?,
            hot: Hot {
                pipes: self.pipes(file.pipes, file.pipes_dir, file.untyped_pipes)?,
                ..self.hot(limits.sql.unwrap_or_default(), file.functions)?
            },
            tokens: self.relative(file.tokens.unwrap_or_else(|| "tokens.yaml".into())),
            managed_tokens: self.relative(file.managed_tokens.unwrap_or_else(|| "state/tokens.managed.yaml".into())),
            signing_key: self.key_place(file.signing_key, "state/signing.key")?,
            jwt: self.jwt(file.jwt.unwrap_or_default())?,
            host,
            log: Log {
                json: log.format == Some(schema::LogFormat::Json),
                level: match log.level.unwrap_or(schema::Level::Info) {
                    schema::Level::Error => tracing::Level::ERROR,
                    schema::Level::Warn => tracing::Level::WARN,
                    schema::Level::Info => tracing::Level::INFO,
                    schema::Level::Debug => tracing::Level::DEBUG,
                },
            },
        })
    }

    fn gateway(
        &self,
        workspace: Option<String>,
        faces: Option<schema::Faces>,
        limits: &schema::Limits,
    ) -> Result<gateway::Settings, Report> {
        let faces = faces.unwrap_or(schema::Faces { v0: None, clickhouse: None, generic: None });
        let mut settings = gateway::Settings {
            v0: faces.v0.unwrap_or(true),
            clickhouse: faces.clickhouse.unwrap_or(true),
            generic: Vec::new(),
            workspace: workspace.unwrap_or_else(|| "portcullis".to_owned()),
            max_in_flight: limits.in_flight.map_or(1024, Into::into),
            request_timeout: span(limits.request_timeout, 60),
            body_bytes: limits.body.map_or(1 << 20, |size| size.0),
            body_idle_timeout: span(limits.body_idle_timeout, 10),
            rewrites_kept: limits.rewrites_kept.unwrap_or(10_000),
            writes: gateway::WriteLimits {
                append_bytes: limits.append.map_or(1 << 30, |size| size.0),
                append_timeout: span(limits.append_timeout, 1800),
                events_bytes: limits.events.map_or(10 << 20, |size| size.0),
                batch_rows: limits.batch_rows.map_or(50_000, Into::into),
            },
            tokens: gateway::TokensApi::default(),
        };
        for route in faces.generic.unwrap_or_default() {
            let route = self.generic(route, &settings)?;
            settings.generic.push(route);
        }
        Ok(settings)
    }

    /// An endpoint of the generic face, beside those that are there already. One that no request could use is refused.
    fn generic(&self, from: schema::GenericRoute, others: &gateway::Settings) -> Result<gateway::GenericRoute, Report> {
        let wrong = |message| self.wrong(message, from.path.referenced);
        let (path, method, place) = (self.absolute(&from.path)?, method(from.method), place(from.place));
        if others.serves(&path) {
            return Err(wrong(format!("`{path}` is served already")).hint("one path has one method and one place"));
        }
        match &place {
            SqlPlace::Body | SqlPlace::FormField(_) | SqlPlace::JsonPointer(_) if method == http::Method::GET => {
                Err(wrong("a GET has no body to carry a statement".to_owned())
                    .hint("`place: { query_parameter: sql }`"))
            }
            SqlPlace::JsonPointer(pointer) if !pointer.starts_with('/') => {
                Err(wrong(format!("`{pointer}` is no JSON pointer to a member")).hint(format!("`/{pointer}`")))
            }
            _ => Ok(gateway::GenericRoute { path, method, place }),
        }
    }

    fn server(
        &self,
        listen: Option<Spanned<String>>,
        tls: Option<schema::Tls>,
        limits: &schema::Limits,
    ) -> Result<server::Settings, Report> {
        let listen = match listen {
            None => ([127, 0, 0, 1], 8080).into(),
            Some(listen) => listen.value.parse().map_err(|_| {
                self.wrong(format!("`{}` is no address to listen on", listen.value), listen.referenced)
                    .hint("an address and a port, such as `127.0.0.1:8080` or `[::]:8080`")
            })?,
        };
        let tls =
            tls.map(|tls| server::Tls { certificate: self.relative(tls.certificate), key: self.relative(tls.key) });
        Ok(server::Settings {
            listen,
            tls,
            max_connections: limits.connections.map_or(10_000, Into::into),
            header_timeout: span(limits.header_timeout, 10),
            idle_timeout: span(limits.idle_timeout, 75),
            drain_timeout: span(limits.drain_timeout, 30),
        })
    }

    fn upstream(&self, upstream: Option<Spanned<schema::Upstream>>) -> Result<Upstream, Report> {
        let Some(upstream) = upstream else { return Ok(self.embedded(schema::Embedded::default())) };
        match upstream.value {
            schema::Upstream { embedded: Some(embedded), clickhouse: None, v0: None, http: None } => {
                Ok(self.embedded(embedded))
            }
            schema::Upstream { embedded: None, clickhouse: Some(clickhouse), v0: None, http: None } => {
                self.clickhouse(clickhouse)
            }
            schema::Upstream { embedded: None, clickhouse: None, v0: Some(v0), http: None } => self.v0(v0),
            schema::Upstream { embedded: None, clickhouse: None, v0: None, http: Some(http) } => self.api(http),
            _ => Err(self
                .wrong("an upstream is exactly one of `embedded`, `clickhouse`, `v0` and `http`", upstream.referenced)
                .hint("`embedded: {}` takes all of its defaults")),
        }
    }

    fn embedded(&self, from: schema::Embedded) -> Upstream {
        Upstream::Embedded(embedded::Settings {
            file: from.file.map(|file| self.relative(file)),
            writable: from.writable.unwrap_or(false),
            connections: from.connections.map_or(4, Into::into),
            execution_timeout: span(from.execution_timeout, 10),
        })
    }

    fn clickhouse(&self, from: schema::ClickHouse) -> Result<Upstream, Report> {
        if from.endpoints.is_empty() {
            return Err(
                Report::new(self.path, "`clickhouse` has no endpoints").hint("`endpoints: [http://127.0.0.1:8123]`")
            );
        }
        let endpoints = from.endpoints.iter().map(|endpoint| self.base(endpoint)).collect::<Result<_, Report>>()?;
        Ok(Upstream::ClickHouse(clickhouse::Settings {
            endpoints,
            database: from.database.unwrap_or_else(|| "default".to_owned()),
            user: from.user.unwrap_or_else(|| "default".to_owned()),
            password: from.password.map(|password| self.secret(&password)).transpose()?,
            writer: self.writer(from.write_user, from.write_password.as_ref())?,
            ca_file: from.ca_file.map(|file| self.relative(file)),
            connect_timeout: span(from.connect_timeout, 3),
            answer_timeout: span(from.answer_timeout, 60),
            idle_timeout: span(from.idle_timeout, 30),
            execution_timeout: span(from.execution_timeout, 60),
            health_interval: span(from.health_interval, 2),
            catalog_interval: span(from.catalog_interval, 30),
            certified: from.certified.unwrap_or_default(),
            unproven: match from.unproven.unwrap_or(schema::Unproven::Warn) {
                schema::Unproven::Allow => Unproven::Allow,
                schema::Unproven::Warn => Unproven::Warn,
                schema::Unproven::Refuse => Unproven::Refuse,
            },
        }))
    }

    fn v0(&self, from: schema::V0) -> Result<Upstream, Report> {
        let mut reads = BTreeMap::new();
        for (pipe, schema::RemotePipe { reads: names }) in from.pipes.unwrap_or_default() {
            if let Some(bad) = names.iter().find(|name| name.value.parse::<ResourceName>().is_err()) {
                let message = format!("`{}` is no name of a data source", bad.value);
                return Err(self.wrong(message, bad.referenced));
            }
            reads.insert(pipe, names.into_iter().map(|name| name.value).collect());
        }
        Ok(Upstream::V0(Box::new(v0::Settings {
            base: self.base(&from.base)?,
            token: self.secret(&from.token)?,
            reads,
            ca_file: from.ca_file.map(|file| self.relative(file)),
            connect_timeout: span(from.connect_timeout, 3),
            answer_timeout: span(from.answer_timeout, 60),
            write_timeout: span(from.write_timeout, 60),
            idle_timeout: span(from.idle_timeout, 30),
            health_interval: span(from.health_interval, 2),
            catalog_interval: span(from.catalog_interval, 30),
        })))
    }

    /// Who writes, when it is not the one who reads.
    fn writer(
        &self,
        user: Option<String>,
        password: Option<&Spanned<schema::Secret>>,
    ) -> Result<Option<clickhouse::Writer>, Report> {
        match (user, password) {
            (None, None) => Ok(None),
            (None, Some(password)) => {
                Err(self.wrong("`write_password` belongs to a `write_user`", password.referenced))
            }
            (Some(user), password) => {
                let password = password.map(|password| self.secret(password)).transpose()?;
                Ok(Some(clickhouse::Writer { user, password }))
            }
        }
    }

    fn api(&self, from: schema::Http) -> Result<Upstream, Report> {
        let dialect = match from.dialect.unwrap_or(schema::Dialect::Generic) {
            schema::Dialect::ClickHouse => Dialect::ClickHouse,
            schema::Dialect::Sqlite => Dialect::Sqlite,
            schema::Dialect::Postgres => Dialect::Postgres,
            schema::Dialect::DuckDb => Dialect::DuckDb,
            schema::Dialect::Trino => Dialect::Trino,
            schema::Dialect::Druid => Dialect::Druid,
            schema::Dialect::DataFusion => Dialect::DataFusion,
            schema::Dialect::Pinot => Dialect::Pinot,
            schema::Dialect::Generic => Dialect::Generic,
        };
        let Some(database) = from.database.or(dialect.usual_database().map(str::to_owned)) else {
            let message = "this dialect has no usual database: `database` says which";
            return Err(self.wrong(message, from.base.referenced).hint("`database: catalog.schema`"));
        };
        self.one_spelling(dialect, &from.tables)?;
        let tables = from.tables.into_iter().map(|(name, columns)| self.table(dialect, &database, &name, &columns));
        let headers = from.headers.unwrap_or_default().into_iter().map(|(name, secret)| {
            let header =
                name.parse().map_err(|_| self.wrong(format!("`{name}` is no name of a header"), secret.referenced))?;
            Ok((header, self.secret(&secret)?))
        });
        Ok(Upstream::Api(Box::new(api::Settings {
            base: self.base(&from.base)?,
            method: method(from.method),
            path: self.absolute(&from.path)?,
            place: place(from.place),
            parameters: from.parameters.unwrap_or_default().into_iter().collect(),
            headers: headers.collect::<Result<_, Report>>()?,
            dialect,
            tables: tables.collect::<Result<_, Report>>()?,
            database,
            health_path: from.health_path,
            ca_file: from.ca_file.map(|file| self.relative(file)),
            connect_timeout: span(from.connect_timeout, 3),
            answer_timeout: span(from.answer_timeout, 60),
            idle_timeout: span(from.idle_timeout, 30),
            health_interval: span(from.health_interval, 2),
        })))
    }

    /// No two tables that are one to the engine: a scope for either would be looked up for one of them only.
    fn one_spelling(&self, dialect: Dialect, tables: &BTreeMap<String, Spanned<Vec<String>>>) -> Result<(), Report> {
        let mut seen = HashSet::new();
        let twice = tables.iter().find(|(name, _)| !seen.insert(name.to_ascii_lowercase()));
        match twice {
            Some((name, columns)) if dialect.name_case() == NameCase::Insensitive => {
                let message = format!("`{name}` stands here twice: its spellings are one name in this dialect");
                Err(self.wrong(message, columns.referenced))
            }
            _ => Ok(()),
        }
    }

    /// `name` or `database.name`, and its columns, each `name` or `name type`.
    fn table(
        &self,
        dialect: Dialect,
        database: &str,
        name: &str,
        columns: &Spanned<Vec<String>>,
    ) -> Result<(TableName, Table), Report> {
        let parts = if dialect.has_catalogs() { name.rsplit_once('.') } else { name.split_once('.') };
        let name = match parts {
            Some((database, table)) => TableName::new(database, table),
            None => TableName::new(database, name),
        };
        let column = |text: &String| {
            let (name, type_name) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
            if name.is_empty() {
                return Err(self.wrong("a column has no name", columns.referenced));
            }
            Ok(Column { name: name.into(), type_name: type_name.trim().into(), kind: ColumnKind::Ordinary })
        };
        let columns = columns.value.iter().map(column).collect::<Result<_, Report>>()?;
        Ok((name, Table { columns, engine: Engine::Plain }))
    }

    fn hot(&self, limits: schema::SqlLimits, functions: Option<schema::Functions>) -> Result<Hot, Report> {
        let default = sql::Limits::default();
        let limits = sql::Limits {
            bytes: limits.bytes.map_or(default.bytes, |size| size.0),
            lexemes: limits.lexemes.map_or(default.lexemes, Into::into),
            depth: limits.depth.map_or(default.depth, Into::into),
            output_bytes: limits.output.map_or(default.output_bytes, |size| size.0),
        };
        let mut extensions = sql::Extensions::default();
        for function in functions.map(|functions| functions.allow).unwrap_or_default() {
            let legal = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
            if function.value.is_empty() || !function.value.bytes().all(legal) {
                let message = format!("`{}` is no name of a function", function.value);
                return Err(self.wrong(message, function.referenced));
            }
            extensions.functions.insert(function.value.as_str().into());
        }
        Ok(Hot { limits, extensions, ..Hot::default() })
    }

    /// Nothing is said, and there is a key of its own: tokens of the kind can be minted and read.
    fn jwt(&self, from: schema::Jwt) -> Result<Option<Jwt>, Report> {
        let key = self.key_place(from.key, "state/jwt.key")?;
        let jwt = Jwt {
            key,
            require_filter: from.require_filter.unwrap_or(false),
            leeway: from.leeway.map_or(0, |leeway| leeway.0.as_secs()),
        };
        Ok(from.enabled.unwrap_or(true).then_some(jwt))
    }

    fn key_place(&self, from: Option<Spanned<schema::Secret>>, usual: &str) -> Result<key::Place, Report> {
        let Some(from) = from else { return Ok(key::Place::File(self.relative(usual.into()))) };
        match from.value {
            schema::Secret { env: Some(name), file: None, value: None } => Ok(key::Place::Variable(name)),
            schema::Secret { env: None, file: Some(file), value: None } => Ok(key::Place::File(self.relative(file))),
            _ => Err(self.wrong("the signing key comes from exactly one of `file` and `env`", from.referenced)),
        }
    }

    fn secret(&self, from: &Spanned<schema::Secret>) -> Result<Secret, Report> {
        let text = match &from.value {
            schema::Secret { env: Some(name), file: None, value: None } => std::env::var(name)
                .map_err(|_| self.wrong(format!("the environment has no variable `{name}`"), from.referenced))?,
            schema::Secret { env: None, file: Some(file), value: None } => {
                let file = self.relative(file.clone());
                let text = std::fs::read_to_string(&file).map_err(|error| {
                    self.wrong(format!("`{}` cannot be read: {error}", file.display()), from.referenced)
                })?;
                text.trim_end_matches(['\r', '\n']).to_owned()
            }
            schema::Secret { env: None, file: None, value: Some(value) } => value.clone(),
            _ => {
                return Err(self.wrong("a secret comes from exactly one of `env`, `file` and `value`", from.referenced));
            }
        };
        if text.is_empty() {
            return Err(self.wrong("the secret is empty", from.referenced));
        }
        Ok(Secret::new(text))
    }

    /// Scheme, host and port, and nothing behind them.
    fn base(&self, from: &Spanned<String>) -> Result<http::Uri, Report> {
        let wrong = |message| self.wrong(message, from.referenced).hint("such as `http://127.0.0.1:8123`");
        let uri: http::Uri = from.value.parse().map_err(|_| wrong("this is no address"))?;
        let host = uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
        if !matches!(uri.scheme_str(), Some("http" | "https")) || !host {
            return Err(wrong("an address is `http://` or `https://` and a host, without a user"));
        }
        if uri.path_and_query().is_some_and(|path| path.as_str() != "/") {
            return Err(wrong("an address ends with the host and the port"));
        }
        Ok(uri)
    }

    fn absolute(&self, path: &Spanned<String>) -> Result<String, Report> {
        let legal = path.value.starts_with('/')
            && path.value.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'?' | b'#'));
        if !legal {
            let message = format!("`{}` is no path: it starts with `/` and has no `?`", path.value);
            return Err(self.wrong(message, path.referenced));
        }
        Ok(path.value.clone())
    }

    fn relative(&self, path: PathBuf) -> PathBuf {
        self.path.parent().map_or(path.clone(), |parent| parent.join(path))
    }

    fn wrong(&self, message: impl Into<String>, location: Location) -> Report {
        Report::new(self.path, message).at(self.text, location, Show::Line)
    }
}

fn span(written: Option<Span>, default_seconds: u64) -> Duration {
    written.map_or(Duration::from_secs(default_seconds), |span| span.0)
}

fn method(method: Option<schema::Method>) -> http::Method {
    match method.unwrap_or(schema::Method::Post) {
        schema::Method::Get => http::Method::GET,
        schema::Method::Post => http::Method::POST,
    }
}

fn place(place: schema::Place) -> SqlPlace {
    match place {
        schema::Place::QueryParameter(name) => SqlPlace::QueryParameter(name),
        schema::Place::Body => SqlPlace::Body,
        schema::Place::FormField(name) => SqlPlace::FormField(name),
        schema::Place::JsonPointer(pointer) => SqlPlace::JsonPointer(pointer),
    }
}
