//! What a statement's lexemes say of its values: brackets, names, and the kinds that follow.
//!
//! | file | says |
//! |---|---|
//! | `summary` | what can be said before any expression is looked at |
//! | `shape` | the value of an expression |

mod shape;
mod summary;

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::catalog::Table;
use crate::sql::keyword::{Keyword as K, is_unit_word};
use crate::sql::lexeme::{Kind as L, Symbol as S};
use crate::sql::read::{Reading, Role};

use super::value::Value;

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
    /// Whether a value may be a DateTime or a DateTime64.
    pub(super) times: bool,
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
            partner: reading.partners(),
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
            times: false,
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
        self.list(function + 1)
    }

    /// What stands between the commas of the brackets that open there.
    pub(super) fn list(&self, open: usize) -> Vec<Range<usize>> {
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
    /// A unit of time, and no name that is spelled like one.
    pub(super) fn is_unit(&self, at: usize) -> bool {
        self.reading.roles.get(at) == Some(&Role::Keyword) && is_unit_word(self.word(at))
    }
}

fn mentioned<'t>(reading: &Reading<'t>) -> HashSet<&'t str> {
    let lexed = &reading.lexed;
    let words = lexed.lexemes.iter().filter(|lexeme| matches!(lexeme.kind, L::Word(_) | L::Quoted));
    words.map(|lexeme| lexed.name(*lexeme)).collect()
}
