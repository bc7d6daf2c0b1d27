//! What a statement's lexemes say of its values: brackets, names, and the kinds that follow.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::catalog::{Column, Table};
use crate::sql::keyword::{Keyword as K, is_unit_word};
use crate::sql::lexeme::{Kind as L, Symbol as S};
use crate::sql::read::{Reading, Role};

use super::function::{self, Gives};
use super::value::{Kind, Value};

/// How deep expressions and the aliases in them are followed: on a stack of 2 MiB, without optimisation too.
const DEEPEST: usize = 128;

/// What is shorter, in lexemes, is looked into each time.
const SHORT: usize = 16;

/// Lookups over one statement.
pub(super) struct Facts<'r, 't> {
    pub(super) reading: &'r Reading<'t>,
    /// For each bracket the place of its partner.
    partner: Vec<usize>,
    /// How many lexemes before each place depend on rows.
    rows_before: Vec<usize>,
    /// The columns that the statement names.
    columns: HashMap<&'r str, Value>,
    /// Names that are given in a way that is not followed.
    rebound: HashSet<&'t str>,
    pub(super) aliases: HashMap<&'t str, Vec<Range<usize>>>,
    /// Names by which tables are known.
    tables: HashSet<&'t str>,
    known: RefCell<HashMap<&'t str, Value>>,
    /// The values of long ranges: what stands in many brackets is asked about from each of them.
    looked_into: RefCell<HashMap<Range<usize>, Value>>,
    /// How deep the search for a value is.
    depth: Cell<usize>,
    /// Whether a value may be NULL.
    pub(super) nullables: bool,
    /// Whether a value may be anything but text and numbers.
    pub(super) exotic: bool,
    /// Whether values of two scales meet.
    pub(super) scales: bool,
    /// Whether a value may be a float: where none is, no comparison needs to be looked into for them.
    pub(super) floats: bool,
    /// Whether a condition is turned round.
    pub(super) negates: bool,
    /// For each lexeme whether it may stand in a condition, under whatever name.
    pub(super) reaches: Vec<bool>,
}

impl<'r, 't> Facts<'r, 't> {
    /// `None` where nothing can be known: a column that is named has a type about which nothing is, or is computed.
    pub(super) fn of(reading: &'r Reading<'t>, tables: impl Iterator<Item = &'r Table>) -> Option<Self> {
        let lexed = &reading.lexed;
        let text = |at: &usize| lexed.get(*at).map(|lexeme| lexed.name(lexeme));
        let mut aliases: HashMap<&str, Vec<Range<usize>>> = HashMap::new();
        for (expression, name) in &reading.aliases {
            aliases.entry(text(name)?).or_default().push(expression.clone());
        }
        let known_as = reading.tables.iter().map(|table| table.alias.unwrap_or(table.table));
        let mut facts = Self {
            reading,
            partner: partners(reading),
            rows_before: Vec::new(),
            columns: HashMap::new(),
            rebound: reading.renamed.iter().chain(&reading.array_joins).filter_map(text).collect(),
            aliases,
            tables: known_as.collect::<Vec<_>>().iter().filter_map(text).collect(),
            known: RefCell::default(),
            looked_into: RefCell::default(),
            depth: Cell::new(0),
            nullables: false,
            exotic: false,
            scales: false,
            floats: false,
            negates: super::order::negates(reading),
            reaches: Vec::new(),
        };
        facts.rows_before = facts.count_rows();
        let mentioned = mentioned(reading);
        let all = facts.stars_flow();
        tables.into_iter().try_for_each(|table| facts.learn(table, &mentioned, all))?;
        facts.summarise();
        facts.reaches = super::condition::reached(&facts);
        Some(facts)
    }

