//! `gateway.yaml`: where the gateway listens, what it stands in front of, and its bounds.
//!
//! - Everything is optional but `version`; what is left out has the default that `config/gateway.yaml` tells.
//! - Relative paths are relative to the file that names them.
//! - Limits on SQL and extra functions take effect when the file changes; the rest at the next start.
//!
//! ```yaml
//! version: 1
//! listen: 127.0.0.1:8080
//! ...
//! ```

mod build;
pub mod key;
mod schema;
mod units;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::sql::Dialect;
use crate::store::{self, Hot, ReadHot, yaml};
use crate::upstream::{api, clickhouse, embedded, v0};
use crate::{gateway, server};

pub use crate::store::Report;

/// The whole configuration, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// The file it was read from.
    pub path: PathBuf,
    /// What the onion needs to know.
    pub gateway: gateway::Settings,
    /// What the server needs to know.
    pub server: server::Settings,
    /// What the gateway stands in front of.
    pub upstream: Upstream,
    /// What takes effect without a restart.
    pub hot: Hot,
    /// The tokens file.
    pub tokens: PathBuf,
    /// The file that the gateway keeps its own tokens in.
    pub managed_tokens: PathBuf,
    /// Where the key is that signs token values.
    pub signing_key: key::Place,
    /// How the gateway's own JSON Web Tokens are signed and read, if it has any.
    pub jwt: Option<Jwt>,
    /// The host that token values name; some clients read their region from it.
    pub host: String,
    /// How the log is written.
    pub log: Log,
}

/// What the gateway stands in front of.
#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "there is one in a process")]
pub enum Upstream {
    /// SQLite in the process.
    Embedded(embedded::Settings),
    /// ClickHouse.
    ClickHouse(clickhouse::Settings),
    /// An API that speaks v0.
    V0(Box<v0::Settings>),
    /// Any other API.
    Api(Box<api::Settings>),
}

/// The gateway's own JSON Web Tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jwt {
    /// Where the dedicated key is.
    pub key: key::Place,
    /// Whether a read of a data source in one must have a filter.
    pub require_filter: bool,
    /// How far clocks may differ, in seconds.
    pub leeway: u64,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Log {
    /// As JSON, a line an event; otherwise as text.
    pub json: bool,
    /// The least important level written.
    pub level: tracing::Level,
}

/// Reads and checks a file.
///
/// # Errors
/// A [`Report`] on the first thing wrong, also with a secret that a variable or a file should hold and does not.
pub fn load(path: &Path) -> Result<Config, Report> {
    let bytes = store::read_at_rest(path)?;
    parse(path, yaml::whole(path, &bytes)?)
}

fn parse(path: &Path, text: &str) -> Result<Config, Report> {
    build::build(path, text, yaml::parse(path, text)?)
}

impl Config {
    /// The SQL that the upstream speaks.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        match &self.upstream {
            Upstream::Embedded(_) => Dialect::Sqlite,
            Upstream::ClickHouse(_) => Dialect::ClickHouse,
            Upstream::V0(_) => Dialect::Tinybird,
            Upstream::Api(api) => api.dialect,
        }
    }

    /// Where the store's files are.
    #[must_use]
    pub fn paths(&self) -> store::Paths {
        let managed = Some(self.managed_tokens.clone());
        store::Paths { tokens: self.tokens.clone(), managed, gateway: Some(self.path.clone()) }
    }

    /// How the store reads this file again. What has changed and waits for a restart is told in a warning, once.
    #[must_use]
    pub fn read_hot(&self) -> ReadHot {
        let told = Mutex::new(self.cold());
        Arc::new(move |path, text| {
            let config = parse(path, text)?;
            let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
            let now = config.cold();
            for (name, _) in now.iter().zip(told.iter()).filter(|(now, told)| now != told).map(|(now, _)| now) {
                tracing::warn!(key = name, "this part of gateway.yaml changed; it takes effect at the next start");
            }
            *told = now;
            Ok(config.hot)
        })
    }

    /// The parts that wait for a restart, by name, each as one comparable text without secrets.
    fn cold(&self) -> Vec<(&'static str, String)> {
        vec![
            ("listen, tls, limits", format!("{:?}", self.server)),
            ("workspace, faces, limits", format!("{:?}", self.gateway)),
            ("upstream", format!("{:?}", self.upstream)),
            ("tokens, managed_tokens", format!("{:?}{:?}", self.tokens, self.managed_tokens)),
            ("signing_key, host, jwt", format!("{:?}{}{:?}", self.signing_key, self.host, self.jwt)),
            ("log", format!("{:?}", self.log)),
        ]
    }
}

#[cfg(test)]
mod tests;
