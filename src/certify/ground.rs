//! Scratch databases on a live server.

use std::collections::BTreeMap;
use std::sync::Mutex;

use http_body_util::BodyExt as _;

use crate::sql::Rewritten;
use crate::upstream::clickhouse::{ClickHouse, Settings};
use crate::upstream::{Answer, Format, Query, Upstream, UpstreamError};

use super::statements::Layout;
use super::{CANARY, CertifyError};

/// The server, and what was made on it.
pub(super) struct Ground {
    settings: Settings,
    maker: ClickHouse,
    pub(super) version: String,
    prefix: String,
    made: Mutex<Vec<String>>,
}

/// One scratch database, as the gateway's upstream sees it.
pub(super) struct Database {
    pub(super) name: String,
    pub(super) upstream: Upstream,
}

/// What a client would be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Seen {
    /// The headers that pass, and the lines of the body. Threads decide the order of rows: it is not compared.
    Answer(BTreeMap<String, String>, Vec<String>),
    /// The lines alone, of an answer that came whole.
    Rows(Vec<String>),
    Error(UpstreamError),
    /// An answer that broke off.
    Broken(Vec<String>),
}

impl Seen {
    pub(super) fn tells(&self, text: &str) -> bool {
        match self {
            Self::Answer(_, lines) | Self::Rows(lines) | Self::Broken(lines) => {
                lines.iter().any(|line| line.contains(text))
            }
            Self::Error(error) => error.to_string().contains(text),
        }
    }

    pub(super) fn has_rows(&self, rows: &[String]) -> bool {
        matches!(self, Self::Rows(own) if own == rows)
    }
}

impl Ground {
    pub(super) async fn new(settings: Settings) -> Result<Self, CertifyError> {
        let maker = ClickHouse::new(settings.clone())?;
        let answer = maker.run("SELECT version()").await.map_err(failed("the server cannot be asked"))?;
        let version = String::from_utf8_lossy(&answer).trim().to_owned();
        let prefix = format!("portcullis_certify_{}", uuid::Uuid::new_v4().simple());
        Ok(Self { settings, maker, version, prefix, made: Mutex::new(Vec::new()) })
    }

    /// Two twins and the copy that has the permitted rows alone.
    pub(super) async fn trio(&self, layout: &Layout) -> Result<[Database; 3], CertifyError> {
        let left = self.filled("left", layout, Some((23, CANARY))).await?;
        let right = self.filled("right", layout, Some((171, "17"))).await?;
        let copy = self.filled("copy", layout, None).await?;
        Ok([left, right, copy])
    }

    async fn filled(&self, role: &str, layout: &Layout, hidden: Option<(u32, &str)>) -> Result<Database, CertifyError> {
        let name = self.scratch(role, &|name| layout.schema(name, hidden)).await?;
        self.database(&name).await
    }

    /// A scratch database and what is made in it: its name.
    pub(super) async fn scratch(
        &self,
        role: &str,
        schema: &dyn Fn(&str) -> Vec<String>,
    ) -> Result<String, CertifyError> {
        let name = format!("{}_{role}", self.prefix);
        self.run(&format!("CREATE DATABASE {name}")).await?;
        if let Ok(mut made) = self.made.lock() {
            made.push(name.clone());
        }
        for statement in schema(&name) {
            self.run(&statement).await?;
        }
        Ok(name)
    }

    /// A database as the gateway's upstream sees it.
    pub(super) async fn database(&self, name: &str) -> Result<Database, CertifyError> {
        let settings = Settings {
            database: name.to_owned(),
            unproven: crate::upstream::clickhouse::version::Unproven::Allow,
            ..self.settings.clone()
        };
        let clickhouse = ClickHouse::new(settings)?;
        clickhouse.refresh().await.map_err(failed("the catalog cannot be read"))?;
        Ok(Database { name: name.to_owned(), upstream: Upstream::ClickHouse(clickhouse) })
    }

    pub(super) async fn drop_trio(&self, trio: &[Database; 3]) {
        for database in trio {
            self.drop_one(&database.name).await;
        }
    }

    /// Drops whatever is still there.
    pub(super) async fn drop_all(&self) {
        let left = self.made.lock().map(|made| made.clone()).unwrap_or_default();
        for name in left {
            self.drop_one(&name).await;
        }
    }

    pub(super) async fn drop_one(&self, name: &str) {
        let dropped = self.run(&format!("DROP DATABASE IF EXISTS {name} SYNC")).await;
        match dropped {
            Ok(()) => {
                if let Ok(mut made) = self.made.lock() {
                    made.retain(|known| known != name);
                }
            }
            Err(error) => {
                tracing::error!(%error, database = name, "a scratch database is still there; drop it by hand")
            }
        }
    }

    pub(super) async fn run(&self, statement: &str) -> Result<(), CertifyError> {
        self.answer(statement).await.map(drop)
    }

    /// What the engine itself says.
    pub(super) async fn answer(&self, statement: &str) -> Result<Vec<u8>, CertifyError> {
        let short: String = statement.chars().take(80).collect();
        self.maker.run(statement).await.map(|answer| answer.to_vec()).map_err(failed(&format!("`{short}`")))
    }
}

fn failed(what: &str) -> impl FnOnce(UpstreamError) -> CertifyError {
    let what = what.to_owned();
    move |source| CertifyError::Upstream { what, source }
}

impl Database {
    /// Runs what was rewritten as a client's query is run.
    pub(super) async fn ask(&self, rewritten: &Rewritten) -> Seen {
        let named = rewritten.format.is_some();
        let format = rewritten.format.as_deref().unwrap_or("JSONCompactEachRow");
        let query = Query {
            text: rewritten.text.clone(),
            format: format.parse().unwrap_or(Format::JSON),
            settings: rewritten.settings.clone(),
            parameters: Vec::new(),
            tables: rewritten.tables.clone(),
            filtered: rewritten.filtered,
            fallible: rewritten.fallible,
            table_filters: rewritten.table_filters.clone(),
            id: String::new(),
        };
        match self.upstream.query(query).await {
            Ok(answer) => seen(answer, named).await,
            Err(error) => Seen::Error(error),
        }
    }
}

async fn seen(answer: Answer, whole: bool) -> Seen {
    let headers = answer
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
    let headers: BTreeMap<_, _> = headers.filter(|(name, _)| name != "x-clickhouse-query-id").collect();
    let (mut body, mut bytes, mut broken) = (answer.body, Vec::new(), false);
    while let Some(frame) = body.frame().await {
        match frame.map(http_body::Frame::into_data) {
            Ok(Ok(part)) => bytes.extend_from_slice(&part),
            Ok(Err(_)) => {}
            Err(_) => {
                broken = true;
                break;
            }
        }
    }
    let mut lines: Vec<String> = String::from_utf8_lossy(&bytes).lines().map(str::to_owned).collect();
    lines.sort_unstable();
    match (broken, whole) {
        (true, _) => Seen::Broken(lines),
        (false, true) => Seen::Answer(headers, lines),
        (false, false) => Seen::Rows(lines),
    }
}
