//! Whether anything in a statement can raise an error because of a row's values.
//!
//! Where nothing can, an answer is sent as it comes (where one broke off it would tell where blocks end), a change may be made
//! behind a filter, and columns keep their dictionaries (a function over one is run on hidden rows' values wherever it stands).
//!
//! This is a list of what is known to be harmless, of ClickHouse 26.7: words of the grammar, functions, comparisons. Whatever
//! is not on it is not. `tests/it/twins_harmless.rs` asks the engine.

use std::ops::Range;

use super::keyword::Keyword as K;
use super::lexeme::{Kind as L, Symbol as S};
use super::named::Named;
use super::operands::Operands;
use super::prune::{Constant, ConstantKind, Pruner};
use super::read::Role;

/// Functions that have a value for every row, whatever types they take, and give text or a number.
const ALWAYS: &[&str] = &[
    "and",
    "cityhash64",
    "concat",
    "cutquerystring",
    "decodeurlcomponent",
    "domain",
    "domainwithoutwww",
    "empty",
    "farmhash64",
    "isfinite",
    "isnan",
    "isnotnull",
    "isnull",
    "isvalidjson",
    "length",
    "lengthutf8",
    "lower",
    "lowerutf8",
    "not",
    "notempty",
    "or",
    "path",
    "pathfull",
    "protocol",
    "querystring",
    "siphash64",
    "tofloat32orzero",
    "tofloat64orzero",
    "toint16orzero",
    "toint32orzero",
    "toint64orzero",
    "toint8orzero",
    "topleveldomain",
    "touint16orzero",
    "touint32orzero",
    "touint64orzero",
    "touint8orzero",
    "trim",
    "trimboth",
    "trimleft",
    "trimright",
    "upper",
    "upperutf8",
    "xxhash64",
];

/// The same, of one argument alone: a second one would be a precision, or a time zone that may not exist.
const OF_ONE: &[&str] =
    &["abs", "ceil", "floor", "round", "tomonth", "toquarter", "tostring", "toyear", "toyyyymm", "toyyyymmdd"];

/// The same where every argument but the first is a text literal or a number of three digits at the most, and not 0.
const BESIDE_LITERALS: &[&str] = &[
    "endswith",
    "has",
    "jsonextractbool",
    "jsonextractint",
    "jsonextractraw",
    "jsonextractstring",
    "jsonextractuint",
    "jsonhas",
    "left",
    "position",
    "replaceall",
    "replaceone",
    "simplejsonextractint",
    "simplejsonextractstring",
    "simplejsonhas",
    "startswith",
    "substring",
];

/// Of one argument or none, and they give a date or a time.
const OF_TIMES: &[&str] = &[
    "now",
    "today",
    "tolastdayofmonth",
    "tomonday",
    "tostartofday",
    "tostartofmonth",
    "tostartofquarter",
    "tostartofweek",
    "tostartofyear",
    "yesterday",
];

/// Aggregates that give text or a number of text and numbers.
const BASIC_AGGREGATES: &[&str] = &[
    "any",
    "anylast",
    "avg",
    "avgif",
    "count",
    "countif",
    "max",
    "maxif",
    "min",
    "minif",
    "sum",
    "sumif",
    "uniq",
    "uniqexact",
    "uniqexactif",
    "uniqif",
];

/// Others that have a value for every group of rows.
const OTHER_AGGREGATES: &[&str] = &[
    "argmax",
    "argmaxif",
    "argmin",
    "argminif",
    "grouparray",
    "grouparrayif",
    "groupuniqarray",
    "groupuniqarrayif",
    "median",
    "quantile",
    "quantileif",
    "quantiles",
    "stddevpop",
    "stddevsamp",
    "topk",
    "uniqcombined",
    "uniqhll12",
    "varpop",
    "varsamp",
];

/// Aggregates that give a whole number of whatever they are given.
const COUNTS: &[&str] = &["count", "countif", "uniq", "uniqexact", "uniqexactif", "uniqif"];

