//! The parameters of ClickHouse's HTTP interface that a client may send.
//!
//! A setting that is forwarded changes how an answer is written or makes a bound tighter, and nothing else: none changes
//! which rows a statement means, where they come from, or what it may do. That is why `session_timezone` is missing: in a
//! filter such as `ts > '2026-01-01 00:00:00'` the client would choose where the day begins.

use crate::gateway::Error;
use crate::gateway::parameters::Parameters;

/// What becomes of a parameter.
#[derive(Debug, Clone, Copy)]
enum Rule {
    /// Read elsewhere in this face, or without meaning behind a gateway: accepted and not forwarded.
    Accepted,
    /// Accepted only with one of these values, and not forwarded.
    Only(&'static [&'static str]),
    /// Forwarded: a switch.
    Switch,
    /// Forwarded: a whole number from 1 up to this.
    UpTo(u64),
    /// Forwarded: one of these.
    OneOf(&'static [&'static str]),
}

use Rule::{Accepted, OneOf, Only, Switch, UpTo};

const RULES: &[(&str, Rule)] = &[
    // The request itself. A session would be state that the gateway does not have: the id is accepted because drivers
    // make one up for every connection, and means nothing.
    ("query", Accepted),
    ("query_id", Accepted),
    ("database", Accepted),
    ("default_format", Accepted),
    ("user", Accepted),
    ("session_id", Accepted),
    ("session_timeout", Accepted),
    ("session_check", Only(&["0"])),
    ("client_protocol_version", Accepted),
    ("quota_key", Accepted),
    // The gateway's own to decide: reads are always read-only and cancelled when the client goes.
    ("readonly", Accepted),
    ("cancel_http_readonly_queries_on_client_close", Accepted),
    // Transport between driver and server: answers are sent as they come, uncompressed.
    ("compress", Only(&["0", "false"])),
    ("decompress", Only(&["0", "false"])),
    ("enable_http_compression", Accepted),
    ("http_zlib_compression_level", Accepted),
    ("wait_end_of_query", Accepted),
    ("buffer_size", Accepted),
    ("send_progress_in_http_headers", Accepted),
    ("http_headers_progress_interval_ms", Accepted),
    ("add_http_cors_header", Accepted),
    ("log_queries", Accepted),
    ("log_comment", Accepted),
    // How text is read on the way in: nothing is written through this face.
    ("date_time_input_format", Accepted),
    ("cast_string_to_dynamic_use_inference", Accepted),
    // How an answer is written.
    ("date_time_output_format", OneOf(&["simple", "iso", "unix_timestamp"])),
    ("output_format_json_quote_64bit_integers", Switch),
    ("output_format_json_quote_64bit_floats", Switch),
    ("output_format_json_quote_denormals", Switch),
    ("output_format_json_quote_decimals", Switch),
    ("output_format_json_escape_forward_slashes", Switch),
    ("output_format_json_named_tuples_as_objects", Switch),
    ("output_format_json_array_of_rows", Switch),
    ("output_format_json_validate_utf8", Switch),
    ("output_format_write_statistics", Switch),
    ("output_format_native_encode_types_in_binary_format", Only(&["0"])),
    ("output_format_native_write_json_as_string", Switch),
    ("output_format_binary_write_json_as_string", Switch),
    ("output_format_csv_crlf_end_of_line", Switch),
    ("output_format_tsv_crlf_end_of_line", Switch),
    ("output_format_arrow_string_as_string", Switch),
    ("output_format_arrow_low_cardinality_as_dictionary", Switch),
    ("output_format_parquet_string_as_string", Switch),
    ("output_format_pretty_color", OneOf(&["0", "1", "auto"])),
    ("output_format_pretty_max_rows", UpTo(1_000_000)),
    ("output_format_decimal_trailing_zeros", Switch),
    ("extremes", Only(&["0"])),
    // How NULLs are made and compared: documented meanings of a statement that its own filter does not depend on, since
    // every wall is evaluated on its own table alone.
    ("join_use_nulls", Switch),
    // Bounds.
    ("max_execution_time", UpTo(3_600)),
    ("max_result_rows", UpTo(1_000_000_000)),
    ("max_result_bytes", UpTo(1 << 40)),
    ("result_overflow_mode", OneOf(&["throw", "break"])),
    ("max_block_size", UpTo(1_048_576)),
    ("max_threads", UpTo(64)),
];

/// The settings to be forwarded.
pub(super) fn settings(parameters: &Parameters) -> Result<Vec<(String, String)>, Error> {
    let mut settings = Vec::new();
    for (name, value) in parameters.iter() {
        if name.starts_with("param_") {
            continue;
        }
        let (_, rule) =
            RULES.iter().find(|(known, _)| *known == name).ok_or_else(|| Error::Setting(name.to_owned()))?;
        parameters.one(name)?;
        if let Some(value) = rule.forwarded(value).ok_or_else(|| rejected(name))? {
            settings.push((name.to_owned(), value));
        }
    }
    Ok(settings)
}

impl Rule {
    /// The value to forward, if any; `None` when the value is not permitted.
    fn forwarded(self, value: &str) -> Option<Option<String>> {
        let one_of = |known: &[&str]| known.contains(&value);
        match self {
            Accepted => Some(None),
            Only(known) => one_of(known).then_some(None),
            Switch => match value {
                "0" | "false" => Some(Some("0".to_owned())),
                "1" | "true" => Some(Some("1".to_owned())),
                _ => None,
            },
            UpTo(most) => {
                let number = value.parse::<u64>().ok().filter(|number| (1..=most).contains(number))?;
                Some(Some(number.to_string()))
            }
            OneOf(known) => one_of(known).then(|| Some(value.to_owned())),
        }
    }
}

fn rejected(name: &str) -> Error {
    Error::Parameter(format!("the value of the setting `{name}` is not permitted"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<Vec<(String, String)>, String> {
        settings(&Parameters::parse(query.as_bytes()).unwrap()).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_on_no_list_is_refused() {
        for query in [
            "additional_table_filters={}",
            "role=admin",
            "max_memory_usage=1",
            "x=1",
            "Query=1",
            "readonly%20=0",
            "compress=1",
            "decompress=1",
            "max_execution_time=0",
            "max_execution_time=99999",
            "max_execution_time=-1",
            "max_result_rows=",
            "session_timezone=UTC",
            "date_time_output_format=x",
            "max_threads=1&max_threads=2",
            "allow_ddl=1",
            "query_cache=1",
            "stacktrace=1",
            "enable_positional_arguments=0",
            "limit=1",
        ] {
            assert!(read(query).is_err(), "{query}");
        }
    }

    #[test]
    fn what_drivers_send_is_accepted_and_little_of_it_forwarded() {
        let query = "query_id=x&session_id=y&enable_http_compression=1&send_progress_in_http_headers=1\
            &http_headers_progress_interval_ms=120000&wait_end_of_query=1&client_protocol_version=54405&readonly=0\
            &cancel_http_readonly_queries_on_client_close=1&param_a=1&max_result_rows=0010&join_use_nulls=true";
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(read(query), Ok(vec![pair("max_result_rows", "10"), pair("join_use_nulls", "1")]));
    }
}
