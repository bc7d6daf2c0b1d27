//! From a pipe to the query that it stands for.
//!
//! - Each node goes the way of every statement: lex → read → resolve → rewrite → verify. What a node reads of the same
//!   pipe's nodes and of other pipes is put in its place as a query that has gone that way before.
//! - A pipe reads with its own rights (definer's): all rows. A filter that the token holds on a data source, or on a pipe
//!   inside, applies all the same. A token may widen nothing by what it holds, and narrow what it reads.
//! - Bounded: how deep pipes stand in pipes, how many nodes are written, how long the text grows. A pipe that reads itself
//!   is refused.

use std::collections::HashMap;
use std::sync::Arc;

use crate::authz::{Decision, Grant, Policy};
use crate::catalog::{Catalog, TableName};
use crate::pipe::managed::Reads;
use crate::pipe::{Given, Pipe, Values};
use crate::sql::{self, Dialect, Refusal, RefusalKind, Rewritten, Visible};
use crate::store::Snapshot;

use super::{Reason, Refused, granted_name, read_pipe, visible};

/// How many nodes may stand in one another.
const DEEPEST: usize = 24;

/// How many nodes one request may write.
const MOST_NODES: usize = 256;

/// Why a pipe has no query.
#[derive(Debug)]
pub(super) enum Trouble {
    /// Something about the request's parameters: the client's to mend.
    Parameters(Refusal),
    /// Something about the pipe: the author's to mend.
    Pipe(String, Refusal),
}

impl Trouble {
    /// The client learns what it can mend. What is wrong inside a pipe only an administrator may know.
    pub(super) fn refused(self, policy: &Policy) -> Box<Refused> {
        let (reason, shown) = match self {
            Self::Parameters(refusal) => (refusal.clone(), refusal),
            Self::Pipe(name, refusal) => {
                let message = format!("in the pipe `{name}`: {}", refusal.message);
                let reason = Refusal { message, at: None, ..refusal };
                let shown = Refusal::new(RefusalKind::NotAllowed, format!("the pipe '{name}' cannot be served"));
                let shown = if policy.is_admin() { reason.clone() } else { shown };
                (reason, shown)
            }
        };
        Box::new(Refused { reason: Reason::Refused(reason), shown })
    }
}

impl Author {
    fn narrowed(&mut self, name: &str) {
        self.partly.get_or_insert_with(|| {
            format!(
                "Forbidden. The pipe reads '{name}', of which the token sees only some rows: a pipe gives all of them"
            )
        });
    }
}

/// The pipes of one request on their way to text.
#[derive(Debug)]
pub(super) struct Expansion<'a> {
    pub(super) policy: &'a Policy,
    pub(super) snapshot: &'a Snapshot,
    pub(super) catalog: &'a Catalog,
    pub(super) dialect: Dialect,
    /// The nodes that are being written, outermost first.
    path: Vec<(&'a str, usize)>,
    /// What the API's pipes among them may read. Nothing inside one is read that is on the list of any less.
    bounds: Vec<(&'a str, &'a Reads)>,
    /// What a pipe that is to be published reads, and whether its author may.
    pub(super) author: Option<Author>,
    /// Whether queries stand in one another as ordinary subqueries.
    pub(super) plain: bool,
    /// Those that have been.
    written: HashMap<Written<'a>, Arc<Rewritten>>,
    beyond: bool,
}

/// What decides how a node is written: which it is, what is given, whether it stands inside another statement, and the API's
/// pipes that it stands in.
type Written<'a> = (&'a str, usize, Values, bool, Vec<&'a str>);

/// What a pipe reads, and what of it its author may not.
#[derive(Debug)]
pub(super) struct Author {
    pub(super) pipe: String,
    pub(super) reads: Reads,
    /// A sentence on what the author sees in part only.
    pub(super) partly: Option<String>,
}

