//! What a connection is doing: whether a request has come yet, how many are in work, since when there is none.
//!
//! A request is in work until its answer's body has been sent or dropped, not until its answer begins.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

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
}

/// One request in work, until dropped.
#[derive(Debug)]
pub(super) struct InWork(Activity);

/// A body that keeps its request in work.
#[derive(Debug)]
pub(super) struct Counted {
    body: Body,
    _in_work: InWork,
}

impl Activity {
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(State { in_work: 0, since: Instant::now(), asked: false })))
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

    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for InWork {
    fn drop(&mut self) {
        self.0.with(|state| {
            state.in_work = state.in_work.saturating_sub(1);
            state.since = Instant::now();
        });
    }
}

impl Counted {
    pub(super) fn new(body: Body, in_work: InWork) -> Self {
        Self { body, _in_work: in_work }
    }
}

impl http_body::Body for Counted {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
