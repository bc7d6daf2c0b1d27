use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::*;
use crate::store::{Compile, Hot, Paths, Store};
use crate::token::jwt::SharedKey;
use crate::token::signed::SigningKey;

const FILE: &str = "version: 1
roles:
  tenant:
    parameters: { org_id: Int }
    scopes:
      - read: events
        rows: org_id = {{ org_id }}
  regions:
    parameters: { regions: [Text] }
    scopes:
      - read: events
        rows: region in {{ regions }}
  plain:
    scopes: ['DATASOURCES:READ:plans']
tokens: []
issuers:
  - name: corp
    issuer: https://login.example/
    audience: gateway
    algorithm: EdDSA
    keys: { url: 'https://login.example/keys' }
    leeway: 10
    roles_from: { claim: /realm/groups, map: { tenants: tenant, staff: plain, travellers: regions } }
    with: { org_id: { claim: org }, regions: { claim: regions } }
    limits: { requests_per_second: 5 }
...
";

struct World {
    store: Store,
    pair: Ed25519KeyPair,
    own: SharedKey,
    _folder: tempfile::TempDir,
}

impl World {
    fn new(require_filter: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let tokens = folder.path().join("tokens.yaml");
        std::fs::write(&tokens, FILE).unwrap();
        let own = SharedKey::new(vec![9; 32]).unwrap();
        let compile = Compile {
            dialect: Dialect::Sqlite,
            key: SigningKey::new(vec![7; 32]).unwrap(),
            own: Some(Own { key: own.clone(), workspace: vec!["w".to_owned()], require_filter, leeway: 0 }),
            hot: Hot::default(),
            read_hot: Arc::new(|_, _| Ok(Hot::default())),
        };
        let store = Store::open(Paths { tokens, gateway: None, managed: None }, compile).unwrap();
        let pair = Ed25519KeyPair::generate().unwrap();
        let world = Self { store, pair, own, _folder: folder };
        world.publish(&world.pair, "a");
        world
    }

    fn publish(&self, pair: &Ed25519KeyPair, kid: &str) {
        let due = KeySource::Url("https://login.example/keys".to_owned());
        let x = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
        let keys = json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "kid": kid, "x": x }] });
        self.store.keys().put(&due, keys.to_string().as_bytes()).unwrap();
    }

    fn signed(&self, kid: &str, claims: &Value) -> BearerToken {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let input = format!("{}.{}", part(&json!({ "alg": "EdDSA", "kid": kid })), part(claims));
        let signature = URL_SAFE_NO_PAD.encode(self.pair.sign(input.as_bytes()).as_ref());
        BearerToken::parse(&format!("{input}.{signature}")).unwrap()
    }

    fn scopes_of(&self, token: &BearerToken) -> Option<Vec<String>> {
        let principal = self.store.snapshot().authenticate(token)?;
        let scope = |scope: &Scope| match scope {
            Scope::DatasourcesRead(name, crate::authz::Reach::Rows(filter)) => {
                format!("{name}: {}", filter.to_string().trim())
            }
            other => other.to_string(),
        };
        Some(principal.policy.scopes().iter().map(scope).collect())
    }

    fn issued(&self, change: impl FnOnce(&mut Value)) -> Option<Vec<String>> {
        let mut claims = json!({
            "iss": "https://login.example/", "aud": ["other", "gateway"], "sub": "ada", "exp": now() + 60,
            "realm": { "groups": ["tenants", "unheard of"] }, "org": 7,
        });
        change(&mut claims);
        self.scopes_of(&self.signed("a", &claims))
    }

    fn minted(&self, change: impl FnOnce(&mut Value)) -> Option<Vec<String>> {
        let mut claims = json!({
            "workspace_id": "w", "name": "n", "exp": now() + 60,
            "scopes": [{ "type": "DATASOURCES:READ", "resource": "events", "filter": "org_id = 1" }],
        });
        change(&mut claims);
        self.scopes_of(&self.own.sign(&claims))
    }
}

