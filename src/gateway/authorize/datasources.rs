//! Data sources: who may see, fill, empty, change and remove which.
//!
//! | operation | needs |
//! |---|---|
//! | list, show | any scope on it; rows and bytes are told to those who may read every row |
//! | events, append | append |
//! | create, replace, truncate, delete rows, alter, describe | create |
//! | rename | ADMIN: scopes go by the name |
//! | count the rows that a deletion would remove | create, and read: only rows that may be read are counted |
//! | drop | drop |
//!
//! Permission is decided on the name first, so that nobody learns by a write whether a table is there.

mod change;
mod load;
mod show;
mod update;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Method;

use super::Authorize;
use crate::authz::{Decision, Policy};
use crate::catalog::{Catalog, Engine, Table, TableName};
use crate::gateway::Error;
use crate::gateway::authenticate::Message;
use crate::gateway::face::v0::attributes::Attributes;
use crate::gateway::face::v0::datasources::{self as face, Mode, Place, Shape};
use crate::gateway::ids;
use crate::gateway::judge::granted_name;
use crate::resource::{Action, Resource, ResourceName};
use crate::sql::{Dialect, RowFilter};
use crate::store::{Principal, Snapshot};
use crate::upstream::change::{Change, NewEngine};
use crate::upstream::intake::NewField;
use crate::upstream::{Body, Query};

/// What may be done about data sources and jobs.
#[derive(Debug)]
pub(in crate::gateway) enum Task {
    List {
        shown: Vec<Shown>,
        attributes: Attributes,
    },
    Show {
        shown: Shown,
        attributes: Attributes,
    },
    Load {
        load: Box<Load>,
        source: Source,
    },
    Truncate {
        table: TableName,
        filtered: bool,
    },
    Drop {
        table: TableName,
        quarantine: Option<TableName>,
        filtered: bool,
    },
    /// Says what a drop would take along: nothing, since pipes are not the upstream's.
    DryDrop,
    Alter {
        shown: Shown,
        /// The columns as they are to be; none where they stay.
        fields: Option<Vec<NewField>>,
        /// What else is changed.
        changes: Vec<Change>,
        dry: bool,
        filtered: bool,
    },
    Update {
        /// As it is called afterwards.
        shown: Shown,
        changes: Vec<Change>,
        filtered: bool,
    },
    /// Counts what a deletion would remove, as far as it may be seen.
    DryDelete(Box<Query>),
    Delete {
        shown: Shown,
        change: Change,
        owner: Arc<str>,
        filtered: bool,
    },
    Jobs {
        owner: Owner,
    },
    Job {
        owner: Owner,
        id: String,
    },
}

/// Whose jobs may be seen.
#[derive(Debug)]
pub(in crate::gateway) enum Owner {
    Everyone,
    One(Arc<str>),
}

/// A data source that may be seen.
#[derive(Debug, Clone)]
pub(in crate::gateway) struct Shown {
    pub(in crate::gateway) table: TableName,
    /// The name under which it is granted.
    pub(in crate::gateway) name: String,
    /// Whether its number of rows may be told.
    pub(in crate::gateway) counted: bool,
}

/// Rows that may go in.
#[derive(Debug)]
pub(in crate::gateway) struct Load {
    pub(in crate::gateway) shown: Shown,
    pub(in crate::gateway) mode: Mode,
    pub(in crate::gateway) shape: Shape,
    /// The columns of a table to be made; inferred from the rows when there are none.
    pub(in crate::gateway) fields: Option<Vec<NewField>>,
    pub(in crate::gateway) engine: NewEngine,
    /// Of an event: whether its sender waits.
    pub(in crate::gateway) event: Option<bool>,
    pub(in crate::gateway) filtered: bool,
}

/// Where the rows come from.
pub(in crate::gateway) enum Source {
    Nothing,
    Whole(Bytes),
    Stream { body: Body, boundary: Option<String>, idle: Duration },
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Nothing => "Nothing",
            Self::Whole(_) => "Whole",
            Self::Stream { .. } => "Stream",
        })
    }
}

/// One request's judgement.
struct Judge<'a> {
    authorize: &'a Authorize,
    principal: &'a Principal,
    snapshot: &'a Snapshot,
    catalog: Arc<Catalog>,
}

impl Authorize {
    pub(super) async fn datasources(
        &self,
        principal: Arc<Principal>,
        snapshot: Arc<Snapshot>,
        mut message: Message,
        place: Place,
    ) -> Result<Task, Error> {
        let catalog = self.upstream.catalog().ok_or(Error::NotReady)?;
        let judge = Judge { authorize: self, principal: &principal, snapshot: &snapshot, catalog };
        let asked = if let Place::One(name) = &place { name.clone() } else { String::new() };
        match place.called(|name| judge.called(name)) {
            Place::All if message.method == Method::POST => judge.files(message).await,
            Place::All => judge.list(&message.parameters),
            Place::One(name) if message.method == Method::DELETE => judge.drop(&name, &message.parameters),
            Place::One(name) if message.method == Method::PUT => {
                let granted = judge.permit(Action::Create, &name)?;
                let parameters = judge.form(&mut message).await?;
                judge.update(&name, &granted, &parameters)
            }
            Place::One(name) => judge.show(&name, &asked, &message.parameters),
            Place::Truncate(name) => judge.truncate(&name),
            Place::Delete(name) => {
                let granted = judge.permit(Action::Create, &name)?;
                let parameters = judge.form(&mut message).await?;
                judge.delete(&name, &granted, &parameters, &message.id.to_string())
            }
            Place::Alter(name) => {
                let granted = judge.permit(Action::Create, &name)?;
                let parameters = judge.form(&mut message).await?;
                judge.alter(&name, &granted, &parameters)
            }
            Place::Append(name) => judge.load(&name, Mode::Append, message),
            Place::Replace(name) => judge.load(&name, Mode::Replace, message),
            Place::Events => judge.events(message).await,
            Place::Jobs => Ok(Task::Jobs { owner: judge.owner()? }),
            Place::Job(id) => Ok(Task::Job { owner: judge.owner()?, id }),
        }
    }
}

