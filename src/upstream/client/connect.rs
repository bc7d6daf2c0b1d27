//! Makes the client: addresses checked, authorities read.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use hyper_rustls::{ConfigBuilderExt, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::upstream::Body;

/// Below the shortest keep-alive of an upstream that is met in practice (ClickHouse before 23: 3 s), so that an idle
/// connection is dropped here before it is dropped there.
const IDLE_CONNECTION: Duration = Duration::from_millis(2_500);
const IDLE_CONNECTIONS: usize = 64;
const TCP_KEEPALIVE: Duration = Duration::from_secs(30);
/// The largest head of an answer, in bytes, and the most headers in it.
const LARGEST_HEAD: usize = 32 * 1024;
const MOST_HEADERS: usize = 100;

/// The settings do not describe an upstream that can be reached.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// There is no endpoint.
    #[error("an upstream needs at least one endpoint")]
    NoEndpoint,
    /// An address is not `http://host:port` or `https://host:port`.
    #[error("the upstream's address `{0}` is not `http://host:port` or `https://host:port`")]
    Address(String),
    /// The authorities' file cannot be used.
    #[error("cannot read authorities from `{}`: {reason}", path.display())]
    Authorities {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// TLS cannot be set up.
    #[error("cannot set up TLS: {0}")]
    Tls(String),
    /// A credential holds bytes that no header can carry.
    #[error("the upstream's credential cannot be sent in a header")]
    Credential,
    /// The path, or a parameter, header or JSON pointer of the request cannot be sent as configured.
    #[error("{0}")]
    Request(String),
}

/// Only scheme, host and port: user names belong in their settings, paths in theirs.
pub(super) fn check_base(base: &Uri) -> Result<(), SettingsError> {
    let scheme = base.scheme_str().is_some_and(|scheme| scheme == "http" || scheme == "https");
    let authority = base.authority().is_some_and(|authority| !authority.as_str().contains('@'));
    let bare = base.path_and_query().is_none_or(|rest| rest.as_str() == "/" || rest.as_str().is_empty());
    if scheme && authority && bare {
        return Ok(());
    }
    let host = base.host().unwrap_or_default();
    Err(SettingsError::Address(format!("{}://{host}…", base.scheme_str().unwrap_or_default())))
}

/// The pooled client.
pub(super) fn client(
    tls: bool,
    ca_file: Option<&Path>,
    connect_timeout: Duration,
) -> Result<Client<HttpsConnector<HttpConnector>, Body>, SettingsError> {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(Some(connect_timeout));
    tcp.set_keepalive(Some(TCP_KEEPALIVE));
    let connector = HttpsConnectorBuilder::new()
        .with_tls_config(tls_config(tls, ca_file)?)
        .https_or_http()
        .enable_http1()
        .wrap_connector(tcp);
    Ok(Client::builder(TokioExecutor::new())
        .timer(TokioTimer::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE_CONNECTION)
        .pool_max_idle_per_host(IDLE_CONNECTIONS)
        .http1_max_buf_size(LARGEST_HEAD)
        .http1_max_headers(MOST_HEADERS)
        .build(connector))
}

fn tls_config(tls: bool, ca_file: Option<&Path>) -> Result<ClientConfig, SettingsError> {
    let failed = |error: &dyn std::fmt::Display| SettingsError::Tls(error.to_string());
    let builder = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| failed(&error))?;
    let builder = match ca_file {
        Some(path) => builder.with_root_certificates(authorities(path)?),
        None if tls => builder.with_native_roots().map_err(|error| failed(&error))?,
        None => builder.with_root_certificates(RootCertStore::empty()),
    };
    Ok(builder.with_no_client_auth())
}

fn authorities(path: &Path) -> Result<RootCertStore, SettingsError> {
    let fail = |reason: String| SettingsError::Authorities { path: path.to_owned(), reason };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(|error| fail(error.to_string()))? {
        let certificate = certificate.map_err(|error| fail(error.to_string()))?;
        roots.add(certificate).map_err(|error| fail(error.to_string()))?;
    }
    if roots.is_empty() { Err(fail("there is no certificate in it".to_owned())) } else { Ok(roots) }
}
