//! Tinybird's Data Sources and Events APIs: what a request asks for, as values of ours.

use http::header;

use crate::gateway::Error;
use crate::gateway::authenticate::Message;
use crate::gateway::parameters::Parameters;

/// Where a request goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::gateway) enum Place {
    /// `/v0/datasources`
    All,
    /// `/v0/datasources/{name}`
    One(String),
    /// `/v0/datasources/{name}/truncate`
    Truncate(String),
    /// `/v0/datasources/{name}/delete`
    Delete(String),
    /// `/v0/datasources/{name}/alter`
    Alter(String),
    /// `/v1/datasources/{name}/append`
    Append(String),
    /// `/v1/datasources/{name}/replace`
    Replace(String),
    /// `/v0/events`
    Events,
    /// `/v0/jobs`
    Jobs,
    /// `/v0/jobs/{id}`
    Job(String),
}

impl Place {
    /// The same place, its data source by the name that `by` makes of what the path says.
    pub(in crate::gateway) fn called(self, by: impl FnOnce(String) -> String) -> Self {
        match self {
            Self::One(name) => Self::One(by(name)),
            Self::Truncate(name) => Self::Truncate(by(name)),
            Self::Delete(name) => Self::Delete(by(name)),
            Self::Alter(name) => Self::Alter(by(name)),
            Self::Append(name) => Self::Append(by(name)),
            Self::Replace(name) => Self::Replace(by(name)),
            Self::All | Self::Events | Self::Jobs | Self::Job(_) => self,
        }
    }
}

/// What is to become of the rows that are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::gateway) enum Mode {
    Create,
    Append,
    Replace,
}

/// How the rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::gateway) enum Shape {
    /// A JSON object a line.
    Lines,
    /// One JSON object, or an array of them.
    Json,
    /// CSV. `header` is whether its first record names columns; unsaid, it is looked at.
    Csv { delimiter: u8, header: Option<bool> },
}

/// The mode of `POST /v0/datasources`. One that only has a schema makes a table.
pub(in crate::gateway) fn mode(parameters: &Parameters) -> Result<Mode, Error> {
    match parameters.one("mode")? {
        None | Some("create") => Ok(Mode::Create),
        Some("append") => Ok(Mode::Append),
        Some("replace") => Ok(Mode::Replace),
        Some(_) => Err(Error::Parameter("`mode` is create, append or replace".to_owned())),
    }
}

/// How the rows of a file are written. What is asked for and cannot be done is refused, never left out.
pub(in crate::gateway) fn shape(parameters: &Parameters) -> Result<Shape, Error> {
    for name in ["url", "replace_condition", "dialect_escapechar", "progress"] {
        if parameters.one(name)?.is_some_and(|value| !matches!(value, "" | "false")) {
            return Err(Error::Parameter(format!("the parameter `{name}` is not supported")));
        }
    }
    if !matches!(parameters.one("dialect_new_line")?.unwrap_or("\n"), "\n" | "\r\n" | "" | "\\n" | "\\r\\n") {
        return Err(Error::Parameter("lines end with a line feed".to_owned()));
    }
    match parameters.one("format")?.unwrap_or("csv") {
        "csv" => Ok(Shape::Csv { delimiter: delimiter(parameters)?, header: flag(parameters, "header")? }),
        "ndjson" => Ok(Shape::Lines),
        "json" => Ok(Shape::Json),
        _ => Err(Error::Parameter("`format` is csv, ndjson or json".to_owned())),
    }
}

fn delimiter(parameters: &Parameters) -> Result<u8, Error> {
    let text = parameters.one("dialect_delimiter")?.unwrap_or(",");
    match text.as_bytes() {
        [byte] if !byte.is_ascii_alphanumeric() && !matches!(byte, b'"' | b'\n' | b'\r' | b'\\' | 0x80..) => Ok(*byte),
        _ if text == "\\t" => Ok(b'\t'),
        _ => Err(Error::Parameter("`dialect_delimiter` is one sign".to_owned())),
    }
}

/// `true`, `false`, or nothing.
pub(in crate::gateway) fn flag(parameters: &Parameters, name: &str) -> Result<Option<bool>, Error> {
    match parameters.one(name)? {
        None | Some("") => Ok(None),
        Some("true" | "1") => Ok(Some(true)),
        Some("false" | "0") => Ok(Some(false)),
        Some(_) => Err(Error::Parameter(format!("the parameter `{name}` is true or false"))),
    }
}

/// The name of `name=`.
pub(in crate::gateway) fn name(parameters: &Parameters) -> Result<String, Error> {
    let name = parameters.one("name")?.filter(|name| !name.is_empty());
    name.map(str::to_owned).ok_or_else(|| Error::Parameter("the parameter `name` is missing".to_owned()))
}

/// The boundary of a multipart body; `None` for any other.
pub(in crate::gateway) fn boundary(message: &Message) -> Result<Option<String>, Error> {
    let Some(value) = message.headers.get(header::CONTENT_TYPE) else { return Ok(None) };
    let text = value.to_str().map_err(|_| Error::MediaType("it is malformed"))?;
    if !text.trim_start().to_ascii_lowercase().starts_with("multipart/") {
        return Ok(None);
    }
    multer::parse_boundary(text).map(Some).map_err(|_| Error::MediaType("a multipart body needs a boundary"))
}

/// Whether the body is a form.
pub(in crate::gateway) fn is_form(message: &Message) -> bool {
    let value = message.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// Whether the body is compressed. Nothing but gzip, once, comes this far.
pub(in crate::gateway) fn is_gzip(message: &Message) -> bool {
    message.headers.get(header::CONTENT_ENCODING).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"gzip"))
}
