//! When to stop: SIGTERM or SIGINT drains, a second one ends at once.

use std::future::Future;
use std::io;
use std::pin::Pin;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// A moment that has yet to come.
pub type Moment = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The two moments of an end.
pub struct Shutdown {
    /// No new connection from here on; what is in work finishes.
    pub drain: Moment,
    /// No patience from here on. Waited for after `drain` only.
    pub abort: Moment,
}

impl Shutdown {
    /// By SIGTERM and SIGINT, whichever comes. Must be called inside the runtime.
    ///
    /// # Errors
    /// When the process may not install signal handlers.
    pub fn by_signal() -> io::Result<Self> {
        let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let (drain, abort) = (CancellationToken::new(), CancellationToken::new());
        let shutdown = Self::by(&drain, &abort);
        tokio::spawn(async move {
            for moment in [drain, abort] {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
                moment.cancel();
            }
        });
        Ok(shutdown)
    }

    /// By two tokens, for whoever holds them.
    #[must_use]
    pub fn by(drain: &CancellationToken, abort: &CancellationToken) -> Self {
        Self { drain: Box::pin(drain.clone().cancelled_owned()), abort: Box::pin(abort.clone().cancelled_owned()) }
    }
}

impl std::fmt::Debug for Shutdown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shutdown").finish_non_exhaustive()
    }
}
