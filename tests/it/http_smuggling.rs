//! Framing: what two programs could cut in two ways is refused, the connection is closed, and the upstream sees nothing.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use crate::gateway::{Gateway, TOKENS};
use crate::http::{exchange, statuses};

const STATEMENT: &str = "SELECT id FROM events";
const LENGTH: &str = "Content-Length: 21\r\n";
const CHUNKED: &str = "Transfer-Encoding: chunked\r\n";
const CHUNKS: &str = "15\r\nSELECT id FROM events\r\n0\r\n\r\n";

/// A gateway before an upstream that writes down whatever reaches it.
pub(crate) struct Recorded {
    pub(crate) gateway: Gateway,
    seen: Arc<Mutex<Vec<String>>>,
    token: String,
}

impl Recorded {
    pub(crate) fn start(limits: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let book = Arc::clone(&seen);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let book = Arc::clone(&book);
                std::thread::spawn(move || serve(stream, &book));
            }
        });
        let settings = format!(
            "upstream:\n  http:\n    base: http://127.0.0.1:{port}\n    method: POST\n    path: /up\n    place: body\n    database: public\n    health_interval: 1h\n    tables:\n      events: [id, org_id]\n\
             faces:\n  generic:\n    - {{ path: /api/sql, method: POST, place: body }}\n    - {{ path: /query, method: GET, place: {{ query_parameter: sql }} }}\n{limits}"
        );
        let gateway = Gateway::start(&settings, TOKENS);
        let token = gateway.value("acme");
        Self { gateway, seen, token }
    }

    /// `POST /api/sql` with these header lines and this body, and a second request behind it.
    fn post(&self, headers: &str, body: &str) -> Vec<u16> {
        self.say(&format!("POST /api/sql HTTP/1.1\r\n{}{headers}\r\n{body}", self.head()))
    }

    /// The statuses that come back when a second, well-formed request follows on the same connection.
    pub(crate) fn say(&self, request: &str) -> Vec<u16> {
        let smuggled = "GET /query?sql=SELECT+666+FROM+events HTTP/1.1\r\nConnection: close\r\n";
        let bytes = format!("{request}{smuggled}{}\r\n", self.head());
        statuses(&exchange(self.gateway.address, bytes.as_bytes()))
    }

    pub(crate) fn head(&self) -> String {
        format!("Host: h\r\nAuthorization: Bearer {}\r\n", self.token)
    }

    /// Requests that reached the upstream since the last call.
    pub(crate) fn seen(&self) -> Vec<String> {
        std::mem::take(&mut self.seen.lock().unwrap())
    }
}

fn serve(mut stream: std::net::TcpStream, book: &Mutex<Vec<String>>) {
    let mut buffer = Vec::new();
    let mut piece = [0; 4096];
    while let Ok(read @ 1..) = stream.read(&mut piece) {
        buffer.extend_from_slice(&piece[..read]);
        let text = String::from_utf8_lossy(&buffer).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()?.parse().ok());
        if body.len() < length.unwrap_or(0) {
            continue;
        }
        book.lock().unwrap().push(text);
        buffer.clear();
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok");
    }
}

#[test]
fn what_is_well_framed_passes_and_is_written_anew() {
    let world = Recorded::start("");
    for (headers, body) in [
        (LENGTH.to_owned(), STATEMENT),
        (CHUNKED.to_owned(), CHUNKS),
        // Headers between the client and somebody else: none goes on, none is obeyed.
        (
            format!("{LENGTH}Connection: Authorization, Host\r\nX-Forwarded-Host: evil\r\nX-Real-IP: evil\r\n"),
            STATEMENT,
        ),
        (format!("{LENGTH}Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"), STATEMENT),
        (
            format!("{LENGTH}TE: trailers\r\nCookie: evil\r\nProxy-Authorization: evil\r\nTransfer_Encoding: evil\r\n"),
            STATEMENT,
        ),
        // A trailer is dropped, whatever its name.
        (CHUNKED.to_owned(), "15\r\nSELECT id FROM events\r\n0\r\nAuthorization: evil\r\nHost: evil\r\n\r\n"),
    ] {
        assert_eq!(world.post(&headers, body), [200, 200], "{headers}{body}");
        let seen = world.seen();
        assert_eq!(seen.len(), 2, "{seen:?}");
        for request in &seen {
            let names: Vec<&str> = request
                .split("\r\n\r\n")
                .next()
                .unwrap()
                .lines()
                .skip(1)
                .filter_map(|line| line.split(':').next())
                .collect();
            let ours = ["content-type", "accept-encoding", "user-agent", "host", "content-length"];
            assert!(names.iter().all(|name| ours.contains(name)), "{request}");
            assert!(request.starts_with("POST /up HTTP/1.1\r\n") && !request.contains("evil"), "{request}");
            assert!(!request.contains(&world.token), "{request}");
        }
    }
}

