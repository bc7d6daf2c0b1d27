//! Tinybird's endpoints, `/v0/pipes/{name}.{format}`: a pipe's parameters, wherever they stand, and a statement over it.
//!
//! - Parameters come by query, form or JSON. One name with two different values is refused; the same name several times in
//!   one place is an array.
//! - What clients say of themselves, and what the API means by a name, is no parameter of a pipe.
//! - A statement is `q`, or a body of plain SQL; `_` in it is the pipe.

use bytes::Bytes;
use http::Method;

use crate::gateway::Error;
use crate::gateway::authenticate::Message;
use crate::gateway::face::json::Json;
use crate::gateway::face::{Media, Statement, media, utf8, values, without_template};
use crate::gateway::parameters::Parameters;
use crate::pipe::{Given, Values};

/// Names that mean something else than a parameter of a pipe.
const RESERVED: &[&str] = &[
    "__tb__client",
    "__tb__deployment",
    "__tb__semver",
    "attrs",
    "cli_version",
    "debug",
    "dependencies",
    "explain",
    "from",
    "node_attrs",
    "pipe_checker",
    "pipeline",
    "playground",
    "q",
    "release_replacements",
    "token",
];

/// The formats of an endpoint, by the ending of its path.
const FORMATS: &[(&str, &str)] = &[
    ("json", "JSON"),
    ("csv", "CSVWithNames"),
    ("ndjson", "JSONEachRow"),
    ("parquet", "Parquet"),
    ("prometheus", "Prometheus"),
];

/// The pipe and the format that a path's last part names: `top.json`.
pub(in crate::gateway) fn endpoint(segment: &str) -> Option<(String, &'static str)> {
    let (name, ending) = segment.rsplit_once('.')?;
    FORMATS.iter().find(|(known, _)| *known == ending).map(|(_, format)| (name.to_owned(), *format))
}

/// A read of a pipe: the statement over it, if there is one, and everything that stands beside it.
pub(in crate::gateway) fn read(
    message: &Message,
    body: &Bytes,
    format: &'static str,
) -> Result<(Option<String>, Statement), Error> {
    let in_query = message.parameters.one("q")?.filter(|text| !text.trim().is_empty()).map(str::to_owned);
    let in_body = match (&message.method, media(&message.headers)?) {
        (&Method::POST, Media::None | Media::Text) if !body.is_empty() => Some(utf8(body)?.to_owned()),
        // curl's `--data` calls plain SQL a form.
        (&Method::POST, Media::Form) if is_plain_sql(body) => Some(utf8(body)?.to_owned()),
        (&Method::POST, Media::Form) => Parameters::parse(body)?.one("q")?.map(str::to_owned),
        (&Method::POST, Media::Json) => match Json::parse(body)?.at("/q") {
            Some(Json::Text(text)) => Some(text.clone()),
            _ => None,
        },
        (&Method::POST, Media::Other) if !body.is_empty() => {
            return Err(Error::MediaType("send text/plain, a form or JSON"));
        }
        _ => None,
    };
    if in_query.is_some() && in_body.is_some() {
        return Err(Error::Parameter("the request has two statements".to_owned()));
    }
    let text = in_query.or(in_body);
    text.as_deref().map_or(Ok(()), without_template)?;
    let statement = Statement {
        text: text.clone().unwrap_or_default(),
        format: format.to_owned(),
        settings: super::settings(message.parameters.iter())?,
        values: values(message.parameters.iter())?,
        pipe_values: given(message, body)?,
        pipeline: None,
    };
    Ok((text, statement))
}

/// What a request gives for the parameters of pipes.
pub(in crate::gateway) fn given(message: &Message, body: &Bytes) -> Result<Values, Error> {
    let mut found = gather(message.parameters.iter().map(|(name, value)| (name.to_owned(), value.to_owned())));
    let in_body = match (&message.method, media(&message.headers)?) {
        (&Method::POST, Media::Form) if !is_plain_sql(body) => {
            let fields = Parameters::parse(body)?;
            gather(fields.iter().map(|(name, value)| (name.to_owned(), value.to_owned())))
        }
        (&Method::POST, Media::Json) if !body.is_empty() => of_json(&Json::parse(body)?)?,
        _ => Values::new(),
    };
    for (name, value) in in_body {
        match found.get(&name) {
            Some(known) if *known != value => {
                return Err(Error::Parameter(format!("the parameter `{name}` has two values")));
            }
            _ => {
                found.insert(name, value);
            }
        }
    }
    Ok(found)
}

fn gather(pairs: impl Iterator<Item = (String, String)>) -> Values {
    let mut found = Values::new();
    for (name, value) in pairs.filter(|(name, _)| is_parameter(name)) {
        let given = match found.remove(&name) {
            None => Given::One(value),
            Some(Given::One(first)) => Given::Many(vec![first, value]),
            Some(Given::Many(mut values)) => {
                values.push(value);
                Given::Many(values)
            }
            Some(Given::Other) => Given::Other,
        };
        found.insert(name, given);
    }
    found
}

fn of_json(json: &Json) -> Result<Values, Error> {
    let members = json.members().ok_or(Error::Malformed("the body is not a JSON object"))?;
    let mut found = Values::new();
    for (name, value) in members.iter().filter(|(name, _)| is_parameter(name)) {
        let one = |value: &Json| match value {
            Json::Text(value) | Json::Scalar(value) => Some(value.clone()),
            _ => None,
        };
        let given = match value {
            Json::Null => continue,
            Json::Array(items) => items.iter().map(one).collect::<Option<Vec<_>>>().map(Given::Many),
            value => one(value).map(Given::One),
        };
        // Given, and no value: a pipe that has such a parameter must not take its default for it.
        found.insert(name.clone(), given.unwrap_or(Given::Other));
    }
    Ok(found)
}

fn is_parameter(name: &str) -> bool {
    RESERVED.binary_search(&name).is_err() && !name.starts_with("output_format_")
}

pub(super) fn is_plain_sql(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body);
    let first: String = text.trim_start().chars().take_while(char::is_ascii_alphabetic).collect();
    let behind = text.trim_start().get(first.len()..).and_then(|rest| rest.chars().next());
    matches!(first.to_ascii_lowercase().as_str(), "select" | "with") && behind.is_some_and(char::is_whitespace)
}
