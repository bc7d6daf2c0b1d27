//! The places where the parts meet that only the binary knows together: telemetry, upstream, gateway, server.

use std::sync::Arc;

use crate::config::{self, Config};
use crate::store::Store;
use crate::upstream::Upstream;
use crate::upstream::api::Api;
use crate::upstream::clickhouse::ClickHouse;
use crate::upstream::embedded::Embedded;

use super::Failure;

pub(super) fn telemetry(_config: &Config) {
    // WIRE: telemetry::init(config.log …), kept for `serve`.
}

/// The upstream, opened.
pub(super) fn upstream(config: &Config) -> Result<Upstream, Failure> {
    let said = |error: &dyn std::fmt::Display| Failure::said(error.to_string());
    match &config.upstream {
        config::Upstream::Embedded(settings) => {
            Embedded::open(settings.clone()).map(Upstream::Embedded).map_err(|error| said(&error))
        }
        config::Upstream::ClickHouse(settings) => {
            ClickHouse::new(settings.clone()).map(Upstream::ClickHouse).map_err(|error| said(&error))
        }
        config::Upstream::Api(settings) => {
            Api::new((**settings).clone()).map(Upstream::Api).map_err(|error| said(&error))
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
