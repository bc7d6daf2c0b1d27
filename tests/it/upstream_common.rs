//! What the upstreams' tests share.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test fails by panicking")]

use http_body_util::BodyExt;
use portcullis::catalog::TableName;
use portcullis::upstream::{Answer, Query, Upstream, UpstreamError};

/// An unfiltered query.
pub(crate) fn query(text: &str, format: &str, tables: &[(&str, &str)]) -> Query {
    Query {
        text: text.to_owned(),
        format: format.parse().unwrap(),
        settings: vec![],
        parameters: vec![],
        tables: tables.iter().map(|(database, table)| TableName::new(database, table)).collect(),
        filtered: false,
        fallible: false,
        table_filters: vec![],
        id: uuid::Uuid::new_v4().to_string(),
    }
}

/// The same query behind a row filter.
pub(crate) fn filtered(query: Query) -> Query {
    Query { filtered: true, ..query }
}

/// What of a body came, and whether it came whole.
pub(crate) async fn read(mut answer: Answer) -> (Vec<u8>, Result<(), String>) {
    let mut bytes = Vec::new();
    while let Some(frame) = answer.body.frame().await {
        match frame {
            Ok(frame) => bytes.extend_from_slice(frame.data_ref().expect("no trailers")),
            Err(error) => return (bytes, Err(error.to_string())),
        }
    }
    (bytes, Ok(()))
}

/// A whole answer, as text.
pub(crate) async fn text(upstream: &Upstream, query: Query) -> Result<String, UpstreamError> {
    let (bytes, end) = read(upstream.query(query).await?).await;
    end.expect("the body is whole");
    Ok(String::from_utf8(bytes).unwrap())
}
