//! Tokens that the gateway keeps: over the Tokens API of a gateway (`--url`), or on the files themselves. A gateway that runs
//! on the same files notices.

use std::io::{self, Write};

use clap::Args;
use serde_json::{Value, json};

use crate::cli::{Failure, Place};
use crate::config::Config;
use crate::store::{Authority, Changed, Entry, NewToken, OnWidening, Replacement, Snapshot, Store, Unchanged};
use crate::token::Secret;
use crate::token::moment::Moment;

use super::remote::Remote;

/// Where the tokens are.
#[derive(Debug, Args)]
pub(in crate::cli) struct At {
    #[command(flatten)]
    place: Place,
    /// The address of a gateway to ask, instead of the files
    #[arg(long, env = "PORTCULLIS_URL", value_name = "URL")]
    url: Option<http::Uri>,
    /// The token to ask it with; better in the environment than in the list of processes
    #[arg(long, env = "PORTCULLIS_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    token: Option<String>,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Named {
    /// The token's name, id or value
    which: String,
    #[command(flatten)]
    at: At,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Create {
    /// Its name
    name: String,
    /// A scope, as often as there are
    #[arg(long = "scope", value_name = "SCOPE")]
    scopes: Vec<String>,
    /// What it is for
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// When it ends: RFC 3339 or Unix seconds
    #[arg(long, value_name = "MOMENT")]
    expires: Option<Moment>,
    #[command(flatten)]
    at: At,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Rename {
    /// The token's name, id or value
    which: String,
    /// Its new name
    name: String,
    #[command(flatten)]
    at: At,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Scopes {
    /// The token's name, id or value
    which: String,
    /// A scope that it is to have, as often as there are; it has no others then
    #[arg(long = "set", value_name = "SCOPE")]
    set: Vec<String>,
    /// It is to have none, and may do nothing then
    #[arg(long, conflicts_with = "set")]
    none: bool,
    #[command(flatten)]
    at: At,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Refresh {
    /// The token's name, id or value
    which: String,
    /// How many seconds the old value counts too
    #[arg(long, value_name = "SECONDS")]
    grace: Option<u64>,
    #[command(flatten)]
    at: At,
}

/// Where the work is done.
enum Tokens {
    Files(Box<Config>, Box<Store>),
    Gateway(Remote),
}

pub(super) fn list(at: &At, out: &mut dyn Write) -> Result<(), Failure> {
    let mut tokens = at.open(false)?.list()?;
    tokens.iter_mut().for_each(without_value);
    if at.json {
        return Ok(writeln!(out, "{}", Value::Array(tokens))?);
    }
    for token in &tokens {
        let kind = if text(token, "id").is_empty() { "digest" } else { "id" };
        writeln!(out, "{}\t{kind}\t{}", text(token, "name"), scopes_of(token).join("; "))?;
    }
    Ok(())
}

pub(super) fn create(asked: Create, out: &mut dyn Write) -> Result<(), Failure> {
    let Create { name, scopes, description, expires, at } = asked;
    let new = NewToken { name, description, scopes, expires, origin: Some("C".to_owned()), resource_id: None };
    valued(&at, &at.open(true)?.create(&new)?, out)
}

pub(super) fn show(asked: &Named, out: &mut dyn Write) -> Result<(), Failure> {
    let mut token = asked.at.open(false)?.get(&asked.which)?;
    without_value(&mut token);
    if asked.at.json {
        return Ok(writeln!(out, "{token}")?);
    }
    for key in ["name", "id", "description", "created_at", "updated_at", "expires_at"] {
        if !text(&token, key).is_empty() {
            writeln!(out, "{key}\t{}", text(&token, key))?;
        }
    }
    for scope in scopes_of(&token) {
        writeln!(out, "scope\t{scope}")?;
    }
    Ok(())
}

pub(super) fn copy(asked: &Named, out: &mut dyn Write) -> Result<(), Failure> {
    valued(&asked.at, &asked.at.open(true)?.get(&asked.which)?, out)
}

pub(super) fn rename(asked: Rename, out: &mut dyn Write) -> Result<(), Failure> {
    let new = Replacement { name: Some(asked.name), ..Replacement::default() };
    told(&asked.at, asked.at.open(false)?.replace(&asked.which, &new)?, out)
}

pub(super) fn scopes(asked: Scopes, out: &mut dyn Write) -> Result<(), Failure> {
    let tokens = asked.at.open(false)?;
    let token = if asked.set.is_empty() && !asked.none {
        tokens.get(&asked.which)?
    } else {
        tokens.replace(&asked.which, &Replacement { scopes: Some(asked.set), ..Replacement::default() })?
    };
    if asked.at.json {
        return Ok(writeln!(out, "{}", token.get("scopes").unwrap_or(&Value::Null))?);
    }
    scopes_of(&token).iter().try_for_each(|scope| Ok(writeln!(out, "{scope}")?))
}

pub(super) fn refresh(asked: &Refresh, out: &mut dyn Write) -> Result<(), Failure> {
    valued(&asked.at, &asked.at.open(true)?.refresh(&asked.which, asked.grace)?, out)
}

pub(super) fn remove(asked: &Named, out: &mut dyn Write) -> Result<(), Failure> {
    asked.at.open(false)?.remove(&asked.which)?;
    if asked.at.json {
        return Ok(writeln!(out, "{}", json!({ "ok": true }))?);
    }
    // stdout is data; when stderr is closed there is nobody to tell.
    let _ = writeln!(io::stderr(), "removed");
    Ok(())
}

/// The value on a line of its own, or the whole token with it.
fn valued(at: &At, token: &Value, out: &mut dyn Write) -> Result<(), Failure> {
    if at.json {
        return Ok(writeln!(out, "{token}")?);
    }
    match token.get("token").and_then(Value::as_str) {
        Some(value) => Ok(writeln!(out, "{value}")?),
        None => Err(Failure::Said(
            format!("the value of `{}` cannot be shown", text(token, "name")),
            Some("it was issued elsewhere, or it takes ADMIN to see it".to_owned()),
        )),
    }
}

fn told(at: &At, mut token: Value, out: &mut dyn Write) -> Result<(), Failure> {
    without_value(&mut token);
    if at.json { Ok(writeln!(out, "{token}")?) } else { Ok(writeln!(out, "{}", text(&token, "name"))?) }
}

fn without_value(token: &mut Value) {
    if let Value::Object(members) = token {
        members.remove("token");
    }
}

fn text<'a>(token: &'a Value, key: &str) -> &'a str {
    token.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn scopes_of(token: &Value) -> Vec<String> {
    let one = |scope: &Value| {
        let parts = ["type", "resource", "filter"].map(|key| text(scope, key));
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(":")
    };
    token.get("scopes").and_then(Value::as_array).map(|scopes| scopes.iter().map(one).collect()).unwrap_or_default()
}

impl At {
    /// `signs`: whether values will be told, for which there must be a key.
    fn open(&self, signs: bool) -> Result<Tokens, Failure> {
        if let Some(url) = &self.url {
            let missing = || Failure::said("a gateway is asked with a token: `--token` or PORTCULLIS_TOKEN");
            let token = Secret::new(self.token.clone().ok_or_else(missing)?);
            return Ok(Tokens::Gateway(Remote::new(url.clone(), token)));
        }
        let config = self.place.load()?;
        let key = if signs { config.signing_key.read_or_make()? } else { crate::cli::key_or_passing(&config)? };
        let compile = crate::cli::compile(&config, key)?;
        let (store, clash) = Store::open_whatever_clashes(config.paths(), compile)?;
        if let Some(clash) = clash {
            // Told, and not in the way: these are the commands that settle it.
            let _ = writeln!(io::stderr(), "{clash}");
        }
        Ok(Tokens::Files(Box::new(config), Box::new(store)))
    }
}

impl Tokens {
    fn list(&self) -> Result<Vec<Value>, Failure> {
        match self {
            Self::Files(config, store) => {
                Ok(store.snapshot().entries().map(|entry| entry.described(None, &config.host)).collect())
            }
            Self::Gateway(remote) => remote.list(),
        }
    }

    fn get(&self, which: &str) -> Result<Value, Failure> {
        match self {
            Self::Files(config, store) => {
                let snapshot = store.snapshot();
                let entry = snapshot.find(which).ok_or_else(|| super::unknown(&snapshot, which))?;
                Ok(described(config, &snapshot, entry))
            }
            Self::Gateway(remote) => remote.get(which),
        }
    }

    fn create(&self, new: &NewToken) -> Result<Value, Failure> {
        match self {
            Self::Files(config, store) => changed(config, store, store.create(Authority::Admin, new)),
            Self::Gateway(remote) => remote.create(new),
        }
    }

    fn replace(&self, which: &str, new: &Replacement) -> Result<Value, Failure> {
        match self {
            Self::Files(config, store) => {
                changed(config, store, store.replace(Authority::Admin, which, new, OnWidening::Allow))
            }
            Self::Gateway(remote) => remote.replace(which, new),
        }
    }

    fn refresh(&self, which: &str, grace: Option<u64>) -> Result<Value, Failure> {
        match self {
            Self::Files(config, store) => changed(config, store, store.refresh(Authority::Admin, which, grace)),
            Self::Gateway(remote) => remote.refresh(which, grace),
        }
    }

    fn remove(&self, which: &str) -> Result<(), Failure> {
        match self {
            Self::Files(config, store) => changed(config, store, store.remove(Authority::Admin, which)).map(|_| ()),
            Self::Gateway(remote) => remote.remove(which),
        }
    }
}

fn changed(config: &Config, store: &Store, result: Result<Changed, Unchanged>) -> Result<Value, Failure> {
    match result {
        Ok(changed) => {
            let told = changed.after.as_ref().map(|entry| described(config, &changed.snapshot, entry));
            Ok(told.unwrap_or_default())
        }
        Err(Unchanged::Unknown(name)) => Err(super::unknown(&store.snapshot(), &name)),
        Err(Unchanged::Broken(report)) => Err(report.into()),
        Err(Unchanged::ReadOnly { name, file }) => {
            let hint = format!("it is changed in `{}`, by hand", file.display());
            Err(Failure::Said(Unchanged::ReadOnly { name, file }.to_string(), Some(hint)))
        }
        Err(error) => Err(Failure::said(error.to_string())),
    }
}

fn described(config: &Config, snapshot: &Snapshot, entry: &Entry) -> Value {
    let value = entry.id().map(|id| snapshot.value_of(id, &config.gateway.workspace, &config.host));
    entry.described(value.as_ref().map(|value| value.expose()), &config.host)
}
