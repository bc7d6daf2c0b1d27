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
    numbers(version) >= (25, 11)
}

/// Settings by which this version joins tables in the order in which they are written, those first that are older.
///
/// Otherwise it orders them by how many rows it expects. Of a table that is an unknown number of rows, hidden ones among them, or
/// one that it met when anyone asked the same. 26.7 expects nothing behind a filter, and as many rows as there are numbers behind
/// a LIMIT: it takes the left side first, which people write to be the larger one. The releases are those of
/// `system.settings_changes`.
pub(super) fn joins_as_written(version: &str) -> &'static [(&'static str, &'static str)] {
    const NO_SWAP: (&str, &str) = ("query_plan_join_swap_table", "false");
    match numbers(version) {
        since if since >= (25, 9) => &[NO_SWAP, ("query_plan_optimize_join_order_limit", "0")],
        since if since >= (24, 12) => &[NO_SWAP],
        // Older ones take the right side first, always.
        _ => &[],
    }
}

/// Year and month.
fn numbers(version: &str) -> (u32, u32) {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_are_written_for_releases_that_order_them() {
        for (version, count) in
            [("24.11.1.1", 0), ("24.12.1.1", 1), ("25.8.9.9", 1), ("25.9.1.1", 2), ("26.7.3.1", 2), ("99", 2), ("", 0)]
        {
            assert_eq!(joins_as_written(version).len(), count, "{version}");
        }
        assert_eq!(joins_as_written("25.8")[0].0, "query_plan_join_swap_table");
    }

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
