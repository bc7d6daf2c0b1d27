//! One statement on trial.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use portcullis::catalog::{self, Catalog, ColumnKind, Keys, NameCase, Table, TableName};
use portcullis::sql::{self, Dialect, Extensions, Limits, Outline, Rewritten, RowFilter, Visible};

use super::ground::{FILTER, Ground, Holds, Said, WITH_ROWS};
use super::pieces::{self, Kind};
use super::shape::{Column, GUESSES, Shape, TENANT, Uses};
use super::tree;
use crate::campaign::Verdict;
use crate::differential::sorted;
use crate::http::encode;

/// How many columns the engine may ask for before a guess is given up.
const MISSING: usize = 12;

/// What can change from one run to the next.
const VOLATILE: &[&str] =
    &["now", "rand", "generateuuid", "today", "yesterday", "random", "fuzz", "uptime", "timezone"];

pub(super) struct Trial<'g, 'e> {
    ground: &'g mut Ground<'e>,
    statement: String,
    /// Decides which storage the tables have.
    seed: u64,
    shapes: Option<Vec<Shape>>,
}

impl<'g, 'e> Trial<'g, 'e> {
    /// Of a statement whose tables are to be made up.
    pub(super) fn new(ground: &'g mut Ground<'e>, statement: &str, seed: u64) -> Self {
        Self { ground, statement: statement.to_owned(), seed, shapes: None }
    }

    /// Of a statement over tables that are laid already.
    pub(super) fn over(ground: &'g mut Ground<'e>, shapes: &[Shape], statement: &str) -> Self {
        Self { ground, statement: statement.to_owned(), seed: 0, shapes: Some(shapes.to_vec()) }
    }

    pub(super) fn judge(mut self) -> Verdict {
        let outline = match sql::outline(&self.statement, Dialect::ClickHouse, &Limits::default()) {
            Ok(outline) => outline,
            Err(refusal) => return Verdict::Refused(format!("{refusal}")),
        };
        let rewritten = match rewrite(&self.statement, "d", &bare(&outline.tables)) {
            Ok(rewritten) => rewritten,
            Err(refusal) => return Verdict::Refused(format!("{refusal}")),
        };
        // What runs says no format and no database: both sides are asked in the same, over databases of ours.
        let qualified = |table: &&String| !of_the_system(table);
        let tables: Vec<String> = outline.tables.iter().filter(qualified).cloned().collect();
        self.statement = pieces::plain(&self.statement, &tables, rewritten.format.as_deref());
        if outline.tables.is_empty() {
            return self.reads_nothing();
        }
        if outline.tables.iter().any(|table| of_the_system(table)) {
            return self.reads_the_system(&outline);
        }
        match self.shapes.take() {
            Some(shapes) => self.compare(&outline, &shapes),
            None => match self.make_up(&outline) {
                Ok(shapes) => {
                    let verdict = self.compare(&outline, &shapes);
                    self.ground.clear(&shapes);
                    verdict
                }
                Err(why) => Verdict::Unrun(why),
            },
        }
    }

    fn reads_nothing(&mut self) -> Verdict {
        match tree::tables(self.ground, "default", "", &self.statement) {
            Ok(theirs) if theirs.is_empty() => Verdict::Proven,
            Ok(theirs) => Verdict::Wrong(format!("the engine reads {theirs:?}, we read nothing")),
            Err(error) => Verdict::Unrun(error),
        }
    }

    fn reads_the_system(&mut self, outline: &Outline) -> Verdict {
        match tree::tables(self.ground, "default", "", &self.statement) {
            Ok(theirs) => attested(&theirs, &outline.tables).map_or(Verdict::Proven, Verdict::Wrong),
            Err(error) => Verdict::Unrun(error),
        }
    }

    /// Tables over which the engine runs the statement. What it says of the last guess, if it runs over none.
    fn make_up(&mut self, outline: &Outline) -> Result<Vec<Shape>, String> {
        let mut uses = Uses::default();
        uses.add(&self.statement);
        let mut first = Err("no guess".to_owned());
        let mut columns = self.columns(outline);
        for guess in 0..GUESSES {
            let mut error = String::new();
            for _ in 0..MISSING {
                let shapes = self.shapes_of(outline, &columns, &uses, guess);
                let database = self.ground.database(Holds::Permitted).to_owned();
                let ran = self.ground.lay(&shapes, &[Holds::Permitted]);
                match ran.and_then(|()| self.ground.ask(&database, PLAIN, &self.statement.clone())) {
                    Ok(_) => {
                        self.ground.lay(&shapes, &[Holds::Whole, Holds::Twin, Holds::Reversed])?;
                        return Ok(shapes);
                    }
                    Err(said) => error = said,
                }
                match missing(&error).filter(|name| !columns.contains(name)) {
                    Some(name) => columns.push(name),
                    None => break,
                }
            }
            self.ground.clear(&self.shapes_of(outline, &[], &uses, guess));
            // Whoever gave up with another sort than of type will not change its mind.
            let of_types =
                ["(ILLEGAL_", "(NO_COMMON", "(TYPE_", "(CANNOT_", "(NUMBER_OF", "(BAD_", "(NO_SUPER", "(UNKNOWN_ID"];
            let hopeless = !error.is_empty() && !of_types.iter().any(|code| error.contains(code));
            first = first.and(Err(error.clone())).or(Err(error));
            if hopeless {
                break;
            }
        }
        first
    }

