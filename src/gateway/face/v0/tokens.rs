//! Tinybird's Tokens API, `/v0/tokens`: what is asked, and how a token is told.
//!
//! | call | asks |
//! |---|---|
//! | `GET /v0/tokens` | all tokens |
//! | `POST /v0/tokens` | a new token; with `expiration_time` a JWT |
//! | `GET /v0/tokens/{which}` | one token; `{which}.token`: as a data file |
//! | `PUT /v0/tokens/{which}` | to replace its name, its description, its scopes |
//! | `POST /v0/tokens/{which}/refresh` | a new value for it |
//! | `DELETE /v0/tokens/{which}` | to remove it |
//!
//! - `{which}` is a name, an id or a value.
//! - Fields come in the query, in a form or in a JSON object; `scope` as often as there are scopes. The command line `tb` sends
//!   a body without a type: what begins with `{` is JSON, anything else a form.
//! - A field that is given twice is refused; fields that nobody knows are left alone, because every client sends some. Only
//!   beside a filter they are refused: `tb` does not encode scopes, so an `&` in a filter ends it and the rest looks like a field.

use std::num::NonZeroU32;

use bytes::Bytes;
use http::Method;

use crate::gateway::Error;
use crate::gateway::authenticate::Message;
use crate::gateway::credential;
use crate::gateway::face::json::Json;
use crate::gateway::face::{Media, media, utf8};
use crate::gateway::parameters::Parameters;
use crate::gateway::route::Endpoint;
use crate::store::{NewToken, OnWidening, Replacement};
use crate::token::moment::Moment;

#[cfg(test)]
mod tests;

/// What the Tokens API needs to know.
#[derive(Debug, Clone, Default)]
pub struct TokensApi {
    /// The host that token values name.
    pub host: String,
    /// What happens to a change that widens.
    pub on_widening: OnWidening,
}

/// A JWT that is asked for. It is not stored.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::gateway) struct JwtRequest {
    /// Its name, for figures and its rate.
    pub name: String,
    /// When it ends.
    pub expiration: Moment,
    /// What it may do.
    pub scopes: Vec<JwtScope>,
    /// Requests a second; `None` means no limit.
    pub requests_per_second: Option<NonZeroU32>,
}

/// One scope of a JWT, as it was sent.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::gateway) struct JwtScope {
    /// Such as `PIPES:READ`.
    pub kind: String,
    /// The pipe or the data source.
    pub resource: Option<String>,
    /// Parameters of the pipe that the bearer cannot change.
    pub fixed_params: serde_json::Map<String, serde_json::Value>,
    /// Which rows of the data source.
    pub filter: Option<String>,
}

/// What is asked of the Tokens API.
#[derive(Debug)]
pub(in crate::gateway) enum Asked {
    List,
    Show(String),
    Create(NewToken),
    Mint(JwtRequest),
    Replace(String, Replacement),
    Refresh(String, Option<u64>),
    Remove(String),
}

/// Reads a request whose body has been read.
pub(in crate::gateway) fn asked(message: &Message, body: &Bytes) -> Result<Asked, Error> {
    match (&message.endpoint, &message.method) {
        (Endpoint::Tokens, &Method::POST) => Fields::read(message, body)?.create(body),
        (Endpoint::Tokens, _) => Ok(Asked::List),
        (Endpoint::Token(which), &Method::PUT) => Fields::read(message, body)?.replace(which),
        (Endpoint::Token(which), &Method::DELETE) => Ok(Asked::Remove(which.clone())),
        (Endpoint::Token(which), _) => Ok(Asked::Show(which.clone())),
        (Endpoint::TokenRefresh(which), _) => {
            let fields = Fields::read(message, body)?;
            Ok(Asked::Refresh(which.clone(), fields.number("grace")?))
        }
        _ => Err(Error::NotFound),
    }
}

/// The fields of a request, wherever they stood.
#[derive(Debug)]
struct Fields {
    pairs: Parameters,
    /// `None` where no scope is mentioned, which is something else than none.
    scopes: Option<Vec<String>>,
    json: bool,
}

