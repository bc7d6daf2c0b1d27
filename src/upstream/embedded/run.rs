//! Runs one query on a blocking thread and streams what it gives.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use rusqlite::{Connection, Statement, StatementStatus};
use tokio::sync::mpsc;

use super::errors;
use super::guard::Guard;
use super::schema::Views;
use super::write::{self, Head, Tail, Writer};
use crate::catalog::Catalog;
use crate::upstream::{Body, BoxError, Query, UpstreamError};

/// Rows leave when this many bytes are together.
const PIECE: usize = 32 * 1024;
/// How many steps of SQLite's machine pass between two looks at the clock: some microseconds, and each of the steps may be a
/// function over megabytes.
pub(super) const STEPS_BETWEEN_LOOKS: i32 = 250;

/// A piece of the answer. Only the one marked `last` makes it whole: a thread that dies says nothing.
pub(super) struct Piece {
    bytes: Bytes,
    last: bool,
}

/// A piece, or how the answer broke.
pub(super) type Sent = Result<Piece, UpstreamError>;

/// Everything that a run needs.
pub(super) struct Job {
    pub(super) query: Query,
    pub(super) kind: write::Kind,
    pub(super) tables: Arc<Catalog>,
    pub(super) views: Arc<Views>,
    /// Whether a connection may have read statistics of the file.
    pub(super) statistics: Arc<AtomicBool>,
    pub(super) budget: Duration,
    pub(super) out: mpsc::Sender<Sent>,
}

/// The reader is gone: nobody is left to tell.
struct Gone;

enum Stop {
    Gone,
    Engine(rusqlite::Error),
}

impl From<rusqlite::Error> for Stop {
    fn from(error: rusqlite::Error) -> Self {
        Self::Engine(error)
    }
}

impl From<Gone> for Stop {
    fn from(_: Gone) -> Self {
        Self::Gone
    }
}

/// Runs the job to its end, whatever that is.
pub(super) fn run(connection: &mut Connection, job: Job) {
    let Job { query, kind, tables, views, statistics, budget, out } = job;
    if query.filtered && has_statistics(connection, &statistics) {
        let message = "the file has statistics of hidden rows, by which queries are planned".to_owned();
        let _ = out.blocking_send(Err(UpstreamError::Rejected { code: None, message }));
        return;
    }
    let guard = Guard::new(&query.tables, tables, views);
    let watch = Watch::new(budget);
    let outcome = arm(connection, guard, &watch, &out)
        .map_err(Stop::from)
        .and_then(|()| stream(connection, &query, kind, &watch, &out));
    disarm(connection);
    if let Err(Stop::Engine(error)) = outcome {
        let _ = out.blocking_send(Err(errors::rejected(&error, query.filtered)));
    }
}

