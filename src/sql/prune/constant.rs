//! Constants that a column may be compared with: which value, of which kind, written anew.

use std::ops::Range;

use crate::catalog::Rounding;
use crate::sql::lexeme::{Kind as L, Symbol as S};
use crate::sql::operands::Operands;
use crate::sql::read::Role;
use crate::sql::string;

/// What kind of value a constant is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sql) enum Kind {
    /// Text that is neither a date nor a time.
    Text,
    /// `'2026-01-31'`.
    DateText,
    /// `'2026-01-31 10:20:30'`.
    TimeText,
    Whole(i128),
    Date,
    /// DateTime.
    Time,
    /// DateTime64, and its scale.
    Time64(u8),
}

/// A constant, as the gateway writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sql) struct Constant {
    pub(in crate::sql) kind: Kind,
    pub(super) text: String,
    /// By how many seconds intervals may have moved it.
    moved: u64,
}

/// The longest constant that is looked at, in lexemes.
const LONGEST: usize = 47;

/// How far a constant may be moved: with [`is_near`] it stays between 1971 and 2101, where no type of the engine's for dates
/// and times comes round.
const FARTHEST: u64 = 20 * 366 * DAY;

const DAY: u64 = 86_400;

/// Units of time by their singular names, in seconds, and what moves by them.
const UNITS: &[(&str, u64, &str)] = &[
    ("second", 1, "Second"),
    ("minute", 60, "Minute"),
    ("hour", 3_600, "Hour"),
    ("day", DAY, "Day"),
    ("week", 7 * DAY, "Week"),
    ("month", 31 * DAY, "Month"),
    ("quarter", 92 * DAY, "Quarter"),
    ("year", 366 * DAY, "Year"),
];

impl Constant {
    /// The constant that stands there. `None` for whatever is not known to be one that no engine fails on.
    pub(in crate::sql) fn read(operands: &Operands<'_, '_>, range: &Range<usize>) -> Option<Self> {
        if range.len() > LONGEST {
            return None;
        }
        // Most are one lexeme.
        if range.len() == 1 {
            return Self::literal(operands, range.start, false);
        }
        if let Some(sign) = last_sign(operands, range) {
            return Self::sum(operands, range, sign);
        }
        if operands.is_bracketed(range) {
            let inner = Self::read(operands, &(range.start + 1..range.end - 1))?;
            return Some(Self { text: format!("({})", inner.text), ..inner });
        }
        if let Some((name, arguments)) = operands.call(range) {
            return Self::called(operands, &name, &arguments);
        }
        let signed = operands.role(range.start) == Some(Role::Sign);
        let at = range.start + usize::from(signed);
        if at + 1 != range.end {
            return None;
        }
        Self::literal(operands, at, signed)
    }

    fn literal(operands: &Operands<'_, '_>, at: usize, signed: bool) -> Option<Self> {
        match operands.kind(at)? {
            L::Number => {
                let number = whole(operands.word(at))?;
                let number = if signed { -number } else { number };
                Some(Self::new(Kind::Whole(number), number.to_string()))
            }
            L::Text if !signed => {
                let value = operands.reading.lexed.get(at).map(|lexeme| operands.reading.lexed.value(lexeme))?;
                let mut text = String::new();
                string::write(&mut text, &value, operands.reading.lexed.dialect);
                Some(Self::new(reads_as(&value), text))
            }
            _ => None,
        }
    }

    pub(super) fn new(kind: Kind, text: String) -> Self {
        Self { kind, text, moved: 0 }
    }

    /// Whether it is a date or a time, in whatever form.
    pub(super) fn is_temporal(&self) -> bool {
        matches!(self.kind, Kind::DateText | Kind::TimeText | Kind::Date | Kind::Time | Kind::Time64(_))
    }

    /// A sum or a difference of a date or a time and an interval, or of a date and a number of days.
    fn sum(operands: &Operands<'_, '_>, range: &Range<usize>, sign: usize) -> Option<Self> {
        let left = Self::read(operands, &(range.start..sign))?;
        let by = Interval::read(operands, &(sign + 1..range.end))?;
        let amount = match by.unit {
            Some(unit) => format!("toInterval{unit}({})", by.number),
            None if left.kind == Kind::Date => by.number.to_string(),
            None => return None,
        };
        let text = format!("{} {} {amount}", left.text, operands.word(sign));
        left.moved_by(&by, text)
    }

    fn moved_by(self, by: &Interval, text: String) -> Option<Self> {
        let kind = match self.kind {
            Kind::Date if by.seconds >= DAY => Kind::Date,
            // A date and hours are a time.
            Kind::Date => Kind::Time,
            Kind::Time | Kind::Time64(_) => self.kind,
            Kind::Text | Kind::DateText | Kind::TimeText | Kind::Whole(_) => return None,
        };
        Self { kind, text, ..self }.farther_by(by.seconds.checked_mul(by.number)?)
    }

    fn farther_by(self, seconds: u64) -> Option<Self> {
        let moved = self.moved.checked_add(seconds)?;
        (moved <= FARTHEST).then_some(Self { moved, ..self })
    }