impl Fields {
    fn read(message: &Message, body: &Bytes) -> Result<Self, Error> {
        let json = match media(&message.headers)? {
            Media::Json => !body.is_empty(),
            Media::None | Media::Text => body.trim_ascii_start().starts_with(b"{"),
            Media::Form => false,
            Media::Other => return Err(Error::MediaType("send a form or JSON")),
        };
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        let mut pairs: Vec<(String, String)> = message.parameters.iter().map(owned).collect();
        let mut scopes = Vec::new();
        let mut mentioned = false;
        if json {
            let body = Json::parse(body)?;
            let members = body.members().ok_or(Error::Malformed("the body is not a JSON object"))?;
            // Scopes of a JWT have a form of their own; `jwt` reads them.
            let is_jwt =
                members.iter().map(|(name, _)| name.as_str()).chain(message.parameters.iter().map(|(name, _)| name));
            let is_jwt = is_jwt.into_iter().any(|name| name == "expiration_time");
            for (name, value) in members {
                match (name.as_str(), value) {
                    ("scope" | "scopes", _) if is_jwt => {}
                    ("scope" | "scopes", value) => {
                        mentioned = true;
                        scopes.extend(listed(value)?);
                    }
                    (_, Json::Text(value) | Json::Scalar(value)) => pairs.push((name.clone(), value.clone())),
                    (_, Json::Object(_) | Json::Array(_) | Json::Null) => {}
                }
            }
        } else {
            let form = Parameters::parse(utf8(body)?.trim().as_bytes())?.without(&credential::NAMES);
            pairs.extend(form.iter().map(owned));
        }
        let sent = pairs.iter().filter(|(name, _)| name == "scope").map(|(_, scope)| scope.clone());
        let sent: Vec<String> = sent.collect();
        if mentioned && !sent.is_empty() {
            return Err(Error::Parameter("the scopes stand in the body and beside it".to_owned()));
        }
        mentioned |= !sent.is_empty();
        if sent.iter().any(|scope| scope.matches(':').count() > 2) {
            whole(&pairs)?;
        }
        scopes.extend(sent);
        pairs.retain(|(name, _)| name != "scope");
        Ok(Self { pairs: pairs.into_iter().collect(), scopes: mentioned.then_some(scopes), json })
    }

    fn text(&self, name: &str) -> Result<Option<String>, Error> {
        Ok(self.pairs.one(name)?.filter(|text| !text.is_empty()).map(str::to_owned))
    }

    fn number(&self, name: &str) -> Result<Option<u64>, Error> {
        let wrong = |_| Error::Parameter(format!("`{name}` is a whole number"));
        self.text(name)?.map(|text| text.parse().map_err(wrong)).transpose()
    }

    fn moment(&self, name: &str) -> Result<Option<Moment>, Error> {
        let wrong = |error| Error::Parameter(format!("`{name}`: {error}"));
        self.text(name)?.map(|text| text.parse().map_err(wrong)).transpose()
    }

    fn create(self, body: &Bytes) -> Result<Asked, Error> {
        let name = self.text("name")?.ok_or_else(|| Error::Parameter("`name` is missing".to_owned()))?;
        if let Some(expiration) = self.moment("expiration_time")? {
            let (scopes, requests_per_second) = if self.json { jwt(body)? } else { (Vec::new(), None) };
            return Ok(Asked::Mint(JwtRequest { name, expiration, scopes, requests_per_second }));
        }
        Ok(Asked::Create(NewToken {
            name,
            description: self.text("description")?,
            origin: self.origin()?,
            resource_id: self.text("resource_id")?,
            expires: self.moment("expires")?,
            scopes: self.scopes.unwrap_or_default(),
        }))
    }

    /// Tinybird's codes of what makes a token; no other word comes in, because ours mean something.
    fn origin(&self) -> Result<Option<String>, Error> {
        match self.text("origin")? {
            Some(code) if !matches!(code.as_str(), "C" | "P" | "DS" | "T") => {
                Err(Error::Parameter("`origin` is one of C, P, DS and T".to_owned()))
            }
            code => Ok(code),
        }
    }

    fn replace(self, which: &str) -> Result<Asked, Error> {
        let description = self.pairs.one("description")?.map(str::to_owned);
        let replacement = Replacement { name: self.text("name")?, description, scopes: self.scopes };
        Ok(Asked::Replace(which.to_owned(), replacement))
    }
}

/// The fields that may stand beside a filter: ours, and what clients say of themselves.
const FIELDS: [&str; 10] = [
    "cli_version",
    "description",
    "expiration_time",
    "expires",
    "from",
    "grace",
    "name",
    "origin",
    "resource_id",
    "scope",
];

/// Refuses what may be the end of a filter that was cut at an `&`: the beginning could be a filter too, and a wider one.
fn whole(pairs: &[(String, String)]) -> Result<(), Error> {
    let known = |name: &str| FIELDS.contains(&name) || name.starts_with("__tb__");
    if pairs.iter().all(|(name, _)| known(name)) {
        return Ok(());
    }
    Err(Error::Parameter(
        "beside a filter stands a field that no token has: an `&` in a filter is written %26".to_owned(),
    ))
}

