//! Column types that a table may be made of: parsed from ClickHouse's words, written back canonically.

mod parse;

use std::fmt;

use super::quote;

/// A type. `Display` writes it in ClickHouse's words.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// `Int8` … `Int128`.
    Int(u16),
    /// `UInt8` … `UInt128`.
    UInt(u16),
    /// `Float32`, `Float64`.
    Float(u16),
    /// `Decimal(precision, scale)`.
    Decimal(u8, u8),
    /// `Bool`.
    Bool,
    /// `String`.
    Text,
    /// `FixedString(bytes)`.
    Fixed(u32),
    /// `UUID`.
    Uuid,
    /// `Date`.
    Date,
    /// `Date32`.
    Date32,
    /// `DateTime`, perhaps with a time zone.
    DateTime(Option<String>),
    /// `DateTime64(digits)`, perhaps with a time zone.
    DateTime64(u8, Option<String>),
    /// `Enum8`, `Enum16` and their values.
    Enum(u16, Vec<(String, i16)>),
    /// `IPv4`.
    Ipv4,
    /// `IPv6`.
    Ipv6,
    /// The type, or NULL.
    Nullable(Box<Kind>),
    /// The type, kept as a dictionary.
    LowCardinality(Box<Kind>),
    /// Several of a type.
    Array(Box<Kind>),
    /// From a type to a type.
    Map(Box<Kind>, Box<Kind>),
    /// One of each; with names or without.
    Tuple(Vec<(Option<String>, Kind)>),
    /// `AggregateFunction(…)` and `SimpleAggregateFunction(…)`, in ClickHouse's words: the engine makes its values, a row
    /// that is given does not.
    State(String),
    /// Any number or text: a column of SQLite without a type.
    Any,
    /// A type that takes no value here.
    Other,
}

/// The longest text of a type, in bytes.
const LONGEST: usize = 16 * 1024;

