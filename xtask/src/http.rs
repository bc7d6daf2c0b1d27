//! Just enough HTTP to ask an engine whether it is up, and ClickHouse for a table.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use crate::shell::Outcome;

/// A port on 127.0.0.1 that was free a moment ago.
pub(crate) fn free_port() -> Outcome<u16> {
    let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
    Ok(bound.map_err(|error| format!("no free port on 127.0.0.1: {error}"))?.port())
}

/// The body of a 200, by GET, or by POST when there is something to send.
pub(crate) fn ask(port: u16, path: &str, body: &str) -> Outcome<String> {
    let answer = exchange(port, path, body).map_err(|error| format!("no answer from port {port}: {error}"))?;
    let (head, content) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.lines().next().unwrap_or("");
    if status.split_whitespace().nth(1) == Some("200") {
        Ok(content.to_owned())
    } else {
        Err(format!("`{path}` answers `{status}`").into())
    }
}

/// HTTP/1.0, so that no engine answers in chunks.
fn exchange(port: u16, path: &str, body: &str) -> std::io::Result<String> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let method = if body.is_empty() { "GET" } else { "POST" };
    let length = body.len();
    let request =
        format!("{method} {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {length}\r\n\r\n{body}");
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
