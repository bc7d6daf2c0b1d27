//! What can be said of a statement's values before any expression is looked at.

use std::collections::HashSet;

use super::super::function::{self, Gives};
use super::super::value::{Kind, Value};
use super::Facts;
use crate::catalog::{Column, Table};
use crate::sql::keyword::Keyword as K;
use crate::sql::lexeme::{Kind as L, Symbol as S};
use crate::sql::read::Role;

impl<'r, 't> Facts<'r, 't> {
    pub(super) fn learn(&mut self, table: &'r Table, mentioned: &HashSet<&str>, all: bool) -> Option<()> {
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
            self.times |= matches!(value.kind, Kind::Time | Kind::Time64(_));
            self.floats |= value.kind == Kind::Float;
        }
        Some(())
    }

    /// What else can make values NULL or anything but text and numbers.
    pub(super) fn summarise(&mut self) {
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
            _ if name == "tuple" => true,
            Some((_, Gives::Kind(kind) | Gives::Nullable(kind))) => !kind.is_basic() && kind != Kind::Unknown,
            Some((_, Gives::Scale(_))) => true,
            Some(_) => false,
            None => !name.starts_with("count") && !name.starts_with("uniq") && name != "sum" && name != "avg",
        });
        self.times |= names.iter().any(|name| {
            let gives = function::rule(name).map(|(_, gives)| gives);
            matches!(gives, Some(Gives::Kind(Kind::Time) | Gives::Nullable(Kind::Time) | Gives::Scale(_)))
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
                Some(L::Word(K::Interval | K::Timestamp)) => (self.exotic, self.times) = (true, true),
                Some(L::Word(K::Date) | L::Symbol(S::OpenSquare | S::OpenBrace)) => self.exotic = true,
                Some(L::Word(_)) if self.reading.roles.get(at) == Some(&Role::Type) => {
                    (self.exotic, self.floats) = (true, true);
                    self.nullables |= self.word(at) == "Nullable";
                    self.times |= self.word(at).starts_with("DateTime");
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

    /// Whether a star may bring columns to a place where values meet: then every column counts as named. `count(*)`, the
    /// star of the outermost SELECT and of a query in FROM bring them nowhere.
    pub(super) fn stars_flow(&self) -> bool {
        let meets = |at: usize| match self.kind(at) {
            _ if self.is_set_operation(at) => true,
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
}