#[test]
fn claims_become_roles_and_typed_values() {
    let world = World::new(false);
    assert_eq!(world.issued(|_| {}).unwrap(), ["events: org_id = 7"]);
    let staff = world.issued(|claims| claims["realm"]["groups"] = json!("staff")).unwrap();
    assert_eq!(staff, ["DATASOURCES:READ:plans"]);
    let lists = world.issued(|claims| {
        claims["realm"]["groups"] = json!(["travellers"]);
        claims["regions"] = json!(["it's", "b\\"]);
    });
    assert_eq!(lists.unwrap(), [r"events: region in ('it''s', 'b\')"]);
    let token = world.signed("a", &json!({
        "iss": "https://login.example/", "aud": "gateway", "sub": "ada", "exp": now() + 9, "org": 1, "realm": { "groups": ["tenants"] },
    }));
    let principal = world.store.snapshot().authenticate(&token).unwrap();
    assert_eq!((&*principal.name, principal.requests_per_second.unwrap().get()), ("corp/ada", 5));
    assert!(Arc::ptr_eq(&principal, &world.store.snapshot().authenticate(&token).unwrap()), "it is remembered");
}

#[test]
fn a_claim_that_is_missing_empty_or_of_another_type_refuses_the_token() {
    let world = World::new(false);
    let cases: Vec<(&str, Value)> = vec![
        ("org", json!("7")),
        ("org", json!("1 or 1 = 1")),
        ("org", json!(7.5)),
        ("org", json!([7])),
        ("org", json!(null)),
        ("org", json!(true)),
        ("org", json!({ "a": 7 })),
        ("iss", json!("https://login.example")),
        ("iss", json!("https://LOGIN.example/")),
        ("iss", json!(["https://login.example/"])),
        ("aud", json!("Gateway")),
        ("aud", json!("gateway ")),
        ("aud", json!([])),
        ("aud", json!(["gateway", 7])),
        ("aud", json!({ "gateway": 1 })),
        ("sub", json!(7)),
        ("sub", json!("")),
        ("sub", json!("a\nb")),
        ("exp", json!(now() - 11)),
        ("exp", json!((now() + 60).to_string())),
        ("exp", json!(now() as f64 + 60.5)),
        ("exp", json!(-1)),
        ("exp", json!(1_u64 << 54)),
        ("nbf", json!(now() + 30)),
        ("nbf", json!("0")),
        ("iat", json!(now() + 30)),
        ("realm", json!({ "groups": [] })),
        ("realm", json!({ "groups": ["unheard of"] })),
        ("realm", json!({ "groups": ["tenants", 1] })),
        ("realm", json!({ "groups": { "tenants": true } })),
        ("realm", json!("tenants")),
    ];
    for (name, value) in cases {
        assert_eq!(world.issued(|claims| claims[name] = value.clone()), None, "{name} = {value}");
    }
    for name in ["org", "iss", "aud", "sub", "exp", "realm"] {
        let without = |claims: &mut Value| {
            claims.as_object_mut().unwrap().remove(name);
        };
        assert_eq!(world.issued(without), None, "no {name}");
    }
    let regions = |value: Value| {
        world.issued(|claims| {
            claims["realm"]["groups"] = json!(["travellers"]);
            claims["regions"] = value;
        })
    };
    assert_eq!(regions(json!(["eu"])).unwrap(), ["events: region in ('eu')"]);
    for bad in [
        json!([]),
        json!([[]]),
        json!([["eu"]]),
        json!(["eu", ["us"]]),
        json!(["eu", 1]),
        json!(["eu", null]),
        json!([true]),
        json!([{ "0": "eu" }]),
        json!("eu"),
        json!({ "0": "eu" }),
        json!(["eu\0"]),
        json!(null),
    ] {
        assert_eq!(regions(bad.clone()), None, "regions = {bad}");
    }
    assert!(world.issued(|claims| claims["exp"] = json!(now() - 5)).is_some(), "the leeway");
}

