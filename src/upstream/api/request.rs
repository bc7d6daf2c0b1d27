//! What is sent: a fixed request with one hole, for the text.

use bytes::Bytes;
use form_urlencoded::Serializer;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Method, Request, Uri, header};
use http_body_util::Full;
use serde_json::{Value, json};

use super::{Settings, SettingsError, SqlPlace};

/// A request without its text.
#[derive(Debug)]
pub(super) struct Template {
    base: Uri,
    method: Method,
    path: String,
    place: SqlPlace,
    parameters: Vec<(String, String)>,
    headers: HeaderMap,
    health: Option<Uri>,
}

impl Template {
    pub(super) fn new(settings: &Settings) -> Result<Self, SettingsError> {
        check(settings)?;
        let mut headers = HeaderMap::new();
        for (name, secret) in &settings.headers {
            let mut value = HeaderValue::from_str(secret.expose()).map_err(|_| SettingsError::Credential)?;
            value.set_sensitive(true);
            headers.append(name.clone(), value);
        }
        if let Some(kind) = content_type(&settings.place) {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        let health = settings.health_path.as_deref().map(|path| {
            at(&settings.base, path).ok_or_else(|| SettingsError::Request(format!("`{path}` is not a path")))
        });
        Ok(Self {
            base: settings.base.clone(),
            method: settings.method.clone(),
            path: settings.path.clone(),
            place: settings.place.clone(),
            parameters: settings.parameters.clone(),
            headers,
            health: health.transpose()?,
        })
    }

    /// The request for a text; `None` when the text is longer than a URI may be.
    pub(super) fn query(&self, text: &str) -> Option<Request<Full<Bytes>>> {
        let own = self.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let in_target = match &self.place {
            SqlPlace::QueryParameter(name) => Some((name.as_str(), text)),
            SqlPlace::Body | SqlPlace::FormField(_) | SqlPlace::JsonPointer(_) => None,
        };
        let encoded = encode(own.chain(in_target));
        let target = if encoded.is_empty() { self.path.clone() } else { format!("{}?{encoded}", self.path) };
        let mut request = Request::new(Full::new(self.body(text)));
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = at(&self.base, &target)?;
        *request.headers_mut() = self.headers.clone();
        Some(request)
    }

    /// The health check, with the same credential: some APIs answer nothing without one.
    pub(super) fn health(&self) -> Option<Request<Full<Bytes>>> {
        let mut request = Request::new(Full::default());
        *request.uri_mut() = self.health.clone()?;
        *request.headers_mut() = self.headers.clone();
        request.headers_mut().remove(header::CONTENT_TYPE);
        Some(request)
    }

    fn body(&self, text: &str) -> Bytes {
        match &self.place {
            SqlPlace::QueryParameter(_) => Bytes::new(),
            SqlPlace::Body => text.to_owned().into(),
            SqlPlace::FormField(name) => encode([(name.as_str(), text)].into_iter()).into(),
            SqlPlace::JsonPointer(pointer) => document(pointer, text).to_string().into(),
        }
    }
}

fn check(settings: &Settings) -> Result<(), SettingsError> {
    let fail = |message: String| Err(SettingsError::Request(message));
    let in_body = !matches!(settings.place, SqlPlace::QueryParameter(_));
    if settings.method != Method::POST && (settings.method != Method::GET || in_body) {
        return fail(format!("the method `{}` cannot carry the query there", settings.method));
    }
    let path = &settings.path;
    if !path.starts_with('/') || path.contains(['?', '#']) || at(&settings.base, path).is_none() {
        return fail(format!("`{path}` is not a path"));
    }
    match &settings.place {
        SqlPlace::QueryParameter(name) if settings.parameters.iter().any(|(other, _)| other == name) => {
            fail(format!("the parameter `{name}` is the query's own"))
        }
        SqlPlace::JsonPointer(pointer) if !pointer.starts_with('/') => {
            fail(format!("`{pointer}` is not a JSON pointer to a member"))
        }
        _ => Ok(()),
    }
}

fn content_type(place: &SqlPlace) -> Option<&'static str> {
    match place {
        SqlPlace::QueryParameter(_) => None,
        SqlPlace::Body => Some("text/plain; charset=utf-8"),
        SqlPlace::FormField(_) => Some("application/x-www-form-urlencoded"),
        SqlPlace::JsonPointer(_) => Some("application/json"),
    }
}

fn at(base: &Uri, target: &str) -> Option<Uri> {
    let mut parts = base.clone().into_parts();
    parts.path_and_query = Some(target.parse::<PathAndQuery>().ok()?);
    Uri::from_parts(parts).ok()
}

fn encode<'p>(pairs: impl Iterator<Item = (&'p str, &'p str)>) -> String {
    Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// The smallest document that holds the text at the pointer: `0` makes an array of one, everything else a member.
fn document(pointer: &str, text: &str) -> Value {
    let parts = pointer.split('/').skip(1).map(|part| part.replace("~1", "/").replace("~0", "~"));
    let parts: Vec<String> = parts.collect();
    parts
        .into_iter()
        .rfold(Value::from(text), |inner, part| if part == "0" { json!([inner]) } else { json!({ part: inner }) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_makes_the_smallest_document() {
        assert_eq!(document("/sql", "SELECT 1").to_string(), r#"{"sql":"SELECT 1"}"#);
        assert_eq!(document("/0", "SELECT 'a\"'").to_string(), r#"["SELECT 'a\"'"]"#);
        assert_eq!(document("/query/a~1b", "x").to_string(), r#"{"query":{"a/b":"x"}}"#);
    }
}
