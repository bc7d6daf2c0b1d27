//! Walls: what stands in the text where a table's name stood.
//!
//! A filter and-ed to the outer WHERE is wrong for outer joins and open to capture by aliases; so each *reference* to a
//! filtered table is replaced by a query of its own, under the name by which the rest of the statement knows the table.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::sync::Arc;

use crate::catalog::{Column, ColumnKind, Engine, NameCase, Table, TableName};

use super::dialect::{Dialect, WallKind};
use super::emit::{is_quotable, write_quoted};
use super::filter::RowFilter;
use super::refusal::{Refusal, RefusalKind};
use super::{admit, shared, steps};

/// What the walls around a table need of its columns, found once however often the statement names the table.
#[derive(Debug)]
pub(super) struct Shape<'a> {
    /// The columns outside `*` that the statement names.
    pub(super) by_name: Vec<ByName<'a>>,
    /// The columns of `*` one by one, where nobody but the configuration tells them (ClickHouse behind `upstream.http`).
    listed: Option<Vec<&'a str>>,
    /// The columns of `*` that share their values with hidden rows and are given anew: see `shared`.
    anew: Vec<&'a str>,
    /// A column that the statement names and nobody may read beside a row filter.
    computed: Option<&'a str>,
    /// Whether the values of any column carry their own types.
    pub(super) self_describing: bool,
    /// The filters' columns that it has, and how the catalog spells each.
    spelled: HashMap<&'a str, &'a str>,
}

/// A column outside `*`.
#[derive(Debug)]
pub(super) struct ByName<'a> {
    name: &'a str,
    anew: bool,
}

impl<'a> Shape<'a> {
    /// Looks the columns up; `named` says whether the statement names one, `parted` whether it is to be given anew.
    pub(super) fn of(
        table: &'a Table,
        case: NameCase,
        named: &dyn Fn(&str) -> bool,
        parted: &dyn Fn(&Column) -> bool,
        filters: &'a [Arc<RowFilter>],
    ) -> Self {
        let of = |kind| table.columns.iter().filter(move |column| column.kind == kind);
        let by_name = of(ColumnKind::ByName).filter(|column| named(&column.name));
        steps::count(table.columns.len());
        let names: HashSet<&str> = filters.iter().flat_map(|filter| filter.columns()).collect();
        let spelled = names.into_iter().filter_map(|name| Some((name, spelling(table, case, name)?)));
        Self {
            by_name: by_name.map(|column| ByName { name: &column.name, anew: parted(column) }).collect(),
            listed: None,
            anew: of(ColumnKind::Ordinary).filter(|column| parted(column)).map(|column| &*column.name).collect(),
            computed: of(ColumnKind::Computed).map(|column| &*column.name).find(|name| named(name)),
            self_describing: table.columns.iter().any(|column| admit::is_self_describing(&column.type_name)),
            spelled: spelled.collect(),
        }
    }

    /// The same, with no column in it that is not in the catalog.
    pub(super) fn listing(self, table: &'a Table) -> Self {
        let ordinary = table.columns.iter().filter(|column| column.kind == ColumnKind::Ordinary);
        Self { listed: Some(ordinary.map(|column| &*column.name).collect()), ..self }
    }
}

/// The column of that name, as the catalog spells it: the very spelling first. Any, where the columns are not known.
fn spelling<'a>(table: &'a Table, case: NameCase, name: &'a str) -> Option<&'a str> {
    if table.columns.is_empty() {
        return Some(name);
    }
    steps::count(table.columns.len());
    let find = |same: &dyn Fn(&Column) -> bool| table.columns.iter().find(|column| same(column));
    let found = find(&|column| *column.name == *name).or_else(|| match case {
        NameCase::Sensitive => None,
        NameCase::Insensitive => find(&|column| column.name.eq_ignore_ascii_case(name)),
    });
    found.map(|column| &*column.name)
}

