//! Whether a statement can raise an error because of a row's values.
//!
//! ClickHouse runs a statement's conditions in its index analysis: on key marks, partitions and skip indexes, which hold
//! hidden rows' values, before any PREWHERE. An error there tells of a hidden row (26.7: `intDiv(1, n - 3) = 7` over
//! `INDEX i n TYPE set(100)` fails if and only if some row has `n = 3`). A LIMIT inside the wall keeps the conditions out
//! of the analysis, and with them the statement's own use of the index. So the LIMIT is left out where nothing in the
//! statement can fail on a value:
//!
//! - every function is on the list below, and there is no cast, subscript, lambda, division by whole numbers;
//! - patterns of LIKE and its kin are literals;
//! - columns have types whose comparison cannot fail, and arithmetic stays away from those that can overflow.
//!
//! Whatever is not known to be harmless is not.

use crate::catalog::{Column, ColumnKind, Table};

use super::keyword::Keyword as K;
use super::lexeme::{Kind, Symbol as S};
use super::read::{Reading, Role};

/// Functions that have a value for every argument of the types they take, in lower case. Aggregates may end in `if`.
const TOTAL: &[&str] = &[
    "and",
    "any",
    "anylast",
    "argmax",
    "argmin",
    "avg",
    "cityhash64",
    "coalesce",
    "concat",
    "count",
    "dense_rank",
    "domain",
    "domainwithoutwww",
    "empty",
    "endswith",
    "equals",
    "first_value",
    "grouparray",
    "groupuniqarray",
    "has",
    "if",
    "ifnull",
    "isnotnull",
    "isnull",
    "last_value",
    "length",
    "lower",
    "max",
    "median",
    "min",
    "multiif",
    "not",
    "notempty",
    "now",
    "nullif",
    "or",
    "path",
    "quantile",
    "quantiles",
    "rank",
    "row_number",
    "siphash64",
    "startswith",
    "stddevpop",
    "stddevsamp",
    "sum",
    "today",
    "todayofmonth",
    "todayofweek",
    "tohour",
    "tominute",
    "tomonday",
    "tomonth",
    "topleveldomain",
    "tosecond",
    "tostartofday",
    "tostartoffifteenminutes",
    "tostartoffiveminutes",
    "tostartofhour",
    "tostartofminute",
    "tostartofmonth",
    "tostartofquarter",
    "tostartofsecond",
    "tostartoftenminutes",
    "tostartofweek",
    "tostartofyear",
    "toyear",
    "toyyyymm",
    "toyyyymmdd",
    "trim",
    "tuple",
    "uniq",
    "uniqcombined",
    "uniqexact",
    "uniqhll12",
    "upper",
    "yesterday",
];

/// Words that a column's type may be made of for comparisons to be harmless.
const COMPARABLE: &[&str] = &[
    "Array",
    "Bool",
    "Date",
    "Date32",
    "DateTime",
    "DateTime64",
    "Float32",
    "Float64",
    "Int128",
    "Int16",
    "Int256",
    "Int32",
    "Int64",
    "Int8",
    "LowCardinality",
    "Nullable",
    "String",
    "UInt128",
    "UInt16",
    "UInt256",
    "UInt32",
    "UInt64",
    "UInt8",
    "UUID",
];

/// Whether nothing in the statement can fail on a value of these tables. `named` is whether it names a column.
pub(super) fn is_total<'a>(
    reading: &Reading<'_>,
    mut tables: impl Iterator<Item = &'a Table>,
    named: &dyn Fn(&str) -> bool,
) -> bool {
    let mut types = Types { comparable: true, overflow: false };
    let mut admits = |table: &Table| {
        !table.columns.is_empty() && table.columns.iter().all(|column| types.admit(column, named(&column.name)))
    };
    if !tables.all(&mut admits) {
        return false;
    }
    let lexed = &reading.lexed;
    let functions = reading.functions.iter().filter_map(|&position| lexed.get(position));
    functions.into_iter().all(|lexeme| is_total_function(lexed.source(lexeme)))
        && (0..lexed.lexemes.len()).all(|position| is_harmless(reading, position, types.overflow))
}

fn is_total_function(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let known = |name: &str| TOTAL.binary_search(&name).is_ok();
    known(&name) || name.strip_suffix("if").is_some_and(known)
}

/// What is known of the columns' types.
struct Types {
    comparable: bool,
    /// Whether arithmetic on one of them can overflow with an error (DateTime64 is a decimal underneath).
    overflow: bool,
}

