//! A faulty upstream: whatever it does, the outcome is named, in time, and a truncated answer never looks complete.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use portcullis::sql::Dialect;
use portcullis::upstream::api::{Api, Settings as ApiSettings, SqlPlace};
use portcullis::upstream::clickhouse::{ClickHouse, Settings as ClickHouseSettings};
use portcullis::upstream::{Upstream, UpstreamError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::upstream_common::{filtered, query, read};

const PATIENCE: Duration = Duration::from_millis(400);
const TAG: &str = "X-ClickHouse-Exception-Tag: abcdefghijklmnop\r\n";

/// What the server does with every connection, after it has read a request.
#[derive(Clone)]
enum Fault {
    /// Sends this and closes.
    Say(Vec<u8>),
    /// Sends this and resets the connection.
    SayAndReset(Vec<u8>),
    /// Sends this and stays.
    SayAndHang(Vec<u8>),
    /// Sends this a byte at a time, and closes.
    Slowly(Vec<u8>),
    /// Closes the connection at the n-th request of a connection, having answered those before.
    AnswerOnceThenClose,
}

struct Server {
    base: http::Uri,
    requests: Arc<AtomicUsize>,
}

async fn serve(fault: Fault) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
    let requests = Arc::new(AtomicUsize::new(0));
    let count = requests.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(one(stream, fault.clone(), count.clone()));
        }
    });
    Server { base, requests }
}

async fn one(mut stream: TcpStream, fault: Fault, count: Arc<AtomicUsize>) {
    if !request(&mut stream).await {
        return;
    }
    count.fetch_add(1, Ordering::SeqCst);
    match fault {
        Fault::Say(bytes) => drop(stream.write_all(&bytes).await),
        Fault::SayAndReset(bytes) => {
            let _ = stream.write_all(&bytes).await;
            tokio::time::sleep(Duration::from_millis(50)).await;
            reset(stream);
        }
        Fault::SayAndHang(bytes) => {
            let _ = stream.write_all(&bytes).await;
            tokio::time::sleep(Duration::from_secs(30)).await;
        }
        Fault::Slowly(bytes) => {
            // A head of some hundred bytes, in a quarter of the patience: a busy machine sleeps longer than it is told to.
            for part in bytes.chunks(4) {
                let _ = stream.write_all(part).await;
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        }
        Fault::AnswerOnceThenClose => {
            let _ = stream.write_all(&ok("Content-Length: 2\r\n", "1\n")).await;
            if request(&mut stream).await {
                count.fetch_add(1, Ordering::SeqCst);
            }
        }
    }
}

#[expect(deprecated, reason = "a zero linger is how a reset is made")]
fn reset(stream: TcpStream) {
    let _ = stream.set_linger(Some(Duration::ZERO));
}

/// Reads one request, body and all.
async fn request(stream: &mut TcpStream) -> bool {
    let mut seen = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let Ok(length @ 1..) = stream.read(&mut piece).await else { return false };
        seen.extend_from_slice(&piece[..length]);
        let Some(end) = seen.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&seen[..end]).to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        if seen.len() >= end + 4 + length.map_or(0, |length| length.trim().parse().unwrap()) {
            return true;
        }
    }
}

fn ok(headers: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\n{TAG}{headers}\r\n{body}").into_bytes()
}

fn status(line: &str) -> Vec<u8> {
    format!("HTTP/1.1 {line}\r\nContent-Length: 6\r\n\r\nsecret").into_bytes()
}

fn clickhouse(base: &http::Uri) -> Upstream {
    Upstream::ClickHouse(ClickHouse::new(clickhouse_settings(base)).unwrap())
}

fn clickhouse_settings(base: &http::Uri) -> ClickHouseSettings {
    ClickHouseSettings {
        endpoints: vec![base.clone()],
        database: "default".to_owned(),
        user: "gateway".to_owned(),
        password: None,
        writer: None,
        ca_file: None,
        connect_timeout: PATIENCE,
        answer_timeout: PATIENCE,
        idle_timeout: PATIENCE,
        execution_timeout: Duration::from_secs(1),
        health_interval: Duration::from_secs(60),
        catalog_interval: Duration::from_secs(60),
        certified: vec![],
        unproven: portcullis::upstream::clickhouse::version::Unproven::Warn,
    }
}