impl Kind {
    /// Reads a type. Nothing is guessed: a word that is not on the list is refused.
    ///
    /// # Errors
    /// A sentence for the client.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err("the type is too long".to_owned());
        }
        parse::parse(text, None)
    }

    /// The same for a column of a table that an operator's own file describes: it may hold an aggregate's state, too.
    ///
    /// # Errors
    /// A sentence.
    pub fn parse_described(text: &str, is_aggregate: &dyn Fn(&str) -> bool) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err("the type is too long".to_owned());
        }
        parse::parse(text, Some(is_aggregate))
    }

    /// A type of SQLite's, by its rules of affinity (datatype3, section 3.1), and what the gateway itself declares.
    #[must_use]
    pub fn of_sqlite(declared: &str) -> Self {
        let upper = declared.to_ascii_uppercase();
        let has = |parts: &[&str]| parts.iter().any(|part| upper.contains(part));
        match upper.as_str() {
            "DATETIME_TEXT" => Self::DateTime64(9, None),
            "DATE_TEXT" => Self::Date32,
            _ if has(&["INT"]) => Self::Int(64),
            _ if has(&["CHAR", "CLOB", "TEXT"]) => Self::Text,
            _ if has(&["BLOB"]) => Self::Other,
            _ if has(&["REAL", "FLOA", "DOUB"]) => Self::Float(64),
            _ if has(&["BOOL"]) => Self::Bool,
            _ => Self::Any,
        }
    }

    /// How SQLite declares a column of this type, without NOT NULL; `None` for a type that it cannot keep.
    #[must_use]
    pub fn to_sqlite(&self) -> Option<&'static str> {
        Some(match self {
            Self::Int(bits) if *bits <= 64 => "INTEGER",
            Self::UInt(bits) if *bits <= 32 => "INTEGER",
            Self::Float(_) => "REAL",
            Self::Bool => "BOOLEAN",
            Self::Text | Self::Uuid | Self::Ipv4 | Self::Ipv6 => "TEXT",
            Self::Date | Self::Date32 => "DATE_TEXT",
            Self::DateTime(_) | Self::DateTime64(..) => "DATETIME_TEXT",
            // Kept as JSON.
            Self::Array(_) => "TEXT",
            Self::Nullable(inner) | Self::LowCardinality(inner) => return inner.to_sqlite(),
            _ => return None,
        })
    }

    /// Whether NULL is one of its values.
    #[must_use]
    pub fn is_nullable(&self) -> bool {
        match self {
            Self::Nullable(_) => true,
            Self::LowCardinality(inner) => inner.is_nullable(),
            _ => false,
        }
    }

    fn may_be_nullable(&self) -> bool {
        !matches!(
            self,
            Self::Nullable(_) | Self::LowCardinality(_) | Self::Array(_) | Self::Map(..) | Self::Tuple(_) | Self::Any
        )
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(bits) => write!(f, "Int{bits}"),
            Self::UInt(bits) => write!(f, "UInt{bits}"),
            Self::Float(bits) => write!(f, "Float{bits}"),
            Self::Decimal(precision, scale) => write!(f, "Decimal({precision}, {scale})"),
            Self::Bool => f.write_str("Bool"),
            Self::Text | Self::Any | Self::Other => f.write_str("String"),
            Self::Fixed(bytes) => write!(f, "FixedString({bytes})"),
            Self::Uuid => f.write_str("UUID"),
            Self::Date => f.write_str("Date"),
            Self::Date32 => f.write_str("Date32"),
            Self::DateTime(None) => f.write_str("DateTime"),
            Self::DateTime(Some(zone)) => write!(f, "DateTime('{zone}')"),
            Self::DateTime64(digits, None) => write!(f, "DateTime64({digits})"),
            Self::DateTime64(digits, Some(zone)) => write!(f, "DateTime64({digits}, '{zone}')"),
            Self::Enum(bits, values) => {
                write!(f, "Enum{bits}(")?;
                for (position, (name, value)) in values.iter().enumerate() {
                    f.write_str(if position == 0 { "" } else { ", " })?;
                    quote(f, name)?;
                    write!(f, " = {value}")?;
                }
                f.write_str(")")
            }
            Self::Ipv4 => f.write_str("IPv4"),
            Self::Ipv6 => f.write_str("IPv6"),
            Self::Nullable(inner) => write!(f, "Nullable({inner})"),
            Self::LowCardinality(inner) => write!(f, "LowCardinality({inner})"),
            Self::Array(inner) => write!(f, "Array({inner})"),
            Self::Map(key, value) => write!(f, "Map({key}, {value})"),
            Self::State(text) => f.write_str(text),
            Self::Tuple(elements) => {
                f.write_str("Tuple(")?;
                for (position, (name, kind)) in elements.iter().enumerate() {
                    f.write_str(if position == 0 { "" } else { ", " })?;
                    match name {
                        Some(name) => write!(f, "{name} {kind}")?,
                        None => write!(f, "{kind}")?,
                    }
                }
                f.write_str(")")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_written_as_it_was_understood() {
        for (text, canonical) in [
            ("Int64", "Int64"),
            (" Nullable( Float32 ) ", "Nullable(Float32)"),
            ("LowCardinality(Nullable(String))", "LowCardinality(Nullable(String))"),
            ("DateTime64(3,'Europe/Berlin')", "DateTime64(3, 'Europe/Berlin')"),
            ("DateTime", "DateTime"),
            ("Decimal64(4)", "Decimal(18, 4)"),
            ("Enum8('a','it\\'s' = 7)", "Enum8('a' = 1, 'it\\'s' = 7)"),
            ("Array(Map(String, Array(UInt8)))", "Array(Map(String, Array(UInt8)))"),
            ("Tuple(a Int8, b Tuple(String, Date))", "Tuple(a Int8, b Tuple(String, Date))"),
            ("Boolean", "Bool"),
        ] {
            let kind = Kind::parse(text).unwrap();
            assert_eq!(kind.to_string(), canonical);
            assert_eq!(Kind::parse(canonical).unwrap(), kind);
        }
    }

    #[test]
    fn a_state_is_a_type_of_described_tables_only() {
        let is_aggregate = |name: &str| matches!(name, "uniq" | "max" | "quantiles" | "count");
        for (text, canonical) in [
            ("AggregateFunction( uniq , String )", "AggregateFunction(uniq, String)"),
            ("AggregateFunction(count)", "AggregateFunction(count)"),
            ("SimpleAggregateFunction(max, DateTime64(3))", "SimpleAggregateFunction(max, DateTime64(3))"),
            ("AggregateFunction(quantiles(0.5, 0.9), Float64)", "AggregateFunction(quantiles(0.5, 0.9), Float64)"),
        ] {
            assert_eq!(Kind::parse_described(text, &is_aggregate), Ok(Kind::State(canonical.to_owned())));
            assert!(Kind::parse(text).is_err(), "{text}");
        }
        for text in [
            "AggregateFunction(file, String)",
            "AggregateFunction(uniq, Secret)",
            "AggregateFunction(uniq('a'), String)",
            "AggregateFunction()",
            "AggregateFunction(uniq, String) ENGINE = Memory --",
            "Array(AggregateFunction(uniq, String))",
            "SimpleAggregateFunction(max)",
        ] {
            assert!(Kind::parse_described(text, &is_aggregate).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_on_no_list_is_no_type() {
        for text in [
            "",
            "int64",
            "Int7",
            "String, b String",
            "String DEFAULT 1",
            "String) ENGINE = Memory --",
            "AggregateFunction(sum, Int8)",
            "Nested(a Int8)",
            "Nullable(Array(Int8))",
            "DateTime('x\\'); DROP TABLE t')",
            "DateTime('')",
            "Enum8('a' = 1, 'a' = 2)",
            "Enum8('a' = 400)",
            "Enum8('a",
            "FixedString(0)",
            "FixedString(-1)",
            "Decimal(39, 1)",
            "Tuple(a Int8, String)",
            "Tuple(a Int8, a Int8)",
            "Array(Array(Array(Array(Array(Array(Array(Array(Array(Array(Int8))))))))))",
            "Map(Array(Int8), String)",
            "Object('json')",
        ] {
            assert!(Kind::parse(text).is_err(), "{text}");
        }
    }
}
