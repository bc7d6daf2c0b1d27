//! What may happen to a managed token: it is made, replaced, refreshed, removed.
//!
//! - Who asks with ADMIN may do all of it; who asks with TOKENS may not grant TOKENS or ADMIN, nor touch a token that has one.
//! - Each is decided on the state that it changes, under the store's lock: two of them never cross.
//! - A token of people's files is theirs: it is never changed here.

use std::path::PathBuf;
use std::sync::Arc;

use crate::authz::{Policy, Scope};
use crate::sql::RowFilter;
use crate::token::TokenId;
use crate::token::moment::Moment;

use super::compile::Key;
use super::{Draft, Drift, Entry, Previous, Principal, Report, Snapshot, Store};

/// How far whoever asks may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authority {
    /// Holds ADMIN, or the files themselves.
    Admin,
    /// Holds TOKENS.
    Tokens,
}

/// What happens to a change that lets a token do or see more than before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnWidening {
    /// It is made, and the audit log says so.
    #[default]
    Allow,
    /// It is refused.
    Refuse,
}

/// A token to be made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewToken {
    /// Its name; no other token has it.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Its scopes, each in Tinybird's form.
    pub scopes: Vec<String>,
    /// What makes it.
    pub origin: Option<String>,
    /// What it is made for.
    pub resource_id: Option<String>,
    /// When it ends.
    pub expires: Option<Moment>,
}

/// What to replace of a token; `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replacement {
    /// Its name.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// All of its scopes.
    pub scopes: Option<Vec<String>>,
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Unchanged {
    /// No token has that name, id or value.
    #[error("Token \"{0}\" does not exist")]
    Unknown(String),
    /// A token has that name already.
    #[error("a token is named `{0}` already")]
    Taken(String),
    /// The name, the scope or the text cannot be.
    #[error("{0}")]
    Malformed(String),
    /// ADMIN is needed.
    #[error("only a token with ADMIN may grant ADMIN or TOKENS, or change a token that has one of them")]
    Privileged,
    /// It stands in a file of people's. Which one is not for every ear.
    #[error("the token `{name}` stands in a file that only people change")]
    ReadOnly {
        /// Its name.
        name: String,
        /// The file.
        file: PathBuf,
    },
    /// It would let the token do or see more.
    #[error("this would widen {0}; this gateway refuses that: make another token")]
    Widening(String),
    /// There is no managed file.
    #[error("this gateway keeps no tokens of its own")]
    NoFile,
    /// The managed file on disk cannot be used.
    #[error("the managed file cannot be used: {0}")]
    Broken(Report),
    /// The file could not be written.
    #[error("the change cannot be written: {0}")]
    Unwritten(std::io::Error),
}

/// A change that is in force.
#[derive(Debug, Clone)]
pub struct Changed {
    /// The token before.
    pub before: Option<Arc<Entry>>,
    /// The token now.
    pub after: Option<Arc<Entry>>,
    /// The state that it is in force with.
    pub snapshot: Arc<Snapshot>,
}

/// The longest description, in characters.
const LONGEST_TEXT: usize = 1024;

impl Store {
    /// Makes a token.
    ///
    /// # Errors
    /// [`Unchanged`]; then there is no such token.
    pub fn create(&self, by: Authority, new: &NewToken) -> Result<Changed, Unchanged> {
        self.edit(|draft| {
            vacant(draft.snapshot(), &new.name)?;
            text("description", new.description.as_deref())?;
            text("origin", new.origin.as_deref())?;
            text("resource_id", new.resource_id.as_deref())?;
            let policy = self.policy(draft.snapshot(), &new.scopes)?;
            let now = Moment::now();
            let entry = Entry {
                principal: Arc::new(Principal {
                    name: new.name.as_str().into(),
                    policy: Arc::new(policy),
                    requests_per_second: None,
                }),
                key: Key::Id(fresh_id()?),
                expires: new.expires,
                previous: None,
                description: new.description.clone(),
                origin: new.origin.clone(),
                resource_id: new.resource_id.clone(),
                created: Some(now),
                updated: Some(now),
                file: draft.file(),
                managed: true,
            };
            permitted(by, &entry)?;
            draft.put(None, entry);
            Ok(())
        })
    }

    /// Replaces parts of a token. Its value stays.
    ///
    /// # Errors
    /// [`Unchanged`]; then it is as it was.
    pub fn replace(
        &self,
        by: Authority,
        which: &str,
        new: &Replacement,
        on_widening: OnWidening,
    ) -> Result<Changed, Unchanged> {
        self.edit(|draft| {
            let before = changeable(draft.snapshot(), by, which)?;
            let mut entry = Entry::clone(&before);
            if let Some(name) = new.name.as_deref().filter(|name| *name != before.name()) {
                vacant(draft.snapshot(), name)?;
                entry.principal = Arc::new(Principal { name: name.into(), ..copied(&entry.principal) });
            }
            if let Some(scopes) = &new.scopes {
                let policy = Arc::new(self.policy(draft.snapshot(), scopes)?);
                entry.principal = Arc::new(Principal { policy, ..copied(&entry.principal) });
            }
            if let Some(description) = &new.description {
                text("description", Some(description))?;
                entry.description = Some(description.clone()).filter(|text| !text.is_empty());
            }
            permitted(by, &entry)?;
            let wider = Drift::between(before.policy(), entry.policy());
            if on_widening == OnWidening::Refuse && !wider.may_be_wider().is_empty() {
                return Err(Unchanged::Widening(wider.may_be_wider().join(", ")));
            }
            entry.updated = Some(Moment::now());
            draft.put(Some(before), entry);
            Ok(())
        })
    }

