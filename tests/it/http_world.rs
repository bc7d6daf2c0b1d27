//! A gateway in this process: the real stack, server, store and embedded engine, on a port of its own.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use portcullis::gateway::{self, Gateway};
use portcullis::server::{self, Ended, Shutdown};
use portcullis::store::{Paths, Store};
use portcullis::telemetry::Metrics;
use portcullis::token::signed::SigningKey;
use portcullis::upstream::{Upstream, embedded};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::http::{self as client, Answer};
use crate::{properties, store_world};

const TOKENS: &str = "\
version: 1
tokens:
  - { name: admin, id: admin, scopes: [ADMIN] }
  - { name: tenant, id: tenant, scopes: ['DATASOURCES:READ:events:org_id = 1'] }
  - { name: other, id: other, scopes: ['DATASOURCES:READ:events:org_id = 2'] }
  - name: both
    id: both
    scopes: ['DATASOURCES:READ:events:org_id = 1 and 1 = 1', 'DATASOURCES:READ:events:org_id = 2 or 1 = 2']
  - { name: nobody, id: nobody, scopes: [] }
  - { name: slow, id: slow, limits: { requests_per_second: 2 }, scopes: [ADMIN] }
...
";

pub(crate) struct World {
    pub(crate) address: SocketAddr,
    pub(crate) drain: CancellationToken,
    pub(crate) abort: CancellationToken,
    ended: Option<std::thread::JoinHandle<Ended>>,
    _folder: TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(|_, _| {})
    }

    /// With settings as `change` leaves them.
    pub(crate) fn with(change: impl FnOnce(&mut gateway::Settings, &mut server::Settings)) -> Self {
        let world = Self::start(change);
        assert_eq!(world.get("/health", None).status, 200);
        world
    }

    /// Behind a certificate.
    pub(crate) fn secured(tls: server::Tls) -> Self {
        Self::start(|_, server| server.tls = Some(tls))
    }

    fn start(change: impl FnOnce(&mut gateway::Settings, &mut server::Settings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let tokens = folder.path().join("tokens.yaml");
        std::fs::write(&tokens, TOKENS).unwrap();
        let store =
            Arc::new(Store::open(Paths { tokens, managed: None, gateway: None }, store_world::compile()).unwrap());
        let (mut gateway, mut server) = (gateway_settings(), server_settings());
        change(&mut gateway, &mut server);
        let bound = server::bind(&server).unwrap();
        let address = bound.local_addr();
        let (drain, abort) = (CancellationToken::new(), CancellationToken::new());
        let shutdown = Shutdown::by(&drain, &abort);
        let ended = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            runtime.block_on(async {
                let embedded = embedded::Settings {
                    file: None,
                    writable: false,
                    connections: 4,
                    execution_timeout: Duration::from_secs(10),
                };
                let upstream = Arc::new(Upstream::Embedded(embedded::Embedded::open(embedded).unwrap()));
                let gateway = Gateway::new(gateway, store, upstream, Metrics::new());
                server::run(bound, gateway, shutdown).await.unwrap()
            })
        });
        Self { address, drain, abort, ended: Some(ended), _folder: folder }
    }

    pub(crate) fn get(&self, target: &str, token: Option<&str>) -> Answer {
        self.ask("GET", target, token, &[], "")
    }

    pub(crate) fn ask(
        &self,
        method: &str,
        target: &str,
        token: Option<&str>,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let bearer = token.map(|name| format!("Bearer {}", value(name)));
        let mut headers = headers.to_vec();
        headers.extend(bearer.as_deref().map(|value| ("Authorization", value)));
        client::request(self.address, method, target, &headers, body)
    }

    /// How serving ended, once it has.
    pub(crate) fn ended(mut self) -> Ended {
        self.ended.take().unwrap().join().unwrap()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.drain.cancel();
        self.abort.cancel();
    }
}

/// The value of the token of that name.
pub(crate) fn value(name: &str) -> String {
    let key = SigningKey::new(vec![7; 32]).unwrap();
    key.mint(&name.parse().unwrap(), "acme", "local").expose().to_owned()
}

fn gateway_settings() -> gateway::Settings {
    gateway::Settings {
        max_in_flight: 64,
        request_timeout: Duration::from_secs(20),
        body_idle_timeout: Duration::from_millis(300),
        ..properties::request::settings()
    }
}

fn server_settings() -> server::Settings {
    server::Settings {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        tls: None,
        max_connections: 256,
        header_timeout: Duration::from_millis(800),
        idle_timeout: Duration::from_secs(5),
        drain_timeout: Duration::from_secs(2),
    }
}
