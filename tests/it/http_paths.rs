//! Hosts, targets and paths: one host, one target, and a path that is in the table byte for byte.

use crate::gateway::{Gateway, TOKENS};
use crate::http::{encode, exchange, statuses};
use crate::http_smuggling::Recorded;

#[test]
fn one_well_formed_host_is_named() {
    let gateway = Gateway::start("", TOKENS);
    let ask = |lines: &str| {
        let request = format!("GET /health HTTP/1.1\r\n{lines}Connection: close\r\n\r\n");
        statuses(&exchange(gateway.address, request.as_bytes()))
    };
    for good in ["h", "h:80", "a.b-c_d.", "[::1]", "[::1]:8080", "127.0.0.1:9"] {
        assert_eq!(ask(&format!("Host: {good}\r\n")), [200], "{good}");
    }
    let long = "a".repeat(300);
    for bad in [
        "",
        "a, b",
        "a@b",
        "a:b",
        "a:",
        "a:99999",
        "a:+80",
        "[::1",
        "[::1]x",
        "::1",
        "[v1.x]",
        "a/b",
        "a b",
        "a\\b",
        "a%2f",
        "a?b",
        "a#b",
        "http://a",
        "a\0",
        long.as_str(),
    ] {
        assert_eq!(ask(&format!("Host: {bad}\r\n")), [400], "{bad:?}");
    }
    for bad in ["", "Host: h\r\nHost: h\r\n", "Host: h\r\nHost: x\r\n"] {
        assert_eq!(ask(bad), [400], "{bad:?}");
    }
}

#[test]
fn a_target_names_a_path_of_this_gateway() {
    let world = Recorded::start("");
    let ask = |target: &str| {
        let head = world.head();
        let answers =
            world.say(&format!("POST {target} HTTP/1.1\r\n{head}Content-Length: 21\r\n\r\nSELECT id FROM events"));
        (answers, world.seen().iter().filter(|request| !request.contains("666")).count())
    };
    for good in ["/api/sql", "http://h/api/sql", "http://H/api/sql", "https://h/api/sql"] {
        assert_eq!(ask(good), (vec![200, 200], 1), "{good}");
    }
    for bad in [
        "*",
        "h:80",
        "api/sql",
        "http://x/api/sql",
        "http://u:p@h/api/sql",
        "http://h:80/api/sql",
        "http:/api/sql",
        "http:///api/sql",
        "ftp://h/api/sql",
        "gopher://h/api/sql",
        "/api/ sql",
        "/api/sql\0",
        "/api/sql\x7f",
        "/api/sqlé",
    ] {
        assert_eq!(ask(bad), (vec![400], 0), "{bad:?}");
    }
}

#[test]
fn a_path_is_matched_byte_for_byte_and_nobody_learns_more() {
    let gateway = Gateway::start("", TOKENS);
    let token = gateway.value("admin");
    let bare = |answer: crate::http::Answer| {
        let headers: Vec<_> =
            answer.headers.into_iter().filter(|(name, _)| !["date", "x-request-id"].contains(&name.as_str())).collect();
        (answer.status, headers, answer.body)
    };
    let unknown = bare(gateway.get("/no-such-thing", &[]));
    assert_eq!(unknown.0, 404);
    for path in [
        "/v0//sql",
        "//v0/sql",
        "/./v0/sql",
        "/v0/x/../sql",
        "/v0/sql/..;/admin",
        "/v0/%2e%2e/sql",
        "/v0%2fsql",
        "/v0%5csql",
        "/v0\\sql",
        "/v0/%73ql",
        "/v0/%2573ql",
        "/v0/sql;v=1",
        "/V0/SQL",
        "/v0/sql/",
        "/v0/sql.",
        "/v0/sql%20",
        "/v0/sql%00",
        "/v0/sql%0d%0a",
        "/v0/sql.json",
        "/v0/%c0%ae",
        "/v0/sql%zz",
        "/v0/sql%3Fq=1",
        "/metrics/",
        "/health/",
        "/v0/token",
    ] {
        for token in [token.as_str(), "p.eyJ1IjoiMSJ9.unknown-unknown", ""] {
            let target = format!("{path}?q={}&token={token}", encode("SELECT 1"));
            assert_eq!(bare(gateway.get(&target, &[])), unknown, "{path}");
        }
    }
    for header in ["X-Forwarded-Uri", "X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Prefix", "X-HTTP-Method-Override"]
    {
        let refused = gateway.get("/v0/sql?q=SELECT+1", &[(header, "/health")]);
        assert_eq!(refused.status, 403, "{header}");
    }
}
