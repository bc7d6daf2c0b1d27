//! A column beside a constant: what may be said of it.

use crate::catalog::{Held, Rounding};
use crate::sql::lexeme::Symbol as S;

use super::constant::{Constant, Kind};

/// A column as it was found.
#[derive(Debug)]
pub(super) struct Found<'a> {
    /// As the wall writes it.
    pub(super) written: String,
    /// In the engine's words.
    pub(super) type_name: &'a str,
    pub(super) held: Held,
}

/// What a comparison of a column with a constant says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    /// What follows from it, for the wall.
    pub(super) conditions: Vec<String>,
    /// Whether those are the comparison itself, and not something weaker.
    pub(super) is_exact: bool,
    /// Whether the comparison as the statement has it fails on no value of the column.
    pub(super) is_harmless: bool,
}

impl Said {
    /// Both of two.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            conditions: [self.conditions, other.conditions].concat(),
            is_exact: self.is_exact && other.is_exact,
            is_harmless: self.is_harmless && other.is_harmless,
        }
    }
}

/// What a column's type says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Type {
    Text,
    /// The least and the greatest value.
    Whole(i128, i128),
    Date,
    Time,
    /// The scale.
    Time64(u8),
}

/// A column, or a rounding of one.
#[derive(Debug, Clone)]
pub(super) struct Column {
    /// As the wall writes it.
    written: String,
    of: Type,
    /// Whether a key or an index rounds it too.
    is_rounded_in_keys: bool,
    rounding: Option<Rounding>,
}

/// What no difference of time zones reaches, and no clock that goes back.
const SLACK: u64 = 2;

impl Column {
    /// `None` for a column of which nothing may be said.
    pub(super) fn of(found: Found<'_>, rounding: Option<Rounding>) -> Option<Self> {
        let of = type_of(found.type_name)?;
        let is_rounded_in_keys = match (found.held, of) {
            (Held::Bare, _) => false,
            (Held::Rounded { comes_round: false }, Type::Date | Type::Time | Type::Time64(_)) => true,
            (Held::Rounded { comes_round: true }, Type::Date | Type::Time) => true,
            (Held::Rounded { .. } | Held::Unknown, _) => return None,
        };
        let fits = rounding.is_none_or(|rounding| match of {
            Type::Date => rounding.takes_dates,
            Type::Time | Type::Time64(_) => true,
            Type::Text | Type::Whole(..) => false,
        });
        fits.then_some(Self { written: found.written, of, is_rounded_in_keys, rounding })
    }

    /// `column sign constant`.
    pub(super) fn beside(&self, sign: S, constant: &Constant) -> Option<Said> {
        let (low, high) = match sign {
            S::Equal => (true, true),
            S::Greater | S::GreaterEqual => (true, false),
            S::Less | S::LessEqual => (false, true),
            _ => return None,
        };
        if self.is_itself() && self.is_of_kind(constant) {
            let condition = format!("{} {} {}", self.written, sign.text(), constant.text);
            return Some(Said { conditions: vec![condition], is_exact: true, is_harmless: true });
        }
        if !self.is_temporal_beside(constant) {
            return None;
        }
        // A rounding gives no later time than it takes, and by its length no earlier one.
        let length = self.rounding.map_or(0, |rounding| rounding.days);
        let lower = format!("{} >= {}", self.written, self.moved(constant, '-', SLACK));
        let upper = format!("{} <= {}", self.written, self.moved(constant, '+', SLACK + length));
        let both = [low.then_some(lower), high.then_some(upper)].into_iter().flatten();
        Some(Said {
            conditions: both.map(|text| self.or_far_away(text)).collect(),
            is_exact: false,
            is_harmless: !self.is_coarser_than(constant),
        })
    }

    /// `column IN (constants)`.
    pub(super) fn among(&self, constants: impl Iterator<Item = Option<Constant>>) -> Option<Said> {
        if !self.is_itself() {
            return None;
        }
        let (mut condition, mut before) = (self.written.clone(), " IN (");
        for constant in constants {
            let constant = constant?;
            if matches!(constant.kind, Kind::Date | Kind::Time | Kind::Time64(_)) || !self.is_of_kind(&constant) {
                return None;
            }
            condition.push_str(before);
            condition.push_str(&constant.text);
            before = ", ";
        }
        condition.push(')');
        // None is no list.
        (before == ", ").then(|| Said { conditions: vec![condition], is_exact: true, is_harmless: true })
    }

