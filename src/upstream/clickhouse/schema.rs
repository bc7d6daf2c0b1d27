//! Reads what ClickHouse holds from its own `system` tables.

mod keys;

use std::collections::HashMap;

use serde::de::DeserializeOwned;

use crate::catalog::{Catalog, Column, ColumnKind, Engine, NameCase, Table, TableName};
use crate::upstream::UpstreamError;
use crate::upstream::change::Described;
use crate::upstream::intake::{Field, Kind, OWN_PREFIX};

pub(super) const VERSION: &str = "SELECT version()";
pub(super) const TABLES: &str = "SELECT database, name, engine FROM system.tables WHERE NOT is_temporary";
/// EPHEMERAL columns exist in INSERT only.
pub(super) const COLUMNS: &str = "SELECT database, table, name, type, default_kind, default_expression FROM system.columns \
                                  WHERE default_kind != 'EPHEMERAL' ORDER BY database, table, position";

/// The expressions by which tables are parted (marked by 1), sorted (2) and indexed, projections too.
pub(super) const KEYS: &str = "SELECT database, name, partition_key, 1 FROM system.tables WHERE NOT is_temporary UNION ALL \
     SELECT database, name, sorting_key, 2 FROM system.tables WHERE NOT is_temporary UNION ALL \
     SELECT database, name, primary_key, 0 FROM system.tables WHERE NOT is_temporary UNION ALL \
     SELECT database, table, expr, 0 FROM system.data_skipping_indices UNION ALL \
     SELECT database, table, arrayStringConcat(sorting_key, ', '), 0 FROM system.projections";

/// The tables of the gateway's own.
pub(super) const LEFTOVERS: &str =
    "SELECT database, name FROM system.tables WHERE startsWith(name, '__pc_') AND NOT is_temporary";

/// From the answer to [`LEFTOVERS`].
pub(super) fn leftovers(answer: &[u8]) -> Result<Vec<TableName>, UpstreamError> {
    let rows = lines::<(String, String)>(answer)?.into_iter();
    Ok(rows
        .filter(|(_, table)| table.starts_with(OWN_PREFIX))
        .map(|(database, table)| TableName::new(&database, &table))
        .collect())
}

/// The tables, for people: `one` asks for the one of the parameters `d` and `t`.
pub(super) fn described_tables(one: bool) -> String {
    format!(
        "SELECT database, name, engine, engine_full, sorting_key, partition_key, primary_key, toString(ifNull(total_rows, -1)), \
         toString(ifNull(total_bytes, -1)), toString(toUnixTimestamp(metadata_modification_time)), comment \
         FROM system.tables WHERE {}",
        chosen(one, "name")
    )
}

/// Their columns.
pub(super) fn described_columns(one: bool) -> String {
    format!(
        "SELECT database, table, name, type, default_kind, default_expression FROM system.columns \
         WHERE default_kind != 'EPHEMERAL' AND {} ORDER BY database, table, position",
        chosen(one, "table")
    )
}

fn chosen(one: bool, table: &str) -> String {
    if one {
        format!("database = {{d:String}} AND {table} = {{t:String}}")
    } else {
        "database NOT IN ('system', 'information_schema', 'INFORMATION_SCHEMA')".to_owned()
    }
}

/// From the answers to [`described_tables`] and [`described_columns`].
pub(super) fn described(tables: &[u8], columns: &[u8]) -> Result<Vec<Described>, UpstreamError> {
    type Line = (String, String, String, String, String, String, String, String, String, String, String);
    let mut by_table: HashMap<(String, String), Vec<Field>> = HashMap::new();
    for (database, table, name, type_name, kind, default) in
        lines::<(String, String, String, String, String, String)>(columns)?
    {
        let parsed = Kind::parse(&type_name).unwrap_or(Kind::Other);
        let field = Field {
            name,
            nullable: parsed.is_nullable(),
            kind: parsed,
            type_name,
            defaulted: !kind.is_empty(),
            default: Some(default).filter(|default| !default.is_empty()),
            insertable: !matches!(kind.as_str(), "MATERIALIZED" | "ALIAS"),
        };
        by_table.entry((database, table)).or_default().push(field);
    }
    let one = |line: Line| {
        let (
            database,
            name,
            engine,
            engine_full,
            sorting_key,
            partition_key,
            primary_key,
            rows,
            bytes,
            updated,
            comment,
        ) = line;
        let fields = by_table.remove(&(database.clone(), name.clone())).unwrap_or_default();
        Described {
            name: TableName::new(&database, &name),
            engine,
            engine_full,
            sorting_key,
            partition_key,
            primary_key,
            fields,
            rows: rows.parse().ok(),
            bytes: bytes.parse().ok(),
            updated: updated.parse().unwrap_or_default(),
            comment,
        }
    };
    Ok(lines::<Line>(tables)?.into_iter().map(one).collect())
}