    fn learn(&mut self, table: &'r Table, mentioned: &HashSet<&str>, all: bool) -> Option<()> {
        if table.columns.is_empty() {
            return None;
        }
        let named = |column: &&Column| {
            let first = column.name.split('.').next().unwrap_or_default();
            mentioned.contains(&*column.name) || mentioned.contains(first)
        };
        for column in table.columns.iter().filter(|column| all || named(column)) {
            if column.kind.is_outside_star() {
                if named(&column) { return None } else { continue }
            }
            let value = Value::column(&column.type_name)?;
            let known = self.columns.entry(&column.name).or_insert(value);
            *known = known.or(value);
            self.scales |= matches!(known.kind, Kind::Unknown);
            self.nullables |= value.nullable;
            self.exotic |= !value.kind.is_basic();
            self.floats |= value.kind == Kind::Float;
        }
        Some(())
    }

    /// What else can make values NULL or anything but text and numbers.
    fn summarise(&mut self) {
        let mut scales = self.columns.values().filter_map(|value| match value.kind {
            Kind::Time64(scale) => Some(scale),
            Kind::Decimal => Some(u8::MAX),
            _ => None,
        });
        let first = scales.next();
        self.scales |= scales.any(|scale| Some(scale) != first);
        let lexed = &self.reading.lexed;
        let names: Vec<String> = self
            .reading
            .functions
            .iter()
            .filter_map(|&at| lexed.get(at).map(|lexeme| lexed.source(lexeme).to_ascii_lowercase()))
            .collect();
        self.floats |= names.iter().any(|name| match function::rule(name) {
            Some((_, Gives::Kind(kind) | Gives::Nullable(kind))) => kind == Kind::Float,
            Some(_) => false,
            None => !name.starts_with("count"),
        });
        self.nullables |= names.iter().any(|name| name.ends_with("ornull") || name == "nullif");
        self.exotic |= names.iter().any(|name| match function::rule(name) {
            Some((_, Gives::Kind(kind) | Gives::Nullable(kind))) => !kind.is_basic() && kind != Kind::Unknown,
            Some((_, Gives::Scale(_))) => true,
            Some(_) => name == "tuple",
            None => !name.starts_with("count") && !name.starts_with("uniq") && name != "sum" && name != "avg",
        });
        // Settings of the statement's own may make joined columns, groups and aggregates NULL.
        self.nullables |= self
            .reading
            .settings
            .iter()
            .any(|setting| lexed.get(setting.name).is_some_and(|lexeme| lexed.source(lexeme).contains("null")));
        for at in 0..lexed.lexemes.len() {
            match self.kind(at) {
                Some(L::Word(K::Null)) => {
                    let behind = at.checked_sub(1).and_then(|before| self.kind(before));
                    self.nullables |= !matches!(behind, Some(L::Word(K::Is | K::Not)));
                }
                Some(L::Word(K::Case)) => self.nullables = true,
                Some(L::Word(K::Interval | K::Date | K::Timestamp) | L::Symbol(S::OpenSquare | S::OpenBrace)) => {
                    self.exotic = true;
                }
                Some(L::Word(_)) if self.reading.roles.get(at) == Some(&Role::Type) => {
                    self.exotic = true;
                    self.floats = true;
                }
                Some(L::Symbol(S::Slash)) => self.floats = true,
                Some(L::Symbol(S::OpenRound)) => {
                    self.exotic |= self.is_tuple(at);
                    self.nullables |= self.is_scalar_query(at);
                }
                _ => {}
            }
        }
        if self.reading.parameters.iter().any(|&at| self.type_of_parameter(at).contains("Nullable")) {
            self.nullables = true;
        }
    }

