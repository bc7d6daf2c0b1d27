//! Pruning: what of a statement's WHERE may be written into a wall, for the index.
//!
//! ClickHouse runs the conditions of a statement in its index analysis: on key marks, partitions and skip indexes, which hold
//! hidden rows' values, before any PREWHERE. A condition can fail there (26.7: `intDiv(1, n - 3) = 7` over
//! `INDEX i n TYPE set(100)` fails if and only if some row has `n = 3`), and one that never fails can be taken for what it is
//! not (`toDate(ts) <= '2026-03-08'` over a minmax index loses a permitted row beside a hidden one of 2299). Which ones cannot
//! is no list that ends. So a LIMIT inside the wall keeps the statement's conditions out of the analysis, and what the index
//! may use the gateway writes into the wall itself, in the forms below and no other:
//!
//! | written | out of | where |
//! |---|---|---|
//! | `c >= 7`, `c = 'x'`, `c IN (1, 2)`, … | the same, BETWEEN | the column is text or a whole number, and the literal one of its type's values |
//! | `ts >= now() - toIntervalDay(7)` | the same | a date, a time, and a constant of the same kind between 1971 and 2101 |
//! | `ts >= toDateTime(…) - toIntervalDay(2)` | the same | the kinds differ, or a key rounds the column: time zones, and clocks that go back, are less than two days |
//! | the same, `OR ts < 1971 OR ts >= 2100` | `toDate(ts) >= …` and other roundings | a rounding gives no later time than it takes; far away some come round |
//!
//! Each is implied by the statement's own condition, which stays where it is: the wall leaves out no row that WHERE would keep.
//! None fails on any value, and the analysis takes each as the rows do. A condition joined to others by OR, or over a table
//! that joins do not let through ([`Joined`]), or on a name that something else in the statement could mean, is not written;
//! nor is one beside FINAL on a column that is not in the sorting key.

mod column;
mod constant;
mod order;

use std::collections::HashSet;
use std::ops::Range;

use crate::catalog::{ColumnKind, Held, Keys, Rounding, Table};

use super::emit::write_quoted;
use super::keyword::{Keyword as K, is_unit_word};
use super::lexeme::{Kind as L, Symbol as S};
use super::named::{Meaning, Named};
use super::operands::Operands;
use super::read::{Joined, Role, TableUse};
use column::{Column, Found, Said};
pub(super) use constant::{Constant, Kind as ConstantKind};

/// The column whose name stands in a place.
type Columns<'a> = &'a dyn Fn(&Range<usize>) -> Option<Found<'a>>;

/// A statement, and which names in it are more than a column.
pub(super) struct Pruner<'o, 'r, 't> {
    operands: &'o Operands<'r, 't>,
    named: &'o Named<'o>,
    /// Names that the statement gives, or gives anew.
    given: HashSet<&'t str>,
}

/// How many elements of one FROM are looked at: each is looked for in each condition.
const MOST_JOINED: usize = 16;

/// How many conditions are looked at for each table: each names a column, which is looked for among its columns.
const MOST_LOOKED_AT: usize = 64;

impl<'o, 'r, 't> Pruner<'o, 'r, 't> {
    /// `named` is the columns of the statement's tables.
    pub(super) fn new(operands: &'o Operands<'r, 't>, named: &'o Named<'o>) -> Self {
        let reading = operands.reading;
        let aliases = reading.aliases.iter().map(|(_, name)| name);
        let given = aliases.chain(&reading.renamed).chain(&reading.array_joins).map(|&at| operands.word(at)).collect();
        Self { operands, named, given }
    }

    /// What may be written into the wall of that reference to a table, which names it `fresh`: conditions, each in brackets where
    /// it needs them. `beside` is the tables of the same FROM.
    pub(super) fn of(
        &self,
        table: &TableUse,
        fresh: &str,
        (known, keys): (&Table, &Keys),
        beside: &[&Table],
    ) -> Vec<String> {
        let Joined::Transparently(elements @ ..=MOST_JOINED, is_first) = table.joined else { return Vec::new() };
        let others = (beside.len() == elements).then_some(beside);
        let side = Side { table, fresh, known, keys, is_first, others };
        let own = self.operands.reading.conditions.iter().filter(|it| it.select == table.select);
        let conjuncts = own.flat_map(|condition| self.conjuncts(&condition.range)).take(MOST_LOOKED_AT);
        let said = conjuncts.filter_map(|conjunct| self.conjunct(&conjunct, &|it| self.own(&side, it)));
        said.flat_map(|said| said.conditions).collect()
    }

