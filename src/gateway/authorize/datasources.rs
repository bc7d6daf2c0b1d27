//! Data sources: who may see, fill, empty, change and remove which.
//!
//! | operation | needs |
//! |---|---|
//! | list, show | any scope on it; rows and bytes are told to those who may read every row |
//! | events, append | append |
//! | create, replace, truncate, delete rows, alter | create |
//! | count the rows that a deletion would remove | create, and read: only rows that may be read are counted |
//! | drop | drop |
//!
//! Permission is decided on the name first, so that nobody learns by a write whether a table is there.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Method;

use super::Authorize;
use crate::authz::{Decision, Policy};
use crate::catalog::{Catalog, Engine, NameCase, Table, TableName};
use crate::gateway::authenticate::Message;
use crate::gateway::face::v0::datasources::{self as face, Mode, Place, Shape};
use crate::gateway::face::v0::schema;
use crate::gateway::judge::{granted_name, judge};
use crate::gateway::parameters::Parameters;
use crate::gateway::{Error, body};
use crate::resource::{Action, Resource, ResourceName};
use crate::sql::{Dialect, RowFilter};
use crate::store::{Principal, Snapshot};
use crate::upstream::change::{Change, NewEngine, NewTable};
use crate::upstream::intake::{NewField, is_plain_name};
use crate::upstream::{Body, Format, Query};

/// The largest form of parameters, in bytes.
const LARGEST_FORM: usize = 1 << 20;

