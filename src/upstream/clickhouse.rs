//! ClickHouse's HTTP interface, one endpoint or many.
//!
//! What goes there is made here: `POST /`, the text as the body, everything else as parameters, the gateway's own user in
//! its headers. What comes back is read, not copied:
//!
//! - headers from a short list (`answer`);
//! - a body that is watched for ClickHouse's exception in the middle of a 200 (`watched`) and then ends as an error;
//! - for a filtered query an error's code and a message from a closed set (`errors`), never the engine's words.
//!
//! A query runs once. It is sent a second time only when the first connection failed before there was any answer: it is
//! a read, and ClickHouse cancels one whose connection is gone.

mod answer;
pub(super) mod counted;
mod endpoints;
pub(super) mod errors;
mod operator;
mod releases;
mod request;
pub(super) mod schema;
pub mod version;
pub(super) mod watched;
mod writing;

pub use super::SettingsError;
pub use writing::Writer;
pub(super) use writing::text::literal;

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use http::Response;
use hyper::body::Incoming;
use tokio::time::Instant;

use super::client::{self, Client, Failure};
use super::{Answer, Format, Health, Query, UpstreamError};
use crate::catalog::Catalog;
use endpoints::Endpoints;
use request::{Asked, Template};
use version::Unproven;

/// The longest schema that is read, in bytes.
const LARGEST_SCHEMA: usize = 64 << 20;
/// How soon the first catalog is asked for again after a failure.
const FIRST_CATALOG_RETRY: Duration = Duration::from_secs(1);

/// How to reach a ClickHouse.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Base addresses, `http://host:8123` or `https://…`; queries go round robin over the healthy ones.
    pub endpoints: Vec<http::Uri>,
    /// Where a bare table name is looked up.
    pub database: String,
    /// The gateway's own user.
    pub user: String,
    /// Its password.
    pub password: Option<crate::token::Secret>,
    /// Who writes; the same user when there is none.
    pub writer: Option<Writer>,
    /// A PEM file of the authorities to trust instead of the system's.
    pub ca_file: Option<std::path::PathBuf>,
    /// How long a connection may take to stand.
    pub connect_timeout: Duration,
    /// How long an answer may take to begin.
    pub answer_timeout: Duration,
    /// How long a body may stand still.
    pub idle_timeout: Duration,
    /// Sent as `max_execution_time`, in whole seconds.
    pub execution_timeout: Duration,
    /// How often endpoints are checked.
    pub health_interval: Duration,
    /// How often the catalog is read again.
    pub catalog_interval: Duration,
    /// Releases that this deployment has proven itself, such as `26.3`, beside [`version::PROVEN`].
    pub certified: Vec<String>,
    /// What happens on a release that nobody has proven.
    pub unproven: Unproven,
}

/// ClickHouse.
#[derive(Debug)]
pub struct ClickHouse {
    client: Client,
    endpoints: Endpoints,
    template: Template,
    writer: http::HeaderMap,
    catalog: ArcSwapOption<Catalog>,
    /// Held while the catalog is read: one that was begun before a change must not replace the one that was read after it.
    /// In it is whether the keys could not be read the last time.
    refreshing: tokio::sync::Mutex<bool>,
    settings: Settings,
}

