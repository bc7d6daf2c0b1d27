//! An API that speaks Tinybird's v0: Tinybird itself, or another gateway.
//!
//! - What goes there is made here from parts: paths of encoded names, parameters, rewritten SQL, rows written anew. The one
//!   credential in it is the gateway's own.
//! - What comes back is read, not copied: one header, the content type; for a filtered query no word of an error and no
//!   count of rows that were read.
//! - Its tables are its data sources, read from it and read again; so are the pipes that it has published. Before any of
//!   it is believed, the upstream shows that it reads text as ClickHouse does: another engine's strings end elsewhere.
//! - A write is sent once. It is acknowledged by the upstream's own words and counts, or it is in doubt.

mod answer;
mod kept;
mod pipes;
mod request;
mod rows;
mod writing;

pub use super::SettingsError;
pub use pipes::{PipeCall, RemotePipe};
pub use rows::{Appended, Counts, Rows};
pub use writing::Piece;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use arc_swap::{ArcSwap, ArcSwapOption};
use bytes::Bytes;
use http::{Method, Response};
use http_body_util::Full;
use hyper::body::Incoming;

use super::change::Described;
use super::client::{self, Client, Failure};
use super::{Answer, Health, Query, UpstreamError};
use crate::catalog::{Catalog, TableName};
use crate::token::Secret;
use request::{Payload, Requests};

/// The longest document that is read whole, in bytes.
const LARGEST_DOCUMENT: usize = 64 << 20;
/// How soon the first catalog is asked for again after a failure.
const FIRST_CATALOG_RETRY: Duration = Duration::from_secs(1);
/// One character in ClickHouse, two where a backslash escapes nothing.
const PROBE: &str = r"SELECT length('\\') AS n FORMAT JSONEachRow";

/// How to reach such an API.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Scheme, host and port.
    pub base: http::Uri,
    /// The gateway's own token there.
    pub token: Secret,
    /// What pipes read whose SQL only the upstream holds: data sources, by the pipe's name.
    pub reads: BTreeMap<String, Vec<String>>,
    /// A PEM file of the authorities to trust instead of the system's.
    pub ca_file: Option<std::path::PathBuf>,
    /// How long a connection may take to stand.
    pub connect_timeout: Duration,
    /// How long an answer may take to begin.
    pub answer_timeout: Duration,
    /// How long the answer to a write may take, and how long the job of a deletion.
    pub write_timeout: Duration,
    /// How long a body may stand still.
    pub idle_timeout: Duration,
    /// How often health is checked.
    pub health_interval: Duration,
    /// How often data sources and pipes are read again.
    pub catalog_interval: Duration,
}

/// An API that speaks v0.
#[derive(Debug)]
pub struct V0 {
    client: Client,
    requests: Requests,
    catalog: ArcSwapOption<Catalog>,
    pipes: ArcSwap<BTreeMap<String, RemotePipe>>,
    /// Held while the catalog is read: one that was begun before a change must not replace the one that was read after it.
    refreshing: tokio::sync::Mutex<()>,
    well: AtomicBool,
    settings: Settings,
}

