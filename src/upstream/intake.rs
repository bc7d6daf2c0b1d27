//! What goes into a table: column types, values that fit them, and what becomes of the ones that do not.
//!
//! - A type is parsed into a [`Kind`] and written by the gateway; a client's text of one goes nowhere.
//! - A value is read strictly ([`Given`]), fitted to its column ([`fit()`]) and written anew from the [`Cell`] that it became.
//! - A type that is not known takes no value: such a row does not fit.

mod fit;
mod given;
mod kind;
mod moment;

pub use fit::{Cell, fit, write_json};
pub use given::Given;
pub use kind::Kind;

use std::fmt;

/// Names that begin so are the gateway's own.
pub const OWN_PREFIX: &str = "__pc_";

/// Whether a table or a column may be made with that name: `A-Z a-z 0-9 _`, not starting with a digit, at most 128.
#[must_use]
pub fn is_plain_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 128
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.starts_with(OWN_PREFIX)
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// A moment as Tinybird writes it: `2026-01-31 12:30:59.000000`, in UTC.
#[must_use]
pub fn utc_text(unix_seconds: i64) -> String {
    moment::Moment::unix(unix_seconds, "000000".to_owned()).write(6, false)
}

/// The seconds since 1970 of a moment that is written so, or in another way that is read.
#[must_use]
pub fn unix_seconds(text: &str) -> Option<i64> {
    moment::Moment::parse(text).map(|moment| moment.unix_seconds())
}

/// One column, as far as writing is concerned.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Its name, as the engine spells it.
    pub name: String,
    /// What fits into it.
    pub kind: Kind,
    /// Its type in the engine's words.
    pub type_name: String,
    /// Whether NULL fits.
    pub nullable: bool,
    /// Whether a row may leave it out: the engine has a value for it.
    pub defaulted: bool,
    /// The default, in the engine's words.
    pub default: Option<String>,
    /// Whether an INSERT may name it; MATERIALIZED, ALIAS and generated columns may not be.
    pub insertable: bool,
}

/// A column of a table that is to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct NewField {
    /// A plain name.
    pub name: String,
    /// Its type.
    pub kind: Kind,
    /// Its default.
    pub default: Option<Default>,
}

/// A default value: a literal, or the time.
#[derive(Debug, Clone, PartialEq)]
pub enum Default {
    /// A literal that fits the column.
    Literal(Cell),
    /// The moment at which the row is inserted.
    Now,
    /// An expression over the row's other columns, as the gateway wrote it. ClickHouse only.
    Expression(String),
}

/// A row as it goes in: one cell a field, in the order of the fields.
pub type Row = Vec<Cell>;

/// Writes a string as a ClickHouse literal.
pub(super) fn quote(f: &mut impl fmt::Write, text: &str) -> fmt::Result {
    f.write_char('\'')?;
    for c in text.chars() {
        match c {
            '\'' => f.write_str("\\'")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\t' => f.write_str("\\t")?,
            c if c.is_ascii_control() => write!(f, "\\x{:02X}", c as u32)?,
            c => f.write_char(c)?,
        }
    }
    f.write_char('\'')
}

/// The quarantine of a table: what was wrong and where, which import it came with, and every column as text.
///
/// The names are Tinybird's (`c__error_column`, `c__error`, `c__import_id`, `insertion_date`).
#[must_use]
pub fn quarantine_fields(fields: &[Field]) -> Vec<NewField> {
    let list = || Kind::Array(Box::new(Kind::Text));
    let own = [
        ("c__error_column", list(), None),
        ("c__error", list(), None),
        ("c__import_id", Kind::Nullable(Box::new(Kind::Text)), None),
    ];
    let own = own.into_iter().map(|(name, kind, default)| NewField { name: name.to_owned(), kind, default });
    let theirs = fields
        .iter()
        .filter(|field| field.insertable && !is_quarantines_own(&field.name))
        .map(|field| NewField { name: field.name.clone(), kind: Kind::Nullable(Box::new(Kind::Text)), default: None });
    let date = NewField {
        name: "insertion_date".to_owned(),
        kind: Kind::DateTime(Some("UTC".to_owned())),
        default: Some(Default::Now),
    };
    own.chain(theirs).chain([date]).collect()
}

/// Whether a column of that name is the quarantine's own.
#[must_use]
pub fn is_quarantines_own(name: &str) -> bool {
    matches!(name, "c__error_column" | "c__error" | "c__import_id" | "insertion_date")
}
