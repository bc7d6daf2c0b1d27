//! One scope: what Tinybird's tokens call `SCOPE:TYPE[:resource][:filter]`.

use std::fmt;
use std::sync::Arc;

use crate::resource::{Action, Resource, ResourceName};
use crate::sql::RowFilter;

/// How far a READ reaches. "All rows" is a value of its own, never the absence of a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// Every row.
    All,
    /// The rows that the filter accepts.
    Rows(Arc<RowFilter>),
}

/// One scope of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Create data sources and append to any of them.
    DatasourcesCreate,
    /// Append to one data source.
    DatasourcesAppend(ResourceName),
    /// Drop one data source.
    DatasourcesDrop(ResourceName),
    /// Read one data source, as far as it reaches.
    DatasourcesRead(ResourceName, Reach),
    /// Create pipes and change existing ones.
    PipesCreate,
    /// Drop one pipe.
    PipesDrop(ResourceName),
    /// Read one pipe, as far as it reaches over its output.
    PipesRead(ResourceName, Reach),
    /// Manage tokens.
    Tokens,
    /// Everything.
    Admin,
}

/// A scope's text is not one of the known forms.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MalformedScope {
    /// The family and verb are unknown.
    #[error(
        "unknown scope `{0}`; the scopes are DATASOURCES:CREATE, DATASOURCES:APPEND:name, DATASOURCES:DROP:name, DATASOURCES:READ:name[:filter], PIPES:CREATE, PIPES:DROP:name, PIPES:READ:name[:filter], TOKENS and ADMIN"
    )]
    Unknown(String),
    /// A scope that acts on one resource names none.
    #[error("`{0}` needs the name of a resource: `{0}:name`")]
    ResourceMissing(String),
    /// A scope that acts on no resource names one.
    #[error("`{0}` takes no resource")]
    ResourceUnexpected(String),
    /// The resource's name is malformed.
    #[error("`{0}` is no resource name: {1}")]
    Resource(String, crate::resource::MalformedResourceName),
    /// Only READ takes a filter.
    #[error("`{0}` takes no filter; only READ scopes do")]
    FilterUnexpected(String),
    /// The filter is present and blank.
    #[error("the filter of `{0}` is empty; leave out the last colon to grant all rows")]
    FilterEmpty(String),
    /// The filter does not compile.
    #[error("the filter of `{scope}` is refused: {refusal}")]
    Filter {
        /// The scope without its filter.
        scope: String,
        /// Why.
        refusal: crate::sql::Refusal,
    },
}

impl Scope {
    /// Parses the string form. `compile` turns a filter's text into a filter.
    ///
    /// The text is split at `:` three times at most: a filter may contain colons, commas and quotes.
    ///
    /// # Errors
    /// [`MalformedScope`] for anything but the known forms.
    pub fn parse(
        text: &str,
        compile: &dyn Fn(&str) -> Result<RowFilter, crate::sql::Refusal>,
    ) -> Result<Self, MalformedScope> {
        let mut parts = text.splitn(4, ':');
        let (family, verb) = (parts.next().unwrap_or_default(), parts.next());
        let (resource, filter) = (parts.next(), parts.next());
        let head = verb.map_or_else(|| family.to_owned(), |verb| format!("{family}:{verb}"));
        let whole = |scope| match resource {
            None => Ok(scope),
            Some(_) => Err(MalformedScope::ResourceUnexpected(head.clone())),
        };
        let named = || {
            let name =
                resource.filter(|n| !n.is_empty()).ok_or_else(|| MalformedScope::ResourceMissing(head.clone()))?;
            name.parse().map_err(|error| MalformedScope::Resource(name.to_owned(), error))
        };
        let unfiltered = |make: fn(ResourceName) -> Self| match filter {
            None => named().map(make),
            Some(_) => Err(MalformedScope::FilterUnexpected(head.clone())),
        };
        let reach = || match filter {
            None => Ok(Reach::All),
            Some(text) if text.trim().is_empty() => Err(MalformedScope::FilterEmpty(head.clone())),
            Some(text) => compile(text)
                .map(|filter| Reach::Rows(Arc::new(filter)))
                .map_err(|refusal| MalformedScope::Filter { scope: head.clone(), refusal }),
        };
        match head.as_str() {
            "ADMIN" => whole(Self::Admin),
            "TOKENS" => whole(Self::Tokens),
            "DATASOURCES:CREATE" => whole(Self::DatasourcesCreate),
            "PIPES:CREATE" => whole(Self::PipesCreate),
            "DATASOURCES:APPEND" => unfiltered(Self::DatasourcesAppend),
            "DATASOURCES:DROP" => unfiltered(Self::DatasourcesDrop),
            "PIPES:DROP" => unfiltered(Self::PipesDrop),
            "DATASOURCES:READ" => Ok(Self::DatasourcesRead(named()?, reach()?)),
            "PIPES:READ" => Ok(Self::PipesRead(named()?, reach()?)),
            _ => Err(MalformedScope::Unknown(head.clone())),
        }
    }