impl Types {
    /// Comparing a DateTime64 scales the other side, which can overflow. A column outside `*` may be an ALIAS, whose
    /// expression is evaluated where it is named.
    fn admit(&mut self, column: &Column, named: bool) -> bool {
        let name: &str = &column.type_name;
        if named && (name.contains("DateTime64") || column.kind == ColumnKind::ByName) {
            self.comparable = false;
        }
        let mut words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        let is_scale = |word: &str| word.bytes().all(|b| b.is_ascii_digit());
        // A time zone stands in quotes behind its type.
        let zoned = name.contains('\'');
        // Arrays of two lengths cannot be added.
        self.overflow |= name.contains("DateTime64") || name.contains("Array");
        self.comparable &= !name.is_empty();
        self.comparable &=
            words.all(|word| is_scale(word) || COMPARABLE.contains(&word) || (zoned && name.starts_with("DateTime")));
        self.comparable
    }
}

fn is_harmless(reading: &Reading<'_>, position: usize, overflow: bool) -> bool {
    let kind = |at: usize| reading.lexed.get(at).map(|lexeme| lexeme.kind);
    // The type of a parameter: a Decimal among numbers scales them, and can overflow.
    if reading.roles.get(position) == Some(&Role::Type) {
        let word = reading.lexed.get(position).map_or("", |lexeme| reading.lexed.source(lexeme));
        let is_word = matches!(kind(position), Some(Kind::Word(_)));
        return !is_word || (COMPARABLE.contains(&word) && word != "DateTime64");
    }
    match kind(position) {
        Some(Kind::Symbol(S::Plus | S::Minus | S::Star | S::Slash)) if overflow => {
            is_select_star(reading, position) || is_of_constants(reading, position)
        }
        Some(Kind::Symbol(symbol)) => {
            !matches!(symbol, S::DoubleColon | S::Percent | S::OpenSquare | S::Arrow | S::Caret | S::NullSafeEqual)
        }
        Some(Kind::Word(K::Like | K::Ilike | K::Regexp | K::Rlike)) => matches!(kind(position + 1), Some(Kind::Text)),
        Some(Kind::Word(K::Div | K::Mod | K::Case | K::Columns | K::Fill | K::Apply)) => false,
        Some(_) => true,
        None => false,
    }
}

/// The star of `SELECT *` and of `count(*)`. Anywhere else it multiplies, or hands every column to a function.
fn is_select_star(reading: &Reading<'_>, position: usize) -> bool {
    let kind = |at: usize| reading.lexed.get(at).map(|lexeme| lexeme.kind);
    let counted = kind(position + 1) == Some(Kind::Symbol(S::CloseRound));
    kind(position) == Some(Kind::Symbol(S::Star))
        && match position.checked_sub(1).and_then(kind) {
            Some(Kind::Word(K::Select | K::Distinct)) => true,
            Some(Kind::Symbol(S::OpenRound)) => {
                let callee = position.checked_sub(2).and_then(|at| reading.lexed.get(at));
                counted && callee.is_some_and(|lexeme| reading.lexed.source(lexeme).eq_ignore_ascii_case("count"))
            }
            _ => false,
        }
}