impl ClickHouse {
    /// Prepares everything that needs no connection. The catalog is there after [`ClickHouse::refresh`] or the first
    /// round of [`super::Upstream::watch`].
    ///
    /// # Errors
    /// [`SettingsError`] for an address, a credential or an authorities' file that cannot be used.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        if settings.endpoints.is_empty() {
            return Err(SettingsError::NoEndpoint);
        }
        let same = || Writer { user: settings.user.clone(), password: settings.password.clone() };
        let writer = settings.writer.clone().unwrap_or_else(same);
        let client = Client::new(&settings.endpoints, settings.ca_file.as_deref(), settings.connect_timeout)?;
        Ok(Self {
            client,
            endpoints: Endpoints::new(&settings.endpoints, settings.unproven),
            template: Template::new(&settings)?,
            writer: writer.headers()?,
            catalog: ArcSwapOption::empty(),
            refreshing: tokio::sync::Mutex::new(false),
            settings,
        })
    }

    /// Reads every endpoint's version, and the catalog from one that may be asked. A failure leaves the last good catalog in
    /// place; where no endpoint may be asked there is none.
    ///
    /// # Errors
    /// [`UpstreamError`] when it cannot be read.
    pub async fn refresh(&self) -> Result<(), UpstreamError> {
        let mut keys_failed = self.refreshing.lock().await;
        self.judge_all().await?;
        if !self.endpoints.any_admitted() {
            self.catalog.store(None);
            return Ok(());
        }
        let tables = self.ask(schema::TABLES).await?;
        let columns = self.ask(schema::COLUMNS).await?;
        // Without this one statements are answered all the same, and use no index but the filters'.
        let keys = self.ask(schema::KEYS).await;
        match (std::mem::replace(&mut *keys_failed, keys.is_err()), &keys) {
            (false, Err(error)) => {
                tracing::warn!(%error, "the tables' keys could not be read: only row filters use an index");
            }
            (true, Ok(_)) => tracing::info!("the tables' keys can be read again"),
            (false, Ok(_)) | (true, Err(_)) => {}
        }
        let catalog = schema::catalog(&self.settings.database, &tables, &columns, keys.ok().as_deref())?;
        // The same one stays when nothing changed: what is kept of rewrites depends on which one it is, and holds it.
        if self.catalog.load().as_deref() != Some(&catalog) {
            self.catalog.store(Some(Arc::new(catalog)));
        }
        Ok(())
    }

    pub(super) fn catalog(&self) -> Option<Arc<Catalog>> {
        self.catalog.load_full()
    }

    pub(super) async fn query(&self, query: Query) -> Result<Answer, UpstreamError> {
        let (response, waited) = self.send(&query, false).await?;
        let limits = answer::Limits { answer: self.settings.answer_timeout, idle: self.settings.idle_timeout };
        answer::read(response, &query, waited, &limits).await
    }

    pub(super) fn health(&self) -> Health {
        let catalog = self.catalog.load().is_some();
        let (healthy, endpoints) = (self.endpoints.healthy(), self.endpoints.len());
        Health { healthy, endpoints, unproven: self.endpoints.unproven(), catalog }
    }

    pub(super) async fn watch(&self) {
        tokio::join!(self.watch_endpoints(), self.watch_catalog());
    }

    async fn watch_endpoints(&self) {
        let patience = self.settings.connect_timeout.saturating_add(Duration::from_secs(1));
        let mut ticks = tokio::time::interval(self.settings.health_interval.max(Duration::from_millis(10)));
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            // All at once: one dead host must not hold up the news of the others.
            let checks = self.endpoints.all().iter().map(|endpoint| async {
                let answer = self.client.send(request::ping(endpoint.base()), patience).await;
                endpoint.mark(answer.is_ok_and(|answer| answer.status() == http::StatusCode::OK));
                // Where it decides, the version is no older than a check; elsewhere it is read with the catalog, and at once
                // from one that came back.
                if endpoint.is_well() && (self.settings.unproven == Unproven::Refuse || endpoint.version().is_none()) {
                    let _ = self.judge(endpoint).await;
                }
            });
            futures_util::future::join_all(checks).await;
        }
    }

    async fn watch_catalog(&self) {
        loop {
            let outcome = self.refresh().await;
            if let Err(error) = &outcome {
                tracing::warn!(%error, "the catalog could not be read");
            }
            let first = outcome.is_err() && self.catalog.load().is_none();
            let pause = self.settings.catalog_interval.max(Duration::from_millis(10));
            tokio::time::sleep(if first { pause.min(FIRST_CATALOG_RETRY) } else { pause }).await;
        }
    }

    /// Sends a query, at most twice. The answer begins when the query has ended where `whole` says so; where an exception could
    /// come behind rows that are filtered, since how many came before it tells where a block ends; and where the endpoint has
    /// no tag for one: without it the only place where none can follow them is in front of them. Gives the answer, and whether
    /// it was waited for so.
    async fn send(&self, query: &Query, whole: bool) -> Result<(Response<Incoming>, bool), UpstreamError> {
        let deadline = Instant::now() + self.settings.answer_timeout;
        let mut again = false;
        loop {
            let endpoint = self.endpoints.next().ok_or(UpstreamError::Unreachable)?;
            let wait = whole || query.fallible || (query.filtered && !endpoint.tags_exceptions());
            let joins = endpoint.joins_as_written();
            let request = self.template.query(endpoint.base(), query, Asked { wait, again, joins })?;
            let left = deadline.saturating_duration_since(Instant::now());
            let failure = match self.client.send(request, left).await {
                Ok(response) => return Ok((response, wait)),
                Err(failure) => failure,
            };
            let unconnected = matches!(failure, Failure::NotConnected | Failure::ConnectTimedOut);
            if unconnected {
                endpoint.mark(false);
            }
            let worth_it = failure == Failure::Broken || (unconnected && self.endpoints.len() > 1);
            if again || !worth_it {
                return Err(failure.into());
            }
            again = true;
        }
    }

    /// A question of the gateway's own.
    async fn ask(&self, text: &str) -> Result<bytes::Bytes, UpstreamError> {
        self.ask_with(text, Vec::new()).await
    }

    async fn ask_with(&self, text: &str, parameters: Vec<(String, String)>) -> Result<bytes::Bytes, UpstreamError> {
        let query = self.own_query(text.to_owned(), parameters)?;
        // The answer is read whole, so it may as well be written whole: no exception can hide in it.
        let (response, _) = self.send(&query, true).await?;
        let response = answer::well(response, &query, self.settings.answer_timeout).await?;
        client::capped(response.into_body(), LARGEST_SCHEMA, self.settings.answer_timeout).await
    }

    fn own_query(&self, text: String, parameters: Vec<(String, String)>) -> Result<Query, UpstreamError> {
        Ok(Query {
            text,
            format: "JSONCompactEachRow".parse::<Format>().map_err(|_| UpstreamError::BadAnswer)?,
            settings: Vec::new(),
            parameters,
            tables: Vec::new(),
            filtered: false,
            fallible: false,
            table_filters: Vec::new(),
            id: String::new(),
        })
    }
}
