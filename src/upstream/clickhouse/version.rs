//! Which versions of ClickHouse the walls are proven on.

/// Year and month of the releases that the project's own tests run on.
pub const PROVEN: &[&str] = &["26.7"];

/// What happens to an endpoint of a version that nobody has proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unproven {
    /// It gets queries, and the log does not warn.
    Allow,
    /// It gets queries, and the log warns.
    Warn,
    /// It gets no queries until it is of a version that is proven.
    Refuse,
}

/// A release: `26.7` of `26.7.3.1`. What is no version is returned as it is, and is proven nowhere.
#[must_use]
pub fn release(version: &str) -> &str {
    let dots = version.match_indices('.').map(|(at, _)| at);
    dots.take(2).last().filter(|_| version.matches('.').count() > 1).and_then(|at| version.get(..at)).unwrap_or(version)
}

/// Whether this version is proven: by the project's tests, or by the deployment's own `portcullis certify`.
#[must_use]
pub fn is_proven(version: &str, certified: &[String]) -> bool {
    let release = release(version);
    PROVEN.contains(&release) || certified.iter().any(|known| known == release || known == version)
}

/// Whether this version marks an exception inside an answer with a tag.
pub(super) fn tags_exceptions(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) >= (25, 11)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_year_and_month() {
        assert_eq!(["26.7.3.1", "26.7.3.1-lts", "26.7", "x", ""].map(release), ["26.7", "26.7", "26.7", "x", ""]);
        assert!(is_proven("26.7.9.9", &[]) && !is_proven("26.70.1.1", &[]) && !is_proven("24.8.1.1", &[]));
        assert!(is_proven("24.8.1.1", &["24.8".to_owned()]) && is_proven("24.8.1.1", &["24.8.1.1".to_owned()]));
        assert!(!is_proven("24.8.1.1", &["24".to_owned()]));
    }

    #[test]
    fn the_tag_is_there_from_25_11_on() {
        for (version, tags) in [
            ("25.10.9.1", false),
            ("25.11.1.1", true),
            ("26.7.2.1", true),
            ("24.8", false),
            ("", false),
            ("nonsense", false),
        ] {
            assert_eq!(tags_exceptions(version), tags, "{version}");
        }
    }
}