    /// Whether no condition of the statement is anything but comparisons that an index may see as they are, wherever they stand:
    /// then it may see them.
    pub(super) fn may_be_seen(&self) -> bool {
        let said = |conjunct: &Range<usize>| self.conjunct(conjunct, &|it| self.wherever(it));
        let is_exact = |conjunct: &Range<usize>| said(conjunct).is_some_and(|said| said.is_exact);
        let others = (0..self.operands.reading.lexed.lexemes.len()).filter_map(|at| self.operands.keyword(at));
        let mut conditions = self.operands.reading.conditions.iter();
        conditions.all(|condition| self.conjuncts(&condition.range).iter().all(is_exact))
            && !others.into_iter().any(|word| matches!(word, K::Having | K::Qualify | K::On | K::Using))
            && self.is_ordered_by_columns()
    }

    /// The parts of a condition that AND joins, in the order of the text.
    fn conjuncts(&self, condition: &Range<usize>) -> Vec<Range<usize>> {
        let (mut open, mut found) = (vec![condition.clone()], Vec::new());
        while let Some(range) = open.pop() {
            if self.operands.is_bracketed(&range) {
                open.push(range.start + 1..range.end - 1);
                continue;
            }
            let parts = self.parts(&range);
            match parts.len() {
                1 => found.extend(parts),
                _ => open.extend(parts.into_iter().rev()),
            }
        }
        found
    }

    /// Between the ANDs outside brackets; all in one where a word or a sign stands there that could bind less than AND does, or
    /// be a bracket of its own (CASE).
    fn parts(&self, range: &Range<usize>) -> Vec<Range<usize>> {
        let (mut parts, mut start, mut between) = (Vec::new(), range.start, false);
        for at in self.operands.top(range.clone()) {
            match self.operands.keyword(at) {
                Some(K::Between) if !between => between = true,
                Some(K::And) if between => between = false,
                Some(K::And) => {
                    parts.push(start..at);
                    start = at + 1;
                }
                Some(K::In | K::Not | K::Is | K::Null | K::Like | K::Ilike | K::Interval | K::True | K::False) => {}
                Some(_) if is_unit_word(self.operands.word(at)) => {}
                None if !matches!(self.operands.kind(at), Some(L::Symbol(S::Question | S::Comma))) => {}
                _ => return vec![range.clone()],
            }
        }
        parts.push(start..range.end);
        parts
    }

    /// What one of them says of one column.
    fn conjunct(&self, range: &Range<usize>, column: Columns<'_>) -> Option<Said> {
        // Another one behind it would be part of what is read as a constant, and is none.
        let operator = self.operands.top(range.clone()).find(|&at| self.is_comparison(at))?;
        let (left, right) = (range.start..operator, operator + 1..range.end);
        let constant = |range: &Range<usize>| Constant::read(self.operands, range);
        let subject = |range: &Range<usize>| self.subject(range, column);
        match self.operands.kind(operator)? {
            L::Symbol(sign) => match subject(&left) {
                Some(subject) => subject.beside(sign, &constant(&right)?),
                None => subject(&right)?.beside(turned(sign), &constant(&left)?),
            },
            L::Word(K::In) if self.operands.is_bracketed(&right) => {
                subject(&left)?.among(self.operands.list(right.start).iter().map(constant))
            }
            L::Word(K::Between) => {
                let and = self.operands.top(right.clone()).find(|&at| self.operands.keyword(at) == Some(K::And))?;
                let (low, high) = (constant(&(right.start..and))?, constant(&(and + 1..right.end))?);
                let subject = subject(&left)?;
                Some(subject.beside(S::GreaterEqual, &low)?.and(subject.beside(S::LessEqual, &high)?))
            }
            _ => None,
        }
    }

    /// All of the comparison whose sign or word stands there, where it cannot fail: it is of a column and of a constant that is
    /// compared with each of its values.
    pub(super) fn plain(&self, at: usize) -> Option<Range<usize>> {
        if !self.is_comparison(at) {
            return None;
        }
        let left = self.operands.left(at);
        let right = match self.operands.keyword(at) {
            Some(K::Between) => self.operands.right(self.operands.right(at).end),
            _ => self.operands.right(at),
        };
        let range = left.start..right.end;
        let said = self.conjunct(&range, &|it| self.wherever_whatever_keys(it))?;
        said.is_harmless.then_some(range)
    }

    fn is_comparison(&self, at: usize) -> bool {
        self.operands.is_comparison_sign(at) || matches!(self.operands.keyword(at), Some(K::In | K::Between))
    }

