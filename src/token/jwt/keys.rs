//! Keys: each is pinned to one algorithm.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse};
use jsonwebtoken::{DecodingKey, crypto};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::Algorithm;
use crate::token::BearerToken;
use crate::token::signed::{SHORTEST_KEY, ShortKey};

/// The longest key set that is taken in, in keys: more are nobody's.
const MOST_KEYS: usize = 100;

/// A key that verifies.
#[derive(Debug, Clone)]
pub struct Key {
    algorithm: Algorithm,
    material: Material,
}

#[derive(Debug, Clone)]
enum Material {
    Shared(SharedKey),
    Public(DecodingKey),
}

/// A key that signs and verifies by HS256.
#[derive(Clone)]
pub struct SharedKey(Zeroizing<Vec<u8>>);

/// An issuer's public keys (RFC 7517 section 5), those that can verify with one algorithm.
#[derive(Debug, Clone, Default)]
pub struct KeySet {
    keys: Vec<(Option<String>, Key)>,
    /// Of the text that it was read from.
    digest: [u8; 32],
}

/// The text is no usable key set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MalformedKeySet {
    /// It is no JSON object with a member `keys`.
    #[error("it is no JSON Web Key Set")]
    Malformed,
    /// Nothing in it verifies with the algorithm.
    #[error("it has no key for {0}")]
    Empty(Algorithm),
    /// Two of its keys have the same id: a token could mean either.
    #[error("two of its keys have the same `kid`")]
    SameId,
    /// It has more keys than any issuer needs.
    #[error("it has more than {MOST_KEYS} keys")]
    TooMany,
}

impl Key {
    /// The one algorithm that it is for.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    pub(super) fn verifies(&self, signed: &str, signature: &str) -> bool {
        let algorithm = match (&self.material, self.algorithm) {
            (Material::Shared(key), Algorithm::Hs256) => return key.verifies(signed, signature),
            (Material::Public(_), Algorithm::Rs256) => jsonwebtoken::Algorithm::RS256,
            (Material::Public(_), Algorithm::Es256) => jsonwebtoken::Algorithm::ES256,
            (Material::Public(_), Algorithm::EdDsa) => jsonwebtoken::Algorithm::EdDSA,
            (Material::Shared(_), _) | (Material::Public(_), Algorithm::Hs256) => return false,
        };
        let Material::Public(key) = &self.material else { return false };
        // Decoded strictly first: the library's own decoder need not be.
        URL_SAFE_NO_PAD.decode(signature).is_ok()
            && crypto::verify(signature, signed.as_bytes(), key, algorithm).unwrap_or(false)
    }
}

impl SharedKey {
    /// A key from its bytes.
    ///
    /// # Errors
    /// [`ShortKey`] when it could be guessed (RFC 7518 section 3.2).
    pub fn new(bytes: Vec<u8>) -> Result<Self, ShortKey> {
        if bytes.len() < SHORTEST_KEY { Err(ShortKey) } else { Ok(Self(Zeroizing::new(bytes))) }
    }

    /// The key as one that verifies.
    #[must_use]
    pub fn key(&self) -> Key {
        Key { algorithm: Algorithm::Hs256, material: Material::Shared(self.clone()) }
    }

    /// A token with these claims, signed.
    #[must_use]
    pub fn sign(&self, claims: &impl Serialize) -> BearerToken {
        // Claims of our own types always serialise; an empty payload would simply never be read.
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let signed = format!(
            "{}.{}",
            part(r#"{"alg":"HS256","typ":"JWT"}"#),
            part(&serde_json::to_string(claims).unwrap_or_default())
        );
        let signature = URL_SAFE_NO_PAD.encode(self.mac(&signed).finalize().into_bytes());
        BearerToken(Zeroizing::new(format!("{signed}.{signature}")))
    }

    #[cfg(test)]
    pub(super) fn sign_bytes(&self, signed: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.mac(signed).finalize().into_bytes())
    }

    fn verifies(&self, signed: &str, signature: &str) -> bool {
        URL_SAFE_NO_PAD.decode(signature).is_ok_and(|signature| self.mac(signed).verify_slice(&signature).is_ok())
    }

