//! How long rows are kept, as Tinybird's API takes it: `at + toIntervalDay(30)`, `toDate(at) + INTERVAL 1 MONTH`. It
//! becomes a value of ours; no text of the client's reaches an engine.

use crate::gateway::Error;
use crate::upstream::change::Ttl;

/// Units of time, as ClickHouse names them behind `toInterval`.
const UNITS: [&str; 8] = ["Second", "Minute", "Hour", "Day", "Week", "Month", "Quarter", "Year"];
/// What may stand around the column.
const FUNCTIONS: [&str; 2] = ["toDate", "toDateTime"];
/// The longest time, in units.
const LONGEST: u32 = 1_000_000;

/// Reads the value of `ttl=`; `None` is a table that keeps its rows, which is written `false`.
///
/// # Errors
/// [`Error::Parameter`] for whatever is not a column, perhaps in `toDate()`, and a time behind it.
pub(in crate::gateway) fn ttl(text: &str, is_column: &dyn Fn(&str) -> bool) -> Result<Option<Ttl>, Error> {
    let wrong =
        || Error::Parameter("`ttl` is written `column + toIntervalDay(30)`, or `false` to keep every row".to_owned());
    if text.trim().eq_ignore_ascii_case("false") {
        return Ok(None);
    }
    let (moment, time) = text.split_once('+').ok_or_else(wrong)?;
    let (function, column) = moment_of(moment.trim()).filter(|(_, column)| is_column(column)).ok_or_else(wrong)?;
    let (count, unit) = time_of(time.trim()).ok_or_else(wrong)?;
    Ok(Some(Ttl { function, column: column.to_owned(), count, unit }))
}

fn moment_of(text: &str) -> Option<(Option<&'static str>, &str)> {
    let bare = |text: &'_ str| text.trim().len() == text.len() && !text.is_empty();
    match text.split_once('(') {
        Some((function, rest)) => {
            let function = FUNCTIONS.into_iter().find(|known| *known == function)?;
            Some((Some(function), unquoted(rest.strip_suffix(')')?.trim())))
        }
        None => bare(text).then(|| (None, unquoted(text))),
    }
}

fn unquoted(text: &str) -> &str {
    text.strip_prefix('`').and_then(|text| text.strip_suffix('`')).unwrap_or(text)
}

fn time_of(text: &str) -> Option<(u32, &'static str)> {
    let number = |text: &str| {
        let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse().ok().filter(|number| plain && (1..=LONGEST).contains(number))
    };
    if let Some(rest) = text.strip_prefix("toInterval") {
        let (unit, count) = rest.split_once('(')?;
        let unit = UNITS.into_iter().find(|known| *known == unit)?;
        return Some((number(count.strip_suffix(')')?.trim())?, unit));
    }
    match text.split_ascii_whitespace().collect::<Vec<_>>().as_slice() {
        [word, count, unit] if word.eq_ignore_ascii_case("INTERVAL") => {
            Some((number(count)?, UNITS.into_iter().find(|known| known.eq_ignore_ascii_case(unit))?))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Option<Ttl>, Error> {
        ttl(text, &|column| matches!(column, "at" | "b"))
    }

    #[test]
    fn a_time_is_read_into_its_parts() {
        for (text, function, count, unit) in [
            ("at + toIntervalDay(30)", None, 30, "Day"),
            ("toDate(at) + toIntervalMonth(1)", Some("toDate"), 1, "Month"),
            ("toDateTime(`at`)+INTERVAL 2 hour", Some("toDateTime"), 2, "Hour"),
        ] {
            let expected = Ttl { function, column: "at".to_owned(), count, unit };
            assert_eq!(read(text).unwrap(), Some(expected), "{text}");
        }
        assert_eq!(read("false").unwrap(), None);
    }

    #[test]
    fn nothing_else_is() {
        for text in [
            "",
            "at",
            "c + toIntervalDay(1)",
            "at + toIntervalDay(0)",
            "at + toIntervalDay(-1)",
            "at + toIntervalDay(1) DELETE",
            "at + toIntervalDay(1) + toIntervalDay(1)",
            "at + toIntervalDay(99999999)",
            "at + INTERVAL 1 DAY WHERE 1",
            "now() + toIntervalDay(1)",
            "at + toIntervalDay((SELECT 1))",
            "at` + toIntervalDay(1)",
            "toDate(at, b) + toIntervalDay(1)",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
