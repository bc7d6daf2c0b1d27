//! Paths of the table: fixed segments, and at most two that name something.

use percent_encoding::percent_decode_str;

use crate::gateway::Error;

/// At the end of a pattern: whatever follows.
pub(super) const REST: &str = "{…}";

/// Whether the path is the one of the pattern. A `{…}` stands for one segment that is not empty.
pub(super) fn matches(pattern: &str, path: &str) -> bool {
    let (mut left, mut right) = (pattern.split('/'), path.split('/'));
    loop {
        match (left.next(), right.next()) {
            (None, None) | (Some(REST), Some(_)) => return true,
            (Some(pattern), Some(segment)) if is_name(pattern) && !segment.is_empty() => {}
            (Some(pattern), Some(segment)) if pattern == segment && !is_name(pattern) => {}
            _ => return false,
        }
    }
}

/// The names in a path that matches, each decoded once (RFC 3986 section 2.4).
///
/// # Errors
/// [`Error::Malformed`] for one that is no UTF-8 or holds a control character.
pub(super) fn named(pattern: &str, path: &str) -> Result<Vec<String>, Error> {
    let segments = pattern.split('/').zip(path.split('/')).filter(|(pattern, _)| is_name(pattern));
    segments.map(|(_, segment)| decoded(segment)).collect()
}

fn decoded(segment: &str) -> Result<String, Error> {
    let name =
        percent_decode_str(segment).decode_utf8().map_err(|_| Error::Malformed("the name in the path is not UTF-8"))?;
    if name.chars().any(char::is_control) {
        return Err(Error::Malformed("the name in the path has a control character"));
    }
    Ok(name.into_owned())
}

fn is_name(pattern: &str) -> bool {
    pattern.starts_with('{')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_segment_and_is_decoded_once() {
        let pattern = "/v0/tokens/{name}/refresh";
        assert!(matches(pattern, "/v0/tokens/a%20b/refresh"));
        for other in ["/v0/tokens//refresh", "/v0/tokens/a/b/refresh", "/v0/tokens/refresh", "/v0/tokens/a/refresh/"] {
            assert!(!matches(pattern, other), "{other}");
        }
        let name = |path| named(pattern, path).unwrap().remove(0);
        assert_eq!(name("/v0/tokens/a%20b%40c/refresh"), "a b@c");
        assert_eq!(name("/v0/tokens/%252e%2Fx/refresh"), "%2e/x");
        let two = named("/v0/pipes/{pipe}/nodes/{node}", "/v0/pipes/a%2Fb/nodes/c%25").unwrap();
        assert_eq!(two, ["a/b", "c%"]);
        assert!(named("/v0/pipes/{pipe}/nodes/{node}", "/v0/pipes/a/nodes/%ff").is_err());
        assert!(named(pattern, "/v0/tokens/%ff/refresh").is_err());
        assert!(named(pattern, "/v0/tokens/a%00/refresh").is_err());
        assert!(!matches("/v0/sql", "/v0/{name}"));
    }
}
