//! The endpoints: which of them are well, and what each says it is.
//!
//! - A cluster may be of several releases, and a server may be another one when it comes back: each endpoint is judged by
//!   itself, and what it said is forgotten when it does not answer.
//! - With [`Unproven::Refuse`] an endpoint whose release is unproven, or not known yet, gets no queries.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use arc_swap::ArcSwapOption;
use http::Uri;

use super::version::{Unproven, is_proven, joins_as_written, tags_exceptions};

#[derive(Debug)]
pub(super) struct Endpoints {
    all: Vec<Endpoint>,
    turn: AtomicUsize,
}

#[derive(Debug)]
pub(super) struct Endpoint {
    base: Uri,
    well: AtomicBool,
    /// What it said last; nothing while it was not asked, or did not answer since.
    server: ArcSwapOption<Server>,
    /// The version that the log has told of it.
    told: ArcSwapOption<String>,
    unproven: Unproven,
}

/// What a server says it is.
#[derive(Debug)]
struct Server {
    version: String,
    proven: bool,
    tags: bool,
}

impl Endpoints {
    pub(super) fn new(bases: &[Uri], unproven: Unproven) -> Self {
        let endpoint = |base: &Uri| Endpoint {
            base: base.clone(),
            // Well until the opposite is known: the first query must not wait for the first check.
            well: AtomicBool::new(true),
            server: ArcSwapOption::empty(),
            told: ArcSwapOption::empty(),
            unproven,
        };
        Self { all: bases.iter().map(endpoint).collect(), turn: AtomicUsize::new(0) }
    }

    pub(super) fn all(&self) -> &[Endpoint] {
        &self.all
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// How many can be asked.
    pub(super) fn healthy(&self) -> usize {
        self.all.iter().filter(|endpoint| endpoint.is_well() && endpoint.is_admitted()).count()
    }

    /// How many said that they are of a release that nobody has proven.
    pub(super) fn unproven(&self) -> usize {
        self.all.iter().filter(|endpoint| endpoint.server.load().as_ref().is_some_and(|server| !server.proven)).count()
    }

    /// Whether any may be asked at all.
    pub(super) fn any_admitted(&self) -> bool {
        self.all.iter().any(Endpoint::is_admitted)
    }

    /// Round robin over the healthy ones; over all that may be asked when none is, so that recovery need not wait for a
    /// check.
    pub(super) fn next(&self) -> Option<&Endpoint> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let pick = |fits: &dyn Fn(&&Endpoint) -> bool| {
            let count = self.all.iter().filter(fits).count();
            // One may have fallen ill since they were counted.
            let nth = turn.checked_rem(count).and_then(|turn| self.all.iter().filter(fits).nth(turn));
            nth.or_else(|| self.all.iter().find(fits))
        };
        pick(&|endpoint| endpoint.is_well() && endpoint.is_admitted())
            .or_else(|| pick(&|endpoint| endpoint.is_admitted()))
    }
}

impl Endpoint {
    pub(super) fn base(&self) -> &Uri {
        &self.base
    }

    pub(super) fn is_well(&self) -> bool {
        self.well.load(Ordering::Acquire)
    }

    /// Whether queries may go there.
    pub(super) fn is_admitted(&self) -> bool {
        self.unproven != Unproven::Refuse || self.server.load().as_ref().is_some_and(|server| server.proven)
    }

    /// Whether it marks an exception inside an answer. One that was not asked yet may be an old one.
    pub(super) fn tags_exceptions(&self) -> bool {
        self.server.load().as_ref().is_some_and(|server| server.tags)
    }