/// The server's version, as it says it.
pub(super) fn version(answer: &[u8]) -> Result<String, UpstreamError> {
    let rows = lines::<(String,)>(answer)?;
    rows.into_iter().next().map(|(version,)| version).ok_or(UpstreamError::BadAnswer)
}

/// The catalog from the answers to [`TABLES`], [`COLUMNS`] and, where there is one, [`KEYS`], as JSONCompactEachRow.
pub(super) fn catalog(
    database: &str,
    tables: &[u8],
    columns: &[u8],
    keys: Option<&[u8]>,
) -> Result<Catalog, UpstreamError> {
    type Line = (String, String, String, String, String, String);
    let mut by_table: HashMap<(String, String), Vec<(Column, String)>> = HashMap::new();
    for (database, table, name, type_name, default, expression) in lines::<Line>(columns)? {
        let (kind, expression) = match default.as_str() {
            "MATERIALIZED" => (ColumnKind::ByName, String::new()),
            "ALIAS" => (ColumnKind::ByName, expression),
            _ => (ColumnKind::Ordinary, String::new()),
        };
        let column = Column { name: name.into(), type_name: type_name.into(), kind };
        by_table.entry((database, table)).or_default().push((column, expression));
    }
    let mut keyed: HashMap<(String, String), keys::Texts> = HashMap::new();
    let texts = keys.map(lines::<(String, String, String, u8)>).transpose()?;
    for (database, table, expressions, mark) in texts.into_iter().flatten() {
        let texts = keyed.entry((database, table)).or_default();
        let of = match mark {
            1 => &mut texts.partition,
            2 => &mut texts.sorting,
            _ => &mut texts.keys,
        };
        of.push(expressions);
    }
    let mut catalog = Catalog::new(database, NameCase::Sensitive);
    for (database, table, engine) in lines::<(String, String, String)>(tables)? {
        // What a replacement is gathered in is nobody's table.
        if table.starts_with(OWN_PREFIX) {
            continue;
        }
        let name = TableName::new(&database, &table);
        let engine = engine_of(&database, &engine);
        // A table that was made or dropped between the two questions: it is known at the next reading. An empty list
        // would mean that its columns are not known, and that is something else.
        let place = (database, table);
        let Some(columns) = by_table.remove(&place) else { continue };
        if let Some(texts) = keyed.get(&place) {
            catalog.insert_keys(&name, texts.held(columns.iter().map(|(column, _)| column)));
        }
        catalog.insert(name, Table { columns: told_apart(columns), engine });
    }
    Ok(catalog)
}

/// The columns, those marked that the engine computes from what rows share; each comes with its ALIAS, if it has one.
fn told_apart(mut columns: Vec<(Column, String)>) -> Vec<Column> {
    let shares = |column: &Column| SHARED.iter().any(|name| column.type_name.contains(name));
    let mut sources: Vec<_> = columns.iter().map(|(column, _)| column).filter(|it| shares(it)).cloned().collect();
    // An ALIAS may stand on another one: until nothing new is found.
    while let Some((column, _)) = columns.iter_mut().find(|(column, expression)| {
        column.kind == ColumnKind::ByName && sources.iter().any(|source| names(expression, &source.name))
    }) {
        column.kind = ColumnKind::Computed;
        sources.push(column.clone());
    }
    columns.into_iter().map(|(column, _)| column).collect()
}

