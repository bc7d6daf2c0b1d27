//! The gateway's own JSON Web Tokens, of Tinybird's kind: HS256 with a dedicated key, their scopes written in them.
//!
//! Claims: `workspace_id`, `name`, `exp`, `scopes` (each `type`, `resource`, and `filter` or `fixed_params`),
//! `limits.rps`. A claim or a scope that is not understood refuses the whole token: half a token is none.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::Arc;

use serde::Serialize;

use crate::authz::{FixedParams, Policy, Reach, Scope};
use crate::store::Principal;
use crate::token::BearerToken;
use crate::token::jwt::{Claim, Key, SharedKey, Verified};

use super::{Language, Reason, is_name};

/// How the gateway signs and reads tokens of its own.
#[derive(Debug, Clone)]
pub struct Own {
    /// The dedicated key.
    pub key: SharedKey,
    /// What `workspace_id` may say: the workspace's id or its name.
    pub workspace: Vec<String>,
    /// Whether a read of a data source must have a filter. Tinybird's command line loses one when a token has several
    /// scopes.
    pub require_filter: bool,
    /// How far clocks may differ, in seconds.
    pub leeway: u64,
}

/// What a token of the gateway's own says.
#[derive(Debug, Clone, PartialEq)]
pub struct Claims {
    /// For logs and rates; need not be unique.
    pub name: String,
    /// The end, in seconds since 1970.
    pub expires: u64,
    /// What it may read.
    pub scopes: Vec<JwtScope>,
    /// Requests a second.
    pub requests_per_second: Option<NonZeroU32>,
}

/// One scope of such a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JwtScope {
    /// `PIPES:READ` or `DATASOURCES:READ`.
    #[serde(rename = "type")]
    pub scope: String,
    /// The pipe or the data source.
    pub resource: String,
    /// Parameters of the pipe that the caller cannot change.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fixed_params: BTreeMap<String, String>,
    /// A row filter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
}

/// The claims, as they are written.
#[derive(Serialize)]
struct Written<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    workspace_id: Option<&'a String>,
    name: &'a str,
    exp: u64,
    scopes: &'a [JwtScope],
    #[serde(skip_serializing_if = "Option::is_none")]
    limits: Option<Limits>,
}

#[derive(Serialize)]
struct Limits {
    rps: NonZeroU32,
}

impl Own {
    pub(super) fn key(&self) -> Key {
        self.key.key()
    }

    /// Signs a token.
    #[must_use]
    pub fn mint(&self, claims: &Claims) -> BearerToken {
        let written = Written {
            workspace_id: self.workspace.first(),
            name: &claims.name,
            exp: claims.expires,
            scopes: &claims.scopes,
            limits: claims.requests_per_second.map(|rps| Limits { rps }),
        };
        self.key.sign(&written)
    }

    pub(super) fn principal(&self, claims: &Verified, language: &Language) -> Result<Arc<Principal>, Reason> {
        let workspace = claims.get("workspace_id").map(|id| id.text().unwrap_or_default());
        if workspace.is_some_and(|id| !self.workspace.iter().any(|known| known == id)) {
            return Err("it is for another workspace");
        }
        let name = claims.get("name").and_then(Claim::text).filter(|name| is_name(name)).ok_or("it has no `name`")?;
        let policy = Policy::new(scopes(claims, language, self.require_filter)?).with_fixed_params(fixed(claims)?);
        Ok(Arc::new(Principal {
            name: format!("jwt/{name}").into(),
            policy: Arc::new(policy),
            requests_per_second: rate(claims)?,
        }))
    }
}

/// The claim `scopes`: at least one, each understood.
pub(super) fn scopes(claims: &Verified, language: &Language, require_filter: bool) -> Result<Vec<Scope>, Reason> {
    let scopes = claims.get("scopes").and_then(Claim::items).filter(|scopes| !scopes.is_empty());
    scopes.ok_or("it has no `scopes`")?.iter().map(|claim| scope(claim, language, require_filter)).collect()
}

/// The parameters of pipes that the bearer cannot change. The same pipe with two values for one has none that is right.
pub(super) fn fixed(claims: &Verified) -> Result<FixedParams, Reason> {
    let mut all = FixedParams::new();
    for scope in claims.get("scopes").and_then(Claim::items).unwrap_or_default() {
        let pipe = scope.get("resource").and_then(Claim::text).unwrap_or_default();
        for (name, value) in scope.get("fixed_params").and_then(Claim::members).unwrap_or_default() {
            let value = match value {
                Claim::Text(text) => text.clone(),
                Claim::Int(number) => number.to_string(),
                Claim::Float(number) => number.to_string(),
                Claim::Bool(truth) => truth.to_string(),
                Claim::Null | Claim::List(_) | Claim::Map(_) => return Err("a fixed parameter is no single value"),
            };
            let known = all.entry(pipe.to_owned()).or_default().insert(name.clone(), value.clone());
            if known.is_some_and(|known| known != value) {
                return Err("a fixed parameter has two values");
            }
        }
    }
    Ok(all)
}

fn scope(claim: &Claim, language: &Language, require_filter: bool) -> Result<Scope, Reason> {
    let members = claim.members().ok_or("a scope of its is no object")?;
    if members.iter().any(|(name, _)| !["type", "resource", "filter", "fixed_params"].contains(&name.as_str())) {
        return Err("a scope of its has a member that is not understood");
    }
    let text = |name: &str| claim.get(name).and_then(Claim::text);
    let (kind, resource) = (text("type").unwrap_or_default(), text("resource").unwrap_or_default());
    if !matches!(kind, "PIPES:READ" | "DATASOURCES:READ") {
        return Err("a scope of its is no read");
    }
    if resource.contains(':') {
        return Err("a resource of its is no name");
    }
    if claim.get("fixed_params").is_some_and(|fixed| kind != "PIPES:READ" || fixed.members().is_none()) {
        return Err("its fixed parameters make no sense");
    }
    let written = match claim.get("filter") {
        None => format!("{kind}:{resource}"),
        Some(filter) => format!("{kind}:{resource}:{}", filter.text().ok_or("a filter of its is no text")?),
    };
    let compile = |text: &str| language.filter(text, &BTreeMap::new());
    let scope = Scope::parse(&written, &compile).map_err(|_| "one of its scopes is not understood")?;
    match scope {
        Scope::DatasourcesRead(_, Reach::All) if require_filter => Err("a scope of its has no filter"),
        scope => Ok(scope),
    }
}

/// `limits.rps`; nothing or zero and less is no limit.
fn rate(claims: &Verified) -> Result<Option<NonZeroU32>, Reason> {
    let Some(limits) = claims.get("limits") else { return Ok(None) };
    match limits.get("rps") {
        None if limits.members().is_some() => Ok(None),
        Some(Claim::Int(rps)) if *rps <= 0 => Ok(None),
        Some(Claim::Int(rps)) => Ok(NonZeroU32::new(u32::try_from(*rps).unwrap_or(u32::MAX))),
        _ => Err("its limits make no sense"),
    }
}
