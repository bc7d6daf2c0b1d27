//! `portcullis token …`: values are shown to whoever holds the key; the files hold none.

use std::io::{self, Read as _, Write};

use clap::{Args, Subcommand};

use crate::config::key;
use crate::store::{Key, Snapshot};
use crate::token::{BearerToken, TOKEN_LENGTH};

use super::{Failure, Outcome, Place};

mod managed;
mod remote;

use managed::{At, Create, Named, Refresh, Rename, Scopes};

#[derive(Debug, Subcommand)]
pub(super) enum Token {
    /// Print the value of a token that has an `id`
    #[command(after_help = "Example:\n  curl -H \"Authorization: Bearer $(portcullis token value acme)\" …")]
    Value(Value),
    /// Read a token from stdin and print its digest, for a token that was issued elsewhere
    #[command(after_help = "Example:\n  portcullis token digest < token.txt")]
    Digest,
    /// Make a random token and print it with the lines that let it in
    New,
    /// List the tokens: name, kind and scopes
    #[command(after_help = "Example:\n  portcullis token ls --json")]
    Ls(At),
    /// Make a token in the managed file and print its value
    #[command(
        after_help = "Example:\n  portcullis token create reader --scope 'DATASOURCES:READ:events:org_id = 1' --scope PIPES:READ:top"
    )]
    Create(Create),
    /// Show a token: all but its value
    #[command(after_help = "Example:\n  portcullis token show reader --json")]
    Show(Named),
    /// Print a token's value
    #[command(after_help = "Example:\n  portcullis token copy 'admin token' | wl-copy")]
    Copy(Named),
    /// Give a token another name; its value stays
    Rename(Rename),
    /// Show a token's scopes, one a line, or replace all of them
    #[command(after_help = "Example:\n  portcullis token scopes reader --set DATASOURCES:READ:events")]
    Scopes(Scopes),
    /// Give a token a new value and print it; the old one is refused from then on
    #[command(after_help = "Example:\n  portcullis token refresh reader --grace 3600")]
    Refresh(Refresh),
    /// Remove a token
    Rm(Named),
}

#[derive(Debug, Args)]
pub(super) struct Value {
    /// The token's name
    name: String,
    #[command(flatten)]
    place: Place,
}

pub(super) fn token(token: Token, out: &mut dyn Write) -> Result<Outcome, Failure> {
    match token {
        Token::Value(asked) => value(&asked, out)?,
        Token::Digest => digest(out)?,
        Token::New => new(out)?,
        Token::Ls(at) => managed::list(&at, out)?,
        Token::Create(asked) => managed::create(asked, out)?,
        Token::Show(asked) => managed::show(&asked, out)?,
        Token::Copy(asked) => managed::copy(&asked, out)?,
        Token::Rename(asked) => managed::rename(asked, out)?,
        Token::Scopes(asked) => managed::scopes(asked, out)?,
        Token::Refresh(asked) => managed::refresh(&asked, out)?,
        Token::Rm(asked) => managed::remove(&asked, out)?,
    }
    Ok(Outcome::Done)
}

fn value(asked: &Value, out: &mut dyn Write) -> Result<(), Failure> {
    let config = asked.place.load()?;
    let snapshot = super::open(&config, config.signing_key.read_or_make()?)?.snapshot();
    match snapshot.key_of(&asked.name) {
        Some(Key::Id(id)) => {
            let value = snapshot.value_of(id, &config.gateway.workspace, &config.host);
            Ok(writeln!(out, "{}", value.expose())?)
        }
        Some(Key::Digest(_)) => Err(Failure::Said(
            format!("the token `{}` was issued elsewhere; only its digest is known", asked.name),
            Some("a token with `id:` instead of `digest:` has a value that can be shown".to_owned()),
        )),
        None => Err(unknown(&snapshot, &asked.name)),
    }
}

/// No token has that name; the nearest one is told.
pub(super) fn unknown(snapshot: &Snapshot, name: &str) -> Failure {
    let near = snapshot.name_like(name).map(|near| format!("did you mean `{near}`?"));
    let hint = near.unwrap_or_else(|| "`portcullis token ls` lists the tokens".to_owned());
    Failure::Said(format!("no token is named `{name}`"), Some(hint))
}

fn digest(out: &mut dyn Write) -> Result<(), Failure> {
    let mut text = String::new();
    let longest = u64::try_from(*TOKEN_LENGTH.end()).unwrap_or(u64::MAX).saturating_add(2);
    io::stdin().take(longest).read_to_string(&mut text)?;
    let token = BearerToken::parse(text.trim_end_matches(['\r', '\n'])).map_err(|error| {
        let length = format!("a token is {} to {} characters", TOKEN_LENGTH.start(), TOKEN_LENGTH.end());
        Failure::Said(error.to_string(), Some(format!("{length} of `A-Z a-z 0-9 - . _ ~ + /`")))
    })?;
    Ok(writeln!(out, "{}", token.digest())?)
}

fn new(out: &mut dyn Write) -> Result<(), Failure> {
    let value = key::random_hex()?;
    let token = BearerToken::parse(&value).map_err(|error| Failure::said(error.to_string()))?;
    writeln!(out, "# the value, shown this once: {value}")?;
    writeln!(out, "  - name: CHANGE-ME\n    digest: {}\n    scopes: []", token.digest())?;
    Ok(())
}
