//! A dialect is data behind one face.
//!
//! Every difference between engines that the lexer, the reader and the emitter know is a method here. Beside it only
//! `public` (system tables), `second` (the other parser's name for it) and `admit` (functions that take names) ask which
//! dialect it is. What each promises: `docs/dialects.md`.

pub mod functions;
mod settings;
#[cfg(test)]
mod tests;
mod words;

use std::borrow::Cow;

use crate::catalog::{Engine, NameCase};

use functions::Functions;

use super::lex::RESERVED_PREFIX;

/// The SQL that an upstream speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// ClickHouse, checked against 24.8 to 26.9.
    ClickHouse,
    /// ClickHouse behind an API that speaks Tinybird's v0: one database without a name, and no `view()`.
    Tinybird,
    /// SQLite 3.40 and later.
    Sqlite,
    /// PostgreSQL, checked against 15.18.
    Postgres,
    /// DuckDB, checked against 2.0.1.
    DuckDb,
    /// Trino, by its documentation and grammar.
    Trino,
    /// Druid SQL, by its documentation.
    Druid,
    /// DataFusion, checked against 47.0.0.
    DataFusion,
    /// Pinot's multi-stage engine, by its documentation and source.
    Pinot,
    /// What most engines share. What it cannot promise is in `SECURITY.md`.
    Generic,
}

/// How a row filter is put around a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WallKind {
    /// `view(SELECT … PREWHERE (filter))`: a wall for aliases and lambdas, and for the evaluation of rows. The index
    /// analysis still sees the statement's conditions, so it is for statements that have none but those that it may see.
    ViewPrewhere,
    /// `view(SELECT … PREWHERE (filter) WHERE … LIMIT n)`: a wall for the index analysis too. Behind WHERE stands what it may see.
    ViewPrewhereFence,
    /// `view(SELECT … WHERE (filter) AND … LIMIT n)`: where there is no PREWHERE.
    ViewFence,
    /// `(SELECT … WHERE (filter) LIMIT -1)`: SQLite's optimisation fence.
    SubqueryFence,
    /// `(SELECT … WHERE (filter) UNION ALL SELECT … WHERE FALSE OFFSET 0)`: PostgreSQL's. OFFSET is the fence for the
    /// evaluation of rows; the set operation hides the columns' statistics, on which the planner runs LIKE.
    SubqueryBlind,
    /// `(WITH RECURSIVE … AS (SELECT … WHERE (filter) UNION ALL SELECT … WHERE FALSE) SELECT … LIMIT n)`: DuckDB's. LIMIT is
    /// the fence for the evaluation of rows; the recursion, which ends at once, hides the columns' least and greatest
    /// values, by which the optimiser leaves out conditions.
    RecursionLimit,
    /// `(SELECT … WHERE (filter) LIMIT n)`: an optimiser moves no condition below a LIMIT.
    SubqueryLimit,
    /// `(SELECT … WHERE (filter))`: no promise about evaluation order.
    Subquery,
}

impl Dialect {
    /// Every dialect, for what must hold in each.
    pub const ALL: [Self; 10] = [
        Self::ClickHouse,
        Self::Tinybird,
        Self::Sqlite,
        Self::Postgres,
        Self::DuckDb,
        Self::Trino,
        Self::Druid,
        Self::DataFusion,
        Self::Pinot,
        Self::Generic,
    ];

    /// Whether it is ClickHouse's grammar and lists, whatever stands before it.
    #[must_use]
    pub fn is_clickhouse(self) -> bool {
        matches!(self, Self::ClickHouse | Self::Tinybird)
    }

