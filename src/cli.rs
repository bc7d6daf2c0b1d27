//! The command line.
//!
//! - stdout is what was asked for; stderr is talk.
//! - Exit codes: 0 done, 1 failed, 2 wrong usage, 3 denied or refused (`explain`).
//! - A closed pipe ends it quietly.

mod certify;
mod check;
mod explain;
mod project;
mod serve;
mod token;
mod wire;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::config::{self, Config, Report};
use crate::gateway;
use crate::store::{Compile, Own, Store};
use crate::token::signed::SigningKey;

/// A gate in front of a data API: bearer tokens with row filters for any SQL-over-HTTP engine.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve until SIGTERM or SIGINT
    #[command(after_help = "Example:\n  portcullis serve --config config/gateway.yaml")]
    Serve(Place),
    /// Check the configuration and the tokens, as `serve` does at its start
    #[command(after_help = "Example:\n  portcullis check && echo good")]
    Check(Place),
    /// Prove the walls on a live ClickHouse, in scratch databases of its own
    #[command(
        after_help = "Example:\n  portcullis certify --upstream http://127.0.0.1:8123 --user maker --password-env MAKER_PASSWORD\n\nThe user must be allowed to CREATE and DROP databases. Exit codes: 0 proven, 1 not."
    )]
    Certify(certify::Certify),
    /// Show what a token may see of a query: the decision, its reasons and the rewritten SQL
    #[command(
        after_help = "Examples:\n  portcullis explain --token acme 'SELECT count() FROM events'\n  portcullis explain --token acme --pipe top --param limit=10\n  portcullis explain --token acme --can 'append events'\n\nExit codes: 0 permitted, 3 denied or refused."
    )]
    Explain(explain::Explain),
    /// Serve a Tinybird project's folder: what of it can be, what is to be made, and why not the rest
    #[command(
        after_help = "Example:\n  portcullis project ./tinybird --apply\n\nExit codes: 0 everything can be served, 3 something cannot."
    )]
    Project(project::Asked),
    /// Show, make and digest tokens
    #[command(subcommand)]
    Token(token::Token),
}

/// Where the configuration is.
#[derive(Debug, Args)]
struct Place {
    /// The configuration file
    #[arg(long, env = "PORTCULLIS_CONFIG", default_value = "config/gateway.yaml", value_name = "FILE")]
    config: PathBuf,
}

/// Why a command did not do its work.
#[derive(Debug)]
enum Failure {
    /// A file is wrong.
    Report(Box<Report>),
    /// Anything else, for people, with advice.
    Said(String, Option<String>),
    /// Its output could not be written.
    Output(io::Error),
}

/// How a command ended that did its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Done,
    Denied,
}

impl Failure {
    fn said(message: impl Into<String>) -> Self {
        Self::Said(message.into(), None)
    }
}

impl From<Report> for Failure {
    fn from(report: Report) -> Self {
        Self::Report(Box::new(report))
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// Runs the command that the process was started with.
#[must_use]
pub fn main() -> ExitCode {
    // First of all: without a provider rustls panics when it is first used. A second call changes nothing.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    // Not locked: `serve` keeps it for as long as it runs.
    let mut out = io::stdout();
    let ended = run(Arguments::parse().command, &mut out).and_then(|outcome| Ok(out.flush().map(|()| outcome)?));
    match ended {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Denied) => ExitCode::from(3),
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            complain(&failure);
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command, out: &mut dyn Write) -> Result<Outcome, Failure> {
    match command {
        Command::Serve(place) => serve::serve(&place, out),
        Command::Certify(certify) => certify::certify(certify, out),
        Command::Check(place) => check::check(&place, out),
        Command::Explain(explain) => explain::explain(&explain, out),
        Command::Project(project) => project::project(&project, out),
        Command::Token(token) => token::token(token, out),
    }
}

/// To stderr; when that is closed too, the exit code is all that is left to say.
fn complain(failure: &Failure) {
    let text = match failure {
        Failure::Report(report) => report.to_string(),
        Failure::Said(message, None) => format!("error: {message}"),
        Failure::Said(message, Some(hint)) => format!("error: {message}\nhint: {hint}"),
        Failure::Output(error) => format!("error: the output cannot be written: {error}"),
    };
    let _ = writeln!(io::stderr(), "{text}");
}

/// The store of that configuration, compiled with `key`.
fn open(config: &Config, key: SigningKey) -> Result<Store, Failure> {
    Ok(Store::open(config.paths(), compile(config, key)?)?)
}

fn compile(config: &Config, key: SigningKey) -> Result<Compile, Failure> {
    Ok(Compile {
        dialect: config.dialect(),
        key,
        own: own(config)?,
        hot: config.hot.clone(),
        read_hot: config.read_hot(),
    })
}

/// How the gateway's own JSON Web Tokens are read, where there is a key for them: only `serve` makes one.
fn own(config: &Config) -> Result<Option<Own>, Failure> {
    let Some(jwt) = &config.jwt else { return Ok(None) };
    let workspace = &config.gateway.workspace;
    let workspace = vec![gateway::workspace_id(workspace), workspace.clone()];
    let own = |key| Own { key, workspace, require_filter: jwt.require_filter, leeway: jwt.leeway };
    Ok(jwt.key.read_shared()?.map(own))
}

impl Place {
    fn load(&self) -> Result<Config, Failure> {
        config::load(&self.config).map_err(|report| {
            let hint = "`--config` or the variable PORTCULLIS_CONFIG names the file";
            if self.config.exists() { report } else { report.hint(hint) }.into()
        })
    }
}

/// The signing key, or one that is forgotten again where nothing is signed: only `serve` and `token value` make one.
fn key_or_passing(config: &Config) -> Result<SigningKey, Failure> {
    match config.signing_key.read()? {
        Some(key) => Ok(key),
        None => {
            let bytes = config::key::random_hex()?.into_bytes();
            SigningKey::new(bytes).map_err(|error| Failure::said(error.to_string()))
        }
    }
}
