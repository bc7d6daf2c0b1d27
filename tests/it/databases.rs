//! The world's tables in the real engines, three times: with all rows, with other hidden ones, with the permitted ones.

use rusqlite::Connection as SqliteConnection;

use crate::connection::Connection;
use crate::engines::{self, Engine};
use crate::generate::world::{self, Rows};

/// Steps of SQLite's machine (in thousands) after which a query is given up.
const PATIENCE: u32 = 20_000;

/// SQLite in this process.
pub(crate) struct Sqlite {
    whole: SqliteConnection,
    twin: SqliteConnection,
    permitted: SqliteConnection,
}

impl Sqlite {
    pub(crate) fn new() -> Self {
        let open = |rows| {
            let connection = SqliteConnection::open_in_memory().unwrap();
            connection.execute_batch(&world::sqlite(rows)).unwrap();
            connection
        };
        Self { whole: open(Rows::Whole), twin: open(Rows::Twin), permitted: open(Rows::Permitted) }
    }

    /// The rows, one line each, in the order in which they come.
    pub(crate) fn ask(&mut self, rows: Rows, statement: &str) -> Result<Vec<String>, String> {
        let connection = match rows {
            Rows::Whole => &mut self.whole,
            Rows::Twin => &mut self.twin,
            Rows::Permitted => &mut self.permitted,
        };
        let mut steps = 0;
        let give_up = move || {
            steps += 1;
            steps > PATIENCE
        };
        connection.progress_handler(1000, Some(give_up)).unwrap();
        let mut prepared = connection.prepare(statement).map_err(|error| error.to_string())?;
        let width = prepared.column_count();
        let row = |row: &rusqlite::Row<'_>| {
            (0..width)
                .map(|column| row.get_ref(column).map(|value| format!("{value:?}")))
                .collect::<Result<Vec<_>, _>>()
        };
        let lines = prepared.query_map([], row).map_err(|error| error.to_string())?;
        lines.map(|line| line.map(|line| line.join("|")).map_err(|error| error.to_string())).collect()
    }
}

/// ClickHouse: the databases' names. They go when this does.
pub(crate) struct Clickhouse {
    pub(crate) engine: Engine,
    pub(crate) whole: String,
    pub(crate) twin: String,
    pub(crate) permitted: String,
}

impl Clickhouse {
    pub(crate) fn new(purpose: &str) -> Option<Self> {
        let engine = engines::clickhouse()?;
        let make = |rows| {
            let database = engine.fresh_database(purpose);
            for statement in world::clickhouse(&database, rows) {
                engine.run(&statement);
            }
            database
        };
        let (whole, twin, permitted) = (make(Rows::Whole), make(Rows::Twin), make(Rows::Permitted));
        Some(Self { engine, whole, twin, permitted })
    }

    pub(crate) fn connect(&self) -> Connection {
        Connection::new(self.engine.authority().parse().expect("an address"))
    }

    /// The lines of the answer, or the error.
    pub(crate) fn ask(
        &self,
        connection: &mut Connection,
        database: &str,
        statement: &str,
    ) -> Result<Vec<String>, String> {
        // Small queries: a second thread costs more than it gives. What is compiled fails on other values than what is not, and
        // what is, depends on what was asked before: the gateway's queries are not.
        let target = format!(
            "/?database={database}&max_threads=1&max_execution_time=10&wait_end_of_query=1&compile_expressions=0&\
             compile_aggregate_expressions=0&use_skip_indexes_if_final=0"
        );
        let answer = connection.post(&target, &[], statement);
        match answer.status {
            200 => Ok(answer.body.lines().map(str::to_owned).collect()),
            _ => Err(answer.body),
        }
    }
}

impl Drop for Clickhouse {
    fn drop(&mut self) {
        for database in [&self.whole, &self.twin, &self.permitted] {
            let _ = self.engine.query("", &format!("DROP DATABASE {database}"));
        }
    }
}
