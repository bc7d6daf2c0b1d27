//! The types that a parameter may have, and what is a value of each.

use super::moment;
use crate::sql::splice::Value;

/// A parameter's type, as templates name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// `String`.
    Text,
    /// `Int8` to `Int256`, `UInt8` to `UInt256`; whole numbers beyond 127 bits are refused.
    Int {
        /// The least value.
        least: i128,
        /// The greatest.
        most: i128,
        /// As written.
        name: &'static str,
    },
    /// `Float32` and `Float64`.
    Float(&'static str),
    /// `Boolean`.
    Boolean,
    /// `Date`: `2026-01-31`.
    Date,
    /// `DateTime`: `2026-01-31 23:59:59`.
    DateTime,
    /// `DateTime64`: the same with a fraction.
    DateTime64,
    /// `UUID`.
    Uuid,
    /// `Array(name, 'Int32')`.
    Array(Box<Kind>),
    /// `column(name, 'default', enum=['a', 'b'])`: one of the author's names. `symbol` and `table` are the same.
    Name(&'static str),
    /// `columns(name, 'a,b', enum=['a', 'b', 'c'])`: several of them.
    Columns,
}

const fn int(name: &'static str, least: i128, most: i128) -> Kind {
    Kind::Int { least, most, name }
}

const INTS: &[Kind] = &[
    int("Int8", i8::MIN as i128, i8::MAX as i128),
    int("Int16", i16::MIN as i128, i16::MAX as i128),
    int("Int32", i32::MIN as i128, i32::MAX as i128),
    int("Int64", i64::MIN as i128, i64::MAX as i128),
    int("Int128", i128::MIN, i128::MAX),
    int("Int256", i128::MIN, i128::MAX),
    int("UInt8", 0, u8::MAX as i128),
    int("UInt16", 0, u16::MAX as i128),
    int("UInt32", 0, u32::MAX as i128),
    int("UInt64", 0, u64::MAX as i128),
    int("UInt128", 0, i128::MAX),
    int("UInt256", 0, i128::MAX),
];

impl Kind {
    /// The type of that name; `Array` and `column` take more than a name.
    pub(super) fn of(name: &str) -> Option<Self> {
        Some(match name {
            "String" => Self::Text,
            "Float32" => Self::Float("Float32"),
            "Float64" => Self::Float("Float64"),
            "Boolean" => Self::Boolean,
            "Date" | "Date32" => Self::Date,
            "DateTime" => Self::DateTime,
            "DateTime64" => Self::DateTime64,
            "UUID" => Self::Uuid,
            "Integer" => int("Int32", i32::MIN as i128, i32::MAX as i128),
            _ => INTS.iter().find(|kind| matches!(kind, Self::Int { name: known, .. } if *known == name))?.clone(),
        })
    }

    /// The type whose values are names, of that function.
    pub(super) fn naming(function: &str) -> Option<Self> {
        Some(match function {
            "column" | "Column" => Self::Name("column"),
            "symbol" | "Symbol" => Self::Name("symbol"),
            "table" | "TABLE" => Self::Name("table"),
            "columns" => Self::Columns,
            _ => return None,
        })
    }

    /// Whether its values are names, which come from a list of the author's.
    pub(super) fn is_name(&self) -> bool {
        matches!(self, Self::Name(_) | Self::Columns)
    }

    /// As templates write it.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Text => "String".to_owned(),
            Self::Int { name, .. } | Self::Float(name) => (*name).to_owned(),
            Self::Boolean => "Boolean".to_owned(),
            Self::Date => "Date".to_owned(),
            Self::DateTime => "DateTime".to_owned(),
            Self::DateTime64 => "DateTime64".to_owned(),
            Self::Uuid => "UUID".to_owned(),
            Self::Array(of) => format!("Array({})", of.name()),
            Self::Name(function) => (*function).to_owned(),
            Self::Columns => "columns".to_owned(),
        }
    }

    /// The value that a text stands for, if it is one of this type.
    pub(super) fn value(&self, text: &str) -> Option<Value> {
        let as_text = |is: bool| is.then(|| Value::Text(text.to_owned()));
        match self {
            Self::Text => as_text(!text.contains('\0')),
            Self::Int { least, most, .. } => {
                whole(text).filter(|number| (least..=most).contains(&number)).map(Value::Int)
            }
            Self::Float(_) => float(text).map(Value::Float),
            Self::Boolean => match text {
                "1" | "true" | "True" => Some(Value::Int(1)),
                "0" | "false" | "False" => Some(Value::Int(0)),
                _ => None,
            },
            Self::Date => as_text(moment::date(text).is_some()),
            Self::DateTime => as_text(moment::date_time(text, false).is_some()),
            Self::DateTime64 => as_text(moment::date_time(text, true).is_some()),
            Self::Uuid => as_text(is_uuid(text)),
            Self::Array(of) => {
                let items = text.split(',').map(|item| of.value(if **of == Self::Text { item } else { item.trim() }));
                items.collect::<Option<Vec<_>>>().map(Value::List)
            }
            Self::Name(_) | Self::Columns => None,
        }
    }
}

/// Digits with a sign and nothing else: `1e3`, `0x1` and `１` are no whole numbers here.
fn whole(text: &str) -> Option<i128> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

fn float(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E'));
    let number: f64 = plain.then(|| text.parse().ok()).flatten()?;
    number.is_finite().then_some(number)
}

fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    lengths == [8, 4, 4, 4, 12] && groups.iter().all(|group| group.bytes().all(|b| b.is_ascii_hexdigit()))
}
