//! JSON Web Tokens against the gateway itself: keys fetched over HTTP, rotated, made up, and the gateway's own key.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use portcullis::token::jwt::SharedKey;
use serde_json::{Value, json};

use crate::gateway::Gateway;

/// Serves a key set and counts how often it is asked.
struct Keys {
    port: u16,
    set: Arc<Mutex<String>>,
    asked: Arc<AtomicUsize>,
}

impl Keys {
    fn serve() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (set, asked) = (Arc::new(Mutex::new(String::new())), Arc::new(AtomicUsize::new(0)));
        let (body, count) = (Arc::clone(&set), Arc::clone(&asked));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
                while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
                count.fetch_add(1, Ordering::SeqCst);
                let body = body.lock().unwrap().clone();
                let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
                let _ = stream.write_all(format!("{head}{body}").as_bytes());
            }
        });
        Self { port, set, asked }
    }

    fn publish(&self, kid: &str, pair: &Ed25519KeyPair) {
        let x = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
        let set = json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "kid": kid, "use": "sig", "x": x }] });
        *self.set.lock().unwrap() = set.to_string();
    }
}

fn in_a_minute() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() + 60
}

fn signed(pair: &Ed25519KeyPair, kid: &str, org: &Value) -> String {
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let claims = json!({ "iss": "https://corp/", "aud": "gw", "sub": "ada", "exp": in_a_minute(), "org": org });
    let input = format!("{}.{}", part(json!({ "alg": "EdDSA", "kid": kid })), part(claims));
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(pair.sign(input.as_bytes()).as_ref()))
}

fn rows(gateway: &Gateway, token: &str) -> Result<i64, u16> {
    let answer = gateway.sql(token, "SELECT count(*) AS c FROM events");
    if answer.status == 200 { Ok(answer.json()["data"][0]["c"].as_i64().unwrap()) } else { Err(answer.status) }
}

