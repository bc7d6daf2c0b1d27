//! Finds the one credential of a request.
//!
//! | place | faces |
//! |---|---|
//! | `Authorization: Bearer <token>` (RFC 6750 section 2.1) | all |
//! | `?token=<token>` | all |
//! | `Authorization: Basic <user:token>`, the user ignored (RFC 7617) | clickhouse |
//! | `X-ClickHouse-Key: <token>` | clickhouse |
//! | `?password=<token>` | clickhouse |
//!
//! - Two of them that say the same are one (`tb push` sends header and query); two that differ are refused, and so is one
//!   place used twice. "The first that is valid wins" would let a proxy in front check one and the gateway use the other.
//! - The scheme's case does not matter (RFC 9110 section 11.1); there is exactly one space after it; nothing is trimmed.
//! - Drivers send an empty password by default: on the ClickHouse places that is none. An empty `token=` is a bad token.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, header};
use zeroize::Zeroizing;

use crate::token::BearerToken;

use super::Error;
use super::parameters::Parameters;

#[cfg(test)]
mod tests;

/// The header in which ClickHouse's drivers send a password.
pub(super) const KEY: HeaderName = HeaderName::from_static("x-clickhouse-key");

/// The query parameters that carry a credential on any face.
pub(super) const NAMES: [&str; 2] = ["token", "password"];

/// Whether the places of ClickHouse's drivers count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Places {
    Bearer,
    ClickHouse,
}

type Text = Zeroizing<String>;

/// What stands at one place.
#[derive(PartialEq, Eq)]
enum Candidate {
    Token(Text),
    /// A credential of a scheme that opens nothing here. Never read as a token, whatever its text is.
    OtherScheme,
}

/// The credential, `None` where there is none.
pub(super) fn extract(
    headers: &HeaderMap,
    parameters: &Parameters,
    places: Places,
) -> Result<Option<BearerToken>, Error> {
    let mut found = vec![authorization(headers, places)?, parameter(parameters, "token")?.map(Candidate::Token)];
    if places == Places::ClickHouse {
        let given = |text: &Text| !text.is_empty();
        found.push(key(headers)?.filter(given).map(Candidate::Token));
        found.push(parameter(parameters, "password")?.filter(given).map(Candidate::Token));
    }
    let mut found = found.into_iter().flatten();
    let Some(first) = found.next() else { return Ok(None) };
    if found.any(|other| other != first) {
        return Err(Error::TokenAmbiguous("the request carries two different tokens"));
    }
    match first {
        Candidate::Token(text) => BearerToken::parse(&text).map(Some).map_err(|_| Error::TokenInvalid),
        Candidate::OtherScheme => Err(Error::TokenInvalid),
    }
}

fn authorization(headers: &HeaderMap, places: Places) -> Result<Option<Candidate>, Error> {
    let Some(value) = single(headers, &header::AUTHORIZATION)? else { return Ok(None) };
    if let Some(rest) = scheme(&value, "bearer") {
        return bearer(rest).map(Candidate::Token).map(Some);
    }
    match scheme(&value, "basic") {
        Some(rest) if places == Places::ClickHouse => Ok(basic(rest)?.map(Candidate::Token)),
        _ => Ok(Some(Candidate::OtherScheme)),
    }
}

/// What follows the scheme, if `value` begins with that name, whatever the case.
fn scheme<'a>(value: &'a str, name: &str) -> Option<&'a str> {
    let (head, rest) = value.split_at_checked(name.len())?;
    head.eq_ignore_ascii_case(name).then_some(rest)
}

fn bearer(rest: &str) -> Result<Text, Error> {
    if rest.is_empty() {
        return Ok(Text::default());
    }
    let token = rest.strip_prefix(' ').filter(|token| !token.contains([' ', '\t', ',']));
    token.map(|token| Text::new(token.to_owned())).ok_or(MALFORMED)
}

/// The password of `Basic`; an empty one is none.
fn basic(rest: &str) -> Result<Option<Text>, Error> {
    let encoded = rest.strip_prefix(' ').ok_or(MALFORMED)?;
    let decoded = Zeroizing::new(STANDARD.decode(encoded).map_err(|_| MALFORMED)?);
    let text = std::str::from_utf8(&decoded).map_err(|_| MALFORMED)?;
    let (_user, password) = text.split_once(':').ok_or(MALFORMED)?;
    Ok((!password.is_empty()).then(|| Text::new(password.to_owned())))
}

fn key(headers: &HeaderMap) -> Result<Option<Text>, Error> {
    single(headers, &KEY)
}

fn single(headers: &HeaderMap, name: &HeaderName) -> Result<Option<Text>, Error> {
    let mut lines = headers.get_all(name).iter();
    let (first, second) = (lines.next(), lines.next());
    if second.is_some() {
        return Err(Error::TokenAmbiguous("a header with a token is given twice"));
    }
    first.map(|value| value.to_str().map(|text| Text::new(text.to_owned())).map_err(|_| MALFORMED)).transpose()
}

fn parameter(parameters: &Parameters, name: &str) -> Result<Option<Text>, Error> {
    let value = parameters.one(name).map_err(|_| Error::TokenAmbiguous("a parameter with a token is given twice"))?;
    Ok(value.map(|text| Text::new(text.to_owned())))
}

const MALFORMED: Error = Error::TokenAmbiguous("the `authorization` header is malformed");