/// One reference to a table, as its wall needs it.
pub(super) struct Reference<'a> {
    pub(super) name: &'a TableName,
    pub(super) engine: Engine,
    pub(super) shape: &'a Shape<'a>,
    /// The name by which the statement knows it.
    pub(super) alias: &'a str,
    pub(super) is_final: bool,
    /// Whether nothing in the statement can fail on a row's values, and the index may see all of its conditions.
    pub(super) is_open: bool,
    /// What else the index may use (`prune`).
    pub(super) pruning: &'a [String],
    /// The numbers of SAMPLE, already canonical.
    pub(super) sample: Option<String>,
    pub(super) dialect: Dialect,
    /// Where a bare table name is looked up.
    pub(super) default_database: &'a str,
}

impl Reference<'_> {
    /// A table of which every row may be seen: its full name.
    pub(super) fn open(&self) -> Result<String, Refusal> {
        let mut out = String::new();
        self.full_name(&mut out)?;
        out.push_str(" AS ");
        write_quoted(&mut out, self.alias, self.dialect);
        self.modifiers(&mut out);
        Ok(out)
    }

    /// A table of which only the rows may be seen that one of the filters accepts.
    pub(super) fn walled(&self, filters: &[Arc<RowFilter>]) -> Result<String, Refusal> {
        if self.engine == Engine::Opaque {
            return Err(Refusal::new(
                RefusalKind::NotAllowed,
                format!("`{}` cannot be read with a row filter", self.alias),
            )
            .hint("grant the tables that it reads instead"));
        }
        self.no_row_counted()?;
        self.nothing_computed()?;
        let kind = self.dialect.wall(self.engine, self.is_final, self.is_open);
        let fresh = fresh(self.dialect, self.sample.as_deref());
        let (open, condition, close) = match kind {
            WallKind::ViewPrewhere => ("view(SELECT ", " PREWHERE ", ")"),
            WallKind::ViewPrewhereFence => ("view(SELECT ", " PREWHERE ", " LIMIT 9223372036854775807)"),
            WallKind::ViewFence => ("view(SELECT ", " WHERE ", " LIMIT 9223372036854775807)"),
            WallKind::SubqueryFence => ("(SELECT ", " WHERE ", " LIMIT -1)"),
            WallKind::SubqueryLimit => ("(SELECT ", " WHERE ", " LIMIT 9223372036854775807)"),
            WallKind::RecursionLimit => (
                "(WITH RECURSIVE __pc_w AS (SELECT ",
                " WHERE ",
                " UNION ALL SELECT * FROM __pc_w WHERE FALSE) SELECT * FROM __pc_w LIMIT 9223372036854775807)",
            ),
            WallKind::SubqueryBlind => ("(SELECT ", " WHERE ", " OFFSET 0)"),
            WallKind::Subquery => ("(SELECT ", " WHERE ", ")"),
        };
        let mut out = String::from(open);
        self.columns(&mut out, &fresh)?;
        out.push_str(" FROM ");
        self.full_name(&mut out)?;
        let _ = write!(out, " AS {fresh}");
        self.modifiers(&mut out);
        out.push_str(condition);
        self.condition(&mut out, filters, &fresh)?;
        self.pruning(&mut out, kind);
        if kind == WallKind::SubqueryBlind {
            out.push_str(" UNION ALL SELECT ");
            self.columns(&mut out, &fresh)?;
            out.push_str(" FROM ");
            self.full_name(&mut out)?;
            let _ = write!(out, " AS {fresh} WHERE FALSE");
        }
        out.push_str(close);
        out.push_str(" AS ");
        write_quoted(&mut out, self.alias, self.dialect);
        Ok(out)
    }

    fn full_name(&self, out: &mut String) -> Result<(), Refusal> {
        if !is_quotable(&self.name.database) || !is_quotable(&self.name.table) {
            return Err(Refusal::new(RefusalKind::NotAllowed, "the table's name cannot be written safely"));
        }
        if !self.dialect.leaves_out_default_database() || *self.name.database != *self.default_database {
            let parts = if self.dialect.has_catalogs() { 2 } else { 1 };
            for part in self.name.database.splitn(parts, '.') {
                write_quoted(out, part, self.dialect);
                out.push('.');
            }
        }
        write_quoted(out, &self.name.table, self.dialect);
        Ok(())
    }

    /// FINAL and SAMPLE stand inside the wall: outside of it the engine ignores them without a word.
    fn modifiers(&self, out: &mut String) {
        if self.is_final {
            out.push_str(" FINAL");
        }
        if let Some(sample) = &self.sample {
            out.push_str(" SAMPLE ");
            out.push_str(sample);
        }
    }

    /// `*`, and the columns outside it that the statement names.
    fn columns(&self, out: &mut String, fresh: &str) -> Result<(), Refusal> {
        match &self.shape.listed {
            Some(listed) => self.each_column(out, listed, fresh)?,
            None => {
                out.push('*');
                replaced(out, &self.shape.anew, fresh, self.dialect)?;
            }
        }
        for column in self.shape.by_name.iter().filter(|column| is_quotable(column.name)) {
            let mut name = format!("{fresh}.");
            write_quoted(&mut name, column.name, self.dialect);
            out.push_str(", ");
            out.push_str(&if column.anew { shared::parted(&name) } else { name });
            out.push_str(" AS ");
            write_quoted(out, column.name, self.dialect);
        }
        Ok(())
    }

    /// A list in the configuration may leave columns out, and what is not known to share nothing with hidden rows is not
    /// read beside a row filter.
    fn each_column(&self, out: &mut String, listed: &[&str], fresh: &str) -> Result<(), Refusal> {
        if listed.is_empty() {
            let message = format!("`{}` cannot be read with a row filter: its columns are not known", self.alias);
            return Err(Refusal::new(RefusalKind::NotAllowed, message)
                .hint("the configuration lists them with their types, as in `[org_id Int64, name String]`"));
        }
        for (position, column) in listed.iter().enumerate() {
            if !is_quotable(column) {
                return Err(Refusal::new(RefusalKind::NotAllowed, "a column's name cannot be written safely"));
            }
            let mut name = format!("{fresh}.");
            write_quoted(&mut name, column, self.dialect);
            out.push_str(if position == 0 { "" } else { ", " });
            out.push_str(&if self.shape.anew.contains(column) { shared::parted(&name) } else { name });
            out.push_str(" AS ");
            write_quoted(out, column, self.dialect);
        }
        Ok(())
    }

    /// `SAMPLE 1000` is a share of all rows, hidden ones too: how many of the permitted ones it leaves tells their number.
    fn no_row_counted(&self) -> Result<(), Refusal> {
        match &self.sample {
            Some(sample) if !sample.split(" OFFSET ").all(is_share) => {
                let message = "SAMPLE with a number of rows counts rows that a row filter hides";
                Err(Refusal::new(RefusalKind::NotAllowed, message).hint("write a share, as in `SAMPLE 1/10`"))
            }
            _ => Ok(()),
        }
    }

    fn nothing_computed(&self) -> Result<(), Refusal> {
        match self.shape.computed {
            Some(column) => {
                let message = format!("`{column}` is computed from what hidden rows have a share in");
                Err(Refusal::new(RefusalKind::NotAllowed, message).hint("write the expression of its ALIAS instead"))
            }
            None => Ok(()),
        }
    }

    /// Behind the filter, which is evaluated first: PREWHERE by its place, and none of the two can fail.
    fn pruning(&self, out: &mut String, kind: WallKind) {
        let mut word = match kind {
            WallKind::ViewPrewhereFence => " WHERE ",
            WallKind::ViewFence => " AND ",
            _ => return,
        };
        for condition in self.pruning {
            out.push_str(word);
            out.push_str(condition);
            word = " AND ";
        }
    }

    fn condition(&self, out: &mut String, filters: &[Arc<RowFilter>], fresh: &str) -> Result<(), Refusal> {
        if filters.is_empty() {
            return Err(Refusal::new(RefusalKind::Unverified, "a wall needs a filter"));
        }
        out.push('(');
        for (position, filter) in filters.iter().enumerate() {
            if let Some(stranger) = filter.columns().find(|column| !self.shape.spelled.contains_key(column)) {
                let message = format!("a row filter of `{}` names `{stranger}`, which is no column of it", self.name);
                return Err(Refusal::new(RefusalKind::Unverified, message));
            }
            out.push_str(if position == 0 { "(" } else { " OR (" });
            filter.write(out, Some(fresh), self.dialect, &|name| self.shape.spelled.get(name).copied().unwrap_or(name));
            out.push(')');
        }
        out.push(')');
        Ok(())
    }
}