fn api(base: &http::Uri) -> Upstream {
    let settings = ApiSettings {
        base: base.clone(),
        method: http::Method::POST,
        path: "/sql".to_owned(),
        place: SqlPlace::Body,
        parameters: vec![],
        headers: vec![],
        dialect: Dialect::Generic,
        database: "public".to_owned(),
        tables: vec![],
        health_path: None,
        ca_file: None,
        connect_timeout: PATIENCE,
        answer_timeout: PATIENCE,
        idle_timeout: PATIENCE,
        health_interval: Duration::from_secs(60),
    };
    Upstream::Api(Api::new(settings).unwrap())
}

/// How a query ended: refused with this error, broken amid the body, or whole.
#[derive(Debug, PartialEq)]
enum End {
    Refused(UpstreamError),
    Broken,
    Whole(String),
}

async fn end(upstream: &Upstream) -> End {
    match upstream.query(filtered(query("SELECT 1", "TSV", &[]))).await {
        Err(error) => End::Refused(error),
        Ok(answer) => match read(answer).await {
            (bytes, Ok(())) => End::Whole(String::from_utf8(bytes).unwrap()),
            (bytes, Err(_)) => {
                assert!(!String::from_utf8_lossy(&bytes).contains("secret"));
                End::Broken
            }
        },
    }
}

