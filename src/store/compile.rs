//! From files to meaning: every scope parsed, every filter compiled, every parameter bound; or nothing at all.
//!
//! - One bad line refuses all files: a half-read policy is a wrong policy.
//! - A parameter is bound as a typed literal, never as text.
//! - A role that no token uses is checked too, with sample values.

mod scope;
mod token;

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_yaml::{Location, Spanned};
use sha2::{Digest as _, Sha256};

use crate::authz::{Policy, Scope};
use crate::sql::filter::Literal;
use crate::sql::{Dialect, Extensions};
use crate::token::{TokenDigest, TokenId};

use super::issuer::{self, RoleTemplate};
use super::nearest::nearest;
use super::report::{Report, Show};
use super::schema::{Role, ScopeEntry, Token, TokensFile};
use super::table::Table;
use super::{Entry, Principal, yaml};
use scope::{Wrong, string_form};
use token::{bind, key, previous};

/// One file that was read.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) path: PathBuf,
    pub(super) text: String,
}

/// How a token is recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// Its value is signed by the gateway and carries this id.
    Id(TokenId),
    /// Its value was issued elsewhere and has this digest.
    Digest(TokenDigest),
}

/// Who writes a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Author {
    /// People: the gateway never writes it.
    People,
    /// The gateway: people never do. It names no roles, because what is written again must be what was read.
    Gateway,
}

/// What tells two contents of a file apart.
pub(super) fn digest(path: &Path, text: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(Sha256::digest(path.as_os_str().as_encoded_bytes()));
    hash.update(Sha256::digest(text.as_bytes()));
    hash.finalize().into()
}

/// The rule of names.
pub(super) const NAME_RULE: &str = "a name is 1 to 128 characters, without control characters and outer spaces";

/// Whether a token may have that name.
pub(super) fn is_name(name: &str) -> bool {
    (1..=128).contains(&name.chars().count()) && name.trim() == name && !name.chars().any(char::is_control)
}

/// Compiles the files as one.
///
/// # Errors
/// A [`Report`] on the first thing wrong with any of them.
pub(super) fn compile(
    sources: &[Source],
    dialect: Dialect,
    extensions: &Extensions,
    author: Author,
) -> Result<Table, Report> {
    let files = sources
        .iter()
        .map(|source| Ok((source, yaml::parse::<TokensFile>(&source.path, &source.text)?)))
        .collect::<Result<Vec<_>, Report>>()?;
    let mut compiler = Compiler {
        dialect,
        extensions,
        author,
        roles: HashMap::new(),
        known: RefCell::default(),
        table: Table::default(),
    };
    for (source, file) in &files {
        compiler.header(source, file)?;
        for (name, role) in file.roles.iter().flatten() {
            compiler.role(source, name, role)?;
        }
    }
    compiler.table.parts = files.iter().filter_map(|(_, file)| file.parts).max().unwrap_or_default();
    for (source, file) in &files {
        let path: Arc<Path> = source.path.as_path().into();
        for token in file.tokens.iter().flatten() {
            compiler.token(source, &path, token)?;
        }
    }
    let templates = compiler.templates()?;
    for (source, file) in &files {
        for written in file.issuers.iter().flatten() {
            let issuer = issuer::compile(source, written, &templates, &compiler.table.issuers)?;
            compiler.table.issuers.push(issuer);
        }
    }
    Ok(compiler.table)
}

struct Compiler<'a> {
    dialect: Dialect,
    extensions: &'a Extensions,
    author: Author,
    roles: HashMap<&'a str, CheckedRole<'a>>,
    /// What was compiled without parameters: many tokens have the same scopes, and share them.
    known: RefCell<HashMap<String, Scope>>,
    table: Table,
}

struct CheckedRole<'a> {
    source: &'a Source,
    role: &'a Role,
    /// The scopes of a role without parameters: the same for each of its tokens.
    shared: Option<Vec<Scope>>,
}

type Bound<'a> = BTreeMap<&'a str, &'a Literal>;

impl<'a> Compiler<'a> {
    fn header(&self, source: &Source, file: &TokensFile) -> Result<(), Report> {
        if file.version.value != 1 {
            let report = Report::new(&source.path, format!("unknown version `{}`", file.version.value));
            return Err(at(report, source, file.version.referenced).hint("this gateway reads version 1"));
        }
        if file.tokens.is_none() && file.roles.is_none() && file.issuers.is_none() {
            return Err(Report::new(&source.path, "the file names neither tokens nor roles nor issuers")
                .hint("a file without tokens says so: `tokens: []`"));
        }
        if self.author == Author::Gateway && (file.roles.is_some() || file.issuers.is_some()) {
            return Err(Report::new(&source.path, "the managed file has no roles and no issuers"));
        }
        if self.author == Author::People && file.parts.is_some() {
            return Err(Report::new(&source.path, "only the managed file has `parts`"));
        }
        Ok(())
    }

    fn role(&mut self, source: &'a Source, name: &'a str, role: &'a Spanned<Role>) -> Result<(), Report> {
        if let Some(other) = self.roles.get(name) {
            let message = format!("the role `{name}` stands in `{}` too", other.source.path.display());
            return Err(at(Report::new(&source.path, message), source, role.referenced));
        }
        let samples: BTreeMap<&str, Literal> =
            role.value.parameters.iter().flatten().map(|(name, kind)| (name.as_str(), kind.sample())).collect();
        let bound: Bound<'_> = samples.iter().map(|(name, value)| (*name, value)).collect();
        let scopes = self.scopes(source, &role.value.scopes, &bound)?;
        let shared = samples.is_empty().then_some(scopes);
        self.roles.insert(name, CheckedRole { source, role: &role.value, shared });
        Ok(())
    }

