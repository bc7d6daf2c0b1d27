//! The proof by running: for generated queries, what the gateway writes for the whole database shows what the original
//! shows on a copy that holds only the permitted rows (as multisets), and shows the same whatever the hidden rows are
//! (twin databases).

use portcullis::sql::Dialect;

use crate::campaign::{self, Verdict};
use crate::databases::{Clickhouse, Sqlite};
use crate::generate::wide::{Purpose, Tongue};
use crate::generate::world::{self, Rows};
use crate::generate::{self, wide};

/// Lines, or what the engine says instead.
pub(crate) type Said = Result<Vec<String>, String>;

/// The three databases.
pub(crate) trait Databases {
    /// What the gateway writes for a statement.
    fn rewrite(&self, statement: &str) -> Result<String, String>;
    /// Runs the client's statement on the permitted copy.
    fn permitted(&mut self, statement: &str) -> Said;
    /// Runs what the gateway wrote on the whole database or on its twin.
    fn rewritten(&mut self, text: &str, rows: Rows) -> Said;
    /// Whether the engine gave up for want of time, of memory or of an implementation.
    fn gave_up(&self, error: &str) -> bool;
}

/// Whether the statement shows what it must.
fn judge(databases: &mut impl Databases, statement: &str) -> Verdict {
    let text = match databases.rewrite(statement) {
        Ok(text) => text,
        Err(refusal) => return Verdict::Refused(refusal),
    };
    let expected = databases.permitted(statement).map(sorted);
    let whole = databases.rewritten(&text, Rows::Whole).map(sorted);
    let twin = databases.rewritten(&text, Rows::Twin).map(sorted);
    let said = [&expected, &whole, &twin];
    if let Some(error) = said.iter().find_map(|said| said.as_ref().err().filter(|error| databases.gave_up(error))) {
        return Verdict::Unrun(error.clone());
    }
    match (expected, whole, twin) {
        (Ok(expected), Ok(whole), Ok(twin)) if whole == twin && whole == expected => Verdict::Proven,
        (_, Ok(whole), Ok(twin)) if whole != twin => Verdict::Wrong(format!("{TWINS}\n{text}")),
        (Ok(expected), Ok(whole), Ok(_)) => {
            Verdict::Wrong(format!("{ROWS}: expected {expected:.200?}\nseen {whole:.200?}\n{text}"))
        }
        (Err(error), Err(_), Err(_)) => Verdict::Unrun(error),
        // The gateway writes some things more plainly than they were asked.
        (Err(error), Ok(_), Ok(_)) => Verdict::Unrun(format!("only what the gateway writes runs: {error}")),
        (_, whole, twin) => Verdict::Wrong(format!("{ERRORS}: whole {:?}\ntwin {:?}\n{text}", whole.err(), twin.err())),
    }
}

/// What can be wrong.
const TWINS: &str = "the twins differ";
const ROWS: &str = "other rows";
const ERRORS: &str = "an error that the permitted rows do not give";

/// Judges the statement as it is sent; a wrong one is told with the shortest that is wrong in the same way.
fn judge_and_shrink(databases: &mut impl Databases, plain: &str, sent: &str) -> Verdict {
    match judge(databases, sent) {
        Verdict::Wrong(why) => {
            let kind = [TWINS, ROWS, ERRORS].into_iter().find(|kind| why.starts_with(kind)).unwrap_or_default();
            let mut is_wrong =
                |text: &str| matches!(judge(databases, text), Verdict::Wrong(why) if why.starts_with(kind));
            let start = if is_wrong(plain) { plain } else { sent };
            let short = campaign::shrink(start, &mut is_wrong);
            Verdict::Wrong(format!("{sent}\n{why}\nSHORTEST: {short}"))
        }
        verdict => verdict,
    }
}

pub(crate) fn sorted(mut lines: Vec<String>) -> Vec<String> {
    lines.sort_unstable();
    lines
}

/// SQLite's copies and the gateway's judgement for them.
pub(crate) struct InSqlite {
    judge: world::Judge,
    databases: Sqlite,
}

impl InSqlite {
    pub(crate) fn new() -> Self {
        Self { judge: world::Judge::new(Dialect::Sqlite, "main", &[world::FILTER]), databases: Sqlite::new() }
    }
}

impl Databases for InSqlite {
    fn rewrite(&self, statement: &str) -> Result<String, String> {
        self.judge.rewrite(statement).map(|rewritten| rewritten.text).map_err(|refusal| refusal.to_string())
    }

    fn permitted(&mut self, statement: &str) -> Said {
        self.databases.ask(Rows::Permitted, statement)
    }