impl V0 {
    /// Prepares everything that needs no connection.
    ///
    /// # Errors
    /// [`SettingsError`] for an address, a token or an authorities' file that cannot be used.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        let client = Client::new([&settings.base], settings.ca_file.as_deref(), settings.connect_timeout)?;
        Ok(Self {
            client,
            requests: Requests::new(&settings.base, &settings.token)?,
            catalog: ArcSwapOption::empty(),
            pipes: ArcSwap::default(),
            refreshing: tokio::sync::Mutex::new(()),
            well: AtomicBool::new(true),
            settings,
        })
    }

    /// Reads data sources and pipes now. A failure leaves what was known in place.
    ///
    /// # Errors
    /// [`UpstreamError`] when they cannot be read, or when the upstream does not read text as ClickHouse does.
    pub async fn refresh(&self) -> Result<(), UpstreamError> {
        let _alone = self.refreshing.lock().await;
        if self.catalog.load().is_none() {
            self.probe().await?;
        }
        let catalog = kept::catalog(&self.document(&["v0", "datasources"]).await?)?;
        let pipes = self.read_pipes().await?;
        if self.catalog.load().as_deref() != Some(&catalog) {
            self.catalog.store(Some(Arc::new(catalog)));
        }
        if **self.pipes.load() != pipes {
            self.pipes.store(Arc::new(pipes));
        }
        Ok(())
    }

    async fn probe(&self) -> Result<(), UpstreamError> {
        let answer = self.ask(Method::POST, &["v0", "sql"], &[], Payload::Text(PROBE.to_owned())).await?;
        let row: serde_json::Value = serde_json::from_slice(&answer).map_err(|_| UpstreamError::BadAnswer)?;
        let one = row.get("n").is_some_and(|n| n.as_u64() == Some(1) || n.as_str() == Some("1"));
        if one {
            return Ok(());
        }
        let message = "the upstream does not read text as ClickHouse does";
        Err(UpstreamError::Unsupported(message.to_owned()))
    }

    pub(super) fn catalog(&self) -> Option<Arc<Catalog>> {
        self.catalog.load_full()
    }

    /// The pipes that it has published, by name.
    #[must_use]
    pub fn pipes(&self) -> Arc<BTreeMap<String, RemotePipe>> {
        self.pipes.load_full()
    }

    /// What a pipe of its reads, where the operator says so.
    #[must_use]
    pub fn reads(&self, pipe: &str) -> Option<&[String]> {
        self.settings.reads.get(pipe).map(Vec::as_slice)
    }

    pub(super) async fn query(&self, query: Query) -> Result<Answer, UpstreamError> {
        let (text, parameters) = request::statement(&query)?;
        let response = self.read(Method::POST, &["v0", "sql"], &parameters, &Payload::Text(text)).await?;
        answer::rows(response, query.format, query.filtered, &self.settings).await
    }

    /// Reads a pipe of the upstream's, or a statement over it.
    ///
    /// # Errors
    /// As [`super::Upstream::query`].
    pub async fn read_pipe(&self, call: &PipeCall) -> Result<Answer, UpstreamError> {
        let (segment, parameters) = call.request()?;
        let path = ["v0", "pipes", &segment];
        // Short ones as every client sends them; a target has its limits.
        let length: usize = parameters.iter().map(|(name, value)| name.len() + value.len() * 3 + 2).sum();
        let response = if length <= request::LONGEST_PARAMETERS {
            self.read(Method::GET, &path, &parameters, &Payload::Nothing).await?
        } else {
            self.read(Method::POST, &path, &[], &Payload::Form(parameters)).await?
        };
        answer::rows(response, call.format, call.filtered, &self.settings).await
    }

    pub(super) async fn describe(&self, table: Option<&TableName>) -> Result<Vec<Described>, UpstreamError> {
        match table {
            None => kept::described_all(&self.document(&["v0", "datasources"]).await?),
            Some(table) => {
                let path = ["v0", "datasources", &table.table];
                let response = self.read(Method::GET, &path, &[], &Payload::Nothing).await?;
                if response.status() == http::StatusCode::NOT_FOUND {
                    return Ok(Vec::new());
                }
                // Whoever asks what a table is gets no words of the upstream's.
                let response = answer::well(response, true, &self.settings).await.map_err(|refused| refused.error)?;
                Ok(vec![kept::described(&self.whole(response).await?)?])
            }
        }
    }

    pub(super) fn health(&self) -> Health {
        let well = self.well.load(Ordering::Acquire);
        Health { healthy: usize::from(well), endpoints: 1, unproven: 0, catalog: self.catalog.load().is_some() }
    }

    pub(super) async fn watch(&self) {
        tokio::join!(self.watch_health(), self.watch_catalog());
    }

    async fn watch_health(&self) {
        let patience = self.settings.connect_timeout.saturating_add(Duration::from_secs(1));
        let mut ticks = tokio::time::interval(self.settings.health_interval.max(Duration::from_millis(10)));
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            // The one thing of v0 that needs no token. Any answer but a failure of the server's will do.
            let Some(request) = self.requests.make(Method::GET, &["v0", "regions"], &[], &Payload::Nothing) else {
                return;
            };
            let answer = self.client.send(request, patience).await;
            self.mark(answer.is_ok_and(|answer| !answer.status().is_server_error()));
        }
    }

    async fn watch_catalog(&self) {
        loop {
            let outcome = self.refresh().await;
            if let Err(error) = &outcome {
                tracing::warn!(%error, "the data sources could not be read");
            }
            let first = outcome.is_err() && self.catalog.load().is_none();
            let pause = self.settings.catalog_interval.max(Duration::from_millis(10));
            tokio::time::sleep(if first { pause.min(FIRST_CATALOG_RETRY) } else { pause }).await;
        }
    }

    /// Sends a read: once more when a kept connection had just been closed.
    async fn read(
        &self,
        method: Method,
        path: &[&str],
        parameters: &[(String, String)],
        payload: &Payload,
    ) -> Result<Response<Incoming>, UpstreamError> {
        let request = || self.requests.make(method.clone(), path, parameters, payload).ok_or_else(request::too_long);
        match self.send(request()?, self.settings.answer_timeout).await {
            Err(Failure::Broken) => Ok(self.send(request()?, self.settings.answer_timeout).await?),
            other => Ok(other?),
        }
    }

    async fn send(
        &self,
        request: http::Request<Full<Bytes>>,
        patience: Duration,
    ) -> Result<Response<Incoming>, Failure> {
        let outcome = self.client.send(request, patience).await;
        if matches!(outcome, Err(Failure::NotConnected | Failure::ConnectTimedOut)) {
            self.mark(false);
        }
        outcome
    }

    /// A question of the gateway's own, with its answer whole.
    async fn ask(
        &self,
        method: Method,
        path: &[&str],
        parameters: &[(String, String)],
        payload: Payload,
    ) -> Result<Bytes, UpstreamError> {
        let response = self.read(method, path, parameters, &payload).await?;
        let response = answer::well(response, false, &self.settings).await.map_err(|refused| refused.error)?;
        self.whole(response).await
    }

    async fn document(&self, path: &[&str]) -> Result<Bytes, UpstreamError> {
        self.ask(Method::GET, path, &[], Payload::Nothing).await
    }

    async fn whole(&self, response: Response<Incoming>) -> Result<Bytes, UpstreamError> {
        client::capped(response.into_body(), LARGEST_DOCUMENT, self.settings.answer_timeout).await
    }

    fn mark(&self, well: bool) {
        if self.well.swap(well, Ordering::AcqRel) != well {
            let endpoint = &self.settings.base;
            if well {
                tracing::info!(%endpoint, "the endpoint answers again");
            } else {
                tracing::warn!(%endpoint, "the endpoint does not answer");
            }
        }
    }
}