/// Scopes in JSON: a text, or a list of texts and objects.
fn listed(value: &Json) -> Result<Vec<String>, Error> {
    match value {
        Json::Text(scope) => Ok(vec![scope.clone()]),
        Json::Array(items) => items.iter().map(one).collect(),
        _ => Err(Error::Parameter("the scopes are a list".to_owned())),
    }
}

/// One scope in JSON, in the form that has one parser.
fn one(value: &Json) -> Result<String, Error> {
    let wrong = |message: &str| Error::Parameter(message.to_owned());
    let members = match value {
        Json::Text(scope) => return Ok(scope.clone()),
        Json::Object(members) => members,
        _ => return Err(wrong("a scope is a text, or an object with `type`")),
    };
    let (mut kind, mut resource, mut filter) = (None, None, None);
    for (name, value) in members {
        let place = match name.as_str() {
            "type" => &mut kind,
            "resource" => &mut resource,
            "filter" => &mut filter,
            // It would be left out in silence, and with it a bound that somebody counts on.
            "fixed_params" if !empty(value) => {
                return Err(wrong("only the scopes of a JWT have `fixed_params`: send `expiration_time` for one"));
            }
            "fixed_params" => continue,
            _ => return Err(wrong("a scope has `type`, `resource` and `filter`, and nothing else")),
        };
        *place = match value {
            Json::Text(text) => Some(text.as_str()),
            Json::Null => None,
            _ => return Err(wrong("`type`, `resource` and `filter` are texts")),
        };
    }
    let kind = kind.ok_or_else(|| wrong("a scope has no `type`"))?;
    if kind.matches(':').count() > 1 || resource.is_some_and(|name| name.contains(':')) {
        return Err(wrong("neither `type` nor `resource` holds the parts behind it"));
    }
    match (resource, filter) {
        (None, None) => Ok(kind.to_owned()),
        (Some(resource), None) => Ok(format!("{kind}:{resource}")),
        (Some(resource), Some(filter)) => Ok(format!("{kind}:{resource}:{filter}")),
        (None, Some(_)) => Err(wrong("a scope with a `filter` names its `resource`")),
    }
}

fn empty(value: &Json) -> bool {
    match value {
        Json::Object(members) => members.is_empty(),
        other => *other == Json::Null,
    }
}

type Jwt = (Vec<JwtScope>, Option<NonZeroU32>);

/// The scopes and the rate of a JWT. The body has been read once already, by the reader that refuses a member named twice.
fn jwt(body: &Bytes) -> Result<Jwt, Error> {
    let wrong = |message: &str| Error::Parameter(message.to_owned());
    let body: serde_json::Value =
        serde_json::from_slice(body).map_err(|_| Error::Malformed("the body is not valid JSON"))?;
    let scopes = match body.get("scopes").or(body.get("scope")) {
        None => Vec::new(),
        Some(scopes) => scopes.as_array().cloned().ok_or_else(|| wrong("the scopes are a list"))?,
    };
    let scope = |value: serde_json::Value| {
        let serde_json::Value::Object(mut members) = value else {
            return Err(wrong("a scope of a JWT is an object"));
        };
        let mut text = |name: &str| match members.remove(name) {
            None | Some(serde_json::Value::Null) => Ok(None),
            Some(serde_json::Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(wrong("`type`, `resource` and `filter` are texts")),
        };
        let (kind, resource, filter) = (text("type")?, text("resource")?, text("filter")?);
        let fixed_params = match members.remove("fixed_params") {
            None | Some(serde_json::Value::Null) => serde_json::Map::new(),
            Some(serde_json::Value::Object(parameters)) => parameters,
            Some(_) => return Err(wrong("`fixed_params` is an object")),
        };
        if !members.is_empty() {
            return Err(wrong(
                "a scope of a JWT has `type`, `resource`, `filter` and `fixed_params`, and nothing else",
            ));
        }
        Ok(JwtScope { kind: kind.ok_or_else(|| wrong("a scope has no `type`"))?, resource, fixed_params, filter })
    };
    let rate = match body.pointer("/limits/rps") {
        None | Some(serde_json::Value::Null) => None,
        // Zero and less mean no limit, as Tinybird has it.
        Some(rate) => {
            let rate = rate.as_i64().ok_or_else(|| wrong("`limits.rps` is a whole number"))?;
            NonZeroU32::new(u32::try_from(rate.max(0)).map_err(|_| wrong("`limits.rps` is too large"))?)
        }
    };
    Ok((scopes.into_iter().map(scope).collect::<Result<_, _>>()?, rate))
}
