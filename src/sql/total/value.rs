//! What is known of a value before any row is read: its kind.
//!
//! The kinds are as fine as errors need it, and no finer: ClickHouse 26.7 was asked, pair by pair, which types fail on
//! extreme values (`tests/it/twins_total.rs` asks again).

/// A kind of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// String, and strings of low cardinality.
    Text,
    /// Integers of any width, Bool, the result of a comparison.
    Whole,
    Float,
    Date,
    /// DateTime: whole seconds.
    Time,
    /// DateTime64 with its scale.
    Time64(u8),
    /// Decimals overflow in comparisons with anything but a literal.
    Decimal,
    Uuid,
    /// An INTERVAL of minutes or longer.
    Interval,
    /// Any other INTERVAL. Added to a DateTime64, it is scaled before, and overflows.
    Seconds,
    /// An array of text, numbers or dates; a map.
    Container,
    /// Anything.
    Unknown,
}

impl Kind {
    pub(super) fn is_number(self) -> bool {
        matches!(self, Self::Whole | Self::Float)
    }

    pub(super) fn is_temporal(self) -> bool {
        matches!(self, Self::Date | Self::Time | Self::Time64(_))
    }

    pub(super) fn is_interval(self) -> bool {
        matches!(self, Self::Interval | Self::Seconds)
    }

    /// Text and numbers: the kinds that no arithmetic and no set of other values makes fail.
    pub(super) fn is_basic(self) -> bool {
        self == Self::Text || self.is_number()
    }
}

/// A value: its kind, and what else decides whether it can be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) kind: Kind,
    /// Whether it can be NULL. ClickHouse looks at the types of a comparison with a Nullable only when a row is there.
    pub(super) nullable: bool,
    /// Whether no row decides it.
    pub(super) constant: bool,
    /// Whether it is a literal. A constant that is computed may be as large as it likes.
    pub(super) literal: bool,
    /// Whether it is text that reads as a date, and whether as a time.
    pub(super) reads_as: Reads,
}

/// What a literal's text reads as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reads {
    Date,
    Time,
    /// A time with a `T` before its hours.
    Iso,
    /// A time with parts of seconds.
    Fraction,
    Neither,
}

impl Value {
    pub(super) const UNKNOWN: Self = Self::of(Kind::Unknown);

    /// A value of that kind, never NULL, that rows decide.
    pub(super) const fn of(kind: Kind) -> Self {
        Self { kind, nullable: false, constant: false, literal: false, reads_as: Reads::Neither }
    }

    pub(super) const fn constant(kind: Kind) -> Self {
        Self { constant: true, ..Self::of(kind) }
    }

    /// A number literal. One that a scale of nine digits could make overflow is of no known kind.
    pub(super) fn number(text: &str) -> Self {
        const LARGEST: u64 = 9_000_000_000;
        let kind = match text.parse::<u64>() {
            Ok(number) if number <= LARGEST => Kind::Whole,
            Err(_) if text.len() < 16 && text.bytes().all(|b| b.is_ascii_digit() || b == b'.') => Kind::Float,
            Ok(_) | Err(_) => Kind::Unknown,
        };
        Self { literal: true, ..Self::constant(kind) }
    }

    /// A text literal.
    pub(super) fn text(value: &[u8]) -> Self {
        Self { reads_as: reads_as(value), ..Self::constant(Kind::Text) }
    }

    /// A column of that type, in the engine's words. `None` for a type about which nothing is known.
    pub(super) fn column(type_name: &str) -> Option<Self> {
        if let Some(inner) = inside(type_name, "LowCardinality(") {
            return Self::column(inner);
        }
        if let Some(inner) = inside(type_name, "Nullable(") {
            let value = Self::column(inner)?;
            // `length(NULL or a UUID)` and its kin look at the type when a row is there.
            return (value.kind != Kind::Uuid).then_some(Self { nullable: true, ..value });
        }
        let element = inside(type_name, "Array(").and_then(Self::column);
        if element.is_some_and(|element| element.kind.is_basic() || element.kind == Kind::Date) {
            return element.filter(|element| !element.nullable).map(|_| Self::of(Kind::Container));
        }
        if matches!(type_name, "Map(String, String)" | "Map(LowCardinality(String), String)") {
            return Some(Self::of(Kind::Container));
        }
        let name = type_name.split('(').next().unwrap_or_default();
        let scale = || inside(type_name, "DateTime64(")?.split(',').next()?.trim().parse().ok();
        let kind = match name {
            "String" => Kind::Text,
            "Bool" | "Int8" | "Int16" | "Int32" | "Int64" | "Int128" | "Int256" | "UInt8" | "UInt16" | "UInt32"
            | "UInt64" | "UInt128" | "UInt256" => Kind::Whole,
            "Float32" | "Float64" => Kind::Float,
            "Date" => Kind::Date,
            "DateTime" => Kind::Time,
            "DateTime64" => Kind::Time64(scale()?),
            "Decimal" => {
                let (precision, scale) = inside(type_name, "Decimal(")?.split_once(',')?;
                let wide = precision.trim().parse::<u8>().ok()? >= 18 && scale.trim().parse::<u8>().ok()? <= 9;
                return wide.then_some(Self::of(Kind::Decimal));
            }
            "UUID" => Kind::Uuid,
            _ => return None,
        };
        Some(Self::of(kind))
    }