    fn mac(&self, signed: &str) -> Hmac<Sha256> {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.0)
            .unwrap_or_else(|_| unreachable!("HMAC takes a key of any length"));
        mac.update(signed.as_bytes());
        mac
    }
}

impl fmt::Debug for SharedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedKey(…)")
    }
}

#[derive(Deserialize)]
struct Written {
    keys: Vec<Value>,
}

impl KeySet {
    /// Reads a JSON Web Key Set and keeps the keys that verify with `algorithm`.
    ///
    /// A key for something else (another algorithm, encryption, a shared secret, an unknown type) is passed over, as
    /// RFC 7517 section 5 asks.
    ///
    /// # Errors
    /// [`MalformedKeySet`] when nothing is left, or when a `kid` would have two meanings.
    pub fn parse(text: &[u8], algorithm: Algorithm) -> Result<Self, MalformedKeySet> {
        let written: Written = serde_json::from_slice(text).map_err(|_| MalformedKeySet::Malformed)?;
        if written.keys.len() > MOST_KEYS {
            return Err(MalformedKeySet::TooMany);
        }
        let mut keys: Vec<(Option<String>, Key)> = Vec::new();
        for jwk in written.keys {
            let Ok(jwk) = serde_json::from_value::<Jwk>(jwk) else { continue };
            let Some(key) = usable(&jwk, algorithm) else { continue };
            if keys.iter().any(|(kid, _)| *kid == jwk.common.key_id) {
                return Err(MalformedKeySet::SameId);
            }
            keys.push((jwk.common.key_id, key));
        }
        let digest = Sha256::digest(text).into();
        if keys.is_empty() { Err(MalformedKeySet::Empty(algorithm)) } else { Ok(Self { keys, digest }) }
    }

    /// Whether both were read from the same text.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.digest == other.digest
    }

    /// The key of that id. Without an id: the only key there is.
    #[must_use]
    pub fn find(&self, kid: Option<&str>) -> Option<&Key> {
        match (kid, self.keys.as_slice()) {
            (Some(_), _) => self.keys.iter().find(|(known, _)| known.as_deref() == kid).map(|(_, key)| key),
            (None, [(_, only)]) => Some(only),
            (None, _) => None,
        }
    }
}

/// The key, if it is one that verifies with this algorithm. What it says of its own use is believed when it narrows.
fn usable(jwk: &Jwk, algorithm: Algorithm) -> Option<Key> {
    let common = &jwk.common;
    if common.public_key_use.as_ref().is_some_and(|usage| *usage != PublicKeyUse::Signature) {
        return None;
    }
    if common.key_operations.as_ref().is_some_and(|operations| !operations.contains(&KeyOperations::Verify)) {
        return None;
    }
    if common.key_algorithm.is_some_and(|named| named.to_string() != algorithm.to_string()) {
        return None;
    }
    let fits = match (&jwk.algorithm, algorithm) {
        (AlgorithmParameters::RSA(rsa), Algorithm::Rs256) => {
            // 2048 bits at least (RFC 7518 section 3.3).
            URL_SAFE_NO_PAD.decode(&rsa.n).is_ok_and(|n| n.iter().skip_while(|byte| **byte == 0).count() >= 256)
        }
        (AlgorithmParameters::EllipticCurve(point), Algorithm::Es256) => {
            point.curve == EllipticCurve::P256 && coordinate(&point.x) && coordinate(&point.y)
        }
        (AlgorithmParameters::OctetKeyPair(pair), Algorithm::EdDsa) => {
            pair.curve == EllipticCurve::Ed25519 && coordinate(&pair.x)
        }
        _ => false,
    };
    let key = DecodingKey::from_jwk(jwk).ok().filter(|_| fits)?;
    Some(Key { algorithm, material: Material::Public(key) })
}

fn coordinate(text: &str) -> bool {
    URL_SAFE_NO_PAD.decode(text).is_ok_and(|bytes| bytes.len() == 32)
}
