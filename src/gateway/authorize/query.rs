//! Reads: a straight line, each step consuming the one before. The face reads the statement → `judge` resolves, decides
//! and rewrites it → the query that goes upstream is put together from what the gateway itself wrote.

use std::sync::Arc;

use bytes::Bytes;
use http::Method;
use tracing::Span;

use crate::authz::Policy;
use crate::catalog::Catalog;
use crate::pipe::Values;
use crate::sql::{Dialect, Refusal, RefusalKind, Rewritten};
use crate::store::{Principal, Snapshot};
use crate::upstream::{Format, Query};

use super::Authorize;
use crate::gateway::authenticate::Message;
use crate::gateway::face::{self, Statement};
use crate::gateway::judge::{Asked, Reason, Refused, judge_asked};
use crate::gateway::rewrites::Basis;
use crate::gateway::route::Endpoint;
use crate::gateway::{Error, body};

/// Statements from this length on are judged on a thread that may block, so that one cannot hold up other requests.
const LONG_STATEMENT: usize = 16 * 1024;

impl Authorize {
    pub(super) async fn query(
        &self,
        principal: Arc<Principal>,
        snapshot: Arc<Snapshot>,
        mut message: Message,
    ) -> Result<Query, Error> {
        let catalog = self.upstream.catalog().ok_or(Error::NotReady)?;
        let body = match message.method {
            Method::POST => body::read(std::mem::take(&mut message.body), self.body_idle).await?,
            _ => Bytes::new(),
        };
        let statement = match &message.endpoint {
            Endpoint::ClickHouseSql => face::clickhouse::statement(&message, &body, catalog.default_database())?,
            Endpoint::GenericSql(place) => face::generic::statement(place, &message, &body)?,
            _ => face::v0::statement(&message, &body)?,
        };
        let asked = (Some(statement.text.clone()), statement.pipeline.clone());
        self.run(principal, snapshot, message.id.to_string(), statement, asked).await
    }

    /// The query for a statement, for a pipe, or for a statement over one.
    pub(super) async fn run(
        &self,
        principal: Arc<Principal>,
        snapshot: Arc<Snapshot>,
        id: String,
        mut statement: Statement,
        (text, pipe): (Option<String>, Option<String>),
    ) -> Result<Query, Error> {
        let catalog = self.upstream.catalog().ok_or(Error::NotReady)?;
        let pipes = snapshot.pipes();
        // What no pipe has for a parameter changes nothing, and must not keep two equal rewrites apart.
        statement.pipe_values.retain(|name, _| pipes.has_parameter(name));
        let values = std::mem::take(&mut statement.pipe_values);
        let rewritten = self.rewrite(&principal.policy, &snapshot, &catalog, (text, pipe, values)).await?;
        match &rewritten.format {
            Some(format) if !self.upstream.writes_formats() => Err(Error::Format(format.clone())),
            _ => assemble(&rewritten, statement, self.upstream.dialect(), id),
        }
    }

    /// The rewrite of a statement, kept from before or judged now.
    async fn rewrite(
        &self,
        policy: &Arc<Policy>,
        snapshot: &Arc<Snapshot>,
        catalog: &Arc<Catalog>,
        (text, pipe, values): (Option<String>, Option<String>, Values),
    ) -> Result<Arc<Rewritten>, Error> {
        let over = if pipe.is_none() && values.is_empty() { String::new() } else { format!("{pipe:?}{values:?}") };
        // Beside a pipe no text is not an empty one.
        let shown = text.as_deref().unwrap_or("\0");
        let basis = Basis { snapshot, policy, catalog, dialect: self.upstream.dialect(), text: shown, over: &over };
        if let Some(rewritten) = self.rewrites.get(&basis) {
            self.metrics.rewrite("hit");
            self.decided("permit");
            return Ok(rewritten);
        }
        self.metrics.rewrite("miss");
        let judged = if shown.len() < LONG_STATEMENT && snapshot.pipes().is_empty() {
            let asked = Asked { text: text.as_deref(), pipe: pipe.as_deref(), values: &values };
            judge_asked(&asked, policy, snapshot, catalog, basis.dialect)
        } else {
            // A pipe may be longer than any statement.
            let (text, policy, dialect) = (text.clone(), Arc::clone(policy), basis.dialect);
            let (snapshot, catalog) = (Arc::clone(snapshot), Arc::clone(catalog));
            tokio::task::spawn_blocking(move || {
                let asked = Asked { text: text.as_deref(), pipe: pipe.as_deref(), values: &values };
                judge_asked(&asked, &policy, &snapshot, &catalog, dialect)
            })
            .await
            .map_err(|_| Error::Panicked)?
        };
        let rewritten = Arc::new(judged.map_err(|refused| self.refused(*refused))?.rewritten);
        self.decided("permit");
        self.rewrites.insert(&basis, Arc::clone(&rewritten));
        Ok(rewritten)
    }

    fn refused(&self, Refused { reason, shown }: Refused) -> Error {
        match &reason {
            Reason::Denied(_) => self.decided("denial"),
            Reason::Refused(refusal) => {
                if *refusal != shown {
                    tracing::warn!(reason = refusal.message, "a pipe cannot be served");
                }
                if refusal.kind == RefusalKind::Unverified {
                    tracing::error!(reason = refusal.message, "a statement was refused that is not at fault");
                }
                Span::current().record("decision", "refusal");
                Span::current().record("refusal", reason.kind());
                self.metrics.refused(reason.kind());
            }
        }
        Error::Refused(shown)
    }
}

