//! JSON Web Tokens (RFC 7519) as compact JSON Web Signatures (RFC 7515): read strictly, verified with pinned algorithms.
//!
//! - The algorithm is the *key's*, never the header's: a header that names another one is refused (RFC 8725 section 3.1).
//! - `crit`, `b64`, `zip` and `cty` are refused: no extension is understood. `jku`, `jwk`, `x5u` and `x5c` are never looked
//!   at: keys come from the configuration alone.
//! - Base64url without padding or spare bits; a JSON member named twice is refused, at any depth.
//! - Nothing here knows the time or what a claim means.

mod claim;
mod keys;

pub use claim::Claim;
pub use keys::{Key, KeySet, MalformedKeySet, SharedKey};

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::BearerToken;

/// The signature algorithms (RFC 7518 section 3.1, RFC 8037) that a key can be pinned to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// HMAC with SHA-256, by a shared key.
    Hs256,
    /// RSASSA-PKCS1-v1_5 with SHA-256, 2048 bits and more.
    Rs256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

/// The text is not one of the algorithms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the algorithms are HS256, RS256, ES256 and EdDSA")]
pub struct UnknownAlgorithm;

impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    fn from_str(text: &str) -> Result<Self, UnknownAlgorithm> {
        match text {
            "HS256" => Ok(Self::Hs256),
            "RS256" => Ok(Self::Rs256),
            "ES256" => Ok(Self::Es256),
            "EdDSA" => Ok(Self::EdDsa),
            _ => Err(UnknownAlgorithm),
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hs256 => "HS256",
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        })
    }
}

/// A token that has been read and *not* verified: what it says may choose the key, and nothing else.
#[derive(Debug)]
pub struct Unverified<'t> {
    parts: Parts<'t>,
    issuer: Option<String>,
    claims: Claim,
}

/// The claims of a token whose signature was verified. Only [`Unverified::verify`] makes one.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified(Claim);

/// Whether a credential has the shape of a compact signature: any other is not worth reading as one.
#[must_use]
pub fn is_compact(token: &BearerToken) -> bool {
    let text = token.expose();
    text.starts_with("ey") && text.bytes().filter(|byte| *byte == b'.').count() == 2
}

/// The parts of a compact signature.
#[derive(Debug)]
struct Parts<'t> {
    algorithm: Algorithm,
    kid: Option<String>,
    payload: Vec<u8>,
    signed: &'t str,
    signature: &'t str,
}

impl<'t> Parts<'t> {
    fn read(text: &'t str) -> Option<Self> {
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, payload) = signed.split_once('.')?;
        if header.is_empty() || payload.is_empty() || signature.is_empty() {
            return None;
        }
        let header = Claim::parse(&URL_SAFE_NO_PAD.decode(header).ok()?)?;
        if ["crit", "b64", "zip", "cty", "enc"].iter().any(|name| header.get(name).is_some()) {
            return None;
        }
        let kid = match header.get("kid") {
            None => None,
            Some(kid) => Some(kid.text()?.to_owned()),
        };
        let algorithm = header.get("alg")?.text()?.parse().ok()?;
        // A fourth part is no base64.
        Some(Self { algorithm, kid, payload: URL_SAFE_NO_PAD.decode(payload).ok()?, signed, signature })
    }

    fn verifies(&self, key: &Key) -> bool {
        self.algorithm == key.algorithm() && key.verifies(self.signed, self.signature)
    }
}

impl<'t> Unverified<'t> {
    /// Reads the three parts. `None` for everything that is not exactly a compact JWS with a JSON object in it.
    #[must_use]
    pub fn read(token: &'t BearerToken) -> Option<Self> {
        let parts = Parts::read(token.expose())?;
        let claims = Claim::parse(&parts.payload)?;
        claims.members()?;
        let issuer = match claims.get("iss") {
            None => None,
            Some(issuer) => Some(issuer.text()?.to_owned()),
        };
        Some(Self { parts, issuer, claims })
    }

    /// The `iss` that it claims.
    #[must_use]
    pub fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref()
    }

    /// The id of the key that it claims to be signed with.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.parts.kid.as_deref()
    }

    /// The claims, if `key` made the signature with the one algorithm that it is pinned to.
    #[must_use]
    pub fn verify(self, key: &Key) -> Option<Verified> {
        self.parts.verifies(key).then_some(Verified(self.claims))
    }
}

impl Verified {
    /// A claim by its name, or by a JSON pointer (RFC 6901) when that begins with `/`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Claim> {
        if !name.starts_with('/') {
            return self.0.get(name);
        }
        name.split('/').skip(1).try_fold(&self.0, |claim, part| claim.get(&part.replace("~1", "/").replace("~0", "~")))
    }
}

#[cfg(test)]
mod tests;
