//! Tinybird's query API, `/v0/sql`.
//!
//! | body of a POST | the statement is |
//! |---|---|
//! | `text/plain`, or no type | the whole body |
//! | a form with a field `q` | that field |
//! | a form without one (curl's `--data`) | the whole body, as it is |
//! | a JSON object | its member `q` |
//!
//! - It stands in exactly one place: `q` in the query *and* in the body is refused, so is `q` twice.
//! - The answer is JSON unless the statement's FORMAT clause says otherwise.
//! - Parameters that are not ours are parameters of the pipes that the statement names; `pipeline` names the pipe that `_`
//!   means. Templates are refused.

pub(in crate::gateway) mod attributes;
pub(in crate::gateway) mod datasources;
pub(in crate::gateway) mod schema;

use bytes::Bytes;
use http::Method;

use crate::gateway::Error;
use crate::gateway::authenticate::Message;
use crate::gateway::parameters::Parameters;

use super::json::Json;
use super::{Media, Statement};

pub(in crate::gateway) mod pipe_edits;
pub(in crate::gateway) mod pipes;
#[cfg(test)]
mod tests;
pub(in crate::gateway) mod tokens;
pub(in crate::gateway) mod ttl;

/// Output settings of the engine that the API passes on; each is a switch.
const SETTINGS: [&str; 3] = [
    "output_format_json_quote_64bit_integers",
    "output_format_json_quote_denormals",
    "output_format_parquet_string_as_string",
];

/// Reads the statement of a request whose body has been read.
pub(in crate::gateway) fn statement(message: &Message, body: &Bytes) -> Result<Statement, Error> {
    let in_query = message.parameters.one("q")?.map(str::to_owned);
    let (in_body, fields) = if message.method == Method::POST && !body.is_empty() {
        read_body(message, body)?
    } else {
        (None, Parameters::default())
    };
    let text = super::only([in_query, in_body], "q")?;
    super::without_template(&text)?;
    let pairs = || message.parameters.iter().chain(fields.iter());
    let mut pipelines =
        pairs().filter(|(name, value)| *name == "pipeline" && !value.is_empty()).map(|(_, value)| value);
    let pipeline = pipelines.next().map(str::to_owned);
    if pipelines.next().is_some() {
        return Err(Error::Parameter("the parameter `pipeline` is given twice".to_owned()));
    }
    Ok(Statement {
        text,
        format: "JSON".to_owned(),
        settings: settings(pairs())?,
        values: super::values(pairs())?,
        pipe_values: pipes::given(message, body)?,
        pipeline,
    })
}

/// The engine settings among the parameters.
fn settings<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Vec<(String, String)>, Error> {
    pairs.filter(|(name, _)| SETTINGS.contains(name)).map(|(name, value)| switch(name, value)).collect()
}

/// The statement in a body, and the parameters that came beside it.
fn read_body(message: &Message, body: &Bytes) -> Result<(Option<String>, Parameters), Error> {
    let whole = || Ok((Some(super::utf8(body)?.to_owned()), Parameters::default()));
    match super::media(&message.headers)? {
        Media::None | Media::Text => whole(),
        Media::Form => match form(body)? {
            Some((text, fields)) => Ok((Some(text), fields)),
            None => whole(),
        },
        Media::Json => json(body),
        Media::Other => Err(Error::MediaType("send text/plain, a form or JSON")),
    }
}

/// A form, if the body is one with a field `q`; plain SQL rarely decodes, and never has that field.
fn form(body: &Bytes) -> Result<Option<(String, Parameters)>, Error> {
    let has_q = body.split(|byte| *byte == b'&').any(|pair| pair == b"q" || pair.starts_with(b"q="));
    if !has_q {
        return Ok(None);
    }
    let fields = Parameters::parse(body)?;
    let text = fields.one("q")?.unwrap_or_default().to_owned();
    Ok(Some((text, fields)))
}

fn json(body: &Bytes) -> Result<(Option<String>, Parameters), Error> {
    let json = Json::parse(body)?;
    let members = json.members().ok_or(Error::Malformed("the body is not a JSON object"))?;
    let mut text = None;
    let mut fields = Vec::new();
    for (name, value) in members {
        match (name.as_str(), value) {
            ("q", Json::Text(query)) => text = Some(query.clone()),
            ("q", _) => return Err(Error::Parameter("`q` is not a string".to_owned())),
            (_, Json::Text(value) | Json::Scalar(value)) => fields.push((name.clone(), value.clone())),
            (_, Json::Object(_) | Json::Array(_) | Json::Null) => {}
        }
    }
    Ok((text, fields.into_iter().collect()))
}

fn switch(name: &str, value: &str) -> Result<(String, String), Error> {
    let value = match value {
        "0" | "false" => "0",
        "1" | "true" => "1",
        _ => return Err(Error::Parameter(format!("the parameter `{name}` is 0 or 1"))),
    };
    Ok((name.to_owned(), value.to_owned()))
}
