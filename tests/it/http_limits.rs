//! Bounds: sizes of heads, silent and stalled clients, signals at awkward moments, and what the log may say of all that.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::gateway::{Gateway, TOKENS};
use crate::http::{encode, exchange, statuses};

/// An answer that has a good many megabytes.
const LONG: &str =
    "SELECT a.org_id AS x, b.org_id AS y, c.org_id AS z FROM events AS a, events AS b, events AS c FORMAT CSV";

#[test]
fn a_head_has_a_bound_however_it_arrives() {
    let gateway = Gateway::start("", TOKENS);
    let ask = |target: &str, lines: &str, piece: usize| {
        let request = format!("GET {target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n{lines}\r\n");
        let mut stream = TcpStream::connect(gateway.address).unwrap();
        stream.set_nodelay(true).unwrap();
        for piece in request.as_bytes().chunks(piece) {
            if stream.write_all(piece).is_err() {
                break;
            }
        }
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        statuses(&answer)
    };
    let line = |length: usize| format!("x: {}\r\n", "a".repeat(length - "x: \r\n".len()));
    let many = |count: usize| (0..count).map(|n| format!("x{n}: a\r\n")).collect::<String>();
    let target = |length: usize| format!("{:a<1$}", "/health?", length);
    for (target, lines, status) in [
        (target(8192), String::new(), 200),
        (target(8193), String::new(), 414),
        (target(60_000), String::new(), 414),
        ("/health".to_owned(), line(8192), 200),
        ("/health".to_owned(), line(8193), 431),
        ("/health".to_owned(), line(200_000), 431),
        ("/health".to_owned(), many(62), 200),
        ("/health".to_owned(), many(63), 431),
        ("/health".to_owned(), many(5000), 431),
        ("/health".to_owned(), line(8000).repeat(4), 200),
        ("/health".to_owned(), line(8000).repeat(5), 431),
    ] {
        for piece in [1 << 20, 4096, 97] {
            assert_eq!(ask(&target, &lines, piece), [status], "{} and {} bytes", target.len(), lines.len());
        }
    }
}

#[test]
fn a_connection_that_does_not_ask_is_closed() {
    let gateway = Gateway::start("limits: { header_timeout: 500ms }", TOKENS);
    let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    for bytes in ["", "P", "PRI", "GET /health HTT", preface] {
        let mut stream = TcpStream::connect(gateway.address).unwrap();
        stream.write_all(bytes.as_bytes()).unwrap();
        let start = Instant::now();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let mut rest = Vec::new();
        let timed_out =
            stream.read_to_end(&mut rest).is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock);
        assert!(!timed_out && start.elapsed() < Duration::from_secs(10), "{bytes:?}");
    }
}

#[test]
fn an_http2_client_that_takes_nothing_of_an_answer_gives_back_the_upstream() {
    let settings = "upstream: { embedded: { connections: 1 } }\nlimits: { header_timeout: 500ms, idle_timeout: 1s }";
    let gateway = Gateway::start(settings, TOKENS);
    let mut stream = TcpStream::connect(gateway.address).unwrap();
    // SETTINGS_INITIAL_WINDOW_SIZE 0: the answer's head may come, its body never.
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\x06\x04\0\0\0\0\0\0\x04\0\0\0\0").unwrap();
    let path = format!("/v0/sql?q={}&token={}", encode(LONG), gateway.value("admin"));
    let mut first = TcpStream::connect(gateway.address).unwrap();
    write!(first, "GET {path} HTTP/1.1\r\nHost: h\r\n\r\n").unwrap();
    let mut begin = [0; 12];
    first.read_exact(&mut begin).unwrap();
    assert_eq!(&begin, b"HTTP/1.1 200");
    drop(first);
    let fields = [(":method", "GET"), (":scheme", "http"), (":authority", "h"), (":path", &*path)];
    let block: Vec<u8> = fields.iter().flat_map(|(name, value)| literal(name, value)).collect();
    let mut frame = u32::try_from(block.len()).unwrap().to_be_bytes()[1..].to_vec();
    frame.extend_from_slice(&[1, 5, 0, 0, 0, 1]);
    stream.write_all(&frame).unwrap();
    stream.write_all(&block).unwrap();
    // It keeps reading, and answers pings: only the stream stands still.
    let mut far = stream.try_clone().unwrap();
    std::thread::spawn(move || while matches!(far.read(&mut [0; 4096]), Ok(1..)) {});
    std::thread::sleep(Duration::from_millis(300));
    let start = Instant::now();
    assert_eq!(gateway.sql(&gateway.value("admin"), "SELECT 1").status, 200, "the only connection was given back");
    assert!(start.elapsed() < Duration::from_secs(15), "{:?}", start.elapsed());
}

/// A header field as HPACK writes it without a table (RFC 7541 section 6.2.2).
fn literal(name: &str, value: &str) -> Vec<u8> {
    let mut bytes = vec![0];
    for text in [name, value] {
        let mut rest = text.len();
        bytes.push(u8::try_from(rest.min(127)).unwrap());
        if rest >= 127 {
            rest -= 127;
            while rest >= 128 {
                bytes.push(u8::try_from(rest % 128 + 128).unwrap());
                rest /= 128;
            }
            bytes.push(u8::try_from(rest).unwrap());
        }
        bytes.extend_from_slice(text.as_bytes());
    }
    bytes
}