/// Whether nothing in the statement can fail on a value of these tables.
pub(super) fn is_harmless(operands: &Operands<'_, '_>, named: &Named<'_>) -> bool {
    let length = operands.reading.lexed.lexemes.len();
    let Some(basic) = has_basic_columns_alone(named) else { return false };
    let mut judge = Judge { operands, basic, plain: vec![false; length] };
    judge.basic &= (0..length).all(|at| judge.keeps_basic(at));
    let pruner = Pruner::new(operands, named);
    for at in 0..length {
        let plain = pruner.plain(at).or_else(|| judge.count_beside_a_number(at));
        if let Some(comparison) = plain.and_then(|range| judge.plain.get_mut(range)) {
            comparison.fill(true);
        }
    }
    (0..length).all(|at| judge.allows(at))
}

/// Whether the columns that the statement names are all text and numbers. `None` where one of them is computed, or of a type of
/// which nothing is known.
fn has_basic_columns_alone(named: &Named<'_>) -> Option<bool> {
    let mut basic = true;
    for column in named.columns()? {
        basic &= is_basic(&column.type_name).filter(|_| !column.kind.is_outside_star())?;
    }
    Some(basic)
}

/// Whether a type is text or a number. `None` for a type of which nothing is known.
fn is_basic(type_name: &str) -> Option<bool> {
    let inside = |wrapper: &str| type_name.strip_prefix(wrapper)?.strip_suffix(')');
    if let Some(inner) = inside("LowCardinality(") {
        return is_basic(inner);
    }
    if let Some(inner) = inside("Nullable(") {
        // `length(NULL or a UUID)` and its kin look at the type when a row is there.
        return is_basic(inner).filter(|_| inner != "UUID").map(|_| false);
    }
    if let Some(element) = inside("Array(") {
        return (is_basic(element) == Some(true) || element == "Date").then_some(false);
    }
    match type_name.split('(').next()? {
        "String" | "Bool" | "Int8" | "Int16" | "Int32" | "Int64" | "Int128" | "Int256" | "UInt8" | "UInt16"
        | "UInt32" | "UInt64" | "UInt128" | "UInt256" | "Float32" | "Float64" => Some(true),
        "Date" | "DateTime" | "DateTime64" | "Decimal" | "UUID" => Some(false),
        "Map" => matches!(type_name, "Map(String, String)" | "Map(LowCardinality(String), String)").then_some(false),
        _ => None,
    }
}

struct Judge<'o, 'r, 't> {
    operands: &'o Operands<'r, 't>,
    /// Whether no value in the statement is anything but text and numbers, nor NULL.
    basic: bool,
    /// For each lexeme whether it is part of a comparison that is known to be harmless.
    plain: Vec<bool>,
}

