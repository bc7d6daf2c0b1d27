//! Types of columns, by the names that the engine gives them.

/// The deepest type that is read.
const DEEPEST: usize = 24;
/// The longest FixedString, in bytes.
const LONGEST_FIXED: usize = 1 << 20;

/// How the values of a type are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// So many bytes each.
    Fixed(usize),
    /// Length and bytes.
    Text,
    /// The type of NULL alone.
    Nothing,
    Nullable(Box<Kind>),
    /// Maps and nested columns too: arrays of tuples.
    Array(Box<Kind>),
    Tuple(Vec<Kind>),
    /// With a dictionary; whether NULL is in it.
    Shared(bool, Box<Kind>),
    /// One of several, by number.
    Variant(Vec<Kind>),
}

impl Kind {
    /// The kind of a type; `None` for one that is not known.
    pub(super) fn parse(text: &str) -> Option<Self> {
        Self::within(text, DEEPEST)
    }

    fn within(text: &str, depth: usize) -> Option<Self> {
        let depth = depth.checked_sub(1)?;
        let (name, inside) = match text.split_once('(') {
            Some((name, inside)) => (name, Some(inside.strip_suffix(')')?)),
            None => (text, None),
        };
        let parts = || split(inside?);
        let of = |text: &str| Self::within(text, depth);
        let boxed = |text: &str| of(text).map(Box::new);
        let one = || match parts()?.as_slice() {
            [one] => Some(*one),
            _ => None,
        };
        let all = |named: bool| -> Option<Vec<Self>> {
            parts()?.into_iter().map(|part| of(if named { nameless(part) } else { part })).collect()
        };
        match name {
            "Nullable" => match of(one()?)? {
                // None of these can be under a NULL, or the engine writes it in ways of its own.
                Self::Nullable(_) | Self::Array(_) | Self::Shared(..) | Self::Variant(_) => None,
                inner @ (Self::Fixed(_) | Self::Text | Self::Nothing | Self::Tuple(_)) => {
                    Some(Self::Nullable(Box::new(inner)))
                }
            },
            "Array" => Some(Self::Array(boxed(one()?)?)),
            "Tuple" if inside == Some("") => None,
            "Tuple" => Some(Self::Tuple(all(true)?)),
            "Nested" => Some(Self::Array(Box::new(Self::Tuple(all(true)?)))),
            "Map" => match all(false)? {
                pair if pair.len() == 2 => Some(Self::Array(Box::new(Self::Tuple(pair)))),
                _ => None,
            },
            "Variant" => all(false).filter(|kinds| kinds.len() < 255).map(Self::Variant),
            "LowCardinality" => {
                let (nullable, inner) = match of(one()?)? {
                    Self::Nullable(inner) => (true, *inner),
                    inner => (false, inner),
                };
                matches!(inner, Self::Fixed(_) | Self::Text).then(|| Self::Shared(nullable, Box::new(inner)))
            }
            "SimpleAggregateFunction" => match parts()?.as_slice() {
                [_, kind] => of(kind),
                _ => None,
            },
            "FixedString" => {
                let length = one()?.parse().ok().filter(|length| (1..=LONGEST_FIXED).contains(length))?;
                Some(Self::Fixed(length))
            }
            "Decimal" => match parts()?.first()?.parse::<u32>().ok()? {
                1..=9 => Some(Self::Fixed(4)),
                10..=18 => Some(Self::Fixed(8)),
                19..=38 => Some(Self::Fixed(16)),
                39..=76 => Some(Self::Fixed(32)),
                _ => None,
            },
            "Enum8" => inside.map(|_| Self::Fixed(1)),
            "Enum16" => inside.map(|_| Self::Fixed(2)),
            "DateTime" => Some(Self::Fixed(4)),
            "DateTime64" | "Time64" => inside.map(|_| Self::Fixed(8)),
            _ if inside.is_some() => None,
            _ => plain(name),
        }
    }
}

/// Types without anything in brackets.
fn plain(name: &str) -> Option<Kind> {
    let array = |of| Kind::Array(Box::new(of));
    let point = || Kind::Tuple(vec![Kind::Fixed(8), Kind::Fixed(8)]);
    Some(match name {
        "String" => Kind::Text,
        "Nothing" => Kind::Nothing,
        "Bool" | "Int8" | "UInt8" => Kind::Fixed(1),
        "Int16" | "UInt16" | "BFloat16" | "Date" => Kind::Fixed(2),
        "Int32" | "UInt32" | "Float32" | "Date32" | "Time" | "IPv4" => Kind::Fixed(4),
        "Int64" | "UInt64" | "Float64" => Kind::Fixed(8),
        "Int128" | "UInt128" | "UUID" | "IPv6" => Kind::Fixed(16),
        "Int256" | "UInt256" => Kind::Fixed(32),
        "IntervalNanosecond"
        | "IntervalMicrosecond"
        | "IntervalMillisecond"
        | "IntervalSecond"
        | "IntervalMinute"
        | "IntervalHour"
        | "IntervalDay"
        | "IntervalWeek"
        | "IntervalMonth"
        | "IntervalQuarter"
        | "IntervalYear" => Kind::Fixed(8),
        "Point" => point(),
        "Ring" | "LineString" => array(point()),
        "Polygon" | "MultiLineString" => array(array(point())),
        "MultiPolygon" => array(array(array(point()))),
        _ => return None,
    })
}