/// A wall's own name for its table. ClickHouse (26.7) takes two `view(…)` of one statement for one when they differ in nothing
/// but SAMPLE, and gives both the sample of the first: the name, which qualifies the filter's columns, tells them apart.
pub(super) fn fresh(dialect: Dialect, sample: Option<&str>) -> String {
    let prefix = dialect.reserved_prefix();
    let Some(sample) = sample else { return format!("{prefix}_t") };
    let numbers = sample.chars().map(|c| match c {
        '/' => 'd',
        '.' => 'p',
        c if c.is_ascii_alphanumeric() => c,
        _ => '_',
    });
    format!("{prefix}_s{}", numbers.collect::<String>())
}

/// A query that this core wrote, as an ordinary subquery: nothing is hidden in it.
pub(super) fn subquery(query: &str, alias: &str, dialect: Dialect) -> Result<String, Refusal> {
    if !is_quotable(alias) {
        return Err(Refusal::new(RefusalKind::NotAllowed, "the pipe's name cannot be written safely"));
    }
    let mut out = format!("({query}) AS ");
    write_quoted(&mut out, alias, dialect);
    Ok(out)
}

/// Behind a star: those of its columns that are given anew.
fn replaced(out: &mut String, columns: &[impl AsRef<str>], fresh: &str, dialect: Dialect) -> Result<(), Refusal> {
    for (position, column) in columns.iter().map(AsRef::as_ref).enumerate() {
        if !is_quotable(column) {
            return Err(Refusal::new(RefusalKind::NotAllowed, "a column's name cannot be written safely"));
        }
        let mut name = format!("{fresh}.");
        write_quoted(&mut name, column, dialect);
        out.push_str(if position == 0 { " REPLACE (" } else { ", " });
        out.push_str(&shared::parted(&name));
        out.push_str(" AS ");
        write_quoted(out, column, dialect);
    }
    out.push_str(if columns.is_empty() { "" } else { ")" });
    Ok(())
}

