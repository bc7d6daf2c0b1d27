//! Paths of the table: fixed segments, and at most one that names something.

use percent_encoding::percent_decode_str;

use crate::gateway::Error;

/// Whether the path is the one of the pattern. A `{…}` stands for one segment that is not empty.
pub(super) fn matches(pattern: &str, path: &str) -> bool {
    let (mut left, mut right) = (pattern.split('/'), path.split('/'));
    loop {
        match (left.next(), right.next()) {
            (None, None) => return true,
            (Some(pattern), Some(segment)) if is_name(pattern) && !segment.is_empty() => {}
            (Some(pattern), Some(segment)) if pattern == segment && !is_name(pattern) => {}
            _ => return false,
        }
    }
}

/// The name in a path that matches, decoded once (RFC 3986 section 2.4).
///
/// # Errors
/// [`Error::Malformed`] for one that is no UTF-8 or holds a control character.
pub(super) fn named(pattern: &str, path: &str) -> Result<Option<String>, Error> {
    let Some((_, segment)) = pattern.split('/').zip(path.split('/')).find(|(pattern, _)| is_name(pattern)) else {
        return Ok(None);
    };
    let name =
        percent_decode_str(segment).decode_utf8().map_err(|_| Error::Malformed("the name in the path is not UTF-8"))?;
    if name.chars().any(char::is_control) {
        return Err(Error::Malformed("the name in the path has a control character"));
    }
    Ok(Some(name.into_owned()))
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
        let name = |path| named(pattern, path).unwrap().unwrap();
        assert_eq!(name("/v0/tokens/a%20b%40c/refresh"), "a b@c");
        assert_eq!(name("/v0/tokens/%252e%2Fx/refresh"), "%2e/x");
        assert!(named(pattern, "/v0/tokens/%ff/refresh").is_err());
        assert!(named(pattern, "/v0/tokens/a%00/refresh").is_err());
        assert!(!matches("/v0/sql", "/v0/{name}"));
    }
}
