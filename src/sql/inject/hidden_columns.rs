//! Columns that ClickHouse makes up for every table, and that a wall does not have.

use std::collections::HashSet;

use crate::catalog::Table;
use crate::sql::read::Reading;
use crate::sql::refusal::{Refusal, RefusalKind};
use crate::sql::steps;

/// ClickHouse 26.7, `VirtualColumnUtils` and `MergeTreeVirtualColumns`. Behind a wall most are unknown, `_table` and
/// `_database` are the wall's own, and parts and rows' places tell of hidden rows.
const VIRTUAL: &[&str] = &[
    "_block_number",
    "_block_offset",
    "_database",
    "_disk_name",
    "_distance",
    "_part",
    "_part_data_version",
    "_part_granule_offset",
    "_part_index",
    "_part_offset",
    "_part_starting_offset",
    "_part_uuid",
    "_partition_id",
    "_partition_value",
    "_row_exists",
    "_sample_factor",
    "_shard_num",
    "_table",
];

/// Refuses such a column beside a filtered table, unless a table or the statement itself has one of that name.
pub(super) fn none<'t>(reading: &Reading<'_>, tables: impl Iterator<Item = &'t Table>) -> Result<(), Refusal> {
    let lexed = &reading.lexed;
    if !lexed.dialect.is_clickhouse() {
        return Ok(());
    }
    let word = |at: usize| lexed.get(at).map_or("", |lexeme| lexed.name(lexeme));
    let is_virtual = |at: &usize| VIRTUAL.contains(&word(*at));
    let mut named = reading.names.iter().filter_map(|name| name.end.checked_sub(1)).filter(is_virtual).peekable();
    if named.peek().is_none() {
        return Ok(());
    }
    let given = reading.aliases.iter().map(|&(_, alias)| word(alias));
    let owned = tables.flat_map(|table| {
        steps::count(table.columns.len());
        table.columns.iter().map(|column| &*column.name)
    });
    let known: HashSet<&str> = given.chain(owned).collect();
    match named.find(|&at| !known.contains(word(at))) {
        None => Ok(()),
        Some(position) => {
            let span = lexed.get(position).map_or(0..0, |lexeme| lexeme.span());
            let message = format!("the column `{}` cannot be read behind a row filter", word(position));
            Err(Refusal::new(RefusalKind::NotAllowed, message).at(span).hint("leave it out"))
        }
    }
}
