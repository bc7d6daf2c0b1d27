//! Days and moments as parameters have them: digits in their places, and a day that the calendar has.

/// `2026-01-31`, as days since 1970.
pub(super) fn date(text: &str) -> Option<i64> {
    let mut parts = text.split('-');
    let (year, month, day) = (digits(parts.next()?, 4)?, digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    };
    if parts.next().is_some() || year == 0 || !(1..=last).contains(&day) {
        return None;
    }
    // Days from civil, by the 400-year era that begins on 1 March 0000.
    let shifted = if month > 2 { year } else { year - 1 };
    let (era, year_of_era) = (shifted / 400, shifted % 400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468)
}

/// `2026-01-31 23:59:59`, with a `T` too, as seconds since 1970; where there may be a fraction, it has 1 to 9 digits.
pub(super) fn date_time(text: &str, fraction: bool) -> Option<i64> {
    let (day, time) = text.split_once([' ', 'T'])?;
    let (clock, part) = time.split_once('.').unwrap_or((time, "0"));
    let decimals = (1..=9).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    if !decimals || (time.contains('.') && !fraction) {
        return None;
    }
    let mut parts = clock.split(':');
    let (hour, minute, second) = (digits(parts.next()?, 2)?, digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    let fits = parts.next().is_none() && hour < 24 && minute < 60 && second < 60;
    date(day).filter(|_| fits).map(|days| days * 86_400 + hour * 3_600 + minute * 60 + second)
}

/// A day, or a moment in any of the ways that a template's formats name: seconds since 1970.
pub(super) fn any(text: &str) -> Option<i64> {
    let text = text.strip_suffix(['Z', 'z']).unwrap_or(text);
    date_time(text, true).or_else(|| Some(date(text)? * 86_400))
}

fn digits(text: &str, length: usize) -> Option<i64> {
    let plain = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_one_of_the_calendar() {
        for (text, days) in
            [("1970-01-01", 0), ("2000-03-01", 11_017), ("2024-02-29", 19_782), ("0001-01-01", -719_162)]
        {
            assert_eq!(date(text), Some(days), "{text}");
        }
        for text in [
            "2023-02-29",
            "2026-02-31",
            "2026-04-31",
            "2026-13-01",
            "2026-00-01",
            "2026-01-00",
            "1900-02-29",
            "0000-01-01",
        ] {
            assert_eq!(date(text), None, "{text}");
        }
        for text in ["2026-1-1", "2026-01-01-01", "+026-01-01", "２026-01-01", "2026-01-01 ", "", "-2026-01-01"] {
            assert_eq!(date(text), None, "{text}");
        }
    }

    #[test]
    fn a_moment_is_a_day_and_a_clock() {
        assert_eq!(date_time("1970-01-02 00:00:01", false), Some(86_401));
        assert_eq!(date_time("1970-01-02T00:00:01.5", true), Some(86_401));
        for text in
            ["1970-01-02 24:00:00", "1970-01-02 00:60:00", "1970-01-02 00:00:60", "1970-01-02 00:00", "1970-01-02"]
        {
            assert_eq!(date_time(text, true), None, "{text}");
        }
        assert_eq!(date_time("1970-01-02 00:00:01.5", false), None);
        assert_eq!(date_time("1970-01-02 00:00:01.", true), None);
        assert_eq!(any("1970-01-02T00:00:00.123Z"), Some(86_400));
        assert_eq!(any("1970-01-02"), Some(86_400));
        assert_eq!(any("yesterday"), None);
    }
}
