//! Messages that two programs could read in two ways, byte by byte over a socket.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::http::raw;
use crate::http_world::{World, value};

/// Longer than a busy machine needs to close a connection, shorter than one may stay idle.
const CLOSES_WITHIN: Duration = Duration::from_secs(3);

/// The status, and whether the connection was closed without waiting to be idle.
fn say(world: &World, bytes: &[u8]) -> (u16, bool) {
    let mut stream = TcpStream::connect(world.address).unwrap();
    stream.set_read_timeout(Some(CLOSES_WITHIN)).unwrap();
    let _ = stream.write_all(bytes);
    let mut answer = Vec::new();
    let closed = stream.read_to_end(&mut answer).is_ok();
    let text = String::from_utf8_lossy(&answer).into_owned();
    let status = text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    (status, closed)
}

#[test]
fn ambiguous_framing_is_refused_and_closes_the_connection() {
    let world = World::new();
    let token = value("admin");
    let post = |headers: &str, body: &str| {
        format!("POST /v0/sql HTTP/1.1\r\nHost: gw\r\nAuthorization: Bearer {token}\r\n{headers}\r\n{body}")
    };
    for (name, message) in [
        ("two different lengths", post("Content-Length: 3\r\nContent-Length: 4\r\n", "abc")),
        ("a list of lengths", post("Content-Length: 3, 3\r\n", "abc")),
        ("leading zeros", post("Content-Length: 003\r\n", "abc")),
        ("a sign", post("Content-Length: +3\r\n", "abc")),
        ("hexadecimal", post("Content-Length: 0x3\r\n", "abc")),
        ("two codings", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n")),
        ("chunked twice", post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n")),
        ("two coding lines", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")),
        ("an unknown coding", post("Transfer-Encoding: cow\r\n", "0\r\n\r\n")),
        ("a comma first", post("Transfer-Encoding: ,chunked\r\n", "0\r\n\r\n")),
        ("a bad chunk", post("Transfer-Encoding: chunked\r\n", "xyz\r\n\r\n")),
        ("a chunk that does not end", post("Transfer-Encoding: chunked\r\n", "1\r\nab\r\n0\r\n\r\n")),
        ("no host", "GET /ping HTTP/1.1\r\n\r\n".to_owned()),
        ("two hosts", "GET /ping HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n".to_owned()),
        ("a list of hosts", "GET /ping HTTP/1.1\r\nHost: a, b\r\n\r\n".to_owned()),
        ("a user in the host", "GET /ping HTTP/1.1\r\nHost: a@b\r\n\r\n".to_owned()),
        ("another authority", "GET http://evil/ping HTTP/1.1\r\nHost: gw\r\n\r\n".to_owned()),
        ("an asterisk", "GET * HTTP/1.1\r\nHost: gw\r\n\r\n".to_owned()),
        ("an asterisk to options", "OPTIONS * HTTP/1.1\r\nHost: gw\r\n\r\n".to_owned()),
        ("a body with GET", "GET /ping HTTP/1.1\r\nHost: gw\r\nContent-Length: 3\r\n\r\nabc".to_owned()),
        ("a line folded", "GET /ping HTTP/1.1\r\nHost: gw\r\nX: a\r\n b\r\n\r\n".to_owned()),
    ] {
        assert_eq!(say(&world, message.as_bytes()), (400, true), "{name}");
    }
}

/// RFC 9110 section 8.6: a recipient may take one of several equal lengths. hyper does, before any layer could see it;
/// what goes upstream has one length of its own.
#[test]
fn equal_lengths_are_one_length() {
    let world = World::new();
    let lengths = "Content-Length: 8\r\nContent-Length: 8\r\n";
    let head =
        format!("POST /v0/sql HTTP/1.1\r\nHost: gw\r\nAuthorization: Bearer {}\r\n{lengths}\r\n", value("admin"));
    assert_eq!(say(&world, format!("{head}SELECT 1").as_bytes()).0, 200);
}

#[test]
fn too_much_is_refused_by_what_it_is_too_much_of() {
    let world = World::new();
    let get = |target: &str, headers: &str| format!("GET {target} HTTP/1.1\r\nHost: gw\r\n{headers}\r\n");
    let many: String = (0..80).map(|at| format!("X-{at}: 1\r\n")).collect();
    for (name, message, status) in [
        ("a long target", get(&format!("/{}", "a".repeat(9000)), ""), 414),
        ("a long header", get("/ping", &format!("X: {}\r\n", "a".repeat(9000))), 431),
        ("many headers", get("/ping", &many), 431),
        ("an expectation", get("/ping", "Expect: nope\r\n"), 417),
        ("an unknown method", "BREW /ping HTTP/1.1\r\nHost: gw\r\n\r\n".to_owned(), 501),
    ] {
        assert_eq!(say(&world, message.as_bytes()), (status, true), "{name}");
    }
    for (method, status) in [("TRACE", 405), ("PUT", 405), ("PATCH", 405)] {
        assert_eq!(
            say(&world, format!("{method} /ping HTTP/1.1\r\nHost: gw\r\n\r\n").as_bytes()).0,
            status,
            "{method}"
        );
    }
    assert_eq!(say(&world, b"CONNECT gw:80 HTTP/1.1\r\nHost: gw:80\r\n\r\n").0, 405);
    assert_eq!(say(&world, get("/ping", "Connection: Upgrade\r\nUpgrade: websocket\r\n").as_bytes()).0, 200);
}

#[test]
fn the_answer_is_the_same_in_one_piece_and_byte_by_byte() {
    let world = World::new();
    for message in [
        "GET /ping HTTP/1.1\r\nHost: gw\r\nConnection: close\r\n\r\n".to_owned(),
        "GET /ping HTTP/1.1\r\nHost: a, b\r\n\r\n".to_owned(),
        format!("GET /ping HTTP/1.1\r\nHost: gw\r\nX: {}\r\n\r\n", "a".repeat(9000)),
    ] {
        let whole = raw(world.address, message.as_bytes()).status;
        let mut stream = TcpStream::connect(world.address).unwrap();
        stream.set_nodelay(true).unwrap();
        for piece in message.as_bytes().chunks(1 + message.len() / 60) {
            stream.write_all(piece).unwrap();
            std::thread::sleep(Duration::from_millis(2));
        }
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(String::from_utf8_lossy(&answer[9..]), whole.to_string());
    }
}

#[test]
fn a_body_is_bounded_in_size_and_in_time() {
    let world = World::new();
    let token = value("admin");
    let head = |length: usize| {
        format!(
            "POST /v0/sql HTTP/1.1\r\nHost: gw\r\nAuthorization: Bearer {token}\r\nContent-Length: {length}\r\n\r\n"
        )
    };
    assert_eq!(raw(world.address, head(10_000_000_000).as_bytes()).status, 413);
    let chunk = format!("{:x}\r\n{}\r\n", 70_000, "a".repeat(70_000));
    let chunked = head(0).replace("Content-Length: 0", "Transfer-Encoding: chunked");
    assert_eq!(raw(world.address, format!("{chunked}{chunk}0\r\n\r\n").as_bytes()).status, 413);
    let start = Instant::now();
    assert_eq!(raw(world.address, format!("{}SELECT", head(50)).as_bytes()).status, 408);
    assert!(start.elapsed() < Duration::from_secs(3));
    assert_eq!(
        raw(
            world.address,
            format!("{}\u{0}", head(50).replace("\r\n\r\n", "\r\nContent-Encoding: gzip\r\n\r\n")).as_bytes()
        )
        .status,
        415
    );
}

#[test]
fn a_body_is_asked_for_only_from_someone_known() {
    let world = World::new();
    let ask = |token: &str| {
        let mut stream = TcpStream::connect(world.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let head = format!(
            "POST /v0/sql HTTP/1.1\r\nHost: gw\r\nAuthorization: Bearer {token}\r\nExpect: 100-continue\r\nContent-Length: 8\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).unwrap();
        String::from_utf8_lossy(&answer[9..]).into_owned()
    };
    assert_eq!(ask(&value("admin")), "100");
    assert_eq!(ask(&value("unknown")), "403");
}

#[test]
fn requests_on_one_connection_are_each_decided_alone() {
    let world = World::new();
    let get = |token: &str, close: &str| {
        format!("GET /v0/auth HTTP/1.1\r\nHost: gw\r\nAuthorization: Bearer {token}\r\n{close}\r\n")
    };
    let mut all = String::new();
    for at in 0..10 {
        let token = if at % 2 == 0 { value("admin") } else { value("unknown") };
        all.push_str(&get(&token, if at == 9 { "Connection: close\r\n" } else { "" }));
    }
    let mut stream = TcpStream::connect(world.address).unwrap();
    stream.write_all(all.as_bytes()).unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).unwrap();
    let statuses: Vec<&str> = answers.split("HTTP/1.1 ").skip(1).map(|answer| &answer[..3]).collect();
    assert_eq!(statuses, ["200", "403"].repeat(5));
}
