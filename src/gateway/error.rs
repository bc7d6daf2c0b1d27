//! Everything that can keep a request from its answer. `rescue` says what a client is told of each.

use std::time::Duration;

use crate::sql::Refusal;
use crate::store::Unchanged;
use crate::upstream::UpstreamError;

use super::forward::Condition;

/// Why a request has no good answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    /// The message breaks a rule of HTTP, or one of ours that guards against two readings of it.
    #[error("{0}")]
    Malformed(&'static str),
    #[error("the request's target is too long")]
    TargetTooLong,
    #[error("the request's headers are too many or too large")]
    HeadersTooLarge,
    #[error("a request's body is sent without content coding")]
    ContentCoding,
    #[error("the type of the request's body is not supported: {0}")]
    MediaType(&'static str),
    #[error("the expectation is not supported")]
    Expectation,
    #[error("the method is not known")]
    UnknownMethod,
    #[error("the method is not allowed here")]
    MethodNotAllowed(String),
    #[error("there is nothing here")]
    NotFound,
    /// What a path names does not exist, or may not be known.
    #[error("{0}")]
    Absent(String),

    #[error("the request's body is too large")]
    BodyTooLarge,
    #[error("the request's body did not arrive in time")]
    BodyTooSlow,
    #[error("the request's body is broken")]
    BodyBroken,

    #[error("a token is needed")]
    TokenMissing,
    #[error("invalid authentication token")]
    TokenInvalid,
    #[error("{0}")]
    TokenAmbiguous(&'static str),
    #[error("too many requests")]
    RateLimited(Pace),
    /// Something other than a statement is not permitted.
    #[error("the token does not have the scopes for this")]
    Forbidden,

    /// It is not permitted, or it is not there: Tinybird does not tell the two apart.
    #[error("Forbidden. Provided Auth token doesn't have the right scope or the datasource is not available")]
    Unavailable,
    #[error("Data Source \"{0}\" does not exist")]
    NoDatasource(String),
    #[error("{0}")]
    Conflict(String),
    #[error("a row is too large")]
    RowTooLarge,
    /// Rows are in, and others are not.
    #[error("{0}")]
    Partly(Box<Partly>),
    /// A pipe that its author may not make.
    #[error("{0}")]
    PipeForbidden(String),
    /// A token that is not there, or that the asker may not know of: one answer, in Tinybird's words.
    #[error("Token has not enough permissions to get information about this token")]
    TokenHidden,
    /// A change of tokens that was not made.
    #[error("{0}")]
    Unchanged(Unchanged),

    /// A parameter is missing, given twice or makes no sense.
    #[error("{0}")]
    Parameter(String),
    /// A parameter that is on no list.
    #[error("unknown or restricted setting `{0}`")]
    Setting(String),
    #[error("unknown format `{0}`")]
    Format(String),
    #[error("unknown database `{0}`")]
    Database(String),
    #[error("{0}")]
    Refused(Refusal),

    /// The upstream's catalog has not been read yet.
    #[error("the gateway is not ready yet")]
    NotReady,
    /// `/health` while the upstream cannot be used.
    #[error("the upstream cannot be used")]
    Unwell(Condition),
    #[error("{0}")]
    Upstream(UpstreamError),

    #[error("the gateway is busy")]
    Overloaded,
    #[error("the request took too long")]
    TimedOut,
    #[error("internal error")]
    Panicked,
}

/// How a principal stands with its rate: the figures of the `X-RateLimit-…` headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pace {
    /// Requests a second.
    pub(super) limit: u32,
    /// Requests left at this moment.
    pub(super) remaining: u32,
    /// Until all are left again.
    pub(super) reset: Duration,
    /// Until the next one is allowed; zero when this one is.
    pub(super) retry: Duration,
}

/// What is in when an import ended before its end.
#[derive(Debug)]
pub(super) struct Partly {
    /// Why it ended.
    pub(super) error: Error,
    /// Rows that the upstream has confirmed.
    pub(super) rows: u64,
    /// Rows in the quarantine.
    pub(super) quarantined: u64,
    /// Rows that may be in or not: the upstream's answer was lost.
    pub(super) doubt: u64,
}

impl std::fmt::Display for Partly {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}; {} rows were appended before that", self.error, self.rows)?;
        if self.doubt > 0 {
            write!(f, ", and it is not known whether {} more were", self.doubt)?;
        }
        Ok(())
    }
}
