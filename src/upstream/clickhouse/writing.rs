//! Writes: statements that the gateway wrote, under a user that may.
//!
//! - Rows travel as JSONEachRow, written from checked cells; settings say how they are read.
//! - A statement is sent again only when no connection stood: then nothing was sent. When the answer was lost, the batch is
//!   in doubt and that is said; it is sent again only where the engine keeps its `insert_deduplication_token`.
//! - Changes of shape need a single endpoint: on several servers a table would come to exist on one.

mod text;

use std::fmt::Write as _;

use bytes::Bytes;
use http::HeaderMap;

use super::{ClickHouse, answer, request, schema};
use crate::catalog::TableName;
use crate::token::Secret;
use crate::upstream::change::{Change, Described, Insert, InsertError, RefusedRow};
use crate::upstream::client::{self, Failure};
use crate::upstream::{Query, SettingsError, UpstreamError};
use text::{full, line, name, statements};

/// Who writes.
#[derive(Debug, Clone)]
pub struct Writer {
    /// Its name.
    pub user: String,
    /// Its password.
    pub password: Option<Secret>,
}

impl Writer {
    pub(super) fn headers(&self) -> Result<HeaderMap, SettingsError> {
        request::credential(&self.user, self.password.as_ref())
    }
}

/// The longest answer to a write that is read, in bytes.
const LARGEST_ANSWER: usize = 64 * 1024;

/// How JSONEachRow is read: nothing is skipped, forgiven or run in the background.
const INSERT_SETTINGS: [(&str, &str); 9] = [
    ("async_insert", "0"),
    ("date_time_input_format", "best_effort"),
    ("input_format_allow_errors_num", "0"),
    ("input_format_defaults_for_omitted_fields", "1"),
    ("input_format_null_as_default", "0"),
    ("input_format_parallel_parsing", "0"),
    ("input_format_skip_unknown_fields", "0"),
    // One batch is one block: it is in as a whole, or not at all.
    ("max_insert_block_size", "10000000"),
    ("min_insert_block_size_bytes", "0"),
];

struct Lost {
    error: UpstreamError,
    sent: bool,
}

impl ClickHouse {
    pub(in crate::upstream) async fn insert(&self, insert: &Insert) -> Result<Vec<RefusedRow>, InsertError> {
        let mut body = format!("INSERT INTO {} (", full(&insert.table));
        for (position, field) in insert.fields.iter().enumerate() {
            let separator = if position == 0 { "" } else { ", " };
            let _ = write!(body, "{separator}{}", name(&field.name));
        }
        body.push_str(") FORMAT JSONEachRow\n");
        for row in insert.rows.iter() {
            line(&mut body, insert, row);
        }
        let body = Bytes::from(body);
        let mut settings = INSERT_SETTINGS.to_vec();
        settings.push(("insert_deduplication_token", insert.token.as_str()));
        let first = self.write(body.clone(), &settings, insert.filtered).await;
        let lost = match first {
            Ok(()) => return Ok(Vec::new()),
            Err(lost) => lost,
        };
        if lost.sent && self.keeps_tokens(&insert.table).await {
            let again = self.write(body, &settings, insert.filtered).await;
            return again.map(|()| Vec::new()).map_err(|lost| InsertError { error: lost.error, in_doubt: lost.sent });
        }
        Err(InsertError { error: lost.error, in_doubt: lost.sent })
    }

    /// Whether a batch that is sent twice is in once.
    async fn keeps_tokens(&self, table: &TableName) -> bool {
        let Ok(found) = self.describe(Some(table)).await else { return false };
        found.first().is_some_and(|found| {
            found.engine.starts_with("Replicated")
                || found.engine.starts_with("Shared")
                || keeps_a_window(&found.engine_full)
        })
    }

    pub(in crate::upstream) async fn change(&self, change: &Change, filtered: bool) -> Result<(), UpstreamError> {
        if change.reshapes() && self.endpoints.len() > 1 {
            let message = "the shape of tables can be changed behind a single ClickHouse endpoint only".to_owned();
            return Err(UpstreamError::Unsupported(message));
        }
        let settings = [("mutations_sync", "2"), ("lightweight_deletes_sync", "2"), ("validate_mutation_query", "1")];
        for statement in statements(change) {
            let sent = self.write(statement.into(), &settings, filtered).await;
            sent.map_err(|lost| lost.error)?;
        }
        if change.reshapes() { self.refresh().await } else { Ok(()) }
    }

    pub(in crate::upstream) async fn leftovers(&self) -> Result<Vec<TableName>, UpstreamError> {
        schema::leftovers(&self.ask(schema::LEFTOVERS).await?)
    }

    /// One table, or all but the server's own.
    pub(in crate::upstream) async fn describe(
        &self,
        table: Option<&TableName>,
    ) -> Result<Vec<Described>, UpstreamError> {
        let parameters = table.map_or_else(Vec::new, |table| {
            vec![("d".to_owned(), table.database.to_string()), ("t".to_owned(), table.table.to_string())]
        });
        let tables = self.ask_with(&schema::described_tables(table.is_some()), parameters.clone()).await?;
        let columns = self.ask_with(&schema::described_columns(table.is_some()), parameters).await?;
        schema::described(&tables, &columns)
    }

    async fn write(&self, body: Bytes, settings: &[(&str, &str)], filtered: bool) -> Result<(), Lost> {
        let query = Query {
            filtered,
            ..self.own_query(String::new(), Vec::new()).map_err(|error| Lost { error, sent: false })?
        };
        let patience = self.settings.execution_timeout.max(self.settings.answer_timeout);
        let mut tries = self.endpoints.len();
        let response = loop {
            let unreachable = Lost { error: UpstreamError::Unreachable, sent: false };
            let endpoint = self.endpoints.next().ok_or(unreachable)?;
            let request = self.template.write(endpoint.base(), body.clone(), settings, &self.writer);
            match self.client.send(request, patience).await {
                Ok(response) => break response,
                Err(failure @ (Failure::NotConnected | Failure::ConnectTimedOut)) => {
                    endpoint.mark(false);
                    tries -= 1;
                    if tries == 0 {
                        return Err(Lost { error: failure.into(), sent: false });
                    }
                }
                Err(failure) => return Err(Lost { error: failure.into(), sent: true }),
            }
        };
        let response = match answer::well(response, &query, patience).await {
            Ok(response) => response,
            // ClickHouse said no, or something else stands there.
            Err(error @ UpstreamError::BadAnswer) => return Err(Lost { error, sent: true }),
            Err(error) => return Err(Lost { error, sent: false }),
        };
        let read = client::capped(response.into_body(), LARGEST_ANSWER, patience).await;
        read.map(drop).map_err(|error| Lost { error, sent: true })
    }
}

/// Whether a table that is not replicated remembers its last blocks. A window of 0 remembers none.
fn keeps_a_window(engine_full: &str) -> bool {
    let after = engine_full.split_once("non_replicated_deduplication_window = ").map(|(_, after)| after);
    let digits = after.and_then(|after| after.split(|c: char| !c.is_ascii_digit()).next());
    digits.and_then(|digits| digits.parse::<u64>().ok()).is_some_and(|window| window > 0)
}

#[cfg(test)]
mod tests;
