//! A dialect is data behind one face.
//!
//! Every difference between engines that the lexer, the reader and the emitter know is a method here. Beside it only
//! `public` (system tables), `second` (the other parser's name for it) and `admit` (functions that take names) ask which
//! dialect it is.

pub mod functions;

use crate::catalog::Engine;

use functions::Functions;

/// The SQL that an upstream speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// ClickHouse, checked against 24.8 to 26.9.
    ClickHouse,
    /// SQLite 3.40 and later.
    Sqlite,
    /// What most engines share (DataFusion, Trino, Druid, Pinot …). What it cannot promise is in `SECURITY.md`.
    Generic,
}

/// How a row filter is put around a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WallKind {
    /// `view(SELECT … PREWHERE (filter))`: a wall for aliases and lambdas, and for the evaluation of rows. The index
    /// analysis still sees the statement's conditions, so it is for statements that cannot fail on a value.
    ViewPrewhere,
    /// `view(SELECT … PREWHERE (filter) LIMIT n)`: a wall for the index analysis too.
    ViewPrewhereFence,
    /// `view(SELECT … WHERE (filter) LIMIT n)`: where there is no PREWHERE. Costs the user's own index conditions.
    ViewFence,
    /// `(SELECT … WHERE (filter) LIMIT -1)`: SQLite's optimisation fence.
    SubqueryFence,
    /// `(SELECT … WHERE (filter))`: no promise about evaluation order.
    Subquery,
}

impl Dialect {
    /// Whether a backslash escapes the next character of a string.
    pub(super) fn has_backslash_escapes(self) -> bool {
        self == Self::ClickHouse
    }

    /// Whether names may stand in backticks.
    pub(super) fn has_backtick_names(self) -> bool {
        self != Self::Generic
    }

    /// The quote that the gateway writes around names.
    pub(super) fn name_quote(self) -> char {
        match self {
            Self::ClickHouse => '`',
            Self::Sqlite | Self::Generic => '"',
        }
    }

    /// Whether a bare name stays bare. SQLite and the engines behind the generic dialect name a result column after its
    /// text and fold the case of bare names only; a name that is a keyword of ours is quoted even there.
    pub(super) fn keeps_bare_names(self) -> bool {
        self != Self::ClickHouse
    }

    /// `x'4142'`: a blob in SQLite, a string in ClickHouse.
    pub(super) fn has_blobs(self) -> bool {
        self != Self::Generic
    }

    /// Whether such a literal is a string like any other, and is written as one.
    pub(super) fn blobs_are_strings(self) -> bool {
        self == Self::ClickHouse
    }

    /// `IS` and `IS NOT` compare any two values.
    pub(super) fn has_is_operator(self) -> bool {
        self == Self::Sqlite
    }

    pub(super) fn has_binary_numbers(self) -> bool {
        self == Self::ClickHouse
    }

    pub(super) fn has_digit_separators(self) -> bool {
        self == Self::ClickHouse
    }

    pub(super) fn has_digit_names(self) -> bool {
        self == Self::ClickHouse
    }

    /// Brackets for arrays and subscripts.
    pub(super) fn has_arrays(self) -> bool {
        self == Self::ClickHouse
    }

    pub(super) fn has_json_arrows(self) -> bool {
        self == Self::Sqlite
    }

    /// `.^name` and `.:Type`.
    pub(super) fn has_json_paths(self) -> bool {
        self == Self::ClickHouse
    }

    pub(super) fn has_bit_operators(self) -> bool {
        self == Self::Sqlite
    }

    /// Lambdas, the ternary operator, map literals, typed parameters, tuple access, aliases inside expressions.
    pub(super) fn has_clickhouse_expressions(self) -> bool {
        self == Self::ClickHouse
    }

    /// PREWHERE, SAMPLE, FINAL, ARRAY JOIN, join strictness, LIMIT BY, SETTINGS, scalar WITH, FROM-first.
    pub(super) fn has_clickhouse_clauses(self) -> bool {
        self == Self::ClickHouse
    }

