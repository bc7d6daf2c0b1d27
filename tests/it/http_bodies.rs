//! Bodies: one statement in one place, one type, one reading; and never more of it than may come.

use crate::gateway::{Gateway, TOKENS};
use crate::http::{Answer, exchange, statuses};

fn post(gateway: &Gateway, query: &str, kind: Option<&str>, body: &str) -> Answer {
    let token = format!("Bearer {}", gateway.value("acme"));
    let mut headers = vec![("Authorization", token.as_str())];
    headers.extend(kind.map(|kind| ("Content-Type", kind)));
    gateway.post(&format!("/v0/sql{query}"), &headers, body)
}

#[test]
fn a_statement_stands_in_one_place_and_is_read_in_one_way() {
    let gateway = Gateway::start("", TOKENS);
    let (form, json, text) = ("application/x-www-form-urlencoded", "application/json", "text/plain");
    for (query, kind, body, status) in [
        ("", None, "SELECT 1", 200),
        ("", Some(text), "SELECT 1", 200),
        ("", Some("text/plain; charset=utf-8"), "SELECT 1", 200),
        ("", Some(form), "SELECT 1", 200),
        ("", Some(form), "q=SELECT+1", 200),
        ("", Some(json), r#"{"q":"SELECT 1","x":[{"y":1}]}"#, 200),
        ("", Some("Application/JSON;charset=UTF-8"), r#"{"q":"SELECT 1"}"#, 200),
        ("?q=SELECT+1", None, "SELECT 1", 400),
        ("?q=SELECT+1&q=SELECT+1", None, "", 400),
        ("?q=SELECT+1&%71=SELECT+1", None, "", 400),
        ("?q=SELECT+1", Some(form), "q=SELECT+1", 400),
        ("?q=SELECT+1", Some(json), r#"{"q":"SELECT 1"}"#, 400),
        ("", Some(form), "q=SELECT+1&q=SELECT+1", 400),
        ("", Some(form), "q=SELECT+1&%71=SELECT+1", 400),
        ("", Some(json), r#"{"q":"SELECT 1","q":"SELECT 2"}"#, 400),
        ("", Some(json), r#"{"q":"SELECT 1","\u0071":"SELECT 2"}"#, 400),
        ("", Some(json), r#"{"q":["SELECT 1"]}"#, 400),
        ("", Some(json), r#"{"q":1}"#, 400),
        ("", Some(json), r#"{"q":null}"#, 400),
        ("", Some(json), r#"{"q":"\ud800"}"#, 400),
        ("", Some(json), r#"{"q":"SELECT 1"}{}"#, 400),
        ("", Some(json), "\u{feff}{\"q\":\"SELECT 1\"}", 400),
        ("", Some(json), r#"["SELECT 1"]"#, 400),
        ("", Some(form), "q=%ff", 400),
        ("", Some("text/plain; charset=utf-7"), "SELECT 1", 415),
        ("", Some("text/plain; charset=utf-8; charset=utf-16"), "SELECT 1", 415),
        ("", Some("application/json; charset=ibm500"), r#"{"q":"SELECT 1"}"#, 415),
        ("", Some("multipart/form-data; boundary=x"), "--x\r\n\r\nSELECT 1\r\n--x--", 415),
        ("", Some("application/xml"), "SELECT 1", 415),
        ("?pipeline=x&pipeline=y", None, "SELECT 1", 400),
        ("?param_a=1&param_a=2", None, "SELECT 1", 400),
        ("", None, "% SELECT 1", 400),
        ("", None, "SELECT '{{x}}'", 400),
    ] {
        assert_eq!(post(&gateway, query, kind, body).status, status, "{query} {kind:?} {body}");
    }
    let token = gateway.value("acme");
    for (name, value) in [("Content-Encoding", "gzip"), ("Content-Encoding", "identity, br"), ("Content-Encoding", "")]
    {
        let headers = [("Authorization", &*format!("Bearer {token}")), (name, value)];
        assert_eq!(gateway.post("/v0/sql", &headers, "SELECT 1").status, 415, "{value}");
    }
}

#[test]
fn a_body_comes_in_any_pieces_and_in_no_more_than_it_may() {
    let gateway = Gateway::start("limits: { body: 4KiB, body_idle_timeout: 300ms }", TOKENS);
    let token = gateway.value("acme");
    let head = |more: &str| {
        format!("POST /v0/sql HTTP/1.1\r\nHost: h\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n{more}\r\n")
    };
    let ask = |text: String| statuses(&exchange(gateway.address, text.as_bytes()));
    let ones: String = r#"{"q":"SELECT 1"}"#.chars().map(|c| format!("1\r\n{c}\r\n")).collect();
    assert_eq!(
        ask(format!("{}{ones}0\r\n\r\n", head("Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n"))),
        [200]
    );
    let body = |length: usize| format!("{:1$}", "SELECT 1", length);
    assert_eq!(ask(head("Content-Length: 4096\r\n") + &body(4096)), [200]);
    assert_eq!(ask(head("Content-Length: 4097\r\n") + &body(4097)), [413]);
    // Before a byte of it has come.
    assert_eq!(ask(head("Content-Length: 10000000000\r\n")), [413]);
    assert_eq!(ask(format!("{}1001\r\n{}\r\n0\r\n\r\n", head("Transfer-Encoding: chunked\r\n"), body(4097))), [413]);
    assert_eq!(ask(head("Content-Length: 8\r\n") + "SEL"), [408]);
    // Nobody unknown makes the gateway wait for a body, and what the body says is no request.
    let inner = "GET /health HTTP/1.1\r\nHost: h\r\n\r\n";
    let unknown =
        format!("POST /v0/sql HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: {}\r\n\r\n", inner.len());
    assert_eq!(ask(unknown.clone()), [403]);
    assert_eq!(ask(unknown.replace("Expect: 100-continue", "Connection: close") + inner), [403]);
}
