//! What is sent: written from nothing, never from a client's request.

use std::fmt::Write as _;

use bytes::Bytes;
use form_urlencoded::Serializer;
use http::uri::PathAndQuery;
use http::{HeaderValue, Method, Request, Uri, header};
use http_body_util::Full;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::SettingsError;
use crate::token::Secret;
use crate::upstream::intake::quote;
use crate::upstream::{Format, Query, UpstreamError};

/// How long parameters in a target may be together, in bytes.
pub(super) const LONGEST_PARAMETERS: usize = 2_000;

/// What of a name may stand in a path as it is (RFC 3986 section 2.3). A name of dots alone is none.
const IN_PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Settings that the API takes as parameters of their own; the others stand in the statement.
const PARAMETERS: [&str; 3] = [
    "output_format_json_quote_64bit_integers",
    "output_format_json_quote_denormals",
    "output_format_parquet_string_as_string",
];

/// A body.
#[derive(Debug, Clone)]
pub(super) enum Payload {
    Nothing,
    Text(String),
    Form(Vec<(String, String)>),
    Lines(Bytes),
}

/// Makes requests.
#[derive(Debug)]
pub(super) struct Requests {
    base: Uri,
    authorization: HeaderValue,
}

impl Requests {
    pub(super) fn new(base: &Uri, token: &Secret) -> Result<Self, SettingsError> {
        let text = format!("Bearer {}", token.expose());
        let mut authorization = HeaderValue::from_str(&text).map_err(|_| SettingsError::Credential)?;
        authorization.set_sensitive(true);
        Ok(Self { base: base.clone(), authorization })
    }

    /// A request; `None` when its target is longer than one may be, or a part of its path is none.
    pub(super) fn make(
        &self,
        method: Method,
        path: &[&str],
        parameters: &[(String, String)],
        payload: &Payload,
    ) -> Option<Request<Full<Bytes>>> {
        let (kind, body) = match payload {
            Payload::Nothing => (None, Bytes::new()),
            Payload::Text(text) => (Some("text/plain; charset=utf-8"), text.clone().into()),
            Payload::Form(pairs) => (Some("application/x-www-form-urlencoded"), encoded(pairs).into()),
            Payload::Lines(lines) => (Some("application/x-ndjson"), lines.clone()),
        };
        self.around(method, path, parameters, kind, Full::new(body))
    }

    /// The same around any body.
    pub(super) fn around<B: Default>(
        &self,
        method: Method,
        path: &[&str],
        parameters: &[(String, String)],
        kind: Option<&'static str>,
        body: B,
    ) -> Option<Request<B>> {
        let mut target = String::new();
        for segment in path {
            if segment.is_empty() || segment.bytes().all(|byte| byte == b'.') {
                return None;
            }
            let _ = write!(target, "/{}", utf8_percent_encode(segment, IN_PATH));
        }
        if !parameters.is_empty() {
            let _ = write!(target, "?{}", encoded(parameters));
        }
        let mut parts = self.base.clone().into_parts();
        parts.path_and_query = Some(target.parse::<PathAndQuery>().ok().filter(|sent| sent.as_str() == target)?);
        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = Uri::from_parts(parts).ok()?;
        request.headers_mut().insert(header::AUTHORIZATION, self.authorization.clone());
        if let Some(kind) = kind {
            request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        Some(request)
    }
}

/// The text of a query with everything that belongs into it, and what stands beside it.
pub(super) fn statement(query: &Query) -> Result<(String, Vec<(String, String)>), UpstreamError> {
    let (mut text, mut parameters) = (query.text.clone(), Vec::new());
    let mut separator = " SETTINGS ";
    for (name, value) in &query.settings {
        if PARAMETERS.contains(&name.as_str()) {
            parameters.push((name.clone(), value.clone()));
            continue;
        }
        let _ = write!(text, "{separator}{name} = ");
        separator = ", ";
        if value.parse::<u64>().is_ok() {
            text.push_str(value);
        } else {
            // Writing to a String cannot fail.
            let _ = quote(&mut text, value);
        }
    }
    let _ = write!(text, " FORMAT {}", asked_for(query.format, query.filtered)?);
    parameters.extend(query.parameters.iter().map(|(name, value)| (format!("param_{name}"), value.clone())));
    Ok((text, parameters))
}

/// The format that the upstream is asked for.
pub(super) fn asked_for(format: Format, filtered: bool) -> Result<&'static str, UpstreamError> {
    let other = if filtered { format.beside_filters(true) } else { Some(format.name()) };
    other.ok_or(UpstreamError::Format(format.name()))
}

pub(super) fn too_long() -> UpstreamError {
    UpstreamError::Rejected { code: None, message: "the request's parameters are too long".to_owned() }
}

fn encoded(pairs: &[(String, String)]) -> String {
    Serializer::new(String::new()).extend_pairs(pairs).finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn requests() -> Requests {
        Requests::new(&Uri::from_static("http://127.0.0.1:1"), &Secret::new("own".to_owned())).unwrap()
    }

    #[test]
    fn a_name_is_one_segment_of_the_path_or_nothing() {
        let target = |name: &str| {
            let parameters = [("a".to_owned(), "b&c=d e".to_owned())];
            let request = requests().make(Method::GET, &["v0", "pipes", name], &parameters, &Payload::Nothing)?;
            assert_eq!(request.headers()[header::AUTHORIZATION], "Bearer own");
            Some(request.uri().path_and_query()?.as_str().to_owned())
        };
        assert_eq!(target("top.json").as_deref(), Some("/v0/pipes/top.json?a=b%26c%3Dd+e"));
        assert_eq!(target("a/../b?c#d%2f").as_deref(), Some("/v0/pipes/a%2F..%2Fb%3Fc%23d%252f?a=b%26c%3Dd+e"));
        assert_eq!(target("é").as_deref(), Some("/v0/pipes/%C3%A9?a=b%26c%3Dd+e"));
        for none in ["", ".", ".."] {
            assert_eq!(target(none), None, "{none}");
        }
    }

    #[test]
    fn settings_stand_in_the_text_unless_the_api_has_them() {
        let query = Query {
            text: "SELECT 1".to_owned(),
            format: Format::JSON,
            settings: [("max_threads", "2"), ("output_format_json_quote_denormals", "1"), ("join_algorithm", "a'b")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .to_vec(),
            parameters: vec![("x".to_owned(), "1'".to_owned())],
            tables: vec![],
            filtered: false,
            fallible: false,
            table_filters: vec![],
            id: String::new(),
        };
        let (text, parameters) = statement(&query).unwrap();
        assert_eq!(text, r"SELECT 1 SETTINGS max_threads = 2, join_algorithm = 'a\'b' FORMAT JSON");
        let expected = [("output_format_json_quote_denormals", "1"), ("param_x", "1'")];
        assert_eq!(parameters, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
}
