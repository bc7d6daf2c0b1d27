//! Statements that are read and rewritten, not run: what is written is scanned by other code than the gateway's, and read
//! by `sqlparser`. Every table stands behind a wall that holds the filter, whole; nothing of the client's comments, white
//! space or bytes outside strings is left.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};

use portcullis::catalog::{Catalog, Engine, NameCase, Table, TableName};
use portcullis::sql::{self, Dialect, Extensions, Limits, RowFilter, Visible};
use sqlparser::ast::visit_relations;
use sqlparser::dialect::{ClickHouseDialect, Dialect as SqlDialect, SQLiteDialect};
use sqlparser::parser::Parser;

use crate::campaign::{self, Verdict};
use crate::generate::spelling::MARK;
use crate::generate::wide::{self, Purpose, Tongue};
use crate::generate::{constructs, world};
use crate::properties;
use crate::properties::walls::Walls;

/// Filters as their author writes them, and as each wall must hold them (in ClickHouse's quotes; the scan drops them).
const FILTERS: &[(&[&str], &str)] = &[
    (&["org_id = 1"], "__pc_t . org_id = 1"),
    (&["org_id IN (1, 3)"], "__pc_t . org_id IN ( 1 , 3 )"),
    (
        &["org_id = 1", "org_id > 7 and org_id < 9"],
        "__pc_t . org_id = 1 ) OR ( __pc_t . org_id > 7 and __pc_t . org_id < 9",
    ),
    (&["NOT (org_id != 1 OR org_id IS NULL)"], "NOT ( __pc_t . org_id ! = 1 OR __pc_t . org_id IS NULL )"),
];

/// What one thread needs: a judge for every filter.
struct Tools {
    tongue: Tongue,
    judges: Vec<world::Judge>,
    sql_dialect: Box<dyn SqlDialect>,
    parsed: u64,
    unparsed: u64,
}

impl Tools {
    fn new(tongue: Tongue) -> Self {
        let (dialect, sql_dialect): (_, Box<dyn SqlDialect>) = match tongue {
            Tongue::ClickHouse => (Dialect::ClickHouse, Box::new(ClickHouseDialect {})),
            Tongue::Sqlite => (Dialect::Sqlite, Box::new(SQLiteDialect {})),
        };
        let judges = FILTERS.iter().map(|(filters, _)| world::Judge::new(dialect, database(tongue), filters)).collect();
        Self { tongue, judges, sql_dialect, parsed: 0, unparsed: 0 }
    }

    fn judge(&mut self, seed: u64, statement: &wide::Statement) -> Verdict {
        let which = usize::try_from(seed).unwrap() % FILTERS.len();
        let rewritten = match self.judges[which].rewrite(&statement.text) {
            Ok(rewritten) => rewritten,
            Err(refusal) => return Verdict::Refused(format!("{refusal} [{}]", statement.plain)),
        };
        match self.verify(&rewritten.text, FILTERS[which].1) {
            Ok(()) => Verdict::Proven,
            Err(why) => Verdict::Wrong(format!("{why}\n{}\n{}", statement.text, rewritten.text)),
        }
    }

    fn verify(&mut self, text: &str, filter: &str) -> Result<(), String> {
        let dialect = if self.tongue == Tongue::ClickHouse { Dialect::ClickHouse } else { Dialect::Sqlite };
        if text.contains(MARK) {
            return Err("a comment is left".to_owned());
        }
        let walls = Walls { dialect, database: database(self.tongue), filter }.check(text)?;
        // Every mention of the database is the one in a wall.
        let quote = if self.tongue == Tongue::ClickHouse { '`' } else { '"' };
        let mentions = text.matches(&format!("{quote}{}{quote}.", database(self.tongue))).count();
        if mentions != walls {
            return Err(format!("{mentions} mentions of the database and {walls} walls"));
        }
        self.second_opinion(text, walls)
    }

    /// `sqlparser`, where it can read the text: its tables are as many as the walls, and all others the gateway's names.
    fn second_opinion(&mut self, text: &str, walls: usize) -> Result<(), String> {
        // It does not know `view(SELECT …)` in FROM.
        let plain = text.replace("view(SELECT * FROM", "(SELECT * FROM").replace(" PREWHERE ((", " WHERE ((");
        // What is written for the index.
        let plain = plain.replace(")) WHERE __pc_", ")) AND __pc_").replace(")) WHERE (__pc_", ")) AND (__pc_");
        let Ok(statements) = Parser::parse_sql(self.sql_dialect.as_ref(), &plain) else {
            self.unparsed += 1;
            return Ok(());
        };
        self.parsed += 1;
        let (mut seen, prefix) = (0, format!("{}.", database(self.tongue)));
        let stranger = visit_relations(&statements, |relation| {
            let name = relation.to_string().replace(['`', '"'], "");
            if name.starts_with(&prefix) {
                seen += 1;
            } else if !name.starts_with("__pc_") && name != "numbers" && !is_array(&name) {
                return ControlFlow::Break(name);
            }
            ControlFlow::Continue(())
        });
        match stranger {
            ControlFlow::Break(name) => Err(format!("sqlparser sees `{name}`")),
            ControlFlow::Continue(()) if seen != walls => {
                Err(format!("sqlparser sees {seen} tables, {walls} are walled"))
            }
            ControlFlow::Continue(()) => Ok(()),
        }
    }
}