    /// `x::Type`.
    pub(super) fn has_cast_operator(self) -> bool {
        self != Self::Sqlite
    }

    /// Whether a CTE that names itself without RECURSIVE reads the table behind its name (ClickHouse) or is an error or
    /// a recursion.
    pub(super) fn self_reference_is_table(self) -> bool {
        self == Self::ClickHouse
    }

    /// Whether `x IN name` reads a table.
    pub(super) fn has_in_table(self) -> bool {
        self != Self::Generic
    }

    /// Whether the engine has a keyword of that spelling that the grammar here does not reserve: it is quoted.
    pub(super) fn is_engine_keyword(self, word: &str) -> bool {
        self == Self::Sqlite && SQLITE_KEYWORDS.binary_search(&word.to_ascii_uppercase().as_str()).is_ok()
    }

    /// Whether names that differ by case are one name.
    pub(super) fn folds_names(self) -> bool {
        self != Self::ClickHouse
    }

    /// Whether a name stands for another under this dialect's rules of case.
    pub(super) fn same_name(self, left: &str, right: &str) -> bool {
        if self.folds_names() { left.eq_ignore_ascii_case(right) } else { left == right }
    }

    /// The functions that are on the list.
    pub(super) fn functions(self) -> &'static Functions {
        functions::of(self)
    }

    /// Table functions that read nothing of the deployment's: they make rows from their arguments. `values` and `null` are
    /// not among them: the structure that they take is read as CREATE TABLE's, and an `ALIAS` in it calls any function.
    pub(super) fn table_functions(self) -> &'static [&'static str] {
        match self {
            Self::ClickHouse => &["generateSeries", "generate_series", "numbers", "numbers_mt", "zeros", "zeros_mt"],
            Self::Sqlite => &["json_each", "json_tree"],
            Self::Generic => &[],
        }
    }

    /// Settings that a query may give itself: they change how an answer is computed or written, never what is read.
    pub(super) fn settings(self) -> &'static [&'static str] {
        match self {
            Self::ClickHouse => CLICKHOUSE_SETTINGS,
            Self::Sqlite | Self::Generic => &[],
        }
    }

    /// The settings of a query that change what an expression means, and so a row filter's: with `transform_null_in`
    /// a NULL is not in `(1, 2)`, and a time in text is another time in another `session_timezone`.
    #[must_use]
    pub fn settings_that_reach_filters(self) -> &'static [&'static str] {
        match self {
            Self::ClickHouse => CLICKHOUSE_SETTINGS_THAT_REACH_FILTERS,
            Self::Sqlite | Self::Generic => &[],
        }
    }

    /// How a query of the gateway's begins as a table, and what keeps conditions from outside out of it.
    pub(super) fn query_wall(self) -> (&'static str, &'static str) {
        match self {
            Self::ClickHouse => ("view(", " LIMIT 9223372036854775807"),
            Self::Sqlite => ("(", " LIMIT -1"),
            Self::Generic => ("(", ""),
        }
    }

    /// The wall for a filtered table. `whole` is whether it must see merged rows (FINAL): PREWHERE runs before the merge
    /// and would show a row's stale version. `total` is whether nothing in the statement can fail on a row's values.
    pub(super) fn wall(self, engine: Engine, whole: bool, total: bool) -> WallKind {
        match (self, engine) {
            (Self::ClickHouse, Engine::MergeTree) if !whole && total => WallKind::ViewPrewhere,
            (Self::ClickHouse, Engine::MergeTree) if !whole => WallKind::ViewPrewhereFence,
            (Self::ClickHouse, _) => WallKind::ViewFence,
            (Self::Sqlite, _) => WallKind::SubqueryFence,
            (Self::Generic, _) => WallKind::Subquery,
        }
    }
}

