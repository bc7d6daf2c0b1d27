//! Writes under stress: bodies that lie, break off, burst or never end.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;

use serde_json::json;

use crate::engines;
use crate::gateway::Gateway;
use crate::http;
use crate::writes::{Ground, TOKENS};

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn row(n: usize) -> String {
    format!("{{\"org_id\":1,\"n\":{n},\"name\":\"x\"}}\n")
}

#[test]
fn events_may_be_compressed_and_a_bomb_bursts_nothing() {
    for ground in Ground::all("limits:\n  events: 1MiB") {
        let coded = [("Content-Encoding", "gzip"), ("Content-Type", "application/x-ndjson")];
        let send = |headers: &[(&str, &str)], body: &[u8]| {
            ground.send("POST", "/v0/events?name=things&wait=true", "appender", headers, body)
        };
        let rows: String = (0..100).map(row).collect();
        assert_eq!(send(&coded, &gzip(rows.as_bytes())).json()["successful_rows"], 100);
        let bomb = gzip(&vec![b' '; 200 << 20]);
        assert!(bomb.len() < 1 << 20);
        assert_eq!(send(&coded, &bomb).status, 413);
        assert_eq!(send(&coded, b"not gzip").status, 400);
        let whole = gzip(rows.as_bytes());
        assert_eq!(send(&coded, &whole[..whole.len() - 4]).status, 400);
        assert_eq!(send(&[("Content-Encoding", "gzip, gzip")], &whole).status, 415);
        assert_eq!(send(&[("Content-Encoding", "gzip"), ("Content-Encoding", "gzip")], &whole).status, 415);
        assert_eq!(send(&[("Content-Encoding", "br")], &whole).status, 415);
        assert_eq!(send(&[], &vec![b' '; (1 << 20) + 1]).status, 413);
        // Nowhere else.
        for target in ["/v0/sql", "/v0/datasources?mode=append&name=things", "/v0/datasources/things/delete"] {
            assert_eq!(ground.send("POST", target, "admin", &coded, &whole).status, 415, "{target}");
        }
        assert_eq!(ground.send("POST", "/v0/sql", "admin", &[], &vec![b' '; (1 << 20) + 1]).status, 413);
        assert_eq!(ground.rows(), "100");
        let unnamed = ground.send("POST", "/v0/events", "appender", &[], rows.as_bytes());
        assert_eq!(unnamed.status, 400, "{unnamed:?}");
    }
}

#[test]
fn a_body_that_breaks_off_leaves_as_many_rows_as_the_answer_says() {
    for ground in Ground::all("limits:\n  batch_rows: 10\n  body_idle_timeout: 500ms") {
        let rows: String = (0..25).map(row).collect();
        let target = "/v0/datasources?mode=append&format=ndjson&name=things";
        let chunked = [("Transfer-Encoding", "chunked")];
        let chunk = format!("{:x}\r\n{rows}\r\n", rows.len());
        let mut there = 0;
        for (end, status) in [("nonsense\r\n", 400), ("", 408), ("5\r\nab", 408)] {
            let body = chunk.clone() + end;
            let answer = ground.send("POST", target, "appender", &chunked, body.as_bytes());
            assert_eq!(answer.status, status, "{answer:?}");
            let told = answer.json();
            assert_eq!(told["rows_in_doubt"], 0, "{told}");
            there += told["successful_rows"].as_u64().unwrap();
            assert_eq!(told["successful_rows"], 20, "{told}");
            assert_eq!(ground.rows(), there.to_string());
        }
        // A file whose end is missing is not taken for a whole one.
        let part = format!("--xyz\r\nContent-Disposition: form-data; name=\"ndjson\"\r\n\r\n{rows}");
        let kind = [("Content-Type", "multipart/form-data; boundary=xyz")];
        let answer = ground.send("POST", target, "appender", &kind, part.as_bytes());
        assert_eq!(answer.status, 400, "{answer:?}");
        there += answer.json()["successful_rows"].as_u64().unwrap();
        assert_eq!(ground.rows(), there.to_string());
        let long = vec![b'x'; 5 << 20];
        let answer = ground.send("POST", target, "appender", &[], &[rows.as_bytes(), &long].concat());
        assert_eq!(answer.status, 413, "{answer:?}");
        there += answer.json()["successful_rows"].as_u64().unwrap();
        assert_eq!(ground.rows(), there.to_string());
    }
}

