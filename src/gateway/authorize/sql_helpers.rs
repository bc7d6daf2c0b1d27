//! What Tinybird's command line asks about a text before it sends it: which tables it names, and how it looks formatted.
//! Nothing is run and nothing is looked up, so it tells nothing that is not in the text.

use bytes::Bytes;
use serde_json::{Value, json};

use super::Authorize;
use crate::gateway::authenticate::Message;
use crate::gateway::parameters::Parameters;
use crate::gateway::{Error, body};
use crate::sql;
use crate::store::Snapshot;

impl Authorize {
    /// `{"tables": [[database, table], …]}`, the database empty where the text names none.
    pub(super) async fn sql_tables(&self, snapshot: &Snapshot, message: Message) -> Result<Value, Error> {
        let text = self.asked(message).await?;
        let outline = sql::outline(&text, self.upstream.dialect(), &snapshot.limits).map_err(Error::Refused)?;
        let pair = |name: &String| match name.split_once('.') {
            Some((database, table)) => json!([database, table]),
            None => json!(["", name]),
        };
        Ok(json!({ "tables": outline.tables.iter().map(pair).collect::<Vec<_>>() }))
    }

    /// `{"q": text}`: the text as it is. Formatting is for people, and its author's is theirs.
    pub(super) async fn sql_format(&self, message: Message) -> Result<Value, Error> {
        Ok(json!({ "q": self.asked(message).await? }))
    }

    async fn asked(&self, mut message: Message) -> Result<String, Error> {
        let body = match message.method {
            http::Method::POST => body::read(std::mem::take(&mut message.body), self.body_idle).await?,
            _ => Bytes::new(),
        };
        let fields = Parameters::parse(&body)?;
        let text = message.parameters.one("q")?.or(fields.one("q")?);
        text.map(str::to_owned)
            .ok_or_else(|| Error::Parameter("the request has no statement: `q` is missing".to_owned()))
    }
}
