//! An answer's body, on its way.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, Bytes};
use http_body::{Body, Frame};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep};

use crate::upstream::{BoxError, UpstreamError};

/// A body that may not stand still: it ends as an error when nothing came for a while *and somebody was waiting*. A
/// reader that takes its time is not the upstream's fault.
#[derive(Debug)]
pub(in crate::upstream) struct Idle {
    inner: Incoming,
    limit: Duration,
    sleep: Pin<Box<Sleep>>,
    waiting: bool,
    over: bool,
}

impl Idle {
    pub(in crate::upstream) fn new(inner: Incoming, limit: Duration) -> Self {
        Self { inner, limit, sleep: Box::pin(tokio::time::sleep(limit)), waiting: false, over: false }
    }

    fn poll_late(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if !std::mem::replace(&mut self.waiting, true) {
            self.sleep.as_mut().reset(Instant::now() + self.limit);
        }
        self.sleep.as_mut().poll(context)
    }
}

impl Body for Idle {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        while !this.over {
            let Poll::Ready(frame) = Pin::new(&mut this.inner).poll_frame(context) else {
                ready!(this.poll_late(context));
                this.over = true;
                return Poll::Ready(Some(Err(UpstreamError::TimedOut.into())));
            };
            this.waiting = false;
            match frame {
                Some(Ok(frame)) if frame.is_data() => return Poll::Ready(Some(Ok(frame))),
                // Trailers: nobody asked for any.
                Some(Ok(_)) => {}
                Some(Err(error)) => {
                    this.over = true;
                    return Poll::Ready(Some(Err(error.into())));
                }
                None => this.over = true,
            }
        }
        Poll::Ready(None)
    }
}

/// A whole body, for answers that the gateway reads itself: at most `bytes` of it, within `time`.
pub(in crate::upstream) async fn capped(body: Incoming, bytes: usize, time: Duration) -> Result<Bytes, UpstreamError> {
    let whole = tokio::time::timeout(time, Limited::new(body, bytes).collect());
    let whole = whole.await.map_err(|_| UpstreamError::TimedOut)?.map_err(|_| UpstreamError::BadAnswer)?;
    let mut whole = whole.aggregate();
    Ok(whole.copy_to_bytes(whole.remaining()))
}
