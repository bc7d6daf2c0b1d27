//! A dialect is data behind one face.

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
