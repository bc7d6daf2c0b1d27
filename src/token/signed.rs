//! Signed token values: `p.<base64url of {"u","id","host"}>.<base64url of HMAC-SHA256>`.
//!
//! The shape is that of Tinybird's static tokens (their clients redact `p.eyJ…` in their output, some decode the middle
//! for `host`). The store holds ids, not secrets: a value can be shown again at any time by whoever has the key, and a
//! stolen token file mints nothing.

use std::borrow::Cow;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::{BearerToken, TokenId};

/// The shortest signing key accepted, in bytes: that of the hash's output (RFC 2104 section 3).
pub const SHORTEST_KEY: usize = 32;

/// The key that signs and verifies token values, as HMAC begins with it: its two blocks are hashed once. Wiped when dropped.
#[derive(Clone)]
pub struct SigningKey(Hmac<Sha256>);

/// The key is shorter than [`SHORTEST_KEY`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a signing key is at least {SHORTEST_KEY} bytes long")]
pub struct ShortKey;

/// The middle part of a signed value.
#[derive(Serialize, Deserialize)]
struct Payload<'a> {
    #[serde(borrow)]
    u: Cow<'a, str>,
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    host: Cow<'a, str>,
}

impl SigningKey {
    /// A key from its bytes.
    ///
    /// # Errors
    /// [`ShortKey`] when it could be guessed.
    pub fn new(bytes: Vec<u8>) -> Result<Self, ShortKey> {
        let bytes = Zeroizing::new(bytes);
        if bytes.len() < SHORTEST_KEY {
            return Err(ShortKey);
        }
        // HMAC takes a key of any length.
        <Hmac<Sha256> as KeyInit>::new_from_slice(&bytes).map(Self).map_err(|_| ShortKey)
    }

    /// The value of the token `id` of `workspace` at `host`. The same arguments give the same value.
    #[must_use]
    pub fn mint(&self, id: &TokenId, workspace: &str, host: &str) -> BearerToken {
        let payload = Payload { u: workspace.into(), id: id.as_str().into(), host: host.into() };
        // A struct of three strings always serialises; an empty payload would simply never verify.
        let json = serde_json::to_vec(&payload).unwrap_or_default();
        let signed = format!("p.{}", URL_SAFE_NO_PAD.encode(json));
        let signature = URL_SAFE_NO_PAD.encode(self.mac(&signed).finalize().into_bytes());
        BearerToken(Zeroizing::new(format!("{signed}.{signature}")))
    }

    /// The id a value carries, if this key signed it. `None` for every other text, whatever is wrong with it.
    #[must_use]
    pub fn verify(&self, token: &BearerToken) -> Option<TokenId> {
        let text = token.expose();
        let (signed, signature) = text.rsplit_once('.')?;
        let payload = signed.strip_prefix("p.")?;
        // Room for one byte more than a signature has: what is longer is none.
        let mut bytes = [0; 33];
        let length = URL_SAFE_NO_PAD.decode_slice(signature, &mut bytes).ok()?;
        self.mac(signed).verify_slice(bytes.get(..length)?).ok()?;
        let payload = URL_SAFE_NO_PAD.decode(payload).ok()?;
        serde_json::from_slice::<Payload<'_>>(&payload).ok()?.id.parse().ok()
    }

    fn mac(&self, signed: &str) -> Hmac<Sha256> {
        self.0.clone().chain_update(signed.as_bytes())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> SigningKey {
        SigningKey::new(vec![byte; 32]).unwrap()
    }

    #[test]
    fn a_minted_value_verifies_and_looks_like_a_static_token() {
        let id: TokenId = "7f3a".parse().unwrap();
        let token = key(1).mint(&id, "workspace", "local");
        assert!(token.expose().starts_with("p.eyJ"));
        assert_eq!(key(1).verify(&token), Some(id));
    }

    #[test]
    fn another_key_or_a_changed_byte_does_not_verify() {
        let id: TokenId = "7f3a".parse().unwrap();
        let token = key(1).mint(&id, "workspace", "local");
        assert_eq!(key(2).verify(&token), None);
        for at in 0..token.expose().len() {
            let mut bytes = token.expose().as_bytes().to_vec();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = BearerToken::parse(&String::from_utf8(bytes).unwrap()).unwrap();
            assert_eq!(key(1).verify(&changed), None, "byte {at}");
        }
        assert_eq!(SigningKey::new(vec![0; 31]).err(), Some(ShortKey));
    }
}
