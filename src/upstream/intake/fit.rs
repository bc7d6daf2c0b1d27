//! Whether a value fits its column, and what goes in when it does.
//!
//! Nothing is rounded, cut or guessed: a number that is out of range, a text that is no number, a date that does not exist
//! do not fit, and the row goes to the quarantine with the reason.

use std::fmt::Write as _;

use super::moment::{Moment, date_text};
use super::{Field, Given, Kind};

/// A value that fits.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Not given: the engine's default goes in.
    Omitted,
    /// NULL.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i128),
    /// A finite number.
    Float(f64),
    /// Text, and everything that is written like one: dates, UUIDs, decimals.
    Text(String),
    /// Several values.
    List(Vec<Cell>),
    /// Named values.
    Object(Vec<(String, Cell)>),
}

impl Cell {
    /// About how much memory it takes, in bytes.
    #[must_use]
    pub fn weight(&self) -> usize {
        let inside = match self {
            Self::Text(text) => text.len(),
            Self::List(cells) => cells.iter().map(Self::weight).sum(),
            Self::Object(members) => members.iter().map(|(name, cell)| name.len() + cell.weight()).sum(),
            _ => 0,
        };
        size_of::<Self>() + inside
    }
}

/// Writes a value as JSON; whole numbers beyond 64 bits as text, which every reader of JSON keeps whole.
pub fn write_json(out: &mut String, cell: &Cell) {
    match cell {
        Cell::Omitted | Cell::Null => out.push_str("null"),
        Cell::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Cell::Int(number) if i64::try_from(*number).is_ok() || u64::try_from(*number).is_ok() => {
            let _ = write!(out, "{number}");
        }
        Cell::Int(number) => {
            let _ = write!(out, "\"{number}\"");
        }
        Cell::Float(number) => out.push_str(&serde_json::to_string(number).unwrap_or_else(|_| "null".to_owned())),
        Cell::Text(text) => json_text(out, text),
        Cell::List(cells) => {
            out.push('[');
            for (position, cell) in cells.iter().enumerate() {
                out.push_str(if position == 0 { "" } else { "," });
                write_json(out, cell);
            }
            out.push(']');
        }
        Cell::Object(members) => {
            out.push('{');
            for (position, (name, cell)) in members.iter().enumerate() {
                out.push_str(if position == 0 { "" } else { "," });
                json_text(out, name);
                out.push(':');
                write_json(out, cell);
            }
            out.push('}');
        }
    }
}

fn json_text(out: &mut String, text: &str) {
    out.push_str(&serde_json::to_string(text).unwrap_or_default());
}

/// Fits a value to a column. `csv` tells that it stood in CSV, where an empty field is NULL or the default, and `\N` is NULL.
///
/// # Errors
/// Why it does not fit; the value itself is not repeated.
pub fn fit(field: &Field, given: Option<&Given>, csv: bool) -> Result<Cell, String> {
    let absent = match given {
        None | Some(Given::Null) => true,
        Some(Given::Text(text)) => csv && (text == "\\N" || (text.is_empty() && !is_text(&field.kind))),
        Some(_) => false,
    };
    match given {
        _ if absent && given.is_some() && field.nullable => Ok(Cell::Null),
        _ if absent && field.defaulted => Ok(Cell::Omitted),
        _ if absent && field.nullable => Ok(Cell::Null),
        Some(given) if !absent => {
            value(&field.kind, given).ok_or_else(|| format!("the value is not {}", field.type_name))
        }
        _ => Err("the column needs a value".to_owned()),
    }
}

fn is_text(kind: &Kind) -> bool {
    match kind {
        Kind::Text | Kind::Fixed(_) | Kind::Any => true,
        Kind::LowCardinality(inner) => is_text(inner),
        _ => false,
    }
}

