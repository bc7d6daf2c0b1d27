//! What is sent: written from nothing, never from a client's request.

use bytes::Bytes;
use form_urlencoded::Serializer;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri};
use http_body_util::Full;

use super::{Settings, SettingsError};
use crate::catalog::TableName;
use crate::token::Secret;
use crate::upstream::{Query, UpstreamError};

/// Parameters that are the gateway's alone: a setting of such a name is not sent, whoever permitted it.
const OURS: [&str; 21] = [
    "additional_table_filters",
    "cancel_http_readonly_queries_on_client_close",
    "compile_aggregate_expressions",
    "compile_expressions",
    "compress",
    "database",
    "default_format",
    "enable_http_compression",
    "http_write_exception_in_output_format",
    "password",
    "query",
    "query_id",
    "query_plan_join_swap_table",
    "query_plan_optimize_join_order_limit",
    "quota_key",
    "readonly",
    "role",
    "send_progress_in_http_headers",
    "use_skip_indexes_if_final",
    "user",
    "wait_end_of_query",
];

/// What a filtered query is not given, whoever permitted it. A sum of floats is rounded block by block (26.7): in small ones
/// it tells how many rows, hidden ones too, stand between two.
const UNSENT_BESIDE_FILTERS: [&str; 2] = ["max_block_size", "output_format_write_statistics"];

/// Parquet's groups of rows end where a block of the engine's does (26.7): all rows are one group, written by the engine's own
/// writer. More of either than any answer has.
const ONE_GROUP: [(&str, &str); 3] = [
    ("output_format_parquet_row_group_size", "1099511627776"),
    ("output_format_parquet_row_group_size_bytes", "1125899906842624"),
    ("output_format_parquet_use_custom_encoder", "1"),
];

/// How one endpoint is asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    /// The answer begins when the query has ended.
    pub(super) wait: bool,
    /// It is the second try.
    pub(super) again: bool,
    /// Settings by which a filtered query joins as its text says.
    pub(super) joins: &'static [(&'static str, &'static str)],
}

/// What every query has in common.
#[derive(Debug)]
pub(super) struct Template {
    headers: HeaderMap,
    database: String,
    seconds: u64,
}

impl Template {
    pub(super) fn new(settings: &Settings) -> Result<Self, SettingsError> {
        let headers = credential(&settings.user, settings.password.as_ref())?;
        let whole = settings.execution_timeout.as_secs() + u64::from(settings.execution_timeout.subsec_nanos() > 0);
        Ok(Self { headers, database: settings.database.clone(), seconds: whole.max(1) })
    }

    /// A query's request.
    pub(super) fn query(&self, base: &Uri, query: &Query, asked: Asked) -> Result<Request<Full<Bytes>>, UpstreamError> {
        let target = self.target(query, asked)?;
        let mut request = request(Method::POST, base, &target, query.text.clone().into());
        if request.uri().path_and_query().is_none_or(|sent| sent.as_str() != target) {
            // Longer than a URI may be (64 KiB): parameters of that size do not reach an engine.
            let message = "the query's parameters are too long".to_owned();
            return Err(UpstreamError::Rejected { code: None, message });
        }
        request.headers_mut().extend(self.headers.clone());
        Ok(request)
    }

    /// A statement of the operator's own.
    pub(super) fn statement(&self, base: &Uri, text: &str) -> Request<Full<Bytes>> {
        let mut request = request(Method::POST, base, "/?wait_end_of_query=1", text.to_owned().into());
        request.headers_mut().extend(self.headers.clone());
        request
    }

    /// A write's request: the statement, and the rows behind it, are the body.
    pub(super) fn write(
        &self,
        base: &Uri,
        body: Bytes,
        settings: &[(&str, &str)],
        writer: &HeaderMap,
    ) -> Request<Full<Bytes>> {
        let mut pairs = Serializer::for_suffix("/?".to_owned(), 2);
        pairs.append_pair("database", &self.database).append_pair("max_execution_time", &self.seconds.to_string());
        pairs.append_pair("wait_end_of_query", "1").append_pair("http_write_exception_in_output_format", "0");
        pairs.append_pair("send_progress_in_http_headers", "0").extend_pairs(settings);
        let mut request = request(Method::POST, base, &pairs.finish(), body);
        request.headers_mut().extend(writer.clone());
        request
    }

