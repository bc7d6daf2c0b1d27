//! Functions that round dates and times: a key may hold them, a statement may compare them.

/// A rounding of a date or a time: the latest beginning of its kind that is not later than what it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rounding {
    /// As the engine spells its name.
    pub name: &'static str,
    /// Whether it gives a date, and not a time.
    pub is_date: bool,
    /// Whether it takes a date. Of those that give times one does.
    pub takes_dates: bool,
    /// The longest stretch that it brings to one value, in days.
    pub days: u64,
}

impl Rounding {
    /// ClickHouse 26.7. Of a DateTime64 that is far away they give another.
    pub const ALL: &[Self] = &[
        Self::new("toDate", true, true, 1),
        Self::new("toMonday", true, true, 7),
        Self::new("toStartOfDay", false, true, 1),
        Self::new("toStartOfFifteenMinutes", false, false, 1),
        Self::new("toStartOfFiveMinutes", false, false, 1),
        Self::new("toStartOfHour", false, false, 1),
        Self::new("toStartOfMinute", false, false, 1),
        Self::new("toStartOfMonth", true, true, 31),
        Self::new("toStartOfQuarter", true, true, 92),
        Self::new("toStartOfTenMinutes", false, false, 1),
        Self::new("toStartOfWeek", true, true, 7),
        Self::new("toStartOfYear", true, true, 366),
    ];

    const fn new(name: &'static str, is_date: bool, takes_dates: bool, days: u64) -> Self {
        Self { name, is_date, takes_dates, days }
    }

    /// The function of that name, in any case.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|known| known.name.eq_ignore_ascii_case(name)).copied()
    }
}