fn becomes(gateway: &Gateway, token: &str, expected: Result<i64, u16>, patience: Duration) {
    let deadline = Instant::now() + patience;
    while rows(gateway, token) != expected {
        assert!(Instant::now() < deadline, "{expected:?}: {}", gateway.log());
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn an_issuers_claims_bind_the_filter_and_its_keys_are_fetched_without_a_storm() {
    let keys = Keys::serve();
    let first = Ed25519KeyPair::generate().unwrap();
    keys.publish("1", &first);
    let tokens = format!(
        "version: 1\nroles:\n  tenant: {{ parameters: {{ org: Int }}, scopes: [{{ read: events, rows: 'org_id = {{{{ org }}}}' }}] }}\n\
         issuers:\n  - name: corp\n    issuer: https://corp/\n    audience: gw\n    algorithm: EdDSA\n    \
         keys: {{ url: 'http://127.0.0.1:{}/keys' }}\n    roles: [tenant]\n    with: {{ org: {{ claim: org }} }}\n...\n",
        keys.port
    );
    let gateway = Gateway::start("", &tokens);
    becomes(&gateway, &signed(&first, "1", &json!(1)), Ok(2026), Duration::from_secs(5));
    assert_eq!(rows(&gateway, &signed(&first, "1", &json!(3))), Ok(907));
    for bad in [json!("1"), json!([1]), json!(null), json!("1) or (1 = 1")] {
        assert_eq!(rows(&gateway, &signed(&first, "1", &bad)), Err(403), "{bad}");
    }
    // Another's key under the same id, and ids that nobody knows: refused, and hardly anything is fetched for them.
    let second = Ed25519KeyPair::generate().unwrap();
    let before = keys.asked.load(Ordering::SeqCst);
    for number in 0..300 {
        assert_eq!(rows(&gateway, &signed(&second, if number % 2 == 0 { "1" } else { "x" }, &json!(1))), Err(403));
    }
    assert!(keys.asked.load(Ordering::SeqCst) - before <= 1, "made-up ids cause no storm");
    // The issuer rotates: the new key counts without a restart, the old one no more.
    keys.publish("2", &second);
    let (old, new) = (signed(&first, "1", &json!(1)), signed(&second, "2", &json!(1)));
    becomes(&gateway, &new, Ok(2026), Duration::from_secs(15));
    assert_eq!(rows(&gateway, &old), Err(403));
    assert!(!gateway.log().contains(&new[new.len() - 40..]), "no token is logged");
}

#[test]
fn the_gateways_own_tokens_are_those_of_its_key_file() {
    let gateway = Gateway::start("", crate::gateway::TOKENS);
    let key = std::fs::read(gateway.folder().join("state/jwt.key")).unwrap();
    let scope = json!({ "type": "DATASOURCES:READ", "resource": "events", "filter": "org_id = 1" });
    let claims = json!({ "name": "n", "exp": in_a_minute(), "scopes": [scope] });
    let token = |key: &[u8], claims: &Value| SharedKey::new(key.to_vec()).unwrap().sign(claims).expose().to_owned();
    assert_eq!(rows(&gateway, &token(&key, &claims)), Ok(2026));
    assert_eq!(rows(&gateway, &token(&[1; 64], &claims)), Err(403));
    let signing = std::fs::read(gateway.folder().join("state/signing.key")).unwrap();
    assert_eq!(rows(&gateway, &token(&signing, &claims)), Err(403), "the key of static tokens is another");
    let workspace = gateway.get("/v0/workspace", &[("Authorization", &format!("Bearer {}", token(&key, &claims)))]);
    let mut named = claims.clone();
    named["workspace_id"] = workspace.json()["id"].clone();
    assert_eq!(rows(&gateway, &token(&key, &named)), Ok(2026));
    named["workspace_id"] = json!("5b8ef8c0-0000-4000-8000-000000000000");
    assert_eq!(rows(&gateway, &token(&key, &named)), Err(403), "another workspace's");
    let off = Gateway::start("jwt: { enabled: false }", crate::gateway::TOKENS);
    assert!(!off.folder().join("state/jwt.key").exists());
    assert_eq!(rows(&off, &token(&key, &claims)), Err(403));
}

/// How an endpoint of keys can misbehave.
fn misbehave(mode: &str, good: &str, stream: &mut std::net::TcpStream) {
    let answer = |status: &str, more: &str, body: &str| {
        format!("HTTP/1.1 {status}\r\n{more}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
    };
    let said = match mode {
        "/good" | "/elsewhere" => answer("200 OK", "", good),
        "/redirecting" => answer("302 Found", "Location: /elsewhere\r\n", good),
        "/failing" => answer("500 Oops", "", good),
        "/missing" => answer("404 Not Found", "", good),
        "/huge" => answer("200 OK", "", &format!("{good}{}", " ".repeat(4 << 20))),
        "/coded" => answer("200 OK", "Content-Encoding: gzip\r\n", good),
        "/torn" => answer("200 OK", "", good).replace("Content-Length: ", "Content-Length: 9"),
        "/nonsense" => answer("200 OK", "", "<html>"),
        "/twice" => answer("200 OK", "", &good.replace("{\"keys\":", "{\"keys\":[],\"keys\":")),
        // Neither answers nor closes.
        "/slow" => return std::thread::sleep(Duration::from_secs(30)),
        // Closes at once.
        _ => return,
    };
    let _ = stream.write_all(said.as_bytes());
}

const MODES: [&str; 11] = [
    "/redirecting",
    "/failing",
    "/missing",
    "/huge",
    "/coded",
    "/torn",
    "/nonsense",
    "/twice",
    "/slow",
    "/closing",
    "/good",
];

#[test]
fn keys_from_an_endpoint_that_misbehaves_are_none_and_hold_up_nobody() {
    let pair = Ed25519KeyPair::generate().unwrap();
    let x = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
    let good = json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "kid": "1", "x": x }] }).to_string();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let paths = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, paths, good) = (stream.unwrap(), Arc::clone(&paths), good.clone());
            std::thread::spawn(move || {
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
                let first = lines.next().and_then(Result::ok).unwrap_or_default();
                while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
                let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
                paths.lock().unwrap().push(path.clone());
                misbehave(&path, &good, &mut stream);
            });
        }
    });
    let mut tokens =
        "version: 1\nroles: { reader: { scopes: ['DATASOURCES:READ:events:org_id = 1'] } }\nissuers:\n".to_owned();
    for mode in MODES {
        tokens.push_str(&format!(
            "  - {{ name: '{name}', issuer: 'https://{name}/', audience: gw, algorithm: EdDSA, keys: {{ url: 'http://127.0.0.1:{port}{mode}' }}, roles: [reader] }}\n",
            name = &mode[1..],
        ));
    }
    let gateway = Gateway::start("", &format!("{tokens}...\n"));
    let token = |mode: &str| {
        let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let claims =
            json!({ "iss": format!("https://{}/", &mode[1..]), "aud": "gw", "sub": "ada", "exp": in_a_minute() });
        let input = format!("{}.{}", part(json!({ "alg": "EdDSA", "kid": "1" })), part(claims));
        format!("{input}.{}", URL_SAFE_NO_PAD.encode(pair.sign(input.as_bytes()).as_ref()))
    };
    becomes(&gateway, &token("/good"), Ok(2026), Duration::from_secs(5));
    let deadline = Instant::now() + Duration::from_secs(15);
    let all_asked = || MODES.iter().all(|mode| asked.lock().unwrap().iter().any(|path| path == mode));
    while !all_asked() {
        assert!(Instant::now() < deadline, "{:?}", asked.lock().unwrap());
        std::thread::sleep(Duration::from_millis(50));
    }
    // What they sent has been judged by now.
    std::thread::sleep(Duration::from_millis(500));
    for mode in MODES {
        let start = Instant::now();
        let expected = if mode == "/good" { Ok(2026) } else { Err(403) };
        assert_eq!(rows(&gateway, &token(mode)), expected, "{mode}");
        assert!(start.elapsed() < Duration::from_secs(2), "{mode} holds up a request");
    }
    assert!(!asked.lock().unwrap().iter().any(|path| path == "/elsewhere"), "no redirect is followed");
    assert!(gateway.log().contains("redirecting"), "it is told: {}", gateway.log());
}
