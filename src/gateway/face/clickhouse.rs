//! ClickHouse's HTTP interface, for its own drivers.
//!
//! - The statement stands in `?query=` or is the body. ClickHouse joins the two; here both at once is refused.
//! - Parameters are on a list with bounds ([`parameters`]); another one is ClickHouse's error 115.
//! - A format is asked for by the statement, else by `X-ClickHouse-Format`, else by `default_format`, in ClickHouse's own
//!   order; without any it is `TabSeparated`.

mod parameters;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, Method};

use crate::gateway::Error;
use crate::gateway::authenticate::Message;

use super::{Media, Statement};

#[cfg(test)]
mod tests;

const FORMAT: HeaderName = HeaderName::from_static("x-clickhouse-format");
const DATABASE: HeaderName = HeaderName::from_static("x-clickhouse-database");

/// Reads the statement of a request whose body has been read. `database` is the only one that may be named.
pub(in crate::gateway) fn statement(message: &Message, body: &Bytes, database: &str) -> Result<Statement, Error> {
    let settings = parameters::settings(&message.parameters)?;
    let named = [header(&message.headers, &DATABASE)?, message.parameters.one("database")?];
    if let Some(other) = named.into_iter().flatten().find(|name| !name.is_empty() && *name != database) {
        return Err(Error::Database(other.to_owned()));
    }
    let format = match header(&message.headers, &FORMAT)? {
        Some(format) if !format.is_empty() => format,
        _ => message.parameters.one("default_format")?.filter(|name| !name.is_empty()).unwrap_or("TabSeparated"),
    };
    let text = text(message, body)?;
    super::without_template(&text)?;
    Ok(Statement {
        text,
        format: format.to_owned(),
        settings,
        values: super::values(message.parameters.iter())?,
        pipe_values: crate::pipe::Values::new(),
        pipeline: None,
    })
}

fn text(message: &Message, body: &Bytes) -> Result<String, Error> {
    let in_query = message.parameters.one("query")?.filter(|text| !text.trim().is_empty()).map(str::to_owned);
    let in_body = if message.method == Method::POST && !body.is_empty() {
        if super::media(&message.headers)? == Media::Other && is_multipart(&message.headers) {
            return Err(Error::MediaType("external tables are not supported"));
        }
        Some(super::utf8(body)?.to_owned()).filter(|text| !text.trim().is_empty())
    } else {
        None
    };
    super::only([in_query, in_body], "query")
}

fn is_multipart(headers: &HeaderMap) -> bool {
    let value = headers.get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.trim_start().to_ascii_lowercase().starts_with("multipart/")
}

fn header<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Error> {
    let mut lines = headers.get_all(name).iter();
    let (first, second) = (lines.next(), lines.next());
    if second.is_some() {
        return Err(Error::Malformed("a header is given twice"));
    }
    first.map(|value| value.to_str().map_err(|_| Error::Malformed("a header is not plain ASCII"))).transpose()
}