/// `now() - INTERVAL 1 DAY`, and a sign before a number.
fn is_of_constants(reading: &Reading<'_>, position: usize) -> bool {
    let lexed = &reading.lexed;
    let kind = |at: usize| lexed.get(at).map(|lexeme| lexeme.kind);
    let clock = position.checked_sub(3).and_then(|at| lexed.get(at)).is_some_and(|lexeme| {
        ["now", "today", "yesterday"].iter().any(|name| lexed.source(lexeme).eq_ignore_ascii_case(name))
    });
    let called = kind(position.wrapping_sub(2)) == Some(Kind::Symbol(S::OpenRound))
        && kind(position.wrapping_sub(1)) == Some(Kind::Symbol(S::CloseRound));
    let constant = matches!(kind(position + 1), Some(Kind::Number | Kind::Word(K::Interval)));
    let sign = reading.roles.get(position) == Some(&Role::Sign);
    constant && ((clock && called) || sign)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Engine;
    use crate::sql::lex::{Author, lex};
    use crate::sql::{Dialect, Limits, read};

    fn total(statement: &str, types: &[&str]) -> bool {
        let column = |name: &&str| Column { name: "c".into(), type_name: (*name).into(), kind: ColumnKind::Ordinary };
        let table = Table { columns: types.iter().map(column).collect(), engine: Engine::MergeTree };
        let limits = Limits::default();
        let lexed = lex(statement, Dialect::ClickHouse, &limits, Author::Person).unwrap();
        is_total(&read::statement(lexed, &limits).unwrap(), std::iter::once(&table), &|name| {
            name == "c" && statement.contains(" c ")
        })
    }

    #[test]
    fn the_list_is_sorted() {
        assert!(TOTAL.is_sorted());
    }

    #[test]
    fn what_cannot_fail_is_known() {
        for statement in [
            "SELECT count() FROM t WHERE n = 1 AND s LIKE 'a%'",
            "SELECT toStartOfHour(ts) AS h, uniqIf(u, n > 1) FROM t WHERE ts >= now() - INTERVAL 1 DAY GROUP BY h ORDER BY h",
            "SELECT * FROM t WHERE n BETWEEN 1 AND 2 OR s IN ('a', 'b') LIMIT 5",
            "SELECT count(*) FROM t AS a JOIN t AS b ON a.n = b.n WHERE a.n > -5",
        ] {
            assert!(total(statement, &["Int64", "LowCardinality(String)", "DateTime64(3, 'UTC')"]), "{statement}");
        }
        assert!(total("SELECT n + 1 FROM t WHERE n * 2 > 7", &["Int64"]));
    }

    #[test]
    fn constants_and_stars_do_no_arithmetic_on_a_column() {
        for statement in [
            "SELECT DISTINCT * FROM t WHERE n = 1",
            "SELECT count(*), COUNT(*) FROM t",
            "SELECT 1 FROM t WHERE n = -5 AND ts > today() - 7 AND ts < yesterday() + INTERVAL 1 DAY",
            "SELECT 1 FROM t WHERE n IN {p:Array(UInt64)}",
        ] {
            assert!(total(statement, &["DateTime64(3)"]), "{statement}");
        }
        for statement in [
            "SELECT uniq(*) FROM t",
            "SELECT count(*, n) FROM t",
            "SELECT count(n, *) FROM t",
            "SELECT -n FROM t",
            "SELECT n * n FROM t",
            "SELECT min(n) * 2 FROM t",
            "SELECT 1 FROM t WHERE ts - 5 > 1",
            "SELECT 1 FROM t WHERE rank() - 5 > 1",
            "SELECT 1 FROM t WHERE now = n - 5",
            "SELECT 1 FROM t WHERE length(lower(now)) - 5 > 1",
            "SELECT 1 FROM t WHERE now(n - 5) = 1",
            "SELECT 1 FROM t WHERE now() - n > 1",
            "SELECT 1 FROM t WHERE n = {p:DateTime64(3)}",
            "SELECT 1 FROM t WHERE has(x -> x, 1)",
            "SELECT 1 FROM t WHERE n.^a = 1",
            "SELECT 1 FROM t WHERE n <=> 1",
        ] {
            assert!(!total(statement, &["DateTime64(3)"]), "{statement}");
        }
        assert!(!total("SELECT 1 FROM t", &[]), "columns that are not known");
        assert!(!total("SELECT 1 FROM t", &["DateTimeX"]), "a type that is not known");
    }

    #[test]
    fn what_might_fail_is_not_taken_for_harmless() {
        for statement in [
            "SELECT 1 FROM t WHERE intDiv(1, n - 3) = 7",
            "SELECT 1 FROM t WHERE toInt32(s) < 200",
            "SELECT 1 FROM t WHERE s::Int8 = 1",
            "SELECT 1 FROM t WHERE CAST(s AS Int8) = 1",
            "SELECT 1 FROM t WHERE n % m = 1",
            "SELECT 1 FROM t WHERE n DIV m = 1",
            "SELECT 1 FROM t WHERE 'a' LIKE s",
            "SELECT 1 FROM t WHERE arr[n] = 1",
            "SELECT 1 FROM t WHERE arrayExists(x -> x = 1, arr)",
            "SELECT 1 FROM t WHERE accurateCast(n, 'UInt8') < 15",
            "SELECT 1 FROM t WHERE CASE WHEN n = 1 THEN 1 END = 1",
        ] {
            assert!(!total(statement, &["Int64"]), "{statement}");
        }
        assert!(!total("SELECT 1 FROM t WHERE ts + 1 > 5", &["DateTime64(3)"]));
        assert!(!total("SELECT 1 FROM t WHERE n < c OR n = 1", &["DateTime64(3)"]));
        assert!(!total("SELECT 1 FROM t WHERE a + b = c", &["Array(Int64)"]));
        assert!(!total("SELECT 1 FROM t WHERE n * {p:Decimal64(2)} > 1", &["Int64"]));
        assert!(!total("SELECT 1 FROM t WHERE like('a', s)", &["String"]));
        assert!(total("SELECT 1 FROM t WHERE n = {p:UInt64}", &["Int64"]));
        for exotic in
            ["Decimal(10, 2)", "Enum8('a' = 1)", "JSON", "Dynamic", "Variant(Int8, String)", "FixedString(3)", ""]
        {
            assert!(!total("SELECT 1 FROM t WHERE n = 1", &[exotic]), "{exotic}");
        }
    }
}
