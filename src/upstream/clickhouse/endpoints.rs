//! The endpoints and which of them are well.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use http::Uri;

#[derive(Debug)]
pub(super) struct Endpoints {
    all: Vec<Endpoint>,
    turn: AtomicUsize,
}

#[derive(Debug)]
pub(super) struct Endpoint {
    base: Uri,
    well: AtomicBool,
}

impl Endpoints {
    pub(super) fn new(bases: &[Uri]) -> Self {
        // Well until the opposite is known: the first query must not wait for the first check.
        let all = bases.iter().map(|base| Endpoint { base: base.clone(), well: AtomicBool::new(true) }).collect();
        Self { all, turn: AtomicUsize::new(0) }
    }

    pub(super) fn all(&self) -> &[Endpoint] {
        &self.all
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn healthy(&self) -> usize {
        self.all.iter().filter(|endpoint| endpoint.is_well()).count()
    }

    /// Round robin over the healthy ones; over all when none is, so that recovery need not wait for a check.
    pub(super) fn next(&self) -> Option<&Endpoint> {
        let healthy = self.healthy();
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        if healthy == 0 {
            return self.all.get(turn % self.all.len().max(1));
        }
        let mut well = self.all.iter().filter(|endpoint| endpoint.is_well());
        // One may have fallen ill since they were counted.
        well.nth(turn % healthy).or_else(|| self.all.first())
    }
}

impl Endpoint {
    pub(super) fn base(&self) -> &Uri {
        &self.base
    }

    fn is_well(&self) -> bool {
        self.well.load(Ordering::Acquire)
    }

    /// Notes what was seen; a change is said once.
    pub(super) fn mark(&self, well: bool) {
        if self.well.swap(well, Ordering::AcqRel) == well {
            return;
        }
        if well {
            tracing::info!(endpoint = %self.base, "the endpoint answers again");
        } else {
            tracing::warn!(endpoint = %self.base, "the endpoint does not answer");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoints() -> Endpoints {
        Endpoints::new(&["http://a:1", "http://b:1", "http://c:1"].map(Uri::from_static))
    }

    fn turns(endpoints: &Endpoints, count: usize) -> String {
        (0..count).map(|_| endpoints.next().unwrap().base().host().unwrap()).collect()
    }

    #[test]
    fn turns_go_round_the_healthy_ones() {
        let endpoints = endpoints();
        assert_eq!(turns(&endpoints, 6), "abcabc");
        endpoints.all()[1].mark(false);
        assert_eq!(turns(&endpoints, 4), "acac");
        assert_eq!(endpoints.healthy(), 2);
    }

    #[test]
    fn with_none_healthy_each_is_tried() {
        let endpoints = endpoints();
        endpoints.all().iter().for_each(|endpoint| endpoint.mark(false));
        assert_eq!(turns(&endpoints, 3), "abc");
    }
}
