//! `portcullis project`: a Tinybird project's folder over the configured upstream.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use serde_json::{Value, json};

use crate::config::{self, Config};
use crate::project::plan::{Finding, Found, What};
use crate::project::{self, Ground, Project, tokens};
use crate::store::{Compile, Store};
use crate::upstream::Upstream;

use super::{Failure, Outcome, Place, wire};

#[derive(Debug, Args)]
pub(super) struct Asked {
    /// The project's folder, with `.datasource` and `.pipe` files in it or below
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Make the tables and materialized views that are missing; nothing is dropped or altered
    #[arg(long)]
    apply: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Print a tokens file with what the TOKEN lines ask for, and nothing else
    #[arg(long, conflicts_with_all = ["apply", "json"])]
    tokens: bool,
    #[command(flatten)]
    place: Place,
}

pub(super) fn project(asked: &Asked, out: &mut dyn Write) -> Result<Outcome, Failure> {
    let config = asked.place.load()?;
    let folder = std::fs::canonicalize(&asked.folder)
        .map_err(|error| Failure::said(format!("`{}` cannot be read: {error}", asked.folder.display())))?;
    let project = Project::read(&folder, config.hot.pipes.untyped)
        .map_err(|error| Failure::said(format!("`{}` cannot be read: {error}", asked.folder.display())))?;
    if project.is_empty() {
        let message = format!("`{}` has no `.datasource` and no `.pipe` file", asked.folder.display());
        return Err(Failure::said(message));
    }
    let (wanted, strange) = tokens::asked(&project);
    if asked.tokens {
        for line in strange {
            let _ = writeln!(std::io::stderr(), "warning: {line}");
        }
        write!(out, "{}", tokens::yaml(&wanted))?;
        return Ok(Outcome::Done);
    }
    let store = open(&config, &folder)?;
    let findings = judge(asked, &config, &project, &store)?;
    if asked.json {
        writeln!(out, "{:#}", document(&findings, &wanted, &strange))?;
    } else {
        report(&findings, &wanted, &strange, out)?;
    }
    let good = findings.iter().all(|finding| finding.found.is_good());
    Ok(if good { Outcome::Done } else { Outcome::Denied })
}

/// The store of this configuration, with the project's pipes in it, whether or not `pipes_dir` names them.
fn open(config: &Config, folder: &std::path::Path) -> Result<Store, Failure> {
    let mut hot = config.hot.clone();
    let same = |known: &PathBuf| std::fs::canonicalize(known).is_ok_and(|known| folder.starts_with(known));
    hot.pipes.directories.retain(|known| !same(known));
    hot.pipes.directories.push(folder.to_owned());
    let kept = hot.clone();
    let compile = Compile {
        dialect: config.dialect(),
        key: super::key_or_passing(config)?,
        own: super::own(config)?,
        hot,
        read_hot: Arc::new(move |_, _| Ok(kept.clone())),
    };
    Ok(Store::open(config.paths(), compile)?)
}

fn judge(asked: &Asked, config: &Config, project: &Project, store: &Store) -> Result<Vec<Finding>, Failure> {
    if asked.apply && matches!(&config.upstream, config::Upstream::Api(_)) {
        return Err(Failure::said("this upstream is read only: nothing can be made in it"));
    }
    let upstream = Arc::new(wire::upstream(config)?);
    let snapshot = store.snapshot();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(|error| Failure::said(format!("the runtime does not start: {error}")))?;
    runtime.block_on(async {
        if let Upstream::ClickHouse(clickhouse) = upstream.as_ref() {
            clickhouse.refresh().await.map_err(wire::said)?;
        }
        let catalog = upstream.catalog().ok_or_else(|| Failure::said("the upstream does not say what it holds"))?;
        let described = upstream.describe(None, &|_| false).await.map_err(wire::said)?;
        let ground =
            Ground { snapshot: &snapshot, catalog: &catalog, described: &described, dialect: upstream.dialect() };
        let mut findings = project::plan(project, &ground);
        if asked.apply {
            project::apply(&mut findings, &upstream).await;
        }
        Ok(findings)
    })
}

fn report(
    findings: &[Finding],
    wanted: &tokens::Asked,
    strange: &[String],
    out: &mut dyn Write,
) -> Result<(), Failure> {
    for finding in findings {
        write!(out, "{:<10}  {}", finding.found.word(), finding.path.display())?;
        if let Some(line) = finding.line {
            write!(out, ":{line}")?;
        }
        match &finding.why {
            Some(why) => writeln!(out, ": {why}")?,
            None => writeln!(out)?,
        }
        for note in &finding.notes {
            writeln!(out, "            note: {note}")?;
        }
    }
    for line in strange {
        writeln!(out, "            note: {line}")?;
    }
    writeln!(out)?;
    for what in [What::Datasource, What::Materialized, What::Endpoint, What::Other] {
        let counts = project::plan::count(findings, what);
        if !counts.is_empty() {
            let counts: Vec<String> = counts.iter().map(|(word, count)| format!("{count} {word}")).collect();
            writeln!(out, "{}s: {}", what.word(), counts.join(", "))?;
        }
    }
    if findings.iter().any(|finding| finding.found == Found::Missing) {
        writeln!(out, "hint: `--apply` makes what is to be made")?;
    }
    if !wanted.is_empty() {
        let names: Vec<String> = wanted.keys().map(|name| format!("`{name}`")).collect();
        writeln!(out, "tokens that the files ask for: {}", names.join(", "))?;
        writeln!(out, "hint: `--tokens` prints them for tokens.yaml; none is made")?;
    }
    Ok(())
}

fn document(findings: &[Finding], wanted: &tokens::Asked, strange: &[String]) -> Value {
    let one = |finding: &Finding| {
        let columns = finding
            .columns
            .iter()
            .map(|(name, type_name, takes)| json!({ "name": name, "type": type_name, "takes_rows": takes }));
        let parameters = finding.parameters.iter().map(|parameter| {
            json!({
                "name": parameter.name, "type": parameter.type_name,
                "default": parameter.default, "required": parameter.required,
            })
        });
        json!({
            "file": finding.path.display().to_string(),
            "line": finding.line,
            "name": finding.name,
            "what": finding.what.word(),
            "found": finding.found.word(),
            "why": finding.why,
            "notes": finding.notes,
            "reads": { "tables": finding.reads.tables, "pipes": finding.reads.pipes },
            "parameters": parameters.collect::<Vec<_>>(),
            "columns": columns.collect::<Vec<_>>(),
            "fills": finding.fills,
        })
    };
    json!({ "files": findings.iter().map(one).collect::<Vec<_>>(), "tokens": wanted, "not_understood": strange })
}
