//! A connection that is kept: many requests, one after another.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::http::Answer;

/// A kept connection to one address; it is opened anew when the other side has closed it.
pub(crate) struct Connection {
    to: SocketAddr,
    stream: Option<BufReader<TcpStream>>,
}

impl Connection {
    pub(crate) fn new(to: SocketAddr) -> Self {
        Self { to, stream: None }
    }

    /// Sends one request and reads its answer.
    pub(crate) fn post(&mut self, target: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut request = format!("POST {target} HTTP/1.1\r\nHost: {}\r\nContent-Length: {}\r\n", self.to, body.len());
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str("\r\n");
        request.push_str(body);
        // The other side may close a connection that it kept; a fresh one must work.
        let kept = self.stream.is_some();
        match self.exchange(&request) {
            Ok(answer) => answer,
            Err(_) if kept => {
                self.stream = None;
                self.exchange(&request).expect("an answer")
            }
            Err(error) => panic!("no answer from {}: {error}", self.to),
        }
    }

    fn exchange(&mut self, request: &str) -> std::io::Result<Answer> {
        if self.stream.is_none() {
            let stream = TcpStream::connect(self.to)?;
            stream.set_read_timeout(Some(Duration::from_secs(60)))?;
            stream.set_nodelay(true)?;
            self.stream = Some(BufReader::new(stream));
        }
        let stream = self.stream.as_mut().expect("it is open");
        stream.get_mut().write_all(request.as_bytes())?;
        let (answer, closes) = read(stream)?;
        if closes {
            self.stream = None;
        }
        Ok(answer)
    }
}

fn line(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut line = String::new();
    if stream.read_line(&mut line)? == 0 {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    line.truncate(line.trim_end().len());
    Ok(line)
}

/// One answer, and whether the connection ends with it. A body that breaks off is as long as it got, and says so.
fn read(stream: &mut BufReader<TcpStream>) -> std::io::Result<(Answer, bool)> {
    let status = line(stream)?.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status");
    let mut headers = Vec::new();
    loop {
        let line = line(stream)?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
    let value = |wanted: &str| {
        headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value.as_str())
    };
    let mut closes = value("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
    let mut body = Vec::new();
    if value("transfer-encoding") == Some("chunked") {
        if chunks(stream, &mut body).is_err() {
            body.extend_from_slice(b"\n(broken off)");
            closes = true;
        }
    } else if let Some(length) = value("content-length").and_then(|length| length.parse().ok()) {
        body = vec![0; length];
        stream.read_exact(&mut body)?;
    } else {
        stream.read_to_end(&mut body)?;
        closes = true;
    }
    Ok((Answer { status, headers, body: String::from_utf8_lossy(&body).into_owned() }, closes))
}

fn chunks(stream: &mut BufReader<TcpStream>, body: &mut Vec<u8>) -> std::io::Result<()> {
    loop {
        let size = usize::from_str_radix(&line(stream)?, 16).map_err(|_| std::io::ErrorKind::InvalidData)?;
        let start = body.len();
        body.resize(start + size, 0);
        stream.read_exact(&mut body[start..])?;
        line(stream)?;
        if size == 0 {
            return Ok(());
        }
    }
}
