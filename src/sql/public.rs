//! Tables of the engine's own that every token may read, as far as drivers need them.
//!
//! clickhouse-connect asks for `system.settings` before anything else. It sees the settings that a query may give itself
//! ([`super::Dialect`]'s list) and no others: the value of `additional_table_filters`, for one, would tell a filter.

use std::sync::{Arc, LazyLock};

use crate::catalog::TableName;

use super::{Dialect, Extensions, RowFilter, Visible};

static SETTINGS: LazyLock<Option<Arc<RowFilter>>> = LazyLock::new(|| {
    let names = Dialect::ClickHouse.settings().join("', '");
    let filter = format!("name IN ('{names}')");
    RowFilter::compile(&filter, Dialect::ClickHouse, &Extensions::default(), &|_| None).ok().map(Arc::new)
});

/// What every token may see of a table, if it is one of these.
#[must_use]
pub fn public(dialect: Dialect, name: &TableName) -> Option<Visible> {
    match (dialect, &*name.database, &*name.table) {
        (Dialect::ClickHouse, "system", "one") => Some(Visible::AllRows),
        (Dialect::ClickHouse, "system", "settings") => {
            SETTINGS.as_ref().map(|filter| Visible::Rows(vec![Arc::clone(filter)]))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drivers_may_read_the_settings_that_a_query_may_give_and_no_other_system_table() {
        let visible = |table: &str| public(Dialect::ClickHouse, &TableName::new("system", table));
        assert!(matches!(visible("settings"), Some(Visible::Rows(filters)) if filters.len() == 1));
        assert!(matches!(visible("one"), Some(Visible::AllRows)));
        assert!(visible("tables").is_none() && visible("query_log").is_none());
        assert!(public(Dialect::ClickHouse, &TableName::new("default", "settings")).is_none());
        assert!(public(Dialect::Sqlite, &TableName::new("system", "settings")).is_none());
    }
}
