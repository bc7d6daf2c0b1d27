//! Signed values: nothing but the very text that was signed is one.

use portcullis::token::jwt::{SharedKey, Unverified, is_compact};
use portcullis::token::signed::SigningKey;
use portcullis::token::{BearerToken, TokenDigest};

const KEY: [u8; 32] = [7; 32];

/// Values that are good: of a static token, and of a JSON Web Token.
pub(crate) fn good() -> [String; 2] {
    let id = "acme".parse().unwrap();
    let minted = SigningKey::new(KEY.to_vec()).unwrap().mint(&id, "workspace", "local");
    let claims = std::collections::BTreeMap::from([("iss", "portcullis"), ("name", "acme")]);
    let signed = SharedKey::new(KEY.to_vec()).unwrap().sign(&claims);
    [minted.expose().to_owned(), signed.expose().to_owned()]
}

/// Any text as a credential: it is malformed, or itself; verified is only what was signed.
pub(crate) fn verifies_what_was_signed(text: &str) -> Result<bool, String> {
    let Ok(token) = BearerToken::parse(text) else { return Ok(false) };
    if token.expose() != text || token.digest() != TokenDigest::of(text) {
        return Err("it is another text".to_owned());
    }
    let [minted, signed] = good();
    let id = SigningKey::new(KEY.to_vec()).unwrap().verify(&token);
    if id.is_some() != (text == minted) {
        return Err(format!("a static value: {id:?}"));
    }
    let read = Unverified::read(&token);
    if read.is_some() && !is_compact(&token) {
        return Err("it is read as a JSON Web Token and does not look like one".to_owned());
    }
    let verified = read.and_then(|read| read.verify(&SharedKey::new(KEY.to_vec()).unwrap().key()));
    if verified.is_some() != (text == signed) {
        return Err("a JSON Web Token of another text".to_owned());
    }
    Ok(id.is_some() || verified.is_some())
}

/// One of the good values with up to three bytes changed, as the input says.
pub(crate) fn changed(bytes: &[u8]) -> String {
    let Some((first, rest)) = bytes.split_first() else { return String::new() };
    let mut text = good()[usize::from(first % 2)].clone().into_bytes();
    for change in rest.chunks_exact(3).take(3) {
        let at = usize::from(u16::from_le_bytes([change[0], change[1]])) % text.len();
        text[at] = change[2];
    }
    String::from_utf8_lossy(&text).into_owned()
}
