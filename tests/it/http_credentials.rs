//! Credentials: exactly one, in a known place, byte for byte; and one answer to everybody who has none that counts.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::gateway::{Gateway, TOKENS};
use crate::http::Answer;

#[test]
fn a_bearer_is_one_token_after_one_space() {
    let gateway = Gateway::start("", TOKENS);
    let (token, other) = (gateway.value("acme"), gateway.value("reader"));
    let ask = |lines: &[&str]| {
        let headers: Vec<_> = lines.iter().map(|line| ("Authorization", *line)).collect();
        gateway.get("/v0/sql?q=SELECT+1", &headers).status
    };
    let t = &token;
    for (value, status) in [
        (format!("Bearer {t}"), 200),
        (format!("bearer {t}"), 200),
        (format!("BEARER {t}"), 200),
        (format!("  Bearer {t} \t"), 200),
        (format!("Bearer  {t}"), 400),
        (format!("Bearer\t{t}"), 400),
        (format!("Bearer{t}"), 400),
        (format!("Bearer {t}, Bearer {t}"), 400),
        (format!("Bearer {t},"), 400),
        (format!("Bearer {t}\u{200b}"), 400),
        (format!("Bearer \u{feff}{t}"), 400),
        ("Bearer".to_owned(), 403),
        (String::new(), 403),
        (t.clone(), 403),
        (format!("Token {t}"), 403),
        (format!("Digest {t}"), 403),
        (format!("Basic {}", STANDARD.encode(format!("u:{t}"))), 403),
        (format!("Bearer \"{t}\""), 403),
        (format!("Bearer {t};a=b"), 403),
        (format!("Bearer token={t}"), 403),
        (format!("Bearer {}", t.replace('.', "%2e")), 403),
        (format!("Bearer {t}A"), 403),
        (format!("Bearer {t}="), 403),
        (format!("Bearer {}", &t[..t.len() - 1]), 403),
        ("Bearer acme".to_owned(), 403),
        (format!("Bearer {}", "a".repeat(6145)), 403),
        (format!("Bearer {}", "a".repeat(9000)), 431),
    ] {
        assert_eq!(ask(&[&value]), status, "{}", value.replace(t, "T"));
    }
    let (mine, theirs) = (format!("Bearer {t}"), format!("Bearer {other}"));
    for two in [[&*mine, &*mine], [&*mine, &*theirs], [&*theirs, &*mine], [&*mine, "Basic eA=="]] {
        assert_eq!(ask(&two), 400);
    }
    for name in ["Proxy-Authorization", "X-Authorization", "Cookie", "Authorization_", "X-ClickHouse-Key"] {
        assert_eq!(gateway.get("/v0/sql?q=SELECT+1", &[(name, &mine)]).status, 403, "{name}");
    }
}

#[test]
fn a_token_in_the_query_is_one_and_agrees_with_the_header() {
    let gateway = Gateway::start("", TOKENS);
    let (t, other) = (gateway.value("acme"), gateway.value("reader"));
    let bearer = format!("Bearer {t}");
    for (query, header, status) in [
        (format!("&token={t}"), None, 200),
        (format!("&to%6ben={t}"), None, 200),
        (format!("&token={t}"), Some(&*bearer), 200),
        (format!("&password={other}"), Some(&*bearer), 200),
        (format!("&token={t}&token={t}"), None, 400),
        (format!("&token={t}&token={other}"), None, 400),
        (format!("&to%6ben={other}&token={t}"), None, 400),
        (format!("&token=&token={t}"), None, 400),
        (format!("&token={other}"), Some(&*bearer), 400),
        ("&token=".to_owned(), Some(&*bearer), 400),
        (format!("&token={t}"), Some(""), 400),
        (format!("&token={t}"), Some("Basic eA=="), 400),
        ("&token=".to_owned(), None, 403),
        ("&token".to_owned(), None, 403),
        (format!("&TOKEN={t}"), None, 403),
        (format!("&token%3D{t}"), None, 403),
        (format!("&token[]={t}"), None, 403),
        (format!(";token={t}"), None, 403),
        (format!("&token={t}%00"), None, 403),
        (format!("&token=+{t}"), None, 403),
        (format!("&token={}", t.replace('.', "%252e")), None, 403),
        (format!("&password={t}"), None, 403),
    ] {
        let headers: Vec<_> = header.iter().map(|value| ("Authorization", *value)).collect();
        let answer = gateway.get(&format!("/v0/sql?q=SELECT+1{query}"), &headers);
        assert_eq!(answer.status, status, "{} {}", query.replace(&t, "T"), header.is_some());
    }
    // What a body says of tokens is not looked at.
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    assert_eq!(gateway.post("/v0/sql", &form, &format!("q=SELECT+1&token={t}")).status, 403);
}

#[test]
fn everybody_who_is_unknown_gets_the_same_bytes() {
    let gateway = Gateway::start("", TOKENS);
    let revoked = gateway.value("globex");
    std::fs::write(gateway.tokens_file(), TOKENS.replace("id: globex", "id: globex2")).unwrap();
    let known = || gateway.sql(&revoked, "SELECT 1").status == 200;
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while known() && std::time::Instant::now() < deadline {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let bare = |answer: Answer| {
        let headers: Vec<_> =
            answer.headers.into_iter().filter(|(name, _)| !["date", "x-request-id"].contains(&name.as_str())).collect();
        (answer.status, headers, answer.body)
    };
    for target in ["/v0/sql?q=SELECT+1", "/?query=SELECT+1", "/metrics", "/v0/workspace"] {
        let ask = |token: &str| bare(gateway.get(target, &[("Authorization", &format!("Bearer {token}"))]));
        let unknown = ask("an-unknown-token-of-some-length");
        assert!([401, 403].contains(&unknown.0), "{unknown:?}");
        let forged = format!("{}A", &revoked[..revoked.len() - 1]);
        for token in [&*revoked, &*forged, "short", "globex", "eyJhbGciOiJub25lIn0.e30.", &"a".repeat(3000)] {
            assert_eq!(ask(token), unknown, "{target}");
        }
    }
}
