//! The door: takes connections in, never more than there is room for.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::gateway::Gateway;

use super::{Settings, connection};

/// How long to leave the listener alone when the system has no descriptor left: it has the same answer a moment later.
const PAUSE: Duration = Duration::from_millis(200);

/// What every connection is served with.
#[derive(Clone)]
pub(super) struct Door {
    pub(super) settings: Arc<Settings>,
    pub(super) tls: Option<TlsAcceptor>,
    pub(super) gateway: Gateway,
    /// Finish what is in work.
    pub(super) drain: CancellationToken,
    /// Stop.
    pub(super) cut: CancellationToken,
}

impl Door {
    /// Accepts for as long as it is polled.
    pub(super) async fn accept(&self, listener: TcpListener, tasks: &TaskTracker) -> Infallible {
        let room = Arc::new(Semaphore::new(self.settings.max_connections.min(Semaphore::MAX_PERMITS)));
        loop {
            // Room first: a connection that cannot be served yet waits in the kernel's queue, not in ours.
            let Ok(place) = Arc::clone(&room).acquire_owned().await else { std::future::pending().await };
            let stream = next(&listener).await;
            let door = self.clone();
            tasks.spawn(async move {
                let cut = door.cut.clone();
                tokio::select! {
                    () = cut.cancelled() => {}
                    () = connection::serve(stream, door) => {}
                }
                drop(place);
            });
        }
    }
}

async fn next(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                // A socket that is closed already says so again when it is read.
                let _ = stream.set_nodelay(true);
                return stream;
            }
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "cannot accept connections");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// The fault is that of one client that went away in the queue; the next may be well.
fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