    /// The columns that the statement names, qualified ones too; not what it gives a name to.
    fn columns(&self, outline: &Outline) -> Vec<String> {
        let pieces = pieces::pieces(&self.statement);
        let mut columns = outline.columns.clone();
        let mut given = Vec::new();
        for trio in pieces.windows(3) {
            let [left, middle, right] = trio else { continue };
            let names = left.kind == Kind::Word && right.kind == Kind::Word;
            if names && middle.text == "." && middle.kind == Kind::Symbol {
                columns.push(right.text.clone());
            }
            if middle.is("as") && right.kind == Kind::Word && !outline.tables.contains(&left.text) {
                given.push(right.text.clone());
            }
        }
        columns.retain(|name| name != TENANT && !name.starts_with('_') && !given.contains(name));
        columns.sort();
        columns.dedup();
        columns
    }

    fn shapes_of(&self, outline: &Outline, columns: &[String], uses: &Uses, guess: usize) -> Vec<Shape> {
        let mut all: Vec<Column> = vec![uses.column(TENANT, guess)];
        all.extend(columns.iter().map(|name| uses.column(name, guess)));
        if all.len() == 1 {
            all.push(uses.column("n", guess));
        }
        let words = pieces::pieces(&self.statement);
        let says = |word: &str| words.iter().any(|piece| piece.is(word));
        let key = all.iter().find(|c| c.name != TENANT && orders(&c.type_name)).map(|c| c.name.clone());
        let keys = key.as_ref().map_or_else(|| TENANT.to_owned(), |key| format!("{TENANT}, `{key}`"));
        let key = key.unwrap_or_else(|| TENANT.to_owned());
        let storage = match self.seed % 3 {
            _ if says("sample") => {
                format!("MergeTree ORDER BY ({TENANT}, intHash32({TENANT})) SAMPLE BY intHash32({TENANT})")
            }
            _ if says("final") => format!("ReplacingMergeTree ORDER BY ({keys})"),
            0 => format!("MergeTree ORDER BY ({keys}) SETTINGS index_granularity = 8"),
            1 => format!("MergeTree ORDER BY `{key}` SETTINGS index_granularity = 8"),
            _ => "MergeTree ORDER BY tuple() SETTINGS index_granularity = 8".to_owned(),
        };
        let shape = |name: &String| Shape { name: name.clone(), columns: all.clone(), storage: storage.clone() };
        bare(&outline.tables).iter().map(shape).collect()
    }

    fn compare(&mut self, outline: &Outline, shapes: &[Shape]) -> Verdict {
        let name = |holds| self.ground.database(holds).to_owned();
        let [whole, twin, permitted, reversed] = Holds::ALL.map(name);
        let Ok(rewritten) = rewrite_over(&self.statement, &whole, shapes) else {
            return Verdict::Unrun("it is refused once the columns are known".to_owned());
        };
        let settings: String =
            rewritten.settings.iter().map(|(name, value)| format!("&{name}={}", encode(value))).collect();
        let parameters: String = rewritten.parameters.iter().map(|name| format!("&param_{name}=1")).collect();
        let ours = format!("{PLAIN}{settings}{parameters}");
        let theirs = format!("{PLAIN}{parameters}");
        // Attestation.
        let statement = self.statement.clone();
        match tree::tables(self.ground, &permitted, &theirs, &statement) {
            Ok(read) => {
                let known: Vec<String> =
                    bare(&outline.tables).iter().map(|table| format!("{permitted}.{table}")).collect();
                if let Some(why) = attested(&read, &known) {
                    return Verdict::Wrong(why);
                }
            }
            Err(error) => return Verdict::Unrun(error),
        }
        match tree::walls(self.ground, &ours, &rewritten.text, &whole) {
            Ok(_) => {}
            Err(why) if why.starts_with("OUTSIDE") || why.starts_with("BARE") => {
                return Verdict::Wrong(format!("{why}\n{}", rewritten.text));
            }
            Err(_) => {}
        }
        // Twins, and the permitted copy. The session's database is another one: no bare name can reach a table.
        let over_twin = rewritten.text.replace(&format!("`{whole}`"), &format!("`{twin}`"));
        let mut wrong = String::new();
        for _ in 0..2 {
            let expected = lines(self.ground.ask(&permitted, &theirs, &statement));
            let seen = lines(self.ground.ask("default", &ours, &rewritten.text));
            let hidden = lines(self.ground.ask("default", &ours, &over_twin));
            if let Some(error) =
                [&expected, &seen, &hidden].into_iter().find_map(|said| said.as_ref().err().filter(|e| gave_up(e)))
            {
                return Verdict::Unrun(error.clone());
            }
            if expected.is_ok() && expected == seen && seen == hidden {
                // The first line has the columns' names.
                WITH_ROWS.fetch_add(u64::from(expected.is_ok_and(|lines| lines.len() > 1)), Ordering::Relaxed);
                return Verdict::Proven;
            }
            if let (Err(code), true, true) = (&expected, expected == seen, seen == hidden) {
                return Verdict::Unrun(format!("an error, and the same one: {code}"));
            }
            let kind = if seen == hidden { "other than the permitted copy shows" } else { "the twins differ" };
            wrong = format!(
                "{kind}\npermitted {expected:.300?}\nwhole     {seen:.300?}\ntwin      {hidden:.300?}\n{}",
                rewritten.text
            );
        }
        let volatile =
            outline.functions.iter().any(|f| VOLATILE.iter().any(|word| f.to_ascii_lowercase().contains(word)));
        if volatile {
            return Verdict::Unrun("it reads the clock or dice".to_owned());
        }
        // Does the original give one answer? Not by another number of threads, nor over its rows the other way round.
        let once = lines(self.ground.ask(&permitted, &theirs, &statement));
        let cut = format!(
            "{}{parameters}",
            PLAIN.replace("max_threads=1", "max_threads=4&max_block_size=3&max_bytes_before_external_group_by=0")
        );
        let many = lines(self.ground.ask(&permitted, &cut, &statement));
        let turned = lines(self.ground.ask(&reversed, &theirs, &statement));
        if once != many || once != turned {
            return Verdict::Unrun("it is not deterministic".to_owned());
        }
        Verdict::Wrong(wrong)
    }
}

