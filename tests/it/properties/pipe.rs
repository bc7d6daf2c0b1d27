//! Pipes: a file is read as it is written, and a parameter's value never becomes SQL.

use portcullis::pipe::datafile::{self, Datafile};
use portcullis::pipe::{Given, Template, Values};
use portcullis::sql::{self, Dialect, Limits};

/// A value in each place where a template of these takes one.
const TEMPLATES: &[&str] = &[
    "% SELECT n FROM events WHERE user_id = {{ String(x) }} AND n = 1",
    "% SELECT n FROM events WHERE user_id IN {{ Array(y, 'String') }} AND n = 1",
    "% SELECT n FROM events WHERE user_id = {{ String(x, 'a') }} ORDER BY {{ column(c, 'n', enum=['n', 'm']) }}",
    "% SELECT n FROM events WHERE n > {{ Int64(x, 1) }} {% if defined(y) and x == 'a' %} AND m = 1 {% end %}",
];

const DIALECTS: [Dialect; 3] = [Dialect::ClickHouse, Dialect::Sqlite, Dialect::Generic];

/// `x`, `n`, `s` and `c` are the one value, `y` both.
fn values(one: &str, other: &str) -> Values {
    let single = |name: &str| (name.to_owned(), Given::One(one.to_owned()));
    let both = Given::Many(vec![one.to_owned(), other.to_owned()]);
    ["x", "n", "s", "c"].map(single).into_iter().chain([("y".to_owned(), both)]).collect()
}

/// A template of the text's own, and two values behind NULs: what is rendered is refused, or written well.
pub(crate) fn renders_well(text: &str) -> Result<bool, String> {
    let mut parts = text.split('\0');
    let (template, one, other) =
        (parts.next().unwrap_or_default(), parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let mut accepted = false;
    for dialect in DIALECTS {
        for known in TEMPLATES {
            literals_only(known, one, other, dialect)?;
        }
        let Ok(read) = Template::parse(template, dialect) else { continue };
        let _ = read.parameters();
        if let Ok(rendered) = read.render(&values(one, other), dialect, &Limits::default()) {
            accepted |= super::rewrites_well_in(&rendered, dialect)?;
        }
    }
    Ok(accepted)
}

/// Whatever the values are, the statement names what it names with plain ones.
fn literals_only(template: &str, one: &str, other: &str, dialect: Dialect) -> Result<(), String> {
    let limits = Limits::default();
    let outline = |one: &str, other: &str| {
        let template = Template::parse(template, dialect).map_err(|error| format!("{template}: {error}"))?;
        let Ok(rendered) = template.render(&values(one, other), dialect, &limits) else { return Ok(None) };
        let outline = sql::outline(&rendered, dialect, &limits);
        Ok::<_, String>(Some(outline.map_err(|refusal| format!("{rendered}: {refusal}"))?))
    };
    let (Some(said), Some(plain)) = (outline(one, other)?, outline("1", "b")?) else { return Ok(()) };
    let same = said.tables == plain.tables
        && said.table_functions == plain.table_functions
        && said.functions.iter().all(|name| plain.functions.contains(name) || name == "toInt128");
    // `c` may be another of the author's columns, and one branch has a condition more.
    let known = |name: &String| plain.columns.contains(name) || ["n", "m"].contains(&name.as_str());
    if same && said.columns.iter().all(known) {
        Ok(())
    } else {
        Err(format!("{template}: {one:?} {other:?}: {said:?}"))
    }
}

/// What is served. The tokens that it asks for are not made, and lines may move.
fn same(one: &Datafile, other: &Datafile) -> bool {
    let said = |file: &Datafile| {
        let nodes = file.nodes.iter();
        let nodes = nodes.map(|n| (n.name.clone(), n.description.clone(), n.sql.clone(), n.is_endpoint));
        (file.description.clone(), nodes.collect::<Vec<_>>())
    };
    said(one) == said(other)
}

/// A file of a pipe is refused, or it is the same when it is written and read again.
pub(crate) fn datafile_stays(text: &str) -> Result<bool, String> {
    let mut accepted = false;
    for read in [datafile::parse, datafile::parse_draft] {
        let Ok(file) = read(text) else { continue };
        accepted = true;
        let written = datafile::write(&file);
        match read(&written) {
            Ok(again) if same(&again, &file) => {}
            Ok(_) => return Err(format!("it means something else when it is written and read again\n{written}")),
            Err(why) => return Err(format!("what was written is refused: {why:?}\n{written}")),
        }
    }
    Ok(accepted)
}
