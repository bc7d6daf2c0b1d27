//! Bypasses found on real engines, as a client would send them: each is refused, or gives what the permitted copy gives.
//!
//! `tests/data/vectors.jsonl` holds the statements, `tests/data/golden/vectors.txt` what becomes of each
//! (`PORTCULLIS_BLESS=1` writes it anew). The token reads `d.ev` where `tenant = 'a'`, and nothing else.

use std::fmt::Write as _;
use std::sync::Arc;

use portcullis::catalog::{Catalog, Column, ColumnKind, Engine, Keys, NameCase, Table, TableName};
use portcullis::sql::{self, Dialect, Extensions, Limits, Refusal, RowFilter, Visible};

use crate::engines;

fn vectors() -> Vec<(String, String)> {
    let entry = |line: &str| {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| entry[key].as_str().unwrap().to_owned();
        (text("id"), text("sql"))
    };
    include_str!("../data/vectors.jsonl").lines().map(entry).collect()
}

fn catalog() -> Catalog {
    let mut catalog = Catalog::new("default", NameCase::Sensitive);
    let column = |name: &str| Column { name: name.into(), type_name: "String".into(), kind: ColumnKind::Ordinary };
    let mut add = |database, name, columns: &[&str], engine| {
        let columns = columns.iter().map(|name| column(name)).collect();
        let place = TableName::new(database, name);
        catalog.insert_keys(&place, Keys::known([]));
        catalog.insert(place, Table { columns, engine });
    };
    add("d", "ev", &["tenant", "v"], Engine::MergeTree);
    add("d", "secret", &["k"], Engine::MergeTree);
    add("d", "rep", &["tenant", "v"], Engine::MergeTree);
    add("d", "vw", &["tenant", "v"], Engine::View);
    add("d", "mt", &["tenant", "v"], Engine::View);
    add("d", "buf", &["tenant", "v"], Engine::Opaque);
    add("system", "tables", &["name"], Engine::Plain);
    add("system", "one", &["dummy"], Engine::Plain);
    catalog
}

fn rewrite(statement: &str) -> Result<sql::Rewritten, Refusal> {
    let (dialect, extensions) = (Dialect::ClickHouse, Extensions::default());
    let filter = Arc::new(RowFilter::compile("tenant = 'a'", dialect, &extensions, &|_| None)?);
    let resolved = sql::resolve(statement, dialect, &Limits::default(), &extensions, &catalog())?;
    let visible =
        |name: &TableName| (*name == TableName::new("d", "ev")).then(|| Visible::Rows(vec![Arc::clone(&filter)]));
    resolved.rewrite(&visible)
}

#[test]
fn each_vector_is_refused_or_rewritten_as_the_golden_file_says() {
    let mut golden = String::new();
    for (id, statement) in vectors() {
        let outcome = match rewrite(&statement) {
            Ok(rewritten) => rewritten.text,
            Err(refusal) => format!("refused, {:?}: {}", refusal.kind, refusal.message),
        };
        let _ = writeln!(golden, "{id}\t{outcome}");
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/golden/vectors.txt");
    if std::env::var_os("PORTCULLIS_BLESS").is_some() {
        std::fs::write(path, &golden).unwrap();
    }
    assert!(std::fs::read_to_string(path).unwrap_or_default() == golden, "PORTCULLIS_BLESS=1 writes {path} anew");
}

#[test]
fn on_a_real_clickhouse_an_accepted_vector_shows_the_permitted_rows_only() {
    let Some(clickhouse) = engines::clickhouse() else { return };
    let (whole, permitted) =
        (clickhouse.fresh_database("vectors_whole"), clickhouse.fresh_database("vectors_permitted"));
    for (database, rows) in [(&whole, "('a', 1), ('b', 2), ('c', 3)"), (&permitted, "('a', 1)")] {
        clickhouse
            .run(&format!("CREATE TABLE {database}.ev (tenant String, v Int32) ENGINE = MergeTree ORDER BY tenant"));
        clickhouse.run(&format!("INSERT INTO {database}.ev VALUES {rows}"));
    }
    let mut compared = 0;
    for (id, statement) in vectors() {
        let Ok(rewritten) = rewrite(&statement) else { continue };
        // The catalog calls the database `d`; here it has a name of its own.
        let format = rewritten.format.as_deref().unwrap_or("TSV");
        let beside = format!("output_format_write_statistics=0&default_format={format}");
        let seen = clickhouse.query(&beside, &rewritten.text.replace("`d`.", &format!("{whole}.")));
        let expected = clickhouse.query(&beside, &statement.replace("d.ev", &format!("{permitted}.ev")));
        let said = |(status, body): &(u16, String)| if *status == 200 { body.clone() } else { "an error".to_owned() };
        assert_eq!(said(&seen), said(&expected), "{id}: {statement}\n{}", rewritten.text);
        compared += 1;
    }
    for database in [&whole, &permitted] {
        clickhouse.run(&format!("DROP DATABASE {database}"));
    }
    assert!(compared > 20, "only {compared} were compared");
}
