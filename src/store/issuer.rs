//! Principals of JSON Web Tokens: what an issuer's claims mean here.
//!
//! - An **issuer** of people's files signs with a key of its own (RS256, ES256, EdDSA); its claims become roles, and values
//!   of their parameters. A claim reaches a filter as a typed literal only; a missing claim, an empty list or a value of
//!   another type is a refusal of the whole token.
//! - The **gateway's own** tokens are those of Tinybird's kind: HS256 with a dedicated key, their scopes written in them.
//!   They have no `iss`. They only read.
//! - `exp` is required; `nbf` and `iat` may not lie in the future. Which rule a token breaks is for the log, not for its
//!   holder.

mod compile;
mod keys;
mod own;
pub(super) mod schema;

pub use keys::{KeySets, KeySource};
pub use own::{Claims, JwtScope, Own};

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use quick_cache::sync::Cache;

use crate::authz::{FixedParams, Policy, Scope};
use crate::sql::filter::Literal;
use crate::sql::{Dialect, Extensions, RowFilter};
use crate::token::jwt::{self, Algorithm, Claim, KeySet, Unverified, Verified};
use crate::token::{BearerToken, TokenDigest};

use super::Principal;
use super::schema::{Kind, ParameterType};

pub(super) use compile::compile;

/// Verified tokens that are remembered: a signature is checked once, its times with every request.
const REMEMBERED: usize = 10_000;

/// Every issuer that one snapshot knows.
#[derive(Debug)]
pub(super) struct Issuers {
    issuers: Vec<Issuer>,
    own: Option<Own>,
    language: Language,
    keys: Arc<KeySets>,
    remembered: Cache<TokenDigest, Arc<Known>>,
}

/// What filters are compiled with.
#[derive(Debug, Clone)]
pub(super) struct Language {
    pub(super) dialect: Dialect,
    pub(super) extensions: Extensions,
}

/// One issuer, compiled.
#[derive(Debug, Clone)]
pub(super) struct Issuer {
    name: String,
    issuer: String,
    audience: String,
    algorithm: Algorithm,
    source: KeySource,
    leeway: u64,
    principal: String,
    roles: Vec<Arc<RoleTemplate>>,
    roles_from: Option<(String, BTreeMap<String, Arc<RoleTemplate>>)>,
    with: BTreeMap<String, Binding>,
    scopes_claim: bool,
    requests_per_second: Option<NonZeroU32>,
}

/// A role whose parameters are bound when a token comes.
#[derive(Debug)]
pub(super) struct RoleTemplate {
    pub(super) parameters: BTreeMap<String, ParameterType>,
    /// In their string form.
    pub(super) scopes: Vec<String>,
}

/// Where a parameter's value comes from.
#[derive(Debug, Clone)]
pub(super) enum Binding {
    Claim(String),
    Value(Literal),
}

/// A token that was verified.
#[derive(Debug)]
struct Known {
    principal: Arc<Principal>,
    times: Times,
    /// The keys that verified it: others may not have.
    keys: Option<Arc<KeySet>>,
    issuer: Option<usize>,
}

/// When a token counts, in seconds since 1970, leeway included.
#[derive(Debug, Clone, Copy)]
struct Times {
    from: u64,
    until: u64,
}

/// Why a token is refused, for the log.
type Reason = &'static str;

impl Issuers {
    pub(super) fn new(issuers: Vec<Issuer>, own: Option<Own>, language: Language, keys: Arc<KeySets>) -> Self {
        Self { issuers, own, language, keys, remembered: Cache::new(REMEMBERED) }
    }

    /// From now on these issuers are in force: their keys are fetched, and those of others forgotten.
    pub(super) fn take_effect(&self) {
        self.keys.want(self.issuers.iter().map(|issuer| (issuer.source.clone(), issuer.algorithm)));
    }

    /// Makes a token of the gateway's own, and reads it as it will be read: what would be refused is not handed out.
    pub(super) fn mint(&self, claims: &Claims) -> Result<BearerToken, String> {
        let own = self.own.as_ref().ok_or("JWTs are not enabled")?;
        let token = own.mint(claims);
        let read = Unverified::read(&token).ok_or("it is malformed").and_then(|token| self.read(token, now()));
        read.map_err(|reason| format!("the token would be refused: {reason}"))?;
        Ok(token)
    }