    fn target(&self, query: &Query, Asked { wait, again, joins }: Asked) -> Result<String, UpstreamError> {
        let mut pairs = Serializer::for_suffix("/?".to_owned(), 2);
        let format = match query.filtered {
            true => query.format.beside_filters(false).ok_or(UpstreamError::Format(query.format.name()))?,
            false => query.format.name(),
        };
        pairs.append_pair("database", &self.database).append_pair("default_format", format);
        if !query.id.is_empty() {
            // Two tries must not share an id: ClickHouse refuses the second while it still runs the first.
            let id = if again { format!("{}-2", query.id) } else { query.id.clone() };
            pairs.append_pair("query_id", &id);
        }
        // 2 and not 1: reads only, and yet the settings beside it may be given.
        pairs.append_pair("readonly", "2");
        pairs.append_pair("max_execution_time", &self.seconds_for(query).to_string());
        pairs.append_pair("cancel_http_readonly_queries_on_client_close", "1");
        pairs.append_pair("send_progress_in_http_headers", "0");
        // An exception inside the format's own text could be taken for rows.
        pairs.append_pair("http_write_exception_in_output_format", "0");
        pairs.append_pair("wait_end_of_query", if wait { "1" } else { "0" });
        if query.filtered {
            pairs.append_pair("output_format_write_statistics", "0");
            // ClickHouse compiles an expression the third time that anyone uses it, and its compiled code fails on other
            // values (26.7: `toInt8(nan)` does not) and rounds sums otherwise: an answer would tell of others' queries.
            pairs.append_pair("compile_expressions", "0").append_pair("compile_aggregate_expressions", "0");
            // An index knows the values of the parts, and FINAL makes others: of 10 and 20 a SummingMergeTree's 30, which a filter
            // would find only where a hidden row stands near it (26.7).
            pairs.append_pair("use_skip_indexes_if_final", "0");
            pairs.extend_pairs(joins);
        }
        if query.filtered && query.format.name() == "Parquet" {
            pairs.extend_pairs(ONE_GROUP);
        }
        if !query.table_filters.is_empty() {
            pairs.append_pair("additional_table_filters", &table_filters(&query.table_filters));
        }
        for (name, value) in query.settings.iter().filter(|(name, _)| !is_ours(name, query.filtered)) {
            pairs.append_pair(name, value);
        }
        for (name, value) in &query.parameters {
            pairs.append_pair(&format!("param_{name}"), value);
        }
        Ok(pairs.finish())
    }

    /// The shorter of the deployment's limit and the query's own.
    fn seconds_for(&self, query: &Query) -> u64 {
        let own = query.settings.iter().filter(|(name, _)| name == "max_execution_time");
        let own = own.filter_map(|(_, value)| value.parse().ok()).filter(|seconds| *seconds > 0);
        own.fold(self.seconds, u64::min)
    }
}

/// A map of table to condition, as ClickHouse reads the setting: string literals with backslash escapes. Its keys are
/// compared with the table's full name as it is, without quotes (26.7), so one with a dot in a part could mean another table.
fn table_filters(filters: &[(TableName, String)]) -> String {
    let literal = |text: &str| format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"));
    let plain = |name: &TableName| !name.database.contains('.') && !name.table.contains('.');
    let pairs = filters.iter().filter(|(name, _)| plain(name));
    let pairs = pairs.map(|(name, condition)| format!("{}:{}", literal(&name.to_string()), literal(condition)));
    format!("{{{}}}", pairs.collect::<Vec<_>>().join(","))
}

/// Who asks.
pub(super) fn credential(user: &str, password: Option<&Secret>) -> Result<HeaderMap, SettingsError> {
    let mut headers = HeaderMap::new();
    let value = |text: &str| HeaderValue::from_str(text).map_err(|_| SettingsError::Credential);
    headers.insert(HeaderName::from_static("x-clickhouse-user"), value(user)?);
    if let Some(password) = password {
        let mut key = value(password.expose())?;
        key.set_sensitive(true);
        headers.insert(HeaderName::from_static("x-clickhouse-key"), key);
    }
    Ok(headers)
}

fn is_ours(name: &str, filtered: bool) -> bool {
    name == "max_execution_time"
        || OURS.contains(&name)
        || name.starts_with("param_")
        || (filtered && UNSENT_BESIDE_FILTERS.contains(&name))
        || ONE_GROUP.iter().any(|(ours, _)| *ours == name)
}

/// Whether the endpoint is there. It needs no credential, so it carries none.
pub(super) fn ping(base: &Uri) -> Request<Full<Bytes>> {
    request(Method::GET, base, "/ping", Bytes::new())
}

fn request(method: Method, base: &Uri, target: &str, body: Bytes) -> Request<Full<Bytes>> {
    let mut parts = base.clone().into_parts();
    parts.path_and_query = target.parse::<PathAndQuery>().ok();
    let mut request = Request::new(Full::new(body));
    *request.method_mut() = method;
    *request.uri_mut() = Uri::from_parts(parts).unwrap_or_default();
    request
}