    fn called(operands: &Operands<'_, '_>, name: &str, arguments: &[Range<usize>]) -> Option<Self> {
        let argument = |at: usize| arguments.get(at).and_then(|range| Self::read(operands, range));
        match (name, arguments.len()) {
            ("now", 0) => Some(Self::new(Kind::Time, "now()".to_owned())),
            ("today", 0) => Some(Self::new(Kind::Date, "today()".to_owned())),
            ("yesterday", 0) => Some(Self::new(Kind::Date, "yesterday()".to_owned())),
            ("todatetime", 1) => {
                let inner = argument(0).filter(Self::is_temporal)?;
                Some(Self { kind: Kind::Time, text: format!("toDateTime({})", inner.text), ..inner })
            }
            ("now64", 0 | 1) => {
                let scale = if arguments.is_empty() { 3 } else { scale(&argument(0)?)? };
                Some(Self::new(Kind::Time64(scale), format!("now64({scale})")))
            }
            ("todatetime64", 2) => {
                let inner = argument(0).filter(Self::is_temporal)?;
                let scale = scale(&argument(1)?)?;
                Some(Self {
                    kind: Kind::Time64(scale),
                    text: format!("toDateTime64({}, {scale})", inner.text),
                    ..inner
                })
            }
            (_, 1) => {
                let rounding = Rounding::named(name)?;
                // Of these toDate alone reads text, and of text a date alone.
                let fits = |inner: &Self| match inner.kind {
                    Kind::Date => rounding.takes_dates,
                    Kind::Time => true,
                    // Of a DateTime64 some give a DateTime64.
                    Kind::Time64(_) => rounding.is_date,
                    Kind::DateText => rounding.name == "toDate",
                    Kind::Text | Kind::TimeText | Kind::Whole(_) => false,
                };
                let inner = argument(0).filter(fits)?;
                let kind = if rounding.is_date { Kind::Date } else { Kind::Time };
                let text = format!("{}({})", rounding.name, inner.text);
                Self { kind, text, ..inner }.farther_by(rounding.days * DAY)
            }
            (_, 2) => {
                let (verb, unit) = match (name.strip_prefix("add"), name.strip_prefix("subtract")) {
                    (Some(unit), _) => ("add", unit),
                    (_, Some(unit)) => ("subtract", unit),
                    (None, None) => return None,
                };
                let (seconds, unit) = unit_of(unit)?;
                let Kind::Whole(number) = argument(1)?.kind else { return None };
                let number = u64::try_from(number).ok()?;
                let inner = argument(0)?;
                let text = format!("{verb}{unit}s({}, {number})", inner.text);
                inner.moved_by(&Interval { seconds, unit: Some(unit), number }, text)
            }
            _ => None,
        }
    }
}

/// What a date or a time is moved by.
struct Interval {
    /// Of its unit.
    seconds: u64,
    /// `None` for a number alone, which is days.
    unit: Option<&'static str>,
    number: u64,
}

impl Interval {
    /// `INTERVAL 7 DAY`, `toIntervalDay(7)`, `7`.
    fn read(operands: &Operands<'_, '_>, range: &Range<usize>) -> Option<Self> {
        let number = |at: usize| {
            let is = operands.kind(at) == Some(L::Number);
            is.then(|| whole(operands.word(at))).flatten().and_then(|number| u64::try_from(number).ok())
        };
        if range.len() == 1 {
            return Some(Self { seconds: DAY, unit: None, number: number(range.start)? });
        }
        let (unit, at) = match operands.call(range) {
            Some((name, arguments)) => {
                let only = arguments.first().filter(|only| only.len() == 1 && arguments.len() == 1)?;
                (name.strip_prefix("tointerval")?.to_owned(), only.start)
            }
            None if range.len() == 3 => (operands.word(range.start + 2).to_ascii_lowercase(), range.start + 1),
            None => return None,
        };
        let (seconds, unit) = unit_of(&unit)?;
        Some(Self { seconds, unit: Some(unit), number: number(at)? })
    }
}

/// The last sign of a sum outside brackets.
fn last_sign(operands: &Operands<'_, '_>, range: &Range<usize>) -> Option<usize> {
    let is_sign = |at: &usize| {
        let symbol = matches!(operands.kind(*at), Some(L::Symbol(S::Plus | S::Minus)));
        symbol && operands.role(*at) == Some(Role::Symbol)
    };
    operands.top(range.clone()).filter(is_sign).last()
}

/// The scale of a DateTime64.
fn scale(constant: &Constant) -> Option<u8> {
    match constant.kind {
        Kind::Whole(scale @ 0..=9) => u8::try_from(scale).ok(),
        _ => None,
    }
}

fn unit_of(word: &str) -> Option<(u64, &'static str)> {
    let singular = word.strip_suffix('s').unwrap_or(word);
    let (_, seconds, written) = UNITS.iter().find(|(name, ..)| *name == singular)?;
    Some((*seconds, written))
}

/// A number of digits alone, of which no type is too small to hold them.
fn whole(text: &str) -> Option<i128> {
    text.parse().ok().filter(|_| text.len() < 20)
}

/// `2026-01-31` and `2026-01-31 10:20:30`; anything looser is nothing of them, the 29th of February neither.
fn reads_as(text: &[u8]) -> Kind {
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
    let is_day = shape(0, b"0000-00-00") && is_near(text) && within(5, b"01", b"12") && within(8, b"01", last);
    let is_time =
        shape(10, b" 00:00:00") && within(11, b"00", b"23") && within(14, b"00", b"59") && within(17, b"00", b"59");
    match text.len() {
        10 if is_day => Kind::DateText,
        19 if is_day && is_time => Kind::TimeText,
        _ => Kind::Text,
    }
}

/// Whether a date's year is one of 1992 to 2079.
fn is_near(text: &[u8]) -> bool {
    text.get(..4).is_some_and(|year| (b"1992".as_slice()..=b"2079".as_slice()).contains(&year))
}
