//! How keys and indexes hold their columns, from the engine's own texts of them.

use std::collections::HashMap;
use std::sync::Arc;

use crate::catalog::{Column, Held, Keys, Rounding};

use super::names;

/// Roundings of a DateTime64 too, which give numbers.
const ROUNDINGS_TO_NUMBERS: &[&str] = &["toYYYYMM", "toYYYYMMDD", "toYear"];

/// Functions that keep no order, which the analysis knows: of a range it makes nothing, of a value the value's.
const HASHES: &[&str] = &["cityHash64", "farmHash64", "intHash32", "intHash64", "sipHash64", "xxHash32", "xxHash64"];

/// The texts of one table, each a list of expressions.
#[derive(Debug, Default)]
pub(super) struct Texts {
    /// By which rows are sorted and indexed.
    pub(super) keys: Vec<String>,
    /// By which they are sorted, once more.
    pub(super) sorting: Vec<String>,
    /// By which they are parted.
    pub(super) partition: Vec<String>,
}

impl Texts {
    /// What is known from them. In doubt nothing is.
    ///
    /// By a partition a row is found or lost whatever stands beside it. It is lost where far times are brought to others (26.7:
    /// one of 2180 by `PARTITION BY toDate(ts)`), and what is written for the index must not lose it.
    pub(super) fn held<'a>(&self, columns: impl Iterator<Item = &'a Column> + Clone) -> Keys {
        let all =
            |texts: &'_ Vec<String>| texts.iter().flat_map(|text| listed(text)).map(str::to_owned).collect::<Vec<_>>();
        let (keys, sorting, partition) = (all(&self.keys), all(&self.sorting), all(&self.partition));
        let sorts = columns.clone().filter(|column| sorting.iter().any(|text| is_column(text, &column.name)));
        let sorted_by: Vec<_> = sorts.map(|column| Arc::clone(&column.name)).collect();
        let held = columns.filter_map(|column| {
            let held = |expression: &String| holds(expression, &column.name);
            let is_far = column.type_name.contains("DateTime64");
            let comes_round = |held: &Held| is_far && *held == Held::Rounded { comes_round: true };
            let parted = partition.iter().map(held).find(comes_round);
            let held = keys.iter().chain(&sorting).map(held).chain(parted).reduce(stranger);
            held.filter(|held| *held != Held::Bare).map(|held| (Arc::clone(&column.name), held))
        });
        Keys::known(held.collect::<HashMap<_, _>>()).sorted_by(sorted_by)
    }
}

/// What stands between the commas outside brackets. A text with quotes or brackets that do not fit is one expression.
fn listed(text: &str) -> Vec<&str> {
    let (mut depth, mut start, mut expressions) = (0_usize, 0, Vec::new());
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' | b'[' => depth += 1,
            b')' | b']' if depth == 0 => return vec![text],
            b')' | b']' => depth -= 1,
            b',' if depth == 0 => {
                expressions.push(text.get(start..at).unwrap_or(text).trim());
                start = at + 1;
            }
            b'\'' | b'"' | b'\\' => return vec![text],
            _ => {}
        }
    }
    expressions.push(text.get(start..).unwrap_or(text).trim());
    expressions
}

fn is_column(text: &str, column: &str) -> bool {
    text == column || text.strip_prefix('`').and_then(|it| it.strip_suffix('`')) == Some(column)
}

fn holds(expression: &str, column: &str) -> Held {
    let is_column = |text: &str| is_column(text, column);
    if is_column(expression) || !names(expression, column) {
        return Held::Bare;
    }
    let called = expression.split_once('(').and_then(|(name, rest)| Some((name, rest.strip_suffix(')')?)));
    match called {
        Some((name, inner)) if is_column(inner) && Rounding::ALL.iter().any(|it| it.name == name) => {
            Held::Rounded { comes_round: true }
        }
        Some((name, inner)) if is_column(inner) && ROUNDINGS_TO_NUMBERS.contains(&name) => {
            Held::Rounded { comes_round: false }
        }
        Some((name, inner)) if HASHES.contains(&name) && !inner.contains(['(', ')']) => Held::Bare,
        _ => Held::Unknown,
    }
}

