//! Output formats, by the names that ClickHouse and Tinybird give them.

use std::fmt;
use std::str::FromStr;

/// One format: its name and what it is served as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Format(&'static Spec);

#[derive(Debug, PartialEq, Eq)]
struct Spec {
    name: &'static str,
    content_type: &'static str,
    /// Whether the embedded engine writes it too.
    embedded: bool,
}

/// The name is not that of a known format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown format `{0}`")]
pub struct UnknownFormat(pub String);

const JSON: &Spec = &spec("JSON", "application/json; charset=UTF-8", true);

const fn spec(name: &'static str, content_type: &'static str, embedded: bool) -> Spec {
    Spec { name, content_type, embedded }
}

/// Every format that may be asked for. ClickHouse's own names and types, 26.7; formats that can carry SQL, templates or
/// files (`SQLInsert`, `Template`, `CustomSeparated` …) are left out on purpose.
const FORMATS: &[&Spec] = &[
    JSON,
    &spec("JSONCompact", "application/json; charset=UTF-8", true),
    &spec("JSONEachRow", "application/x-ndjson; charset=UTF-8", true),
    &spec("CSV", "text/csv; charset=UTF-8; header=absent", true),
    &spec("CSVWithNames", "text/csv; charset=UTF-8; header=present", true),
    &spec("TSV", "text/tab-separated-values; charset=UTF-8", true),
    &spec("TSVWithNames", "text/tab-separated-values; charset=UTF-8", true),
    &spec("TabSeparated", "text/tab-separated-values; charset=UTF-8", true),
    &spec("TabSeparatedWithNames", "text/tab-separated-values; charset=UTF-8", true),
    &spec("TabSeparatedWithNamesAndTypes", "text/tab-separated-values; charset=UTF-8", false),
    &spec("TSVWithNamesAndTypes", "text/tab-separated-values; charset=UTF-8", false),
    &spec("TabSeparatedRaw", "text/tab-separated-values; charset=UTF-8", false),
    &spec("TSVRaw", "text/tab-separated-values; charset=UTF-8", false),
    &spec("CSVWithNamesAndTypes", "text/csv; charset=UTF-8; header=present", false),
    &spec("JSONStrings", "application/json; charset=UTF-8", false),
    &spec("JSONCompactStrings", "application/json; charset=UTF-8", false),
    &spec("JSONColumns", "application/json; charset=UTF-8", false),
    &spec("JSONCompactColumns", "application/json; charset=UTF-8", false),
    &spec("JSONColumnsWithMetadata", "application/json; charset=UTF-8", false),
    &spec("JSONObjectEachRow", "application/json; charset=UTF-8", false),
    &spec("JSONStringsEachRow", "application/x-ndjson; charset=UTF-8", false),
    &spec("JSONCompactEachRow", "application/x-ndjson; charset=UTF-8", false),
    &spec("JSONCompactStringsEachRow", "application/x-ndjson; charset=UTF-8", false),
    &spec("JSONCompactEachRowWithNames", "application/x-ndjson; charset=UTF-8", false),
    &spec("JSONCompactEachRowWithNamesAndTypes", "application/x-ndjson; charset=UTF-8", false),
    &spec("JSONCompactStringsEachRowWithNames", "application/x-ndjson; charset=UTF-8", false),
    &spec("JSONCompactStringsEachRowWithNamesAndTypes", "application/x-ndjson; charset=UTF-8", false),
    &spec("Native", "application/octet-stream", false),
    &spec("RowBinary", "application/octet-stream", false),
    &spec("RowBinaryWithNames", "application/octet-stream", false),
    &spec("RowBinaryWithNamesAndTypes", "application/octet-stream", false),
    &spec("Arrow", "application/octet-stream", false),
    &spec("ArrowStream", "application/octet-stream", false),
    &spec("Parquet", "application/octet-stream", false),
    &spec("Null", "text/plain; charset=UTF-8", false),
    &spec("Values", "text/plain; charset=UTF-8", false),
    &spec("Vertical", "text/plain; charset=UTF-8", false),
    &spec("Pretty", "text/plain; charset=UTF-8", false),
    &spec("PrettyCompact", "text/plain; charset=UTF-8", false),
    &spec("PrettyCompactMonoBlock", "text/plain; charset=UTF-8", false),
    &spec("PrettyMonoBlock", "text/plain; charset=UTF-8", false),
    &spec("PrettySpace", "text/plain; charset=UTF-8", false),
    &spec("PrettySpaceMonoBlock", "text/plain; charset=UTF-8", false),
    &spec("Prometheus", "text/plain; version=0.0.4; charset=UTF-8", false),
];

impl Format {
    /// Tinybird's default.
    pub const JSON: Self = Self(JSON);

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0.name
    }

    /// What it is served as.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        self.0.content_type
    }

    /// Whether the embedded engine writes it too.
    #[must_use]
    pub fn is_embedded(self) -> bool {
        self.0.embedded
    }

    /// Whether a column of it says which types and paths the column knows, and not only those of its values.
    #[must_use]
    pub fn carries_types(self) -> bool {
        self.name() == "Native"
    }

    /// What the engine is asked for beside a row filter: a format in which no block of its shows. `None` where there is none
    /// (Arrow), or where the engine would have to be given settings (Parquet's groups of rows) and `bare` says that it cannot.
    #[must_use]
    pub fn beside_filters(self, bare: bool) -> Option<&'static str> {
        match self.name() {
            "Native" => Some(super::native::ROWS),
            // One table a block, and as wide as the widest value in it.
            "Pretty" => Some("PrettyMonoBlock"),
            "PrettyCompact" => Some("PrettyCompactMonoBlock"),
            "PrettySpace" => Some("PrettySpaceMonoBlock"),
            "Arrow" | "ArrowStream" => None,
            "Parquet" if bare => None,
            name => Some(name),
        }
    }

    /// Whether it can be written beside a row filter: see [`Self::beside_filters`].
    #[must_use]
    pub fn is_written_beside_filters(self, bare: bool) -> bool {
        self.beside_filters(bare).is_some()
    }

    /// Every format.
    pub fn all() -> impl Iterator<Item = Self> {
        FORMATS.iter().copied().map(Self)
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    /// Names compare as ClickHouse compares them: byte for byte.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::all().find(|format| format.name() == text).ok_or_else(|| UnknownFormat(text.to_owned()))
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
