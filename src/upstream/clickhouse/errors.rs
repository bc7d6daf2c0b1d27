//! ClickHouse's exceptions as [`UpstreamError`]s.
//!
//! Its messages quote the rewritten query, filter included, and propose the names of tables that are not granted. A
//! filtered query's error is therefore its code and a message from this file.

use http::StatusCode;

use crate::upstream::UpstreamError;
use crate::upstream::client::shortened;

/// The longest message of the engine's that is passed on, in characters.
const LONGEST_MESSAGE: usize = 1_000;

/// What an answer that is no 200 says.
pub(super) fn error(status: StatusCode, code: Option<i32>, text: &str, filtered: bool) -> UpstreamError {
    let code = code.or_else(|| code_in(text));
    match (code, status) {
        (Some(192 | 193 | 194 | 516), _) => UpstreamError::Credential,
        (Some(202 | 203), _) => UpstreamError::Busy,
        (None, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => UpstreamError::Credential,
        (None, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) => UpstreamError::Busy,
        // No exception of ClickHouse's: something else stands at that address.
        (None, _) => UpstreamError::BadAnswer,
        (Some(code), _) => {
            let message = if filtered { safe(code).to_owned() } else { own_words(text) };
            UpstreamError::Rejected { code: Some(code), message }
        }
    }
}

/// The code that the text begins with: `Code: 47. DB::Exception: …`. Old versions say it only there.
pub(in crate::upstream) fn code_in(text: &str) -> Option<i32> {
    let rest = text.strip_prefix("Code: ")?;
    rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// Without the version: a client need not know it.
fn own_words(text: &str) -> String {
    let text = text.trim();
    let text = text.rfind("(version ").and_then(|at| text.get(..at)).unwrap_or(text);
    shortened(text, LONGEST_MESSAGE)
}

/// The closed set, by the codes of `src/Common/ErrorCodes.cpp` (26.7).
pub(in crate::upstream) fn safe(code: i32) -> &'static str {
    match code {
        6 | 26 | 27 | 38 | 41 | 72 | 117 | 130 | 131 => "a value cannot be parsed",
        8 | 10 | 16 | 47 | 352 => "unknown or ambiguous identifier",
        20 | 34 | 35 | 42 => "wrong number of arguments",
        36 => "bad arguments",
        43 => "illegal type of argument",
        44 => "illegal column",
        45 | 46 | 63 => "unknown function",
        48 | 344 => "not implemented",
        50 => "unknown type",
        53 | 70 | 349 | 386 => "type mismatch",
        57 | 60 | 81 => "unknown table",
        58 | 62 => "syntax error",
        69 => "an argument is out of bounds",
        73 => "unknown format",
        115 | 452 => "a setting is not permitted",
        125 => "a scalar subquery returned more than one row",
        153 => "division by zero",
        158 | 307 | 396 => "too many rows or bytes",
        159 | 160 | 209 => "time limit exceeded",
        161 | 162 | 167 | 168 | 191 => "the query is too complex",
        164 | 291 | 497 => "not permitted",
        173 | 241 => "memory limit exceeded",
        179 | 207 => "an alias is ambiguous",
        184 | 215 => "a column is neither aggregated nor grouped",
        210 | 279 => "the engine has a network failure",
        321 => "a value is null",
        394 => "the query was cancelled",
        407 => "a decimal overflows",
        456 | 457 => "a query parameter is missing or malformed",
        _ => "the engine refused the query",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Code: 47. DB::Exception: Unknown identifier `x` in SELECT x FROM t WHERE org = 'secret'. (UNKNOWN_IDENTIFIER) (version 26.7.2.1)\n";

    fn rejected(code: i32, message: &str) -> UpstreamError {
        UpstreamError::Rejected { code: Some(code), message: message.to_owned() }
    }

    #[test]
    fn a_filtered_query_gets_a_code_and_a_safe_message() {
        let filtered = |code, text| error(StatusCode::INTERNAL_SERVER_ERROR, code, text, true);
        assert_eq!(filtered(Some(47), TEXT), rejected(47, "unknown or ambiguous identifier"));
        assert_eq!(filtered(None, TEXT), rejected(47, "unknown or ambiguous identifier"));
        assert_eq!(filtered(Some(9999), TEXT), rejected(9999, "the engine refused the query"));
    }

    #[test]
    fn an_unfiltered_query_gets_the_engines_words_without_its_version() {
        let error = error(StatusCode::NOT_FOUND, Some(47), TEXT, false).to_string();
        assert!(error.ends_with("(UNKNOWN_IDENTIFIER) ") || error.ends_with("(UNKNOWN_IDENTIFIER)"), "{error}");
    }

    #[test]
    fn the_gateways_own_troubles_are_not_the_clients() {
        let bare = |status| error(status, None, "<html>", false);
        assert_eq!(error(StatusCode::FORBIDDEN, Some(516), "", false), UpstreamError::Credential);
        assert_eq!(error(StatusCode::INTERNAL_SERVER_ERROR, Some(202), "", true), UpstreamError::Busy);
        assert_eq!(bare(StatusCode::UNAUTHORIZED), UpstreamError::Credential);
        assert_eq!(bare(StatusCode::SERVICE_UNAVAILABLE), UpstreamError::Busy);
        assert_eq!(bare(StatusCode::NOT_FOUND), UpstreamError::BadAnswer);
    }
}
