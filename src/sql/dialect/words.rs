//! Words that mean something of their own to an engine.

use super::Dialect;

impl Dialect {
    /// Whether the engine has a keyword of that spelling that the grammar here does not reserve: it is quoted. Where every
    /// name is quoted none needs a list.
    pub(in crate::sql) fn is_engine_keyword(self, word: &str) -> bool {
        let list = match self {
            Self::Sqlite => SQLITE_KEYWORDS,
            Self::Generic => SESSION,
            Self::ClickHouse
            | Self::Tinybird
            | Self::Postgres
            | Self::DuckDb
            | Self::Trino
            | Self::Druid
            | Self::DataFusion
            | Self::Pinot => &[],
        };
        list.binary_search(&word.to_ascii_uppercase().as_str()).is_ok()
    }

    /// Whether a bare word behind a table begins something that the reader does not know: it is no alias.
    pub(in crate::sql) fn follows_table(self, word: &str) -> bool {
        !self.is_clickhouse() && BEHIND_TABLES.binary_search(&word.to_ascii_uppercase().as_str()).is_ok()
    }

    /// Whether a bare word is a value and no name: in quotes it would be a column's.
    pub(in crate::sql) fn is_value_word(self, word: &str) -> bool {
        !self.is_clickhouse() && VALUES.binary_search(&word.to_ascii_uppercase().as_str()).is_ok()
    }

    /// Whether the words of a type are on a list.
    pub(in crate::sql) fn lists_types(self) -> bool {
        !self.is_clickhouse() && self != Self::Sqlite
    }

    /// Whether any value may stand at the right of IN, as in `x IN 'a'`. Elsewhere IN takes a list in brackets or a table, and
    /// SQLite reads a table however it is written: `x IN 'secret'`, `x IN true`, `x IN date '1'`.
    pub(in crate::sql) fn takes_values_at_in(self) -> bool {
        self.is_clickhouse() || self == Self::DuckDb
    }

    /// Whether a name alone in brackets at the right of IN is a column's. ClickHouse reads a table there; which engines behind
    /// the generic dialect do is not known.
    pub(in crate::sql) fn brackets_at_in_hold_values(self) -> bool {
        !self.is_clickhouse() && self != Self::Generic
    }

    /// Whether `inf`, `infinity` and `nan` are numbers. Elsewhere they are names.
    pub(in crate::sql) fn has_number_words(self) -> bool {
        self.is_clickhouse()
    }

    /// `DATE '2020-01-01'`, `INTERVAL '1' DAY`. SQLite reads a column and its alias.
    pub(in crate::sql) fn has_typed_literals(self) -> bool {
        self != Self::Sqlite
    }

    /// Whether a word may stand in a type. A type's name can be a table's (PostgreSQL has a row type for each), or one that
    /// looks tables up (`regclass`): only those listed are known to be plain.
    pub(in crate::sql) fn is_type_word(self, word: &str) -> bool {
        let known = |list: &[&str]| list.binary_search(&word.to_ascii_lowercase().as_str()).is_ok();
        !self.lists_types() || known(TYPES) || (self == Self::Pinot && known(PINOT_TYPES))
    }
}

/// Standard SQL's functions without brackets that tell about the clock.
const VALUES: &[&str] = &["CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "LOCALTIME", "LOCALTIMESTAMP"];

/// Joins, samples, versions and turned tables, in one engine or another.
const BEHIND_TABLES: &[&str] =
    &["AT", "MATCH_RECOGNIZE", "PIVOT", "POSITIONAL", "STRAIGHT_JOIN", "TABLESAMPLE", "UNPIVOT", "VERSION"];

/// Standard SQL's functions without brackets that tell about the session: the gateway's own. In quotes they are columns.
const SESSION: &[&str] = &[
    "CURRENT_CATALOG",
    "CURRENT_DATABASE",
    "CURRENT_PATH",
    "CURRENT_ROLE",
    "CURRENT_SCHEMA",
    "CURRENT_USER",
    "SESSION_USER",
    "SYSTEM_USER",
    "USER",
];

/// Words of the types that standard SQL, PostgreSQL, DuckDB, Trino, Druid and DataFusion have.
const TYPES: &[&str] = &[
    "array",
    "bigint",
    "binary",
    "bit",
    "blob",
    "bool",
    "boolean",
    "bpchar",
    "bytea",
    "bytes",
    "char",
    "character",
    "cidr",
    "date",
    "datetime",
    "day",
    "dec",
    "decimal",
    "double",
    "float",
    "float4",
    "float8",
    "hugeint",
    "inet",
    "int",
    "int2",
    "int4",
    "int8",
    "integer",
    "interval",
    "json",
    "jsonb",
    "list",
    "local",
    "map",
    "month",
    "nchar",
    "numeric",
    "nvarchar",
    "precision",
    "real",
    "row",
    "second",
    "signed",
    "smallint",
    "string",
    "struct",
    "text",
    "time",
    "timestamp",
    "timestamp_ms",
    "timestamp_ns",
    "timestamp_s",
    "timestamptz",
    "timetz",
    "tinyint",
    "to",
    "ubigint",
    "uhugeint",
    "uinteger",
    "unsigned",
    "usmallint",
    "utinyint",
    "uuid",
    "varbinary",
    "varchar",
    "varying",
    "with",
    "without",
    "year",
    "zone",
];

/// Words of Pinot's types. Elsewhere they could be tables' names.
const PINOT_TYPES: &[&str] = &["big_decimal", "long"];

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted() {
        for list in [VALUES, SESSION, TYPES, PINOT_TYPES, BEHIND_TABLES, SQLITE_KEYWORDS] {
            assert!(list.is_sorted());
        }
    }
}
