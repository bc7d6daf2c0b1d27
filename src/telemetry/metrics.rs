//! The gateway's figures, in the OpenMetrics text format.
//!
//! Every label's values come from a closed set of the gateway's own words: nothing that a client sends becomes a label.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// What the figures are served as.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Upper bounds of the duration buckets, in seconds.
const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

type Labels = Vec<(&'static str, &'static str)>;

/// The figures. Clones count into the same ones.
#[derive(Debug, Clone)]
pub struct Metrics(Arc<Figures>);

#[derive(Debug)]
struct Figures {
    registry: Registry,
    requests: Family<Labels, Counter>,
    seconds: Family<Labels, Histogram>,
    in_flight: Gauge,
    decisions: Family<Labels, Counter>,
    refusals: Family<Labels, Counter>,
    rewrites: Family<Labels, Counter>,
    reloads: Family<Labels, Counter>,
    generation: Gauge,
    stale: Gauge,
    endpoints: Family<Labels, Gauge>,
    unproven: Gauge,
    reloads_told: [AtomicU64; 2],
}

/// Counts one request as being in work until it is dropped.
#[derive(Debug)]
pub struct InFlight(Gauge);

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// All figures, at zero.
    #[must_use]
    pub fn new() -> Self {
        let mut figures = Figures {
            registry: Registry::with_prefix("portcullis"),
            requests: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            in_flight: Gauge::default(),
            decisions: Family::default(),
            refusals: Family::default(),
            rewrites: Family::default(),
            reloads: Family::default(),
            generation: Gauge::default(),
            stale: Gauge::default(),
            endpoints: Family::default(),
            unproven: Gauge::default(),
            reloads_told: Default::default(),
        };
        figures.register();
        Self(Arc::new(figures))
    }

    /// One request was answered: on which face, with which class of status (`2xx` …), after how long.
    pub fn answered(&self, face: &'static str, class: &'static str, after: Duration) {
        self.0.requests.get_or_create(&vec![("face", face), ("status", class)]).inc();
        self.0.seconds.get_or_create(&vec![("face", face)]).observe(after.as_secs_f64());
    }

    /// One request is in work for as long as the answer of this lives.
    #[must_use]
    pub fn in_flight(&self) -> InFlight {
        self.0.in_flight.inc();
        InFlight(self.0.in_flight.clone())
    }

    /// One decision was made: `permit` or `denial`.
    pub fn decided(&self, outcome: &'static str) {
        self.0.decisions.get_or_create(&vec![("outcome", outcome)]).inc();
    }

    /// One statement or credential was refused, and of which kind.
    pub fn refused(&self, kind: &'static str) {
        self.0.refusals.get_or_create(&vec![("kind", kind)]).inc();
    }

    /// One rewrite was looked up: `hit` or `miss`.
    pub fn rewrite(&self, outcome: &'static str) {
        self.0.rewrites.get_or_create(&vec![("outcome", outcome)]).inc();
    }

    /// How the store stands: its generation, and whether the files on disk are not the ones in force.
    pub fn store(&self, generation: u64, stale: bool) {
        self.0.generation.set(i64::try_from(generation).unwrap_or(i64::MAX));
        self.0.stale.set(i64::from(stale));
    }

    /// How often the files were taken in, and refused, since the start. Totals: what was told before is not added again.
    pub fn reloads(&self, ok: u64, failed: u64) {
        for ((told, outcome), total) in self.0.reloads_told.iter().zip(["ok", "failed"]).zip([ok, failed]) {
            let before = told.fetch_max(total, Ordering::Relaxed);
            self.0.reloads.get_or_create(&vec![("outcome", outcome)]).inc_by(total.saturating_sub(before));
        }
    }

    /// How the upstream stands.
    pub fn upstream(&self, healthy: usize, endpoints: usize) {
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        self.0.endpoints.get_or_create(&vec![("state", "healthy")]).set(count(healthy));
        self.0.endpoints.get_or_create(&vec![("state", "unhealthy")]).set(count(endpoints.saturating_sub(healthy)));
    }

    /// How many endpoints are of a release that nobody has proven.
    pub fn unproven(&self, endpoints: usize) {
        self.0.unproven.set(i64::try_from(endpoints).unwrap_or(i64::MAX));
    }

    /// The figures as text, of [`CONTENT_TYPE`].
    #[must_use]
    pub fn render(&self) -> String {
        let mut text = String::new();
        // Writing into a String does not fail.
        let _ = encode(&mut text, &self.0.registry);
        text
    }
}

impl Figures {
    fn register(&mut self) {
        let registry = &mut self.registry;
        registry.register("requests", "Requests answered", self.requests.clone());
        registry.register("request_seconds", "Time until an answer began", self.seconds.clone());
        registry.register("requests_in_flight", "Requests in work", self.in_flight.clone());
        registry.register("decisions", "Decisions on reads", self.decisions.clone());
        registry.register("refusals", "Statements and credentials refused", self.refusals.clone());
        registry.register("rewrites", "Rewrites looked up", self.rewrites.clone());
        registry.register("store_reloads", "Reloads of the files of tokens", self.reloads.clone());
        registry.register("store_generation", "The generation in force", self.generation.clone());
        registry.register("store_stale", "1 while the files on disk are not the ones in force", self.stale.clone());
        registry.register("upstream_endpoints", "Endpoints of the upstream", self.endpoints.clone());
        let unproven = "Endpoints of a release that nobody has proven";
        registry.register("upstream_unproven_endpoints", unproven, self.unproven.clone());
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_is_rendered() {
        let metrics = Metrics::new();
        metrics.answered("v0", "2xx", Duration::from_millis(2));
        metrics.decided("denial");
        metrics.store(3, true);
        metrics.reloads(2, 1);
        metrics.reloads(2, 1);
        let held = metrics.in_flight();
        let text = metrics.render();
        for line in [
            r#"portcullis_requests_total{face="v0",status="2xx"} 1"#,
            r#"portcullis_decisions_total{outcome="denial"} 1"#,
            r#"portcullis_store_reloads_total{outcome="ok"} 2"#,
            "portcullis_store_generation 3",
            "portcullis_store_stale 1",
            "portcullis_requests_in_flight 1",
        ] {
            assert!(text.contains(line), "{line} in\n{text}");
        }
        drop(held);
        assert!(metrics.render().contains("portcullis_requests_in_flight 0"));
    }
}
