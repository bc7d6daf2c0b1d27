//! A scope's text means what it says, or nothing.

use portcullis::authz::{Reach, Scope};
use portcullis::sql::{Dialect, Extensions, RowFilter};

/// Any text as a scope: it is refused, or it prints as it was written, and what has a filter in it reaches no further.
pub(crate) fn scope_means_what_it_says(text: &str) -> Result<bool, String> {
    let compile = |filter: &str| RowFilter::compile(filter, Dialect::ClickHouse, &Extensions::default(), &|_| None);
    let Ok(scope) = Scope::parse(text, &compile) else { return Ok(false) };
    let printed = scope.to_string();
    if printed != text {
        return Err(format!("it prints as {printed:?}"));
    }
    if Scope::parse(&printed, &compile).as_ref() != Ok(&scope) {
        return Err("it means something else when it is read again".to_owned());
    }
    let parts: Vec<&str> = text.splitn(4, ':').collect();
    let written = match &scope {
        Scope::Admin => vec!["ADMIN"],
        Scope::Tokens => vec!["TOKENS"],
        Scope::DatasourcesCreate => vec!["DATASOURCES", "CREATE"],
        Scope::PipesCreate => vec!["PIPES", "CREATE"],
        Scope::DatasourcesAppend(name) => vec!["DATASOURCES", "APPEND", name.as_str()],
        Scope::DatasourcesDrop(name) => vec!["DATASOURCES", "DROP", name.as_str()],
        Scope::PipesDrop(name) => vec!["PIPES", "DROP", name.as_str()],
        Scope::DatasourcesRead(name, Reach::All) => vec!["DATASOURCES", "READ", name.as_str()],
        Scope::PipesRead(name, Reach::All) => vec!["PIPES", "READ", name.as_str()],
        Scope::DatasourcesRead(name, Reach::Rows(filter)) => {
            vec!["DATASOURCES", "READ", name.as_str(), filter.source()]
        }
        Scope::PipesRead(name, Reach::Rows(filter)) => vec!["PIPES", "READ", name.as_str(), filter.source()],
    };
    if parts == written { Ok(true) } else { Err(format!("{parts:?} became {written:?}")) }
}
