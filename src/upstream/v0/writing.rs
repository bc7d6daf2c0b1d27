//! Writes: each is sent once. What has no answer is in doubt, and that is said.

use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::answer::{self, Refused};
use super::request::{Payload, too_long};
use super::{Appended, Counts, Rows, V0};
use crate::catalog::TableName;
use crate::upstream::change::{Change, Key, NewTable, Ttl};
use crate::upstream::clickhouse::literal;
use crate::upstream::client::Failure;
use crate::upstream::intake::{Default, Field, Kind, NewField};
use crate::upstream::{Body, BoxError, UpstreamError};

/// How often a job is asked for, at first and at last.
const FIRST_LOOK: Duration = Duration::from_millis(50);
const LAST_LOOK: Duration = Duration::from_secs(2);

impl V0 {
    /// Adds rows and waits until the upstream has them.
    pub async fn append(&self, rows: &Rows) -> Appended {
        let parameters = pairs_of(&[("name", &rows.table.table), ("wait", "true")]);
        let made =
            self.requests.make(Method::POST, &["v0", "events"], &parameters, &Payload::Lines(rows.lines.clone()));
        let Some(request) = made else { return (Counts::default(), Some(too_long())) };
        let told = match self.write(request, rows.filtered).await {
            Ok(told) => told,
            Err(refused) => return lost(refused, rows.count),
        };
        match Counts::of(&told) {
            Some(counts) => (counts, None),
            // A yes without a number is no yes.
            None => (Counts::in_doubt(rows.count), Some(UpstreamError::BadAnswer)),
        }
    }

    /// Puts rows in the place of those that are there, at once: `pieces` are lines as they become ready, and an error among
    /// them, or their end without [`Piece::Last`], breaks the request off.
    ///
    /// # Errors
    /// [`UpstreamError`]. What is there is then what was there, unless the answer was lost.
    pub async fn replace(
        &self,
        table: &TableName,
        pieces: mpsc::Receiver<Piece>,
        filtered: bool,
        patience: Duration,
    ) -> Result<Counts, UpstreamError> {
        let parameters = pairs_of(&[("name", &table.table), ("mode", "replace"), ("format", "ndjson")]);
        let path = ["v0", "datasources"];
        let sent = std::sync::Arc::new(std::sync::atomic::AtomicU64::new(0));
        let body = streamed(pieces, std::sync::Arc::clone(&sent));
        let kind = Some("application/x-ndjson");
        let request = self.requests.around(Method::POST, &path, &parameters, kind, ()).ok_or_else(too_long)?;
        let response = self.client.stream(request.map(|()| body), patience).await?;
        let response = answer::well(response, filtered, &self.settings).await.map_err(|refused| refused.error)?;
        let told: Value = serde_json::from_slice(&self.whole(response).await?).map_err(|_| UpstreamError::BadAnswer)?;
        let sent = sent.load(std::sync::atomic::Ordering::Acquire);
        Counts::of_file(&told, sent).ok_or(UpstreamError::BadAnswer)
    }

    pub(in crate::upstream) async fn change(&self, change: &Change, filtered: bool) -> Result<(), UpstreamError> {
        let unsupported = || UpstreamError::Unsupported("this upstream replaces rows by itself".to_owned());
        match change {
            Change::Create(table) => self.post(&["v0", "datasources"], create(table), filtered).await.map(drop),
            Change::Drop(table) => {
                let path = ["v0", "datasources", &table.table];
                self.plain(Method::DELETE, &path, Payload::Nothing, filtered).await.map(drop)
            }
            Change::Truncate(table) => {
                let path = ["v0", "datasources", &table.table, "truncate"];
                self.plain(Method::POST, &path, Payload::Nothing, filtered).await.map(drop)
            }
            Change::AddColumns(table, fields) => {
                let there = self.describe(Some(table)).await?.into_iter().next().ok_or(UpstreamError::BadAnswer)?;
                let known = there.fields.iter().filter(|field| field.insertable).map(known_column);
                let schema: Vec<_> = known.chain(fields.iter().map(column)).collect();
                let form = pairs_of(&[("schema", &schema.join(", "))]);
                self.post(&["v0", "datasources", &table.table, "alter"], form, filtered).await.map(drop)
            }
            // Its quarantine goes with it.
            Change::Rename(pairs) => match pairs.first() {
                Some((from, to)) => {
                    let form = Payload::Form(pairs_of(&[("name", &to.table)]));
                    let path = ["v0", "datasources", &from.table];
                    self.plain(Method::PUT, &path, form, filtered).await.map(drop)
                }
                None => Ok(()),
            },
            Change::Describe(table, text) => {
                let form = pairs_of(&[("description", text)]);
                self.post(&["v0", "datasources", &table.table, "alter"], form, filtered).await.map(drop)
            }
            Change::Keep(table, kept) => {
                let form = pairs_of(&[("ttl", &kept.as_ref().map_or_else(|| "false".to_owned(), ttl))]);
                self.post(&["v0", "datasources", &table.table, "alter"], form, filtered).await.map(drop)
            }
            Change::Delete { name, condition } => {
                let form = pairs_of(&[("delete_condition", condition)]);
                let told = self.post(&["v0", "datasources", &name.table, "delete"], form, filtered).await?;
                self.job(&told, filtered).await
            }
            Change::CreateLike { .. } | Change::Replace { .. } => Err(unsupported()),
            Change::View(_) => Err(UpstreamError::Unsupported("this upstream makes no views".to_owned())),
        }?;
        if change.reshapes() { self.refresh().await } else { Ok(()) }
    }