#[test]
fn a_file_that_takes_too_long_is_told_what_is_in() {
    for ground in Ground::all("limits:\n  batch_rows: 10\n  append_timeout: 700ms") {
        let mut stream = TcpStream::connect(ground.gateway.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let token = ground.gateway.value("appender");
        let head = format!(
            "POST /v0/datasources?mode=append&format=ndjson&name=things HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\
             Authorization: Bearer {token}\r\nTransfer-Encoding: chunked\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        for n in 0..15 {
            stream.write_all(format!("{:x}\r\n{}\r\n", row(n).len(), row(n)).as_bytes()).unwrap();
            std::thread::sleep(Duration::from_millis(if n < 12 { 5 } else { 400 }));
        }
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 504") && answer.contains("\"successful_rows\":10"), "{answer}");
        assert_eq!(ground.rows(), "10");
    }
}

#[test]
fn a_file_of_any_length_takes_no_more_memory_than_a_short_one() {
    const ROWS: usize = 24_000;
    for ground in Ground::all("") {
        let text = "x".repeat(4_000);
        let peak = || {
            let status = std::fs::read_to_string(format!("/proc/{}/status", ground.gateway.pid())).unwrap_or_default();
            let line = status.lines().find(|line| line.starts_with("VmHWM:")).map(str::to_owned);
            line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok()).unwrap_or(0)
        };
        let before = peak();
        let mut stream = TcpStream::connect(ground.gateway.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let token = ground.gateway.value("appender");
        let head = format!(
            "POST /v0/datasources?mode=append&format=ndjson&name=things HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\
             Authorization: Bearer {token}\r\nTransfer-Encoding: chunked\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        for n in 0..ROWS {
            let row = format!("{{\"org_id\":1,\"n\":{n},\"name\":\"{text}\"}}\n");
            stream.write_all(format!("{:x}\r\n{row}\r\n", row.len()).as_bytes()).unwrap();
        }
        stream.write_all(b"0\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert_eq!(ground.rows(), ROWS.to_string());
        let grown = (peak() - before) / 1024;
        eprintln!("{} MB went in, the peak grew by {grown} MB", (ROWS * 4_000) >> 20);
        assert!(before == 0 || grown < 48, "the peak grew by {grown} MB");
    }
}

#[test]
fn nobody_unknown_makes_the_gateway_read_a_file() {
    for ground in Ground::all("") {
        let declared = "Content-Length: 500000000\r\n";
        for (target, token, status) in [
            ("/v0/datasources?mode=append&name=things", "reader", 403),
            ("/v0/datasources?mode=append&name=things", "nothing", 403),
            ("/v0/datasources?mode=replace&name=things", "appender", 403),
            ("/v0/events?name=things", "appender", 413),
        ] {
            let token = ground.gateway.value(token);
            let head = format!("POST {target} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {token}\r\n{declared}\r\n");
            let mut stream = TcpStream::connect(ground.gateway.address).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
            stream.write_all(head.as_bytes()).unwrap();
            let mut answer = [0; 12];
            stream.read_exact(&mut answer).unwrap();
            assert_eq!(http::statuses(&answer), [status], "{target}");
        }
    }
}

#[test]
fn a_sample_can_be_written_and_a_file_only_when_it_is_said() {
    use crate::gateway::{Gateway, TOKENS};
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x.sqlite");
    rusqlite::Connection::open(&file).unwrap().execute_batch("CREATE TABLE events (org_id INTEGER)").unwrap();
    let settings = format!("upstream:\n  embedded: {{ file: '{}' }}", file.display());
    for (settings, statuses) in [(settings.as_str(), [400, 400]), ("", [202, 205])] {
        let gateway = Gateway::start(settings, TOKENS);
        let bearer = format!("Bearer {}", gateway.value("admin"));
        let authorized = [("Authorization", bearer.as_str())];
        let row = json!({ "org_id": 1, "timestamp": "2026-07-01T00:00:00Z", "user_id": "u", "session_id": "s", "action": "view",
            "path": "/", "country": "DE", "device": "mobile", "duration_ms": 1, "revenue": 0 });
        let event = gateway.post("/v0/events?name=events", &authorized, &row.to_string());
        assert_eq!(event.status, statuses[0], "{event:?}");
        if statuses[0] == 202 {
            assert_eq!(event.json()["successful_rows"], 1, "{event:?}");
            let count = gateway.sql(&gateway.value("acme"), "SELECT count(*) AS c FROM events").json();
            assert_eq!(count["data"][0]["c"], 2027, "a tenant sees the new row at once");
            let bad = gateway.post("/v0/events?name=events", &authorized, "{\"org_id\":\"x\"}").json();
            assert_eq!(bad["quarantined_rows"], 1);
            let kept = gateway.sql(&gateway.value("reader"), "SELECT count(*) AS c FROM events_quarantine").json();
            assert_eq!(kept["data"][0]["c"], 21);
        }
        assert_eq!(gateway.post("/v0/datasources/events/truncate", &authorized, "").status, statuses[1]);
    }
}

/// Passes everything on, but loses the answer to one INSERT: the one at which `left` comes to zero.
fn forgetful(to: SocketAddr, left: Arc<AtomicI32>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let left = Arc::clone(&left);
            std::thread::spawn(move || {
                let mut client = client;
                let mut server = TcpStream::connect(to).unwrap();
                let (mut back, mut answers) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                std::thread::spawn(move || std::io::copy(&mut answers, &mut back));
                let mut piece = vec![0; 1 << 16];
                while let Ok(count @ 1..) = client.read(&mut piece) {
                    let insert = String::from_utf8_lossy(&piece[..count]).contains("INSERT INTO");
                    if insert && left.fetch_sub(1, Ordering::SeqCst) == 1 {
                        let _ = client.shutdown(std::net::Shutdown::Both);
                        let _ = server.write_all(&piece[..count]);
                        std::thread::sleep(Duration::from_millis(500));
                        return;
                    }
                    if server.write_all(&piece[..count]).is_err() {
                        return;
                    }
                }
            });
        }
    });
    address
}