    /// Whether it is a constant text that does not read as a time.
    pub(super) fn is_loose_text(self) -> bool {
        self.constant && self.kind == Kind::Text && !matches!(self.reads_as, Reads::Date | Reads::Time)
    }

    /// The value of a name that means this in one place and that in another.
    pub(super) fn or(self, other: Self) -> Self {
        let kind = if self.kind == other.kind { self.kind } else { Kind::Unknown };
        let constant = self.constant && other.constant;
        Self { kind, nullable: self.nullable || other.nullable, constant, literal: false, reads_as: Reads::Neither }
    }
}

fn inside<'n>(type_name: &'n str, wrapper: &str) -> Option<&'n str> {
    type_name.strip_prefix(wrapper)?.strip_suffix(')')
}

/// `2026-01-31` and `2026-01-31 10:20:30`, and so on; anything looser is nothing of them, the 29th of February neither.
fn reads_as(text: &[u8]) -> Reads {
    let shape = |from: usize, shape: &[u8]| {
        text.get(from..from + shape.len()).is_some_and(|part| {
            let alike = |(byte, like): (&u8, &u8)| if *like == b'0' { byte.is_ascii_digit() } else { byte == like };
            part.iter().zip(shape).all(alike)
        })
    };
    let within = |at: usize, least: &[u8; 2], most: &[u8; 2]| {
        text.get(at..at + 2).is_some_and(|digits| digits >= least.as_slice() && digits <= most.as_slice())
    };
    let last = match text.get(5..7) {
        Some(b"02") => b"28",
        Some(b"04" | b"06" | b"09" | b"11") => b"30",
        Some(_) | None => b"31",
    };
    let is_day =
        shape(0, b"0000-00-00") && within(0, b"19", b"21") && within(5, b"01", b"12") && within(8, b"01", last);
    let is_time =
        shape(11, b"00:00:00") && within(11, b"00", b"23") && within(14, b"00", b"59") && within(17, b"00", b"59");
    let parts = text.get(20..).filter(|parts| (1..=9).contains(&parts.len()) && parts.iter().all(u8::is_ascii_digit));
    match (text.get(10), text.get(19)) {
        (None, None) if is_day => Reads::Date,
        (Some(b' '), None) if is_day && is_time => Reads::Time,
        (Some(b'T'), None) if is_day && is_time => Reads::Iso,
        (Some(b' ' | b'T'), Some(b'.')) if is_day && is_time && parts.is_some() => Reads::Fraction,
        _ => Reads::Neither,
    }
}

/// Whether comparing the two cannot fail because of a row. `nullables` is whether a value of unknown kind may be NULL.
pub(super) fn is_comparable(left: Value, right: Value, nullables: bool) -> bool {
    if left.constant && right.constant {
        return true;
    }
    let nullable = left.nullable || right.nullable;
    match (left.kind, right.kind) {
        (Kind::Unknown, other) | (other, Kind::Unknown) => {
            let known = if left.kind == Kind::Unknown { right } else { left };
            let known_is_constant = known.constant && (known.literal || !other.is_number());
            let scaled = matches!(other, Kind::Unknown | Kind::Time64(_) | Kind::Decimal);
            known_is_constant && !nullable && !nullables && !scaled
        }
        (Kind::Decimal, other) | (other, Kind::Decimal) => {
            let literal = if left.kind == Kind::Decimal { right.literal } else { left.literal };
            other.is_number() && literal
        }
        (Kind::Time64(scale), Kind::Time64(other)) => {
            let (fine, coarse) = if scale >= other { (scale, right) } else { (other, left) };
            scale == other || (coarse.constant && fine <= 9)
        }
        (one, other) if one.is_temporal() && other.is_temporal() => true,
        (Kind::Time64(_), other) | (other, Kind::Time64(_)) => {
            let beside = if matches!(left.kind, Kind::Time64(_)) { right } else { left };
            let reads = match beside.reads_as {
                Reads::Date | Reads::Time => true,
                Reads::Iso | Reads::Fraction => !nullable,
                Reads::Neither => false,
            };
            (beside.literal && other.is_number()) || (beside.constant && other == Kind::Text && reads)
        }
        (one, other) if one.is_number() && other.is_number() => true,
        (one, other) if one == other => true,
        (Kind::Date, Kind::Text) => !nullable || right.reads_as == Reads::Date,
        (Kind::Text, Kind::Date) => !nullable || left.reads_as == Reads::Date,
        (Kind::Time, Kind::Text) => is_time_or_refused(right, nullable),
        (Kind::Text, Kind::Time) => is_time_or_refused(left, nullable),
        (one, other) if one.is_temporal() || other.is_temporal() => {
            !nullable || ((one.is_number() || other.is_number()) && (left.constant || right.constant))
        }
        // What no two types have in common is refused before a row is looked at, unless one may be NULL.
        _ => !nullable,
    }
}

/// Text beside a DateTime: a constant is parsed when a row is there, a column is refused before.
fn is_time_or_refused(text: Value, nullable: bool) -> bool {
    match text.reads_as {
        Reads::Date | Reads::Time => true,
        Reads::Iso => !nullable,
        Reads::Fraction => false,
        Reads::Neither => !text.constant && !nullable,
    }
}

#[cfg(test)]
mod tests;