    /// The principal of a token, if one of the issuers made it and it counts now.
    pub(super) fn authenticate(&self, token: &BearerToken) -> Option<Arc<Principal>> {
        if !jwt::is_compact(token) || (self.issuers.is_empty() && self.own.is_none()) {
            return None;
        }
        let outcome = self.judged(token, now());
        outcome.inspect_err(|reason| tracing::debug!(reason, "a JSON Web Token is refused")).ok()
    }

    fn judged(&self, token: &BearerToken, now: u64) -> Result<Arc<Principal>, Reason> {
        let digest = token.digest();
        if let Some(known) = self.remembered.get(&digest).filter(|known| self.still_signed(known)) {
            known.times.check(now)?;
            return Ok(Arc::clone(&known.principal));
        }
        let known = self.read(Unverified::read(token).ok_or("it is malformed")?, now)?;
        let principal = Arc::clone(&known.principal);
        self.remembered.insert(digest, Arc::new(known));
        Ok(principal)
    }

    fn still_signed(&self, known: &Known) -> bool {
        let Some(issuer) = known.issuer.and_then(|at| self.issuers.get(at)) else { return known.issuer.is_none() };
        match (&known.keys, self.keys.get(&issuer.source, issuer.algorithm)) {
            (Some(then), Some(now)) => Arc::ptr_eq(then, &now),
            _ => false,
        }
    }

    fn read(&self, token: Unverified<'_>, now: u64) -> Result<Known, Reason> {
        let Some(named) = token.issuer() else {
            let own = self.own.as_ref().ok_or("it names no issuer")?;
            let claims = token.verify(&own.key()).ok_or("its signature is wrong")?;
            let times = Times::of(&claims, own.leeway, now)?;
            let principal = own.principal(&claims, &self.language)?;
            return Ok(Known { principal, times, keys: None, issuer: None });
        };
        let found = self.issuers.iter().enumerate().find(|(_, issuer)| issuer.issuer == named);
        let (at, issuer) = found.ok_or("its issuer is unknown")?;
        let keys = self.keys.get(&issuer.source, issuer.algorithm).ok_or("the keys of its issuer are not known yet")?;
        let Some(key) = keys.find(token.kid()) else {
            self.keys.ask(&issuer.source);
            return Err("its key is unknown");
        };
        let claims = token.verify(key).ok_or("its signature is wrong")?;
        let times = Times::of(&claims, issuer.leeway, now)?;
        let principal = issuer.principal(&claims, &self.language)?;
        Ok(Known { principal, times, keys: Some(keys), issuer: Some(at) })
    }
}

impl Times {
    /// Reads `exp`, `nbf` and `iat` (RFC 7519 section 4.1) and checks them.
    fn of(claims: &Verified, leeway: u64, now: u64) -> Result<Self, Reason> {
        let moment = |name: &str| match claims.get(name) {
            None => Ok(None),
            Some(claim) => claim.moment().map(Some).ok_or("a time in it is no whole number of seconds"),
        };
        let until = moment("exp")?.ok_or("it has no `exp`")?;
        let from = moment("nbf")?.unwrap_or(0).max(moment("iat")?.unwrap_or(0));
        let times = Self { from: from.saturating_sub(leeway), until: until.saturating_add(leeway) };
        times.check(now)?;
        Ok(times)
    }

    fn check(self, now: u64) -> Result<(), Reason> {
        if now < self.from {
            return Err("it is not valid yet");
        }
        // "On or after which": the moment itself is too late (RFC 7519 section 4.1.4).
        if now >= self.until { Err("it has expired") } else { Ok(()) }
    }
}

impl Issuer {
    fn principal(&self, claims: &Verified, language: &Language) -> Result<Arc<Principal>, Reason> {
        self.check_audience(claims)?;
        let name = claims.get(&self.principal).and_then(Claim::text).filter(|name| is_name(name));
        let name = name.ok_or("the claim that names its holder is missing")?;
        let roles = self.roles(claims)?;
        let mut scopes = Vec::new();
        for role in &roles {
            let bound = self.bind(role, claims)?;
            scopes.extend(role.apply(&bound, language)?);
        }
        let mut fixed = FixedParams::new();
        if self.scopes_claim {
            scopes.extend(own::scopes(claims, language, false)?);
            fixed = own::fixed(claims)?;
        }
        if roles.is_empty() && !self.scopes_claim {
            return Err("none of its roles is one of the gateway's");
        }
        Ok(Arc::new(Principal {
            name: format!("{}/{name}", self.name).into(),
            policy: Arc::new(Policy::new(scopes).with_fixed_params(fixed)),
            requests_per_second: self.requests_per_second,
        }))
    }