impl Judge<'_, '_, '_> {
    fn keeps_basic(&self, at: usize) -> bool {
        if self.operands.role(at) != Some(Role::Function) {
            return true;
        }
        let name = self.operands.word(at).to_ascii_lowercase();
        [ALWAYS, OF_ONE, BESIDE_LITERALS, BASIC_AGGREGATES].iter().any(|list| list.contains(&name.as_str()))
    }

    fn allows(&self, at: usize) -> bool {
        if self.plain.get(at) == Some(&true) {
            return true;
        }
        match (self.operands.role(at), self.operands.kind(at)) {
            (Some(Role::Function), _) => self.allows_call(at),
            (Some(Role::Name | Role::Literal | Role::Dropped), _) => true,
            (Some(Role::Sign), _) => self.basic || self.operands.kind(at + 1) == Some(L::Number),
            (Some(Role::Symbol), Some(L::Symbol(symbol))) => self.allows_symbol(at, symbol),
            (Some(Role::Keyword), Some(L::Word(word))) => self.allows_word(at, word),
            _ => false,
        }
    }

    fn allows_call(&self, at: usize) -> bool {
        let name = self.operands.word(at).to_ascii_lowercase();
        let arguments = self.operands.list(at + 1);
        let is = |list: &[&str]| list.contains(&name.as_str());
        is(ALWAYS)
            || (arguments.len() <= 1 && (is(OF_ONE) || is(OF_TIMES)))
            || (is(BESIDE_LITERALS)
                && arguments.len() > 1
                && arguments.iter().skip(1).all(|argument| self.is_small_literal(argument)))
            || is(BASIC_AGGREGATES)
            || is(OTHER_AGGREGATES)
    }

    fn is_small_literal(&self, range: &Range<usize>) -> bool {
        let text = self.operands.word(range.start);
        let number =
            text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit()) && text.bytes().any(|it| it != b'0');
        match self.operands.kind(range.start) {
            Some(L::Text) => range.len() == 1,
            Some(L::Number) => range.len() == 1 && number,
            _ => false,
        }
    }

    fn allows_symbol(&self, at: usize, symbol: S) -> bool {
        match symbol {
            S::Comma | S::Dot | S::CloseRound => true,
            S::OpenRound => self.allows_bracket(at),
            S::Star => self.basic || self.operands.reading.stars.binary_search(&at).is_ok(),
            S::Equal | S::NotEqual | S::Less | S::Greater | S::LessEqual | S::GreaterEqual => self.basic,
            S::Plus | S::Minus | S::Slash => self.basic,
            _ => false,
        }
    }

    /// Around arguments, one expression, a list behind IN or USING; around a query that is read from or compared by IN. A query
    /// that is a value gives NULL where it has no row.
    fn allows_bracket(&self, open: usize) -> bool {
        let before = open.checked_sub(1);
        let is_called = before.is_some_and(|before| self.operands.role(before) == Some(Role::Function));
        let word = before.and_then(|before| self.operands.keyword(before));
        let is_query = self.operands.is_query(open + 1);
        match (is_query, word) {
            (true, Some(K::From | K::Join | K::As)) => true,
            // A star would bring columns of any type beside what is looked for.
            (true, Some(K::In)) => self.operands.reading.stars.is_empty(),
            (true, _) => before.is_none(),
            (false, Some(K::In | K::Using)) => true,
            (false, _) => is_called || self.operands.list(open).len() == 1,
        }
    }

    fn allows_word(&self, at: usize, word: K) -> bool {
        match word {
            K::Select => true,
            // `IS [NOT] DISTINCT FROM` compares.
            K::Distinct => !self.is_behind(at, &[K::Is, K::Not]),
            K::From | K::As | K::On | K::Join | K::Inner | K::Left | K::Right | K::Full | K::Outer | K::Cross => true,
            K::Global | K::Any | K::All | K::Semi | K::Anti | K::Final | K::Prewhere | K::Where | K::And | K::Or => {
                true
            }
            K::Not | K::Is | K::True | K::False | K::Group | K::Order | K::By | K::Having | K::Asc | K::Desc => true,
            K::Nulls | K::First | K::Last | K::Limit | K::Offset | K::With | K::Totals | K::Rollup | K::Cube => true,
            K::Null => self.is_behind(at, &[K::Is, K::Not, K::Nulls]),
            K::Between | K::Using => self.basic,
            K::In => {
                self.is_list_of_literals(at + 1) || (self.basic && self.operands.keyword(at + 2) == Some(K::Select))
            }
            K::Like | K::Ilike => self.is_pattern(at + 1),
            _ => false,
        }
    }

    fn is_behind(&self, at: usize, words: &[K]) -> bool {
        let before = at.checked_sub(1).and_then(|before| self.operands.keyword(before));
        before.is_some_and(|before| words.contains(&before))
    }

    /// The elements of such a list are converted before a row is looked at.
    fn is_list_of_literals(&self, open: usize) -> bool {
        let is_literal = |range: &Range<usize>| Constant::read(self.operands, range).is_some();
        self.operands.is_symbol(open, S::OpenRound) && self.operands.list(open).iter().all(is_literal)
    }

    /// A pattern of LIKE that is well-formed. What could go on with it is not allowed by itself.
    fn is_pattern(&self, at: usize) -> bool {
        let lexed = &self.operands.reading.lexed;
        let text = lexed.get(at).filter(|lexeme| lexeme.kind == L::Text).map(|lexeme| lexed.value(lexeme));
        text.is_some_and(|pattern| !pattern.contains(&b'\\'))
    }

    /// `count() > 5`, whichever of its signs stands there: all of it.
    fn count_beside_a_number(&self, sign: usize) -> Option<Range<usize>> {
        if !self.operands.is_comparison_sign(sign) {
            return None;
        }
        let (left, right) = (self.operands.left(sign), self.operands.right(sign));
        let (name, _) = self.operands.call(&left)?;
        let number = Constant::read(self.operands, &right)?;
        let is = COUNTS.contains(&name.as_str()) && matches!(number.kind, ConstantKind::Whole(_));
        // What stands inside of the call is looked at by itself.
        is.then_some(sign..right.end)
    }
}

#[cfg(test)]
mod tests;