    /// Waits for the end of a job.
    async fn job(&self, told: &Value, filtered: bool) -> Result<(), UpstreamError> {
        let id = told.get("job_id").or_else(|| told.get("id")).and_then(Value::as_str);
        let id = id.ok_or(UpstreamError::BadAnswer)?;
        let (until, mut pause) = (Instant::now() + self.settings.write_timeout, FIRST_LOOK);
        loop {
            let job: Value = serde_json::from_slice(&self.document(&["v0", "jobs", id]).await?)
                .map_err(|_| UpstreamError::BadAnswer)?;
            match job.get("status").and_then(Value::as_str) {
                Some("done") => return Ok(()),
                Some("waiting" | "working") if Instant::now() < until => tokio::time::sleep(pause).await,
                Some("waiting" | "working") => return Err(UpstreamError::TimedOut),
                Some("error" | "cancelled") => {
                    let told = job.get("error").and_then(Value::as_str).filter(|_| !filtered);
                    let message = told.unwrap_or("the upstream's job failed").to_owned();
                    return Err(UpstreamError::Rejected { code: None, message });
                }
                _ => return Err(UpstreamError::BadAnswer),
            }
            pause = (pause * 2).min(LAST_LOOK);
        }
    }

    async fn post(&self, path: &[&str], form: Vec<(String, String)>, filtered: bool) -> Result<Value, UpstreamError> {
        self.plain(Method::POST, path, Payload::Form(form), filtered).await
    }

    async fn plain(
        &self,
        method: Method,
        path: &[&str],
        payload: Payload,
        filtered: bool,
    ) -> Result<Value, UpstreamError> {
        let request = self.requests.make(method, path, &[], &payload).ok_or_else(too_long)?;
        self.write(request, filtered).await.map_err(|refused| refused.error)
    }

    /// Sends a write, once, and reads what is said of it; an answer without a body says nothing, which is well.
    async fn write(&self, request: Request<http_body_util::Full<Bytes>>, filtered: bool) -> Result<Value, Refused> {
        let response = self.send(request, self.settings.write_timeout).await.map_err(|failure| Refused {
            unclear: !matches!(failure, Failure::NotConnected | Failure::ConnectTimedOut),
            error: failure.into(),
            counts: None,
        })?;
        let response = answer::well(response, filtered, &self.settings).await?;
        let whole = self.whole(response).await.map_err(answer::unclear)?;
        if whole.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&whole).map_err(|_| answer::unclear(UpstreamError::BadAnswer))
    }
}

/// A part of a body that is still being made.
#[derive(Debug)]
pub enum Piece {
    /// Whole lines, and how many.
    Lines(Bytes, u64),
    /// Nothing follows.
    Last,
}

/// The body; one that ends without its last piece ends as an error, and the upstream never sees it whole.
fn streamed(pieces: mpsc::Receiver<Piece>, sent: std::sync::Arc<std::sync::atomic::AtomicU64>) -> Body {
    use http_body_util::{BodyExt as _, StreamBody};
    let stream = futures_util::stream::unfold(Some(pieces), move |pieces| {
        let sent = std::sync::Arc::clone(&sent);
        async move {
            let mut pieces = pieces?;
            match pieces.recv().await {
                Some(Piece::Lines(bytes, count)) => {
                    sent.fetch_add(count, std::sync::atomic::Ordering::AcqRel);
                    Some((Ok(http_body::Frame::data(bytes)), Some(pieces)))
                }
                Some(Piece::Last) => None,
                None => Some((Err(BoxError::from("the rows broke off")), None)),
            }
        }
    });
    StreamBody::new(stream).boxed_unsync()
}

fn lost(refused: Refused, count: u64) -> Appended {
    let counts = match refused.counts {
        Some(counts) => counts,
        None if refused.unclear => Counts::in_doubt(count),
        None => Counts::default(),
    };
    (counts, Some(refused.error))
}