/// `ARRAY JOIN t1.tags`: sqlparser takes what stands there for a table.
fn is_array(name: &str) -> bool {
    name.ends_with(".tags") || name.starts_with("array")
}

fn database(tongue: Tongue) -> &'static str {
    if tongue == Tongue::ClickHouse { "proof" } else { "main" }
}

/// Verifies that many statements, and asserts that each construct stands in some that were accepted.
fn verify(name: &str, tongue: Tongue, purpose: Purpose, count: u64, least: u64) {
    let constructs = constructs::of(tongue);
    let found: Mutex<BTreeMap<&str, u64>> = Mutex::default();
    let parsed = Mutex::new((0, 0));
    let seeds = campaign::seeds(count);
    let all = seeds.end - seeds.start;
    let tally = campaign::run(
        name,
        seeds,
        || Tools::new(tongue),
        |tools, seed| {
            let statement = wide::statement(seed, tongue, purpose);
            let before = (tools.parsed, tools.unparsed);
            let verdict = tools.judge(seed, &statement);
            let mut parsed = parsed.lock().unwrap();
            parsed.0 += tools.parsed - before.0;
            parsed.1 += tools.unparsed - before.1;
            drop(parsed);
            if matches!(verdict, Verdict::Proven) && seed % 4 == 0 {
                let mut found = found.lock().unwrap();
                for construct in constructs.iter().filter(|construct| statement.plain.contains(**construct)) {
                    *found.entry(construct).or_default() += 1;
                }
            }
            verdict
        },
    );
    let (found, (parsed, unparsed)) = (found.into_inner().unwrap(), parsed.into_inner().unwrap());
    eprintln!("  {} of {} constructs; sqlparser read {parsed} of {}", found.len(), constructs.len(), parsed + unparsed);
    tally.demand(least);
    assert!(parsed * 3 > unparsed || all < 1_000, "sqlparser read {parsed}, and not {unparsed}");
    if purpose == Purpose::Read && all >= 10_000 {
        let missing: Vec<_> = constructs.iter().filter(|construct| !found.contains_key(**construct)).collect();
        assert!(missing.is_empty(), "never made: {missing:?}");
    }
}

#[test]
fn clickhouse_statements_read_no_table_outside_a_wall() {
    verify("static, ClickHouse", Tongue::ClickHouse, Purpose::Read, 70_000, 97);
}

#[test]
fn sqlite_statements_read_no_table_outside_a_wall() {
    verify("static, SQLite", Tongue::Sqlite, Purpose::Read, 30_000, 97);
}

/// The scan itself can fail.
#[test]
fn the_scan_sees_a_table_without_its_wall() {
    let walls = Walls { dialect: Dialect::ClickHouse, database: "proof", filter: "__pc_t . org_id = 1" };
    let wall = "view(SELECT * FROM `proof`.`events` AS __pc_t PREWHERE ((__pc_t.`org_id` = 1))) AS `t`";
    assert_eq!(walls.check(&format!("SELECT `n` FROM {wall}, {wall} WHERE 1")), Ok(2));
    assert_eq!(
        walls.check(&format!("SELECT `n` FROM {wall} ARRAY JOIN `a` AS `b`, `c` JOIN {wall} USING `n`, `k`")),
        Ok(2)
    );
    let pruned = |condition: &str| wall.replace("))) AS", &format!(")) {condition} LIMIT 9223372036854775807) AS"));
    let condition = "WHERE __pc_t.`n` >= -7 AND (__pc_t.`d` <= toDate(now()) - toIntervalDay(2) OR __pc_t.`d` >= toDate('x')) AND \
                     __pc_t.`n` IN (1, 'a')";
    assert_eq!(walls.check(&format!("SELECT `n` FROM {}", pruned(condition))), Ok(1));
    // Values, and no tables: asked of 26.7.
    assert_eq!(walls.check(&format!("SELECT `n` IN (`t`).1, `n` IN (`t`)[1], `n` IN `t`.`a` + 1 FROM {wall}")), Ok(1));
    for bare in [
        &format!("SELECT `n` FROM {}", pruned("WHERE `n` = 1")),
        &format!("SELECT `n` FROM {}", pruned("WHERE 1 OR __pc_t.`n` = 1")),
        &format!("SELECT `n` FROM {}", pruned("WHERE __pc_t.`n` = intDiv(1, 2)")),
        &format!("SELECT `n` FROM {}", pruned("WHERE __pc_t.`n` IN (SELECT 1)")),
        &format!("SELECT `n` FROM {}", pruned("OR __pc_t.`n` = 1")),
        &format!("SELECT `n` FROM {}", pruned("WHERE __pc_t.`n` = 1").replace(" LIMIT 9223372036854775807", "")),
        "SELECT `n` FROM `proof`.`events` AS `t`",
        "SELECT `n` FROM `events`",
        &format!("SELECT `n` FROM {wall}, `events`"),
        &format!("SELECT `n` FROM {wall} JOIN `events` ON 1"),
        &format!("SELECT `n` FROM {wall} WHERE `n` IN `orders`"),
        &format!("SELECT `n` FROM {wall} WHERE `n` IN (`orders`)"),
        &format!("SELECT `n` IN (`orders`) = 1 FROM {wall}"),
        &format!("SELECT (SELECT 1 FROM `orders`) FROM {wall}"),
        &format!("WITH __pc_0 AS (FROM `orders` SELECT 1) SELECT `n` FROM {wall}"),
        &format!("SELECT `n` FROM {}", wall.replace("= 1", "= 2")),
        &format!("SELECT `n` FROM {}", wall.replace("))) AS", ")) OR 1) AS")),
        &format!("SELECT `n` FROM {wall} /* c */"),
        &format!("SELECT `n` FROM {wall} -- c"),
        &format!("SELECT `n`\n FROM {wall}"),
        &format!("SELECT `n` FROM url('x') JOIN {wall}"),
        &format!("SELECT __pc_t.`n` FROM {wall}"),
    ] {
        assert!(walls.check(bare).is_err(), "{bare}");
    }
}