/// What JSON can write and a program can not: signed by the right key, and still refused.
#[test]
fn claims_that_could_be_read_in_two_ways_refuse_the_token() {
    let world = World::new(false);
    let with = |claims: &str| {
        let end = now() + 60;
        let claims = claims.replace("END", &end.to_string());
        let input =
            format!("{}.{}", URL_SAFE_NO_PAD.encode(r#"{"alg":"EdDSA","kid":"a"}"#), URL_SAFE_NO_PAD.encode(claims));
        let signature = URL_SAFE_NO_PAD.encode(world.pair.sign(input.as_bytes()).as_ref());
        world.scopes_of(&BearerToken::parse(&format!("{input}.{signature}")).unwrap())
    };
    let whole = r#"{"iss":"https://login.example/","aud":"gateway","sub":"ada","exp":END,"org":7,"realm":{"groups":["tenants"]}}"#;
    assert_eq!(with(whole).unwrap(), ["events: org_id = 7"]);
    for (from, to) in [
        (r#""org":7"#, r#""org":7,"org":8"#),
        (r#""org":7"#, r#""org":7,"\u006frg":8"#),
        (r#""exp":END"#, r#""exp":END,"exp":END"#),
        (r#""aud":"gateway""#, r#""aud":"other","aud":"gateway""#),
        (r#"{"groups":["tenants"]}"#, r#"{"groups":["none"],"groups":["tenants"]}"#),
        ("END", "END.0"),
        ("END", "ENDe0"),
        ("END", "1e400"),
        ("END", "99999999999999999999999999999999999999999"),
        ("END", "9223372036854775808"),
        ("END", "[END]"),
        ("END", "-0"),
        ("END", "null"),
        ("END", "0x7fffffff"),
        (r#""org":7"#, r#""org":7.0"#),
        (r#""org":7"#, r#""org":7e0"#),
        (r#""org":7"#, r#""org":170141183460469231731687303715884105728"#),
        (r#""org":7"#, r#""org":NaN"#),
        (r#""org":7"#, r#""org":7,"nbf":[0]"#),
        (r#""org":7"#, r#""org":7,"iat":1e99"#),
    ] {
        assert!(whole.contains(from));
        assert_eq!(with(&whole.replacen(from, to, 1)), None, "{to}");
    }
}

#[test]
fn a_key_that_is_gone_signs_nothing_any_more() {
    let world = World::new(false);
    let claims = json!({
        "iss": "https://login.example/", "aud": "gateway", "sub": "ada", "exp": now() + 60, "realm": { "groups": "staff" },
    });
    let token = world.signed("a", &claims);
    assert!(world.scopes_of(&token).is_some());
    assert!(world.scopes_of(&world.signed("b", &claims)).is_none(), "an unknown key");
    world.publish(&Ed25519KeyPair::generate().unwrap(), "a");
    assert!(world.scopes_of(&token).is_none(), "remembered, and its key was replaced");
    world.publish(&world.pair, "a");
    assert!(world.scopes_of(&token).is_some());
}

#[test]
fn the_gateways_own_tokens_say_what_they_may_read() {
    let world = World::new(false);
    assert_eq!(world.minted(|_| {}).unwrap(), ["events: org_id = 1"]);
    let scope = |scope: Value| world.minted(|claims| claims["scopes"] = json!([scope]));
    assert_eq!(scope(json!({ "type": "PIPES:READ", "resource": "top" })).unwrap(), ["PIPES:READ:top"]);
    assert_eq!(
        scope(json!({ "type": "DATASOURCES:READ", "resource": "events" })).unwrap(),
        ["DATASOURCES:READ:events"]
    );
    for bad in [
        json!("DATASOURCES:READ:events"),
        json!({ "type": "ADMIN" }),
        json!({ "type": "TOKENS", "resource": "" }),
        json!({ "type": "DATASOURCES:APPEND", "resource": "events" }),
        json!({ "type": "DATASOURCES:READ" }),
        json!({ "type": "DATASOURCES:READ", "resource": "events:1 = 1" }),
        json!({ "type": "DATASOURCES:READ", "resource": "events", "filter": "org_id = 1) OR (1 = 1" }),
        json!({ "type": "DATASOURCES:READ", "resource": "events", "filter": "" }),
        json!({ "type": "DATASOURCES:READ", "resource": "events", "filter": null }),
        json!({ "type": "DATASOURCES:READ", "resource": "events", "filter": ["org_id = 1"] }),
        json!({ "type": "DATASOURCES:READ", "resource": "events", "Filter": "org_id = 1" }),
        json!({ "type": "DATASOURCES:READ", "resource": "events", "fixed_params": {} }),
        json!({ "type": "PIPES:READ", "resource": "top", "fixed_params": [] }),
        json!({ "type": "datasources:read", "resource": "events" }),
    ] {
        assert_eq!(scope(bad.clone()), None, "{bad}");
    }
    let change = |name: &str, value: Value| world.minted(|claims| claims[name] = value);
    for (name, value) in [
        ("scopes", json!([])),
        ("scopes", json!({})),
        ("workspace_id", json!("other")),
        ("workspace_id", json!(1)),
        ("name", json!("")),
        ("exp", json!(now() - 1)),
        ("exp", json!(now())),
        ("iss", json!("https://login.example/")),
        ("limits", json!(5)),
        ("limits", json!({ "rps": "5" })),
    ] {
        assert_eq!(change(name, value.clone()), None, "{name} = {value}");
    }
    assert!(change("limits", json!({ "rps": -1 })).is_some());
    let fixed = |value: Value| {
        let scope = json!({ "type": "PIPES:READ", "resource": "top", "fixed_params": { "org": value } });
        let claims = json!({ "name": "n", "exp": now() + 60, "scopes": [scope] });
        let principal = world.store.snapshot().authenticate(&world.own.sign(&claims))?;
        principal.policy.fixed_params("top").map(|fixed| fixed["org"].clone())
    };
    assert_eq!(fixed(json!(7)).as_deref(), Some("7"));
    assert_eq!(fixed(json!("it's")).as_deref(), Some("it's"));
    assert_eq!((fixed(json!([1])), fixed(json!(null)), fixed(json!({}))), (None, None, None));
    let strict = World::new(true);
    assert!(strict.minted(|_| {}).is_some());
    let bare = json!([{ "type": "DATASOURCES:READ", "resource": "events" }]);
    assert_eq!(strict.minted(|claims| claims["scopes"] = bare), None, "a filter is required");
}

#[test]
fn what_is_minted_is_read_again() {
    let world = World::new(false);
    let scope = JwtScope {
        scope: "DATASOURCES:READ".to_owned(),
        resource: "events".to_owned(),
        fixed_params: BTreeMap::new(),
        filter: Some("name = 'a'".to_owned()),
    };
    let claims = Claims {
        name: "n".to_owned(),
        expires: now() + 9,
        scopes: vec![scope],
        requests_per_second: NonZeroU32::new(3),
    };
    let token = world.store.snapshot().mint(&claims).unwrap();
    assert_eq!(world.scopes_of(&token).unwrap(), ["events: name = 'a'"]);
    let principal = world.store.snapshot().authenticate(&token).unwrap();
    assert_eq!((&*principal.name, principal.requests_per_second.unwrap().get()), ("jwt/n", 3));
    let bad = Claims {
        scopes: vec![JwtScope { filter: Some("a = 1) or (1 = 1".to_owned()), ..claims.scopes[0].clone() }],
        ..claims
    };
    assert!(
        world.store.snapshot().mint(&bad).unwrap_err().contains("would be refused"),
        "what is not taken is not made"
    );
}

/// Mistakes in an issuer, and what is said of them.
#[test]
fn an_issuer_that_makes_no_sense_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let tokens = folder.path().join("tokens.yaml");
    for (from, to, said) in [
        ("algorithm: EdDSA", "algorithm: HS256", "RS256, ES256 or EdDSA"),
        ("algorithm: EdDSA", "algorithm: none", "RS256, ES256 or EdDSA"),
        ("https://login.example/keys", "http://login.example/keys", "plain HTTP"),
        ("{ url: 'https://login.example/keys' }", "{}", "exactly one of"),
        ("staff: plain", "staff: plan", "did you mean `plain`"),
        ("leeway: 10", "leeway: 301", "at most 300"),
        ("org_id: { claim: org }, ", "", "no value for the parameter `org_id`"),
        ("{ claim: org }", "{ claim: org, value: 1 }", "exactly one of"),
        ("with: { ", "with: { extra: { value: 1 }, ", "no role of this issuer has a parameter `extra`"),
        ("audience: gateway", "audience: ''", "`audience`"),
    ] {
        assert!(FILE.contains(from), "{from}");
        std::fs::write(&tokens, FILE.replacen(from, to, 1)).unwrap();
        let compile = Compile {
            dialect: Dialect::Sqlite,
            key: SigningKey::new(vec![7; 32]).unwrap(),
            own: None,
            hot: Hot::default(),
            read_hot: Arc::new(|_, _| Ok(Hot::default())),
        };
        let report = Store::open(Paths { tokens: tokens.clone(), gateway: None, managed: None }, compile)
            .unwrap_err()
            .to_string();
        assert!(report.contains(said), "{to}: {report}");
    }
}