const PLAIN: &str = "max_threads=1";

/// Rows in any order, or the error's number.
fn lines(said: Said) -> Said {
    said.map(sorted).map_err(|error| error.split(". ").next().unwrap_or_default().to_owned())
}

fn gave_up(error: &str) -> bool {
    ["Code: 159", "Code: 160", "Code: 241", "Code: 396"].contains(&error)
}

/// What is wrong with our list of tables, where the engine's tree names others.
fn attested(theirs: &[String], ours: &[String]) -> Option<String> {
    // The engine leaves out what it needs no more: unused queries of WITH, scalars that it has computed.
    let unknown: Vec<_> = theirs.iter().filter(|name| !ours.contains(name)).collect();
    (!unknown.is_empty()).then(|| format!("the engine reads {unknown:?}, we know of {ours:?}"))
}

/// The column that the engine misses.
fn missing(error: &str) -> Option<String> {
    let rest = error.split("identifier `").nth(1).filter(|_| error.contains("(UNKNOWN_IDENTIFIER)"))?;
    let name = rest.split('`').next()?;
    name.rsplit('.').next().filter(|name| !name.is_empty()).map(str::to_owned)
}

fn of_the_system(table: &str) -> bool {
    let database = table.split_once('.').map_or("", |(database, _)| database);
    database == "system" || database.eq_ignore_ascii_case("information_schema")
}

fn bare(tables: &[String]) -> Vec<String> {
    let mut names: Vec<String> =
        tables.iter().map(|name| name.rsplit('.').next().unwrap_or_default().to_owned()).collect();
    names.sort();
    names.dedup();
    names
}

fn orders(type_name: &str) -> bool {
    ["Int64", "String", "Date", "DateTime"].contains(&type_name)
}

/// Rewrites over tables whose columns are not known.
fn rewrite(statement: &str, database: &str, tables: &[String]) -> Result<Rewritten, sql::Refusal> {
    let outline = sql::outline(statement, Dialect::ClickHouse, &Limits::default())?;
    let mut catalog = Catalog::new(database, NameCase::Sensitive);
    for name in tables.iter().chain(&outline.tables) {
        let (database, table) = name.split_once('.').unwrap_or((database, name));
        catalog.insert(TableName::new(database, table), Table { columns: vec![], engine: catalog::Engine::MergeTree });
    }
    rewrite_with(statement, &catalog)
}

fn rewrite_over(statement: &str, database: &str, shapes: &[Shape]) -> Result<Rewritten, sql::Refusal> {
    let mut catalog = Catalog::new(database, NameCase::Sensitive);
    for shape in shapes {
        let column = |column: &Column| catalog::Column {
            name: column.name.as_str().into(),
            type_name: column.type_name.as_str().into(),
            kind: ColumnKind::Ordinary,
        };
        let table = Table { columns: shape.columns.iter().map(column).collect(), engine: catalog::Engine::MergeTree };
        let place = TableName::new(database, &shape.name);
        catalog.insert_keys(&place, Keys::known([]));
        catalog.insert(place, table);
    }
    rewrite_with(statement, &catalog)
}

fn rewrite_with(statement: &str, catalog: &Catalog) -> Result<Rewritten, sql::Refusal> {
    let (dialect, extensions) = (Dialect::ClickHouse, Extensions::default());
    let filter = Arc::new(RowFilter::compile(FILTER, dialect, &extensions, &|_| None)?);
    let resolved = sql::resolve(statement, dialect, &Limits::default(), &extensions, catalog)?;
    resolved.rewrite(&|_| Some(Visible::Rows(vec![Arc::clone(&filter)])))
}