impl<'a> Expansion<'a> {
    pub(super) fn new(policy: &'a Policy, snapshot: &'a Snapshot, catalog: &'a Catalog, dialect: Dialect) -> Self {
        let (path, bounds, written) = (Vec::new(), Vec::new(), HashMap::new());
        Self { policy, snapshot, catalog, dialect, path, bounds, author: None, plain: false, written, beyond: false }
    }

    /// Whether a pipe read something with its own rights, and not with the token's.
    pub(super) fn beyond_its_own(&self) -> bool {
        self.beyond
    }

    /// The query of a pipe's endpoint; `inner` when it is to stand inside another statement. What the token fixes wins
    /// over what the request gives.
    pub(super) fn endpoint(&mut self, pipe: &'a Pipe, given: &Values, inner: bool) -> Result<Arc<Rewritten>, Trouble> {
        let mut values = given.clone();
        for (name, value) in self.policy.fixed_params(&pipe.name).into_iter().flatten() {
            values.insert(name.clone(), Given::One(value.clone()));
        }
        self.node(pipe, pipe.endpoint, &values, inner)
    }

    /// The query of one node.
    pub(super) fn node(
        &mut self,
        pipe: &'a Pipe,
        at: usize,
        values: &Values,
        inner: bool,
    ) -> Result<Arc<Rewritten>, Trouble> {
        let wrong = |message: &str| Trouble::Pipe(pipe.name.clone(), Refusal::new(RefusalKind::NotUnderstood, message));
        // What was written where more may be read is not what may stand where less may.
        let bounds = self.bounds.iter().map(|(name, _)| *name).collect();
        let key = (pipe.name.as_str(), at, values.clone(), inner, bounds);
        if let Some(written) = self.written.get(&key) {
            return Ok(Arc::clone(written));
        }
        if self.path.contains(&(pipe.name.as_str(), at)) {
            return Err(wrong("it reads itself"));
        }
        if self.path.len() >= DEEPEST || self.written.len() >= MOST_NODES {
            return Err(wrong("too many nodes read one another"));
        }
        let node = pipe.nodes.get(at).ok_or_else(|| wrong("it has no such node"))?;
        self.path.push((pipe.name.as_str(), at));
        let bounds = self.bounds.len();
        self.bounds.extend(pipe.reads.as_ref().map(|reads| (pipe.name.as_str(), reads)));
        let limits = &self.snapshot.limits;
        let text = node.template.render(values, self.dialect, limits).map_err(Trouble::Parameters)?;
        let at_fault = |refusal| Trouble::Pipe(pipe.name.clone(), refusal);
        let resolved = sql::resolve(&text, self.dialect, limits, &self.snapshot.extensions, self.catalog);
        let resolved = resolved.map_err(at_fault)?;
        let mut seen = HashMap::new();
        for table in resolved.tables() {
            if let Some(visible) = self.seen(pipe, values, table)? {
                seen.insert(table.clone(), visible);
            }
        }
        let visible = |table: &TableName| seen.get(table).cloned();
        let rewritten = if inner { resolved.rewrite_inner(&visible) } else { resolved.rewrite(&visible) };
        let rewritten = Arc::new(rewritten.map_err(at_fault)?);
        self.path.pop();
        self.bounds.truncate(bounds);
        self.written.insert(key, Arc::clone(&rewritten));
        Ok(rewritten)
    }