/// Whether ANALYZE has counted the rows, hidden ones too: which of two tables is read first, and with it the order of rows
/// and whether a condition is met that fails, would tell of their number. A connection reads such statistics with the
/// schema and keeps them, so what was there once may be in use still.
fn has_statistics(connection: &mut Connection, seen: &AtomicBool) -> bool {
    if seen.load(Ordering::Relaxed) {
        return true;
    }
    let free = connection.authorizer(None::<fn(rusqlite::hooks::AuthContext<'_>) -> rusqlite::hooks::Authorization>);
    let counted = free.and_then(|()| counted(connection));
    disarm(connection);
    if matches!(counted, Ok(true)) {
        seen.store(true, Ordering::Relaxed);
    }
    !matches!(counted, Ok(false))
}

/// Whether the file holds statistics now. Samples (`sqlite_stat4`) are read only beside counts. The file is asked, and not
/// what the connection remembers of its schema.
pub(super) fn counted(connection: &Connection) -> rusqlite::Result<bool> {
    let known = "SELECT 1 FROM main.sqlite_schema WHERE name = 'sqlite_stat1'";
    let known = connection.prepare(known)?.exists([])?;
    if known { connection.prepare("SELECT 1 FROM main.sqlite_stat1")?.exists([]) } else { Ok(false) }
}

fn arm(
    connection: &mut Connection,
    guard: Guard,
    watch: &Arc<Watch>,
    out: &mpsc::Sender<Sent>,
) -> rusqlite::Result<()> {
    connection.authorizer(Some(move |context: rusqlite::hooks::AuthContext<'_>| guard.judge(&context)))?;
    let (watch, out) = (Arc::clone(watch), out.downgrade());
    connection.progress_handler(
        STEPS_BETWEEN_LOOKS,
        Some(move || watch.is_over() || out.upgrade().is_none_or(|out| out.is_closed())),
    )
}

/// The next user of the connection arms it again; between two users nothing is permitted.
fn disarm(connection: &mut Connection) {
    let deny = |_: rusqlite::hooks::AuthContext<'_>| rusqlite::hooks::Authorization::Deny;
    let _ = connection.authorizer(Some(deny));
    let _ = connection.progress_handler(0, None::<fn() -> bool>);
}

fn stream(
    connection: &Connection,
    query: &Query,
    kind: write::Kind,
    watch: &Watch,
    out: &mpsc::Sender<Sent>,
) -> Result<(), Stop> {
    let started = Instant::now();
    let mut statement = one_statement(connection, &query.text)?;
    let mut head = Head::of(&statement);
    let width = head.width();
    let mut rows = statement.raw_query();
    let mut writer = Writer::new(kind);
    let mut row = rows.next()?;
    if let Some(row) = row {
        head.look_at(row)?;
    }
    let mut piece = Vec::with_capacity(PIECE + PIECE / 4);
    writer.begin(&head, &mut piece);
    let mut count = 0_u64;
    while let Some(current) = row {
        writer.row(current, width, &mut piece)?;
        count += 1;
        if piece.len() >= PIECE {
            let full = std::mem::replace(&mut piece, Vec::with_capacity(PIECE + PIECE / 4));
            send(out, watch, Piece { bytes: full.into(), last: false })?;
        }
        row = rows.next()?;
    }
    drop(rows);
    let tail = Tail { rows: count, statistics: (!query.filtered).then(|| statistics(&statement, started, count)) };
    writer.end(&tail, &mut piece);
    send(out, watch, Piece { bytes: piece.into(), last: true })?;
    Ok(())
}

/// One statement that only reads: a second layer under the SQL core's own rule.
fn one_statement<'c>(connection: &'c Connection, text: &str) -> rusqlite::Result<Statement<'c>> {
    let statement = connection.prepare(text)?;
    if statement.readonly() && statement.is_explain() == 0 { Ok(statement) } else { Err(rusqlite::Error::InvalidQuery) }
}

/// SQLite counts the rows that it stepped over in full scans; rows found by an index are not in it, so the answer's own
/// rows are the least.
fn statistics(statement: &Statement<'_>, started: Instant, rows: u64) -> write::Statistics {
    let scanned = u64::try_from(statement.get_status(StatementStatus::FullscanStep)).unwrap_or(0);
    write::Statistics { elapsed: started.elapsed(), rows_read: scanned.max(rows) }
}

fn send(out: &mpsc::Sender<Sent>, watch: &Watch, piece: Piece) -> Result<(), Gone> {
    let waiting = Instant::now();
    let sent = out.blocking_send(Ok(piece)).map_err(|_| Gone);
    watch.forgive(waiting.elapsed());
    sent
}

/// How many times its own budget a run may wait for its reader: a trickle must not hold a connection for good.
const PATIENCE: u32 = 9;

/// The clock of one run. Waiting for the reader does not count, within reason.
struct Watch {
    started: Instant,
    budget: Duration,
    forgiven_nanos: AtomicU64,
}

impl Watch {
    fn new(budget: Duration) -> Arc<Self> {
        Arc::new(Self { started: Instant::now(), budget, forgiven_nanos: AtomicU64::new(0) })
    }

    fn is_over(&self) -> bool {
        let forgiven = Duration::from_nanos(self.forgiven_nanos.load(Ordering::Relaxed));
        let forgiven = forgiven.min(self.budget.saturating_mul(PATIENCE));
        self.started.elapsed() > self.budget.saturating_add(forgiven)
    }

    fn forgive(&self, waited: Duration) {
        let nanos = u64::try_from(waited.as_nanos()).unwrap_or(u64::MAX);
        self.forgiven_nanos.fetch_add(nanos, Ordering::Relaxed);
    }
}

/// The body: the first piece, then the rest as they come. Only after the last piece does it end well.
pub(super) fn body(first: Piece, rest: mpsc::Receiver<Sent>) -> Body {
    let start = Reading { next: Some(Ok(first)), rest, over: false };
    StreamBody::new(futures_util::stream::unfold(start, |mut reading| async move {
        let frame = reading.frame().await?;
        Some((frame, reading))
    }))
    .boxed_unsync()
}

struct Reading {
    next: Option<Sent>,
    rest: mpsc::Receiver<Sent>,
    over: bool,
}

impl Reading {
    async fn frame(&mut self) -> Option<Result<Frame<Bytes>, BoxError>> {
        if self.over {
            return None;
        }
        let sent = match self.next.take() {
            Some(sent) => Some(sent),
            None => self.rest.recv().await,
        };
        match sent {
            Some(Ok(piece)) => {
                self.over = piece.last;
                Some(Ok(Frame::data(piece.bytes)))
            }
            broken => {
                self.over = true;
                let error = broken.and_then(Result::err).unwrap_or(UpstreamError::BadAnswer);
                Some(Err(error.into()))
            }
        }
    }
}
