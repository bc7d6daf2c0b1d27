//! Rewrites as text pairs: `tests/data/rewrite/*.sql` holds statements and, below each, what the gateway writes for them
//! or why it refuses. `PORTCULLIS_BLESS=1` writes the files anew, to be reviewed as a diff.
//!
//! The token of these files reads `events` where `org_id = 1`, `orders`, `log` and `v` where `org_id = 1 or shared`, and
//! every row of `countries`. It may not know `secret`.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use portcullis::catalog::{Catalog, Column, ColumnKind, Engine, Keys, Table, TableName};
use portcullis::sql::{self, Dialect, Extensions, Limits, RowFilter, Visible};

fn table(engine: Engine, columns: &str) -> Table {
    let column = |name: &str| {
        let (kind, name) = match name.strip_prefix('+') {
            Some(name) => (ColumnKind::ByName, name),
            None => (ColumnKind::Ordinary, name),
        };
        let (type_name, name) = match name.strip_prefix('~') {
            Some(name) => ("LowCardinality(String)", name),
            None => ("Int64", name),
        };
        Column { name: name.into(), type_name: type_name.into(), kind }
    };
    Table { columns: columns.split(' ').map(column).collect(), engine }
}

fn catalog(dialect: Dialect) -> Catalog {
    let database = match dialect {
        Dialect::ClickHouse | Dialect::Tinybird => "default",
        Dialect::Generic => "public",
        _ => dialect.usual_database().unwrap_or("hive.web"),
    };
    let mut catalog = Catalog::new(database, dialect.name_case());
    let mut add = |name: &str, table| {
        let place = TableName::new(database, name);
        catalog.insert_keys(&place, Keys::known([]).sorted_by(["n".into()]));
        catalog.insert(place, table);
    };
    add("events", table(Engine::MergeTree, "org_id user_id n tags shared +day"));
    add("orders", table(Engine::MergeTree, "org_id id total shared"));
    add("log", table(Engine::Plain, "org_id line shared"));
    add("v", table(Engine::View, "org_id n shared"));
    add("spread", table(Engine::Opaque, "org_id n shared"));
    add("words", table(Engine::MergeTree, "org_id n ~word ~other +~made"));
    add("countries", table(Engine::MergeTree, "code name"));
    add("secret", table(Engine::MergeTree, "k"));
    catalog.insert(TableName::new("d", "ev"), table(Engine::MergeTree, "org_id v shared"));
    catalog
}

fn visible(dialect: Dialect, name: &TableName) -> Option<Visible> {
    let rows = |text| {
        let filter = RowFilter::compile(text, dialect, &Extensions::default(), &|_| None).expect("a filter");
        Some(Visible::Rows(vec![Arc::new(filter)]))
    };
    match name.table.as_ref() {
        "events" | "words" => rows("org_id = 1"),
        "orders" | "log" | "v" | "spread" | "ev" => rows("org_id = 1 or shared"),
        "countries" => Some(Visible::AllRows),
        _ => None,
    }
}

fn rewrite(dialect: Dialect, text: &str) -> String {
    let rewritten = sql::resolve(text, dialect, &Limits::default(), &Extensions::default(), &catalog(dialect))
        .and_then(|resolved| resolved.rewrite(&|name| visible(dialect, name)));
    match rewritten {
        Ok(rewritten) => {
            let mut out = rewritten.text;
            if let Some(format) = rewritten.format {
                let _ = write!(out, "\n-- format: {format}");
            }
            for (name, value) in rewritten.settings {
                let _ = write!(out, "\n-- setting: {name} = {value}");
            }
            if !rewritten.parameters.is_empty() {
                let _ = write!(out, "\n-- parameters: {}", rewritten.parameters.join(", "));
            }
            out
        }
        Err(refusal) => format!("-- refused, {:?}: {refusal}", refusal.kind),
    }
}

/// Blocks of statement, `----`, outcome, each closed by `====`.
fn check(file: &Path, dialect: Dialect) {
    let text = fs::read_to_string(file).expect("a file of pairs");
    let mut anew = String::new();
    for block in text.split("====\n").filter(|block| !block.trim().is_empty()) {
        let statement = block.split("----\n").next().unwrap_or_default().trim_end();
        let _ = write!(anew, "{statement}\n----\n{}\n====\n", rewrite(dialect, statement.trim_start()));
    }
    if std::env::var_os("PORTCULLIS_BLESS").is_some() {
        fs::write(file, anew).expect("the file can be written");
    } else {
        let line = text.lines().zip(anew.lines()).position(|(left, right)| left != right);
        assert!(text == anew, "{}: line {line:?} differs; PORTCULLIS_BLESS=1 writes it anew", file.display());
    }
}

fn check_all(dialect: Dialect, prefix: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/rewrite");
    let mut seen = 0;
    for entry in fs::read_dir(folder).expect("the folder of pairs") {
        let path = entry.expect("an entry").path();
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(prefix)) {
            check(&path, dialect);
            seen += 1;
        }
    }
    assert!(seen > 0, "no file begins with {prefix}");
}

#[test]
fn clickhouse_pairs() {
    check_all(Dialect::ClickHouse, "clickhouse");
}

#[test]
fn tinybird_pairs() {
    check_all(Dialect::Tinybird, "tinybird");
}

#[test]
fn sqlite_pairs() {
    check_all(Dialect::Sqlite, "sqlite");
}

#[test]
fn postgres_pairs() {
    check_all(Dialect::Postgres, "postgres");
}

#[test]
fn duckdb_pairs() {
    check_all(Dialect::DuckDb, "duckdb");
}

#[test]
fn trino_pairs() {
    check_all(Dialect::Trino, "trino");
}

#[test]
fn druid_pairs() {
    check_all(Dialect::Druid, "druid");
}

#[test]
fn datafusion_pairs() {
    check_all(Dialect::DataFusion, "datafusion");
}

#[test]
fn pinot_pairs() {
    check_all(Dialect::Pinot, "pinot");
}

#[test]
fn generic_pairs() {
    check_all(Dialect::Generic, "generic");
}