    fn rewritten(&mut self, text: &str, rows: Rows) -> Said {
        self.databases.ask(rows, text)
    }

    fn gave_up(&self, error: &str) -> bool {
        error == "interrupted"
    }
}

/// ClickHouse's, over a kept connection.
pub(crate) struct InClickhouse<'a> {
    judge: world::Judge,
    databases: &'a Clickhouse,
    connection: crate::connection::Connection,
}

impl<'a> InClickhouse<'a> {
    pub(crate) fn new(databases: &'a Clickhouse) -> Self {
        let judge = world::Judge::new(Dialect::ClickHouse, &databases.whole, &[world::FILTER]);
        Self { judge, databases, connection: databases.connect() }
    }
}

impl Databases for InClickhouse<'_> {
    fn rewrite(&self, statement: &str) -> Result<String, String> {
        self.judge.rewrite(statement).map(|rewritten| rewritten.text).map_err(|refusal| refusal.to_string())
    }

    fn permitted(&mut self, statement: &str) -> Said {
        self.databases.ask(&mut self.connection, &self.databases.permitted, statement)
    }

    fn rewritten(&mut self, text: &str, rows: Rows) -> Said {
        // The session's database is another one: no bare name can reach a table.
        match rows {
            Rows::Twin => {
                let text = text.replace(&format!("`{}`", self.databases.whole), &format!("`{}`", self.databases.twin));
                self.databases.ask(&mut self.connection, "default", &text)
            }
            _ => self.databases.ask(&mut self.connection, "default", text),
        }
    }

    fn gave_up(&self, error: &str) -> bool {
        ["Code: 48.", "Code: 159.", "Code: 160.", "Code: 241."].iter().any(|code| error.starts_with(code))
    }
}

fn judge_shared(databases: &mut impl Databases, seed: u64) -> Verdict {
    let statement = generate::query(seed);
    judge_and_shrink(databases, &statement, &statement)
}

fn judge_wide(databases: &mut impl Databases, seed: u64, tongue: Tongue) -> Verdict {
    let statement = wide::statement(seed, tongue, Purpose::Run);
    judge_and_shrink(databases, &statement.plain, &statement.text)
}

#[test]
fn sqlite_shows_the_permitted_rows_and_nothing_of_the_hidden_ones() {
    let tally = campaign::run("differential, SQLite, shared SQL", campaign::seeds(6_000), InSqlite::new, judge_shared);
    assert_eq!(tally.refused, 0, "the gateway accepts all of them");
    tally.demand(90);
}

#[test]
fn sqlite_shows_the_permitted_rows_in_all_of_its_grammar() {
    let tally =
        campaign::run("differential, SQLite, wide", campaign::seeds(12_000), InSqlite::new, |databases, seed| {
            judge_wide(databases, seed, Tongue::Sqlite)
        });
    tally.demand(90);
}

#[test]
fn clickhouse_shows_the_permitted_rows_and_nothing_of_the_hidden_ones() {
    let Some(databases) = Clickhouse::new("differential") else { return };
    let tools = || InClickhouse::new(&databases);
    let tally = campaign::run("differential, ClickHouse, shared SQL", campaign::seeds(1_500), tools, judge_shared);
    assert_eq!(tally.refused, 0, "the gateway accepts all of them");
    tally.demand(90);
}

#[test]
fn clickhouse_shows_the_permitted_rows_in_all_of_its_grammar() {
    let Some(databases) = Clickhouse::new("differential_wide") else { return };
    let tools = || InClickhouse::new(&databases);
    let tally = campaign::run("differential, ClickHouse, wide", campaign::seeds(6_000), tools, |databases, seed| {
        judge_wide(databases, seed, Tongue::ClickHouse)
    });
    tally.demand(80);
}

/// ClickHouse takes two `view(…)` that differ in their SAMPLE alone for one; the walls must differ in more.
#[test]
fn two_samples_of_one_table_stay_two() {
    let Some(databases) = Clickhouse::new("differential_samples") else { return };
    let mut tools = InClickhouse::new(&databases);
    for statement in [
        "SELECT (SELECT count() FROM events SAMPLE 1/2), (SELECT count() FROM events)",
        "SELECT (SELECT count() FROM events), (SELECT count() FROM events SAMPLE 1/2)",
        "SELECT count() FROM events SAMPLE 1/3 UNION ALL SELECT count() FROM events SAMPLE 1/3 OFFSET 1/2",
    ] {
        let verdict = judge(&mut tools, statement);
        assert!(matches!(verdict, Verdict::Proven), "{statement}");
    }
}
