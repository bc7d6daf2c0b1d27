//! Makes what is missing: tables first, then the views that fill them. Nothing is dropped and nothing is altered.

use crate::upstream::Upstream;
use crate::upstream::change::{Change, NewView};

use super::plan::{Finding, Found};

/// Does the work of every finding, and says in it what came of that.
pub async fn apply(findings: &mut [Finding], upstream: &Upstream) {
    for finding in findings {
        let Some(change) = finding.work.take() else { continue };
        let done = match &change {
            Change::View(view) => fits(view, upstream).await,
            _ => Ok(()),
        };
        let done = match done {
            Ok(()) => upstream.change(change, false).await.map_err(|error| error.to_string()),
            Err(why) => Err(why),
        };
        match done {
            Ok(()) => finding.found = Found::Made,
            Err(why) => {
                finding.found = Found::Failed;
                finding.why = Some(why);
            }
        }
    }
}

/// Whether what the view's query gives can go into the table. ClickHouse makes a view all the same, and then refuses every
/// row that comes in.
async fn fits(view: &NewView, upstream: &Upstream) -> Result<(), String> {
    let Upstream::ClickHouse(clickhouse) = upstream else {
        return Err("this upstream has no materialized views".to_owned());
    };
    let said = |error: crate::upstream::UpstreamError| error.to_string();
    let described = upstream.describe(Some(&view.target), &|_| false).await.map_err(said)?;
    let target = described.first().ok_or("the data source that it fills is not there")?;
    let text = format!("DESCRIBE TABLE ({}) FORMAT JSONCompactEachRow", view.query);
    let answer = clickhouse.run(&text).await.map_err(said)?;
    let lines = serde_json::Deserializer::from_slice(&answer).into_iter::<Vec<String>>();
    let mut casts = Vec::new();
    for line in lines {
        let line = line.map_err(|_| "the upstream's answer cannot be used")?;
        let name = line.first().ok_or("the upstream's answer cannot be used")?;
        let field = target.fields.iter().find(|field| field.name == *name);
        let field =
            field.ok_or_else(|| format!("it gives a column `{name}` that `{}` does not have", view.target.table))?;
        let quoted = |text: &str, quote: char| {
            let escaped = text.replace('\\', "\\\\").replace(quote, &format!("\\{quote}"));
            format!("{quote}{escaped}{quote}")
        };
        casts.push(format!("CAST({}, {})", quoted(name, '`'), quoted(&field.type_name, '\'')));
    }
    let text = format!("SELECT {} FROM ({}) LIMIT 0 FORMAT Null", casts.join(", "), view.query);
    clickhouse.run(&text).await.map(drop).map_err(said)
}
