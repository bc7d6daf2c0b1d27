//! The same statement in another spelling: the case of keywords, quotes around names, white space, comments.

use super::Dice;
use super::wide::Tongue;

/// What every comment holds: it must never come out of the gateway.
pub(crate) const MARK: &str = "zqzq";

const COMMENTS: &[&str] =
    &["", " FROM orders", " it's \"", " ` SELECT * FROM events", " é --", " ); DROP TABLE events"];

/// Names of the world's tables and columns; beside them every name of a letter and digits is one of the statement's own.
const NAMES: &[&str] = &[
    "events", "orders", "versions", "notes", "org_id", "user_id", "action", "tags", "total", "body", "id", "n", "m",
    "k", "v",
];

/// Spells the statement anew; one in four stays as it is.
pub(crate) fn respell(plain: &str, dice: &mut Dice, tongue: Tongue) -> String {
    if dice.one_in(4) {
        return plain.to_owned();
    }
    let style = dice.roll(3);
    let mut out = String::with_capacity(plain.len() * 2);
    let bytes = plain.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        match bytes[at] {
            b'\'' => {
                at = end_of_string(bytes, at, tongue);
                out.push_str(&plain[start..at]);
            }
            b' ' => {
                at += 1;
                out.push_str(&blank(dice));
            }
            byte if byte.is_ascii_alphabetic() || byte == b'_' => {
                while bytes.get(at).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_') {
                    at += 1;
                }
                let called = bytes.get(at) == Some(&b'(');
                out.push_str(&word(&plain[start..at], called, style, dice, tongue));
            }
            _ => {
                at += 1;
                while !plain.is_char_boundary(at) {
                    at += 1;
                }
                out.push_str(&plain[start..at]);
            }
        }
    }
    out
}

fn end_of_string(bytes: &[u8], mut at: usize, tongue: Tongue) -> usize {
    at += 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if tongue == Tongue::ClickHouse => at += 2,
            b'\'' if bytes.get(at + 1) == Some(&b'\'') => at += 2,
            b'\'' => return at + 1,
            _ => at += 1,
        }
    }
    at
}

fn blank(dice: &mut Dice) -> String {
    let comment = format!("{MARK}{}", dice.pick(COMMENTS));
    match dice.roll(24) {
        0 => "\n".to_owned(),
        1 => "\t ".to_owned(),
        2 => " \r\n".to_owned(),
        3 => format!(" /* {comment} */ "),
        4 => format!(" -- {comment}\n"),
        5 => format!("/*{comment}*/"),
        _ => " ".to_owned(),
    }
}

fn word(word: &str, called: bool, style: u64, dice: &mut Dice, tongue: Tongue) -> String {
    let is_keyword = word.bytes().all(|b| b.is_ascii_uppercase());
    if is_keyword {
        return match style {
            0 => word.to_owned(),
            1 => word.to_ascii_lowercase(),
            _ => word.chars().map(|c| if dice.one_in(2) { c.to_ascii_lowercase() } else { c }).collect(),
        };
    }
    let own =
        word.len() > 1 && word.as_bytes()[0].is_ascii_lowercase() && word.bytes().skip(1).all(|b| b.is_ascii_digit());
    // SQLite compares a window's name with its quotes.
    let window = word.starts_with('w');
    if called || window || !(own || NAMES.contains(&word)) {
        return word.to_owned();
    }
    let spelled = if tongue == Tongue::Sqlite && dice.one_in(8) { word.to_ascii_uppercase() } else { word.to_owned() };
    match dice.roll(8) {
        0 => format!("`{spelled}`"),
        1 => format!("\"{spelled}\""),
        _ => spelled,
    }
}
