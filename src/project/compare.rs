//! Whether a table that is there is the one that its file describes. Nothing is altered: a difference is told.

use crate::upstream::change::{Described, Key, NewTable};
use crate::upstream::intake::Kind;

/// The first difference, in words; `None` where there is none that matters.
pub(super) fn difference(there: &Described, wanted: &NewTable) -> Option<String> {
    let sqlite = there.engine == "SQLite";
    for field in &wanted.fields {
        let Some(found) = there.fields.iter().find(|known| known.name == field.name) else {
            return Some(format!("it has no column `{}`", field.name));
        };
        let wanted = if sqlite { as_sqlite_tells(&field.kind) } else { field.kind.to_string() };
        if canonical(&wanted) != canonical(&found.type_name) {
            return Some(format!("the column `{}` is `{}`, and the file says `{wanted}`", field.name, found.type_name));
        }
    }
    let more = there.fields.iter().find(|found| !wanted.fields.iter().any(|field| field.name == found.name));
    if let Some(more) = more {
        return Some(format!("it has a column `{}` more", more.name));
    }
    if sqlite {
        return None;
    }
    let family = if wanted.engine.name.is_empty() { "MergeTree" } else { wanted.engine.name };
    let bare = there.engine.trim_start_matches("Replicated").trim_start_matches("Shared");
    if bare != family {
        return Some(format!("its engine is `{}`, and the file says `{family}`", there.engine));
    }
    let key = |what: &str, found: &str, wanted: &[Key]| {
        let written: Vec<String> = wanted.iter().map(text).collect();
        let (found_bare, wanted_bare) = (canonical(found), canonical(&written.join(", ")));
        let none = |text: &str| text.is_empty() || text == "tuple()";
        let same = found_bare == wanted_bare
            || found_bare == format!("({wanted_bare})")
            || (none(&found_bare) && none(&wanted_bare));
        (!same).then(|| format!("its {what} is `{found}`, and the file says `{}`", written.join(", ").replace('`', "")))
    };
    key("sorting key", &there.sorting_key, &wanted.engine.sorting_key)
        .or_else(|| key("partition key", &there.partition_key, &wanted.engine.partition_key))
}

/// SQLite keeps fewer types than there are: what is told of a column is the one that its own was kept as.
fn as_sqlite_tells(kind: &Kind) -> String {
    let kept = Kind::of_sqlite(kind.to_sqlite().unwrap_or_default());
    if kind.is_nullable() { format!("Nullable({kept})") } else { kept.to_string() }
}

fn text(key: &Key) -> String {
    match key {
        Key::Column(column) => column.clone(),
        Key::Call(function, column) => format!("{function}({column})"),
        Key::Expression(text) => text.clone(),
    }
}

/// Without blanks and quotes of names; aggregates by the name that ClickHouse itself gives them.
fn canonical(text: &str) -> String {
    let bare: String = text.chars().filter(|c| !c.is_whitespace() && *c != '`').collect();
    bare.replace("AggregateFunction(countDistinct,", "AggregateFunction(uniqExact,")
}

/// Whether rows that are given can go into a column of that type.
pub(super) fn takes_rows(kind: &Kind) -> bool {
    !matches!(kind, Kind::State(_) | Kind::Other)
}