    fn type_of_parameter(&self, at: usize) -> &'t str {
        self.reading.lexed.get(at + 2).map_or("", |lexeme| self.reading.lexed.source(lexeme))
    }

    /// `(a, b)` that is no list of arguments and no list behind IN or USING.
    fn is_tuple(&self, open: usize) -> bool {
        let before = open.checked_sub(1);
        let called = before.is_some_and(|at| {
            matches!(self.reading.roles.get(at), Some(Role::Function | Role::Type))
                || matches!(self.kind(at), Some(L::Word(K::In | K::Using | K::By) | L::Symbol(S::CloseRound)))
        });
        !called
            && self.top(open + 1..self.close(open)).any(|at| self.kind(at) == Some(L::Symbol(S::Comma)))
            && !matches!(self.kind(open + 1), Some(L::Word(K::Select | K::With | K::From)))
    }

    /// A query that stands for one value: it gives a Nullable, wherever an alias may carry it. A comma before it may be
    /// FROM's or a list's: it counts.
    fn is_scalar_query(&self, open: usize) -> bool {
        if !matches!(self.kind(open + 1), Some(L::Word(K::Select | K::With | K::From))) {
            return false;
        }
        let mut before = open.checked_sub(1);
        while let Some(at) = before.filter(|&at| self.kind(at) == Some(L::Symbol(S::OpenRound))) {
            before = at.checked_sub(1);
        }
        let plain = |at: usize| match self.kind(at) {
            Some(L::Word(word)) => {
                matches!(
                    word,
                    K::From
                        | K::Join
                        | K::As
                        | K::Materialized
                        | K::In
                        | K::Exists
                        | K::Union
                        | K::All
                        | K::Distinct
                        | K::Except
                        | K::Intersect
                ) && self.reading.roles.get(at) == Some(&Role::Keyword)
            }
            _ => false,
        };
        before.is_some_and(|at| !plain(at))
    }

    /// Whether `interval` begins a literal there, and is no column's name.
    pub(super) fn is_interval(&self, at: usize) -> bool {
        self.kind(at) == Some(L::Word(K::Interval)) && self.reading.roles.get(at) == Some(&Role::Keyword)
    }

    pub(super) fn kind(&self, at: usize) -> Option<L> {
        self.reading.lexed.get(at).map(|lexeme| lexeme.kind)
    }

    pub(super) fn word(&self, at: usize) -> &'t str {
        self.reading.lexed.get(at).map_or("", |lexeme| self.reading.lexed.name(lexeme))
    }

    pub(super) fn close(&self, open: usize) -> usize {
        self.partner.get(open).copied().unwrap_or(open)
    }

    /// The places of a range that stand in no bracket of it; brackets themselves are given once, where they open.
    pub(super) fn top(&self, range: Range<usize>) -> impl Iterator<Item = usize> + '_ {
        let mut at = range.start;
        std::iter::from_fn(move || {
            if at >= range.end {
                return None;
            }
            let here = at;
            let opens = matches!(self.kind(at), Some(L::Symbol(S::OpenRound | S::OpenSquare | S::OpenBrace)));
            at = if opens { self.close(at).max(at) + 1 } else { at + 1 };
            Some(here)
        })
    }

    /// The arguments of the call whose name stands there.
    pub(super) fn arguments(&self, function: usize) -> Vec<Range<usize>> {
        let open = function + 1;
        let end = self.close(open);
        let mut arguments = Vec::new();
        let mut start = open + 1;
        for at in self.top(start..end) {
            if self.kind(at) == Some(L::Symbol(S::Comma)) {
                arguments.push(start..at);
                start = at + 1;
            }
        }
        if start < end {
            arguments.push(start..end);
        }
        arguments
    }

    /// Whether no row decides what stands there.
    pub(super) fn is_constant(&self, range: &Range<usize>) -> bool {
        self.rows_before.get(range.start) == self.rows_before.get(range.end)
    }

    fn count_rows(&self) -> Vec<usize> {
        let mut counts = vec![0];
        let mut count = 0;
        for at in 0..self.reading.lexed.lexemes.len() {
            let role = self.reading.roles.get(at).copied();
            let depends = role == Some(Role::Name)
                || matches!(self.kind(at), Some(L::Word(K::Select | K::With | K::Columns)))
                || (self.kind(at) == Some(L::Symbol(S::Star)) && self.is_star(at));
            count += usize::from(depends);
            counts.push(count);
        }
        counts
    }

    /// A star that stands for columns, and does not multiply.
    pub(super) fn is_star(&self, at: usize) -> bool {
        self.reading.stars.binary_search(&at).is_ok()
    }

    /// Whether a star may bring columns to a place where values meet: then every column counts as named. `count(*)`, the
    /// star of the outermost SELECT and of a query in FROM bring them nowhere.
    fn stars_flow(&self) -> bool {
        let meets = |at: usize| match self.kind(at) {
            Some(L::Word(K::Union | K::Except | K::Intersect)) => true,
            Some(L::Word(K::In)) => {
                self.kind(at + 1) != Some(L::Symbol(S::OpenRound)) || !self.is_constant(&(at + 1..self.close(at + 1)))
            }
            _ => false,
        };
        let length = self.reading.lexed.lexemes.len();
        let mut stars =
            (0..length).filter(|&at| self.kind(at) == Some(L::Symbol(S::Star)) && self.is_star(at)).peekable();
        if stars.peek().is_none() {
            return false;
        }
        let (some_meet, is_counted) = ((0..length).any(meets), |at: usize| {
            self.kind(at + 1) == Some(L::Symbol(S::CloseRound))
                && at >= 2
                && self.word(at - 2).eq_ignore_ascii_case("count")
        });
        stars.any(|at| !is_counted(at) && (some_meet || !self.is_plain_star(at)))
    }

    fn is_plain_star(&self, at: usize) -> bool {
        let before = |back: usize| at.checked_sub(back).and_then(|place| self.kind(place));
        if before(1) != Some(L::Word(K::Select)) {
            return false;
        }
        match before(2) {
            None => true,
            Some(L::Symbol(S::OpenRound)) => matches!(before(3), Some(L::Word(K::From | K::Join | K::As))),
            Some(_) => false,
        }
    }

    /// A unit of time, and no name that is spelled like one.
    pub(super) fn is_unit(&self, at: usize) -> bool {
        self.reading.roles.get(at) == Some(&Role::Keyword) && is_unit_word(self.word(at))
    }

    /// What is known of the expression that stands there.
    pub(super) fn value(&self, range: Range<usize>) -> Value {
        // Aliases of aliases would go as deep as the text is long.
        if self.depth.get() >= DEEPEST {
            return Value::UNKNOWN;
        }
        let is_long = range.len() > SHORT;
        if is_long && let Some(known) = self.looked_into.borrow().get(&range) {
            return *known;
        }
        self.depth.set(self.depth.get() + 1);
        let value = self.shape(range.clone());
        self.depth.set(self.depth.get() - 1);
        let value = Value { constant: self.is_constant(&range), ..value };
        if is_long {
            self.looked_into.borrow_mut().insert(range, value);
        }
        value
    }

    fn shape(&self, range: Range<usize>) -> Value {
        if range.is_empty() {
            return Value::UNKNOWN;
        }
        if let Some(name) = self.exactly_name(&range) {
            return self.name(name);
        }
        let first = self.kind(range.start);
        let one = range.len() == 1;
        match first {
            Some(L::Text) if one => {
                let lexeme = self.reading.lexed.get(range.start);
                return lexeme.map_or(Value::UNKNOWN, |lexeme| Value::text(&self.reading.lexed.value(lexeme)));
            }
            Some(L::Number) if one => return Value::number(self.word(range.start)),
            Some(L::Word(K::True | K::False)) if one => return Value::constant(Kind::Whole),
            Some(L::Symbol(S::OpenBrace)) if self.close(range.start) + 1 == range.end => {
                return if self.kind(range.start + 2) == Some(L::Symbol(S::Colon)) {
                    self.parameter(range.start)
                } else {
                    Value::UNKNOWN
                };
            }
            Some(L::Symbol(S::OpenRound)) if self.close(range.start) + 1 == range.end => {
                return self.bracketed(range.start + 1..range.end - 1);
            }
            _ => {}
        }
        let called = self.reading.roles.get(range.start) == Some(&Role::Function);
        if called
            && self.kind(range.start + 1) == Some(L::Symbol(S::OpenRound))
            && self.close(range.start + 1) + 1 == range.end
        {
            return self.call(range.start);
        }
        self.operators(range)
    }

    fn bracketed(&self, range: Range<usize>) -> Value {
        let plain = !matches!(self.kind(range.start), Some(L::Word(K::Select | K::With | K::From)))
            && !self.top(range.clone()).any(|at| matches!(self.kind(at), Some(L::Symbol(S::Comma) | L::Word(K::As))));
        if plain { self.shape(range) } else { Value::UNKNOWN }
    }

    fn exactly_name(&self, range: &Range<usize>) -> Option<&Range<usize>> {
        let at = self.reading.names.binary_search_by_key(&range.start, |name| name.start).ok()?;
        self.reading.names.get(at).filter(|name| name.end == range.end)
    }

    /// A column, or what an alias stands for; of a name with a dot, a column of a table that is known by its first part.
    fn name(&self, range: &Range<usize>) -> Value {
        let name = match range.len() {
            1 => self.word(range.start),
            3 if self.tables.contains(self.word(range.start)) && !self.columns.contains_key(self.word(range.start)) => {
                self.word(range.start + 2)
            }
            _ => return Value::UNKNOWN,
        };
        if self.rebound.contains(name) {
            return Value::UNKNOWN;
        }
        let column = self.columns.get(name).copied();
        let Some(expressions) = self.aliases.get(name) else { return column.unwrap_or(Value::UNKNOWN) };
        if let Some(known) = self.known.borrow().get(name) {
            return *known;
        }
        // While it is looked for, an alias that names itself is of no known kind.
        self.known.borrow_mut().insert(name, Value::UNKNOWN);
        let meanings = expressions.iter().map(|expression| self.value(expression.clone()));
        let value = column.into_iter().chain(meanings).reduce(Value::or).unwrap_or(Value::UNKNOWN);
        self.known.borrow_mut().insert(name, value);
        value
    }

    fn call(&self, function: usize) -> Value {
        let name = self.word(function);
        let arguments = self.arguments(function);
        let value = |at: usize| arguments.get(at).map_or(Value::UNKNOWN, |range| self.value(range.clone()));
        if self.reading.lexed.dialect.functions().is_aggregate(name) {
            return function::aggregate(name, value(0));
        }
        let nullable = self.nullables;
        match function::rule(name).map(|(_, gives)| gives) {
            Some(Gives::Kind(kind)) => Value { nullable, ..Value::of(kind) },
            Some(Gives::Nullable(kind)) => Value { nullable: true, ..Value::of(kind) },
            Some(Gives::Same(at)) => Value { nullable, ..value(at) },
            Some(Gives::Merged(from)) => {
                let merged = (from..arguments.len()).map(value).reduce(Value::or).unwrap_or(Value::UNKNOWN);
                Value { nullable, ..merged }
            }
            Some(Gives::Scale(at)) => {
                let scale = arguments.get(at).map_or(Some(3), |range| self.word(range.start).parse().ok());
                scale.map_or(Value::UNKNOWN, |scale| Value::of(Kind::Time64(scale)))
            }
            None => Value::UNKNOWN,
        }
    }

    /// An expression with operators outside its brackets.
    fn operators(&self, range: Range<usize>) -> Value {
        let nullable = self.nullables;
        if self.is_interval(range.start) {
            let plain = self
                .top(range.start + 1..range.end)
                .all(|at| matches!(self.kind(at), Some(L::Number | L::Text)) || self.is_unit(at));
            return if plain { Value::of(Kind::Interval) } else { Value::UNKNOWN };
        }
        let mut parts = Vec::new();
        let (mut start, mut concat) = (range.start, false);
        for at in self.top(range.clone()) {
            match self.kind(at) {
                Some(L::Symbol(
                    S::Equal | S::NotEqual | S::Less | S::Greater | S::LessEqual | S::GreaterEqual | S::NullSafeEqual,
                )) => return Value { nullable, ..Value::of(Kind::Whole) },
                Some(L::Symbol(S::Plus | S::Minus | S::Star | S::Slash)) => {
                    if at > start {
                        parts.push(start..at);
                    }
                    start = at + 1;
                }
                Some(L::Symbol(S::Concat)) => concat = true,
                Some(L::Symbol(S::DoubleColon | S::Percent | S::Question | S::Colon | S::Arrow | S::Dot)) => {
                    return Value::UNKNOWN;
                }
                Some(L::Word(_)) if self.reading.roles.get(at) == Some(&Role::Keyword) => {
                    let inner = self.is_unit(at) || self.is_interval(at);
                    if !inner {
                        return Value::UNKNOWN;
                    }
                }
                _ => {}
            }
        }
        if concat {
            return if parts.is_empty() { Value { nullable, ..Value::of(Kind::Text) } } else { Value::UNKNOWN };
        }
        parts.push(start..range.end);
        if parts.len() == 1 && start == range.start {
            return Value::UNKNOWN;
        }
        let values: Vec<Value> = parts.into_iter().map(|part| self.value(part)).collect();
        let nullable = nullable || values.iter().any(|value| value.nullable);
        let all = |is: fn(Kind) -> bool| values.iter().all(|value| is(value.kind));
        let kind = match values.as_slice() {
            _ if all(|kind| kind == Kind::Whole) => Kind::Whole,
            _ if all(Kind::is_number) => Kind::Float,
            [first, rest @ ..] if first.kind.is_temporal() && rest.iter().all(|value| value.kind == Kind::Interval) => {
                // A Date and an INTERVAL of hours give a DateTime.
                if first.kind == Kind::Date { Kind::Time } else { first.kind }
            }
            // `today() - 7`, of constants only.
            [first, rest @ ..]
                if matches!(first.kind, Kind::Date | Kind::Time)
                    && values.iter().all(|value| value.constant)
                    && rest.iter().all(|value| matches!(value.kind, Kind::Interval | Kind::Whole)) =>
            {
                first.kind
            }
            _ => Kind::Unknown,
        };
        Value { nullable, ..Value::of(kind) }
    }

    /// The value of a typed parameter.
    fn parameter(&self, open: usize) -> Value {
        let written: String = (open + 3..self.close(open)).map(|at| self.word(at)).collect();
        Value::column(&written).unwrap_or(Value::UNKNOWN)
    }
}

fn partners(reading: &Reading<'_>) -> Vec<usize> {
    let mut partner = vec![0; reading.lexed.lexemes.len()];
    let mut open = Vec::new();
    for (at, lexeme) in reading.lexed.lexemes.iter().enumerate() {
        match lexeme.kind {
            L::Symbol(S::OpenRound | S::OpenSquare | S::OpenBrace) => open.push(at),
            L::Symbol(S::CloseRound | S::CloseSquare | S::CloseBrace) => {
                let start = open.pop().unwrap_or(at);
                if let Some(slot) = partner.get_mut(start) {
                    *slot = at;
                }
                if let Some(slot) = partner.get_mut(at) {
                    *slot = start;
                }
            }
            _ => {}
        }
    }
    partner
}

fn mentioned<'t>(reading: &Reading<'t>) -> HashSet<&'t str> {
    let lexed = &reading.lexed;
    let words = lexed.lexemes.iter().filter(|lexeme| matches!(lexeme.kind, L::Word(_) | L::Quoted));
    words.map(|lexeme| lexed.name(*lexeme)).collect()
}