/// What stands between the commas of the outermost level. Names and texts may hold brackets and commas of their own.
fn split(text: &str) -> Option<Vec<&str>> {
    let (mut parts, mut from, mut depth, mut quote, mut escaped) = (Vec::new(), 0, 0_usize, None, false);
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), b'\\') => escaped = true,
            (Some(open), _) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, b'\'' | b'`' | b'"') => quote = Some(byte),
            (None, b'(') => depth += 1,
            (None, b')') => depth = depth.checked_sub(1)?,
            (None, b',') if depth == 0 => {
                parts.push(text.get(from..at)?.trim());
                from = at + 1;
            }
            (None, _) => {}
        }
    }
    parts.push(text.get(from..)?.trim());
    (depth == 0 && quote.is_none()).then_some(parts)
}

/// The type of `name Type` and of `Type`. A name with anything unusual in it stands between backticks.
fn nameless(part: &str) -> &str {
    if let Some(quoted) = part.strip_prefix('`') {
        let mut escaped = false;
        let end = quoted.bytes().position(|byte| {
            let ends = byte == b'`' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        });
        return end.and_then(|end| quoted.get(end + 1..)).unwrap_or_default().trim_start();
    }
    let name = part.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(part.len());
    match part.get(name..) {
        Some(rest) if rest.starts_with(' ') => rest.trim_start(),
        _ => part,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tuple(kinds: &[Kind]) -> Kind {
        Kind::Tuple(kinds.to_vec())
    }

    #[test]
    fn types_are_read_by_how_their_values_are_written() {
        let (eight, text) = (Kind::Fixed(8), Kind::Text);
        let array = |of: &Kind| Kind::Array(Box::new(of.clone()));
        for (name, kind) in [
            ("DateTime", Kind::Fixed(4)),
            ("DateTime('Europe/Berlin')", Kind::Fixed(4)),
            ("DateTime64(3, 'UTC')", Kind::Fixed(8)),
            ("Decimal(9, 2)", Kind::Fixed(4)),
            ("Decimal(10, 2)", Kind::Fixed(8)),
            ("Decimal(39, 0)", Kind::Fixed(32)),
            ("Enum8('a,)(' = 1, 'it\\'s' = 2)", Kind::Fixed(1)),
            ("FixedString(7)", Kind::Fixed(7)),
            ("Map(String, Array(Int64))", array(&tuple(&[text.clone(), array(&eight)]))),
            ("Tuple(Int64, String)", tuple(&[eight.clone(), text.clone()])),
            ("Tuple(a Int64, `b, (c\\`` String)", tuple(&[eight.clone(), text.clone()])),
            (
                "Tuple(a Tuple(b String), c Enum8('x y' = 1))",
                tuple(&[tuple(std::slice::from_ref(&text)), Kind::Fixed(1)]),
            ),
            ("Nested(a Int64, b String)", array(&tuple(&[eight.clone(), text.clone()]))),
            ("LowCardinality(Nullable(String))", Kind::Shared(true, Box::new(text.clone()))),
            ("SimpleAggregateFunction(sum, Int64)", eight.clone()),
            ("Variant(Int64, String)", Kind::Variant(vec![eight.clone(), text.clone()])),
            ("Polygon", array(&array(&tuple(&[eight.clone(), eight.clone()])))),
        ] {
            assert_eq!(Kind::parse(name), Some(kind), "{name}");
        }
    }

    #[test]
    fn what_is_not_known_has_no_kind() {
        for name in [
            "",
            "Int7",
            "JSON",
            "Dynamic",
            "Object('json')",
            "AggregateFunction(sum, Int64)",
            "Array(Dynamic)",
            "Map(String, JSON)",
            "Array(String",
            "Array(String))",
            "Array(String, Int8)",
            "Map(String)",
            "FixedString(0)",
            "FixedString(99999999999)",
            "FixedString(-1)",
            "Decimal(77, 1)",
            "Nullable(Array(Int8))",
            "LowCardinality(Array(Int8))",
            "Tuple()",
            "Int64(3)",
            "Enum8",
            "QBit(Float32, 16)",
            "Geometry",
            "Enum8('a",
        ] {
            assert_eq!(Kind::parse(name), None, "{name}");
        }
        let deep = |depth: usize| format!("{}Int8{}", "Array(".repeat(depth), ")".repeat(depth));
        assert!(Kind::parse(&deep(DEEPEST - 1)).is_some() && Kind::parse(&deep(DEEPEST)).is_none());
        assert!(Kind::parse(&deep(100_000)).is_none());
    }
}