#[tokio::test]
async fn every_fault_has_its_end() {
    use End::{Broken, Refused, Whole};
    use Fault::{Say, SayAndHang, SayAndReset, Slowly};
    use UpstreamError::{BadAnswer, Busy, Credential, TimedOut, Unreachable};

    let chunked = "Transfer-Encoding: chunked\r\n";
    let cells = [
        ("closed before the head", Say(vec![]), Refused(Unreachable)),
        ("reset before the head", SayAndReset(vec![]), Refused(Unreachable)),
        ("reset amid the head", SayAndReset(b"HTTP/1.1 200 OK\r\nContent-Le".to_vec()), Refused(Unreachable)),
        ("closed amid the head", Say(b"HTTP/1.1 200 OK\r\nContent-Le".to_vec()), Refused(Unreachable)),
        ("reset amid a length", SayAndReset(ok("Content-Length: 9\r\n", "1\n")), Broken),
        ("closed amid a length", Say(ok("Content-Length: 9\r\n", "1\n")), Broken),
        ("reset amid a chunk", SayAndReset(ok(chunked, "5\r\n1\n")), Broken),
        ("closed amid a chunk", Say(ok(chunked, "5\r\n1\n")), Broken),
        ("closed between chunks", Say(ok(chunked, "2\r\n1\n\r\n")), Broken),
        ("reset between chunks", SayAndReset(ok(chunked, "2\r\n1\n\r\n")), Broken),
        ("bad chunk", Say(ok(chunked, "zz\r\n1\n\r\n0\r\n\r\n")), Broken),
        ("hang before the head", SayAndHang(vec![]), Refused(TimedOut)),
        ("hang amid the head", SayAndHang(b"HTTP/1.1 200".to_vec()), Refused(TimedOut)),
        ("hang before the body", SayAndHang(ok("Content-Length: 2\r\n", "")), Broken),
        ("hang amid the body", SayAndHang(ok(chunked, "2\r\n1\n\r\n")), Broken),
        ("slow but steady", Slowly(ok("Content-Length: 2\r\n", "1\n")), Whole("1\n".to_owned())),
        ("surplus after the length", Say(ok("Content-Length: 2\r\n", "1\nsecret")), Whole("1\n".to_owned())),
        ("a trailer", Say(ok(chunked, "2\r\n1\n\r\n0\r\nX-A: secret\r\n\r\n")), Whole("1\n".to_owned())),
        (
            "an exception",
            Say(ok(chunked, "2\r\n1\n\r\n2d\r\n\r\n__exception__\r\nabcdefghijklmnop\r\nsecret 1 a\r\n\r\n0\r\n\r\n")),
            Broken,
        ),
        (
            "an exception code with 200",
            Say(ok("X-ClickHouse-Exception-Code: 47\r\nContent-Length: 6\r\n", "secret")),
            Refused(UpstreamError::Rejected { code: Some(47), message: "unknown or ambiguous identifier".to_owned() }),
        ),
        ("no end of the body", Say(ok("", "1\n")), Refused(BadAnswer)),
        ("compressed", Say(ok("Content-Encoding: gzip\r\nContent-Length: 2\r\n", "1\n")), Refused(BadAnswer)),
        ("two lengths", Say(ok("Content-Length: 2\r\nContent-Length: 3\r\n", "1\n")), Refused(BadAnswer)),
        (
            "101",
            SayAndHang(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n".to_vec()),
            Refused(BadAnswer),
        ),
        (
            "100, then 200",
            Say([b"HTTP/1.1 100 Continue\r\n\r\n".to_vec(), ok("Content-Length: 2\r\n", "1\n")].concat()),
            Whole("1\n".to_owned()),
        ),
        ("204", Say(b"HTTP/1.1 204 No Content\r\n\r\n".to_vec()), Refused(BadAnswer)),
        ("206", Say(status("206 Partial Content")), Refused(BadAnswer)),
        ("302", Say(status("302 Found\r\nLocation: http://127.0.0.1:1/")), Refused(BadAnswer)),
        ("401", Say(status("401 Unauthorized")), Refused(Credential)),
        ("403", Say(status("403 Forbidden")), Refused(Credential)),
        ("404", Say(status("404 Not Found")), Refused(BadAnswer)),
        ("429", Say(status("429 Too Many Requests")), Refused(Busy)),
        ("500", Say(status("500 Internal Server Error")), Refused(BadAnswer)),
        ("503", Say(status("503 Service Unavailable")), Refused(Busy)),
        ("999", Say(status("999 What")), Refused(BadAnswer)),
        ("099", Say(status("099 What")), Refused(BadAnswer)),
        ("HTTP/0.9", Say(b"1\n".to_vec()), Refused(BadAnswer)),
        ("nonsense", Say(b"SSH-2.0-OpenSSH_9.2\r\n\r\n".to_vec()), Refused(BadAnswer)),
        ("a head of 100 KB", Say(ok(&format!("X-A: {}\r\n", "a".repeat(100_000)), "")), Refused(BadAnswer)),
        ("200 headers", Say(ok(&"X-A: a\r\n".repeat(200), "")), Refused(BadAnswer)),
        ("NUL in a header", Say(ok("X-A: a\0b\r\nContent-Length: 2\r\n", "1\n")), Refused(BadAnswer)),
        ("a folded header", Say(ok("X-A: a\r\n b\r\nContent-Length: 2\r\n", "1\n")), Refused(BadAnswer)),
    ];
    for (name, fault, expected) in cells {
        let server = serve(fault).await;
        let started = Instant::now();
        assert_eq!(end(&clickhouse(&server.base)).await, expected, "{name}");
        assert!(started.elapsed() < PATIENCE * 2 + Duration::from_millis(500), "{name}: {:?}", started.elapsed());
        assert!(server.requests.load(Ordering::SeqCst) <= 2, "{name}: never more than one retry");
    }
}

#[tokio::test]
async fn faults_of_another_api_have_their_ends_too() {
    use End::{Broken, Refused, Whole};
    use Fault::{Say, SayAndHang, SayAndReset};
    use UpstreamError::{BadAnswer, Busy, Credential, TimedOut, Unreachable};

    let refused = || UpstreamError::Rejected { code: None, message: "the upstream refused the query".to_owned() };
    let cells = [
        ("closed before the head", Say(vec![]), Refused(Unreachable)),
        ("reset amid the body", SayAndReset(ok("Content-Length: 9\r\n", "1\n")), Broken),
        ("closed amid a chunk", Say(ok("Transfer-Encoding: chunked\r\n", "5\r\n1\n")), Broken),
        ("hang", SayAndHang(vec![]), Refused(TimedOut)),
        ("hang amid the body", SayAndHang(ok("Content-Length: 9\r\n", "1\n")), Broken),
        ("101", SayAndHang(b"HTTP/1.1 101 Switching Protocols\r\n\r\n".to_vec()), Refused(BadAnswer)),
        ("400", Say(status("400 Bad Request")), Refused(refused())),
        ("500", Say(status("500 Internal Server Error")), Refused(refused())),
        ("401", Say(status("401 Unauthorized")), Refused(Credential)),
        ("503", Say(status("503 Service Unavailable")), Refused(Busy)),
        ("301", Say(status("301 Moved")), Refused(BadAnswer)),
        ("HTTP/1.0", Say(b"HTTP/1.0 200 OK\r\n\r\n1\n".to_vec()), Whole("1\n".to_owned())),
        ("reset amid HTTP/1.0", SayAndReset(b"HTTP/1.0 200 OK\r\n\r\n1\n".to_vec()), Broken),
    ];
    for (name, fault, expected) in cells {
        let server = serve(fault).await;
        assert_eq!(end(&api(&server.base)).await, expected, "{name}");
    }
}

#[tokio::test]
async fn nobody_listening_is_found_out_at_once() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let base = format!("http://{nobody}").parse().unwrap();
    for upstream in [clickhouse(&base), api(&base)] {
        let started = Instant::now();
        assert_eq!(end(&upstream).await, End::Refused(UpstreamError::Unreachable));
        assert!(started.elapsed() < Duration::from_millis(100), "{:?}", started.elapsed());
        assert_eq!(upstream.health().healthy, 0);
    }
}

