//! One finding a file, and the work that is to be done.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::catalog::{Catalog, Column, ColumnKind, Engine, Table, TableName};
use crate::gateway::judge::publish::{self, Unfit};
use crate::pipe::datafile::{Datafile, Purpose, Reason, Target};
use crate::pipe::datasource::Datasource;
use crate::pipe::managed::Reads;
use crate::pipe::{Origin, Parameter};
use crate::sql::Dialect;
use crate::upstream::change::{Change, Described, NewTable};

use super::folder::File;
use super::{Ground, Project, compare, table, view};

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// The pipe answers.
    Served,
    /// The table or the view is there as the file describes it.
    There,
    /// It can be made.
    Missing,
    /// It has been made.
    Made,
    /// Something of its name is there, and is not what the file describes.
    Differs,
    /// It cannot be served.
    Refused,
    /// The upstream did not make it.
    Failed,
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A data source.
    Datasource,
    /// A pipe that is asked for.
    Endpoint,
    /// A pipe that fills a data source.
    Materialized,
    /// Anything else.
    Other,
}

/// What is to be said of one file.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The file, below the project's folder.
    pub path: PathBuf,
    /// The line that the reason stands on.
    pub line: Option<usize>,
    /// The name of what it describes.
    pub name: String,
    /// What that is.
    pub what: What,
    /// What became of it.
    pub found: Found,
    /// Why, where that is not plain.
    pub why: Option<String>,
    /// What else is to be known.
    pub notes: Vec<String>,
    /// What it reads.
    pub reads: Reads,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// Its columns with their types, and whether rows may give them.
    pub columns: Vec<(String, String, bool)>,
    /// The data source that it fills.
    pub fills: Option<String>,
    /// What makes it.
    pub work: Option<Change>,
}

impl Finding {
    fn of<T>(file: &File<T>, what: What, found: Found) -> Self {
        Self {
            path: file.path.clone(),
            line: None,
            name: file.name.clone(),
            what,
            found,
            why: None,
            notes: Vec::new(),
            reads: Reads::default(),
            parameters: Vec::new(),
            columns: Vec::new(),
            fills: None,
            work: None,
        }
    }

    fn refused<T>(file: &File<T>, what: What, reason: &Reason) -> Self {
        Self { line: reason.line, why: Some(reason.message.clone()), ..Self::of(file, what, Found::Refused) }
    }
}

/// Judges every file, in this order: data sources, the pipes that fill them, the pipes that are asked for, the rest.
#[must_use]
pub fn plan(project: &Project, ground: &Ground<'_>) -> Vec<Finding> {
    let mut catalog = ground.catalog.clone();
    let mut findings: Vec<Finding> =
        project.datasources.iter().map(|file| datasource(file, ground, &mut catalog)).collect();
    let ground = Ground { catalog: &catalog, ..*ground };
    let purpose = |file: &File<(Datafile, Purpose)>| file.read.as_ref().ok().map(|(_, purpose)| purpose.clone());
    for file in &project.pipes {
        if let (Ok((pipe, _)), Some(Purpose::Materialized(target))) = (&file.read, purpose(file)) {
            findings.push(materialized(file, pipe, &target, &ground));
        }
    }
    for file in &project.pipes {
        match (&file.read, purpose(file)) {
            (Err(reason), _) => findings.push(unread(file, reason)),
            (_, Some(Purpose::Endpoint)) => findings.push(endpoint(file, &ground)),
            (_, Some(Purpose::Other(kind, line))) => {
                let reason = Reason::at(line, format!("it is a {kind} pipe: nothing runs by itself here"));
                findings.push(Finding::refused(file, What::Other, &reason));
            }
            _ => {}
        }
    }
    for path in &project.includes {
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let file = File { path: path.clone(), name, text: String::new(), read: Ok(()) };
        let reason = Reason::whole("a part of other files: INCLUDE is not followed");
        findings.push(Finding::refused(&file, What::Other, &reason));
    }
    findings
}

fn unread(file: &File<(Datafile, Purpose)>, reason: &Reason) -> Finding {
    let mut finding = Finding::refused(file, What::Endpoint, reason);
    if reason.message.starts_with("it has no endpoint") {
        finding
            .notes
            .push("`untyped_pipes: endpoint` in gateway.yaml publishes the last node of such files".to_owned());
    }
    finding
}

fn datasource(file: &File<Datasource>, ground: &Ground<'_>, catalog: &mut Catalog) -> Finding {
    let made = file.read.as_ref().map_err(Clone::clone);
    let made = made.and_then(|read| table::new_table(&file.name, read, ground));
    let (wanted, notes) = match made {
        Ok(made) => made,
        Err(reason) => return Finding::refused(file, What::Datasource, &reason),
    };
    let mut finding = Finding { notes, ..Finding::of(file, What::Datasource, Found::Missing) };
    let columns = wanted.fields.iter();
    finding.columns =
        columns.map(|field| (field.name.clone(), field.kind.to_string(), compare::takes_rows(&field.kind))).collect();
    let same_name =
        |there: &&Described| *there.name.database == *wanted.name.database && is_named(there, &file.name, ground);
    match ground.described.iter().find(same_name) {
        Some(there) => match compare::difference(there, &wanted) {
            None => finding.found = Found::There,
            Some(difference) => {
                finding.found = Found::Differs;
                finding.why = Some(difference);
            }
        },
        None => {
            catalog.insert(wanted.name.clone(), shape(&wanted, ground.dialect));
            finding.work = Some(Change::Create(Box::new(wanted)));
        }
    }
    finding
}