#[test]
fn sighup_ends_nothing_from_the_greeting_on() {
    use std::io::{BufRead as _, BufReader};
    for _ in 0..5 {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("gateway.yaml");
        std::fs::write(&config, "version: 1\nlisten: 127.0.0.1:0\n...\n").unwrap();
        std::fs::write(folder.path().join("tokens.yaml"), TOKENS).unwrap();
        let mut command = crate::gateway::portcullis();
        command.args(["serve", "--config"]).arg(&config);
        let mut child =
            command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        lines.read_line(&mut line).unwrap();
        let hangup = std::process::Command::new("kill").args(["-HUP", &child.id().to_string()]).status().unwrap();
        std::thread::sleep(Duration::from_millis(200));
        let ended = child.try_wait().unwrap();
        let _ = child.kill();
        let _ = child.wait();
        assert!(hangup.success() && ended.is_none(), "{line} {ended:?}");
    }
}

#[test]
fn sighup_in_a_storm_and_a_sigterm_in_it_end_well() {
    let mut gateway = Gateway::start("", TOKENS);
    for _ in 0..50 {
        gateway.signal("HUP");
    }
    assert_eq!(gateway.get("/health", &[]).status, 200);
    gateway.signal("HUP");
    gateway.signal("TERM");
    assert_eq!(gateway.wait(Duration::from_secs(10)), Some(0));
}

#[test]
fn no_piece_of_a_secret_is_logged_or_counted() {
    let gateway = Gateway::start("log: { level: debug }", TOKENS);
    let (token, admin) = (gateway.value("acme"), gateway.value("admin"));
    let canary = "Zq7vKx2mWn9pTr4sYb6dHc8fJg3k";
    let good = format!("Authorization: Bearer {token}\r\n");
    for (target, lines) in [
        (format!("/v0/sql?q=SELECT+1&token={canary}"), String::new()),
        (format!("/{canary}"), String::new()),
        ("/v0/sql?q=SELECT+1".to_owned(), format!("Authorization: Bearer {canary}\r\n")),
        ("/v0/sql?q=SELECT+1".to_owned(), format!("Authorization: Bearer {canary}\r\nX: a\0b\r\n")),
        (
            format!("/?query=SELECT+1&password={canary}"),
            format!("Referer: {canary}\r\nUser-Agent: {canary}\r\nCookie: {canary}\r\n"),
        ),
        (format!("/v0/sql?q=SELECT+%27{canary}%27+FROM"), good.clone()),
        (format!("/v0/sql?q=SELECT+nosuch(%27{canary}%27)"), good.clone()),
        (format!("/v0/sql?q=SELECT+1+FROM+{canary}"), good.clone()),
        (format!("/v0/sql?q=SELECT+abs(%27{canary}%27,1,2)+FROM+events"), good.clone()),
        (format!("/?query=SELECT+1&{canary}=1"), good.clone()),
        (format!("/?query=SELECT+1&database={canary}"), good.clone()),
        (format!("/v0/sql?q=SELECT+%27{canary}%27+AS+a"), good),
    ] {
        let request = format!("GET {target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n{lines}\r\n");
        assert!(!exchange(gateway.address, request.as_bytes()).is_empty());
    }
    let metrics = gateway.get("/metrics", &[("Authorization", &format!("Bearer {admin}"))]);
    assert_eq!(metrics.status, 200);
    let told = gateway.log() + &metrics.body;
    for secret in [canary, &token, &admin] {
        for piece in secret.as_bytes().windows(8) {
            let piece = std::str::from_utf8(piece).unwrap();
            assert!(!told.contains(piece), "{piece}");
        }
    }
}

#[test]
fn a_busy_gateway_sheds_requests_and_answers_probes() {
    let gateway = Gateway::start("limits: { in_flight: 1, body_idle_timeout: 20s }", TOKENS);
    let token = gateway.value("acme");
    let bearer = [("Authorization", format!("Bearer {token}"))];
    let bearer = [("Authorization", bearer[0].1.as_str())];
    // One request takes the only place: its body is on its way for as long as this wants, and is waited for already.
    let mut slow = TcpStream::connect(gateway.address).unwrap();
    let head = format!(
        "POST /v0/sql HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {token}\r\nExpect: 100-continue\r\nContent-Length: 8\r\n\r\n"
    );
    slow.write_all(head.as_bytes()).unwrap();
    let mut waits = [0; 25];
    slow.read_exact(&mut waits).unwrap();
    assert_eq!(waits, *b"HTTP/1.1 100 Continue\r\n\r\n");
    let shed = gateway.get("/v0/sql?q=SELECT%201", &bearer);
    assert_eq!((shed.status, shed.header("retry-after")), (503, Some("1")));
    for probe in ["/health", "/ping"] {
        assert_eq!(gateway.get(probe, &[]).status, 200, "{probe}");
    }
    let admin = format!("Bearer {}", gateway.value("admin"));
    assert_eq!(gateway.get("/metrics", &[("Authorization", &admin)]).status, 200);
    // The place is given back when the request ends, and when its client goes away.
    drop(slow);
    let deadline = Instant::now() + Duration::from_secs(5);
    while gateway.get("/v0/sql?q=SELECT%201", &bearer).status != 200 {
        assert!(Instant::now() < deadline);
    }
}
