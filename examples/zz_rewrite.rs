//! scratch: statements on stdin (one a line), database and org in arguments; writes the rewritten text or `! refusal`.
use portcullis::catalog::{self, Catalog, Column, ColumnKind, NameCase, Table, TableName};
use portcullis::sql::{self, Dialect, Extensions, Limits, RowFilter, Visible};
use std::io::BufRead;
use std::sync::Arc;
const COLUMNS: &[(&str, &str)] = &[
    ("org_id", "Int64"),
    ("n", "Int64"),
    ("m", "Int64"),
    ("f", "Float64"),
    ("s", "LowCardinality(String)"),
    ("d", "Date"),
    ("t", "DateTime('UTC')"),
    ("ts", "DateTime64(3, 'UTC')"),
    ("fine", "DateTime64(6, 'UTC')"),
    ("price", "Decimal(18, 4)"),
    ("maybe", "Nullable(String)"),
    ("arr", "Array(String)"),
    ("tags", "Map(String, String)"),
    ("u8", "UInt8"),
    ("i128", "Int128"),
    ("u256", "UInt256"),
    ("f32", "Float32"),
    ("b", "Bool"),
    ("uuid", "UUID"),
    ("ps", "String"),
    ("mn", "Nullable(Int64)"),
    ("md", "Nullable(Date)"),
    ("mt", "Nullable(DateTime('UTC'))"),
    ("mf", "Nullable(Float64)"),
    ("an", "Array(Int64)"),
    ("ad", "Array(Date)"),
    ("lcn", "LowCardinality(Nullable(String))"),
];
fn main() {
    let database = std::env::args().nth(1).unwrap();
    let org = std::env::args().nth(2).unwrap();
    let mut catalog = Catalog::new(&database, NameCase::Sensitive);
    let column = |(name, type_name): &(&str, &str)| Column {
        name: (*name).into(),
        type_name: (*type_name).into(),
        kind: ColumnKind::Ordinary,
    };
    let columns: Vec<Column> = COLUMNS.iter().map(column).collect();
    for name in ["events", "other"] {
        catalog.insert(
            TableName::new(&database, name),
            Table { columns: columns.clone(), engine: catalog::Engine::MergeTree },
        );
    }
    let (dialect, extensions) = (Dialect::ClickHouse, Extensions::default());
    let filter = Arc::new(RowFilter::compile(&format!("org_id = {org}"), dialect, &extensions, &|_| None).unwrap());
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let done = sql::resolve(&line, dialect, &Limits::default(), &extensions, &catalog)
            .and_then(|resolved| resolved.rewrite(&|_| Some(Visible::Rows(vec![Arc::clone(&filter)]))));
        match done {
            Ok(r) => println!("{}", r.text.replace('\n', " ")),
            Err(e) => println!("! {}", e.message.replace('\n', " ")),
        }
    }
}
