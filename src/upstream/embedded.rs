//! SQLite in the process: a user's file, opened read-only unless it is said to be writable, or a generated sample.
//!
//! What writes is a connection of its own (`writing`); everything below is about the ones that read.
//!
//! It is also the second wall behind the SQL core. Whatever text arrives here:
//!
//! - the connection is read-only, defensive, and takes no double-quoted string for a column;
//! - no filtered query is run while the file has statistics (`ANALYZE`): they count hidden rows, and plans follow them;
//! - an authorizer admits only SELECTs that read [`Query::tables`], and no function that reaches outside (`guard`);
//! - one query runs for at most [`Settings::execution_timeout`], and stops when its reader is gone.
//!
//! Queries run on blocking threads, at most [`Settings::connections`] at once; rows leave in pieces of about 32 KiB through
//! a bounded channel, so memory stays constant and a slow reader slows the engine.

mod bounded;
mod errors;
mod guard;
mod open;
mod run;
mod sample;
mod schema;
mod write;
mod writing;

pub use open::OpenError;

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use http::{HeaderMap, HeaderValue, header};
use rusqlite::Connection;
use tokio::sync::{Semaphore, mpsc};

use super::{Answer, Query, UpstreamError};
use crate::catalog::Catalog;
use schema::Views;
use writing::Writer;

/// Pieces that may wait for a slow reader.
const PIECES_WAITING: usize = 2;

/// What the embedded engine serves.
#[derive(Debug, Clone)]
pub struct Settings {
    /// A SQLite file; `None` is the generated sample.
    pub file: Option<std::path::PathBuf>,
    /// Whether the file may be written (it is put into WAL mode then). The sample always may.
    pub writable: bool,
    /// How many queries run at once.
    pub connections: usize,
    /// How long one may run. The time in which its reader makes it wait does not count.
    pub execution_timeout: std::time::Duration,
}

/// SQLite in the process.
#[derive(Debug)]
pub struct Embedded {
    schema: ArcSwap<Schema>,
    writer: Option<Writer>,
    file: Option<std::path::PathBuf>,
    /// When it was opened, in seconds since 1970.
    opened: i64,
    idle: Arc<Mutex<Vec<Connection>>>,
    turns: Arc<Semaphore>,
    /// Whether a connection may have read statistics of the file.
    statistics: Arc<AtomicBool>,
    execution_timeout: std::time::Duration,
}

/// What is known of the schema, at one moment.
#[derive(Debug)]
struct Schema {
    catalog: Arc<Catalog>,
    views: Arc<Views>,
}

impl Embedded {
    /// Opens the file or makes the sample, and reads its schema: again after a change of its own, and not
    /// after somebody else's.
    ///
    /// # Errors
    /// [`OpenError`] when the file cannot be read as a SQLite database.
    pub fn open(settings: Settings) -> Result<Self, OpenError> {
        let opened = open::open(&settings)?;
        Ok(Self {
            schema: ArcSwap::from_pointee(Schema { catalog: Arc::new(opened.catalog), views: Arc::new(opened.views) }),
            writer: opened.writer.map(Writer::new),
            file: settings.file,
            opened: std::time::SystemTime::now()
                .duration_since(std::time::UNIX_EPOCH)
                .map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or_default()),
            turns: Arc::new(Semaphore::new(opened.connections.len())),
            idle: Arc::new(Mutex::new(opened.connections)),
            statistics: Arc::new(AtomicBool::new(opened.statistics)),
            execution_timeout: settings.execution_timeout,
        })
    }

    /// What it holds.
    #[must_use]
    pub fn catalog(&self) -> Arc<Catalog> {
        Arc::clone(&self.schema.load().catalog)
    }

    /// Runs one read. See [`super::Upstream::query`].
    pub(super) async fn query(&self, query: Query) -> Result<Answer, UpstreamError> {
        let kind = write::Kind::of(query.format).ok_or(UpstreamError::Format(query.format.name()))?;
        if !query.parameters.is_empty() {
            let message = "this upstream takes no query parameters".to_owned();
            return Err(UpstreamError::Rejected { code: None, message });
        }
        let content_type = HeaderValue::from_static(query.format.content_type());
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|_| UpstreamError::Unreachable)?;
        let lease = Lease::take(&self.idle).ok_or(UpstreamError::Busy)?;
        let (out, mut pieces) = mpsc::channel(PIECES_WAITING);
        let schema = self.schema.load_full();
        let job = run::Job {
            query,
            kind,
            tables: Arc::clone(&schema.catalog),
            views: Arc::clone(&schema.views),
            statistics: Arc::clone(&self.statistics),
            budget: self.execution_timeout,
            out,
        };
        tokio::task::spawn_blocking(move || {
            let mut lease = lease;
            if let Some(connection) = lease.connection.as_mut() {
                run::run(connection, job);
            }
            // The connection goes back before the turn does: whoever has a turn finds a connection.
            drop(lease);
            drop(turn);
        });
        // Nothing at all comes only from a thread that died.
        let first = pieces.recv().await.ok_or(UpstreamError::BadAnswer)??;
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, content_type);
        Ok(Answer { headers, body: run::body(first, pieces) })
    }
}

/// A connection on loan: it goes back even from a thread that panics.
struct Lease {
    connection: Option<Connection>,
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl Lease {
    fn take(idle: &Arc<Mutex<Vec<Connection>>>) -> Option<Self> {
        let connection = idle.lock().unwrap_or_else(PoisonError::into_inner).pop()?;
        Some(Self { connection: Some(connection), idle: Arc::clone(idle) })
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
    }
}
