//! Faces to people: binds, serves HTTP/1.1 and HTTP/2, drains.
//!
//! - [`bind`] opens the listener and reads the certificate, so that every mistake shows before anything is served.
//! - [`run`] accepts until it is told to drain: then the listener is closed, idle connections are closed, requests in work
//!   finish, and what is left after the drain timeout (or at the second signal) is cut.
//! - One connection's life is told in `connection`.

mod accept;
mod activity;
mod connection;
pub mod signal;
mod stalled;
mod tls;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::gateway::Gateway;

pub use signal::Shutdown;

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

/// A listener that stands and serves nothing yet.
pub struct Bound {
    listener: std::net::TcpListener,
    address: SocketAddr,
    tls: Option<TlsAcceptor>,
    settings: Settings,
}

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// The address cannot be listened on.
    #[error("cannot listen on `{0}`: {1}")]
    Listen(SocketAddr, #[source] io::Error),
    /// The certificate or the key cannot be used.
    #[error("cannot use the certificate or key in `{file}`: {reason}")]
    Tls {
        /// The file.
        file: PathBuf,
        /// What is wrong with it. Never contains its text.
        reason: String,
    },
}

/// How serving ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Every request in work was answered.
    Drained,
    /// Requests were cut, because the drain timeout passed or a second signal came.
    Cut,
}

/// Opens the listener.
///
/// # Errors
/// [`BindError`] when the address is taken or forbidden, or the certificate cannot be used.
pub fn bind(settings: &Settings) -> Result<Bound, BindError> {
    let tls = settings.tls.as_ref().map(tls::acceptor).transpose()?;
    let listen = || {
        let listener = std::net::TcpListener::bind(settings.listen)?;
        listener.set_nonblocking(true)?;
        Ok((listener.local_addr()?, listener))
    };
    let (address, listener) = listen().map_err(|error| BindError::Listen(settings.listen, error))?;
    Ok(Bound { listener, address, tls, settings: settings.clone() })
}

/// Reads the certificate and the key as [`bind`] does, and opens nothing.
///
/// # Errors
/// [`BindError`] when they cannot be used.
pub fn check(settings: &Settings) -> Result<(), BindError> {
    settings.tls.as_ref().map(tls::acceptor).transpose().map(drop)
}

impl Bound {
    /// Where it listens: the port that the system chose, if the settings left that to it.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }
}

impl std::fmt::Debug for Bound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bound").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Serves until `shutdown` says to stop, and drains.
///
/// # Errors
/// When the runtime cannot take the listener over.
pub async fn run(bound: Bound, gateway: Gateway, shutdown: Shutdown) -> io::Result<Ended> {
    let Bound { listener, tls, settings, .. } = bound;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let (tasks, drain, cut) = (TaskTracker::new(), CancellationToken::new(), CancellationToken::new());
    let drain_timeout = settings.drain_timeout;
    let door = accept::Door { settings: Arc::new(settings), tls, gateway, drain: drain.clone(), cut: cut.clone() };

    tokio::select! {
        () = shutdown.drain => {}
        never = door.accept(listener, &tasks) => match never {},
    }
    // The listener is closed by now: select has dropped the accepting future.
    tracing::info!(connections = tasks.len(), "draining");
    drain.cancel();
    tasks.close();
    let ended = tokio::select! {
        () = tasks.wait() => Ended::Drained,
        () = tokio::time::sleep(drain_timeout) => Ended::Cut,
        () = shutdown.abort => Ended::Cut,
    };
    if ended == Ended::Cut {
        tracing::warn!(connections = tasks.len(), "cutting what is left");
    }
    cut.cancel();
    tasks.wait().await;
    Ok(ended)
}
