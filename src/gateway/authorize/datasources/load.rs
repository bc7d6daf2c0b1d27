//! Files and events: who may send which rows where.

use super::{Judge, Load, Source, Task, face, is_quarantine};
use crate::catalog::TableName;
use crate::gateway::authenticate::Message;
use crate::gateway::face::v0::datasources::{Mode, Shape};
use crate::gateway::face::v0::schema;
use crate::gateway::parameters::Parameters;
use crate::gateway::{Error, body};
use crate::resource::{Action, Resource, ResourceName};
use crate::upstream::change::{NewEngine, NewTable};
use crate::upstream::intake::{NewField, is_plain_name};

/// The largest form of parameters, in bytes.
const LARGEST_FORM: usize = 1 << 20;

impl Judge<'_> {
    /// The parameters of the URL and of a form.
    pub(super) async fn form(&self, message: &mut Message) -> Result<Parameters, Error> {
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
    pub(super) async fn files(&self, mut message: Message) -> Result<Task, Error> {
        let in_form = face::is_form(&message) && message.parameters.one("mode")?.is_none();
        if in_form {
            // Nobody makes the gateway read a form who may do nothing with it.
            if !self.policy().scopes().iter().any(|scope| scope.permits(Action::Create, &anything()).is_some()) {
                return Err(self.denied());
            }
            message.parameters = self.form(&mut message).await?;
        }
        let mode = face::mode(&message.parameters)?;
        let name = self.called(face::name(&message.parameters)?);
        self.load(&name, mode, message)
    }

    pub(super) fn load(&self, name: &str, mode: Mode, message: Message) -> Result<Task, Error> {
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

    pub(super) fn new_table(
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
        self.is_free(&table.table)?;
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

    pub(super) async fn events(&self, mut message: Message) -> Result<Task, Error> {
        let name = self.called(face::name(&message.parameters)?);
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
