//! `portcullis serve`: puts the parts together and says in a few lines what stands where.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;

use crate::config::{Config, Upstream};
use crate::store::Store;

use super::{Failure, Outcome, Place, wire};

pub(super) fn serve(place: &Place, out: &mut dyn Write) -> Result<Outcome, Failure> {
    let config = place.load()?;
    wire::telemetry(&config);
    let key = config.signing_key.read_or_make()?;
    if let Some(jwt) = &config.jwt {
        jwt.key.make_if_missing()?;
    }
    let keys = [Some(&config.signing_key), config.jwt.as_ref().map(|jwt| &jwt.key)];
    if keys.iter().flatten().any(|key| key.is_exposed()) {
        tracing::warn!("others than its owner may read a signing key; `chmod 600` it");
    }
    let store = Arc::new(super::open(&config, key)?);
    match store.first_tokens() {
        Ok(made) if made.is_empty() => {}
        Ok(made) => tracing::info!("no token had ADMIN, so these were made: {}", made.join(", ")),
        Err(error) => tracing::warn!(%error, "no token has ADMIN, and none can be made"),
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::said(format!("the runtime does not start: {error}")))?;
    let greeting = Greeting::of(&config, &store, place);
    let served = runtime.block_on(wire::serve(config, store, |address| greeting.write(address, out)));
    // A query of the embedded engine may still be at work on a thread of its own; nobody waits for it.
    runtime.shutdown_background();
    served.map(|()| Outcome::Done)
}

/// What is said once the gateway listens.
struct Greeting {
    scheme: &'static str,
    serves: String,
    tokens: String,
    example: Option<String>,
}

impl Greeting {
    fn of(config: &Config, store: &Store, place: &Place) -> Self {
        let snapshot = store.snapshot();
        let from = if place.config == std::path::Path::new("config/gateway.yaml") {
            String::new()
        } else {
            format!(" --config {}", place.config.display())
        };
        Self {
            scheme: if config.server.tls.is_some() { "https" } else { "http" },
            serves: format!("{}, {}", upstream(config), faces(config)),
            tokens: format!("{} in {}", snapshot.len(), config.tokens.display()),
            example: example(&snapshot).map(|name| {
                let quote =
                    if name.contains(|c: char| !c.is_ascii_alphanumeric() && !"_-.".contains(c)) { "'" } else { "" };
                format!("portcullis token copy {quote}{}{quote}{from}", name.replace('\'', "'\\''"))
            }),
        }
    }

    fn write(&self, address: SocketAddr, out: &mut dyn Write) -> Result<(), Failure> {
        writeln!(out, "portcullis {}", env!("CARGO_PKG_VERSION"))?;
        writeln!(out, "  listens on  {}://{address}", self.scheme)?;
        writeln!(out, "  serves      {}", self.serves)?;
        writeln!(out, "  tokens      {}", self.tokens)?;
        if let Some(example) = &self.example {
            writeln!(out, "  try         {example}")?;
        }
        Ok(out.flush()?)
    }
}

/// A token worth trying first: one whose value can be shown, that sees some rows and not all.
fn example(snapshot: &crate::store::Snapshot) -> Option<String> {
    let shown = |name: &str| matches!(snapshot.key_of(name), Some(crate::store::Key::Id(_)));
    let showable: Vec<_> = snapshot.principals().filter(|principal| shown(&principal.name)).collect();
    let filtered = showable.iter().find(|principal| principal.policy.is_filtered());
    filtered.or(showable.first()).map(|principal| principal.name.to_string())
}

/// What the gateway stands in front of, in a few words.
pub(super) fn upstream(config: &Config) -> String {
    match &config.upstream {
        Upstream::Embedded(embedded) => match &embedded.file {
            Some(file) => format!("the SQLite file {}", file.display()),
            None => "the embedded sample (events, organizations)".to_owned(),
        },
        Upstream::ClickHouse(clickhouse) => {
            let endpoints: Vec<String> = clickhouse.endpoints.iter().map(ToString::to_string).collect();
            format!("ClickHouse at {}", endpoints.join(", "))
        }
        Upstream::Api(api) => format!("the SQL API at {}", api.base),
    }
}

fn faces(config: &Config) -> String {
    let mut faces = Vec::new();
    if config.gateway.v0 {
        faces.push("/v0/sql".to_owned());
    }
    if config.gateway.clickhouse {
        faces.push("/ (ClickHouse)".to_owned());
    }
    faces.extend(config.gateway.generic.iter().map(|route| route.path.clone()));
    if faces.is_empty() { "no face".to_owned() } else { format!("as {}", faces.join(", ")) }
}
