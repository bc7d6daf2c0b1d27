//! One connection's life.
//!
//! 1. TLS, if configured, within the header timeout.
//! 2. HTTP/1.1 or HTTP/2: by ALPN under TLS, else by whether it begins with HTTP/2's preface (RFC 9113 section 3.4).
//!    hyper-util's own detection is not used: it has no timeout for a connection that says nothing.
//! 3. Requests, until the first one is late, nothing has been in work for the idle timeout, or the server drains.
//!
//! A client that goes away ends its requests' futures, and with them what they started upstream. Half-closing counts as
//! going away: hyper's `half_close` is left off, since with it an abort is never noticed.

use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::BoxFuture;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tower::ServiceExt as _;

use crate::gateway::Gateway;

use super::accept::Door;
use super::activity::{Activity, Counted};
use super::stalled::Stalled;

/// The first bytes of HTTP/2. No HTTP/1 method begins so.
const PREFACE: &[u8] = b"PRI ";
/// How long to wait for the rest of a preface that came in pieces: at first, and at most. The pause doubles, so that a
/// client that sends one byte and stops costs next to nothing.
const PIECES: Duration = Duration::from_millis(5);
const LONGEST_PIECES: Duration = Duration::from_millis(320);
/// Head of an HTTP/1 message, in bytes and lines. The gateway's own limits are tighter; these bound what is buffered.
const HEAD_BYTES: usize = 64 * 1024;
const HEAD_LINES: usize = 100;
/// Header fields of an HTTP/2 message, uncompressed, in bytes.
const HEADER_LIST_BYTES: u32 = 48 * 1024;
const STREAMS: u32 = 100;
/// What one HTTP/2 connection may hold in its send buffer, per stream, in bytes.
const SEND_BYTES: usize = 256 * 1024;
/// An HTTP/2 peer that does not answer pings is gone.
const PING_EVERY: Duration = Duration::from_secs(20);
const PING_TIMEOUT: Duration = Duration::from_secs(10);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protocol {
    Http1,
    Http2,
}

/// Serves one connection to its end.
pub(super) async fn serve(stream: TcpStream, door: Door) {
    let deadline = Instant::now() + door.settings.header_timeout;
    let patience = door.settings.idle_timeout;
    match door.tls.clone() {
        None => {
            let Some(protocol) = within(deadline, &door, sniff(&stream)).await.flatten() else { return };
            speak(protocol, Stalled::new(stream, patience), door, deadline).await;
        }
        Some(tls) => {
            let Some(Ok(stream)) = within(deadline, &door, tls.accept(stream)).await else { return };
            let h2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
            let protocol = if h2 { Protocol::Http2 } else { Protocol::Http1 };
            speak(protocol, Stalled::new(stream, patience), door, deadline).await;
        }
    }
}

/// The outcome, unless the deadline passes or the server drains first.
async fn within<T>(deadline: Instant, door: &Door, work: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        () = door.drain.cancelled() => None,
        outcome = timeout(deadline - Instant::now(), work) => outcome.ok(),
    }
}

/// Looks at the first bytes without taking them. `None` when the client has gone.
async fn sniff(stream: &TcpStream) -> Option<Protocol> {
    let mut first = [0; PREFACE.len()];
    let mut pause = PIECES;
    loop {
        let seen = stream.peek(&mut first).await.ok()?;
        let bytes = first.get(..seen)?;
        if bytes.is_empty() {
            return None;
        }
        if bytes == PREFACE {
            return Some(Protocol::Http2);
        }
        if !PREFACE.starts_with(bytes) {
            return Some(Protocol::Http1);
        }
        // The beginning of a preface stays readable, so waiting for readiness would not wait.
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PIECES);
    }
}

