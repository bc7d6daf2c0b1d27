//! What may be seen of the data sources.

use super::{Attributes, Judge, Task, is_quarantine, shortened};
use crate::catalog::{Table, TableName};
use crate::gateway::Error;
use crate::gateway::judge::granted_name;
use crate::gateway::parameters::Parameters;
use crate::resource::{Action, ResourceName};

impl Judge<'_> {
    pub(super) fn list(&self, parameters: &Parameters) -> Result<Task, Error> {
        let seen = |(table, _): (&TableName, &Table)| {
            let name = granted_name(table, &self.catalog).filter(|_| self.is_listed(table))?;
            self.sees(&name).then(|| self.shown(table.clone(), &name))
        };
        let mut shown: Vec<_> = self.catalog.tables().filter_map(seen).collect();
        shown.sort_by(|a, b| a.name.cmp(&b.name));
        self.authorize.decided("permit");
        Ok(Task::List { shown, attributes: Attributes::read(parameters, "attrs")? })
    }

    pub(super) fn sees(&self, name: &ResourceName) -> bool {
        [Action::Read, Action::Append, Action::Drop].into_iter().any(|action| self.may(action, name))
    }

    /// One that may be seen; `asked` is what it was asked for by.
    pub(super) fn show(&self, name: &str, asked: &str, parameters: &Parameters) -> Result<Task, Error> {
        let found = self.find(name).filter(|(table, _, granted)| {
            // A quarantine is shown to whoever may read it.
            self.sees(granted) && (self.is_listed(table) || is_quarantine(&table.table))
        });
        let Some((table, _, granted)) = found else {
            self.authorize.decided("denial");
            return Err(Error::NoDatasource(shortened(asked)));
        };
        self.authorize.decided("permit");
        Ok(Task::Show { shown: self.shown(table, &granted), attributes: Attributes::read(parameters, "attrs")? })
    }
}
