//! Statements of the operator's own: `portcullis certify` makes its scratch databases with them. No request of a client's
//! ever comes this way.

use bytes::Bytes;

use super::endpoints::Endpoint;
use super::{ClickHouse, answer, client};
use crate::upstream::{Format, Query, UpstreamError};

/// The longest answer that is read, in bytes.
const LARGEST: usize = 64 << 20;

impl ClickHouse {
    /// Runs a statement as the configured user, with all that the user may do, and reads its answer.
    ///
    /// # Errors
    /// [`UpstreamError`], with the engine's own words.
    pub async fn run(&self, statement: &str) -> Result<Bytes, UpstreamError> {
        let endpoint = self.endpoints.next().ok_or(UpstreamError::Unreachable)?;
        let request = self.template.statement(endpoint.base(), statement);
        let response = self.client.send(request, self.settings.answer_timeout).await?;
        let query = Query {
            text: String::new(),
            format: Format::JSON,
            settings: Vec::new(),
            parameters: Vec::new(),
            tables: Vec::new(),
            filtered: false,
            fallible: false,
            table_filters: Vec::new(),
            id: String::new(),
        };
        let response = answer::well(response, &query, self.settings.answer_timeout).await?;
        client::capped(response.into_body(), LARGEST, self.settings.answer_timeout).await
    }

    /// The first version that an endpoint said.
    #[must_use]
    pub fn version(&self) -> Option<String> {
        self.endpoints.all().iter().find_map(Endpoint::version)
    }
}
