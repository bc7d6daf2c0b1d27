//! Scopes: from either form to one meaning, with the parameters bound.

use std::borrow::Cow;

use serde_yaml::{Location, Spanned};

use super::{Bound, Compiler, Source, at};
use crate::authz::{MalformedScope, Scope};
use crate::sql::filter::Literal;
use crate::sql::{Refusal, RefusalKind, RowFilter};
use crate::store::nearest::nearest;
use crate::store::report::Report;
use crate::store::schema::{ScopeEntry, StructuredScope, Value};

/// The heads of all scopes, for "did you mean".
const SCOPE_HEADS: [&str; 9] = [
    "ADMIN",
    "TOKENS",
    "DATASOURCES:READ",
    "DATASOURCES:APPEND",
    "DATASOURCES:CREATE",
    "DATASOURCES:DROP",
    "PIPES:READ",
    "PIPES:CREATE",
    "PIPES:DROP",
];

/// How many scopes are kept to be shared.
const KNOWN: usize = 4096;

impl Compiler<'_> {
    pub(super) fn scopes(
        &self,
        source: &Source,
        entries: &[Spanned<ScopeEntry>],
        bound: &Bound<'_>,
    ) -> Result<Vec<Scope>, Report> {
        let one = |entry: &Spanned<ScopeEntry>| {
            let text = match &entry.value {
                ScopeEntry::Text(text) => Ok(Cow::Borrowed(text.as_str())),
                ScopeEntry::Structured(scope) => string_form(scope).map(Cow::Owned),
            };
            let scope = text.map_err(Wrong::from).and_then(|text| Ok(self.scope(&text, bound)?));
            scope.map_err(|wrong| wrong.report(source, entry.referenced))
        };
        entries.iter().map(one).collect()
    }

    fn scope(&self, text: &str, bound: &Bound<'_>) -> Result<Scope, MalformedScope> {
        if !bound.is_empty() {
            return Scope::parse(text, &|text| self.filter(text, bound));
        }
        if let Some(known) = self.known.borrow().get(text) {
            return Ok(known.clone());
        }
        let scope = Scope::parse(text, &|text| self.filter(text, bound))?;
        let mut known = self.known.borrow_mut();
        if known.len() < KNOWN {
            known.insert(text.to_owned(), scope.clone());
        }
        Ok(scope)
    }

    fn filter(&self, text: &str, bound: &Bound<'_>) -> Result<RowFilter, Refusal> {
        // Said here with the parameter's name; the compiler refuses an unbound one too.
        if let Some(unknown) = parameters_in(text).find(|name| !bound.contains_key(name)) {
            let refusal = Refusal::new(RefusalKind::NotUnderstood, format!("no parameter `{unknown}` is declared"));
            return Err(match nearest(unknown, bound.keys().copied()) {
                Some(near) => refusal.hint(format!("did you mean `{near}`?")),
                None => refusal.hint("a parameter is declared by a role, under `parameters`"),
            });
        }
        RowFilter::compile(text, self.dialect, self.extensions, &|name| bound.get(name).map(|value| (*value).clone()))
    }
}

/// What is wrong with a scope, on its way to a report.
pub(super) struct Wrong {
    message: String,
    hint: Option<String>,
}

impl Wrong {
    pub(super) fn report(self, source: &Source, location: Location) -> Report {
        let report = at(Report::new(&source.path, self.message), source, location);
        match self.hint {
            Some(hint) => report.hint(hint),
            None => report,
        }
    }
}

impl From<&'static str> for Wrong {
    fn from(message: &'static str) -> Self {
        Self { message: message.to_owned(), hint: None }
    }
}

impl From<MalformedScope> for Wrong {
    fn from(malformed: MalformedScope) -> Self {
        match malformed {
            MalformedScope::Unknown(head) => Self {
                hint: Some(match nearest(&head, SCOPE_HEADS) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("the scopes are {}", SCOPE_HEADS.join(", ")),
                }),
                message: format!("unknown scope `{head}`"),
            },
            MalformedScope::Filter { scope, refusal } => {
                Self { message: format!("the filter of `{scope}` is refused: {}", refusal.message), hint: refusal.hint }
            }
            other => Self { message: other.to_string(), hint: None },
        }
    }
}

/// The structured form as Tinybird's text, so that there is one parser of scopes.
pub(super) fn string_form(scope: &StructuredScope) -> Result<String, &'static str> {
    let StructuredScope { read, read_pipe, append, drop, drop_pipe, rows } = scope;
    let verbs = [
        ("DATASOURCES:READ", read, true),
        ("PIPES:READ", read_pipe, true),
        ("DATASOURCES:APPEND", append, false),
        ("DATASOURCES:DROP", drop, false),
        ("PIPES:DROP", drop_pipe, false),
    ];
    let mut said = verbs.iter().filter_map(|(head, name, reads)| name.as_ref().map(|name| (head, name, *reads)));
    let (Some((head, name, reads)), None) = (said.next(), said.next()) else {
        return Err("a scope says exactly one of `read`, `read_pipe`, `append`, `drop` and `drop_pipe`");
    };
    if name.contains(':') {
        return Err("a resource name has no colon; the filter stands under `rows`");
    }
    match (reads, rows) {
        (false, None) => Ok(format!("{head}:{name}")),
        (false, Some(_)) => Err("only a read takes `rows`"),
        (true, None) => Err("a read says which rows: `rows: all`, or `rows:` and a filter"),
        (true, Some(Value(Literal::Text(rows)))) if rows == "all" => Ok(format!("{head}:{name}")),
        (true, Some(Value(Literal::Text(rows)))) if rows.trim().eq_ignore_ascii_case("all") => {
            Err("all rows are written `all`")
        }
        (true, Some(Value(Literal::Text(rows)))) => Ok(format!("{head}:{name}:{rows}")),
        (true, Some(_)) => Err("`rows` is `all` or a filter, as text"),
    }
}

/// The names between `{{` and `}}`.
fn parameters_in(text: &str) -> impl Iterator<Item = &str> {
    text.split("{{").skip(1).map(|rest| rest.split("}}").next().unwrap_or_default().trim())
}
