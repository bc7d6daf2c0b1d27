//! Opens the connections: read-only, hardened, schema read before the first query.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags};

use super::schema::{self, Views};
use super::{Settings, bounded, run, sample};
use crate::catalog::Catalog;

/// The longest string, blob or row that a query may build, in bytes.
const LONGEST_VALUE: i32 = 16 << 20;
/// The longest pattern of LIKE and GLOB, in bytes. SQLite calls itself once for each `%` in it, and its own bound, 50,000, is
/// more than a thread's stack holds: the whole process would end.
const LONGEST_PATTERN: i32 = 1000;
/// The longest statement, in bytes: beyond what the SQL core lets through after its own rewriting.
const LONGEST_STATEMENT: i32 = 4 << 20;

/// How long the writer waits for readers, and for other programs.
const WRITER_PATIENCE: std::time::Duration = std::time::Duration::from_secs(5);

/// The database cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file is not there, cannot be read, or is no SQLite database.
    #[error("cannot open the SQLite file `{}`: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// SQLite's own words.
        source: rusqlite::Error,
    },
    /// The sample could not be made.
    #[error("cannot make the sample: {0}")]
    Sample(rusqlite::Error),
}

/// Everything that is read at start.
pub(super) struct Opened {
    pub(super) writer: Option<Connection>,
    pub(super) connections: Vec<Connection>,
    pub(super) catalog: Catalog,
    pub(super) views: Views,
    /// Whether the file has statistics.
    pub(super) statistics: bool,
}

/// Opens `settings.connections` connections (at least one).
pub(super) fn open(settings: &Settings) -> Result<Opened, OpenError> {
    let wanted = settings.connections.max(1);
    match &settings.file {
        Some(path) => {
            let fail = |source| OpenError::File { path: path.clone(), source };
            let writer = if settings.writable { Some(write_file(path).map_err(fail)?) } else { None };
            let opened = connect_all(wanted, || Connection::open_with_flags(path, file_flags())).map_err(fail)?;
            Ok(Opened { writer, ..opened })
        }
        None => {
            let place = sample_place();
            let flags = file_flags() | OpenFlags::SQLITE_OPEN_URI;
            // First, and kept: a database in memory lives as long as somebody holds it.
            let writer = make_sample(&place).and_then(hardened_writer).map_err(OpenError::Sample)?;
            let opened =
                connect_all(wanted, || Connection::open_with_flags(&place, flags)).map_err(OpenError::Sample)?;
            Ok(Opened { writer: Some(writer), ..opened })
        }
    }
}

fn file_flags() -> OpenFlags {
    OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_EXRESCODE
}

/// SQLite's `memdb` file system shares a database whose name begins with `/` among the connections of a process:
/// one copy of the sample however many connections there are.
fn sample_place() -> PathBuf {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("file:/portcullis-sample-{}?vfs=memdb", NEXT.fetch_add(1, Ordering::Relaxed)).into()
}

fn make_sample(place: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_URI;
    let mut connection = Connection::open_with_flags(place, flags)?;
    sample::fill(&mut connection)?;
    Ok(connection)
}

fn connect_all(wanted: usize, open: impl Fn() -> rusqlite::Result<Connection>) -> rusqlite::Result<Opened> {
    let mut first = open()?;
    let (catalog, views) = schema::read(&mut first)?;
    let statistics = run::counted(&first)?;
    if statistics {
        tracing::warn!(
            "the file has statistics of all rows (ANALYZE): no token with a row filter reads it; \
             `DELETE FROM sqlite_stat1` and a restart mend that"
        );
    }
    let mut connections = vec![first];
    while connections.len() < wanted {
        connections.push(open()?);
    }
    for connection in &connections {
        harden(connection)?;
        connection.pragma_update(None, "query_only", true)?;
        connection.busy_timeout(std::time::Duration::from_secs(1))?;
    }
    Ok(Opened { writer: None, connections, catalog, views, statistics })
}

/// Readers of a file in WAL mode do not hold up its writer, nor it them.
fn write_file(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_EXRESCODE;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(WRITER_PATIENCE)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    hardened_writer(connection)
}

/// The file's own triggers run: they are its owner's.
fn hardened_writer(connection: Connection) -> rusqlite::Result<Connection> {
    harden(&connection)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, true)?;
    connection.busy_timeout(WRITER_PATIENCE)?;
    Ok(connection)
}

fn harden(connection: &Connection) -> rusqlite::Result<()> {
    for (option, on) in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        // A misspelt column in double quotes is an error, not a string.
        (DbConfig::SQLITE_DBCONFIG_DQS_DML, false),
        (DbConfig::SQLITE_DBCONFIG_DQS_DDL, false),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_ATTACH_CREATE, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_ATTACH_WRITE, false),
    ] {
        connection.set_db_config(option, on)?;
    }
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, LONGEST_VALUE)?;
    connection.set_limit(Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, LONGEST_PATTERN)?;
    connection.set_limit(Limit::SQLITE_LIMIT_SQL_LENGTH, LONGEST_STATEMENT)?;
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    connection.set_limit(Limit::SQLITE_LIMIT_WORKER_THREADS, 0)?;
    bounded::bound(connection)?;
    // Sorting spills to memory, never to a file; a user's file may be written by somebody else meanwhile.
    connection.pragma_update(None, "temp_store", "memory")
}
