//! From a materialized pipe to a view that can be made.
//!
//! The view stands under a name of the gateway's own, which no query can reach; what it fills is an ordinary table with
//! grants and filters of its own.

use sha2::{Digest as _, Sha256};

use crate::authz::{Policy, Scope};
use crate::catalog::TableName;
use crate::gateway::judge::publish::{self, Unfit};
use crate::pipe::datafile::{Datafile, Reason, Target};
use crate::pipe::{Origin, Pipe, Source};
use crate::sql::Dialect;
use crate::upstream::change::NewView;
use crate::upstream::intake::OWN_PREFIX;

use super::Ground;
use super::folder::File;

/// The view, and the tables that it reads.
pub(super) fn new_view(
    file: &File<impl Sized>,
    pipe: &Datafile,
    target: &Target,
    ground: &Ground<'_>,
) -> Result<(NewView, Vec<TableName>), Reason> {
    if ground.dialect != Dialect::ClickHouse {
        return Err(Reason::whole("it is a materialized pipe, and this upstream has no materialized views"));
    }
    let target_name = TableName::new(ground.catalog.default_database(), &target.datasource);
    if ground.catalog.get(&target_name).is_none() {
        let message = format!(
            "the data source `{}` that it fills is not there, and has no file that can be served",
            target.datasource
        );
        return Err(Reason::at(target.line, message));
    }
    let origin = Origin::File(file.path.clone());
    let source = Source { name: file.name.clone(), origin, modified: None, file: Ok(pipe.clone()), reads: None };
    let compiled = Pipe::compile(source, ground.dialect).map_err(|unserved| unserved.reason)?;
    let view = publish::view(&compiled, &operator(), ground.snapshot, ground.catalog, ground.dialect);
    let view = view.map_err(|unfit| match unfit {
        Unfit::Wrong(message) | Unfit::Forbidden(message) => Reason::whole(message),
    })?;
    if view.tables.contains(&target_name) {
        return Err(Reason::at(target.line, "it reads the data source that it fills"));
    }
    if view.tables.is_empty() {
        return Err(Reason::whole("it reads no data source, so no row that comes in could fill it"));
    }
    let digest: String = Sha256::digest(&view.text).iter().map(|byte| format!("{byte:02x}")).collect();
    let name = TableName::new(ground.catalog.default_database(), &view_name(&file.name));
    Ok((NewView { name, target: target_name, query: view.text, mark: format!("portcullis {digest}") }, view.tables))
}

/// What a pipe's view is called.
pub(super) fn view_name(pipe: &str) -> String {
    format!("{OWN_PREFIX}mv_{pipe}")
}

/// Whoever runs the command: the files are theirs.
pub(super) fn operator() -> Policy {
    Policy::new(vec![Scope::Admin])
}
