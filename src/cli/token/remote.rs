//! A gateway's Tokens API, asked from the command line.

use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Uri, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::cli::Failure;
use crate::store::{NewToken, Replacement};
use crate::token::Secret;

/// How long an answer may take, and how large it may be.
const PATIENCE: Duration = Duration::from_secs(60);
const LARGEST: usize = 256 * 1024 * 1024;

/// A gateway and the token to ask it with.
pub(super) struct Remote {
    base: Uri,
    token: Secret,
}

impl Remote {
    pub(super) fn new(base: Uri, token: Secret) -> Self {
        Self { base, token }
    }

    pub(super) fn list(&self) -> Result<Vec<Value>, Failure> {
        let answer = self.ask(Method::GET, "/v0/tokens", None)?;
        Ok(answer.get("tokens").and_then(Value::as_array).cloned().unwrap_or_default())
    }

    pub(super) fn get(&self, which: &str) -> Result<Value, Failure> {
        self.ask(Method::GET, &path(which), None)
    }

    pub(super) fn create(&self, new: &NewToken) -> Result<Value, Failure> {
        let mut body = json!({ "name": new.name, "scope": new.scopes, "origin": "C" });
        if let Value::Object(members) = &mut body {
            members.extend(new.description.as_deref().map(|text| ("description".to_owned(), text.into())));
            members.extend(new.expires.map(|end| ("expires".to_owned(), end.seconds().into())));
        }
        self.ask(Method::POST, "/v0/tokens", Some(body))
    }

    pub(super) fn replace(&self, which: &str, new: &Replacement) -> Result<Value, Failure> {
        let fields = [("name", &new.name), ("description", &new.description)];
        let fields = fields.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text.clone()?.into())));
        let scopes = new.scopes.as_ref().map(|scopes| ("scope".to_owned(), json!(scopes)));
        self.ask(Method::PUT, &path(which), Some(Value::Object(fields.chain(scopes).collect())))
    }

    pub(super) fn refresh(&self, which: &str, grace: Option<u64>) -> Result<Value, Failure> {
        let body = grace.map_or_else(|| json!({}), |seconds| json!({ "grace": seconds }));
        self.ask(Method::POST, &format!("{}/refresh", path(which)), Some(body))
    }

    pub(super) fn remove(&self, which: &str) -> Result<(), Failure> {
        self.ask(Method::DELETE, &path(which), None).map(|_| ())
    }

    /// One request, on a runtime of its own.
    fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(said)?;
        runtime.block_on(async {
            tokio::time::timeout(PATIENCE, self.send(method, path, body))
                .await
                .map_err(|_| Failure::said("the gateway does not answer in time"))?
        })
    }

    async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value, Failure> {
        let target = format!("{}{path}", self.base.to_string().trim_end_matches('/'));
        let request = Request::builder()
            .method(method)
            .uri(target)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.token.expose()))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::new(Bytes::from(body.map(|body| body.to_string()).unwrap_or_default())))
            .map_err(|_| Failure::said("the address or the token cannot be sent"))?;
        let connector = HttpsConnectorBuilder::new().with_native_roots().map_err(said)?.https_or_http().enable_http1();
        let client = Client::builder(TokioExecutor::new()).build(connector.build());
        let unreachable = |_| Failure::said(format!("the gateway at {} cannot be reached", self.base));
        let answer = client.request(request).await.map_err(unreachable)?;
        let status = answer.status();
        let body = Limited::new(answer.into_body(), LARGEST).collect().await.map_err(said)?.to_bytes();
        let body: Value = serde_json::from_slice(&body).unwrap_or_default();
        if status.is_success() {
            return Ok(body);
        }
        let why = body.get("error").and_then(Value::as_str).unwrap_or("it does not say why");
        Err(Failure::said(format!("the gateway answers {}: {why}", status.as_u16())))
    }
}

/// The path of one token: its name is one segment, whatever is in it.
fn path(which: &str) -> String {
    format!("/v0/tokens/{}", utf8_percent_encode(which, NON_ALPHANUMERIC))
}

fn said(error: impl std::fmt::Display) -> Failure {
    Failure::said(error.to_string())
}
