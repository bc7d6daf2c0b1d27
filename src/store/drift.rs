//! How two lists of scopes differ, resource by resource: for the audit log, and to refuse a widening where that is asked for.
//!
//! - Filters on one resource are OR-ed, so more of them are wider; no filter at all is widest.
//! - Two filters that are not the same text cannot be compared: that is a change, and may be a widening.

use std::collections::{BTreeMap, BTreeSet};

use crate::authz::Policy;

use super::entry::parts;

/// What happened to a token's rights, each part with the scopes it is about. Filters are not in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drift {
    /// More may be done or seen than before.
    pub widened: Vec<String>,
    /// Less may be.
    pub narrowed: Vec<String>,
    /// Other rows may be seen; whether more or fewer cannot be told.
    pub changed: Vec<String>,
}

/// All rows, or the filters.
type Rows = Option<BTreeSet<String>>;

impl Drift {
    /// From these scopes to those.
    #[must_use]
    pub fn between(before: &Policy, after: &Policy) -> Self {
        let (before, after) = (reach(before), reach(after));
        let mut drift = Self::default();
        let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for name in names {
            let into = match (before.get(name), after.get(name)) {
                (Some(before), Some(after)) if before == after => continue,
                (None, _) | (Some(Some(_)), Some(None)) => &mut drift.widened,
                (_, None) | (Some(None), Some(Some(_))) => &mut drift.narrowed,
                (Some(Some(before)), Some(Some(after))) if before.is_subset(after) => &mut drift.widened,
                (Some(Some(before)), Some(Some(after))) if before.is_superset(after) => &mut drift.narrowed,
                _ => &mut drift.changed,
            };
            into.push(name.clone());
        }
        drift
    }

    /// The scopes that are wider, or may be.
    #[must_use]
    pub fn may_be_wider(&self) -> Vec<&str> {
        self.widened.iter().chain(&self.changed).map(String::as_str).collect()
    }

    /// In one word.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match (self.widened.is_empty(), self.changed.is_empty(), self.narrowed.is_empty()) {
            (false, ..) => "widened",
            (true, false, _) => "changed",
            (true, true, false) => "narrowed",
            (true, true, true) => "unchanged",
        }
    }
}

/// Each scope without its filter, and how far it reaches. ADMIN reaches everything: beside it nothing else counts.
fn reach(policy: &Policy) -> BTreeMap<String, Rows> {
    let mut reach: BTreeMap<String, Rows> = BTreeMap::new();
    for scope in policy.scopes() {
        let (kind, resource, filter) = parts(scope);
        let name = resource.map_or_else(|| kind.to_owned(), |resource| format!("{kind}:{resource}"));
        let rows = filter.map(|filter| BTreeSet::from([filter]));
        match (reach.entry(name).or_insert_with(|| rows.clone()), rows) {
            (known, None) => *known = None,
            (Some(known), Some(more)) => known.extend(more),
            (None, Some(_)) => {}
        }
    }
    if policy.is_admin() { BTreeMap::from([("ADMIN".to_owned(), None)]) } else { reach }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authz::Scope;
    use crate::sql::{Dialect, Extensions, RowFilter};

    fn drift(before: &[&str], after: &[&str]) -> String {
        let compile = |text: &str| RowFilter::compile(text, Dialect::ClickHouse, &Extensions::default(), &|_| None);
        let policy =
            |scopes: &[&str]| Policy::new(scopes.iter().map(|text| Scope::parse(text, &compile).unwrap()).collect());
        let drift = Drift::between(&policy(before), &policy(after));
        format!("{} +{:?} -{:?} ~{:?}", drift.word(), drift.widened, drift.narrowed, drift.changed).replace('"', "")
    }

    #[test]
    fn a_lost_filter_is_a_widening() {
        let read = "DATASOURCES:READ:e";
        let (one, two) = ("DATASOURCES:READ:e:org_id = 1", "DATASOURCES:READ:e:org_id = 2");
        for (before, after, said) in [
            (&[one][..], &[read][..], "widened +[DATASOURCES:READ:e] -[] ~[]"),
            (&[read], &[one], "narrowed +[] -[DATASOURCES:READ:e] ~[]"),
            (&[one], &[two], "changed +[] -[] ~[DATASOURCES:READ:e]"),
            (&[one], &[one, two], "widened +[DATASOURCES:READ:e] -[] ~[]"),
            (&[one, two], &[two], "narrowed +[] -[DATASOURCES:READ:e] ~[]"),
            (&[one, read], &[read], "unchanged +[] -[] ~[]"),
            (&[], &["TOKENS"], "widened +[TOKENS] -[] ~[]"),
            (&[one], &["PIPES:READ:p"], "widened +[PIPES:READ:p] -[DATASOURCES:READ:e] ~[]"),
            (&[one], &["ADMIN"], "widened +[ADMIN] -[DATASOURCES:READ:e] ~[]"),
        ] {
            assert_eq!(drift(before, after), said, "{before:?} {after:?}");
        }
    }
}
