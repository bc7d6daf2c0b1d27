//! A moment in time, to the second: when a token ends, when it was made.
//!
//! Written as RFC 3339 section 5.6 has it (`2027-01-31T12:00:00Z`, any offset), or as Unix seconds. Always UTC when printed.

use std::fmt;
use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(u64);

/// The text is no moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a moment is written `2027-01-31T12:00:00Z` (RFC 3339) or as Unix seconds")]
pub struct MalformedMoment;

/// The last second of the year 9999: RFC 3339 has no later one.
const LATEST: u64 = 253_402_300_799;
const DAY: u64 = 86_400;

impl Moment {
    /// This second, by the system's clock.
    #[must_use]
    pub fn now() -> Self {
        Self(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()))
    }

    /// That many seconds after the epoch; none after the year 9999.
    #[must_use]
    pub fn at(seconds: u64) -> Option<Self> {
        (seconds <= LATEST).then_some(Self(seconds))
    }

    /// Seconds after the epoch.
    #[must_use]
    pub fn seconds(self) -> u64 {
        self.0
    }

    /// That many seconds later.
    #[must_use]
    pub fn after(self, seconds: u64) -> Self {
        Self(self.0.saturating_add(seconds).min(LATEST))
    }

    /// Year, month and day.
    fn date(self) -> (u64, u64, u64) {
        // Days to civil date, counted in eras of 400 years that begin on the first of March.
        let days = self.0 / DAY + 719_468;
        let (era, day_of_era) = (days / 146_097, days % 146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * day_of_year + 2) / 153;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        (year_of_era + era * 400 + u64::from(month <= 2), month, day_of_year - (153 * shifted + 2) / 5 + 1)
    }
}

/// Days from the epoch to a date from 1970 on.
fn days(year: u64, month: u64, day: u64) -> u64 {
    let year = if month <= 2 { year - 1 } else { year };
    let shifted = if month > 2 { month - 3 } else { month + 9 };
    let (era, year_of_era) = (year / 400, year % 400);
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + (153 * shifted + 2) / 5 + day - 1;
    era * 146_097 + day_of_era - 719_468
}

impl FromStr for Moment {
    type Err = MalformedMoment;

    fn from_str(text: &str) -> Result<Self, MalformedMoment> {
        if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
            return text.parse().ok().and_then(Self::at).ok_or(MalformedMoment);
        }
        read(text).and_then(Self::at).ok_or(MalformedMoment)
    }
}

/// `YYYY-MM-DDTHH:MM:SS[.fraction](Z|±HH:MM)`.
fn read(text: &str) -> Option<u64> {
    let number = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<u64>().ok()).flatten();
    let field = |from: usize, to: usize| text.get(from..to).and_then(number);
    let mark = |at: usize, marks: &[u8]| text.as_bytes().get(at).is_some_and(|b| marks.contains(b));
    let marks = mark(4, b"-") && mark(7, b"-") && mark(10, b"Tt ") && mark(13, b":") && mark(16, b":");
    let (year, month, day) = (field(0, 4)?, field(5, 7)?, field(8, 10)?);
    let (hour, minute, second) = (field(11, 13)?, field(14, 16)?, field(17, 19)?);
    if !marks || year < 1970 || !(1..=12).contains(&month) || day == 0 || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let seconds = days(year, month, day) * DAY + hour * 3600 + minute * 60 + second;
    // A day that its month does not have comes out as another one.
    if Moment(seconds).date() != (year, month, day) {
        return None;
    }
    let rest = text.get(19..)?;
    let rest = match rest.strip_prefix('.') {
        Some(fraction) => {
            let end = fraction.bytes().take_while(u8::is_ascii_digit).count();
            if end == 0 {
                return None;
            }
            fraction.get(end..)?
        }
        None => rest,
    };
    if matches!(rest, "Z" | "z") {
        return Some(seconds);
    }
    let (sign, offset) = rest.split_at_checked(1)?;
    let (hours, minutes) = offset.split_once(':').filter(|_| offset.len() == 5)?;
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let offset = (hours <= 23 && minutes <= 59).then_some(hours * 3600 + minutes * 60)?;
    match sign {
        "+" => seconds.checked_sub(offset),
        "-" => seconds.checked_add(offset),
        _ => None,
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ((year, month, day), second) = (self.date(), self.0 % DAY);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> Option<u64> {
        text.parse::<Moment>().ok().map(Moment::seconds)
    }

    #[test]
    fn known_moments_are_read_and_written() {
        for (text, wanted) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T23:59:59Z", 951_868_799),
            ("2026-11-24T15:57:01Z", 1_795_535_821),
            ("9999-12-31T23:59:59Z", LATEST),
        ] {
            assert_eq!(seconds(text), Some(wanted), "{text}");
            assert_eq!(Moment(wanted).to_string(), text);
        }
        assert_eq!(seconds("2026-11-24T16:57:01.25+01:00"), Some(1_795_535_821));
        assert_eq!(seconds("2026-11-24T10:27:01-05:30"), Some(1_795_535_821));
        assert_eq!(seconds("1795535821"), Some(1_795_535_821));
    }

    #[test]
    fn every_day_of_four_centuries_comes_back() {
        for day in (0..146_097 * DAY).step_by(DAY as usize) {
            assert_eq!(seconds(&Moment(day).to_string()), Some(day));
        }
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in [
            "",
            "soon",
            "2026-11-24",
            "2026-11-24T15:57:01",
            "2026-02-30T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-11-24T24:00:00Z",
            "2026-11-24T15:57:01.Z",
            "2026-11-24T15:57:01+1:00",
            "2026-11-24T15:57:01Zx",
            "1969-12-31T23:59:59Z",
            "1970-01-01T00:00:00+01:00",
            "-1",
            "253402300800",
            "99999999999999999999",
            "2026-+1-24T15:57:01Z",
        ] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }
}
