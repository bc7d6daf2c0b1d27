//! Tables as SQLite describes them.

use rusqlite::Connection;
use rusqlite::hooks::{AuthContext, Authorization};

use super::text::full;
use crate::catalog::TableName;
use crate::upstream::change::Described;
use crate::upstream::intake::{Field, Kind};

pub(super) fn described(
    connection: &mut Connection,
    names: &[(bool, TableName)],
    file: Option<&std::path::Path>,
    opened: i64,
) -> rusqlite::Result<Vec<Described>> {
    connection.authorizer(None::<fn(AuthContext<'_>) -> Authorization>)?;
    let changed = file.and_then(|file| std::fs::metadata(file).ok()?.modified().ok());
    let changed = changed.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    let updated = changed.and_then(|since| i64::try_from(since.as_secs()).ok()).unwrap_or(opened);
    let one = |(counted, name): &(bool, TableName)| {
        let count = format!("SELECT count(*) FROM {}", full(name));
        let rows = if *counted { connection.query_row(&count, [], |row| row.get::<_, i64>(0)).ok() } else { None };
        Ok(Described {
            name: name.clone(),
            engine: "SQLite".to_owned(),
            engine_full: "SQLite".to_owned(),
            sorting_key: String::new(),
            partition_key: String::new(),
            primary_key: String::new(),
            fields: fields(connection, &name.table)?,
            rows: rows.and_then(|rows| u64::try_from(rows).ok()),
            bytes: None,
            updated,
            comment: String::new(),
        })
    };
    names.iter().map(one).collect()
}

pub(super) fn fields(connection: &Connection, table: &str) -> rusqlite::Result<Vec<Field>> {
    let sql = "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?1, 'main') ORDER BY cid";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([table], |row| {
        let (name, declared, default): (String, String, Option<String>) = (row.get(0)?, row.get(1)?, row.get(3)?);
        let (required, key, hidden): (bool, i64, i64) = (row.get(2)?, row.get(4)?, row.get(5)?);
        let kind = Kind::of_sqlite(&declared);
        // SQLite's own row number: it fills it in.
        let numbered = key == 1 && declared.eq_ignore_ascii_case("INTEGER");
        let nullable = !required && !numbered;
        let type_name = if nullable { format!("Nullable({kind})") } else { kind.to_string() };
        Ok(Field {
            name,
            type_name,
            kind,
            nullable,
            defaulted: default.is_some() || numbered,
            default,
            insertable: hidden == 0,
        })
    })?;
    rows.collect()
}
