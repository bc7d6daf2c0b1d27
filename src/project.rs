//! A Tinybird project's folder over an upstream: what of it can be served, what of it is made, and why not the rest.
//!
//! | file | what it does |
//! |---|---|
//! | `folder` | finds the datafiles of a folder and reads them |
//! | `table` | from a `.datasource` file to a table that can be made |
//! | `compare` | whether a table that is there is the one that its file describes |
//! | `view` | from a materialized pipe to a view that can be made |
//! | `plan` | one finding a file, and the work that is to be done |
//! | `apply` | does the work: it makes what is missing, and drops and alters nothing |
//! | `tokens` | what the TOKEN lines ask for, as scopes |
//!
//! The SQL of the files goes the way of every statement: read, resolved, rewritten, verified. It reads with the rights of
//! an operator, whose files they are.

pub mod apply;
mod compare;
pub mod folder;
pub mod plan;
mod table;
pub mod tokens;
mod view;

pub use apply::apply;
pub use folder::Project;
pub use plan::{Finding, Found, plan};

use crate::catalog::Catalog;
use crate::sql::{Dialect, Extensions};
use crate::store::Snapshot;
use crate::upstream::change::Described;

/// What a project is judged against.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// The store, with the project's pipes in it.
    pub snapshot: &'a Snapshot,
    /// What the upstream holds.
    pub catalog: &'a Catalog,
    /// The same, in full.
    pub described: &'a [Described],
    /// The upstream's SQL.
    pub dialect: Dialect,
}

impl Ground<'_> {
    fn extensions(&self) -> &Extensions {
        &self.snapshot.extensions
    }
}
