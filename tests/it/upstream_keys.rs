//! Where the tables' keys cannot be read, the log says so when that begins and when it ends.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::engines;
use crate::gateway::Gateway;

const TOKENS: &str = "version: 1\ntokens:\n  - { name: acme, id: acme, scopes: [ADMIN] }\n...\n";

/// Stands before ClickHouse, and refuses the question about keys while it is to do so.
struct Proxy {
    address: SocketAddr,
    refuses: Arc<AtomicBool>,
    asked: Arc<AtomicUsize>,
}

impl Proxy {
    fn new(to: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let (refuses, asked) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicUsize::new(0)));
        let (state, count) = (Arc::clone(&refuses), Arc::clone(&asked));
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let (state, count) = (Arc::clone(&state), Arc::clone(&count));
                std::thread::spawn(move || one(client, to, &state, &count));
            }
        });
        Self { address, refuses, asked }
    }

    /// Waits until the question has been asked twice more: then the first answer has been dealt with.
    fn wait(&self) {
        let (from, begin) = (self.asked.load(Ordering::SeqCst), Instant::now());
        while self.asked.load(Ordering::SeqCst) < from + 2 {
            assert!(begin.elapsed() < Duration::from_secs(30), "nobody asks");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn one(mut client: TcpStream, to: SocketAddr, refuses: &AtomicBool, asked: &AtomicUsize) {
    let mut server = TcpStream::connect(to).expect("the engine");
    let (mut back, mut answers) = (client.try_clone().expect("a socket"), server.try_clone().expect("a socket"));
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut answers, &mut back);
        let _ = back.shutdown(Shutdown::Both);
    });
    let mut piece = vec![0; 1 << 16];
    while let Ok(count @ 1..) = client.read(&mut piece) {
        let part = piece.get(..count).unwrap_or_default();
        if String::from_utf8_lossy(part).contains("data_skipping_indices") {
            asked.fetch_add(1, Ordering::SeqCst);
            if refuses.load(Ordering::SeqCst) {
                let _ = client.write_all(b"HTTP/1.1 403 No\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
                break;
            }
        }
        if server.write_all(part).is_err() {
            break;
        }
    }
    let _ = client.shutdown(Shutdown::Both);
    let _ = server.shutdown(Shutdown::Both);
}

#[test]
fn keys_that_cannot_be_read_are_told_once() {
    let Some(clickhouse) = engines::clickhouse() else { return };
    let to = clickhouse.url.trim_start_matches("http://").parse().expect("an address");
    let proxy = Proxy::new(to);
    let settings = format!(
        "upstream:\n  clickhouse:\n    endpoints: ['http://{}']\n    database: default\n    catalog_interval: 1s",
        proxy.address
    );
    let gateway = Gateway::start(&settings, TOKENS);
    let told = || {
        let log = gateway.log();
        ["keys could not be read", "keys can be read again"].map(|words| log.matches(words).count())
    };
    proxy.wait();
    assert_eq!(told(), [1, 0], "{}", gateway.log());
    proxy.refuses.store(false, Ordering::SeqCst);
    proxy.wait();
    assert_eq!(told(), [1, 1], "{}", gateway.log());
    proxy.refuses.store(true, Ordering::SeqCst);
    proxy.wait();
    assert_eq!(told(), [2, 1], "{}", gateway.log());
}
