//! `portcullis certify`: whether the walls hold on a live ClickHouse, on each endpoint of it.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::certify::{Certificate, Check, certify as prove};
use crate::config::{Config, Upstream};
use crate::token::Secret;
use crate::upstream::clickhouse::Settings;

use super::{Failure, Outcome, Place};

#[derive(Debug, Args)]
pub(super) struct Certify {
    /// The server, instead of the configuration's endpoints
    #[arg(long, value_name = "URL")]
    upstream: Option<http::Uri>,
    /// A user that may make databases, instead of the configuration's
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// The variable that holds its password
    #[arg(long, value_name = "VARIABLE")]
    password_env: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Write what was found to a file too, as JSON
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    #[command(flatten)]
    place: Place,
}

/// Each endpoint by itself: a cluster may be of several releases.
pub(super) fn certify(asked: Certify, out: &mut dyn Write) -> Result<Outcome, Failure> {
    let settings = settings(&asked)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::said(format!("the runtime does not start: {error}")))?;
    let several = settings.endpoints.len() > 1;
    let (mut documents, mut unproven) = (Vec::new(), Vec::new());
    for endpoint in &settings.endpoints {
        if several && !asked.json {
            writeln!(out, "{endpoint}")?;
        }
        // The databases are made there and read there.
        let one = Settings { endpoints: vec![endpoint.clone()], ..settings.clone() };
        let certificate = runtime.block_on(prove_one(one, asked.json, out))?;
        if !asked.json {
            conclusion(&certificate, out)?;
        }
        documents.push(document(endpoint, &certificate));
        if !certificate.is_proven() {
            unproven.push(certificate.version);
        }
    }
    let document = if several { documents.into() } else { documents.pop().unwrap_or_default() };
    if let Some(file) = &asked.record {
        std::fs::write(file, format!("{document:#}\n"))
            .map_err(|error| Failure::said(format!("`{}` cannot be written: {error}", file.display())))?;
    }
    if asked.json {
        writeln!(out, "{document:#}")?;
    }
    if unproven.is_empty() {
        Ok(Outcome::Done)
    } else {
        Err(Failure::said(format!("the walls are not proven on ClickHouse {}", unproven.join(", "))))
    }
}

async fn prove_one(settings: Settings, json: bool, out: &mut dyn Write) -> Result<Certificate, Failure> {
    let mut broken = Ok(());
    let proof = prove(settings, |check| {
        if !json && broken.is_ok() {
            broken = line(check, out);
        }
    });
    let certificate = proof.await.map_err(|error| Failure::said(error.to_string()));
    broken?;
    certificate
}

fn settings(asked: &Certify) -> Result<Settings, Failure> {
    let configured = match (asked.place.load(), &asked.upstream) {
        (Ok(Config { upstream: Upstream::ClickHouse(settings), .. }), _) => Some(settings),
        (Err(failure), None) => return Err(failure),
        (Ok(_), None) => {
            return Err(Failure::Said(
                "the configuration's upstream is no ClickHouse".to_owned(),
                Some("`--upstream http://127.0.0.1:8123` names one".to_owned()),
            ));
        }
        (_, Some(_)) => None,
    };
    let mut settings = configured.unwrap_or_else(usual);
    if let Some(upstream) = &asked.upstream {
        settings.endpoints = vec![upstream.clone()];
    }
    "default".clone_into(&mut settings.database);
    if let Some(user) = &asked.user {
        settings.user.clone_from(user);
        settings.password = None;
    }
    if let Some(variable) = &asked.password_env {
        let password = std::env::var(variable)
            .map_err(|_| Failure::said(format!("the environment has no variable `{variable}`")))?;
        settings.password = Some(Secret::new(password));
    }
    Ok(settings)
}

fn usual() -> Settings {
    use std::time::Duration;
    Settings {
        endpoints: Vec::new(),
        database: "default".to_owned(),
        user: "default".to_owned(),
        password: None,
        ca_file: None,
        connect_timeout: Duration::from_secs(3),
        answer_timeout: Duration::from_secs(60),
        idle_timeout: Duration::from_secs(30),
        execution_timeout: Duration::from_secs(60),
        health_interval: Duration::from_secs(2),
        catalog_interval: Duration::from_secs(30),
        certified: Vec::new(),
        unproven: crate::upstream::clickhouse::version::Unproven::Allow,
        writer: None,
    }
}

fn line(check: &Check, out: &mut dyn Write) -> Result<(), Failure> {
    let word = if check.wrong.is_empty() { "ok    " } else { "FAILED" };
    writeln!(out, "{word}  {} ({})", check.name, check.compared)?;
    for wrong in check.wrong.iter().take(3) {
        writeln!(out, "        {wrong}")?;
    }
    Ok(out.flush()?)
}

fn conclusion(certificate: &Certificate, out: &mut dyn Write) -> Result<(), Failure> {
    if certificate.is_proven() {
        writeln!(out, "\nproven: ClickHouse {}", certificate.version)?;
        writeln!(out, "in gateway.yaml, under `upstream.clickhouse`:  certified: [\"{}\"]", certificate.release())?;
    }
    Ok(())
}

fn document(endpoint: &http::Uri, certificate: &Certificate) -> serde_json::Value {
    let checks = certificate.checks.iter().map(|check| {
        json!({ "name": check.name, "compared": check.compared, "ok": check.wrong.is_empty(), "wrong": check.wrong })
    });
    json!({
        "portcullis": env!("CARGO_PKG_VERSION"),
        "endpoint": endpoint.to_string(),
        "version": certificate.version,
        "release": certificate.release(),
        "proven": certificate.is_proven(),
        "checks": checks.collect::<Vec<_>>(),
    })
}
