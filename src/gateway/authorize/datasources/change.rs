//! Truncate, drop, alter, delete rows.

use std::sync::Arc;

use super::{Judge, Task, face};
use crate::catalog::{NameCase, Table, TableName};
use crate::gateway::Error;
use crate::gateway::face::v0::schema;
use crate::gateway::judge::judge;
use crate::gateway::parameters::Parameters;
use crate::resource::{Action, ResourceName};
use crate::sql::{self, Dialect, RowFilter};
use crate::store::Snapshot;
use crate::upstream::change::Change;
use crate::upstream::{Format, Query};

impl Judge<'_> {
    pub(super) fn truncate(&self, name: &str) -> Result<Task, Error> {
        let granted = self.permit(Action::Create, name)?;
        let (table, _) = self.target(name)?;
        Ok(Task::Truncate { table, filtered: self.filtered(&granted) })
    }

    pub(super) fn drop(&self, name: &str, parameters: &Parameters) -> Result<Task, Error> {
        let granted = self.permit(Action::Drop, name)?;
        let (table, _) = self.target(name)?;
        if face::flag(parameters, "dry_run")?.unwrap_or(false) {
            return Ok(Task::DryDrop);
        }
        let quarantine = TableName::new(&table.database, &format!("{}_quarantine", table.table));
        let quarantine = self.catalog.get(&quarantine).map(|(name, _)| name.clone());
        Ok(Task::Drop { table, quarantine, filtered: self.filtered(&granted) })
    }

    pub(super) fn alter(&self, name: &str, granted: &ResourceName, parameters: &Parameters) -> Result<Task, Error> {
        let (table, found) = self.target(name)?;
        if parameters.one("indexes")?.is_some_and(|value| !value.is_empty()) {
            return Err(Error::Parameter("the parameter `indexes` is not supported".to_owned()));
        }
        let fields = parameters.one("schema")?.filter(|text| !text.is_empty()).map(schema::columns).transpose()?;
        let changes = self.said(&table, &found, parameters)?;
        if fields.is_none() && changes.is_empty() {
            return Err(Error::Parameter("the parameter `schema` is missing".to_owned()));
        }
        let dry = face::flag(parameters, "dry")?.unwrap_or(false);
        Ok(Task::Alter { shown: self.shown(table, granted), fields, changes, dry, filtered: self.filtered(granted) })
    }

    pub(super) fn delete(
        &self,
        name: &str,
        granted: &ResourceName,
        parameters: &Parameters,
        id: &str,
    ) -> Result<Task, Error> {
        let (table, found) = self.target(name)?;
        let text = parameters.one("delete_condition")?.filter(|text| !text.trim().is_empty());
        let text = text.ok_or_else(|| Error::Parameter("the parameter `delete_condition` is missing".to_owned()))?;
        let dialect = self.authorize.upstream.dialect();
        let condition =
            RowFilter::compile(text, dialect, &self.snapshot.extensions, &|_| None).map_err(Error::Refused)?;
        if let Some(stranger) = condition.columns().find(|column| !self.has_column(&found, column)) {
            return Err(Error::Parameter(format!("the condition names `{stranger}`, which is no column")));
        }
        let condition = condition.unqualified(dialect);
        if dialect == Dialect::ClickHouse && self.filtered(granted) && !self.cannot_fail(granted, &condition) {
            let message = "the condition could fail on a row that the token may not read; \
                           hint: compare columns with constants, and leave out what can fail, such as a division by a column";
            return Err(Error::Parameter(message.to_owned()));
        }
        if face::flag(parameters, "dry_run")?.unwrap_or(false) {
            return self.count(granted, &condition, id).map(|query| Task::DryDelete(Box::new(query)));
        }
        // Whoever reads some rows only removes no others.
        let filters = self.filters(granted).unwrap_or_default();
        let filters: Vec<_> = filters.iter().map(|filter| format!("({})", filter.unqualified(dialect))).collect();
        let condition = match (filters.as_slice(), dialect) {
            ([], _) => format!("({condition})"),
            // SQLite runs conditions in an order of its own, on an index first; CASE is a border (lang_expr.html#case).
            (filters, Dialect::Sqlite) => format!("CASE WHEN {} THEN ({condition}) ELSE 0 END", filters.join(" OR ")),
            (filters, _) => format!("(({}) AND ({condition}))", filters.join(" OR ")),
        };
        let filtered = self.filtered(granted);
        let change = Change::Delete { name: table.clone(), condition };
        let owner = Arc::clone(&self.principal.name);
        Ok(Task::Delete { shown: self.shown(table, granted), change, owner, filtered })
    }

    /// Whether the condition can be evaluated on any row: an engine does that before it looks at a filter, on key marks and
    /// skip indexes too, and how the deletion ends would tell.
    fn cannot_fail(&self, name: &ResourceName, condition: &str) -> bool {
        let text = format!("SELECT count(*) FROM {name} WHERE ({condition})");
        let dialect = self.authorize.upstream.dialect();
        let Snapshot { limits, extensions, .. } = self.snapshot;
        sql::resolve(&text, dialect, limits, extensions, &self.catalog).is_ok_and(|resolved| resolved.cannot_fail())
    }

    pub(super) fn has_column(&self, table: &Table, name: &str) -> bool {
        table.columns.iter().any(|column| match self.catalog.case() {
            NameCase::Sensitive => *column.name == *name,
            NameCase::Insensitive => column.name.eq_ignore_ascii_case(name),
        })
    }

    /// A question that is judged as any other of the principal's: it counts the rows that may be read.
    pub(super) fn count(&self, name: &ResourceName, condition: &str, id: &str) -> Result<Query, Error> {
        let text = format!("SELECT count(*) FROM {name} WHERE ({condition})");
        let dialect = self.authorize.upstream.dialect();
        let judged = judge(&text, self.policy(), self.snapshot, &self.catalog, dialect);
        let rewritten = judged.map_err(|refused| Error::Refused(refused.shown))?.rewritten;
        Ok(Query {
            text: rewritten.text,
            format: "JSONEachRow".parse::<Format>().map_err(|_| Error::Panicked)?,
            settings: rewritten.settings,
            parameters: Vec::new(),
            tables: rewritten.tables,
            filtered: rewritten.filtered,
            fallible: rewritten.fallible,
            table_filters: rewritten.table_filters,
            id: id.to_owned(),
        })
    }
}