    /// What a name in a node means: a node of the same pipe, a table, or another pipe. A name that is two of them is
    /// refused.
    fn seen(&mut self, pipe: &'a Pipe, values: &Values, table: &TableName) -> Result<Option<Visible>, Trouble> {
        let snapshot = self.snapshot;
        let bare = *table.database == *self.catalog.default_database();
        let node = pipe.node(&table.table).filter(|_| bare);
        let is_table = self.catalog.get(table).is_some();
        let other = snapshot.pipes().get(&table.table).filter(|_| bare);
        let other = other.filter(|other| node.is_none() || other.name != pipe.name);
        match (node, is_table, other) {
            (Some(node), false, None) => {
                let query = self.node(pipe, node, values, true)?;
                Ok(Some(Visible::Query { query, filters: Vec::new(), fenced: false, plain: self.plain }))
            }
            (None, true, None) => {
                self.within(|reads| reads.tables.contains(&table.to_string()), &table.table)?;
                if !self.authors_table(&pipe.name, table) {
                    return Ok(None);
                }
                Ok(self.table(table))
            }
            (None, false, Some(other)) => {
                self.within(|reads| reads.pipes.contains(&other.name), &other.name)?;
                if !self.authors_pipe(&pipe.name, other)? {
                    return Ok(None);
                }
                let query = self.endpoint(other, values, true)?;
                let filters = match self.policy.decide([read_pipe(&other.name)]) {
                    Decision::Permit(permit) => {
                        permit.grants().iter().filter_map(Grant::filters).flatten().cloned().collect()
                    }
                    Decision::Denial(_) => Vec::new(),
                };
                Ok(Some(Visible::Query { query, filters, fenced: false, plain: self.plain }))
            }
            (None, false, None) => Ok(None),
            _ => {
                let message = format!("`{}` is the name of two things that it could read", table.table);
                Err(Trouble::Pipe(pipe.name.clone(), Refusal::new(RefusalKind::NotUnderstood, message)))
            }
        }
    }

    /// Refuses what a pipe of the API's was not allowed to read when it was written: a branch of a template shows it late.
    fn within(&self, allowed: impl Fn(&Reads) -> bool, name: &str) -> Result<(), Trouble> {
        let Some((pipe, _)) = self.bounds.iter().find(|(_, reads)| !allowed(reads)) else { return Ok(()) };
        let message = format!("it may not read `{name}`: that was not shown to be its author's to read");
        Err(Trouble::Pipe((*pipe).to_owned(), Refusal::new(RefusalKind::NotAllowed, message)))
    }

    /// Whether the table is there for the author of a pipe. What the pipe itself names the author must be allowed to read;
    /// what pipes inside it read they may read for it, unless a filter narrows it.
    fn authors_table(&mut self, reader: &str, table: &TableName) -> bool {
        let Some(author) = &mut self.author else { return true };
        let Some(name) = granted_name(table, self.catalog) else { return false };
        match visible(self.policy, &name) {
            Some(Visible::AllRows) => {}
            Some(_) => author.narrowed(name.as_str()),
            None if reader == author.pipe && sql::public(self.dialect, table).is_none() => return false,
            None => {}
        }
        author.reads.tables.insert(table.to_string());
        true
    }

    /// The same of a pipe. A parameter that the author's token fixes is a filter.
    fn authors_pipe(&mut self, reader: &str, other: &Pipe) -> Result<bool, Trouble> {
        let Some(author) = &mut self.author else { return Ok(true) };
        if other.name == author.pipe {
            let refusal = Refusal::new(RefusalKind::NotUnderstood, "it reads itself");
            return Err(Trouble::Pipe(author.pipe.clone(), refusal));
        }
        let narrowed = match self.policy.decide([read_pipe(&other.name)]) {
            Decision::Permit(permit) => permit.grants().iter().any(|grant| grant.filters().is_some()),
            Decision::Denial(_) if reader == author.pipe => return Ok(false),
            Decision::Denial(_) => false,
        };
        if narrowed || self.policy.fixed_params(&other.name).is_some_and(|fixed| !fixed.is_empty()) {
            author.narrowed(&other.name);
        }
        author.reads.pipes.insert(other.name.clone());
        Ok(true)
    }

    /// A table that no scope can name is read by no pipe either.
    fn table(&mut self, table: &TableName) -> Option<Visible> {
        let name = granted_name(table, self.catalog)?;
        if let Some(visible) = visible(self.policy, &name) {
            return Some(visible);
        }
        if let Some(public) = sql::public(self.dialect, table) {
            return Some(public);
        }
        self.beyond = true;
        Some(Visible::AllRows)
    }
}
