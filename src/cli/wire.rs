//! The places where the parts meet that only the binary knows together: telemetry, upstream, gateway, server.

use std::net::SocketAddr;
use std::sync::Arc;

use tracing::level_filters::LevelFilter;

use crate::config::{self, Config};
use crate::gateway::{self, Gateway};
use crate::server::{self, Ended, Shutdown};
use crate::store::Store;
use crate::telemetry::{self, LogFormat, Metrics};
use crate::upstream::Upstream;
use crate::upstream::api::Api;
use crate::upstream::clickhouse::ClickHouse;
use crate::upstream::embedded::Embedded;

use super::Failure;

mod keys;

pub(super) fn telemetry(config: &Config) {
    let format = if config.log.json { LogFormat::Json } else { LogFormat::Text };
    telemetry::init(format, LevelFilter::from_level(config.log.level));
}

/// The upstream, opened.
pub(super) fn upstream(config: &Config) -> Result<Upstream, Failure> {
    match &config.upstream {
        config::Upstream::Embedded(settings) => Embedded::open(settings.clone()).map(Upstream::Embedded).map_err(said),
        config::Upstream::ClickHouse(settings) => {
            ClickHouse::new(settings.clone()).map(Upstream::ClickHouse).map_err(said)
        }
        config::Upstream::Api(settings) => Api::new((**settings).clone()).map(Upstream::Api).map_err(said),
    }
}

/// Serves until the end; `greet` is told the address once it stands.
pub(super) async fn serve(
    config: Config,
    store: Arc<Store>,
    greet: impl FnOnce(SocketAddr) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let upstream = Arc::new(upstream(&config)?);
    let bound = server::bind(&config.server).map_err(said)?;
    // Before the greeting: whoever reads it may send a signal.
    let shutdown = Shutdown::by_signal().map_err(said)?;
    let watch = Arc::clone(&store).watch();
    greet(bound.local_addr())?;
    let watches = [
        tokio::spawn(watch),
        tokio::spawn(Arc::clone(&upstream).watch()),
        tokio::spawn(gateway::sweep(
            Arc::clone(&upstream),
            config.gateway.workspace.clone(),
            config.gateway.writes.append_timeout,
        )),
        tokio::spawn(keys::watch(Arc::clone(store.keys()))),
    ];
    let gateway = Gateway::new(config.gateway, store, upstream, Metrics::new());
    let ended = server::run(bound, gateway, shutdown).await.map_err(said)?;
    for watch in watches {
        watch.abort();
    }
    match ended {
        Ended::Drained => Ok(()),
        Ended::Cut => Err(Failure::said("requests in work were cut off")),
    }
}

pub(super) fn said(error: impl std::fmt::Display) -> Failure {
    Failure::said(error.to_string())
}
