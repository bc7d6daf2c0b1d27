//! Asks every endpoint which release it is.

use super::endpoints::Endpoint;
use super::request::Asked;
use super::{ClickHouse, LARGEST_SCHEMA, answer, client, schema};
use crate::upstream::UpstreamError;

impl ClickHouse {
    /// Asks each endpoint that is well, or each when none is, all at once.
    ///
    /// # Errors
    /// The first one's, when none said anything.
    pub(super) async fn judge_all(&self) -> Result<(), UpstreamError> {
        let all = self.endpoints.all();
        let none_well = !all.iter().any(Endpoint::is_well);
        let asked = all.iter().filter(|endpoint| none_well || endpoint.is_well());
        let answers = futures_util::future::join_all(asked.map(|endpoint| self.judge(endpoint))).await;
        if answers.iter().any(Result::is_ok) {
            return Ok(());
        }
        answers.into_iter().next().unwrap_or(Err(UpstreamError::Unreachable))
    }

    /// Asks one. Whatever it answers but a version makes it one that is not known.
    pub(super) async fn judge(&self, endpoint: &Endpoint) -> Result<(), UpstreamError> {
        let version = self.version_of(endpoint).await;
        endpoint.is(version.as_ref().ok().cloned(), &self.settings.certified);
        version.map(drop)
    }

    async fn version_of(&self, endpoint: &Endpoint) -> Result<String, UpstreamError> {
        let query = self.own_query(schema::VERSION.to_owned(), Vec::new())?;
        let request = self.template.query(endpoint.base(), &query, Asked { wait: true, again: false, joins: &[] })?;
        let response = self.client.send(request, self.settings.answer_timeout).await?;
        let response = answer::well(response, &query, self.settings.answer_timeout).await?;
        schema::version(&client::capped(response.into_body(), LARGEST_SCHEMA, self.settings.answer_timeout).await?)
    }
}