fn value(kind: &Kind, given: &Given) -> Option<Cell> {
    match kind {
        Kind::Nullable(_) if *given == Given::Null => Some(Cell::Null),
        Kind::Nullable(inner) | Kind::LowCardinality(inner) => value(inner, given),
        Kind::Int(bits) => {
            let number = whole(given)?;
            let bound = 1_i128.checked_shl(u32::from(*bits) - 1).filter(|_| *bits < 128);
            bound.is_none_or(|bound| (-bound..bound).contains(&number)).then_some(Cell::Int(number))
        }
        Kind::UInt(bits) => unsigned(*bits, given),
        Kind::Float(bits) => float(*bits, given).map(Cell::Float),
        Kind::Decimal(precision, scale) => decimal(*precision, *scale, given).map(Cell::Text),
        Kind::Bool => truth(given).map(Cell::Bool),
        Kind::Text => text(given).map(Cell::Text),
        Kind::Fixed(bytes) => text(given).filter(|text| text.len() <= *bytes as usize).map(Cell::Text),
        Kind::Uuid => {
            let Given::Text(text) = given else { return None };
            let hyphenated = text.len() == 36;
            uuid::Uuid::try_parse(text).ok().filter(|_| hyphenated).map(|uuid| Cell::Text(uuid.to_string()))
        }
        Kind::Date => date(given, 0, 65_535),
        Kind::Date32 => date(given, -25_567, 120_530),
        Kind::DateTime(_) => {
            let moment = moment(given)?;
            let within = (0..=i64::from(u32::MAX)).contains(&moment.unix_seconds()) && !moment.has_fraction();
            within.then(|| Cell::Text(moment.write(0, true)))
        }
        Kind::DateTime64(digits, _) => {
            let moment = moment(given)?;
            // 1900-01-01 to 2262-04-11: what every number of digits can hold.
            let within = (-2_208_988_800..9_223_286_400).contains(&moment.unix_seconds());
            within.then(|| Cell::Text(moment.write(usize::from(*digits), true)))
        }
        Kind::Enum(_, values) => {
            let Given::Text(text) = given else { return None };
            values.iter().any(|(name, _)| name == text).then(|| Cell::Text(text.clone()))
        }
        Kind::Ipv4 => parsed::<std::net::Ipv4Addr>(given),
        Kind::Ipv6 => parsed::<std::net::Ipv6Addr>(given),
        Kind::Array(inner) => {
            let parsed = unpacked(given)?;
            let Given::List(values) = parsed.as_ref().unwrap_or(given) else { return None };
            values.iter().map(|given| element(inner, given)).collect::<Option<_>>().map(Cell::List)
        }
        Kind::Map(key, inner) => {
            let parsed = unpacked(given)?;
            let Given::Object(members) = parsed.as_ref().unwrap_or(given) else { return None };
            let member = |(name, given): &(String, Given)| {
                value(key, &Given::Text(name.clone()))?;
                Some((name.clone(), element(inner, given)?))
            };
            members.iter().map(member).collect::<Option<_>>().map(Cell::Object)
        }
        Kind::Tuple(elements) => {
            let parsed = unpacked(given)?;
            tuple(elements, parsed.as_ref().unwrap_or(given))
        }
        Kind::Any => Some(match given {
            Given::Int(number) if i64::try_from(*number).is_ok() => Cell::Int(*number),
            Given::Float(number) => Cell::Float(*number),
            Given::Bool(truth) => Cell::Int((*truth).into()),
            other => Cell::Text(text(other)?),
        }),
        Kind::Other | Kind::State(_) => None,
    }
}

/// A value inside another one: NULL only where the type has it.
fn element(kind: &Kind, given: &Given) -> Option<Cell> {
    match given {
        Given::Null if kind.is_nullable() => Some(Cell::Null),
        Given::Null => None,
        given => value(kind, given),
    }
}

/// JSON inside a text, as CSV has it: `Some(None)` when the value is no text.
fn unpacked(given: &Given) -> Option<Option<Given>> {
    match given {
        Given::Text(text) => Given::parse(text.as_bytes()).ok().map(Some),
        _ => Some(None),
    }
}

fn tuple(elements: &[(Option<String>, Kind)], given: &Given) -> Option<Cell> {
    match given {
        Given::List(values) if values.len() == elements.len() => {
            let cells = elements.iter().zip(values).map(|((name, kind), given)| Some((name, element(kind, given)?)));
            let cells: Vec<_> = cells.collect::<Option<_>>()?;
            if cells.iter().all(|(name, _)| name.is_some()) {
                Some(Cell::Object(
                    cells.into_iter().map(|(name, cell)| (name.clone().unwrap_or_default(), cell)).collect(),
                ))
            } else {
                Some(Cell::List(cells.into_iter().map(|(_, cell)| cell).collect()))
            }
        }
        Given::Object(members) if members.len() == elements.len() => {
            let member = |(name, kind): &(Option<String>, Kind)| {
                let name = name.as_ref()?;
                let (_, given) = members.iter().find(|(known, _)| known == name)?;
                Some((name.clone(), element(kind, given)?))
            };
            elements.iter().map(member).collect::<Option<_>>().map(Cell::Object)
        }
        _ => None,
    }
}