#[test]
fn a_lost_answer_is_told_as_doubt_and_never_sent_again_where_it_would_count_twice() {
    let Some(engine) = engines::clickhouse() else { return };
    let database = engine.fresh_database("lost");
    let left = Arc::new(AtomicI32::new(-1));
    let proxy = forgetful(engine.authority().parse().unwrap(), Arc::clone(&left));
    let settings = format!(
        "upstream:\n  clickhouse:\n    endpoints: ['http://{proxy}']\n    database: {database}\nlimits:\n  batch_rows: 10"
    );
    let gateway = Gateway::start(&settings, TOKENS);
    let rows: String = (0..25).map(row).collect();
    let bearer = format!("Bearer {}", gateway.value("appender"));
    for (keeps, status, told, doubt, there) in [("0", 502, 10, 10, "20"), ("100", 200, 25, 0, "25")] {
        engine.run(&format!("DROP TABLE IF EXISTS {database}.things SYNC"));
        engine.run(&format!(
            "CREATE TABLE {database}.things (org_id Int64, n Int64, name String) ENGINE = MergeTree ORDER BY n \
             SETTINGS non_replicated_deduplication_window = {keeps}"
        ));
        std::thread::sleep(Duration::from_millis(100));
        let admin = format!("Bearer {}", gateway.value("admin"));
        // A change of the gateway's own has it read the catalog.
        let made = format!("/v0/datasources?mode=create&name=made_{keeps}&schema=a+Int8");
        assert_eq!(gateway.post(&made, &[("Authorization", &admin)], "").status, 200);
        left.store(2, Ordering::SeqCst);
        let target = "/v0/datasources?mode=append&format=ndjson&name=things";
        let answer = gateway.post(target, &[("Authorization", &bearer)], &rows);
        assert_eq!(answer.status, status, "{answer:?}");
        assert_eq!(answer.json()["successful_rows"], told, "{answer:?}");
        assert_eq!(answer.json()["rows_in_doubt"].as_i64().unwrap_or(0), doubt, "{answer:?}");
        assert_eq!(engine.run(&format!("SELECT count() FROM {database}.things")), there);
    }
}
