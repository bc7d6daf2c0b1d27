//! Fetches one document over HTTP: the keys of an issuer. No redirect is followed, nothing is sent but the request.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, StatusCode, Uri};
use http_body_util::Full;

use super::UpstreamError;
use super::client::{self, Client};

/// How long a connection, and how long the whole document may take.
const CONNECT: Duration = Duration::from_secs(3);
const WHOLE: Duration = Duration::from_secs(10);

/// The document at `url`, at most `bytes` long.
///
/// # Errors
/// [`UpstreamError`] for everything but a 200 that comes whole and in time.
pub async fn fetch(url: &str, bytes: usize) -> Result<Bytes, UpstreamError> {
    let url: Uri = url.parse().map_err(|_| UpstreamError::BadAnswer)?;
    let mut base = url.clone().into_parts();
    base.path_and_query = Some(http::uri::PathAndQuery::from_static("/"));
    let base = Uri::from_parts(base).map_err(|_| UpstreamError::BadAnswer)?;
    let client = Client::new([&base], None, CONNECT).map_err(|_| UpstreamError::Unreachable)?;
    let mut request = Request::new(Full::new(Bytes::new()));
    *request.uri_mut() = url;
    let response = client.send(request, WHOLE).await?;
    if response.status() != StatusCode::OK || !client::is_identity(&response) {
        return Err(UpstreamError::BadAnswer);
    }
    client::capped(response.into_body(), bytes, WHOLE).await
}
