//! The shape of an issuer, as people write it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;
use serde_yaml::Spanned;

use crate::store::schema::{TokenLimits, Value};

/// Somebody else who signs tokens.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::store) struct Issuer {
    pub(in crate::store) name: Spanned<String>,
    #[serde(rename = "comment")]
    pub(in crate::store) _comment: Option<String>,
    pub(in crate::store) issuer: Spanned<String>,
    pub(in crate::store) audience: Spanned<String>,
    pub(in crate::store) algorithm: Spanned<String>,
    pub(in crate::store) keys: Spanned<Keys>,
    pub(in crate::store) leeway: Option<Spanned<u64>>,
    pub(in crate::store) principal: Option<String>,
    pub(in crate::store) roles: Option<Vec<Spanned<String>>>,
    pub(in crate::store) roles_from: Option<RolesFrom>,
    pub(in crate::store) with: Option<BTreeMap<String, Spanned<Binding>>>,
    pub(in crate::store) scopes_claim: Option<bool>,
    pub(in crate::store) limits: Option<TokenLimits>,
}

/// Exactly one of the two.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::store) struct Keys {
    pub(in crate::store) url: Option<String>,
    pub(in crate::store) file: Option<PathBuf>,
}

/// A claim that names roles, and what its values mean here.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::store) struct RolesFrom {
    pub(in crate::store) claim: String,
    pub(in crate::store) map: BTreeMap<String, Spanned<String>>,
}

/// Exactly one of the two.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::store) struct Binding {
    pub(in crate::store) claim: Option<String>,
    pub(in crate::store) value: Option<Value>,
}