    /// What this scope lets its holder do to `resource`: `None` when it has nothing to say about it.
    #[must_use]
    pub fn permits(&self, action: Action, resource: &Resource) -> Option<&Reach> {
        const ALL: &Reach = &Reach::All;
        match (self, action, resource) {
            (Self::Admin, _, _)
            | (Self::Tokens, Action::Manage, Resource::Tokens)
            | (Self::DatasourcesCreate, Action::Create | Action::Append, Resource::Datasource(_))
            | (Self::PipesCreate, Action::Create, Resource::Pipe(_)) => Some(ALL),
            (Self::DatasourcesAppend(name), Action::Append, Resource::Datasource(asked))
            | (Self::DatasourcesDrop(name), Action::Drop, Resource::Datasource(asked))
            | (Self::PipesDrop(name), Action::Drop, Resource::Pipe(asked)) => (name == asked).then_some(ALL),
            (Self::DatasourcesRead(name, reach), Action::Read, Resource::Datasource(asked)) => {
                (name == asked || (*reach == Reach::All && is_quarantine_of(asked, name))).then_some(reach)
            }
            (Self::PipesRead(name, reach), Action::Read, Resource::Pipe(asked)) => (name == asked).then_some(reach),
            _ => None,
        }
    }
}

/// An unfiltered READ opens the quarantine of its data source too. A filtered one does not: those rows failed the
/// schema, so the column that the filter trusts cannot be trusted there.
fn is_quarantine_of(asked: &ResourceName, name: &ResourceName) -> bool {
    asked.as_str().strip_suffix("_quarantine") == Some(name.as_str())
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let read = |f: &mut fmt::Formatter<'_>, family, name: &ResourceName, reach: &Reach| match reach {
            Reach::All => write!(f, "{family}:READ:{name}"),
            Reach::Rows(filter) => write!(f, "{family}:READ:{name}:{}", filter.source()),
        };
        match self {
            Self::DatasourcesCreate => f.write_str("DATASOURCES:CREATE"),
            Self::DatasourcesAppend(name) => write!(f, "DATASOURCES:APPEND:{name}"),
            Self::DatasourcesDrop(name) => write!(f, "DATASOURCES:DROP:{name}"),
            Self::DatasourcesRead(name, reach) => read(f, "DATASOURCES", name, reach),
            Self::PipesCreate => f.write_str("PIPES:CREATE"),
            Self::PipesDrop(name) => write!(f, "PIPES:DROP:{name}"),
            Self::PipesRead(name, reach) => read(f, "PIPES", name, reach),
            Self::Tokens => f.write_str("TOKENS"),
            Self::Admin => f.write_str("ADMIN"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::{Dialect, Extensions};

    fn parse(text: &str) -> Result<Scope, MalformedScope> {
        Scope::parse(text, &|filter| RowFilter::compile(filter, Dialect::ClickHouse, &Extensions::default(), &|_| None))
    }

    #[test]
    fn every_scope_prints_as_it_parses() {
        for text in [
            "ADMIN",
            "TOKENS",
            "DATASOURCES:CREATE",
            "DATASOURCES:APPEND:events",
            "DATASOURCES:DROP:events",
            "DATASOURCES:READ:events",
            "DATASOURCES:READ:db.events:ts > '2020-01-01 00:00:00' and a in (1, 2)",
            "PIPES:CREATE",
            "PIPES:DROP:top",
            "PIPES:READ:top",
            "PIPES:READ:top:org_id = 1",
        ] {
            assert_eq!(parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_not_a_known_scope_is_refused() {
        for text in [
            "",
            "admin",
            "ADMIN:x",
            "ADMIN ",
            "TOKENS:x",
            "FOO:BAR",
            "DATASOURCES",
            "DATASOURCES:READ",
            "DATASOURCES:READ:",
            "DATASOURCES:READ:events:",
            "DATASOURCES:READ:events: ",
            "DATASOURCES:READ:a b",
            "DATASOURCES:APPEND:events:org_id = 1",
            "DATASOURCES:CREATE:events",
            "PIPE:READ:top",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_unfiltered_read_opens_the_quarantine_and_a_filtered_one_does_not() {
        let quarantine = Resource::Datasource("events_quarantine".parse().unwrap());
        assert!(parse("DATASOURCES:READ:events").unwrap().permits(Action::Read, &quarantine).is_some());
        assert!(parse("DATASOURCES:READ:events:a = 1").unwrap().permits(Action::Read, &quarantine).is_none());
    }
}
