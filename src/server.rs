//! Faces to people: binds, serves HTTP/1.1 and HTTP/2, drains.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// A listener's certificate and key, PEM.
#[derive(Debug, Clone)]
pub struct Tls {
    /// The certificate chain, leaf first.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// What the server needs to know.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Serve TLS, with HTTP/2 by ALPN; without it plain HTTP/1.1, and HTTP/2 with prior knowledge.
    pub tls: Option<Tls>,
    /// Connections at once; one more waits in the kernel's queue.
    pub max_connections: usize,
    /// How long a new connection may take to send its first complete header.
    pub header_timeout: Duration,
    /// How long a connection may stay idle between requests.
    pub idle_timeout: Duration,
    /// How long requests in work may take after a first SIGTERM.
    pub drain_timeout: Duration,
}
