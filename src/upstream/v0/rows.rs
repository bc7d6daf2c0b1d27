//! Rows on their way to an API that speaks v0, and what it says of them.

use bytes::Bytes;
use serde_json::Value;

use crate::catalog::TableName;
use crate::upstream::UpstreamError;

/// Rows that go in with one request: a JSON text a line, written by the gateway.
#[derive(Debug, Clone)]
pub struct Rows {
    /// Where.
    pub table: TableName,
    /// The lines.
    pub lines: Bytes,
    /// How many there are.
    pub count: u64,
    /// Whether the upstream's words must stay here.
    pub filtered: bool,
}

/// How many rows are where, in the upstream's own numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Rows that are in.
    pub rows: u64,
    /// Rows in the quarantine.
    pub quarantined: u64,
    /// Lines that could not be read at all.
    pub invalid: u64,
    /// Rows of which nobody knows.
    pub doubt: u64,
}

/// What became of rows: with an error, those that are in all the same.
pub type Appended = (Counts, Option<UpstreamError>);

impl Counts {
    /// The counts of an answer, if it says how many rows are in.
    pub(super) fn of(told: &Value) -> Option<Self> {
        let number = |name: &str| told.get(name).and_then(Value::as_u64);
        Some(Self {
            rows: number("successful_rows")?,
            // Events have one name for it, files the other.
            quarantined: number("quarantined_rows").or_else(|| number("quarantine_rows")).unwrap_or_default(),
            invalid: number("invalid_lines").unwrap_or_default(),
            doubt: number("rows_in_doubt").unwrap_or_default(),
        })
    }

    /// Of an import that was sent whole: Tinybird says of a file how many rows are not in.
    pub(super) fn of_file(told: &Value, sent: u64) -> Option<Self> {
        let number = |name: &str| told.get(name).and_then(Value::as_u64);
        Self::of(told).or_else(|| {
            let (quarantined, invalid) = (number("quarantine_rows")?, number("invalid_lines")?);
            Some(Self { rows: sent.checked_sub(quarantined)?.checked_sub(invalid)?, quarantined, invalid, doubt: 0 })
        })
    }

    /// Nothing is known of these rows.
    pub(super) fn in_doubt(rows: u64) -> Self {
        Self { doubt: rows, ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn counts_are_the_upstreams_or_there_are_none() {
        let told = json!({ "successful_rows": 3, "quarantined_rows": 1 });
        assert_eq!(Counts::of(&told), Some(Counts { rows: 3, quarantined: 1, ..Counts::default() }));
        let broken = json!({ "error": "x", "successful_rows": 3, "quarantined_rows": 0, "rows_in_doubt": 2 });
        assert_eq!(Counts::of(&broken).unwrap().doubt, 2);
        for none in [json!({}), json!({ "successful_rows": "3" }), json!({ "quarantined_rows": 1 }), json!(null)] {
            assert_eq!(Counts::of(&none), None, "{none}");
        }
        let file = json!({ "quarantine_rows": 1, "invalid_lines": 1 });
        assert_eq!(Counts::of_file(&file, 5).unwrap().rows, 3);
        assert_eq!(Counts::of_file(&file, 1), None, "more are lost than were sent");
    }
}
