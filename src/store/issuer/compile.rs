//! Gives issuers their meaning.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde_yaml::Spanned;

use crate::store::nearest::nearest;
use crate::store::report::Report;
use crate::token::jwt::Algorithm;

use super::{Binding, Issuer, KeySource, RoleTemplate, schema};
use crate::store::compile::{Source, at};

/// The most that clocks may differ, in seconds.
const LARGEST_LEEWAY: u64 = 300;
const USUAL_LEEWAY: u64 = 30;

type Roles = HashMap<String, Arc<RoleTemplate>>;

/// Compiles one issuer, beside those that are there already.
pub(in crate::store) fn compile(
    source: &Source,
    written: &Spanned<schema::Issuer>,
    roles: &Roles,
    others: &[Issuer],
) -> Result<Issuer, Report> {
    let issuer = &written.value;
    let fail = |message: String, location| at(Report::new(&source.path, message), source, location);
    if others.iter().any(|other| other.name == issuer.name.value || other.issuer == issuer.issuer.value) {
        return Err(fail("two issuers have the same name or the same `issuer`".to_owned(), written.referenced));
    }
    if issuer.issuer.value.is_empty() || issuer.audience.value.is_empty() {
        return Err(fail("an issuer has an `issuer` and an `audience`".to_owned(), written.referenced));
    }
    let algorithm = match issuer.algorithm.value.parse() {
        Ok(Algorithm::Hs256) | Err(_) => {
            return Err(fail("an issuer's algorithm is RS256, ES256 or EdDSA".to_owned(), issuer.algorithm.referenced)
                .hint("HS256 is the gateway's own: its key stands in `gateway.yaml`, under `jwt`"));
        }
        Ok(algorithm) => algorithm,
    };
    let leeway = issuer.leeway.as_ref().map_or(USUAL_LEEWAY, |leeway| leeway.value);
    if leeway > LARGEST_LEEWAY {
        let location = issuer.leeway.as_ref().map_or(written.referenced, |leeway| leeway.referenced);
        return Err(fail(format!("a leeway is at most {LARGEST_LEEWAY} seconds"), location));
    }
    let find = |name: &Spanned<String>| {
        let unknown = || {
            let report = fail(format!("unknown role `{}`", name.value), name.referenced);
            match nearest(&name.value, roles.keys().map(String::as_str)) {
                Some(near) => report.hint(format!("did you mean `{near}`?")),
                None => report,
            }
        };
        roles.get(&name.value).cloned().ok_or_else(unknown)
    };
    let fixed = issuer.roles.iter().flatten().map(&find).collect::<Result<Vec<_>, _>>()?;
    let from = issuer.roles_from.as_ref().map(|from| {
        let map = from.map.iter().map(|(value, role)| Ok((value.clone(), find(role)?)));
        Ok::<_, Report>((from.claim.clone(), map.collect::<Result<BTreeMap<_, _>, Report>>()?))
    });
    let roles_from = from.transpose()?;
    let scopes_claim = issuer.scopes_claim.unwrap_or(false);
    if fixed.is_empty() && roles_from.is_none() && !scopes_claim {
        return Err(fail(format!("tokens of `{}` would have no role", issuer.name.value), written.referenced)
            .hint("`roles`, `roles_from` or `scopes_claim: true`"));
    }
    let with = bindings(source, issuer)?;
    let all = fixed.iter().chain(roles_from.iter().flat_map(|(_, map)| map.values()));
    let needed: Vec<&String> = all.flat_map(|role| role.parameters.keys()).collect();
    if let Some(missing) = needed.iter().find(|name| !with.contains_key(**name)) {
        return Err(fail(format!("no value for the parameter `{missing}` of a role"), written.referenced)
            .hint(format!("`with: {{ {missing}: {{ claim: … }} }}`")));
    }
    if let Some(unused) = with.keys().find(|name| !needed.contains(name)) {
        return Err(fail(format!("no role of this issuer has a parameter `{unused}`"), written.referenced));
    }
    Ok(Issuer {
        name: issuer.name.value.clone(),
        issuer: issuer.issuer.value.clone(),
        audience: issuer.audience.value.clone(),
        algorithm,
        source: key_source(source, &issuer.keys)?,
        leeway,
        principal: issuer.principal.clone().unwrap_or_else(|| "sub".to_owned()),
        roles: fixed,
        roles_from,
        with,
        scopes_claim,
        requests_per_second: issuer.limits.as_ref().and_then(|limits| limits.requests_per_second),
    })
}

fn bindings(source: &Source, issuer: &schema::Issuer) -> Result<BTreeMap<String, Binding>, Report> {
    let one = |(name, written): (&String, &Spanned<schema::Binding>)| match (&written.value.claim, &written.value.value)
    {
        (Some(claim), None) => Ok((name.clone(), Binding::Claim(claim.clone()))),
        (None, Some(value)) => Ok((name.clone(), Binding::Value(value.0.clone()))),
        _ => {
            let report = Report::new(&source.path, format!("`{name}` comes from exactly one of `claim` and `value`"));
            Err(at(report, source, written.referenced))
        }
    };
    issuer.with.iter().flatten().map(one).collect()
}

/// Keys are fetched over TLS, or from this machine.
fn key_source(source: &Source, keys: &Spanned<schema::Keys>) -> Result<KeySource, Report> {
    let fail = |message: &str| Err(at(Report::new(&source.path, message.to_owned()), source, keys.referenced));
    match (&keys.value.url, &keys.value.file) {
        (Some(url), None) => {
            let local =
                ["http://127.0.0.1:", "http://127.0.0.1/", "http://localhost:", "http://localhost/", "http://[::1]:"];
            if url.starts_with("https://") || local.iter().any(|prefix| url.starts_with(prefix)) {
                Ok(KeySource::Url(url.clone()))
            } else {
                fail("keys are fetched by `https://`: over plain HTTP anybody could put in their own")
            }
        }
        (None, Some(file)) => {
            let folder = source.path.parent().unwrap_or(std::path::Path::new("."));
            Ok(KeySource::File(folder.join(file)))
        }
        _ => fail("keys come from exactly one of `url` and `file`"),
    }
}
