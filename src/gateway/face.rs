//! Faces: each turns a request in its own shape into one [`Statement`], or refuses it. They do no I/O.

pub(super) mod clickhouse;
pub(super) mod generic;
mod json;
pub(super) mod v0;

use http::{HeaderMap, header};

use super::Error;

/// One read, as a client asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Statement {
    pub(super) text: String,
    /// The format to answer in where the statement itself names none.
    pub(super) format: String,
    /// Engine settings, each checked against a list.
    pub(super) settings: Vec<(String, String)>,
    /// Values for `{name:Type}`, by name. Only those that the statement uses go on.
    pub(super) values: Vec<(String, String)>,
    /// What the request gives for parameters of pipes.
    pub(super) pipe_values: crate::pipe::Values,
    /// The pipe that `_` means.
    pub(super) pipeline: Option<String>,
}

/// What the type of a body says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Media {
    None,
    Text,
    Form,
    Json,
    Other,
}

/// Reads `Content-Type`: at most one, and no character set but UTF-8.
fn media(headers: &HeaderMap) -> Result<Media, Error> {
    let mut lines = headers.get_all(header::CONTENT_TYPE).iter();
    let (first, second) = (lines.next(), lines.next());
    if second.is_some() {
        return Err(Error::MediaType("it is given twice"));
    }
    let Some(value) = first else { return Ok(Media::None) };
    let value = value.to_str().map_err(|_| Error::MediaType("it is malformed"))?;
    let mut parts = value.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
    for parameter in parts {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let utf8 = value.trim_matches('"').eq_ignore_ascii_case("utf-8");
        if name.eq_ignore_ascii_case("charset") && !utf8 {
            return Err(Error::MediaType("the character set is not UTF-8"));
        }
    }
    Ok(match essence.as_str() {
        "text/plain" => Media::Text,
        "application/x-www-form-urlencoded" => Media::Form,
        "application/json" => Media::Json,
        _ => Media::Other,
    })
}

fn utf8(body: &[u8]) -> Result<&str, Error> {
    std::str::from_utf8(body).map_err(|_| Error::Malformed("the body is not UTF-8"))
}

/// The one text among several places where a statement may stand.
fn only(places: impl IntoIterator<Item = Option<String>>, name: &str) -> Result<String, Error> {
    let mut given = places.into_iter().flatten();
    let text =
        given.next().ok_or_else(|| Error::Parameter(format!("the request has no statement: `{name}` is missing")))?;
    if given.next().is_some() {
        return Err(Error::Parameter("the request has two statements".to_owned()));
    }
    Ok(text)
}

/// What a statement's typed parameters are given by: `param_<name>`.
fn values<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Vec<(String, String)>, Error> {
    let mut values: Vec<(String, String)> = Vec::new();
    for (name, value) in pairs {
        let Some(name) = name.strip_prefix("param_") else { continue };
        if values.iter().any(|(known, _)| known == name) {
            return Err(Error::Parameter(format!("the parameter `param_{name}` is given twice")));
        }
        values.push((name.to_owned(), value.to_owned()));
    }
    Ok(values)
}

/// Text that an upstream of Tinybird's kind would render before it runs is not the text that was judged.
fn without_template(text: &str) -> Result<(), Error> {
    if text.trim_start().starts_with('%') || text.contains("{{") || text.contains("{%") {
        return Err(Error::Parameter("templates are not supported in a statement".to_owned()));
    }
    Ok(())
}
