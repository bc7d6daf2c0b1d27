//! The end of a gateway: the first SIGTERM drains, the second ends it at once.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::gateway::{Gateway, TOKENS};
use crate::http::encode;

/// Counts to a few million in SQLite: some seconds of work.
const SLOW: &str =
    "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 4000000) SELECT count(*) AS c FROM r";

fn begin(gateway: &Gateway, statement: &str) -> TcpStream {
    let mut stream = TcpStream::connect(gateway.address).unwrap();
    let target = format!("/v0/sql?q={}&token={}", encode(statement), gateway.value("admin"));
    write!(stream, "GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    stream
}

#[test]
fn a_request_in_work_is_finished_and_no_new_one_is_taken() {
    let mut gateway = Gateway::start("", TOKENS);
    let mut stream = begin(&gateway, SLOW);
    std::thread::sleep(Duration::from_millis(300));
    gateway.signal("TERM");
    let mut answer = String::new();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("4000000"), "{answer}");
    assert_eq!(gateway.wait(Duration::from_secs(10)), Some(0));
    assert!(TcpStream::connect(gateway.address).is_err());
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let mut gateway = Gateway::start("", TOKENS);
    let _stream = begin(&gateway, &SLOW.replace("4000000", "400000000"));
    std::thread::sleep(Duration::from_millis(300));
    gateway.signal("INT");
    std::thread::sleep(Duration::from_millis(200));
    let start = Instant::now();
    gateway.signal("TERM");
    let _ = gateway.wait(Duration::from_secs(5));
    assert!(start.elapsed() < Duration::from_secs(3));
}

#[test]
fn an_idle_connection_does_not_hold_the_drain() {
    let mut gateway = Gateway::start("", TOKENS);
    let mut idle = TcpStream::connect(gateway.address).unwrap();
    write!(idle, "GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let _ = idle.read(&mut [0; 512]).unwrap();
    gateway.signal("TERM");
    assert_eq!(gateway.wait(Duration::from_secs(5)), Some(0));
}
