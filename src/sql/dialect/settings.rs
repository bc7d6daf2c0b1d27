//! Settings that a query may give itself, and which of them may not stand beside a row filter.

use super::Dialect;

impl Dialect {
    /// Settings that a query may give itself: they change how an answer is computed or written, never what is read.
    pub(in crate::sql) fn settings(self) -> &'static [&'static str] {
        if self.is_clickhouse() { CLICKHOUSE } else { &[] }
    }

    /// Why a query with a setting of that value may not read behind a row filter, if it may not. There are two reasons:
    ///
    /// - it changes what an expression means, and so the filter's: with `transform_null_in` a NULL is not in `(1, 2)`, and
    ///   a time in text is another time in another `session_timezone`;
    /// - it looks at blocks or at memory, in which hidden rows have a share: `break` ends an answer with the block in which
    ///   the bound was met, and a dictionary counts towards `max_result_bytes` with the values of hidden rows in it.
    #[must_use]
    pub fn objection_beside_filters(self, setting: &str, value: &str) -> Option<&'static str> {
        if !self.is_clickhouse() {
            return None;
        }
        let harmless = (setting == ARROW_DICTIONARIES && value == "0")
            || (setting.ends_with("_overflow_mode") && value.eq_ignore_ascii_case("throw"));
        if THAT_REACH_FILTERS.contains(&setting) {
            Some("would change what a row filter means")
        } else if THAT_LOOK_AT_BLOCKS.contains(&setting) && !harmless {
            Some("would tell of rows that a row filter hides")
        } else {
            None
        }
    }
}

/// Arrow's dictionaries hold every value of a part's, hidden rows' among them.
const ARROW_DICTIONARIES: &str = "output_format_arrow_low_cardinality_as_dictionary";

/// ClickHouse 26.7. Left out on purpose: everything that names a file, a table, a cluster, a dialect, a profile or a
/// policy; everything that switches the analyzer or an optimisation that a wall relies on; and bounds on rows *read*, which
/// hidden rows count towards.
const CLICKHOUSE: &[&str] = &[
    "aggregate_functions_null_for_empty",
    "any_join_distinct_right_table_keys",
    "bool_false_representation",
    "bool_true_representation",
    "cast_keep_nullable",
    "data_type_default_nullable",
    "date_time_input_format",
    "date_time_output_format",
    "decimal_check_overflow",
    "distinct_overflow_mode",
    "empty_result_for_aggregation_by_empty_set",
    "enable_positional_arguments",
    "extremes",
    "float_precision",
    "format_csv_delimiter",
    "group_by_overflow_mode",
    "group_by_use_nulls",
    "join_algorithm",
    "join_any_take_last_row",
    "join_default_strictness",
    "join_overflow_mode",
    "join_use_nulls",
    "limit",
    "max_block_size",
    "max_execution_time",
    "max_result_bytes",
    "max_result_rows",
    "max_rows_in_join",
    "max_rows_to_group_by",
    "max_threads",
    "offset",
    "output_format_csv_crlf_end_of_line",
    "output_format_decimal_trailing_zeros",
    "output_format_json_array_of_rows",
    "output_format_json_escape_forward_slashes",
    "output_format_json_named_tuples_as_objects",
    "output_format_json_quote_64bit_floats",
    "output_format_json_quote_64bit_integers",
    "output_format_json_quote_decimals",
    "output_format_json_quote_denormals",
    "output_format_json_validate_utf8",
    "output_format_parquet_string_as_string",
    "prefer_column_name_to_alias",
    "result_overflow_mode",
    "session_timezone",
    "totals_auto_threshold",
    "totals_mode",
    "transform_null_in",
    "union_default_mode",
    "use_variant_as_common_type",
];

/// Everything of [`CLICKHOUSE`] that functions, casts and comparisons look at.
const THAT_REACH_FILTERS: &[&str] = &[
    "aggregate_functions_null_for_empty",
    "bool_false_representation",
    "bool_true_representation",
    "cast_keep_nullable",
    "data_type_default_nullable",
    "date_time_input_format",
    "date_time_output_format",
    "decimal_check_overflow",
    "float_precision",
    "output_format_decimal_trailing_zeros",
    "session_timezone",
    "transform_null_in",
    "use_variant_as_common_type",
];

/// What depends on where blocks end, on how rows are divided among threads, or on what a column shares with others.
const THAT_LOOK_AT_BLOCKS: &[&str] = &[
    "distinct_overflow_mode",
    "group_by_overflow_mode",
    "join_overflow_mode",
    "max_result_bytes",
    "max_rows_in_join",
    "max_rows_to_group_by",
    ARROW_DICTIONARIES,
    "result_overflow_mode",
];

#[cfg(test)]
mod tests {
    use super::*;

    const MEANING: Option<&str> = Some("would change what a row filter means");
    const TELLING: Option<&str> = Some("would tell of rows that a row filter hides");

    #[test]
    fn a_setting_is_objected_to_by_what_it_does() {
        for (setting, value, objection) in [
            ("transform_null_in", "0", MEANING),
            ("session_timezone", "UTC", MEANING),
            ("max_result_bytes", "100", TELLING),
            ("max_result_bytes", "throw", TELLING),
            ("max_result_bytes", "0", TELLING),
            ("result_overflow_mode", "break", TELLING),
            ("result_overflow_mode", "0", TELLING),
            ("result_overflow_mode", "throw", None),
            ("group_by_overflow_mode", "THROW", None),
            (ARROW_DICTIONARIES, "1", TELLING),
            (ARROW_DICTIONARIES, "throw", TELLING),
            (ARROW_DICTIONARIES, "0", None),
            ("max_threads", "1", None),
            ("join_use_nulls", "1", None),
        ] {
            assert_eq!(Dialect::ClickHouse.objection_beside_filters(setting, value), objection, "{setting} {value}");
            assert_eq!(Dialect::Tinybird.objection_beside_filters(setting, value), objection, "{setting} {value}");
            assert_eq!(Dialect::Sqlite.objection_beside_filters(setting, value), None);
        }
    }

    #[test]
    fn only_clickhouse_has_settings_in_a_query() {
        let have = |dialect: &&Dialect| !dialect.settings().is_empty();
        let which: Vec<&Dialect> = Dialect::ALL.iter().filter(have).collect();
        assert_eq!(which, [&Dialect::ClickHouse, &Dialect::Tinybird]);
        let known = |setting: &&&str| CLICKHOUSE.contains(setting) || **setting == ARROW_DICTIONARIES;
        assert!(THAT_REACH_FILTERS.iter().chain(THAT_LOOK_AT_BLOCKS).all(|setting| known(&setting)));
        assert!(CLICKHOUSE.is_sorted());
    }
}