/// ClickHouse 26.7. Left out on purpose: everything that names a file, a table, a cluster, a dialect, a profile or a
/// policy; everything that switches the analyzer or an optimisation that a wall relies on; and bounds on rows *read*, which
/// hidden rows count towards.
const CLICKHOUSE_SETTINGS: &[&str] = &[
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

/// Everything of [`CLICKHOUSE_SETTINGS`] that functions, casts and comparisons look at.
const CLICKHOUSE_SETTINGS_THAT_REACH_FILTERS: &[&str] = &[
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

/// SQLite 3.54, `sqlite3_keyword_name`, without CURRENT_DATE, CURRENT_TIME and CURRENT_TIMESTAMP, which are values.
const SQLITE_KEYWORDS: &[&str] = &[
    "ABORT",
    "ACTION",
    "ADD",
    "AFTER",
    "ALL",
    "ALTER",
    "ALWAYS",
    "ANALYZE",
    "AND",
    "AS",
    "ASC",
    "ATTACH",
    "AUTOINCREMENT",
    "BEFORE",
    "BEGIN",
    "BETWEEN",
    "BY",
    "CASCADE",
    "CASE",
    "CAST",
    "CHECK",
    "COLLATE",
    "COLUMN",
    "COMMIT",
    "CONFLICT",
    "CONSTRAINT",
    "CREATE",
    "CROSS",
    "CURRENT",
    "DATABASE",
    "DEFAULT",
    "DEFERRABLE",
    "DEFERRED",
    "DELETE",
    "DESC",
    "DETACH",
    "DISTINCT",
    "DO",
    "DROP",
    "EACH",
    "ELSE",
    "END",
    "ESCAPE",
    "EXCEPT",
    "EXCLUDE",
    "EXCLUSIVE",
    "EXISTS",
    "EXPLAIN",
    "FAIL",
    "FILTER",
    "FIRST",
    "FOLLOWING",
    "FOR",
    "FOREIGN",
    "FROM",
    "FULL",
    "GENERATED",
    "GLOB",
    "GROUP",
    "GROUPS",
    "HAVING",
    "IF",
    "IGNORE",
    "IMMEDIATE",
    "IN",
    "INDEX",
    "INDEXED",
    "INITIALLY",
    "INNER",
    "INSERT",
    "INSTEAD",
    "INTERSECT",
    "INTO",
    "IS",
    "ISNULL",
    "JOIN",
    "KEY",
    "LAST",
    "LEFT",
    "LIKE",
    "LIMIT",
    "MATCH",
    "MATERIALIZED",
    "NATURAL",
    "NO",
    "NOT",
    "NOTHING",
    "NOTNULL",
    "NULL",
    "NULLS",
    "OF",
    "OFFSET",
    "ON",
    "OR",
    "ORDER",
    "OTHERS",
    "OUTER",
    "OVER",
    "PARTITION",
    "PLAN",
    "PRAGMA",
    "PRECEDING",
    "PRIMARY",
    "QUERY",
    "RAISE",
    "RANGE",
    "RECURSIVE",
    "REFERENCES",
    "REGEXP",
    "REINDEX",
    "RELEASE",
    "RENAME",
    "REPLACE",
    "RESTRICT",
    "RETURNING",
    "RIGHT",
    "ROLLBACK",
    "ROW",
    "ROWS",
    "SAVEPOINT",
    "SELECT",
    "SET",
    "TABLE",
    "TEMP",
    "TEMPORARY",
    "THEN",
    "TIES",
    "TO",
    "TRANSACTION",
    "TRIGGER",
    "UNBOUNDED",
    "UNION",
    "UNIQUE",
    "UPDATE",
    "USING",
    "VACUUM",
    "VALUES",
    "VIEW",
    "VIRTUAL",
    "WHEN",
    "WHERE",
    "WINDOW",
    "WITH",
    "WITHIN",
    "WITHOUT",
];