impl Judge<'_> {
    fn policy(&self) -> &Policy {
        &self.principal.policy
    }

    /// Whether no scope stands between the principal and the resource, without a word in the log.
    fn may(&self, action: Action, name: &ResourceName) -> bool {
        let asked = [(action, Resource::Datasource(name.clone()))];
        matches!(self.policy().decide(asked), Decision::Permit(_))
    }

    /// Whether every row may be read.
    fn reads_all(&self, name: &ResourceName) -> bool {
        self.filters(name).is_some_and(|filters| filters.is_empty())
    }

    /// The filters of what may be read; empty is every row, `None` nothing.
    fn filters(&self, name: &ResourceName) -> Option<Vec<Arc<RowFilter>>> {
        match self.policy().decide([(Action::Read, Resource::Datasource(name.clone()))]) {
            Decision::Permit(permit) => {
                Some(permit.grants().first().and_then(|grant| grant.filters()).unwrap_or_default().to_vec())
            }
            Decision::Denial(_) => None,
        }
    }

    /// The name of what was asked for by name or by id. An id that is nothing's stays what it is: a name of nothing.
    fn called(&self, asked: String) -> String {
        if !ids::is_datasource(&asked) || self.find(&asked).is_some() {
            return asked;
        }
        let workspace = &self.authorize.workspace;
        let names = self.catalog.tables().filter_map(|(table, _)| granted_name(table, &self.catalog));
        let mut named = names.filter(|name| ids::datasource(workspace, name.as_str()) == asked);
        named.next().map_or(asked, |name| name.to_string())
    }

    /// The table of a name, as the engine spells it, and the name under which it is granted.
    fn find(&self, name: &str) -> Option<(TableName, Arc<Table>, ResourceName)> {
        let asked: ResourceName = name.parse().ok()?;
        let table = self.table_name(&asked);
        let (table, found) = self.catalog.get(&table)?;
        let granted = granted_name(table, &self.catalog)?;
        Some((table.clone(), Arc::clone(found), granted))
    }

    fn table_name(&self, name: &ResourceName) -> TableName {
        match name.as_str().split_once('.') {
            Some((database, table)) => TableName::new(database, table),
            None => TableName::new(self.catalog.default_database(), name.as_str()),
        }
    }

    fn shown(&self, table: TableName, name: &ResourceName) -> Shown {
        Shown { table, name: name.to_string(), counted: self.reads_all(name) }
    }

    /// Whether the table is one that a data source may be: not the engine's own, and not a quarantine.
    fn is_listed(&self, table: &TableName) -> bool {
        let own = matches!(&*table.database, "system" | "information_schema" | "INFORMATION_SCHEMA");
        let clickhouse = self.authorize.upstream.dialect() == Dialect::ClickHouse;
        !(is_quarantine(&table.table) || own && clickhouse)
    }

    /// Decides on the name, before anything is known of the table.
    fn permit(&self, action: Action, name: &str) -> Result<ResourceName, Error> {
        let asked: ResourceName = name.parse().map_err(|_| self.denied())?;
        // Spelled as the engine does, where the table is there.
        let granted = self.find(name).map_or_else(|| self.bare(asked), |(_, _, granted)| granted);
        if !self.may(action, &granted) {
            return Err(self.denied());
        }
        self.authorize.decided("permit");
        Ok(granted)
    }

    fn denied(&self) -> Error {
        self.authorize.decided("denial");
        Error::Unavailable
    }

    /// Without the database where that is the default one.
    fn bare(&self, name: ResourceName) -> ResourceName {
        let bare = name.as_str().strip_prefix(self.catalog.default_database()).and_then(|rest| rest.strip_prefix('.'));
        bare.and_then(|bare| bare.parse().ok()).unwrap_or(name)
    }

    /// A table that may be written.
    fn target(&self, name: &str) -> Result<(TableName, Arc<Table>), Error> {
        let (table, found, _) = self.find(name).ok_or_else(|| Error::NoDatasource(shortened(name)))?;
        if !self.authorize.upstream.is_writable() {
            return Err(Error::Parameter("this gateway's upstream is read only".to_owned()));
        }
        let plain = matches!(found.engine, Engine::MergeTree | Engine::Plain);
        if plain && (self.is_listed(&table) || is_quarantine(&table.table)) {
            Ok((table, found))
        } else {
            Err(Error::Parameter(format!("`{name}` is no data source that can be written")))
        }
    }

    /// Whether the engine's words must stay here: they may quote rows that are hidden.
    fn filtered(&self, name: &ResourceName) -> bool {
        !self.reads_all(name)
    }

    fn owner(&self) -> Result<Owner, Error> {
        self.authorize.permit(self.policy(), Action::Inspect, Resource::Workspace)?;
        let name = Arc::clone(&self.principal.name);
        Ok(if self.policy().is_admin() { Owner::Everyone } else { Owner::One(name) })
    }
}

fn is_quarantine(table: &str) -> bool {
    table.to_ascii_lowercase().ends_with("_quarantine")
}

/// A name as it is repeated to its sender.
fn shortened(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(256).collect()
}
