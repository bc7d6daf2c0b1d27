//! What must hold of every text, whoever made it: the same functions serve the tests and the fuzz targets.

#![allow(dead_code, reason = "each target uses its own part")]

pub(crate) mod pipe;
pub(crate) mod request;
pub(crate) mod scan;
pub(crate) mod scope;
pub(crate) mod store;
pub(crate) mod token;
pub(crate) mod walls;
pub(crate) mod words;

use std::sync::{Arc, LazyLock};

use portcullis::catalog::{Catalog, Column, ColumnKind, Engine, Keys, Table, TableName};
use portcullis::sql::filter::Literal;
use portcullis::sql::{self, Dialect, Extensions, Limits, RowFilter, Visible};

use walls::Walls;

/// Every dialect.
pub(crate) const DIALECTS: [Dialect; 10] = Dialect::ALL;

/// The first kibibytes of the written text that are free of charge.
const FREE: usize = 64 * 1024;

/// More than the longest wall of these tables, alias left out.
const WALL: usize = 320;

static CATALOG: LazyLock<[Catalog; 10]> = LazyLock::new(|| DIALECTS.map(catalog));

fn database(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::ClickHouse => "default",
        Dialect::Generic => "public",
        other => other.usual_database().unwrap_or("hive.web"),
    }
}

fn catalog(dialect: Dialect) -> Catalog {
    let mut catalog = Catalog::new(database(dialect), dialect.name_case());
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
        let place = TableName::new(database(dialect), name);
        catalog.insert_keys(&place, Keys::known([]));
        catalog.insert(place, Table { columns, engine });
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

/// The whole way: what is written lexes, is bounded, reads no table outside a wall, and is canonical: written again it is
/// the same.
pub(crate) fn rewrites_well_in(text: &str, dialect: Dialect) -> Result<bool, String> {
    let filter = RowFilter::compile("org_id = 1", dialect, &Extensions::default(), &|_| None).unwrap();
    let rows = Visible::Rows(vec![Arc::new(filter)]);
    let rewritten = match written(text, dialect, &rows) {
        Ok(rewritten) => rewritten,
        Err(refusal) if refusal.kind == sql::RefusalKind::Unverified => {
            return Err(format!("{dialect:?}: a defect of the gateway's: {refusal}"));
        }
        Err(refusal) => {
            points_into(text, &refusal);
            return Ok(false);
        }
    };
    let walls = Walls { dialect, database: database(dialect), filter: "__pc_t . org_id = 1" };
    let count = walls.check(&rewritten).map_err(|why| format!("{dialect:?}: {why}\n{rewritten}"))?;
    let most = 4 * text.len() + FREE + count * WALL;
    if rewritten.len() > most || rewritten.len() > Limits::default().output_bytes {
        return Err(format!("{dialect:?}: {} bytes became {}", text.len(), rewritten.len()));
    }
    if dialect == Dialect::Pinot && is_cut(&rewritten) {
        return Err(format!("{dialect:?}: it would be cut\n{rewritten}"));
    }
    stays(text, dialect)?;
    Ok(true)
}

fn written(text: &str, dialect: Dialect, visible: &Visible) -> Result<String, sql::Refusal> {
    let place = DIALECTS.into_iter().position(|known| known == dialect).unwrap();
    let resolved = sql::resolve(text, dialect, &Limits::default(), &Extensions::default(), &CATALOG[place])?;
    Ok(resolved.rewrite(&|_| Some(visible.clone()))?.text)
}

/// Written without a wall, and read and written again, it is the same. A text with names of the gateway's own is no client's.
fn stays(text: &str, dialect: Dialect) -> Result<(), String> {
    let Ok(once) = written(text, dialect, &Visible::AllRows) else { return Ok(()) };
    if once.contains("__pc") || once.contains("__pv") || once.len() > Limits::default().bytes {
        return Ok(());
    }
    // In three parts a client may name no table.
    let again = if dialect == Dialect::Trino { once.replace("\"hive\".\"web\".", "") } else { once.clone() };
    match written(&again, dialect, &Visible::AllRows) {
        Ok(twice) if twice == once => Ok(()),
        Ok(twice) => Err(format!("{dialect:?}: it is not canonical\n{once}\n{twice}")),
        Err(refusal) => Err(format!("{dialect:?}: what was written is refused: {refusal}\n{once}")),
    }
}

/// Whether Pinot would take a part of the text for its options and cut it out.
fn is_cut(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    lower.match_indices("option").any(|(at, word)| lower[at + word.len()..].trim_start().starts_with('('))
}

/// A filter compiles or is refused; a compiled one means the same when it is compiled again.
pub(crate) fn filter_compiles(text: &str) -> Result<bool, String> {
    let mut accepted = false;
    for dialect in DIALECTS {
        let bind = |name: &str| match name {
            "org_id" => Some(Literal::Int(-3)),
            "name" => Some(Literal::Text(if dialect == Dialect::Generic { "it's é" } else { "it's \\ é" }.to_owned())),
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
