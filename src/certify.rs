//! Certification: whether the walls hold on a live ClickHouse.
//!
//! In scratch databases of its own it makes two twins that differ only in rows hidden by a filter, and a third that has
//! nothing but the permitted rows, in several layouts of tables. Statements that would tell hidden rows (by values, by
//! errors, by counters) go through the real rewriting and the real upstream:
//!
//! - **twins**: both answer the same, to the byte of what a client is given;
//! - **copy**: the rewritten statement on everything answers what the plain one answers on the copy;
//! - **power**: without any filter the twins do *not* answer the same, so the first check can fail;
//! - **second layer**: with the filters only beside the text, hidden rows stay hidden;
//! - **refused**: statements that read around a filter never reach the engine.
//!
//! What hidden rows share with permitted ones (`shared`) is asked of a whole gateway in this process (`front`).

mod front;
mod ground;
mod shared;
mod statements;

use std::sync::Arc;

use crate::catalog::{Catalog, TableName};
use crate::sql::{self, Dialect, Extensions, Limits, Rewritten, RowFilter, Visible};
use crate::upstream::clickhouse::Settings;
use crate::upstream::clickhouse::version::release;
use crate::upstream::{Upstream, UpstreamError};

use ground::{Database, Ground, Seen};
use statements::{Layout, REFUSED, layouts, statements};

/// What every hidden row of the twins has in a text column: an answer that has it has a hidden row.
const CANARY: &str = "boom";
/// The filter, over both tables.
const FILTER: &str = "org_id = 1";
/// The least share of the statements whose answers differ between the twins when nothing is filtered, in percent.
const LEAST_POWER: usize = 30;

/// What was found.
#[derive(Debug, Clone)]
pub struct Certificate {
    /// The server's version, as it says it.
    pub version: String,
    /// Each check, in the order they were made.
    pub checks: Vec<Check>,
}

/// One check.
#[derive(Debug, Clone)]
pub struct Check {
    /// What was checked.
    pub name: String,
    /// How many statements or pairs it compared.
    pub compared: usize,
    /// The first things that were wrong; none means that it holds.
    pub wrong: Vec<String>,
}

/// Certification could not be carried out.
#[derive(Debug, thiserror::Error)]
pub enum CertifyError {
    /// The server could not be used.
    #[error("{what}: {source}")]
    Upstream {
        /// What was being done.
        what: String,
        /// What the server, or the way to it, said.
        source: UpstreamError,
    },
    /// The files of a gateway of its own could not be written.
    #[error("the folder of temporary files cannot be used: {0}")]
    Folder(std::io::Error),
    /// A gateway of its own could not be put together.
    #[error("the gateway in front of a scratch database: {0}")]
    Front(String),
    /// Somebody pressed Ctrl-C.
    #[error("interrupted; nothing is proven")]
    Interrupted,
    /// The settings do not describe a server that can be reached.
    #[error(transparent)]
    Settings(#[from] crate::upstream::SettingsError),
}

impl Certificate {
    /// Whether everything holds.
    #[must_use]
    pub fn is_proven(&self) -> bool {
        !self.checks.is_empty() && self.checks.iter().all(|check| check.wrong.is_empty() && check.compared > 0)
    }

