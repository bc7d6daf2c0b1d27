//! The places where the parts meet that only the binary knows together: telemetry, upstream, gateway, server.

use std::sync::Arc;

use crate::config::{self, Config};
use crate::store::Store;
use crate::upstream::Upstream;

use super::Failure;

pub(super) fn telemetry(_config: &Config) {
    // WIRE: telemetry::init(config.log …), kept for `serve`.
}

/// The upstream, opened.
pub(super) fn upstream(config: &Config) -> Result<Upstream, Failure> {
    // WIRE: Embedded::open(settings.clone()), ClickHouse::new(settings.clone()), Api::new((**settings).clone()).
    match &config.upstream {
        config::Upstream::Embedded(_) | config::Upstream::ClickHouse(_) | config::Upstream::Api(_) => {
            Err(Failure::said("no upstream is wired in yet"))
        }
    }
}

pub(super) async fn serve(config: Config, store: Arc<Store>) -> Result<(), Failure> {
    let upstream = Arc::new(upstream(&config)?);
    let watches = [tokio::spawn(Arc::clone(&store).watch()), tokio::spawn(Arc::clone(&upstream).watch())];
    // WIRE: let gateway = Gateway::new(config.gateway, store, upstream, metrics);
    //       server::run(config.server, gateway, shutdown).await
    for watch in watches {
        watch.abort();
    }
    Ok(())
}