    /// Gives a token a new value. The old one is refused from now on, or after `grace` seconds.
    ///
    /// # Errors
    /// [`Unchanged`]; then the old value is still good.
    pub fn refresh(&self, by: Authority, which: &str, grace: Option<u64>) -> Result<Changed, Unchanged> {
        self.edit(|draft| {
            let before = changeable(draft.snapshot(), by, which)?;
            if grace.is_some() && by != Authority::Admin {
                return Err(Unchanged::Privileged);
            }
            let now = Moment::now();
            let old = before.id().cloned().filter(|_| grace.is_some_and(|seconds| seconds > 0));
            let entry = Entry {
                key: Key::Id(fresh_id()?),
                previous: old.map(|id| Previous { id, until: now.after(grace.unwrap_or_default()) }),
                updated: Some(now),
                ..Entry::clone(&before)
            };
            draft.put(Some(before), entry);
            Ok(())
        })
    }

    /// Removes a token.
    ///
    /// # Errors
    /// [`Unchanged`]; then it is still good.
    pub fn remove(&self, by: Authority, which: &str) -> Result<Changed, Unchanged> {
        self.edit(|draft| {
            let before = changeable(draft.snapshot(), by, which)?;
            draft.remove(before);
            Ok(())
        })
    }

    /// Makes the tokens of a first start: `admin token` with ADMIN and `user token` with no scope at all. Where some token
    /// has ADMIN already it does nothing. Tells the names of what was made.
    ///
    /// # Errors
    /// [`Unchanged`] when they cannot be made.
    pub fn first_tokens(&self) -> Result<Vec<String>, Unchanged> {
        if self.snapshot().has_admin() {
            return Ok(Vec::new());
        }
        let admin = ("admin token", "C", vec!["ADMIN".to_owned()]);
        let mut made = Vec::new();
        for (name, origin, scopes) in [admin, ("user token", super::entry::USER, Vec::new())] {
            let new =
                NewToken { name: name.to_owned(), origin: Some(origin.to_owned()), scopes, ..NewToken::default() };
            match self.create(Authority::Admin, &new) {
                Ok(_) => made.push(name.to_owned()),
                // Another process was faster, or somebody gave the name to another token.
                Err(Unchanged::Taken(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(made)
    }

    fn policy(&self, snapshot: &Snapshot, scopes: &[String]) -> Result<Policy, Unchanged> {
        let compile = |text: &str| RowFilter::compile(text, self.dialect(), &snapshot.extensions, &|_| None);
        let parse =
            |text: &String| Scope::parse(text, &compile).map_err(|error| Unchanged::Malformed(error.to_string()));
        let mut parsed = Vec::<Scope>::new();
        for scope in scopes {
            let scope = parse(scope)?;
            if !parsed.contains(&scope) {
                parsed.push(scope);
            }
        }
        Ok(Policy::new(parsed))
    }
}

/// The token that is meant, if it may be changed.
fn changeable(snapshot: &Snapshot, by: Authority, which: &str) -> Result<Arc<Entry>, Unchanged> {
    let entry = snapshot.find(which).ok_or_else(|| Unchanged::Unknown(shown(snapshot, which)))?;
    permitted(by, entry)?;
    if !entry.managed {
        return Err(Unchanged::ReadOnly { name: entry.name().to_owned(), file: entry.file.to_path_buf() });
    }
    Ok(Arc::clone(entry))
}

/// What was asked for, unless it could be a value: that is a secret, even one that is good no more.
fn shown(snapshot: &Snapshot, which: &str) -> String {
    let secret = snapshot.signed_by_us(which) || which.starts_with("p.") || which.starts_with("eyJ");
    if secret { "…".to_owned() } else { which.to_owned() }
}

fn permitted(by: Authority, entry: &Entry) -> Result<(), Unchanged> {
    if by == Authority::Tokens && entry.is_privileged() { Err(Unchanged::Privileged) } else { Ok(()) }
}

fn vacant(snapshot: &Snapshot, name: &str) -> Result<(), Unchanged> {
    // The same rule as in the files; said here without a file's name.
    if !super::compile::is_name(name) {
        return Err(Unchanged::Malformed(super::compile::NAME_RULE.to_owned()));
    }
    // A name that is another token's id would be taken for it.
    match snapshot.find(name) {
        Some(_) => Err(Unchanged::Taken(name.to_owned())),
        None => Ok(()),
    }
}

fn text(what: &str, text: Option<&str>) -> Result<(), Unchanged> {
    let text = text.unwrap_or_default();
    if text.chars().count() > LONGEST_TEXT || text.chars().any(char::is_control) {
        return Err(Unchanged::Malformed(format!(
            "`{what}` is at most {LONGEST_TEXT} characters, without control characters"
        )));
    }
    Ok(())
}

fn fresh_id() -> Result<TokenId, Unchanged> {
    TokenId::random().map_err(Unchanged::Unwritten)
}

fn copied(principal: &Principal) -> Principal {
    Principal {
        name: Arc::clone(&principal.name),
        policy: Arc::clone(&principal.policy),
        requests_per_second: principal.requests_per_second,
    }
}

/// A change as it is put together.
impl Draft {
    pub(super) fn put(&mut self, before: Option<Arc<Entry>>, after: Entry) {
        (self.before, self.after) = (before, Some(after));
    }

    fn remove(&mut self, before: Arc<Entry>) {
        (self.before, self.after) = (Some(before), None);
    }
}