fn whole(given: &Given) -> Option<i128> {
    match given {
        Given::Int(number) => Some(*number),
        // Only a number that is written like one, and means the same to everyone.
        Given::Text(text) => text.parse::<i128>().ok().filter(|number| number.to_string() == *text),
        _ => None,
    }
}

fn unsigned(bits: u16, given: &Given) -> Option<Cell> {
    if let (128, Given::Text(text)) = (bits, given) {
        let number = text.parse::<u128>().ok()?;
        return (number.to_string() == *text).then(|| Cell::Text(text.clone()));
    }
    let number = whole(given).filter(|number| *number >= 0)?;
    let bound = 1_i128.checked_shl(u32::from(bits)).filter(|_| bits < 127);
    bound.is_none_or(|bound| number < bound).then_some(Cell::Int(number))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "what is lost is what the column cannot hold"
)]
fn float(bits: u16, given: &Given) -> Option<f64> {
    let number = match given {
        Given::Int(number) => *number as f64,
        Given::Float(number) => *number,
        Given::Text(text) if is_number(text) => text.parse().ok()?,
        _ => return None,
    };
    let held = if bits == 32 { f64::from(number as f32) } else { number };
    held.is_finite().then_some(number)
}

/// Digits, perhaps a sign, a point and an exponent: Rust would also read `inf` and `nan`.
fn is_number(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '.'))
        && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E'))
}

/// A decimal, as the digits that it has. One with more digits behind the point than the column does not fit.
fn decimal(precision: u8, scale: u8, given: &Given) -> Option<String> {
    let text = match given {
        Given::Int(number) => number.to_string(),
        // The shortest text that means this number: what a client wrote, as far as it had a meaning.
        Given::Float(number) => number.to_string(),
        Given::Text(text) => text.clone(),
        _ => return None,
    };
    let digits = text.strip_prefix('-').unwrap_or(&text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let plain = !whole.is_empty() && all(whole) && all(fraction) && !digits.ends_with('.');
    let whole = whole.trim_start_matches('0');
    let fits = fraction.len() <= usize::from(scale) && whole.len() <= usize::from(precision - scale);
    (plain && fits).then_some(text)
}

fn truth(given: &Given) -> Option<bool> {
    match given {
        Given::Bool(truth) => Some(*truth),
        Given::Int(0) => Some(false),
        Given::Int(1) => Some(true),
        Given::Text(text) => match text.as_str() {
            "true" | "True" | "TRUE" | "1" => Some(true),
            "false" | "False" | "FALSE" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// Everything but NULL can be kept as text: a number and an object as their JSON. A NUL would end it in some engines.
fn text(given: &Given) -> Option<String> {
    given.to_text().filter(|text| !text.contains('\0'))
}

fn parsed<T: std::str::FromStr + ToString>(given: &Given) -> Option<Cell> {
    let Given::Text(text) = given else { return None };
    text.parse::<T>().ok().map(|address| Cell::Text(address.to_string()))
}

fn date(given: &Given, first: i64, last: i64) -> Option<Cell> {
    let Given::Text(text) = given else { return None };
    Moment::date(text).filter(|days| (first..=last).contains(days)).map(|days| Cell::Text(date_text(days)))
}

/// A text, seconds since 1970, or thirteen digits of milliseconds.
fn moment(given: &Given) -> Option<Moment> {
    match given {
        Given::Text(text) => Moment::parse(text),
        Given::Int(number) => {
            let number = i64::try_from(*number).ok()?;
            match number {
                0..=9_999_999_999 => Some(Moment::unix(number, String::new())),
                1_000_000_000_000..=9_999_999_999_999 => {
                    Some(Moment::unix(number / 1000, format!("{:03}", number % 1000)))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
