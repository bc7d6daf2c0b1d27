//! What the gateway tells its operators: log lines to standard error, figures to `/metrics`.
//!
//! - Only the gateway's own lines follow the configured level; the libraries underneath stay at WARN, because some of
//!   them print headers, and with them tokens, at TRACE.
//! - A line has a message for people and fields for machines; a token, a literal or a body is in neither.

pub mod metrics;

pub use metrics::Metrics;

use std::io::IsTerminal as _;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer, Registry, fmt};

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// For a terminal.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Starts logging to standard error. A second call changes nothing.
pub fn init(format: LogFormat, level: LevelFilter) {
    let targets = Targets::new()
        .with_default(level.min(LevelFilter::WARN))
        .with_target(env!("CARGO_CRATE_NAME"), level)
        // Who changed which right is told at any level.
        .with_target("audit", LevelFilter::INFO);
    let lines: Box<dyn Layer<Registry> + Send + Sync> = match format {
        LogFormat::Text => {
            let coloured = std::io::stderr().is_terminal();
            fmt::layer().with_ansi(coloured).with_writer(std::io::stderr).with_target(false).boxed()
        }
        LogFormat::Json => {
            fmt::layer().json().flatten_event(true).with_span_list(false).with_writer(std::io::stderr).boxed()
        }
    };
    // An error means that something else in the process logs already: it keeps doing so.
    let _ = tracing_subscriber::registry().with(lines.with_filter(targets)).try_init();
}