/// What may be done about data sources and jobs.
#[derive(Debug)]
pub(in crate::gateway) enum Task {
    List {
        shown: Vec<Shown>,
        attributes: Option<Vec<String>>,
    },
    Show {
        shown: Shown,
        attributes: Option<Vec<String>>,
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
        fields: Vec<NewField>,
        dry: bool,
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
        match place {
            Place::All if message.method == Method::POST => judge.files(message).await,
            Place::All => judge.list(&message.parameters),
            Place::One(name) if message.method == Method::DELETE => judge.drop(&name, &message.parameters),
            Place::One(name) => judge.show(&name, &message.parameters),
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

    fn list(&self, parameters: &Parameters) -> Result<Task, Error> {
        let seen = |(table, _): (&TableName, &Table)| {
            let name = granted_name(table, &self.catalog).filter(|_| self.is_listed(table))?;
            self.sees(&name).then(|| self.shown(table.clone(), &name))
        };
        let mut shown: Vec<_> = self.catalog.tables().filter_map(seen).collect();
        shown.sort_by(|a, b| a.name.cmp(&b.name));
        self.authorize.decided("permit");
        Ok(Task::List { shown, attributes: face::attributes(parameters)? })
    }

    fn sees(&self, name: &ResourceName) -> bool {
        [Action::Read, Action::Append, Action::Drop].into_iter().any(|action| self.may(action, name))
    }

    fn show(&self, name: &str, parameters: &Parameters) -> Result<Task, Error> {
        let found = self.find(name).filter(|(table, _, granted)| {
            // A quarantine is shown to whoever may read it.
            self.sees(granted) && (self.is_listed(table) || is_quarantine(&table.table))
        });
        let Some((table, _, granted)) = found else {
            self.authorize.decided("denial");
            return Err(Error::NoDatasource(shortened(name)));
        };
        self.authorize.decided("permit");
        Ok(Task::Show { shown: self.shown(table, &granted), attributes: face::attributes(parameters)? })
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

    fn truncate(&self, name: &str) -> Result<Task, Error> {
        let granted = self.permit(Action::Create, name)?;
        let (table, _) = self.target(name)?;
        Ok(Task::Truncate { table, filtered: self.filtered(&granted) })
    }

    fn drop(&self, name: &str, parameters: &Parameters) -> Result<Task, Error> {
        let granted = self.permit(Action::Drop, name)?;
        let (table, _) = self.target(name)?;
        if face::flag(parameters, "dry_run")?.unwrap_or(false) {
            return Ok(Task::DryDrop);
        }
        let quarantine = TableName::new(&table.database, &format!("{}_quarantine", table.table));
        let quarantine = self.catalog.get(&quarantine).map(|(name, _)| name.clone());
        Ok(Task::Drop { table, quarantine, filtered: self.filtered(&granted) })
    }

    fn alter(&self, name: &str, granted: &ResourceName, parameters: &Parameters) -> Result<Task, Error> {
        let (table, _) = self.target(name)?;
        for other in ["ttl", "indexes", "description"] {
            if parameters.one(other)?.is_some_and(|value| !value.is_empty()) {
                return Err(Error::Parameter(format!("the parameter `{other}` is not supported")));
            }
        }
        let text = parameters.one("schema")?.filter(|text| !text.is_empty());
        let text = text.ok_or_else(|| Error::Parameter("the parameter `schema` is missing".to_owned()))?;
        let dry = face::flag(parameters, "dry")?.unwrap_or(false);
        let fields = schema::columns(text)?;
        Ok(Task::Alter { shown: self.shown(table, granted), fields, dry, filtered: self.filtered(granted) })
    }

    fn delete(&self, name: &str, granted: &ResourceName, parameters: &Parameters, id: &str) -> Result<Task, Error> {
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
        if face::flag(parameters, "dry_run")?.unwrap_or(false) {
            return self.count(granted, &condition, id).map(|query| Task::DryDelete(Box::new(query)));
        }
        // Whoever reads some rows only removes no others.
        let filters = self.filters(granted).unwrap_or_default();
        let filters: Vec<_> = filters.iter().map(|filter| format!("({})", filter.unqualified(dialect))).collect();
        let condition = match filters.as_slice() {
            [] => format!("({condition})"),
            filters => format!("(({}) AND ({condition}))", filters.join(" OR ")),
        };
        let filtered = self.filtered(granted);
        let change = Change::Delete { name: table.clone(), condition };
        let owner = Arc::clone(&self.principal.name);
        Ok(Task::Delete { shown: self.shown(table, granted), change, owner, filtered })
    }

    fn has_column(&self, table: &Table, name: &str) -> bool {
        table.columns.iter().any(|column| match self.catalog.case() {
            NameCase::Sensitive => *column.name == *name,
            NameCase::Insensitive => column.name.eq_ignore_ascii_case(name),
        })
    }

    /// A question that is judged as any other of the principal's: it counts the rows that may be read.
    fn count(&self, name: &ResourceName, condition: &str, id: &str) -> Result<Query, Error> {
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
            id: id.to_owned(),
        })
    }

    fn owner(&self) -> Result<Owner, Error> {
        self.authorize.permit(self.policy(), Action::Inspect, Resource::Workspace)?;
        let name = Arc::clone(&self.principal.name);
        Ok(if self.policy().is_admin() { Owner::Everyone } else { Owner::One(name) })
    }

    /// The parameters of the URL and of a form.
    async fn form(&self, message: &mut Message) -> Result<Parameters, Error> {
        let mut pairs: Vec<(String, String)> = own(&message.parameters);
        if face::is_form(message) {
            let body = body::read(std::mem::take(&mut message.body), self.authorize.body_idle).await?;
            if body.len() > LARGEST_FORM {
                return Err(Error::BodyTooLarge);
            }
            pairs.extend(own(&Parameters::parse(&body)?.without(&crate::gateway::credential::NAMES)));
        }
        Ok(pairs.into_iter().collect())
    }

    /// `POST /v0/datasources`: the parameters stand in the URL, or in a form when the URL names no mode.
    async fn files(&self, mut message: Message) -> Result<Task, Error> {
        let in_form = face::is_form(&message) && message.parameters.one("mode")?.is_none();
        if in_form {
            // Nobody makes the gateway read a form who may do nothing with it.
            if !self.policy().scopes().iter().any(|scope| scope.permits(Action::Create, &anything()).is_some()) {
                return Err(self.denied());
            }
            message.parameters = self.form(&mut message).await?;
        }
        let (mode, name) = (face::mode(&message.parameters)?, face::name(&message.parameters)?);
        self.load(&name, mode, message)
    }

    fn load(&self, name: &str, mode: Mode, message: Message) -> Result<Task, Error> {
        let action = if mode == Mode::Append { Action::Append } else { Action::Create };
        let granted = self.permit(action, name)?;
        let shape = face::shape(&message.parameters)?;
        let (table, fields, engine) = match mode {
            Mode::Append | Mode::Replace => (self.target(name)?.0, None, NewEngine::default()),
            Mode::Create => self.new_table(&granted, &message.parameters)?,
        };
        if is_quarantine(&table.table) {
            return Err(Error::Parameter("rows come into a quarantine by themselves".to_owned()));
        }
        let boundary = face::boundary(&message)?;
        let source = if http_body::Body::is_end_stream(&message.body) {
            Source::Nothing
        } else {
            Source::Stream { body: message.body, boundary, idle: self.authorize.body_idle }
        };
        let filtered = self.filtered(&granted);
        let shown = self.shown(table, &granted);
        let load = Load { shown, mode, shape, fields, engine, event: None, filtered };
        Ok(Task::Load { load: Box::new(load), source })
    }

    fn new_table(
        &self,
        name: &ResourceName,
        parameters: &Parameters,
    ) -> Result<(TableName, Option<Vec<NewField>>, NewEngine), Error> {
        if !self.authorize.upstream.is_writable() {
            return Err(Error::Parameter("this gateway's upstream is read only".to_owned()));
        }
        let table = self.table_name(name);
        let own_place = *table.database == *self.catalog.default_database();
        if !own_place
            || !is_plain_name(&table.table)
            || is_quarantine(&table.table)
            || table.table.starts_with("sqlite_")
        {
            return Err(Error::Parameter(format!("`{name}` is no name for a new data source")));
        }
        if self.catalog.get(&table).is_some() {
            return Err(Error::Conflict(format!("the data source `{name}` exists already")));
        }
        let text = parameters.one("schema")?.filter(|text| !text.is_empty());
        let fields = text.map(schema::columns).transpose()?;
        // Keys of a table whose columns are not known yet are checked when they are.
        let engine = match &fields {
            Some(fields) => schema::engine(parameters, fields)?,
            None if parameters.iter().any(|(name, value)| name.starts_with("engine") && !value.is_empty()) => {
                return Err(Error::Parameter("an engine needs a `schema`".to_owned()));
            }
            None => NewEngine::default(),
        };
        Ok((table, fields, engine))
    }

    async fn events(&self, mut message: Message) -> Result<Task, Error> {
        let name = face::name(&message.parameters)?;
        let granted = self.permit(Action::Append, &name)?;
        let (table, _) = self.target(&name)?;
        if is_quarantine(&table.table) {
            return Err(Error::Parameter("rows come into a quarantine by themselves".to_owned()));
        }
        let shape = match message.parameters.one("format")? {
            None | Some("" | "ndjson") => Shape::Lines,
            Some("json") => Shape::Json,
            Some(_) => return Err(Error::Parameter("`format` is ndjson or json".to_owned())),
        };
        let wait = face::flag(&message.parameters, "wait")?.unwrap_or(false);
        let gzip = face::is_gzip(&message);
        let body = body::read(std::mem::take(&mut message.body), self.authorize.body_idle).await?;
        let body = if gzip { body::gunzip(&body, self.authorize.events_bytes)? } else { body };
        // An array is no line: it is taken for what it is.
        let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
        let shape = if first == Some(&b'[') { Shape::Json } else { shape };
        let filtered = self.filtered(&granted);
        let shown = self.shown(table, &granted);
        let (mode, engine) = (Mode::Append, NewEngine::default());
        let load = Load { shown, mode, shape, fields: None, engine, event: Some(wait), filtered };
        Ok(Task::Load { load: Box::new(load), source: Source::Whole(body) })
    }
}

impl Load {
    /// The table to be made.
    pub(in crate::gateway) fn new_table(&self, fields: Vec<NewField>) -> NewTable {
        NewTable { name: self.shown.table.clone(), fields, engine: self.engine.clone() }
    }
}

fn own(parameters: &Parameters) -> Vec<(String, String)> {
    parameters.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Any data source: what CREATE permits is permitted for all of them.
fn anything() -> Resource {
    "x".parse().map_or(Resource::Workspace, Resource::Datasource)
}

fn is_quarantine(table: &str) -> bool {
    table.to_ascii_lowercase().ends_with("_quarantine")
}

/// A name as it is repeated to its sender.
fn shortened(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(256).collect()
}
