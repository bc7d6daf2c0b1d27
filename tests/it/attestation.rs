//! What the engine itself says of a rewritten statement: which tables it reads, and how much of them.

use std::sync::Arc;

use portcullis::catalog::{self, Catalog, Column, ColumnKind, Keys, NameCase, Table, TableName};
use portcullis::sql::{self, Dialect, Extensions, Limits, Rewritten, RowFilter, Visible};

use crate::engines::{self, Engine};
use crate::generate;

fn rewrite(statement: &str, database: &str, filter: &str) -> Rewritten {
    let mut catalog = Catalog::new(database, NameCase::Sensitive);
    for (name, columns) in [("events", "org_id user_id n action"), ("orders", "org_id id total")] {
        let column = |name: &str| Column { name: name.into(), type_name: "Int64".into(), kind: ColumnKind::Ordinary };
        let table = Table { columns: columns.split(' ').map(column).collect(), engine: catalog::Engine::MergeTree };
        let place = TableName::new(database, name);
        catalog.insert_keys(&place, Keys::known([]));
        catalog.insert(place, table);
    }
    let (dialect, extensions) = (Dialect::ClickHouse, Extensions::default());
    let filter = Arc::new(RowFilter::compile(filter, dialect, &extensions, &|_| None).unwrap());
    let resolved = sql::resolve(statement, dialect, &Limits::default(), &extensions, &catalog)
        .unwrap_or_else(|refusal| panic!("{statement}: {refusal}"));
    resolved
        .rewrite(&|_| Some(Visible::Rows(vec![Arc::clone(&filter)])))
        .unwrap_or_else(|refusal| panic!("{statement}: {refusal}"))
}

/// `Granules: read/all` of every index step of a plan, in order.
fn granules(clickhouse: &Engine, statement: &str) -> Vec<String> {
    let plan = clickhouse.run(&format!("EXPLAIN indexes = 1 {statement}"));
    plan.lines().filter_map(|line| line.trim().strip_prefix("Granules: ")).map(str::to_owned).collect()
}

#[test]
fn a_rewritten_statement_reads_the_granules_that_a_hand_written_filter_reads() {
    let Some(clickhouse) = engines::clickhouse() else { return };
    let database = clickhouse.fresh_database("granules");
    clickhouse.run(&format!(
        "CREATE TABLE {database}.events (org_id Int64, user_id String, n Int64, action String) ENGINE = MergeTree ORDER BY (org_id, n) SETTINGS index_granularity = 64"
    ));
    clickhouse.run(&format!(
        "INSERT INTO {database}.events SELECT number % 50, toString(number), intDiv(number, 50), 'a' FROM numbers(200000)"
    ));
    let table = format!("{database}.events");
    for (statement, by_hand) in [
        ("SELECT sum(n) FROM events", format!("SELECT sum(n) FROM {table} WHERE org_id = 7")),
        (
            "SELECT user_id FROM events WHERE n = 100",
            format!("SELECT user_id FROM {table} WHERE org_id = 7 AND n = 100"),
        ),
        (
            "SELECT user_id FROM events WHERE n BETWEEN 100 AND 200",
            format!("SELECT user_id FROM {table} WHERE org_id = 7 AND n BETWEEN 100 AND 200"),
        ),
        (
            "SELECT user_id FROM events PREWHERE n = 100",
            format!("SELECT user_id FROM {table} WHERE org_id = 7 AND n = 100"),
        ),
        (
            "WITH e AS (SELECT * FROM events) SELECT max(n) FROM e WHERE n > 3900",
            format!("WITH e AS (SELECT * FROM {table} WHERE org_id = 7) SELECT max(n) FROM e WHERE n > 3900"),
        ),
    ] {
        let rewritten = rewrite(statement, &database, "org_id = 7").text;
        let (ours, theirs) = (granules(&clickhouse, &rewritten), granules(&clickhouse, &by_hand));
        assert!(!theirs.is_empty(), "{by_hand}");
        assert_eq!(ours, theirs, "{rewritten}");
        let whole = granules(&clickhouse, &format!("SELECT sum(n) FROM {table} WHERE user_id = ''"));
        assert_ne!(ours, whole, "the index is used");
    }
    clickhouse.run(&format!("DROP DATABASE {database}"));
}

/// The tables that the engine's query tree names, as `database.table`, each once; `None` for a statement it refuses.
fn tables_of(clickhouse: &Engine, database: &str, statement: &str) -> Option<Vec<String>> {
    let explain = format!("EXPLAIN QUERY TREE run_passes = 1 {statement}");
    let (status, tree) = clickhouse.query(&format!("database={database}&default_format=TSVRaw"), &explain);
    let names = tree.split("table_name: ").skip(1).filter_map(|rest| rest.split([',', '\n']).next());
    let mut names: Vec<String> = names.map(|name| name.trim().to_owned()).collect();
    // A SELECT without FROM reads this one.
    names.retain(|name| name != "system.one");
    names.sort();
    names.dedup();
    (status == 200).then_some(names)
}

#[test]
fn the_engine_names_no_table_that_the_reader_does_not() {
    let Some(clickhouse) = engines::clickhouse() else { return };
    let database = clickhouse.fresh_database("attestation");
    for table in [
        "events (org_id Int64, user_id String, n Int64, action String)",
        "orders (org_id Int64, id String, total Int64)",
    ] {
        clickhouse.run(&format!("CREATE TABLE {database}.{table} ENGINE = MergeTree ORDER BY org_id"));
    }
    let mut attested = 0;
    for seed in 0..300 {
        let statement = generate::query(seed);
        let Some(theirs) = tables_of(&clickhouse, &database, &statement) else { continue };
        let ours: Vec<String> =
            rewrite(&statement, &database, "org_id = 1").tables.iter().map(ToString::to_string).collect();
        if statement.starts_with("WITH") {
            // The engine forgets a WITH query that nobody uses.
            assert!(theirs.iter().all(|name| ours.contains(name)), "seed {seed}: {theirs:?} {ours:?} {statement}");
        } else {
            assert_eq!(theirs, ours, "seed {seed}: {statement}");
        }
        attested += 1;
    }
    assert!(attested > 200, "only {attested} were attested");
    clickhouse.run(&format!("DROP DATABASE {database}"));
}