/// Types in whose columns values of many rows are stored together: a dictionary, or the list of types that occur.
const SHARED: &[&str] = &["Dynamic", "JSON", "LowCardinality", "Object"];

/// Whether an expression names a column. In doubt it does.
fn names(expression: &str, column: &str) -> bool {
    let is_word = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let first = column.split('.').next().unwrap_or(column);
    if is_word(first) {
        expression.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).any(|word| word == first)
    } else {
        !expression.is_empty()
    }
}

pub(in crate::upstream) fn engine_of(database: &str, engine: &str) -> Engine {
    match engine {
        _ if engine.ends_with("MergeTree") => Engine::MergeTree,
        "View" | "MaterializedView" | "LiveView" | "WindowView" => Engine::View,
        "Memory" | "Log" | "TinyLog" | "StripeLog" => Engine::Plain,
        // `system` tables are made by the server and read nothing but itself.
        _ if database == "system" => Engine::Plain,
        _ => Engine::Opaque,
    }
}

fn lines<T: DeserializeOwned>(text: &[u8]) -> Result<Vec<T>, UpstreamError> {
    serde_json::Deserializer::from_slice(text)
        .into_iter()
        .collect::<Result<_, _>>()
        .map_err(|_| UpstreamError::BadAnswer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_that_is_not_known_is_opaque() {
        for engine in ["Merge", "Distributed", "Buffer", "Dictionary", "URL", "S3", "MySQL", "Null", "Proxy", "Alias"] {
            assert_eq!(engine_of("default", engine), Engine::Opaque, "{engine}");
        }
        for engine in ["MergeTree", "ReplicatedReplacingMergeTree", "SharedMergeTree"] {
            assert_eq!(engine_of("default", engine), Engine::MergeTree, "{engine}");
        }
        assert_eq!(engine_of("INFORMATION_SCHEMA", "View"), Engine::View);
    }

    #[test]
    fn columns_are_joined_and_their_kinds_kept() {
        let tables = b"[\"d\",\"t\",\"Memory\"]\n[\"d\",\"gone\",\"Memory\"]\n";
        let columns = b"[\"d\",\"t\",\"a\",\"UInt8\",\"\",\"\"]\n[\"d\",\"t\",\"b\",\"UInt8\",\"ALIAS\",\"a\"]\n";
        let catalog = catalog("d", tables, columns, None).unwrap();
        let (_, table) = catalog.get(&TableName::new("d", "t")).unwrap();
        assert_eq!(
            table.columns.iter().map(|c| c.kind).collect::<Vec<_>>(),
            [ColumnKind::Ordinary, ColumnKind::ByName]
        );
        assert!(catalog.get(&TableName::new("d", "gone")).is_none());
    }

    #[test]
    fn an_alias_over_what_rows_share_is_marked() {
        let column = |(name, type_name, kind, alias): &(&str, &str, ColumnKind, &str)| {
            (Column { name: (*name).into(), type_name: (*type_name).into(), kind: *kind }, (*alias).to_owned())
        };
        use ColumnKind::{ByName, Computed, Ordinary};
        let columns = [
            ("n", "Int64", Ordinary, ""),
            ("s", "Array(LowCardinality(String))", Ordinary, ""),
            ("a b", "JSON", Ordinary, ""),
            ("stored", "LowCardinality(String)", ByName, ""),
            ("plain", "Int64", ByName, "(n + s_1) - nested"),
            ("marked", "Int64", ByName, "length(`s`)"),
            ("over", "Int64", ByName, "marked + 1"),
        ];
        let kinds = |left_out: &str| {
            let chosen = columns.iter().filter(|(name, ..)| *name != left_out);
            told_apart(chosen.map(column).collect()).iter().map(|column| column.kind).collect::<Vec<_>>()
        };
        assert_eq!(kinds("a b"), [Ordinary, Ordinary, ByName, ByName, Computed, Computed]);
        // A name that is no word may stand in an expression in more than one spelling.
        assert_eq!(kinds(""), [Ordinary, Ordinary, Ordinary, ByName, Computed, Computed, Computed]);
    }
}
