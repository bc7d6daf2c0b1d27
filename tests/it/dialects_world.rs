//! Three databases on a real engine: one with everybody's rows, its twin with other hidden rows, and one with the permitted
//! rows only.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use portcullis::catalog::{Catalog, Column, ColumnKind, Engine, Table, TableName};
use portcullis::sql::{self, Dialect, Extensions, Limits, Refusal, RowFilter, Visible};
use serde_json::{Value, json};

/// `tests/engines/ask.py`, running.
pub(crate) struct Asker {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Asker {
    /// Starts it for `postgres`, `duckdb` or `datafusion`. Without it the test says so and passes.
    pub(crate) fn start(engine: &str) -> Option<Self> {
        let python = setting("PORTCULLIS_TEST_SQL_PYTHON")?;
        let address = if engine == "postgres" { setting("PORTCULLIS_TEST_POSTGRES")? } else { String::new() };
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/engines/ask.py");
        let mut command = Command::new(python);
        command.args(["-B", script, engine]).arg(address).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("python starts");
        let questions = child.stdin.take().expect("a pipe");
        let answers = BufReader::new(child.stdout.take().expect("a pipe"));
        Some(Self { child, questions, answers })
    }

    /// The rows, each as text and sorted, or the error.
    pub(crate) fn ask(&mut self, database: &str, statement: &str) -> Result<Vec<String>, String> {
        writeln!(self.questions, "{}", json!({ "database": database, "sql": statement })).expect("the driver listens");
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("the driver answers");
        let answer: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{statement}\n{line}"));
        match answer["rows"].as_array() {
            Some(rows) => {
                let mut rows: Vec<String> = rows.iter().map(Value::to_string).collect();
                rows.sort_unstable();
                Ok(rows)
            }
            None => Err(answer["error"].to_string()),
        }
    }

    pub(crate) fn run(&mut self, database: &str, statement: &str) {
        self.ask(database, statement).unwrap_or_else(|error| panic!("{statement}\n{error}"));
    }
}

impl Drop for Asker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn setting(name: &str) -> Option<String> {
    let value = std::env::var(name).ok().filter(|value| !value.is_empty());
    if value.is_none() {
        eprintln!("SKIPPED: {name} is not set (`cargo xtask test` sets it)");
    }
    value
}

/// Which rows a database holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rows {
    Whole,
    Twin,
    Permitted,
}

/// The databases' names, in that order.
pub(crate) struct World {
    pub(crate) asker: Asker,
    pub(crate) whole: String,
    pub(crate) twin: String,
    pub(crate) permitted: String,
}

impl World {
    /// `layout` is run in each once its rows are there: indexes, statistics, settings.
    pub(crate) fn make(engine: &str, layout: &[&str]) -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let mut asker = Asker::start(engine)?;
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let names = [("whole", Rows::Whole), ("twin", Rows::Twin), ("permitted", Rows::Permitted)];
        let [whole, twin, permitted] = names.map(|(kind, rows)| {
            let name = format!("{kind}_{}_{number}", std::process::id());
            if engine == "postgres" {
                asker.run("postgres", &format!("CREATE DATABASE {name}"));
            }
            fill(&mut asker, engine, &name, rows);
            layout.iter().for_each(|statement| asker.run(&name, statement));
            name
        });
        Some(Self { asker, whole, twin, permitted })
    }
}

/// Hidden rows outnumber the others, so that statistics tell of them; in the whole database they make the traps fail, in its
/// twin they do not.
fn fill(asker: &mut Asker, engine: &str, database: &str, rows: Rows) {
    let action = |n: usize| ["view", "buy", "it''s"][n % 3];
    let mut events: Vec<String> = (0..40).map(|n| format!("(1, 'u{}', {n}, '{}')", n % 7, action(n))).collect();
    let mut orders: Vec<String> = (0..15).map(|n| format!("(1, 'u{}', {})", n % 9, n * 7)).collect();
    match rows {
        Rows::Permitted => {}
        Rows::Whole => {
            events.extend((0..90).map(|_| "(2, 'boom', -3, 'hidden')".to_owned()));
            orders.extend((0..20).map(|n| format!("(2, 'boom', {})", n % 2)));
        }
        Rows::Twin => {
            events.extend((0..47).map(|n| format!("(5, 'u{}', {}, 'other')", n % 7, n * 3)));
            orders.push("(3, 'u1', 1)".to_owned());
        }
    }
    for (table, columns, types, values) in [
        ("events", "org_id, user_id, n, action", ["int", "text", "int", "text"].as_slice(), events),
        ("orders", "org_id, id, total", ["int", "text", "int"].as_slice(), orders),
    ] {
        if engine == "datafusion" {
            let fill = format!("CREATE TABLE {table} AS SELECT * FROM (VALUES {}) AS v ({columns})", values.join(", "));
            asker.run(database, &fill);
            continue;
        }
        let typed: Vec<String> =
            columns.split(", ").zip(types).map(|(name, type_name)| format!("{name} {type_name}")).collect();
        asker.run(database, &format!("CREATE TABLE {table} ({})", typed.join(", ")));
        asker.run(database, &format!("INSERT INTO {table} VALUES {}", values.join(", ")));
    }
}

/// Accepts tenant 1. It is dearer than a comparison: an optimiser would rather run the statement's own conditions first.
const FILTER: &str = "org_id = 1 OR org_id IN (1, 11, 12, 13, 14, 15, 16, 17)";

/// What the gateway writes for a token that reads tenant 1's rows of both tables.
pub(crate) fn rewrite(statement: &str, dialect: Dialect) -> Result<String, Refusal> {
    let database = dialect.usual_database().unwrap_or("main");
    let mut catalog = Catalog::new(database, dialect.name_case());
    for (name, columns) in [("events", "org_id user_id n action"), ("orders", "org_id id total")] {
        let column = |name: &str| Column { name: name.into(), type_name: "".into(), kind: ColumnKind::Ordinary };
        let table = Table { columns: columns.split(' ').map(column).collect(), engine: Engine::Plain };
        catalog.insert(TableName::new(database, name), table);
    }
    let extensions = Extensions::default();
    let filter = Arc::new(RowFilter::compile(FILTER, dialect, &extensions, &|_| None)?);
    let resolved = sql::resolve(statement, dialect, &Limits::default(), &extensions, &catalog)?;
    Ok(resolved.rewrite(&|_| Some(Visible::Rows(vec![Arc::clone(&filter)])))?.text)
}