/// The reviewed cases, with which the fuzz targets begin.
#[test]
fn our_own_cases_read_no_table_outside_a_wall() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/rewrite");
    let (mut scanned, mut wrong) = (0, Vec::new());
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let dialect = Dialect::ALL.into_iter().find(|dialect| name.starts_with(&format!("{dialect:?}").to_lowercase()));
        let dialect = dialect.unwrap_or_else(|| panic!("`{name}` begins with no dialect's name"));
        for block in std::fs::read_to_string(&path).unwrap().split("====\n") {
            let statement = block.split("----\n").next().unwrap_or_default().trim();
            match properties::rewrites_well_in(statement, dialect) {
                Ok(written) => scanned += usize::from(written),
                Err(why) => wrong.push(format!("{name}: {why}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(scanned > 400, "{scanned}");
}

/// Other people's statements, where they are kept (`PORTCULLIS_TEST_CORPORA`, else beside the project): every table that one
/// names is there and has a filter; what is accepted is scanned.
#[test]
fn other_peoples_statements_read_no_table_outside_a_wall() {
    let beside = || std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora");
    let folder = std::env::var_os("PORTCULLIS_TEST_CORPORA").map_or_else(beside, std::path::PathBuf::from);
    let Ok(files) = std::fs::read_dir(&folder) else {
        eprintln!("SKIPPED: there are no corpora in {}", folder.display());
        return;
    };
    let mut statements = Vec::new();
    for file in files.map(|file| file.unwrap().path()).filter(|path| path.extension().is_some_and(|e| e == "jsonl")) {
        for line in std::fs::read_to_string(file).unwrap().lines() {
            let entry: serde_json::Value = serde_json::from_str(line).unwrap();
            statements.push(entry["q"].as_str().unwrap().to_owned());
        }
    }
    let count = u64::try_from(statements.len()).unwrap();
    let judge = |(): &mut (), at: u64| corpus_verdict(&statements[usize::try_from(at).unwrap()]);
    campaign::run("static, corpora", 0..count, || (), judge).demand(60);
}

fn corpus_verdict(text: &str) -> Verdict {
    let (dialect, limits, extensions) = (Dialect::ClickHouse, Limits::default(), Extensions::default());
    let outline = match sql::outline(text, dialect, &limits) {
        Ok(outline) => outline,
        Err(refusal) => return Verdict::Refused(refusal.to_string()),
    };
    let mut catalog = Catalog::new("default", NameCase::Sensitive);
    for name in &outline.tables {
        let (database, table) = name.split_once('.').unwrap_or(("default", name));
        catalog.insert(TableName::new(database, table), Table { columns: Vec::new(), engine: Engine::MergeTree });
    }
    let filter = Arc::new(RowFilter::compile("org_id = 1", dialect, &extensions, &|_| None).unwrap());
    let rewritten = sql::resolve(text, dialect, &limits, &extensions, &catalog)
        .and_then(|resolved| resolved.rewrite(&|_| Some(Visible::Rows(vec![Arc::clone(&filter)]))));
    match rewritten {
        Err(refusal) => Verdict::Refused(refusal.to_string()),
        Ok(rewritten) => {
            match (Walls { dialect, database: "", filter: "__pc_t . org_id = 1" }).check(&rewritten.text) {
                Ok(walls) if walls >= outline.tables.len() => Verdict::Proven,
                Ok(walls) => Verdict::Wrong(format!("{walls} walls for {:?}\n{}", outline.tables, rewritten.text)),
                Err(why) => Verdict::Wrong(format!("{why}\n{text}\n{}", rewritten.text)),
            }
        }
    }
}