/// Puts the query together: the gateway's text, and of what came beside the statement only what that text uses.
///
/// Beside a row filter no setting may go on that changes what an expression means: the filter is one.
fn assemble(rewritten: &Rewritten, statement: Statement, dialect: Dialect, id: String) -> Result<Query, Error> {
    let format = rewritten.format.as_ref().unwrap_or(&statement.format);
    let format: Format = format.parse().map_err(|_| Error::Format(format.clone()))?;
    let mut settings = statement.settings;
    settings.retain(|(name, _)| !rewritten.settings.iter().any(|(inner, _)| inner == name));
    settings.extend(rewritten.settings.iter().cloned());
    let objected = |(name, value): &&(String, String)| dialect.objection_beside_filters(name, value).is_some();
    if let Some((name, _)) = settings.iter().filter(|_| rewritten.filtered).find(objected) {
        return Err(Error::Setting(name.clone()));
    }
    // Types and paths of hidden rows travel in the head of such a column (26.7).
    if rewritten.filtered && rewritten.types_shown && format.carries_types() {
        let message = format!("the format `{format}` tells of types and paths that a row filter hides");
        let hint = "ask for another one, such as RowBinaryWithNamesAndTypes or JSONEachRow";
        return Err(Error::Refused(Refusal::new(RefusalKind::NotAllowed, message).hint(hint)));
    }
    if rewritten.filtered && dialect.is_clickhouse() && !format.is_written_beside_filters(dialect == Dialect::Tinybird)
    {
        return Err(Error::Refused(shows_blocks(format)));
    }
    let value = |name: &String| {
        let given = statement.values.iter().find(|(known, _)| known == name).cloned();
        given.ok_or_else(|| {
            Error::Parameter(format!("the statement's parameter `{name}` has no value: send `param_{name}`"))
        })
    };
    // An answer with too many rows breaks off, and so does one that fails: where, is a block's end.
    let bounded = rewritten.filtered && settings.iter().any(|(name, _)| name == "max_result_rows");
    Ok(Query {
        text: rewritten.text.clone(),
        format,
        settings,
        parameters: rewritten.parameters.iter().map(value).collect::<Result<_, _>>()?,
        tables: rewritten.tables.clone(),
        filtered: rewritten.filtered,
        fallible: rewritten.fallible || bounded,
        table_filters: rewritten.table_filters.clone(),
        id,
    })
}

/// For a format that shows where the engine's blocks end.
pub(super) fn shows_blocks(format: Format) -> Refusal {
    let message = format!("the format `{format}` shows how the rows that a filter leaves lie among those it hides");
    Refusal::new(RefusalKind::NotAllowed, message).hint("ask for another one, such as Native or JSONEachRow")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten() -> Rewritten {
        Rewritten {
            text: "SELECT {a:UInt8}".to_owned(),
            format: None,
            settings: vec![("max_threads".to_owned(), "1".to_owned())],
            parameters: vec!["a".to_owned()],
            tables: vec![],
            filtered: true,
            fallible: false,
            table_filters: vec![],
            self_describing: false,
            types_shown: false,
            dictionaries: false,
        }
    }

    fn statement(values: &[(&str, &str)]) -> Statement {
        let pairs = |pairs: &[(&str, &str)]| pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        Statement {
            text: "not this".to_owned(),
            format: "CSV".to_owned(),
            settings: pairs(&[("max_threads", "9"), ("extremes", "0")]),
            values: pairs(values),
            pipe_values: Values::new(),
            pipeline: None,
        }
    }

    #[test]
    fn only_values_that_the_text_uses_go_on() {
        let query =
            assemble(&rewritten(), statement(&[("a", "1"), ("b", "2")]), Dialect::ClickHouse, "id".to_owned()).unwrap();
        assert_eq!(query.text, "SELECT {a:UInt8}");
        assert_eq!(query.parameters, [("a".to_owned(), "1".to_owned())]);
        assert!(query.filtered);
        assert!(matches!(
            assemble(&rewritten(), statement(&[("b", "2")]), Dialect::ClickHouse, "id".to_owned()),
            Err(Error::Parameter(_))
        ));
    }

    #[test]
    fn what_the_statement_says_wins_over_what_stands_beside_it() {
        let query = assemble(&rewritten(), statement(&[("a", "1")]), Dialect::ClickHouse, "id".to_owned()).unwrap();
        assert_eq!(query.format.name(), "CSV");
        let max_threads: Vec<_> = query.settings.iter().filter(|(name, _)| name == "max_threads").collect();
        assert_eq!(max_threads, [&("max_threads".to_owned(), "1".to_owned())]);
        let json = Rewritten { format: Some("JSON".to_owned()), ..rewritten() };
        assert_eq!(
            assemble(&json, statement(&[("a", "1")]), Dialect::ClickHouse, "id".to_owned()).unwrap().format,
            Format::JSON
        );
        let unknown = Rewritten { format: Some("SQLInsert".to_owned()), ..rewritten() };
        assert!(matches!(
            assemble(&unknown, statement(&[("a", "1")]), Dialect::ClickHouse, String::new()),
            Err(Error::Format(_))
        ));
    }

    #[test]
    fn a_setting_that_changes_what_a_filter_means_does_not_go_beside_one() {
        let mut beside = statement(&[("a", "1")]);
        beside.settings.push(("date_time_output_format".to_owned(), "iso".to_owned()));
        let assembled = |filtered| {
            let rewritten = Rewritten { filtered, ..rewritten() };
            assemble(&rewritten, beside.clone(), Dialect::ClickHouse, "id".to_owned())
        };
        assert!(matches!(assembled(true), Err(Error::Setting(name)) if name == "date_time_output_format"));
        assert!(assembled(false).is_ok());
    }
}