    /// What beside a filtered query makes it join as the text says. One that was not asked yet is taken for a new one: an old
    /// one then refuses a setting that it does not know, until it is asked.
    pub(super) fn joins_as_written(&self) -> &'static [(&'static str, &'static str)] {
        joins_as_written(self.server.load().as_ref().map_or("99", |server| &server.version))
    }

    /// Its version, if it was read and it answered since.
    pub(super) fn version(&self) -> Option<String> {
        self.server.load().as_ref().map(|server| server.version.clone())
    }

    /// Notes what was seen; a change is said once. What answers after a silence may be another release.
    pub(super) fn mark(&self, well: bool) {
        if !well {
            self.server.store(None);
        }
        if self.well.swap(well, Ordering::AcqRel) == well {
            return;
        }
        if well {
            tracing::info!(endpoint = %self.base, "the endpoint answers again");
        } else {
            tracing::warn!(endpoint = %self.base, "the endpoint does not answer");
        }
    }

    /// Notes which version it said it is, or that it did not say. A version that is new is told once.
    pub(super) fn is(&self, version: Option<String>, certified: &[String]) {
        let Some(version) = version else { return self.server.store(None) };
        let proven = is_proven(&version, certified);
        self.server.store(Some(Arc::new(Server { tags: tags_exceptions(&version), proven, version: version.clone() })));
        let before = self.told.swap(Some(Arc::new(version.clone())));
        if before.as_deref() == Some(&version) {
            return;
        }
        match self.unproven {
            _ if proven => tracing::info!(endpoint = %self.base, version, "this is ClickHouse"),
            Unproven::Allow => {
                tracing::info!(endpoint = %self.base, version, "this is ClickHouse, of a release that is not proven")
            }
            Unproven::Warn => tracing::warn!(
                endpoint = %self.base,
                version,
                "the walls are not proven on this version of ClickHouse; `portcullis certify` proves it"
            ),
            Unproven::Refuse => tracing::error!(
                endpoint = %self.base,
                version,
                "the walls are not proven on this version of ClickHouse: it gets no queries; `portcullis certify` proves it"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoints(unproven: Unproven) -> Endpoints {
        Endpoints::new(&["http://a:1", "http://b:1", "http://c:1"].map(Uri::from_static), unproven)
    }

    fn turns(endpoints: &Endpoints, count: usize) -> String {
        (0..count).map(|_| endpoints.next().map_or("-", |endpoint| endpoint.base().host().unwrap())).collect()
    }

    fn say(endpoints: &Endpoints, versions: [&str; 3]) {
        for (endpoint, version) in endpoints.all().iter().zip(versions) {
            endpoint.is(Some(version.to_owned()), &["24.8".to_owned()]);
        }
    }

    #[test]
    fn turns_go_round_the_healthy_ones() {
        let endpoints = endpoints(Unproven::Warn);
        assert_eq!(turns(&endpoints, 6), "abcabc");
        endpoints.all()[1].mark(false);
        assert_eq!(turns(&endpoints, 4), "acac");
        assert_eq!(endpoints.healthy(), 2);
    }

    #[test]
    fn with_none_healthy_each_is_tried() {
        let endpoints = endpoints(Unproven::Warn);
        endpoints.all().iter().for_each(|endpoint| endpoint.mark(false));
        assert_eq!(turns(&endpoints, 3), "abc");
    }

    /// Also one that has not said what it is, and one that nobody has asked since it came back.
    #[test]
    fn where_the_unproven_are_refused_only_a_proven_endpoint_is_asked() {
        let endpoints = endpoints(Unproven::Refuse);
        assert_eq!((turns(&endpoints, 3).as_str(), endpoints.healthy(), endpoints.any_admitted()), ("---", 0, false));
        say(&endpoints, ["26.7.3.1", "25.5.1.1", "24.8.4.13"]);
        assert_eq!((turns(&endpoints, 4).as_str(), endpoints.healthy(), endpoints.unproven()), ("caca", 2, 1));
        endpoints.all()[0].mark(false);
        endpoints.all()[2].is(Some(String::new()), &[]);
        assert_eq!((turns(&endpoints, 2).as_str(), endpoints.unproven()), ("--", 2));
        endpoints.all()[0].mark(true);
        assert_eq!(turns(&endpoints, 2), "--");
        endpoints.all()[0].is(Some("26.7.3.1".to_owned()), &[]);
        assert_eq!(turns(&endpoints, 2), "aa");
        // None that may be asked is well: it is tried, and none that may not.
        endpoints.all()[0].well.store(false, Ordering::Release);
        assert_eq!((turns(&endpoints, 2).as_str(), endpoints.healthy()), ("aa", 0));
    }

    #[test]
    fn elsewhere_the_unproven_are_asked_and_counted() {
        for unproven in [Unproven::Allow, Unproven::Warn] {
            let endpoints = endpoints(unproven);
            assert_eq!(endpoints.unproven(), 0);
            say(&endpoints, ["26.7.3.1", "25.5.1.1", "24.8.4.13"]);
            assert_eq!((turns(&endpoints, 3).as_str(), endpoints.healthy(), endpoints.unproven()), ("abc", 3, 1));
        }
    }

    /// A tag that the server does not write would let an exception pass as rows.
    #[test]
    fn each_endpoint_has_its_own_way_to_tell_of_exceptions() {
        let endpoints = endpoints(Unproven::Warn);
        let tags = || endpoints.all().iter().map(Endpoint::tags_exceptions).collect::<Vec<_>>();
        assert_eq!(tags(), [false; 3]);
        say(&endpoints, ["26.7.3.1", "25.5.1.1", "25.11.1.1"]);
        assert_eq!(tags(), [true, false, true]);
        endpoints.all()[0].mark(false);
        assert_eq!(tags(), [false, false, true]);
        assert_eq!(endpoints.all()[2].version().as_deref(), Some("25.11.1.1"));
    }
}