    /// The roles, ready to be bound to the claims of a token that nobody has seen yet.
    fn templates(&self) -> Result<HashMap<String, Arc<RoleTemplate>>, Report> {
        let template = |(name, checked): (&&str, &CheckedRole<'_>)| {
            let string = |entry: &Spanned<ScopeEntry>| match &entry.value {
                ScopeEntry::Text(text) => Ok(text.clone()),
                ScopeEntry::Structured(scope) => {
                    string_form(scope).map_err(|message| Wrong::from(message).report(checked.source, entry.referenced))
                }
            };
            let scopes = checked.role.scopes.iter().map(string).collect::<Result<_, _>>()?;
            let parameters = checked.role.parameters.clone().unwrap_or_default();
            Ok(((*name).to_owned(), Arc::new(RoleTemplate { parameters, scopes })))
        };
        self.roles.iter().map(template).collect()
    }

    fn token(&mut self, source: &Source, path: &Arc<Path>, token: &Spanned<Token>) -> Result<(), Report> {
        let here = |report| at(report, source, token.referenced);
        let fail = |message: String| here(Report::new(&source.path, message));
        let Token { name, role, roles, scopes, .. } = &token.value;
        self.check_name(source, name)?;
        if role.is_some() && roles.is_some() {
            return Err(fail(format!("the token `{}` has both `role` and `roles`", name.value)));
        }
        if role.is_none() && roles.is_none() && scopes.is_none() {
            return Err(fail(format!("the token `{}` has no scopes and no role", name.value))
                .hint("a token that may do nothing says so: `scopes: []`"));
        }
        let named: Vec<&Spanned<String>> = role.iter().chain(roles.iter().flatten()).collect();
        let mut all = self.of_roles(source, token, &named)?;
        all.extend(self.scopes(source, scopes.as_deref().unwrap_or_default(), &Bound::new())?);
        let key = key(source, token)?;
        let previous = previous(source, token)?;
        let principal = Arc::new(Principal {
            name: name.value.as_str().into(),
            policy: Arc::new(Policy::new(all)),
            requests_per_second: token.value.limits.as_ref().and_then(|limits| limits.requests_per_second),
        });
        let entry = Arc::new(Entry {
            principal,
            key,
            expires: token.value.expires.map(|when| when.0),
            previous,
            description: token.value.description.clone(),
            origin: token.value.origin.clone(),
            resource_id: token.value.resource_id.clone(),
            created: token.value.created.map(|when| when.0),
            updated: token.value.updated.map(|when| when.0),
            file: Arc::clone(path),
            managed: self.author == Author::Gateway,
        });
        match self.table.insert(&entry) {
            None => Ok(()),
            Some((word, other)) => {
                Err(fail(format!("the tokens `{}` and `{}` have the same {word}", other.name(), name.value)))
            }
        }
    }

    fn check_name(&self, source: &Source, name: &Spanned<String>) -> Result<(), Report> {
        let fail = |message: String| Err(at(Report::new(&source.path, message), source, name.referenced));
        if !is_name(&name.value) {
            return fail(NAME_RULE.to_owned());
        }
        if self.table.by_name.get(name.value.as_str()).is_some() {
            return fail(format!("two tokens are named `{}`", name.value));
        }
        Ok(())
    }

    /// The scopes that a token has through its roles, its values bound.
    fn of_roles(
        &self,
        source: &Source,
        token: &Spanned<Token>,
        named: &[&Spanned<String>],
    ) -> Result<Vec<Scope>, Report> {
        let none = BTreeMap::new();
        let with = token.value.with.as_ref().unwrap_or(&none);
        let mut scopes = Vec::new();
        let mut declared: Vec<&str> = Vec::new();
        for (position, name) in named.iter().enumerate() {
            let fail = |message: String| at(Report::new(&source.path, message), source, name.referenced);
            if named.iter().take(position).any(|other| other.value == name.value) {
                return Err(fail(format!("the role `{}` is named twice", name.value)));
            }
            let Some(found) = self.roles.get(name.value.as_str()) else {
                let report = fail(format!("unknown role `{}`", name.value));
                return Err(match nearest(&name.value, self.roles.keys().copied()) {
                    Some(near) => report.hint(format!("did you mean `{near}`?")),
                    None => report,
                });
            };
            declared.extend(found.role.parameters.iter().flatten().map(|(name, _)| name.as_str()));
            let bound = bind(source, token, found.role, with)?;
            match &found.shared {
                Some(shared) => scopes.extend(shared.iter().cloned()),
                None => scopes.extend(self.scopes(found.source, &found.role.scopes, &bound).map_err(|report| {
                    report.hint(format!("with the values of the token `{}`", token.value.name.value))
                })?),
            }
        }
        if let Some((name, value)) = with.iter().find(|(name, _)| !declared.contains(&name.as_str())) {
            let report = Report::new(&source.path, format!("no role of this token has a parameter `{name}`"));
            let report = at(report, source, value.referenced);
            return Err(match nearest(name, declared.iter().copied()) {
                Some(near) => report.hint(format!("did you mean `{near}`?")),
                None => report,
            });
        }
        Ok(scopes)
    }
}

pub(super) fn at(report: Report, source: &Source, location: Location) -> Report {
    report.at(&source.text, location, Show::Line)
}

#[cfg(test)]
mod tests;