    /// Whether neither the statement nor a key rounds it.
    fn is_itself(&self) -> bool {
        self.rounding.is_none() && !self.is_rounded_in_keys
    }

    /// Of two DateTime64 the coarser is scaled, and far values overflow.
    fn is_coarser_than(&self, constant: &Constant) -> bool {
        match (self.of, constant.kind) {
            (Type::Time64(scale), Kind::Time64(of)) => self.rounding.is_none() && of > scale,
            _ => false,
        }
    }

    /// Whether the constant is, or is read as, one of the column's values or something between two of them.
    fn is_of_kind(&self, constant: &Constant) -> bool {
        match (self.of, constant.kind) {
            (Type::Text, Kind::Text | Kind::DateText | Kind::TimeText) => true,
            (Type::Whole(least, most), Kind::Whole(number)) => least <= number && number <= most,
            (Type::Date, Kind::Date | Kind::DateText) => true,
            (Type::Time | Type::Time64(_), Kind::Time | Kind::TimeText | Kind::DateText) => true,
            (Type::Time64(_), Kind::Time64(_)) => !self.is_coarser_than(constant),
            _ => false,
        }
    }

    /// Whether both are dates or times, in whatever form. A rounding to dates is compared with the text of a date only.
    fn is_temporal_beside(&self, constant: &Constant) -> bool {
        let dates = self.rounding.map_or(self.of == Type::Date, |rounding| rounding.is_date);
        let temporal = matches!(self.of, Type::Date | Type::Time | Type::Time64(_)) && constant.is_temporal();
        temporal && !(dates && constant.kind == Kind::TimeText)
    }

    /// The constant, some days away, in the column's own kind.
    fn moved(&self, constant: &Constant, sign: char, days: u64) -> String {
        let kind = if self.of == Type::Date { "toDate" } else { "toDateTime" };
        format!("{kind}({}) {sign} toIntervalDay({days})", constant.text)
    }

    /// Of a rounding: or so far away that it may come round.
    fn or_far_away(&self, text: String) -> String {
        if self.rounding.is_none() {
            return text;
        }
        let kind = if self.of == Type::Date { "toDate" } else { "toDateTime" };
        let column = &self.written;
        format!("({text} OR {column} < {kind}('1971-01-01') OR {column} >= {kind}('2100-01-01'))")
    }
}

/// What is known of a type, in the engine's words: nothing of most.
fn type_of(type_name: &str) -> Option<Type> {
    let inside = |wrapper: &str| type_name.strip_prefix(wrapper)?.strip_suffix(')');
    let signed = |bits: u32| Type::Whole(-(1 << (bits - 1)), (1 << (bits - 1)) - 1);
    let unsigned = |bits: u32| Type::Whole(0, (1 << bits) - 1);
    Some(match type_name {
        "String" | "LowCardinality(String)" => Type::Text,
        "Int8" => signed(8),
        "Int16" => signed(16),
        "Int32" => signed(32),
        "Int64" => signed(64),
        "UInt8" => unsigned(8),
        "UInt16" => unsigned(16),
        "UInt32" => unsigned(32),
        "UInt64" => unsigned(64),
        "Date" => Type::Date,
        "DateTime" => Type::Time,
        _ if inside("DateTime(").is_some() => Type::Time,
        _ => Type::Time64(inside("DateTime64(")?.split(',').next()?.trim().parse().ok().filter(|scale| *scale <= 9)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No condition with another sign comes here.
    #[test]
    fn nothing_is_said_with_a_sign_that_names_no_range() {
        let column = Column { written: "w.`n`".to_owned(), of: Type::Text, is_rounded_in_keys: false, rounding: None };
        let constant = Constant::new(Kind::Text, "'a'".to_owned());
        assert_eq!(column.beside(S::Plus, &constant), None);
        let said = column.beside(S::Less, &constant).unwrap();
        assert_eq!(said.conditions, ["w.`n` < 'a'"]);
    }
}
