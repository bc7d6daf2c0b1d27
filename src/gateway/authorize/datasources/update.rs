//! What a table is called, what is said of it, and how long its rows are kept.
//!
//! A new name is ADMIN's to give: whatever scopes say of a name, they would say of another table from then on.

use std::sync::Arc;

use super::{Judge, Task, is_quarantine};
use crate::catalog::{Table, TableName};
use crate::gateway::Error;
use crate::gateway::face::v0::ttl::ttl;
use crate::gateway::parameters::Parameters;
use crate::resource::ResourceName;
use crate::upstream::change::Change;
use crate::upstream::intake::is_plain_name;

/// The longest description, in bytes.
const LONGEST_DESCRIPTION: usize = 16 * 1024;

/// What `PUT` takes; a client says of itself what it likes.
const TAKEN: [&str; 7] = ["name", "description", "ttl", "cli_version", "from", "__tb__semver", "release_replacements"];

impl Judge<'_> {
    pub(super) fn update(&self, name: &str, granted: &ResourceName, parameters: &Parameters) -> Result<Task, Error> {
        let (table, found) = self.target(name)?;
        if let Some((other, _)) = parameters.iter().find(|(name, _)| !TAKEN.contains(name)) {
            return Err(Error::Parameter(format!("the parameter `{other}` is not supported")));
        }
        let mut changes = self.said(&table, &found, parameters)?;
        let mut shown = self.shown(table.clone(), granted);
        let renamed = parameters.one("name")?.filter(|new| !new.is_empty() && *new != granted.as_str());
        if let Some(new) = renamed {
            if !self.policy().is_admin() {
                self.authorize.decided("denial");
                return Err(Error::Forbidden);
            }
            let new = self.free_name(&table, new)?;
            changes.push(Change::Rename(self.with_quarantine(&table, &new)?));
            let granted: ResourceName = new.table.parse().map_err(|_| Error::Panicked)?;
            shown = self.shown(new, &granted);
        }
        if changes.is_empty() {
            return Err(Error::Parameter("nothing is to be changed: send `name`, `description` or `ttl`".to_owned()));
        }
        Ok(Task::Update { shown, changes, filtered: self.filtered(granted) })
    }

    /// The changes that `description` and `ttl` ask for.
    pub(super) fn said(
        &self,
        table: &TableName,
        found: &Arc<Table>,
        parameters: &Parameters,
    ) -> Result<Vec<Change>, Error> {
        let mut changes = Vec::new();
        if let Some(text) = parameters.one("description")? {
            let is_text = |c: char| !c.is_control() || matches!(c, '\n' | '\t');
            if text.len() > LONGEST_DESCRIPTION || !text.chars().all(is_text) {
                return Err(Error::Parameter("`description` is a text of at most 16384 bytes".to_owned()));
            }
            changes.push(Change::Describe(table.clone(), text.to_owned()));
        }
        if let Some(text) = parameters.one("ttl")?.filter(|text| !text.is_empty()) {
            let ttl = ttl(text, &|column| self.has_column(found, column))?;
            changes.push(Change::Keep(table.clone(), ttl));
        }
        Ok(changes)
    }

    /// A name that a table beside this one may be given.
    fn free_name(&self, table: &TableName, new: &str) -> Result<TableName, Error> {
        let own_place = *table.database == *self.catalog.default_database();
        if !own_place || !is_plain_name(new) || is_quarantine(new) || is_quarantine(&table.table) {
            return Err(Error::Parameter(format!("`{}` is no name for this data source", super::shortened(new))));
        }
        self.is_free(new)?;
        Ok(TableName::new(&table.database, new))
    }

    /// Refuses a name that a table or a pipe has already.
    pub(super) fn is_free(&self, name: &str) -> Result<(), Error> {
        if self.catalog.get(&TableName::new(self.catalog.default_database(), name)).is_some() {
            return Err(Error::Conflict(format!("the data source `{name}` exists already")));
        }
        if self.snapshot.pipes().get(name).is_some() || self.snapshot.pipes().managed(name).is_some() {
            return Err(Error::Conflict(format!("`{name}` is the name of a pipe")));
        }
        Ok(())
    }

    /// The table and its quarantine, from and to. What one is allowed to read of the one is that of the other.
    fn with_quarantine(&self, from: &TableName, to: &TableName) -> Result<Vec<(TableName, TableName)>, Error> {
        let quarantine = |table: &TableName| TableName::new(&table.database, &format!("{}_quarantine", table.table));
        let mut pairs = vec![(from.clone(), to.clone())];
        if let Some((there, _)) = self.catalog.get(&quarantine(from)) {
            pairs.push((there.clone(), quarantine(to)));
        }
        if self.catalog.get(&quarantine(to)).is_some() {
            return Err(Error::Conflict(format!("the data source `{}` exists already", quarantine(to).table)));
        }
        Ok(pairs)
    }
}
