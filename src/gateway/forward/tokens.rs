//! Answers of the Tokens API, and the audit log of what it changes.
//!
//! - A change is in force before its answer is given.
//! - A value is shown to whoever may change its token, and to its own holder: never that of a token with ADMIN or TOKENS to a
//!   mere holder of TOKENS.
//! - The audit log tells who did what to which token.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::gateway::authorize::tokens::TokensWork;
use crate::gateway::face::v0::tokens::{Asked, JwtRequest, JwtScope};
use crate::gateway::{Error, Response};
use crate::store::{Authority, Changed, Claims, Entry, Snapshot, Unchanged};

use super::{Forward, object, text};

impl Forward {
    pub(super) async fn tokens(&self, work: TokensWork) -> Result<Response, Error> {
        let this = self.clone();
        // The store waits for the disk; a list may be long.
        tokio::task::spawn_blocking(move || this.tokens_now(work)).await.map_err(|_| Error::Panicked)?
    }

    fn tokens_now(&self, work: TokensWork) -> Result<Response, Error> {
        let TokensWork { by, authority, snapshot, asked } = work;
        let told = |snapshot: &Snapshot, entry: &Entry| {
            // The very token, not one of its name: an issuer may call somebody by the name of a token that is kept here.
            let own = Arc::ptr_eq(&entry.principal, &by);
            let shown = authority == Authority::Admin || own || !entry.is_privileged();
            self.told(snapshot, entry, shown)
        };
        let changed = |result: Result<Changed, Unchanged>, action: &'static str| {
            let changed = result.map_err(Error::Unchanged)?;
            changed.tell(&by.name, action);
            let answer = changed.after.as_ref().map(|entry| told(&changed.snapshot, entry));
            Ok(object(&answer.unwrap_or_else(|| json!({ "ok": true }))))
        };
        match asked {
            Asked::List => {
                let tokens: Vec<Value> = snapshot.entries().map(|entry| told(&snapshot, entry)).collect();
                Ok(object(&json!({ "tokens": tokens })))
            }
            Asked::Show(which) => {
                if let Some(entry) = snapshot.find(&which) {
                    return Ok(object(&told(&snapshot, entry)));
                }
                let file = which.strip_suffix(".token").and_then(|which| snapshot.find(which));
                file.map(|entry| text("text/plain", entry.datafile())).ok_or(Error::TokenHidden)
            }
            Asked::Mint(request) => {
                let jwt = snapshot.mint(&claims(&request)?).map_err(Error::Parameter)?;
                tracing::info!(target: "audit", by = %by.name, of = request.name, action = "mint", "audit: a JWT was minted");
                Ok(object(&json!({ "token": jwt.expose() })))
            }
            Asked::Create(new) => changed(self.store.create(authority, &new), "create"),
            Asked::Replace(which, new) => {
                changed(self.store.replace(authority, &which, &new, self.tokens.on_widening), "replace")
            }
            Asked::Refresh(which, grace) => changed(self.store.refresh(authority, &which, grace), "refresh"),
            Asked::Remove(which) => changed(self.store.remove(authority, &which), "remove"),
        }
    }

    fn told(&self, snapshot: &Snapshot, entry: &Entry, shown: bool) -> Value {
        let value = |id| snapshot.value_of(id, &self.workspace, &self.tokens.host);
        let value = entry.id().filter(|_| shown).map(value);
        entry.described(value.as_ref().map(|value| value.expose()), &self.tokens.host)
    }
}

/// What a JSON Web Token that is asked for will say.
fn claims(request: &JwtRequest) -> Result<Claims, Error> {
    let wrong = |message: &str| Error::Parameter(message.to_owned());
    let scope = |scope: &JwtScope| {
        let fixed = |(name, value): (&String, &Value)| {
            let value = match value {
                Value::String(text) => text.clone(),
                Value::Number(_) | Value::Bool(_) => value.to_string(),
                _ => return Err(wrong("a fixed parameter is a text, a number or a truth value")),
            };
            Ok((name.clone(), value))
        };
        Ok(crate::store::JwtScope {
            scope: scope.kind.clone(),
            resource: scope.resource.clone().ok_or_else(|| wrong("a scope of a JWT names a resource"))?,
            fixed_params: scope.fixed_params.iter().map(fixed).collect::<Result<_, Error>>()?,
            filter: scope.filter.clone(),
        })
    };
    Ok(Claims {
        name: request.name.clone(),
        expires: request.expiration.seconds(),
        scopes: request.scopes.iter().map(scope).collect::<Result<_, Error>>()?,
        requests_per_second: request.requests_per_second,
    })
}
