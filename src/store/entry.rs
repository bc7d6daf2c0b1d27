//! One token as the store knows it: its holder, how it is recognised, and what is told of it.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::authz::{Policy, Reach, Scope};
use crate::token::TokenId;
use crate::token::moment::Moment;

use super::Principal;
use super::compile::Key;

/// A token. It holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Whom it stands for.
    pub principal: Arc<Principal>,
    /// How it is recognised.
    pub key: Key,
    /// From this moment on it is refused.
    pub expires: Option<Moment>,
    /// The id that it had before it was refreshed, while that one is still good.
    pub previous: Option<Previous>,
    /// What it is for, for people.
    pub description: Option<String>,
    /// What made it, in Tinybird's words: `C` by hand, `P` for a pipe, `DS` for a data source; ours: `U` the user token.
    pub origin: Option<String>,
    /// What it was made for.
    pub resource_id: Option<String>,
    /// When it was made.
    pub created: Option<Moment>,
    /// When it was last changed.
    pub updated: Option<Moment>,
    /// The file in which it stands.
    pub file: Arc<Path>,
    /// Whether that is the gateway's own file; only then the Tokens API may change it.
    pub managed: bool,
}

/// An id that still counts for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Previous {
    /// The id.
    pub id: TokenId,
    /// From this moment on it does not count.
    pub until: Moment,
}

/// The origin of the token that stands for a person and not for a right (Tinybird's "user token").
pub const USER: &str = "U";

impl Entry {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.principal.name
    }

    /// What it may do.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.principal.policy
    }

    /// Whether it may manage tokens: only ADMIN may grant that, change such a token, or see its value.
    #[must_use]
    pub fn is_privileged(&self) -> bool {
        self.policy().scopes().iter().any(|scope| matches!(scope, Scope::Admin | Scope::Tokens))
    }

    /// Whether it is the user token.
    #[must_use]
    pub fn is_user(&self) -> bool {
        self.managed && self.origin.as_deref() == Some(USER)
    }

    /// The id, if its value is signed.
    #[must_use]
    pub fn id(&self) -> Option<&TokenId> {
        if let Key::Id(id) = &self.key { Some(id) } else { None }
    }

    /// It as Tinybird's Tokens API tells it; `value` only for whoever may see it.
    #[must_use]
    pub fn described(&self, value: Option<&str>, host: &str) -> Value {
        let mut told = json!({
            "id": self.id().map(TokenId::as_str),
            "name": self.name(),
            "description": self.description.as_deref().unwrap_or_default(),
            "scopes": self.policy().scopes().iter().map(scope).collect::<Vec<_>>(),
            "origin": { "type": self.origin.as_deref().unwrap_or("C") },
            "host": host,
            "is_internal": false,
            "read_only": !self.managed,
        });
        let more = [
            ("token", value.map(Into::into)),
            ("created_at", self.created.map(|at| at.to_string().into())),
            ("updated_at", self.updated.map(|at| at.to_string().into())),
            ("expires_at", self.expires.map(|at| at.to_string().into())),
        ];
        if let Value::Object(members) = &mut told {
            members
                .extend(more.into_iter().filter_map(|(name, value): (_, Option<Value>)| Some((name.into(), value?))));
            if let Some(Value::Object(origin)) = members.get_mut("origin") {
                origin.extend(self.resource_id.as_deref().map(|id| ("resource_id".to_owned(), id.into())));
            }
        }
        told
    }

    /// It as a `.token` data file of Tinybird's.
    #[must_use]
    pub fn datafile(&self) -> String {
        let mut text = String::new();
        if let Some(description) = self.description.as_deref().filter(|text| !text.is_empty()) {
            text.push_str(&format!("DESCRIPTION >\n    {description}\n\n"));
        }
        for known in self.policy().scopes() {
            let (kind, resource, filter) = parts(known);
            text.push_str(&format!("SCOPE {kind}"));
            text.extend(resource.map(|resource| format!(":{resource}")));
            // One line is one scope.
            text.extend(filter.map(|filter| format!(":{}", filter.replace(['\n', '\r'], " "))));
            text.push('\n');
        }
        text
    }
}

fn scope(scope: &Scope) -> Value {
    let (kind, resource, filter) = parts(scope);
    let mut told = json!({ "type": kind });
    if let Value::Object(members) = &mut told {
        members.extend(resource.map(|resource| ("resource".to_owned(), resource.into())));
        members.extend(filter.map(|filter| ("filter".to_owned(), filter.into())));
    }
    told
}

/// A scope's type, resource and filter. A filter is told as it was written, or, where a role's parameters are bound in it, as
/// it is applied.
#[must_use]
pub fn parts(scope: &Scope) -> (&'static str, Option<&str>, Option<String>) {
    let rows = |reach: &Reach| match reach {
        Reach::All => None,
        Reach::Rows(filter) if filter.source().contains("{{") => Some(filter.to_string().trim().to_owned()),
        Reach::Rows(filter) => Some(filter.source().to_owned()),
    };
    match scope {
        Scope::DatasourcesCreate => ("DATASOURCES:CREATE", None, None),
        Scope::DatasourcesAppend(name) => ("DATASOURCES:APPEND", Some(name.as_str()), None),
        Scope::DatasourcesDrop(name) => ("DATASOURCES:DROP", Some(name.as_str()), None),
        Scope::DatasourcesRead(name, reach) => ("DATASOURCES:READ", Some(name.as_str()), rows(reach)),
        Scope::PipesCreate => ("PIPES:CREATE", None, None),
        Scope::PipesDrop(name) => ("PIPES:DROP", Some(name.as_str()), None),
        Scope::PipesRead(name, reach) => ("PIPES:READ", Some(name.as_str()), rows(reach)),
        Scope::Tokens => ("TOKENS", None, None),
        Scope::Admin => ("ADMIN", None, None),
    }
}
