use serde_json::json;

use super::*;

fn shared() -> SharedKey {
    SharedKey::new(vec![7; 32]).unwrap()
}

fn encode(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

/// A token with any header, signed by the shared key as HS256 signs.
fn signed(header: &str, claims: &str) -> BearerToken {
    let written = shared().sign(&json!({}));
    let (_, rest) = written.expose().split_once('.').unwrap();
    assert_eq!(rest.split('.').count(), 2);
    let input = format!("{}.{}", encode(header), encode(claims));
    let signature = shared().sign_bytes(&input);
    BearerToken::parse(&format!("{input}.{signature}")).unwrap()
}

fn verifies(token: &BearerToken, key: &Key) -> bool {
    Unverified::read(token).is_some_and(|token| token.verify(key).is_some())
}

#[test]
fn what_the_key_signed_verifies_and_nothing_else_does() {
    let token = shared().sign(&json!({ "name": "a", "exp": 1 }));
    assert!(verifies(&token, &shared().key()));
    assert!(!verifies(&token, &SharedKey::new(vec![8; 32]).unwrap().key()));
    for at in 0..token.expose().len() {
        let mut bytes = token.expose().as_bytes().to_vec();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let changed = BearerToken::parse(&String::from_utf8(bytes).unwrap()).unwrap();
        assert!(!verifies(&changed, &shared().key()), "byte {at}");
    }
    assert!(SharedKey::new(vec![7; 31]).is_err());
}

#[test]
fn the_algorithm_is_the_keys() {
    let key = shared().key();
    assert!(verifies(&signed(r#"{"alg":"HS256"}"#, "{}"), &key));
    for header in [
        r#"{"alg":"none"}"#,
        r#"{"alg":"None"}"#,
        r#"{"alg":"nOnE"}"#,
        r#"{"alg":""}"#,
        r#"{"alg":"hs256"}"#,
        r#"{"alg":"HS512"}"#,
        r#"{"alg":"RS256"}"#,
        r#"{"alg":"ES256"}"#,
        r#"{"alg":"EdDSA"}"#,
        r#"{"alg":["HS256"]}"#,
        r#"{"alg":256}"#,
        r#"{"alg":null}"#,
        r#"{"typ":"JWT"}"#,
        r#"{"alg":"HS256","alg":"HS256"}"#,
        r#"{"alg":"HS256","crit":["exp"],"exp":1}"#,
        r#"{"alg":"HS256","b64":false}"#,
        r#"{"alg":"HS256","zip":"DEF"}"#,
        r#"{"alg":"HS256","cty":"JWT"}"#,
        r#"{"alg":"HS256","kid":7}"#,
        r#"["HS256"]"#,
        r#"{"alg":"HS256"} {}"#,
        "",
    ] {
        assert!(!verifies(&signed(header, "{}"), &key), "{header}");
    }
}

/// The public key of an issuer is no secret: signed with as if it were one, nothing verifies.
#[test]
fn a_public_key_is_no_shared_one() {
    let set = KeySet::parse(RFC_KEYS.as_bytes(), Algorithm::Rs256).unwrap();
    let public = set.find(Some("rsa")).unwrap();
    let key = SharedKey::new(b"-----BEGIN PUBLIC KEY-----MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A".to_vec()).unwrap();
    let token = key.sign(&json!({}));
    assert!(!verifies(&token, public));
    assert!(KeySet::parse(RFC_KEYS.as_bytes(), Algorithm::Hs256).is_err(), "no key set holds a shared key");
}

#[test]
fn the_payload_is_one_object_that_reads_in_one_way() {
    let key = shared().key();
    let header = r#"{"alg":"HS256"}"#;
    for claims in
        ["[]", "1", "null", r#""a""#, "{", "{} x", r#"{"a":1,"a":1}"#, r#"{"a":{"b":1,"\u0062":2}}"#, r#"{"iss":1}"#]
    {
        assert!(!verifies(&signed(header, claims), &key), "{claims}");
    }
}

#[test]
fn the_text_is_base64url_without_anything_to_spare() {
    let token = signed(r#"{"alg":"HS256"}"#, r#"{"a":1}"#);
    let text = token.expose();
    let parts: Vec<&str> = text.split('.').collect();
    for bad in [
        format!("{text}="),
        format!("{text}.x"),
        format!("{}.{}", parts[0], parts[1]),
        format!("{}..{}", parts[0], parts[2]),
        format!("{}.{}.", parts[0], parts[1]),
        format!(".{}.{}", parts[1], parts[2]),
        format!("{}=.{}.{}", parts[0], parts[1], parts[2]),
        text.replace('-', "+").replace('_', "/") + "+",
    ] {
        let read = BearerToken::parse(&bad).ok();
        assert!(!read.is_some_and(|token| verifies(&token, &shared().key())), "{bad}");
    }
}

/// RFC 7515 appendices A.2 and A.3, RFC 8037 appendix A.
const RFC_KEYS: &str = r#"{"keys":[
    {"kty":"RSA","kid":"rsa",
     "n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
     "e":"AQAB"},
    {"kty":"EC","crv":"P-256","kid":"ec",
     "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},
    {"kty":"OKP","crv":"Ed25519","kid":"ed","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
    {"kty":"oct","kid":"shared","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"},
    {"kty":"moon","kid":"unknown"},
    {"kty":"OKP","crv":"Ed25519","kid":"for encryption","use":"enc","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
]}"#;

#[test]
fn the_examples_of_the_rfcs_verify() {
    let es256 = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    let rs256 = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
    let eddsa = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    let cases = [(es256, Algorithm::Es256, "ec"), (rs256, Algorithm::Rs256, "rsa"), (eddsa, Algorithm::EdDsa, "ed")];
    for (text, algorithm, kid) in cases {
        let set = KeySet::parse(RFC_KEYS.as_bytes(), algorithm).unwrap();
        let key = set.find(Some(kid)).unwrap();
        assert!(Parts::read(text).unwrap().verifies(key), "{algorithm}");
        assert_eq!(set.find(None).map(Key::algorithm), Some(algorithm), "the only key for {algorithm}");
        assert!(set.find(Some("shared")).is_none() && set.find(Some("")).is_none());
        for (_, other, kid) in cases.iter().filter(|(_, other, _)| *other != algorithm) {
            let set = KeySet::parse(RFC_KEYS.as_bytes(), *other).unwrap();
            assert!(!Parts::read(text).unwrap().verifies(set.find(Some(kid)).unwrap()), "{algorithm} by {other}");
        }
        let mut torn = text.to_owned();
        torn.replace_range(text.len() - 9..text.len() - 8, "_");
        assert!(!Parts::read(&torn).is_some_and(|parts| parts.verifies(key)));
    }
}

#[test]
fn a_key_set_with_two_meanings_is_refused() {
    let ed = r#"{"kty":"OKP","crv":"Ed25519","kid":"a","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    let parse = |text: &str| KeySet::parse(text.as_bytes(), Algorithm::EdDsa).map(|_| ());
    assert_eq!(parse(&format!(r#"{{"keys":[{ed}]}}"#)), Ok(()));
    assert_eq!(parse(&format!(r#"{{"keys":[{ed},{ed}]}}"#)), Err(MalformedKeySet::SameId));
    assert_eq!(parse(&format!(r#"{{"keys":[{}]}}"#, vec![ed; 101].join(","))), Err(MalformedKeySet::TooMany));
    assert_eq!(parse(r#"{"keys":[]}"#), Err(MalformedKeySet::Empty(Algorithm::EdDsa)));
    assert_eq!(parse("[]"), Err(MalformedKeySet::Malformed));
    let small =
        r#"{"keys":[{"kty":"RSA","n":"sXchDaQebHnPiGvyDOAT4saGEUetSyo9MKLOoWFsueri23bOdgWp4Dy1WlUzewbg","e":"AQAB"}]}"#;
    assert!(KeySet::parse(small.as_bytes(), Algorithm::Rs256).is_err(), "a small RSA key");
}

#[test]
fn a_claim_is_found_by_name_or_by_pointer() {
    let token = signed(r#"{"alg":"HS256"}"#, r#"{"a":{"b/c":[1]},"https://x/y":"z","t":1.5,"big":9007199254740993}"#);
    let claims = Unverified::read(&token).unwrap().verify(&shared().key()).unwrap();
    assert_eq!(claims.get("/a/b~1c"), Some(&Claim::List(vec![Claim::Int(1)])));
    assert_eq!(claims.get("https://x/y").and_then(Claim::text), Some("z"));
    assert_eq!(claims.get("t").and_then(Claim::moment), None);
    assert_eq!(claims.get("big").and_then(Claim::moment), None);
}

/// Vectors of Wycheproof's about padding whose text, as it is written there, has none: they are the plain encoding of
/// `Test`, correctly signed.
const INTACT: [u64; 2] = [367, 370];

/// Wycheproof's vectors, where `PORTCULLIS_WYCHEPROOF` names `json_web_signature_test.json`. A few that it calls valid are
/// refused here on purpose: algorithms that no key of ours is pinned to.
#[test]
fn the_vectors_of_wycheproof_hold() {
    let Some(path) = std::env::var_os("PORTCULLIS_WYCHEPROOF") else {
        return eprintln!("SKIPPED: PORTCULLIS_WYCHEPROOF names no file of vectors");
    };
    let file: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let (mut valid, mut invalid, mut other) = (0, 0, 0);
    for group in file["testGroups"].as_array().unwrap() {
        let jwk = group.get("public").or_else(|| group.get("private")).unwrap();
        let keys: Vec<Key> = [Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa]
            .into_iter()
            .filter_map(|algorithm| KeySet::parse(json!({ "keys": [jwk] }).to_string().as_bytes(), algorithm).ok())
            .filter_map(|set| set.find(jwk["kid"].as_str()).cloned())
            .chain(
                jwk["k"]
                    .as_str()
                    .and_then(|k| URL_SAFE_NO_PAD.decode(k).ok())
                    .and_then(|k| SharedKey::new(k).ok())
                    .map(|k| k.key()),
            )
            .collect();
        for test in group["tests"].as_array().unwrap() {
            let text = test["jws"].as_str().unwrap();
            let accepted = keys.iter().any(|key| Parts::read(text).is_some_and(|parts| parts.verifies(key)));
            let pinned = ["HS256", "RS256", "ES256"].contains(&jwk["alg"].as_str().unwrap_or_default());
            match test["result"].as_str().unwrap() {
                "invalid" => {
                    assert!(!accepted || INTACT.contains(&test["tcId"].as_u64().unwrap()), "{test}");
                    invalid += 1;
                }
                "valid" if pinned && !accepted => eprintln!("refused: {} {}", test["tcId"], test["comment"]),
                "valid" if accepted => valid += 1,
                _ => other += 1,
            }
        }
    }
    eprintln!("{valid} valid, {invalid} invalid, {other} of algorithms that are not taken");
    assert!(valid >= 15 && invalid >= 300);
}