    /// The release that this certificate is about.
    #[must_use]
    pub fn release(&self) -> &str {
        release(&self.version)
    }
}

/// Makes every check; `progress` is told each as it ends. The scratch databases are dropped again, whatever happens.
///
/// # Errors
/// [`CertifyError`] when the server cannot be reached or the user may not make databases.
pub async fn certify(settings: Settings, mut progress: impl FnMut(&Check)) -> Result<Certificate, CertifyError> {
    let ground = Ground::new(settings).await?;
    let checks = async {
        let mut checks = Vec::new();
        let mut add = |check: Check| {
            progress(&check);
            checks.push(check);
        };
        add(refused());
        for layout in layouts() {
            let trio = ground.trio(layout).await?;
            for check in on_layout(layout, &trio).await {
                add(check);
            }
            ground.drop_trio(&trio).await;
        }
        shared::checks(&ground).await?.into_iter().for_each(&mut add);
        Ok::<_, CertifyError>(checks)
    };
    let checks = tokio::select! {
        checks = checks => checks,
        _ = tokio::signal::ctrl_c() => Err(CertifyError::Interrupted),
    };
    ground.drop_all().await;
    Ok(Certificate { version: ground.version.clone(), checks: checks? })
}

async fn on_layout(layout: &Layout, trio: &[Database; 3]) -> Vec<Check> {
    let [left, right, copy] = trio;
    let check = |what: &str| Check { name: format!("{what}: {}", layout.name), compared: 0, wrong: Vec::new() };
    let (mut twins, mut same, mut beside, mut power) =
        (check("twins"), check("copy"), check("second layer"), check("power"));
    let mut differ = 0;
    for statement in statements(layout) {
        let [Some(one), Some(other)] = [left, right].map(|database| rewritten(database, &statement, true)) else {
            twins.wrong.push(format!("refused, and it should not be: {statement}"));
            continue;
        };
        let (a, b) = (left.ask(&one).await, right.ask(&other).await);
        twins.compared += 1;
        if a != b {
            twins.wrong.push(format!("{statement}\n    {a:?}\n    {b:?}"));
        }
        if a.tells(CANARY) || b.tells(CANARY) {
            twins.wrong.push(format!("a hidden row: {statement}"));
        }
        if let (Some(open), Seen::Rows(rows)) = (rewritten(copy, &statement, false), &a) {
            same.compared += 1;
            let plain = copy.ask(&open).await;
            if !plain.has_rows(rows) {
                same.wrong.push(format!("{statement}\n    {rows:?}\n    {plain:?}"));
            }
        }
        if let [Some(one), Some(other)] = [left, right].map(|database| rewritten(database, &statement, false)) {
            power.compared += 1;
            differ += usize::from(left.ask(&one).await != right.ask(&other).await);
        }
    }
    if differ * 100 < power.compared * LEAST_POWER {
        power.wrong.push(format!("only {differ} of {} statements could have failed", power.compared));
    }
    if layout.second_layer {
        for statement in
            ["SELECT n, s FROM events", "SELECT count() FROM orders", "SELECT * FROM orders AS o, events AS e"]
        {
            beside.compared += 1;
            // The text of an open table, with the filters of a walled one beside it.
            let (open, walled) = (rewritten(left, statement, false), rewritten(left, statement, true));
            let (Some(open), Some(walled)) = (open, walled) else { continue };
            let seen = left.ask(&Rewritten { table_filters: walled.table_filters, filtered: true, ..open }).await;
            let plain = match rewritten(copy, statement, false) {
                Some(plain) => copy.ask(&plain).await,
                None => continue,
            };
            if seen.tells(CANARY) || !matches!(&seen, Seen::Rows(rows) if plain.has_rows(rows)) {
                beside.wrong.push(format!("{statement}: {seen:?}"));
            }
        }
        return vec![twins, same, power, beside];
    }
    vec![twins, same, power]
}

/// What goes upstream for a statement, filtered or not. `None` when it is refused.
fn rewritten(database: &Database, statement: &str, filtered: bool) -> Option<Rewritten> {
    let (dialect, extensions) = (Dialect::ClickHouse, Extensions::default());
    let filter = Arc::new(RowFilter::compile(FILTER, dialect, &extensions, &|_| None).ok()?);
    let catalog = database.catalog()?;
    let own = |name: &TableName| *name.database == *database.name;
    let visible = |name: &TableName| {
        own(name).then(|| if filtered { Visible::Rows(vec![Arc::clone(&filter)]) } else { Visible::AllRows })
    };
    sql::resolve(statement, dialect, &Limits::default(), &extensions, &catalog).ok()?.rewrite(&visible).ok()
}

/// Statements that read around a filter must be refused before any engine sees them, whatever its version.
fn refused() -> Check {
    let (dialect, extensions) = (Dialect::ClickHouse, Extensions::default());
    let mut catalog = Catalog::new("d", crate::catalog::NameCase::Sensitive);
    catalog.insert(TableName::new("d", "events"), statements::events());
    let filter = RowFilter::compile(FILTER, dialect, &extensions, &|_| None).map(Arc::new);
    let mut check = Check { name: "refused: what reads around a filter".to_owned(), compared: 0, wrong: Vec::new() };
    for statement in REFUSED {
        check.compared += 1;
        let visible = |name: &TableName| {
            let rows = || filter.as_ref().ok().map(|filter| Visible::Rows(vec![Arc::clone(filter)]));
            (*name.table == *"events").then(rows).flatten()
        };
        let accepted = sql::resolve(statement, dialect, &Limits::default(), &extensions, &catalog)
            .and_then(|resolved| resolved.rewrite(&visible));
        if let Ok(rewritten) = accepted {
            check.wrong.push(format!("{statement}\n    became {}", rewritten.text));
        }
    }
    check
}

impl Database {
    fn catalog(&self) -> Option<Arc<Catalog>> {
        Upstream::catalog(&self.upstream)
    }
}