/// SQLite's names are one in any case.
fn is_named(there: &Described, name: &str, ground: &Ground<'_>) -> bool {
    match ground.dialect {
        Dialect::Sqlite => there.name.table.eq_ignore_ascii_case(name),
        _ => *there.name.table == *name,
    }
}

/// A table that is to be made, as the core needs to know it.
fn shape(table: &NewTable, dialect: Dialect) -> Table {
    let column = |(name, type_name): (&str, String)| Column {
        name: name.into(),
        type_name: type_name.into(),
        kind: ColumnKind::Ordinary,
    };
    let columns = table.fields.iter().map(|field| column((&field.name, field.kind.to_string()))).collect();
    let engine = if dialect == Dialect::ClickHouse { Engine::MergeTree } else { Engine::Plain };
    Table { columns, engine }
}

fn materialized(file: &File<(Datafile, Purpose)>, pipe: &Datafile, target: &Target, ground: &Ground<'_>) -> Finding {
    let (wanted, tables) = match view::new_view(file, pipe, target, ground) {
        Ok(view) => view,
        Err(reason) => {
            let fills = Some(target.datasource.clone());
            return Finding { fills, ..Finding::refused(file, What::Materialized, &reason) };
        }
    };
    let mut finding = Finding::of(file, What::Materialized, Found::Missing);
    finding.fills = Some(target.datasource.clone());
    finding.reads.tables = tables.iter().map(ToString::to_string).collect();
    let sources: Vec<String> = tables.iter().map(|table| format!("`{}`", table.table)).collect();
    finding.notes.push(format!(
        "a row filter on {} does not reach `{}`: give it one of its own",
        sources.join(", "),
        target.datasource
    ));
    match ground.described.iter().find(|there| there.name == wanted.name) {
        Some(there) if there.comment == wanted.mark => finding.found = Found::There,
        Some(_) => {
            finding.found = Found::Differs;
            finding.why = Some(format!("the view `{}` was made of another text", wanted.name.table));
        }
        None => {
            finding.notes.push("rows that were there before it are not in it".to_owned());
            finding.work = Some(Change::View(wanted));
        }
    }
    finding
}

fn endpoint(file: &File<(Datafile, Purpose)>, ground: &Ground<'_>) -> Finding {
    let pipes = ground.snapshot.pipes();
    let is_this = |origin: &Origin| matches!(origin, Origin::File(path) if path.ends_with(&file.path));
    let Some(pipe) = pipes.get(&file.name).filter(|pipe| is_this(&pipe.origin)) else {
        let unserved = pipes.unserved().iter().find(|unserved| is_this(&unserved.origin));
        let unknown = || Reason::whole("another pipe has this name");
        let reason = unserved.map_or_else(unknown, |unserved| unserved.reason.clone());
        return Finding::refused(file, What::Endpoint, &reason);
    };
    let namesake = TableName::new(ground.catalog.default_database(), &file.name);
    if ground.catalog.get(&namesake).is_some() {
        let reason = Reason::whole("its name is a data source's too");
        return Finding::refused(file, What::Endpoint, &reason);
    }
    match publish::publishable(pipe, &view::operator(), ground.snapshot, ground.catalog, ground.dialect) {
        Ok(reads) => Finding {
            parameters: publish::with_inner(&pipe.parameters, &reads, ground.snapshot),
            reads,
            ..Finding::of(file, What::Endpoint, Found::Served)
        },
        Err(Unfit::Wrong(message) | Unfit::Forbidden(message)) => {
            Finding::refused(file, What::Endpoint, &Reason::whole(message))
        }
    }
}

/// How many findings are of each kind and outcome.
#[must_use]
pub fn count(findings: &[Finding], what: What) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.what == what) {
        *counts.entry(finding.found.word()).or_default() += 1;
    }
    counts
}

impl Found {
    /// In a word or three.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Served => "served",
            Self::There => "there",
            Self::Missing => "to be made",
            Self::Made => "made",
            Self::Differs => "differs",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }

    /// Whether nothing is wrong with it.
    #[must_use]
    pub fn is_good(self) -> bool {
        match self {
            Self::Served | Self::There | Self::Missing | Self::Made => true,
            Self::Differs | Self::Refused | Self::Failed => false,
        }
    }
}

impl What {
    /// In a word or two.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Datasource => "data source",
            Self::Endpoint => "endpoint",
            Self::Materialized => "materialized pipe",
            Self::Other => "other",
        }
    }
}