    /// How the gateway's own names begin. What goes to another gateway is read there once more, and must not look like
    /// that one's own.
    pub(super) fn reserved_prefix(self) -> &'static str {
        if self == Self::Tinybird { "__pv" } else { RESERVED_PREFIX }
    }

    /// Whether a statement's names reach into a wall: a plain subquery is no border for them, `view()` is.
    pub(super) fn names_reach_into_walls(self) -> bool {
        self == Self::Tinybird
    }

    /// Whether a backslash escapes the next character of a string.
    pub(super) fn has_backslash_escapes(self) -> bool {
        self.is_clickhouse()
    }

    /// Whether nobody knows what a backslash in a string means: MySQL and its kin read it as an escape, standard SQL does
    /// not, and `'\'` closes in one of them only.
    pub(super) fn refuses_backslashes(self) -> bool {
        self == Self::Generic
    }

    /// Whether the engine cuts `OPTION(…)` out of the text before it parses it, quotes or no quotes: until 0.10 Pinot did so
    /// anywhere, and since then at the end. From one inside a string it cuts to the next bracket, over whatever stands between.
    pub(super) fn cuts_options(self) -> bool {
        self == Self::Pinot
    }

    /// Whether `/*+ … */` is more than a comment.
    pub(super) fn has_hints(self) -> bool {
        self == Self::Pinot
    }

    /// Whether names that begin with `$` are columns of the engine's own: which segment of which host a row stands in.
    pub(super) fn has_virtual_columns(self) -> bool {
        self == Self::Pinot
    }

    /// `E'…'`, with backslash escapes.
    pub(super) fn has_escape_strings(self) -> bool {
        matches!(self, Self::Postgres | Self::DuckDb)
    }

    /// Whether a string with a backslash is written as `E'…'`, which means the same whatever
    /// `standard_conforming_strings` says.
    pub(super) fn writes_escape_strings(self) -> bool {
        self == Self::Postgres
    }

    /// Whether names may stand in backticks.
    pub(super) fn has_backtick_names(self) -> bool {
        self.is_clickhouse() || matches!(self, Self::Sqlite | Self::DataFusion)
    }

    /// The quote that the gateway writes around names.
    pub(super) fn name_quote(self) -> char {
        if self.is_clickhouse() { '`' } else { '"' }
    }

    /// Whether a bare name stays bare. SQLite names a result column after its text, and engines behind the generic dialect
    /// fold the case of bare names in ways that are not known; a name that is a keyword of ours is quoted even there.
    pub(super) fn keeps_bare_names(self) -> bool {
        matches!(self, Self::Sqlite | Self::Generic)
    }

    /// `x'4142'`: a blob in SQLite, a string in ClickHouse. PostgreSQL reads bits, DuckDB bytes of another spelling.
    pub(super) fn has_blobs(self) -> bool {
        self.is_clickhouse() || self == Self::Sqlite
    }

    /// Whether such a literal is a string like any other, and is written as one.
    pub(super) fn blobs_are_strings(self) -> bool {
        self.is_clickhouse()
    }

    /// `IS` and `IS NOT` compare any two values.
    pub(super) fn has_is_operator(self) -> bool {
        self == Self::Sqlite
    }

    pub(super) fn has_binary_numbers(self) -> bool {
        self.is_clickhouse()
    }

    /// `0x1F`. PostgreSQL before 16 reads `0 AS x1F`.
    pub(super) fn has_hex_numbers(self) -> bool {
        self.is_clickhouse() || self == Self::Sqlite
    }

    pub(super) fn has_digit_separators(self) -> bool {
        self.is_clickhouse()
    }

    pub(super) fn has_digit_names(self) -> bool {
        self.is_clickhouse()
    }

    /// Whether `$` goes on with a word, as in `resource$$name`. A word that begins with it could be a heredoc.
    pub(super) fn has_dollars_in_words(self) -> bool {
        self.is_clickhouse()
    }

    /// Whether a word of the grammar ends where a string begins: `WHERE a LIKE'b'`. In other engines a letter before a
    /// string can make it one of another kind.
    pub(super) fn ends_words_at_strings(self) -> bool {
        self.is_clickhouse()
    }

    /// Brackets for arrays and subscripts.
    pub(super) fn has_arrays(self) -> bool {
        !matches!(self, Self::Sqlite | Self::Generic)
    }

    /// `->` and `->>`; in DuckDB and Trino the arrow is a lambda's too. Neither can give a lambda a name.
    pub(super) fn has_json_arrows(self) -> bool {
        matches!(self, Self::Sqlite | Self::Postgres | Self::DuckDb | Self::Trino)
    }

    /// `.^name` and `.:Type`.
    pub(super) fn has_json_paths(self) -> bool {
        self.is_clickhouse()
    }

    pub(super) fn has_bit_operators(self) -> bool {
        matches!(self, Self::Sqlite | Self::Postgres | Self::DuckDb | Self::DataFusion)
    }

    /// `<=>`: NULL-safe in ClickHouse and in what the generic dialect stands for, a distance in PostgreSQL's extensions.
    pub(super) fn has_null_safe_equal(self) -> bool {
        self.is_clickhouse() || matches!(self, Self::Sqlite | Self::Generic)
    }

    /// Lambdas, the ternary operator, map literals, typed parameters, tuple access, aliases inside expressions.
    pub(super) fn has_clickhouse_expressions(self) -> bool {
        self.is_clickhouse()
    }

    /// PREWHERE, SAMPLE, FINAL, ARRAY JOIN, join strictness, LIMIT BY, SETTINGS, scalar WITH, FROM-first.
    pub(super) fn has_clickhouse_clauses(self) -> bool {
        self.is_clickhouse()
    }

    /// `x::Type`.
    pub(super) fn has_cast_operator(self) -> bool {
        !matches!(self, Self::Sqlite | Self::Trino | Self::Druid | Self::Pinot)
    }

    /// Whether a CTE that names itself without RECURSIVE reads the table behind its name (ClickHouse) or is an error or
    /// a recursion.
    pub(super) fn self_reference_is_table(self) -> bool {
        self.is_clickhouse()
    }

    /// Whether such a table can be written as a query: `x IN (SELECT * FROM name)`.
    pub(super) fn rewrites_in_table(self) -> bool {
        self.is_clickhouse()
    }

    /// Whether names that differ by case can be one name.
    pub(super) fn folds_names(self) -> bool {
        !self.is_clickhouse() && self != Self::Druid
    }

    /// A name as it is looked up.
    pub(super) fn folded(self, name: &str) -> Cow<'_, str> {
        if self.folds_names() { Cow::Owned(name.to_ascii_lowercase()) } else { Cow::Borrowed(name) }
    }

    /// How its catalog's names compare. Where bare names fold to lower case (PostgreSQL, DataFusion) a quoted one does not:
    /// `"Events"` and `Events` are two tables, and the catalog compares them as they are once folded.
    #[must_use]
    pub fn name_case(self) -> NameCase {
        match self {
            Self::ClickHouse | Self::Tinybird | Self::Druid | Self::Postgres | Self::DataFusion => NameCase::Sensitive,
            Self::Sqlite | Self::DuckDb | Self::Trino | Self::Pinot | Self::Generic => NameCase::Insensitive,
        }
    }

    /// What a bare word stands for when it is a name.
    pub(super) fn bare_name(self, word: &str) -> Cow<'_, str> {
        match self {
            Self::Postgres | Self::DataFusion => Cow::Owned(word.to_ascii_lowercase()),
            _ => Cow::Borrowed(word),
        }
    }

    /// Whether a table's name is written without its database when that is the default one: an API may know one database
    /// only, without a name.
    pub(super) fn leaves_out_default_database(self) -> bool {
        matches!(self, Self::Generic | Self::Tinybird)
    }

    /// Whether the configured database is `catalog.schema`.
    #[must_use]
    pub fn has_catalogs(self) -> bool {
        self == Self::Trino
    }

    /// The database that a bare table name is looked up in, where the engine has a usual one.
    #[must_use]
    pub fn usual_database(self) -> Option<&'static str> {
        match self {
            Self::Postgres | Self::DataFusion => Some("public"),
            Self::Druid => Some("druid"),
            Self::Pinot => Some("default"),
            Self::Trino => None,
            Self::ClickHouse | Self::Tinybird | Self::Sqlite | Self::DuckDb | Self::Generic => Some("main"),
        }
    }

    /// The functions that are on the list.
    #[must_use]
    pub fn functions(self) -> &'static Functions {
        functions::of(self)
    }

    /// Functions that the engine's parser itself knows, whatever its table of functions says of their case
    /// (ClickHouse 26.7, `ExpressionListParsers.cpp`).
    pub(super) fn forms(self) -> &'static [&'static str] {
        if self.is_clickhouse() { &["cast", "extract", "ltrim", "rtrim", "trim"] } else { &["cast"] }
    }

    /// Whether a table function reads nothing of the deployment's.
    pub(super) fn is_table_function(self, name: &str) -> bool {
        let same =
            |known: &&str| if self.is_clickhouse() { **known == *name } else { known.eq_ignore_ascii_case(name) };
        self.table_functions().iter().any(same)
    }

    /// Table functions that read nothing of the deployment's: they make rows from their arguments. `values` and `null` are
    /// not among them: the structure that they take is read as CREATE TABLE's, and an `ALIAS` in it calls any function.
    fn table_functions(self) -> &'static [&'static str] {
        match self {
            Self::ClickHouse => &["generateSeries", "generate_series", "numbers", "numbers_mt", "zeros", "zeros_mt"],
            // Those of them that Tinybird has.
            Self::Tinybird => &["numbers", "numbers_mt", "zeros", "zeros_mt"],
            Self::Sqlite => &["json_each", "json_tree"],
            Self::Postgres => POSTGRES_TABLE_FUNCTIONS,
            Self::DuckDb => &["generate_series", "json_each", "json_tree", "range", "unnest"],
            Self::Trino | Self::Druid | Self::DataFusion | Self::Pinot => &["unnest"],
            Self::Generic => &[],
        }
    }

    /// How a query of the gateway's begins as a table, and what keeps conditions from outside out of it.
    pub(super) fn query_wall(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::ClickHouse => Some(("view(", " LIMIT 9223372036854775807")),
            Self::Sqlite => Some(("(", " LIMIT -1")),
            Self::Generic => Some(("(", "")),
            Self::Tinybird => Some(("(", " LIMIT 9223372036854775807")),
            // Their walls of tables are made otherwise; one around a query is proven nowhere.
            Self::Postgres | Self::DuckDb | Self::Trino | Self::Druid | Self::DataFusion | Self::Pinot => None,
        }
    }

    /// The wall for a filtered table. `whole` is whether it must see merged rows (FINAL): PREWHERE runs before the merge
    /// and would show a row's stale version. `open` is whether the index may see all of the statement's conditions.
    pub(super) fn wall(self, engine: Engine, whole: bool, open: bool) -> WallKind {
        match (self, engine) {
            (Self::ClickHouse, Engine::MergeTree) if !whole && open => WallKind::ViewPrewhere,
            (Self::ClickHouse, Engine::MergeTree) if !whole => WallKind::ViewPrewhereFence,
            (Self::ClickHouse, _) => WallKind::ViewFence,
            (Self::Sqlite, _) => WallKind::SubqueryFence,
            (Self::Postgres, _) => WallKind::SubqueryBlind,
            (Self::DuckDb, _) => WallKind::RecursionLimit,
            (Self::DataFusion | Self::Trino | Self::Tinybird, _) => WallKind::SubqueryLimit,
            (Self::Druid | Self::Pinot | Self::Generic, _) => WallKind::Subquery,
        }
    }
}

const POSTGRES_TABLE_FUNCTIONS: &[&str] = &[
    "generate_series",
    "json_array_elements",
    "json_array_elements_text",
    "json_each",
    "json_each_text",
    "json_object_keys",
    "jsonb_array_elements",
    "jsonb_array_elements_text",
    "jsonb_each",
    "jsonb_each_text",
    "jsonb_object_keys",
    "regexp_split_to_table",
    "string_to_table",
    "unnest",
];
