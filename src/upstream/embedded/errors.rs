//! SQLite's errors as [`UpstreamError`]s.
//!
//! SQLite names columns and quotes values in its messages (`no such column: secret`, `malformed JSON`). For a filtered
//! query only a closed set of words leaves; otherwise the engine's first line, shortened.

use rusqlite::{Error, ffi};

use crate::upstream::UpstreamError;

/// The longest message of the engine's that is passed on, in characters.
const LONGEST_MESSAGE: usize = 500;

/// What became of a query that did not end well.
pub(super) fn rejected(error: &Error, filtered: bool) -> UpstreamError {
    let message = match class(error) {
        Some(message) if filtered || message == TIME || message == PERMITTED => message.to_owned(),
        _ if filtered => "query is invalid".to_owned(),
        _ => own_words(error),
    };
    UpstreamError::Rejected { code: code(error), message }
}

const TIME: &str = "time limit exceeded";
const PERMITTED: &str = "not permitted";

/// The closed set.
fn class(error: &Error) -> Option<&'static str> {
    let text = words(error);
    match primary(error)? {
        ffi::ErrorCode::OperationInterrupted => Some(TIME),
        ffi::ErrorCode::AuthorizationForStatementDenied => Some(PERMITTED),
        ffi::ErrorCode::ReadOnly => Some(PERMITTED),
        ffi::ErrorCode::TooBig => Some("a value is too large"),
        ffi::ErrorCode::OutOfMemory => Some("memory limit exceeded"),
        ffi::ErrorCode::TypeMismatch => Some("type mismatch"),
        ffi::ErrorCode::DatabaseBusy | ffi::ErrorCode::DatabaseLocked => Some("the database is locked"),
        _ if text.starts_with("no such column") || text.starts_with("ambiguous column") => Some("unknown column"),
        _ if text.starts_with("no such function") => Some("unknown function"),
        _ if text.starts_with("wrong number of arguments") => Some("wrong number of arguments"),
        // The authorizer's word for a function is an ordinary error.
        _ if text.starts_with("not authorized") || text.contains("prohibited") => Some(PERMITTED),
        _ => None,
    }
}

fn primary(error: &Error) -> Option<ffi::ErrorCode> {
    match error {
        Error::SqliteFailure(failure, _) | Error::SqlInputError { error: failure, .. } => Some(failure.code),
        _ => None,
    }
}

fn code(error: &Error) -> Option<i32> {
    match error {
        Error::SqliteFailure(failure, _) | Error::SqlInputError { error: failure, .. } => Some(failure.extended_code),
        _ => None,
    }
}

fn words(error: &Error) -> String {
    match error {
        Error::SqliteFailure(_, Some(message)) => message.clone(),
        // Its `Display` would print the statement too.
        Error::SqlInputError { msg, .. } => msg.clone(),
        other => other.to_string(),
    }
}

fn own_words(error: &Error) -> String {
    words(error).lines().next().unwrap_or_default().chars().take(LONGEST_MESSAGE).collect()
}