/// Of two ways the one of which less is known.
fn stranger(one: Held, other: Held) -> Held {
    let rank = |held: &Held| match held {
        Held::Bare => 0,
        Held::Rounded { comes_round: false } => 1,
        Held::Rounded { comes_round: true } => 2,
        Held::Unknown => 3,
    };
    std::cmp::max_by_key(one, other, rank)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::ColumnKind;

    fn held(texts: Texts, column: &str) -> Held {
        keys(texts).held(column)
    }

    fn keys(texts: Texts) -> Keys {
        let column_of = |name: &str, type_name: &str| Column {
            name: name.into(),
            type_name: type_name.into(),
            kind: ColumnKind::Ordinary,
        };
        let columns = ["ts", "n", "s", "a b"].map(|name| column_of(name, "DateTime64(3)"));
        texts.held(columns.iter().chain([&column_of("t", "DateTime")]))
    }

    fn texts(of: &[&str]) -> Vec<String> {
        of.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn a_partition_counts_where_it_loses_rows() {
        let held = |partition: &str, column: &str| {
            held(Texts { keys: texts(&["ts"]), partition: texts(&[partition]), ..Texts::default() }, column)
        };
        assert_eq!(held("toDate(ts)", "ts"), Held::Rounded { comes_round: true });
        assert_eq!(held("n, toMonday(ts)", "ts"), Held::Rounded { comes_round: true });
        for partition in ["", "toYYYYMM(ts)", "ts", "toDate(n)", "n % 8"] {
            assert_eq!(held(partition, "ts"), Held::Bare, "{partition}");
        }
        assert_eq!(held("n % 8", "n"), Held::Bare);
        assert_eq!(held("toDate(t)", "t"), Held::Bare);
    }

    #[test]
    fn a_key_that_sorts_by_a_column_itself_is_known() {
        let sorts = |sorting: &str, column: &str| {
            let keys = keys(Texts { partition: texts(&["n"]), sorting: texts(&[sorting]), ..Texts::default() });
            (keys.sorts(column), keys.held(column))
        };
        assert_eq!(sorts("ts, s", "ts"), (true, Held::Bare));
        assert_eq!(sorts("toDate(ts), s", "ts"), (false, Held::Rounded { comes_round: true }));
        assert_eq!(sorts("toDate(ts), ts", "ts"), (true, Held::Rounded { comes_round: true }));
        assert_eq!(sorts("`a b`", "a b"), (true, Held::Bare));
        for sorting in ["ts", "", "n % 8", "n DESC"] {
            assert!(!sorts(sorting, "n").0, "{sorting}");
        }
    }

    #[test]
    fn a_column_is_held_as_the_strangest_of_its_keys_holds_it() {
        let rounded = |comes_round| Held::Rounded { comes_round };
        for (list, column, expected) in [
            (["", ""], "ts", Held::Bare),
            (["n, ts", "ts"], "ts", Held::Bare),
            (["n, toDate(ts)", "ts"], "ts", rounded(true)),
            (["toStartOfHour(ts)", "toYYYYMM(ts), n"], "ts", rounded(true)),
            (["n, ts", "toYYYYMM(ts)"], "ts", rounded(false)),
            (["toDate(ts)", "ts"], "n", Held::Bare),
            (["toDate(ts, 'UTC')", ""], "ts", Held::Unknown),
            (["toDate(ts + 1)", ""], "ts", Held::Unknown),
            (["-ts", "ts"], "ts", Held::Unknown),
            (["n % 8, cityHash64(n, s)", "s"], "n", Held::Unknown),
            (["n % 8, cityHash64(n, s)", "s"], "s", Held::Bare),
            (["cityHash64(lower(s))", ""], "s", Held::Unknown),
            (["cityHash64(s) % 3, sipHash64(n)", ""], "s", Held::Unknown),
            (["(n, lower(s))", ""], "s", Held::Unknown),
            (["`a b`", ""], "a b", Held::Bare),
            (["`a b`, n", ""], "a b", Held::Unknown),
            (["`a b`, n", ""], "n", Held::Bare),
            (["toDate(`a b`)", ""], "a b", rounded(true)),
            (["n), (s", ""], "s", Held::Unknown),
            (["'x', s", ""], "s", Held::Unknown),
        ] {
            assert_eq!(
                held(Texts { keys: texts(&list), ..Texts::default() }, column),
                expected,
                "{column} in {list:?}"
            );
        }
    }
}
