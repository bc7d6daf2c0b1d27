//! What must hold of every text, whoever made it: the same functions serve the tests and the fuzz targets.

#![allow(dead_code, reason = "each target uses its own part")]

pub(crate) mod scan;
pub(crate) mod walls;
pub(crate) mod words;

use std::sync::{Arc, LazyLock};

use portcullis::catalog::{Catalog, Column, ColumnKind, Engine, NameCase, Table, TableName};
use portcullis::sql::filter::Literal;
use portcullis::sql::{self, Dialect, Extensions, Limits, RowFilter, Visible};

use walls::Walls;

/// Every dialect.
pub(crate) const DIALECTS: [Dialect; 3] = [Dialect::ClickHouse, Dialect::Sqlite, Dialect::Generic];

/// The first kibibytes of the written text that are free of charge.
const FREE: usize = 64 * 1024;

/// More than the longest wall of these tables, alias left out.
const WALL: usize = 256;

static CATALOG: LazyLock<[Catalog; 3]> = LazyLock::new(|| DIALECTS.map(catalog));

fn database(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::ClickHouse => "default",
        Dialect::Sqlite => "main",
        Dialect::Generic => "public",
        other => panic!("{other:?} is proven elsewhere"),
    }
}

fn catalog(dialect: Dialect) -> Catalog {
    let case = if dialect == Dialect::ClickHouse { NameCase::Sensitive } else { NameCase::Insensitive };
    let mut catalog = Catalog::new(database(dialect), case);
    let tables = [
        ("events", "org_id user_id n action m tags tenant v"),
        ("orders", "org_id id total"),
        ("versions", "org_id k v"),
        ("notes", "org_id n body"),
        ("t", "org_id a b"),
        ("ev", "org_id tenant v"),
    ];
    for (name, columns) in tables {
        let column = |name: &str| Column { name: name.into(), type_name: "Int64".into(), kind: ColumnKind::Ordinary };
        let columns = columns.split(' ').map(column).collect();
        let engine = if name == "notes" { Engine::Plain } else { Engine::MergeTree };
        catalog.insert(TableName::new(database(dialect), name), Table { columns, engine });
    }
    catalog
}

/// Lexing and reading: an answer or a refusal that points into the text, never a panic.
pub(crate) fn reads(text: &str) {
    for dialect in DIALECTS {
        if let Err(refusal) = sql::outline(text, dialect, &Limits::default()) {
            points_into(text, &refusal);
        }
    }
}

/// The whole way: what is written lexes, is bounded, and reads no table outside a wall.
pub(crate) fn rewrites_well(text: &str) -> Result<bool, String> {
    let mut accepted = false;
    for (dialect, catalog) in DIALECTS.into_iter().zip(CATALOG.iter()) {
        let (limits, extensions) = (Limits::default(), Extensions::default());
        let filter = Arc::new(RowFilter::compile("org_id = 1", dialect, &extensions, &|_| None).unwrap());
        let rewritten = sql::resolve(text, dialect, &limits, &extensions, catalog)
            .and_then(|resolved| resolved.rewrite(&|_| Some(Visible::Rows(vec![Arc::clone(&filter)]))));
        match rewritten {
            Ok(rewritten) => {
                accepted = true;
                let walls = Walls { dialect, database: database(dialect), filter: "__pc_t . org_id = 1" };
                let count =
                    walls.check(&rewritten.text).map_err(|why| format!("{dialect:?}: {why}\n{}", rewritten.text))?;
                let most = 4 * text.len() + FREE + count * WALL;
                if rewritten.text.len() > most || rewritten.text.len() > limits.output_bytes {
                    return Err(format!("{dialect:?}: {} bytes became {}", text.len(), rewritten.text.len()));
                }
            }
            Err(refusal) if refusal.kind == sql::RefusalKind::Unverified => {
                return Err(format!("{dialect:?}: a defect of the gateway's: {refusal}"));
            }
            Err(refusal) => points_into(text, &refusal),
        }
    }
    Ok(accepted)
}

/// A filter compiles or is refused; a compiled one means the same when it is compiled again.
pub(crate) fn filter_compiles(text: &str) -> Result<bool, String> {
    let mut accepted = false;
    for dialect in DIALECTS {
        let bind = |name: &str| match name {
            "org_id" => Some(Literal::Int(-3)),
            "name" => Some(Literal::Text("it's \\ é".to_owned())),
            "list" => Some(Literal::List(vec![Literal::Int(1), Literal::Bool(true)])),
            _ => None,
        };
        match RowFilter::compile(text, dialect, &Extensions::default(), &bind) {
            Ok(filter) => {
                accepted = true;
                // For the eye, names stand without quotes: only plain ones can be read again.
                if !filter.columns().all(|name| ["org_id", "user_id", "n"].contains(&name)) {
                    continue;
                }
                let written = filter.to_string();
                scan::scan(&written, dialect).map_err(|why| format!("{dialect:?}: {why}: {written}"))?;
                let again = RowFilter::compile(&written, dialect, &Extensions::default(), &|_| None)
                    .map_err(|refusal| format!("{dialect:?}: `{written}` is refused again: {refusal}"))?;
                // A bound `-3` is read as `- 3` once; from then on nothing changes.
                let (again, third) = (
                    again.to_string(),
                    RowFilter::compile(&again.to_string(), dialect, &Extensions::default(), &|_| None),
                );
                if again.replace(' ', "") != written.replace(' ', "")
                    || third.map(|third| third.to_string()).as_ref() != Ok(&again)
                {
                    return Err(format!("{dialect:?}: `{written}` became `{again}`"));
                }
            }
            Err(refusal) => points_into(text, &refusal),
        }
    }
    Ok(accepted)
}

/// A refusal's place is a piece of the text.
fn points_into(text: &str, refusal: &sql::Refusal) {
    if let Some(at) = &refusal.at {
        assert!(at.start <= at.end && at.end <= text.len() + 1, "{at:?} in {} bytes: {refusal}", text.len());
    }
}