async fn speak<S>(protocol: Protocol, stream: S, door: Door, deadline: Instant)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let activity = Activity::new();
    let service = Requests { gateway: door.gateway.clone(), activity: activity.clone() };
    let stream = TokioIo::new(stream);
    match protocol {
        Protocol::Http1 => {
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(door.settings.idle_timeout)
                .max_buf_size(HEAD_BYTES)
                .max_headers(HEAD_LINES)
                .serve_connection(stream, service);
            attend(Http1(connection), &door, &activity, deadline).await;
        }
        Protocol::Http2 => {
            let connection = http2::Builder::new(TokioExecutor::new())
                .timer(TokioTimer::new())
                .max_concurrent_streams(STREAMS)
                .max_header_list_size(HEADER_LIST_BYTES)
                .max_send_buf_size(SEND_BYTES)
                .keep_alive_interval(PING_EVERY)
                .keep_alive_timeout(PING_TIMEOUT)
                .serve_connection(stream, service);
            attend(Http2(connection), &door, &activity, deadline).await;
        }
    }
}

/// Drives a connection, and asks it to end when it is late, idle or the server drains.
async fn attend(connection: impl Graceful, door: &Door, activity: &Activity, first_by: Instant) {
    let mut connection = pin!(connection);
    let mut check_at = first_by;
    let mut ending = false;
    loop {
        tokio::select! {
            () = connection.as_mut() => return,
            () = door.drain.cancelled(), if !ending => {
                connection.as_mut().finish();
                ending = true;
                // A connection that nobody has asked anything on has nothing to finish.
                if activity.idle().is_some_and(|(_, asked)| !asked) {
                    return;
                }
            }
            () = sleep_until(check_at) => {
                connection.as_mut().cut_untaken(activity, door.settings.idle_timeout);
                let now = Instant::now();
                check_at = match activity.idle() {
                    None => now + door.settings.idle_timeout,
                    Some((_, false)) => return,
                    Some((_, true)) if ending => return,
                    Some((since, true)) if since + door.settings.idle_timeout <= now => {
                        connection.as_mut().finish();
                        ending = true;
                        now + PING_TIMEOUT
                    }
                    Some((since, true)) => since + door.settings.idle_timeout,
                };
            }
        }
    }
}

/// A connection of either protocol. What ends it is not told: a broken one is the client's affair, and is no news.
trait Graceful: Future<Output = ()> {
    /// Answers what is in work, takes nothing new, and ends.
    fn finish(self: Pin<&mut Self>);

    /// Ends answers that the client takes nothing of. On HTTP/1 the write itself is late then (`stalled`), and is the
    /// better judge of a client that is only slow.
    fn cut_untaken(self: Pin<&mut Self>, _: &Activity, _: Duration) {}
}

struct Http1<S: AsyncRead + AsyncWrite + Unpin + 'static>(http1::Connection<TokioIo<S>, Requests>);

struct Http2<S: AsyncRead + AsyncWrite + Unpin + 'static>(http2::Connection<TokioIo<S>, Requests, TokioExecutor>);

impl<S: AsyncRead + AsyncWrite + Unpin + 'static> Future for Http1<S> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.0).poll(context).map(|_| ())
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> Future for Http2<S> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.0).poll(context).map(|_| ())
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> Graceful for Http1<S> {
    fn finish(mut self: Pin<&mut Self>) {
        Pin::new(&mut self.0).graceful_shutdown();
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> Graceful for Http2<S> {
    fn finish(mut self: Pin<&mut Self>) {
        Pin::new(&mut self.0).graceful_shutdown();
    }

    fn cut_untaken(self: Pin<&mut Self>, activity: &Activity, patience: Duration) {
        activity.cut_untaken(patience);
    }
}

/// The gateway, as hyper calls it on one connection.
#[derive(Clone)]
struct Requests {
    gateway: Gateway,
    activity: Activity,
}

impl hyper::service::Service<Request<Incoming>> for Requests {
    type Response = Response<Counted>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Counted>, Infallible>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let in_work = self.activity.begin();
        let answer = self.gateway.clone().oneshot(request);
        Box::pin(async move { Ok(answer.await?.map(|body| Activity::watched(body, in_work))) })
    }
}
