//! From the file's shape to the settings of each part, with the defaults.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_yaml::{Location, Spanned};

use crate::sql;
use crate::store::{Hot, OnWidening, Report, Show};
use crate::upstream::api::SqlPlace;
use crate::{gateway, server};

use super::schema::{self, File};
use super::units::Span;
use super::{Config, Jwt, Log};

mod pipes;
mod upstream;
mod values;

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