    /// A column, or a rounding of one, as `column` knows it.
    fn subject(&self, range: &Range<usize>, column: Columns<'_>) -> Option<Column> {
        if let Some(found) = column(range) {
            return Column::of(found, None);
        }
        let (function, arguments) = self.operands.call(range)?;
        let [argument] = arguments.as_slice() else { return None };
        Column::of(column(argument)?, Some(Rounding::named(&function)?))
    }

    /// The last part of the name that stands there, where the statement means nothing else by it, and the part before it.
    fn name(&self, range: &Range<usize>) -> Option<(Option<&'t str>, &'t str)> {
        let is_name = |at: usize| self.operands.role(at) == Some(Role::Name);
        let (first, last) = match range.len() {
            1 => (None, range.start),
            3 if self.operands.is_symbol(range.start + 1, S::Dot) => {
                (Some(self.operands.word(range.start)), range.end - 1)
            }
            _ => return None,
        };
        let last = is_name(last).then(|| self.operands.word(last))?;
        let given = self.given.contains(last) || first.is_some_and(|first| self.given.contains(first));
        (!given).then_some((first, last))
    }

    /// A column of that reference to a table.
    fn own<'a>(&self, side: &Side<'a>, range: &Range<usize>) -> Option<Found<'a>> {
        let (qualifier, name) = self.name(range)?;
        let is_own = match qualifier {
            Some(qualifier) => self.is_own(side, qualifier),
            None => side.is_of_one_table(name),
        };
        let column = side.known.columns.iter().find(|column| is_own && *column.name == *name)?;
        // An ALIAS is an expression.
        if column.kind != ColumnKind::Ordinary {
            return None;
        }
        // FINAL makes values of its own: a SummingMergeTree has 30 of 10 and 20, and an index of those has none (26.7), unless a
        // hidden row beside one has.
        if side.table.is_final && !side.keys.sorts(name) {
            return None;
        }
        let mut written = format!("{}.", side.fresh);
        write_quoted(&mut written, name, self.operands.reading.lexed.dialect);
        Some(Found { written, type_name: &column.type_name, held: side.keys.held(name) })
    }

    /// A column of whichever of the tables, where it is one and the same in all that have one of that name.
    fn wherever(&self, range: &Range<usize>) -> Option<Found<'o>> {
        let (qualifier, name) = self.name(range)?;
        let Meaning { type_name, held } = self.named.meaning(name)?;
        let is_part = qualifier.is_some_and(|first| self.named.has_part(first));
        (!is_part).then_some(Found { written: String::new(), type_name, held })
    }

    /// The same for whoever does not ask how keys hold it.
    fn wherever_whatever_keys(&self, range: &Range<usize>) -> Option<Found<'o>> {
        Some(Found { held: Held::Bare, ..self.wherever(range)? })
    }

    /// Whether it is the name by which the statement knows the table, and nothing else: no column, and no first part of one, of
    /// the table or of what stands before it.
    fn is_own(&self, side: &Side<'_>, name: &str) -> bool {
        let known_as = self.operands.word(side.table.alias.unwrap_or(side.table.table));
        let others = || self.operands.reading.tables.iter().filter(|it| it.range != side.table.range);
        let tables = others().map(|it| self.operands.word(it.alias.unwrap_or(it.table)));
        let before = if side.is_first { Some(&[][..]) } else { side.others };
        let mut columns = before.into_iter().flatten().flat_map(|table| &table.columns).chain(&side.known.columns);
        name == known_as
            && before.is_some()
            && !columns.any(|column| column.name.split('.').next() == Some(name))
            && !tables.into_iter().any(|other| other == name)
    }
}

/// A reference to a table, and what stands beside it.
struct Side<'a> {
    table: &'a TableUse,
    fresh: &'a str,
    known: &'a Table,
    keys: &'a Keys,
    /// Whether nothing stands before it.
    is_first: bool,
    /// All tables of its FROM, where there is nothing else in it.
    others: Option<&'a [&'a Table]>,
}

impl Side<'_> {
    fn is_of_one_table(&self, name: &str) -> bool {
        let has = |table: &&&Table| table.columns.iter().any(|column| *column.name == *name);
        self.others.is_some_and(|tables| tables.iter().filter(has).count() == 1)
    }
}

/// The sign of the same comparison with its sides changed.
fn turned(sign: S) -> S {
    match sign {
        S::Less => S::Greater,
        S::Greater => S::Less,
        S::LessEqual => S::GreaterEqual,
        S::GreaterEqual => S::LessEqual,
        _ => sign,
    }
}

#[cfg(test)]
mod tests;
