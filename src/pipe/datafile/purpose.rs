//! What a `.pipe` file is for, and what one that is materialized fills.

use std::collections::BTreeMap;

use super::Reason;

/// What a file without any TYPE publishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Untyped {
    /// Nothing: it is not served.
    #[default]
    Refused,
    /// Its last node, as Tinybird's older projects mean it.
    Last,
}

/// What a file is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Purpose {
    /// It is asked for: an endpoint, or a draft of one.
    Endpoint,
    /// It fills a data source with every row that comes in.
    Materialized(Target),
    /// Something else that writes: `copy`, `sink`.
    Other(String, usize),
}

/// What a materialized pipe fills.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Target {
    /// The data source.
    pub datasource: String,
    /// The line that says so.
    pub line: usize,
    /// `ENGINE` and what begins with `ENGINE_`, by key.
    pub engine: BTreeMap<String, String>,
}

impl Target {
    /// Takes a key that belongs to a materialized pipe; false for any other.
    pub(super) fn take(&mut self, keyword: &str, value: &str, line: usize) -> Result<bool, Reason> {
        let plain = value.trim().trim_matches(['"', '\'']).to_owned();
        match keyword.to_ascii_uppercase().as_str() {
            "DATASOURCE" | "TARGET_DATASOURCE" if self.datasource.is_empty() => {
                self.datasource = plain;
                self.line = line;
                Ok(true)
            }
            "DATASOURCE" | "TARGET_DATASOURCE" => Err(Reason::at(line, "it fills two data sources")),
            // How it is put in the place of an older one: a matter of Tinybird's deployments.
            "DEPLOYMENT_METHOD" => Ok(true),
            key if key == "ENGINE" || key.starts_with("ENGINE_") => {
                self.engine.insert(key.to_owned(), plain);
                Ok(true)
            }
            "TYPE" if !value.eq_ignore_ascii_case("materialized") => {
                Err(Reason::at(line, "a pipe is an endpoint or materialized, not both"))
            }
            _ => Ok(false),
        }
    }
}
