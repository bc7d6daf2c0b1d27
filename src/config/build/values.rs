//! Secrets, addresses and paths.

use serde_yaml::Spanned;

use super::{Builder, schema};
use crate::config::key;
use crate::store::Report;
use crate::token::Secret;

impl Builder<'_> {
    pub(super) fn key_place(&self, from: Option<Spanned<schema::Secret>>, usual: &str) -> Result<key::Place, Report> {
        let Some(from) = from else { return Ok(key::Place::File(self.relative(usual.into()))) };
        match from.value {
            schema::Secret { env: Some(name), file: None, value: None } => Ok(key::Place::Variable(name)),
            schema::Secret { env: None, file: Some(file), value: None } => Ok(key::Place::File(self.relative(file))),
            _ => Err(self.wrong("the signing key comes from exactly one of `file` and `env`", from.referenced)),
        }
    }

    pub(super) fn secret(&self, from: &Spanned<schema::Secret>) -> Result<Secret, Report> {
        let text = match &from.value {
            schema::Secret { env: Some(name), file: None, value: None } => std::env::var(name)
                .map_err(|_| self.wrong(format!("the environment has no variable `{name}`"), from.referenced))?,
            schema::Secret { env: None, file: Some(file), value: None } => {
                let file = self.relative(file.clone());
                let text = std::fs::read_to_string(&file).map_err(|error| {
                    self.wrong(format!("`{}` cannot be read: {error}", file.display()), from.referenced)
                })?;
                text.trim_end_matches(['\r', '\n']).to_owned()
            }
            schema::Secret { env: None, file: None, value: Some(value) } => value.clone(),
            _ => {
                return Err(self.wrong("a secret comes from exactly one of `env`, `file` and `value`", from.referenced));
            }
        };
        if text.is_empty() {
            return Err(self.wrong("the secret is empty", from.referenced));
        }
        Ok(Secret::new(text))
    }

    /// Scheme, host and port, and nothing behind them.
    pub(super) fn base(&self, from: &Spanned<String>) -> Result<http::Uri, Report> {
        let wrong = |message| self.wrong(message, from.referenced).hint("such as `http://127.0.0.1:8123`");
        let uri: http::Uri = from.value.parse().map_err(|_| wrong("this is no address"))?;
        let host = uri.authority().is_some_and(|authority| !authority.as_str().contains('@'));
        if !matches!(uri.scheme_str(), Some("http" | "https")) || !host {
            return Err(wrong("an address is `http://` or `https://` and a host, without a user"));
        }
        if uri.path_and_query().is_some_and(|path| path.as_str() != "/") {
            return Err(wrong("an address ends with the host and the port"));
        }
        Ok(uri)
    }

    pub(super) fn absolute(&self, path: &Spanned<String>) -> Result<String, Report> {
        let legal = path.value.starts_with('/')
            && path.value.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'?' | b'#'));
        if !legal {
            let message = format!("`{}` is no path: it starts with `/` and has no `?`", path.value);
            return Err(self.wrong(message, path.referenced));
        }
        Ok(path.value.clone())
    }
}
