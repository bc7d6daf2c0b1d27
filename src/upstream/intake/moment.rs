//! Dates and times, read strictly: a text that two programs could read as two moments is none.

use std::fmt::Write as _;

/// A moment, or a time of day in the column's own time zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Moment {
    /// Days since 1970-01-01.
    days: i64,
    /// Seconds of the day.
    seconds: i64,
    /// Digits behind the point, at most 9, as written.
    fraction: String,
    /// Whether the text named a time zone: then `days` and `seconds` are UTC.
    absolute: bool,
}

impl Moment {
    /// `2026-01-31`.
    pub(super) fn date(text: &str) -> Option<i64> {
        let (year, rest) = digits(text, 4)?;
        let (month, rest) = digits(rest.strip_prefix('-')?, 2)?;
        let (day, rest) = digits(rest.strip_prefix('-')?, 2)?;
        let last = match month {
            4 | 6 | 9 | 11 => 30,
            2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
            2 => 28,
            1..=12 => 31,
            _ => return None,
        };
        (rest.is_empty() && (1..=last).contains(&day)).then(|| days_of(year, month, day))
    }

    /// `2026-01-31`, followed by `T` or a space, `12:30`, perhaps `:59`, `.123` and `Z` or `+02:00`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (date, rest) = text.split_at_checked(10)?;
        let days = Self::date(date)?;
        if rest.is_empty() {
            return Some(Self { days, seconds: 0, fraction: String::new(), absolute: false });
        }
        let (hour, rest) = digits(rest.strip_prefix(['T', ' '])?, 2)?;
        let (minute, mut rest) = digits(rest.strip_prefix(':')?, 2)?;
        let mut second = 0;
        let mut fraction = String::new();
        if let Some(tail) = rest.strip_prefix(':') {
            (second, rest) = digits(tail, 2)?;
            if let Some(tail) = rest.strip_prefix('.') {
                let end = tail.find(|c: char| !c.is_ascii_digit()).unwrap_or(tail.len());
                let (digits, after) = tail.split_at_checked(end)?;
                if digits.is_empty() || digits.len() > 9 {
                    return None;
                }
                (fraction, rest) = (digits.to_owned(), after);
            }
        }
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let offset = offset(rest)?;
        let seconds = hour * 3600 + minute * 60 + second - offset.unwrap_or(0);
        Some(Self {
            days: days + seconds.div_euclid(86_400),
            seconds: seconds.rem_euclid(86_400),
            fraction,
            absolute: offset.is_some(),
        })
    }

    /// From seconds since 1970.
    pub(super) fn unix(seconds: i64, fraction: String) -> Self {
        Self { days: seconds.div_euclid(86_400), seconds: seconds.rem_euclid(86_400), fraction, absolute: true }
    }

    pub(super) fn unix_seconds(&self) -> i64 {
        self.days * 86_400 + self.seconds
    }

    pub(super) fn has_fraction(&self) -> bool {
        self.fraction.bytes().any(|digit| digit != b'0')
    }

    /// `2026-01-31 12:30:59.123`, with `Z` behind it when it is a moment and `zoned` asks for it.
    pub(super) fn write(&self, precision: usize, zoned: bool) -> String {
        let mut text = date_text(self.days);
        let (hour, minute, second) = (self.seconds / 3600, self.seconds / 60 % 60, self.seconds % 60);
        let _ = write!(text, " {hour:02}:{minute:02}:{second:02}");
        if precision > 0 && !self.fraction.is_empty() {
            let _ = write!(text, ".{}", self.fraction.get(..precision).unwrap_or(&self.fraction));
        }
        if zoned && self.absolute {
            text.push('Z');
        }
        text
    }
}

/// `2026-01-31`.
pub(super) fn date_text(days: i64) -> String {
    let (year, month, day) = civil(days);
    format!("{year:04}-{month:02}-{day:02}")
}

/// `Some(None)`: none is named.
fn offset(text: &str) -> Option<Option<i64>> {
    if text.is_empty() {
        return Some(None);
    }
    if text == "Z" {
        return Some(Some(0));
    }
    let sign = match text.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let (hours, rest) = digits(text.get(1..)?, 2)?;
    let (minutes, rest) = digits(rest.strip_prefix(':').unwrap_or(rest), 2)?;
    (rest.is_empty() && hours <= 14 && minutes <= 59).then_some(Some(sign * (hours * 3600 + minutes * 60)))
}

fn digits(text: &str, count: usize) -> Option<(i64, &str)> {
    let (digits, rest) = text.split_at_checked(count)?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then_some(())?;
    Some((digits.parse().ok()?, rest))
}

/// Days since 1970-01-01 of a date of the Gregorian calendar (Howard Hinnant, `days_from_civil`).
fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The reverse (`civil_from_days`).
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_in_one_way() {
        for (text, written) in [
            ("2026-01-31 12:30:59", "2026-01-31 12:30:59"),
            ("2026-01-31T12:30:59.12Z", "2026-01-31 12:30:59.12Z"),
            ("2026-01-01T00:30:00+02:00", "2025-12-31 22:30:00Z"),
            ("2024-02-29T23:59-0530", "2024-03-01 05:29:00Z"),
            ("1970-01-01", "1970-01-01 00:00:00"),
        ] {
            assert_eq!(Moment::parse(text).unwrap().write(3, true), written);
        }
        for bad in [
            "",
            "2026",
            "2026-13-01",
            "2026-02-29",
            "31/01/2026",
            "2026-01-31 24:00:00",
            "2026-01-31 1:2:3",
            "2026-01-31x",
            "2026-01-31 12:00:00 PM",
            "2026-01-31 12:00:00.",
            "é026-01-31",
        ] {
            assert_eq!(Moment::parse(bad), None, "{bad}");
        }
        for days in [-1_000_000, -719_468, -1, 0, 59, 60, 11_016, 20_000, 1_000_000] {
            assert_eq!(Moment::date(&date_text(days)).unwrap_or(days), days);
        }
        assert_eq!(Moment::unix(1_780_272_000, String::new()).write(0, true), "2026-06-01 00:00:00Z");
    }
}
