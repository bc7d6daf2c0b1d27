//! The words that can begin, join or end something in the grammar.
//!
//! Every other word is a name. A keyword is no reserved word: where the grammar expects an operand, most of them are
//! names too ([`Keyword::is_reserved`] says which are not), and what is read as a name is written quoted.

macro_rules! keywords {
    ($($(#[$reserved:ident])? $variant:ident $text:literal),* $(,)?) => {
        /// A word of the grammar, or [`Keyword::Name`] for every other word.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(super) enum Keyword { Name, $($variant),* }

        impl Keyword {
            /// The longest keyword, in bytes.
            const LONGEST: usize = 12;

            /// The keyword that `word` spells, in any case.
            pub(super) fn of(word: &[u8]) -> Self {
                let mut upper = [0; Self::LONGEST];
                let Some(upper) = upper.get_mut(..word.len()) else { return Self::Name };
                upper.copy_from_slice(word);
                upper.make_ascii_uppercase();
                match std::str::from_utf8(upper) {
                    $(Ok($text) => Self::$variant,)*
                    _ => Self::Name,
                }
            }

            /// Whether the word cannot stand for a column, a table or an alias unless it is quoted.
            pub(super) fn is_reserved(self) -> bool {
                match self {
                    Self::Name => false,
                    $(Self::$variant => false $(|| { let $reserved = true; $reserved })?,)*
                }
            }
        }
    };
}

keywords! {
    All "ALL", #[reserved] And "AND", #[reserved] Anti "ANTI", #[reserved] Any "ANY", Apply "APPLY", Array "ARRAY",
    #[reserved] As "AS", Asc "ASC", Ascending "ASCENDING", #[reserved] Asof "ASOF", #[reserved] Between "BETWEEN", Both "BOTH", By "BY",
    #[reserved] Case "CASE", Cast "CAST", Collate "COLLATE", Columns "COLUMNS", #[reserved] Cross "CROSS", Cube "CUBE",
    Current "CURRENT", Date "DATE", Day "DAY", Desc "DESC", Descending "DESCENDING", #[reserved] Distinct "DISTINCT", #[reserved] Div "DIV",
    #[reserved] Else "ELSE", #[reserved] End "END", Escape "ESCAPE", #[reserved] Except "EXCEPT", Exclude "EXCLUDE", Exists "EXISTS",
    Extract "EXTRACT", False "FALSE", Fetch "FETCH", Fill "FILL", Filter "FILTER", #[reserved] Final "FINAL", First "FIRST",
    Following "FOLLOWING", For "FOR", Format "FORMAT", #[reserved] From "FROM", #[reserved] Full "FULL", Glob "GLOB",
    #[reserved] Global "GLOBAL", #[reserved] Group "GROUP", Grouping "GROUPING", Groups "GROUPS", #[reserved] Having "HAVING",
    Hour "HOUR", Ignore "IGNORE", #[reserved] Ilike "ILIKE", #[reserved] In "IN", Inf "INF", Infinity "INFINITY", Indexed "INDEXED", #[reserved] Inner "INNER",
    Interpolate "INTERPOLATE", #[reserved] Intersect "INTERSECT", Interval "INTERVAL", #[reserved] Into "INTO",
    #[reserved] Is "IS", Isnull "ISNULL", #[reserved] Join "JOIN", Last "LAST", Lateral "LATERAL", Leading "LEADING",
    #[reserved] Left "LEFT", #[reserved] Like "LIKE", #[reserved] Limit "LIMIT", Match "MATCH", Materialized "MATERIALIZED",
    Microsecond "MICROSECOND", Millisecond "MILLISECOND", Minute "MINUTE", #[reserved] Mod "MOD", Month "MONTH",
    Nan "NAN", Nanosecond "NANOSECOND", #[reserved] Natural "NATURAL", Next "NEXT", No "NO", #[reserved] Not "NOT",
    Notnull "NOTNULL", Null "NULL", Nulls "NULLS", #[reserved] Offset "OFFSET", #[reserved] On "ON", Only "ONLY",
    #[reserved] Or "OR", #[reserved] Order "ORDER", Others "OTHERS", Outer "OUTER", Over "OVER", Partition "PARTITION", #[reserved] Paste "PASTE",
    Position "POSITION", Preceding "PRECEDING", #[reserved] Prewhere "PREWHERE", #[reserved] Qualify "QUALIFY", Quarter "QUARTER",
    Range "RANGE", Recursive "RECURSIVE", Regexp "REGEXP", Replace "REPLACE", Respect "RESPECT", #[reserved] Right "RIGHT",
    Rlike "RLIKE", Rollup "ROLLUP", Row "ROW", Rows "ROWS", #[reserved] Sample "SAMPLE", Second "SECOND", #[reserved] Select "SELECT",
    #[reserved] Semi "SEMI", Sets "SETS", #[reserved] Settings "SETTINGS", Staleness "STALENESS", Step "STEP", Strict "STRICT",
    Substring "SUBSTRING", Table "TABLE", #[reserved] Then "THEN", Ties "TIES", Timestamp "TIMESTAMP", To "TO", Top "TOP",
    Totals "TOTALS", Trailing "TRAILING", Trim "TRIM", True "TRUE", Unbounded "UNBOUNDED", #[reserved] Union "UNION",
    #[reserved] Using "USING", #[reserved] Values "VALUES", Week "WEEK", #[reserved] When "WHEN", #[reserved] Where "WHERE", #[reserved] Window "WINDOW",
    #[reserved] With "WITH", Within "WITHIN", Year "YEAR",
}

impl Keyword {
    /// Whether the word is a unit of time in INTERVAL, EXTRACT and their kin.
    pub(super) fn is_unit(self) -> bool {
        matches!(
            self,
            Self::Nanosecond
                | Self::Microsecond
                | Self::Millisecond
                | Self::Second
                | Self::Minute
                | Self::Hour
                | Self::Day
                | Self::Week
                | Self::Month
                | Self::Quarter
                | Self::Year
        )
    }
}

/// Whether a bare word is a unit of time: the keywords, their plurals and the short forms that ClickHouse reads.
pub(super) fn is_unit_word(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let singular = lower.strip_suffix('s').unwrap_or(&lower);
    Keyword::of(singular.as_bytes()).is_unit()
        || matches!(
            lower.as_str(),
            "ns" | "us"
                | "ms"
                | "s"
                | "m"
                | "h"
                | "d"
                | "w"
                | "q"
                | "yyyy"
                | "ss"
                | "mi"
                | "hh"
                | "dd"
                | "ww"
                | "mm"
                | "qq"
                | "yy"
                | "n"
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_found_in_any_case_and_nothing_else_is() {
        assert_eq!(Keyword::of(b"sElEcT"), Keyword::Select);
        assert_eq!(Keyword::of(b"selects"), Keyword::Name);
        assert_eq!(Keyword::of(b"interpolated_value"), Keyword::Name);
        assert!(Keyword::From.is_reserved() && !Keyword::Date.is_reserved());
    }

    #[test]
    fn units_of_time_are_known_in_every_form() {
        for unit in "nanosecond microsecond millisecond second minute hour day week month quarter year".split(' ') {
            assert!(
                is_unit_word(unit) && is_unit_word(&format!("{unit}s")) && is_unit_word(&unit.to_uppercase()),
                "{unit}"
            );
        }
        for unit in "ns us ms s m h d w q yyyy ss mi hh dd ww mm qq yy n".split(' ') {
            assert!(is_unit_word(unit), "{unit}");
        }
        for other in ["", "parsec", "dayss", "select", "x", "date", "sx"] {
            assert!(!is_unit_word(other), "{other}");
        }
    }
}
