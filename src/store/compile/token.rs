//! What a token is recognised by, and its values for its roles' parameters.

use std::collections::BTreeMap;

use serde_yaml::Spanned;

use super::{Bound, Key, Source, at};
use crate::store::Previous;
use crate::store::report::Report;
use crate::store::schema::{ParameterType, Role, Token, Value};

/// Exactly one of `id` and `digest`.
pub(super) fn key(source: &Source, token: &Spanned<Token>) -> Result<Key, Report> {
    let fail = |message: String, location| at(Report::new(&source.path, message), source, location);
    let name = &token.value.name.value;
    match (&token.value.id, &token.value.digest) {
        (Some(id), None) => id.value.parse().map(Key::Id).map_err(|error| {
            fail(format!("{error}"), id.referenced).hint("an id is no secret; a token's text never stands in this file")
        }),
        (None, Some(digest)) => {
            digest.value.parse().map(Key::Digest).map_err(|error| {
                fail(format!("{error}"), digest.referenced).hint("`portcullis token digest` writes it")
            })
        }
        (None, None) => Err(fail(format!("the token `{name}` has neither `id` nor `digest`"), token.referenced)),
        (Some(_), Some(_)) => Err(fail(format!("the token `{name}` has both `id` and `digest`"), token.referenced)),
    }
}

/// The id before this one; only beside an id.
pub(super) fn previous(source: &Source, token: &Spanned<Token>) -> Result<Option<Previous>, Report> {
    let Some(previous) = &token.value.previous else { return Ok(None) };
    let fail = |message: String| at(Report::new(&source.path, message), source, previous.id.referenced);
    if token.value.id.is_none() {
        return Err(fail("only a token with an `id` has a `previous` one".to_owned()));
    }
    let id = previous.id.value.parse().map_err(|error| fail(format!("{error}")))?;
    Ok(Some(Previous { id, until: previous.until.0 }))
}

/// A role's parameters with a token's values: each declared one has a value, of its type.
pub(super) fn bind<'a>(
    source: &Source,
    token: &Spanned<Token>,
    role: &'a Role,
    with: &'a BTreeMap<String, Spanned<Value>>,
) -> Result<Bound<'a>, Report> {
    let bound = |(name, kind): (&'a String, &'a ParameterType)| {
        let Some(value) = with.get(name) else {
            let message = format!("the token `{}` gives no value for `{name}`", token.value.name.value);
            return Err(at(Report::new(&source.path, message), source, token.referenced)
                .hint(format!("`with: {{ {name}: … }}`, of type {kind}")));
        };
        if !kind.accepts(&value.value.0) {
            let message = format!("the value of `{name}` is no {kind}");
            return Err(at(Report::new(&source.path, message), source, value.referenced));
        }
        Ok((name.as_str(), &value.value.0))
    };
    role.parameters.iter().flatten().map(bound).collect()
}