#[tokio::test]
async fn a_keep_alive_that_just_closed_is_not_the_clients_trouble() {
    let server = serve(Fault::AnswerOnceThenClose).await;
    let upstream = clickhouse(&server.base);
    for turn in 0..3 {
        assert_eq!(end(&upstream).await, End::Whole("1\n".to_owned()), "{turn}");
    }
    assert_eq!(upstream.health().healthy, 1);
}

#[tokio::test]
async fn what_follows_an_answer_reaches_nobody() {
    let server = serve(Fault::SayAndHang(
        [ok("Content-Length: 2\r\n", "1\n"), ok("Content-Length: 7\r\n", "secret\n")].concat(),
    ))
    .await;
    let upstream = clickhouse(&server.base);
    for _ in 0..3 {
        assert_eq!(end(&upstream).await, End::Whole("1\n".to_owned()));
    }
    assert_eq!(server.requests.load(Ordering::SeqCst), 3, "no connection is used again");
}

/// A server that speaks TLS with a certificate of an authority of its own.
async fn serve_tls() -> (http::Uri, tempfile::NamedTempFile) {
    let rcgen::CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let mut authority = tempfile::NamedTempFile::new().unwrap();
    std::io::Write::write_all(&mut authority, cert.pem().as_bytes()).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("https://localhost:{}", listener.local_addr().unwrap().port()).parse().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let mut piece = [0; 4096];
            let _ = stream.read(&mut piece).await;
            let _ = stream.write_all(&ok("Content-Length: 2\r\n", "1\n")).await;
            let _ = stream.shutdown().await;
        }
    });
    (base, authority)
}

#[tokio::test]
async fn tls_is_spoken_with_whom_the_authorities_vouch_for() {
    let (base, authority) = serve_tls().await;
    let settings = |base: &http::Uri, ca_file| ClickHouseSettings { ca_file, ..clickhouse_settings(base) };
    let trusting = ClickHouse::new(settings(&base, Some(authority.path().to_owned()))).unwrap();
    assert_eq!(end(&Upstream::ClickHouse(trusting)).await, End::Whole("1\n".to_owned()));
    // The right authority, and another name than the certificate's.
    let elsewhere = base.to_string().replace("localhost", "127.0.0.1").parse().unwrap();
    let misnamed = ClickHouse::new(settings(&elsewhere, Some(authority.path().to_owned()))).unwrap();
    assert_eq!(end(&Upstream::ClickHouse(misnamed)).await, End::Refused(UpstreamError::Unreachable));
    let (_, stranger) = serve_tls().await;
    let distrusting = ClickHouse::new(settings(&base, Some(stranger.path().to_owned()))).unwrap();
    assert_eq!(end(&Upstream::ClickHouse(distrusting)).await, End::Refused(UpstreamError::Unreachable));
    let empty = tempfile::NamedTempFile::new().unwrap();
    assert!(ClickHouse::new(settings(&base, Some(empty.path().to_owned()))).is_err());
}

#[tokio::test]
async fn an_old_server_without_tags_is_asked_to_wait() {
    // Before the version is known, a filtered query asks for an answer that begins when the query has ended.
    let server = serve(Fault::Say(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n1\n".to_vec())).await;
    assert_eq!(end(&clickhouse(&server.base)).await, End::Whole("1\n".to_owned()));
}