    /// `aud` is a text or a list of texts (RFC 7519 section 4.1.3), one of which is ours.
    fn check_audience(&self, claims: &Verified) -> Result<(), Reason> {
        let ours = |claim: &Claim| claim.text() == Some(self.audience.as_str());
        let named = claims.get("aud").is_some_and(|audience| match audience.items() {
            Some(items) => items.iter().all(|item| item.text().is_some()) && items.iter().any(ours),
            None => ours(audience),
        });
        if named { Ok(()) } else { Err("it is not meant for this audience") }
    }

    /// The roles that every token has, and those that its claim names. A name that means nothing here adds nothing.
    fn roles(&self, claims: &Verified) -> Result<Vec<Arc<RoleTemplate>>, Reason> {
        let mut roles = self.roles.clone();
        let Some((claim, map)) = &self.roles_from else { return Ok(roles) };
        let named = match claims.get(claim) {
            None => return Ok(roles),
            Some(Claim::Text(name)) => vec![name.as_str()],
            Some(Claim::List(items)) => {
                let texts = items.iter().map(Claim::text).collect::<Option<Vec<_>>>();
                texts.ok_or("the claim of its roles has something that is no text")?
            }
            Some(_) => return Err("the claim of its roles is neither a text nor a list"),
        };
        for role in named.into_iter().filter_map(|name| map.get(name)) {
            if !roles.iter().any(|known| Arc::ptr_eq(known, role)) {
                roles.push(Arc::clone(role));
            }
        }
        Ok(roles)
    }

    fn bind(&self, role: &RoleTemplate, claims: &Verified) -> Result<BTreeMap<String, Literal>, Reason> {
        let bound = |(name, kind): (&String, &ParameterType)| {
            let value = match self.with.get(name).ok_or("a parameter of its role has no value")? {
                Binding::Value(value) => value.clone(),
                Binding::Claim(claim) => {
                    literal(claims.get(claim).ok_or("a claim is missing")?).ok_or("a claim is no value")?
                }
            };
            if kind.accepts(&value) { Ok((name.clone(), value)) } else { Err("a claim is of another type") }
        };
        role.parameters.iter().map(bound).collect()
    }
}

impl RoleTemplate {
    fn apply(&self, bound: &BTreeMap<String, Literal>, language: &Language) -> Result<Vec<Scope>, Reason> {
        let compile = |text: &str| language.filter(text, bound);
        let scopes = self.scopes.iter().map(|scope| Scope::parse(scope, &compile));
        scopes.collect::<Result<_, _>>().map_err(|_| "a scope of its role does not compile with its claims")
    }
}

impl Language {
    fn filter(&self, text: &str, bound: &BTreeMap<String, Literal>) -> Result<RowFilter, crate::sql::Refusal> {
        RowFilter::compile(text, self.dialect, &self.extensions, &|name| bound.get(name).cloned())
    }
}

/// A claim as a value of a filter's parameter. An empty list is none: `IN ()` means nothing good anywhere.
fn literal(claim: &Claim) -> Option<Literal> {
    match claim {
        Claim::Bool(value) => Some(Literal::Bool(*value)),
        Claim::Int(value) => Some(Literal::Int(*value)),
        Claim::Text(value) => Some(Literal::Text(value.clone())),
        Claim::List(items) if !items.is_empty() => {
            let items = items.iter().map(|item| literal(item).filter(|item| !matches!(item, Literal::List(_))));
            items.collect::<Option<Vec<_>>>().map(Literal::List)
        }
        Claim::List(_) | Claim::Null | Claim::Float(_) | Claim::Map(_) => None,
    }
}

/// A name for logs and rates: short, without control characters.
fn is_name(text: &str) -> bool {
    (1..=128).contains(&text.chars().count()) && !text.chars().any(char::is_control)
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

impl Kind {
    /// Some value of this type.
    pub(super) fn sample(self) -> Literal {
        match self {
            Self::Int => Literal::Int(0),
            Self::Text => Literal::Text(String::new()),
            Self::Bool => Literal::Bool(false),
        }
    }
}

#[cfg(test)]
mod tests;
