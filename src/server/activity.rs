//! What a connection is doing: whether a request has come yet, how many are in work, since when there is none.
//!
//! - A request is in work until its answer's body has been sent or dropped, not until its answer begins.
//! - A body that nobody takes a piece of is dropped after a while, and with it the query upstream. Only the connection's
//!   owner can tell: an HTTP/2 peer may leave a stream's window at zero and answer every ping.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::time::Instant;

use crate::upstream::{Body, BoxError};

/// One connection's state, shared with the requests on it.
#[derive(Debug, Clone)]
pub(super) struct Activity(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    in_work: usize,
    since: Instant,
    asked: bool,
    bodies: Vec<Weak<Mutex<Sent>>>,
}

/// One request in work, until dropped.
#[derive(Debug)]
pub(super) struct InWork(Activity);

/// A body that keeps its request in work.
#[derive(Debug)]
pub(super) struct Counted(Arc<Mutex<Sent>>);

/// A body on its way, until it is cut.
#[derive(Debug)]
struct Sent {
    body: Option<(Body, InWork)>,
    /// Since when it waits for the client. `None` while it waits for the upstream.
    untaken: Option<Instant>,
}

impl Activity {
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(State { in_work: 0, since: Instant::now(), asked: false, bodies: Vec::new() })))
    }

    pub(super) fn begin(&self) -> InWork {
        self.with(|state| {
            state.in_work += 1;
            state.asked = true;
        });
        InWork(self.clone())
    }

    /// Since when nothing is in work, and whether anything ever was. `None` while something is.
    pub(super) fn idle(&self) -> Option<(Instant, bool)> {
        self.with(|state| (state.in_work == 0).then_some((state.since, state.asked)))
    }

    /// The body, watched until it is dropped.
    pub(super) fn watched(body: Body, in_work: InWork) -> Counted {
        let activity = in_work.0.clone();
        let sent = Arc::new(Mutex::new(Sent { body: Some((body, in_work)), untaken: Some(Instant::now()) }));
        activity.with(|state| {
            state.bodies.retain(|body| body.strong_count() > 0);
            state.bodies.push(Arc::downgrade(&sent));
        });
        Counted(sent)
    }

    /// Drops every body of which nothing has been taken for `patience`.
    pub(super) fn cut_untaken(&self, patience: Duration) {
        let bodies = self.with(|state| state.bodies.clone());
        for body in bodies.iter().filter_map(Weak::upgrade) {
            let mut sent = lock(&body);
            if sent.untaken.is_some_and(|since| since.elapsed() >= patience) {
                sent.body = None;
            }
        }
    }

    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut lock(&self.0))
    }
}

/// A panic elsewhere leaves these values whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for InWork {
    fn drop(&mut self) {
        self.0.with(|state| {
            state.in_work = state.in_work.saturating_sub(1);
            state.since = Instant::now();
        });
    }
}

impl http_body::Body for Counted {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let mut sent = lock(&self.0);
        let Some((body, _)) = &mut sent.body else {
            return Poll::Ready(Some(Err(io::Error::from(io::ErrorKind::TimedOut).into())));
        };
        let frame = Pin::new(body).poll_frame(context);
        sent.untaken = frame.is_ready().then(Instant::now);
        frame
    }

    fn is_end_stream(&self) -> bool {
        lock(&self.0).body.as_ref().is_some_and(|(body, _)| body.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        lock(&self.0).body.as_ref().map(|(body, _)| body.size_hint()).unwrap_or_default()
    }
}
