//! The upstream: which one, where, and what it needs.

use std::collections::{BTreeMap, HashSet};

use serde_yaml::Spanned;

use super::{Builder, method, place, schema, span};
use crate::catalog::{Column, ColumnKind, Engine, NameCase, Table, TableName};
use crate::config::Upstream;
use crate::resource::ResourceName;
use crate::sql::Dialect;
use crate::store::Report;
use crate::upstream::clickhouse::version::Unproven;
use crate::upstream::{api, clickhouse, embedded, v0};

impl Builder<'_> {
    pub(super) fn upstream(&self, upstream: Option<Spanned<schema::Upstream>>) -> Result<Upstream, Report> {
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
}
