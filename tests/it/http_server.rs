//! The server: connections that say nothing, protocols, the end.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http_body_util::{BodyExt as _, Empty};
use hyper_util::rt::{TokioExecutor, TokioIo};
use portcullis::server::{self, BindError, Ended, Tls};
use tokio_rustls::rustls::pki_types::ServerName;

use crate::http::encode;
use crate::http_world::{World, value};

/// Waits for the server to close, and says how long that took.
fn closed_after(mut stream: TcpStream) -> Duration {
    let start = Instant::now();
    stream.set_read_timeout(Some(Duration::from_secs(8))).unwrap();
    let mut rest = Vec::new();
    assert!(!matches!(stream.read_to_end(&mut rest), Err(error) if error.kind() == std::io::ErrorKind::WouldBlock));
    start.elapsed()
}

#[test]
fn a_connection_that_says_nothing_or_not_enough_is_closed() {
    let world = World::new();
    for beginning in ["", "P", "PRI", "GET /ping HTTP/1.1\r\nHost: gw\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"] {
        let mut stream = TcpStream::connect(world.address).unwrap();
        stream.write_all(beginning.as_bytes()).unwrap();
        let after = closed_after(stream);
        assert!(Duration::from_millis(500) < after && after < Duration::from_secs(3), "{beginning:?} {after:?}");
    }
}

#[test]
fn a_connection_that_is_idle_is_kept_for_as_long_as_it_may_be() {
    let world = World::with(|_, server| server.idle_timeout = Duration::from_millis(1500));
    let mut stream = TcpStream::connect(world.address).unwrap();
    stream.write_all(b"GET /ping HTTP/1.1\r\nHost: gw\r\n\r\n").unwrap();
    stream.read_exact(&mut [0; 20]).unwrap();
    let after = closed_after(stream);
    assert!(Duration::from_millis(1000) < after && after < Duration::from_secs(4), "{after:?}");
}

#[test]
fn one_connection_more_than_there_is_room_for_waits() {
    let world = World::with(|_, server| server.max_connections = 2);
    let held: Vec<TcpStream> = (0..2).map(|_| TcpStream::connect(world.address).unwrap()).collect();
    std::thread::sleep(Duration::from_millis(100));
    let start = Instant::now();
    drop(held);
    assert_eq!(world.get("/ping", None).status, 200);
    assert!(start.elapsed() < Duration::from_secs(2));
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

async fn over_http2<S>(stream: S, target: &str) -> (u16, String)
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let bearer = format!("Bearer {}", value("tenant"));
    let request =
        http::Request::get(target).header("authorization", bearer).body(Empty::<bytes::Bytes>::new()).unwrap();
    let response = sender.send_request(request).await.unwrap();
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8_lossy(&body).into_owned())
}

#[test]
fn http_2_is_spoken_with_prior_knowledge() {
    let world = World::new();
    runtime().block_on(async {
        let connect = || async { tokio::net::TcpStream::connect(world.address).await.unwrap() };
        let q = encode("SELECT DISTINCT org_id FROM events FORMAT CSV");
        assert_eq!(over_http2(connect().await, &format!("http://gw/v0/sql?q={q}")).await, (200, "1\n".to_owned()));
        assert_eq!(over_http2(connect().await, "http://u:p@gw/ping").await.0, 400);
    });
}

fn certificate(folder: &std::path::Path) -> (Tls, Vec<u8>) {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let tls = Tls { certificate: folder.join("cert.pem"), key: folder.join("key.pem") };
    std::fs::write(&tls.certificate, made.cert.pem()).unwrap();
    std::fs::write(&tls.key, made.signing_key.serialize_pem()).unwrap();
    (tls, made.cert.der().to_vec())
}

#[test]
fn tls_chooses_the_protocol_and_silence_before_it_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let (tls, der) = certificate(folder.path());
    // The world's own first question is asked in the clear, so it is not asked here.
    let world = World::secured(tls);
    let mut roots = rustls::RootCertStore::empty();
    roots.add(der.into()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec()];
    runtime().block_on(async {
        let stream = tokio::net::TcpStream::connect(world.address).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let stream = tokio_rustls::TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap();
        assert_eq!(over_http2(stream, "https://localhost/ping").await, (200, "Ok.\n".to_owned()));
    });
    let after = closed_after(TcpStream::connect(world.address).unwrap());
    assert!(after < Duration::from_secs(3), "{after:?}");
}

#[test]
fn a_certificate_that_cannot_be_used_is_said_before_anything_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let (tls, _) = certificate(folder.path());
    std::fs::write(&tls.key, "no key").unwrap();
    let settings = server::Settings {
        listen: ([127, 0, 0, 1], 0).into(),
        tls: Some(tls),
        max_connections: 1,
        header_timeout: Duration::from_secs(1),
        idle_timeout: Duration::from_secs(1),
        drain_timeout: Duration::from_secs(1),
    };
    let Err(BindError::Tls { file, .. }) = server::bind(&settings) else { panic!("it was accepted") };
    assert!(file.ends_with("key.pem"));
}

#[test]
fn draining_closes_what_is_idle_and_ends() {
    let world = World::new();
    let mut idle = TcpStream::connect(world.address).unwrap();
    idle.write_all(b"GET /ping HTTP/1.1\r\nHost: gw\r\n\r\n").unwrap();
    idle.read_exact(&mut [0; 20]).unwrap();
    let silent = TcpStream::connect(world.address).unwrap();
    std::thread::sleep(Duration::from_millis(100));
    let (start, address) = (Instant::now(), world.address);
    world.drain.cancel();
    assert_eq!(world.ended(), Ended::Drained);
    assert!(start.elapsed() < Duration::from_secs(1));
    assert!(closed_after(idle) < Duration::from_secs(1) && closed_after(silent) < Duration::from_secs(1));
    assert!(TcpStream::connect(address).is_err());
}

/// A client in the middle of an answer that it does not read on.
fn stuck(world: &World) -> TcpStream {
    let q = encode("SELECT a.*, b.* FROM events a CROSS JOIN events b FORMAT JSON");
    let mut stream = TcpStream::connect(world.address).unwrap();
    let bearer = value("admin");
    write!(stream, "GET /v0/sql?q={q} HTTP/1.1\r\nHost: gw\r\nAuthorization: Bearer {bearer}\r\n\r\n").unwrap();
    let mut status = [0; 12];
    stream.read_exact(&mut status).unwrap();
    assert_eq!(&status, b"HTTP/1.1 200");
    stream
}

#[test]
fn what_does_not_finish_is_cut_when_patience_ends_or_at_the_second_signal() {
    for second in [false, true] {
        let world = World::new();
        let _stuck = stuck(&world);
        let start = Instant::now();
        world.drain.cancel();
        if second {
            world.abort.cancel();
        }
        assert_eq!(world.ended(), Ended::Cut);
        let took = start.elapsed();
        let expected = if second { 0..1000 } else { 1900..3500 };
        assert!(expected.contains(&took.as_millis()), "{took:?}");
    }
}

#[test]
fn a_client_that_stops_reading_is_not_waited_for_forever() {
    let world = World::with(|_, server| server.idle_timeout = Duration::from_secs(1));
    let stuck = stuck(&world);
    std::thread::sleep(Duration::from_secs(4));
    let figures = world.get("/metrics", Some("admin")).body;
    assert!(figures.contains("portcullis_requests_in_flight 1\n"), "{figures}");
    world.drain.cancel();
    assert_eq!(world.ended(), Ended::Drained, "its connection is gone by then");
    drop(stuck);
}
