//! A principal's scopes, and the decision on a request.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::resource::{Action, Resource};
use crate::sql::RowFilter;

use super::{Reach, Scope};

/// What one principal may do: its scopes, in the order they were written. No scope at all is a valid policy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    scopes: Vec<Scope>,
    fixed_params: FixedParams,
}

/// Parameters of pipes that a token fixes, by the pipe's name and the parameter's: they win over whatever a request says.
pub type FixedParams = BTreeMap<String, BTreeMap<String, String>>;

/// The answer to a request, with its reasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Everything that was asked for is granted.
    Permit(Permit),
    /// Something that was asked for is not.
    Denial(Denial),
}

/// Everything that was asked for, granted. Only [`Policy::decide`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permit {
    grants: Vec<Grant>,
}

/// One resource, granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// What may be done.
    pub action: Action,
    /// To what.
    pub resource: Resource,
    /// The row filters to be OR-ed; empty means every row.
    filters: Vec<Arc<RowFilter>>,
    /// The scopes that decided, as positions in the policy.
    pub because: Vec<usize>,
}

/// What was asked for and is not granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// Each pair that no scope permits.
    pub missing: Vec<(Action, Resource)>,
}

impl Policy {
    /// A policy of these scopes.
    #[must_use]
    pub fn new(scopes: Vec<Scope>) -> Self {
        Self { scopes, fixed_params: FixedParams::new() }
    }

    /// The same policy with parameters that win over a request's.
    #[must_use]
    pub fn with_fixed_params(self, fixed_params: FixedParams) -> Self {
        Self { fixed_params, ..self }
    }

    /// What is fixed for a pipe.
    #[must_use]
    pub fn fixed_params(&self, pipe: &str) -> Option<&BTreeMap<String, String>> {
        self.fixed_params.get(pipe)
    }

    /// The scopes, in the order they were written.
    #[must_use]
    pub fn scopes(&self) -> &[Scope] {
        &self.scopes
    }

    /// Whether ADMIN is among them.
    #[must_use]
    pub fn is_admin(&self) -> bool {
        self.scopes.contains(&Scope::Admin)
    }

    /// Whether any READ among them is filtered: such a principal never sees an upstream's own words.
    #[must_use]
    pub fn is_filtered(&self) -> bool {
        self.scopes.iter().any(|scope| {
            matches!(scope, Scope::DatasourcesRead(_, Reach::Rows(_)) | Scope::PipesRead(_, Reach::Rows(_)))
        })
    }

    /// Whether it sees some rows only of a data source.
    #[must_use]
    pub fn filters_datasources(&self) -> bool {
        self.scopes.iter().any(|scope| matches!(scope, Scope::DatasourcesRead(_, Reach::Rows(_))))
    }

    /// Decides on everything a request needs, as one.
    ///
    /// Asking who one is needs no scope: a token with none can do that, and nothing else.
    #[must_use]
    pub fn decide(&self, asked: impl IntoIterator<Item = (Action, Resource)>) -> Decision {
        let mut grants = Vec::new();
        let mut missing = Vec::new();
        for (action, resource) in asked {
            match self.grant(action, &resource) {
                Some((filters, because)) => grants.push(Grant { action, resource, filters, because }),
                None => missing.push((action, resource)),
            }
        }
        if missing.is_empty() { Decision::Permit(Permit { grants }) } else { Decision::Denial(Denial { missing }) }
    }

    fn grant(&self, action: Action, resource: &Resource) -> Option<(Vec<Arc<RowFilter>>, Vec<usize>)> {
        if (action, resource) == (Action::Inspect, &Resource::Workspace) {
            return Some((Vec::new(), Vec::new()));
        }
        let mut filters = Vec::new();
        let mut because = Vec::new();
        for (position, scope) in self.scopes.iter().enumerate() {
            match scope.permits(action, resource) {
                Some(Reach::All) => return Some((Vec::new(), vec![position])),
                Some(Reach::Rows(filter)) => {
                    filters.push(Arc::clone(filter));
                    because.push(position);
                }
                None => {}
            }
        }
        (!because.is_empty()).then_some((filters, because))
    }
}

impl Permit {
    /// What is granted, in the order it was asked for.
    #[must_use]
    pub fn grants(&self) -> &[Grant] {
        &self.grants
    }
}

impl Grant {
    /// The row filters, at least one of which a row must pass; `None` means every row.
    #[must_use]
    pub fn filters(&self) -> Option<&[Arc<RowFilter>]> {
        if self.filters.is_empty() { None } else { Some(&self.filters) }
    }
}

impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, (action, resource)) in self.missing.iter().enumerate() {
            let separator = if position == 0 { "" } else { ", " };
            write!(f, "{separator}no scope permits to {action} `{resource}`")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::{Dialect, Extensions};

    fn policy(scopes: &[&str]) -> Policy {
        let compile = |filter: &str| RowFilter::compile(filter, Dialect::ClickHouse, &Extensions::default(), &|_| None);
        Policy::new(scopes.iter().map(|text| Scope::parse(text, &compile).unwrap()).collect())
    }

    fn read(name: &str) -> (Action, Resource) {
        (Action::Read, Resource::Datasource(name.parse().unwrap()))
    }

    fn filters(decision: Decision) -> Vec<String> {
        let Decision::Permit(permit) = decision else { panic!("denied") };
        let [grant] = permit.grants() else { panic!("one grant") };
        grant.filters().unwrap_or_default().iter().map(|filter| filter.source().to_owned()).collect()
    }

    #[test]
    fn zero_scopes_can_do_nothing_but_ask_who_they_are() {
        let nobody = policy(&[]);
        assert!(matches!(nobody.decide([read("events")]), Decision::Denial(_)));
        assert!(matches!(nobody.decide([(Action::Inspect, Resource::Workspace)]), Decision::Permit(_)));
    }

    #[test]
    fn filters_on_one_resource_add_up_and_an_unfiltered_grant_wins() {
        let two = policy(&["DATASOURCES:READ:events:a = 1", "DATASOURCES:READ:events:a = 2"]);
        assert_eq!(filters(two.decide([read("events")])), ["a = 1", "a = 2"]);
        let all = policy(&["DATASOURCES:READ:events:a = 1", "DATASOURCES:READ:events"]);
        assert_eq!(filters(all.decide([read("events")])), Vec::<String>::new());
    }

    #[test]
    fn one_missing_grant_denies_the_whole_request_and_names_it() {
        let one = policy(&["DATASOURCES:READ:events"]);
        let Decision::Denial(denial) = one.decide([read("events"), read("secret")]) else { panic!("permitted") };
        assert_eq!(denial.to_string(), "no scope permits to read `secret`");
    }
}
