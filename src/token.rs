//! Words about credentials: the bearer's token, its digest, the id it carries.
//!
//! A token's text lives in [`BearerToken`] for as long as a request needs it and is wiped afterwards; everything that is
//! kept or printed is a [`TokenDigest`] or a [`TokenId`]. None of these types prints a secret, not even with `{:?}`.

use std::fmt;
use std::io;
use std::str::FromStr;
use std::sync::Arc;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

pub mod jwt;
pub mod moment;
pub mod signed;

/// The shortest and longest credential accepted, in bytes. Shorter ones can be guessed; longer ones are no token.
pub const TOKEN_LENGTH: std::ops::RangeInclusive<usize> = 16..=6144;

/// A credential as the client sent it: `b64token` of RFC 6750 section 2.1.
#[derive(Clone)]
pub struct BearerToken(Zeroizing<String>);

/// The text is not a `b64token` of an accepted length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the token is malformed")]
pub struct MalformedToken;

impl BearerToken {
    /// Parses `1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="`, byte-exact: nothing is trimmed or decoded.
    ///
    /// # Errors
    /// [`MalformedToken`] for any other byte or a length outside [`TOKEN_LENGTH`].
    pub fn parse(text: &str) -> Result<Self, MalformedToken> {
        let body = text.trim_end_matches('=');
        let legal = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~' | b'+' | b'/');
        if body.is_empty() || !TOKEN_LENGTH.contains(&text.len()) || !body.bytes().all(legal) {
            return Err(MalformedToken);
        }
        Ok(Self(Zeroizing::new(text.to_owned())))
    }

    /// The secret itself, for the one place that verifies it and the one that shows it to its owner.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What the store keeps instead of the secret.
    #[must_use]
    pub fn digest(&self) -> TokenDigest {
        TokenDigest::of(self.expose())
    }
}

impl fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BearerToken(…)")
    }
}

/// Any other secret: the upstream's password, an API key. Wiped when dropped, never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the secret in.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The secret itself, for the one place that sends it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// SHA-256 of a token's text, written `sha256:<64 hex digits>`.
///
/// Tokens are long and random, so a plain digest is enough: there is no dictionary to try.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TokenDigest([u8; 32]);

/// The text is not `sha256:` and 64 hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a digest is written `sha256:` and 64 hex digits")]
pub struct MalformedDigest;

impl TokenDigest {
    /// The digest of a token's text.
    #[must_use]
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }
}

impl fmt::Display for TokenDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256:")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for TokenDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenDigest(…)")
    }
}

impl FromStr for TokenDigest {
    type Err = MalformedDigest;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let hex = text.strip_prefix("sha256:").ok_or(MalformedDigest)?;
        if hex.len() != 64 {
            return Err(MalformedDigest);
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(hex.as_bytes().chunks_exact(2)) {
            let digit = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
            let [high, low] = pair else { return Err(MalformedDigest) };
            *byte = digit(*high).ok_or(MalformedDigest)? << 4 | digit(*low).ok_or(MalformedDigest)?;
        }
        Ok(Self(bytes))
    }
}

/// What a signed token says of itself: the key under which the store knows it. Not a secret.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TokenId(Arc<str>);

/// The text is not a token id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a token id is 1 to 64 of `A-Z a-z 0-9 . _ -`")]
pub struct MalformedTokenId;

impl TokenId {
    /// A new one, of 128 random bits, in the shape of a UUID: Tinybird's clients show ids of that shape.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn random() -> io::Result<Self> {
        let mut bytes = [0; 16];
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        provider.secure_random.fill(&mut bytes).map_err(|_| io::Error::other("the system gives no random bytes"))?;
        Ok(Self(uuid::Uuid::from_bytes(bytes).to_string().into()))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TokenId {
    type Err = MalformedTokenId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let legal = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
        if text.is_empty() || text.len() > 64 || !text.bytes().all(legal) {
            return Err(MalformedTokenId);
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Display for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenId({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bearer_token_is_a_b64token_of_a_sane_length() {
        for good in ["abcdefghijklmnop", "p.eyJ1IjoiMSJ9.abc-_~+/", "abcdefghijklmnop=="] {
            assert!(BearerToken::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "short", "================", "abcdefgh ijklmnop", "abcdefghijklmno\u{e9}", "abcdefgh=ijklmnop"]
        {
            assert!(BearerToken::parse(bad).is_err(), "{bad}");
        }
        assert!(BearerToken::parse(&"a".repeat(6145)).is_err());
    }

    #[test]
    fn a_digest_reads_what_it_writes() {
        let digest = TokenDigest::of("abcdefghijklmnop");
        assert_eq!(digest.to_string().parse(), Ok(digest));
        assert_eq!("sha256:00".parse::<TokenDigest>(), Err(MalformedDigest));
        assert_eq!(digest.to_string().replace("sha256", "md5").parse::<TokenDigest>(), Err(MalformedDigest));
    }

    #[test]
    fn debug_output_never_shows_the_secret() {
        let token = BearerToken::parse("abcdefghijklmnop").unwrap();
        assert!(!format!("{token:?} {:?}", token.digest()).contains("abcd"));
    }
}
