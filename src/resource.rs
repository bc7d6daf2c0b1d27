//! Words about what is guarded: resources and the actions on them.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// The name under which a data source or a pipe is granted: `events`, or `db.events` outside the default database.
///
/// Names are compared byte for byte, as ClickHouse compares them.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceName(Arc<str>);

/// The text is not a resource name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a resource name is `name` or `database.name`, each of `A-Z a-z 0-9 _` and not starting with a digit")]
pub struct MalformedResourceName;

impl ResourceName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ResourceName {
    type Err = MalformedResourceName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let legal = |part: &str| {
            !part.is_empty()
                && part.len() <= 128
                && !part.starts_with(|c: char| c.is_ascii_digit())
                && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        };
        let parts = text.split('.').count();
        if parts > 2 || !text.split('.').all(legal) {
            return Err(MalformedResourceName);
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Display for ResourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ResourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ResourceName({})", self.0)
    }
}

/// What an operation acts on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Resource {
    /// A table, by its granted name.
    Datasource(ResourceName),
    /// A named query, published as an endpoint.
    Pipe(ResourceName),
    /// The set of tokens.
    Tokens,
    /// The deployment as a whole: its name and who is asking.
    Workspace,
    /// The gateway's own figures.
    Metrics,
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Datasource(name) | Self::Pipe(name) => name.fmt(f),
            Self::Tokens => f.write_str("tokens"),
            Self::Workspace => f.write_str("workspace"),
            Self::Metrics => f.write_str("metrics"),
        }
    }
}

/// What an operation does to its resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// See rows.
    Read,
    /// Add rows.
    Append,
    /// Make a resource.
    Create,
    /// Remove a resource.
    Drop,
    /// Create, change and remove tokens.
    Manage,
    /// Ask who one is and whether the gateway is there.
    Inspect,
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Read => "read",
            Self::Append => "append",
            Self::Create => "create",
            Self::Drop => "drop",
            Self::Manage => "manage",
            Self::Inspect => "inspect",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_name_has_one_or_two_plain_parts() {
        for good in ["events", "db.events", "_x9"] {
            assert!(good.parse::<ResourceName>().is_ok(), "{good}");
        }
        for bad in ["", ".", "a.", ".a", "a.b.c", "1a", "a b", "a-b", "é", "a`b", "a'"] {
            assert!(bad.parse::<ResourceName>().is_err(), "{bad}");
        }
    }
}