fn pairs_of(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// What makes a data source. Its columns are read from the members of their names.
fn create(table: &NewTable) -> Vec<(String, String)> {
    let columns: Vec<_> = table.fields.iter().map(column).collect();
    let engine = &table.engine;
    let mut form = pairs_of(&[("mode", "create"), ("name", &table.name.table), ("schema", &columns.join(", "))]);
    let family = if engine.name.is_empty() { "MergeTree" } else { engine.name };
    form.extend(pairs_of(&[("format", "ndjson"), ("engine", family)]));
    for (name, keys) in [
        ("engine_sorting_key", &engine.sorting_key),
        ("engine_partition_key", &engine.partition_key),
        ("engine_primary_key", &engine.primary_key),
    ] {
        if !keys.is_empty() {
            form.extend(pairs_of(&[(name, &keys.iter().map(key).collect::<Vec<_>>().join(", "))]));
        }
    }
    if let Some(kept) = &engine.ttl {
        form.extend(pairs_of(&[("engine_ttl", &ttl(kept))]));
    }
    let named: &[&str] = match family {
        "ReplacingMergeTree" => &["engine_ver"],
        "CollapsingMergeTree" => &["engine_sign"],
        "VersionedCollapsingMergeTree" => &["engine_sign", "engine_version"],
        "SummingMergeTree" if !engine.arguments.is_empty() => {
            form.extend(pairs_of(&[("engine_columns", &engine.arguments.join(", "))]));
            &[]
        }
        _ => &[],
    };
    form.extend(named.iter().zip(&engine.arguments).map(|(name, column)| ((*name).to_owned(), column.clone())));
    form
}

fn ttl(ttl: &Ttl) -> String {
    let moment = ttl.function.map_or_else(|| ttl.column.clone(), |function| format!("{function}({})", ttl.column));
    format!("{moment} + toInterval{}({})", ttl.unit, ttl.count)
}

fn key(key: &Key) -> String {
    match key {
        Key::Column(column) => column.clone(),
        Key::Call(function, column) => format!("{function}({column})"),
        Key::Expression(text) => text.clone(),
    }
}

fn column(field: &NewField) -> String {
    let mut text = typed(&field.name, &field.kind.to_string());
    match &field.default {
        None => {}
        Some(Default::Now) if matches!(field.kind, Kind::DateTime64(..)) => text.push_str(" DEFAULT now64()"),
        Some(Default::Now) => text.push_str(" DEFAULT now()"),
        Some(Default::Literal(cell)) => {
            text.push_str(" DEFAULT ");
            literal(&mut text, cell);
        }
        Some(Default::Expression(expression)) => {
            text.push_str(" DEFAULT ");
            text.push_str(expression);
        }
    }
    text
}

/// A column as it is there: the upstream compares its name and its type.
fn known_column(field: &Field) -> String {
    typed(&field.name, &field.type_name)
}

fn typed(name: &str, type_name: &str) -> String {
    let each = if type_name.starts_with("Array(") { "[:]" } else { "" };
    format!("`{name}` {type_name} `json:$.{name}{each}`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upstream::change::NewEngine;
    use crate::upstream::intake::Cell;

    #[test]
    fn a_table_is_made_in_the_apis_own_words() {
        let field = |name: &str, kind: &str, default| NewField {
            name: name.to_owned(),
            kind: Kind::parse(kind).unwrap(),
            default,
        };
        let fields = vec![
            field("a", "Int64", None),
            field("b", "Array(String)", None),
            field("c", "String", Some(Default::Literal(Cell::Text("it's".to_owned())))),
            field("d", "DateTime", Some(Default::Now)),
        ];
        let engine = NewEngine {
            name: "ReplacingMergeTree",
            arguments: vec!["a".to_owned()],
            sorting_key: vec![Key::Call("toDate", "d".to_owned()), Key::Column("a".to_owned())],
            ..NewEngine::default()
        };
        let form = create(&NewTable { name: TableName::new("default", "t"), fields, engine });
        let value = |name: &str| form.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        assert_eq!(
            value("schema"),
            Some(
                r"`a` Int64 `json:$.a`, `b` Array(String) `json:$.b[:]`, `c` String `json:$.c` DEFAULT 'it\'s', `d` DateTime `json:$.d` DEFAULT now()"
            )
        );
        assert_eq!(value("engine_sorting_key"), Some("toDate(d), a"));
        assert_eq!((value("engine"), value("engine_ver")), (Some("ReplacingMergeTree"), Some("a")));
        assert_eq!(value("engine_partition_key"), None);
    }

    #[test]
    fn what_is_lost_is_said() {
        let refused = |unclear, counts| Refused { error: UpstreamError::BadAnswer, counts, unclear };
        let told = Counts { rows: 2, doubt: 1, ..Counts::default() };
        assert_eq!(lost(refused(true, None), 5).0, Counts::in_doubt(5));
        assert_eq!(lost(refused(false, None), 5).0, Counts::default());
        assert_eq!(lost(refused(true, Some(told)), 5).0, told);
    }
}