/// Whether it is a share of the rows: `0.1`, `1 / 10`, up to all of them. Numbers that a float could round are not.
fn is_share(ratio: &str) -> bool {
    let number = |text: &str| -> Option<f64> {
        let plain = text.len() <= 15 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        text.parse().ok().filter(|_| plain)
    };
    let (part, whole) = ratio.split_once(" / ").unwrap_or((ratio, "1"));
    matches!((number(part), number(whole)), (Some(part), Some(whole)) if part <= whole)
}

/// A query that this core wrote, as a table.
///
/// On ClickHouse `view()` keeps the names of the statement around it out; a fence keeps its conditions from being run on
/// rows that the query or the filters leave out. Those of `parted` that are its columns are given anew (`shared`).
pub(super) fn around_query(
    query: &str,
    filters: &[Arc<RowFilter>],
    fenced: bool,
    parted: &[String],
    alias: &str,
    dialect: Dialect,
) -> Result<String, Refusal> {
    if !is_quotable(alias) {
        return Err(Refusal::new(RefusalKind::NotAllowed, "the pipe's name cannot be written safely"));
    }
    let Some((open, fence)) = dialect.query_wall() else {
        let message = "a pipe cannot be read as a table in this upstream's SQL";
        return Err(Refusal::new(RefusalKind::NotAllowed, message));
    };
    let mut out = format!("{open}{query})");
    if fenced || !filters.is_empty() {
        let fresh = format!("{}_t", dialect.reserved_prefix());
        let parted: Vec<&String> = parted.iter().filter(|name| is_quotable(name)).collect();
        let mut columns = String::from("*");
        replaced(&mut columns, &parted, &fresh, dialect)?;
        out = format!("{open}SELECT {columns} FROM {out} AS {fresh}");
        for (position, filter) in filters.iter().enumerate() {
            out.push_str(if position == 0 { " WHERE ((" } else { " OR(" });
            filter.write(&mut out, Some(&fresh), dialect, &|name| name);
            out.push(')');
        }
        out.push_str(if filters.is_empty() { "" } else { ")" });
        out.push_str(fence);
        out.push(')');
    }
    out.push_str(" AS ");
    write_quoted(&mut out, alias, dialect);
    Ok(out)
}

#[cfg(test)]
mod tests;