#[test]
fn what_could_be_cut_in_two_ways_reaches_nobody() {
    let world = Recorded::start("");
    let mut cases: Vec<(String, &str)> = Vec::new();
    let lengths =
        ["+21", "-1", "0x15", "", "21a", "2_1", "021", "21, 21", "21;a", "\"21\"", "1e1", "18446744073709551616"];
    cases.extend(lengths.map(|length| (format!("Content-Length: {length}\r\n"), STATEMENT)));
    cases.push((format!("{LENGTH}Content-Length: 3\r\n"), STATEMENT));
    let codings = [
        "identity",
        "gzip, chunked",
        "chunked, chunked",
        ",chunked",
        "chunked,",
        "\"chunked\"",
        "chunked;x=1",
        "cow",
        "chunked, identity",
        "xchunked",
        "chunked\x0b",
        "",
        "chun\r\n ked",
        "chunked\r\nTransfer-Encoding: chunked",
        "chunked\r\nTransfer-Encoding: identity",
        "identity\r\nTransfer-Encoding: chunked",
    ];
    cases.extend(codings.map(|coding| (format!("Transfer-Encoding: {coding}\r\n"), CHUNKS)));
    let names = ["Transfer-Encoding ", "Transfer-Encoding\t", " Transfer-Encoding", "Transfer\rEncoding", ""];
    cases.extend(names.map(|name| (format!("{name}: chunked\r\n"), CHUNKS)));
    let chunks = [
        "+15\r\nSELECT id FROM events\r\n0\r\n\r\n",
        "0x15\r\nSELECT id FROM events\r\n0\r\n\r\n",
        "-1\r\nSELECT id FROM events\r\n0\r\n\r\n",
        "ffffffffffffffff15\r\nSELECT id FROM events\r\n0\r\n\r\n",
        "\r\nSELECT id FROM events\r\n0\r\n\r\n",
        "15;a\nb\r\nSELECT id FROM events\r\n0\r\n\r\n",
        "15\nSELECT id FROM events\n0\n\n",
        "15\r\nSELECT id FROM events\n0\r\n\r\n",
        "15\r\nSELECT id FROM eventsXX0\r\n\r\n",
        "15\r\nSELECT id FROM events\r\n0\r\nno trailer\r\n\r\n",
    ];
    cases.extend(chunks.map(|chunks| (CHUNKED.to_owned(), chunks)));
    let lines = ["X: a\r\n b\r\n", "X: a\rb\r\n", "X: a\0b\r\n", "X: a\x7f\r\n", "Xabc\r\n", "X : a\r\n"];
    cases.extend(lines.map(|line| (format!("{line}{LENGTH}"), STATEMENT)));
    for (headers, body) in &cases {
        assert_eq!(world.post(headers, body), [400], "{headers:?} {body:?}");
        assert_eq!(world.seen(), [""; 0], "{headers:?} {body:?}");
    }
}

#[test]
fn a_length_and_a_coding_at_once_end_the_connection() {
    let world = Recorded::start("");
    for headers in [format!("{LENGTH}{CHUNKED}"), format!("{CHUNKED}{LENGTH}")] {
        // Read by its coding, as RFC 9112 section 6.3 has it, or refused; nothing behind it is a request either way.
        assert_eq!(world.post(&headers, CHUNKS).len(), 1, "{headers}");
        assert!(world.seen().iter().all(|request| !request.contains("666")));
    }
}

#[test]
fn methods_versions_and_expectations_that_are_not_ours_go_nowhere() {
    let world = Recorded::start("");
    let head = world.head();
    for (line, status) in [
        ("TRACK /api/sql HTTP/1.1", 501),
        ("post /api/sql HTTP/1.1", 501),
        ("QUERY /api/sql HTTP/1.1", 501),
        ("P@ST /api/sql HTTP/1.1", 400),
        ("CONNECT h:443 HTTP/1.1", 405),
        ("GET /api/sql HTTP/1.2", 400),
        ("GET /api/sql http/1.1", 400),
        ("GET /api/sql HTTP/2.0", 400),
        ("GET /api/sql HTTP/1.10", 400),
        ("GET /api/sql", 400),
        ("GET  /api/sql HTTP/1.1", 400),
    ] {
        assert_eq!(world.say(&format!("{line}\r\n{head}\r\n")), [status], "{line}");
    }
    for method in ["PUT", "PATCH", "DELETE", "TRACE"] {
        let answers = world.say(&format!("{method} /api/sql HTTP/1.1\r\n{head}\r\n"));
        assert_eq!(answers, [405, 200], "{method}: not ours, yet well framed");
        assert_eq!(world.seen().len(), 1);
    }
    assert_eq!(world.post(&format!("Expect: nope\r\n{LENGTH}"), STATEMENT), [417]);
    assert_eq!(world.post(&format!("Expect: 100-continue\r\n{LENGTH}"), STATEMENT), [100, 200, 200]);
    assert_eq!(world.seen().len(), 2);
}
