//! Admission: what a statement names besides tables must be on a list.
//!
//! The reader understands more than policy allows; here the difference is refused, with a sentence that says what to
//! write instead.

use super::lexeme::{Kind, Symbol};
use super::read::{Reading, Role, Setting};
use super::refusal::{Refusal, RefusalKind};
use super::string;

/// What a deployment adds to the dialect's own lists.
#[derive(Debug, Clone, Default)]
pub struct Extensions {
    /// Functions permitted beyond the dialect's list, in the engine's spelling.
    pub functions: std::collections::HashSet<std::sync::Arc<str>>,
}

/// Refuses what is on no list.
pub(super) fn admit(reading: &Reading<'_>, extensions: &Extensions) -> Result<(), Refusal> {
    objections(reading)?;
    functions(reading, extensions)?;
    table_functions(reading)?;
    names_at_in(reading)?;
    recursion_at_in(reading)?;
    types_in_full(reading)?;
    aggregate_states(reading)?;
    types(reading)?;
    reading.settings.iter().try_for_each(|setting| check_setting(reading, setting))
}

/// A type that is handed over as a string is written in full: put together from parts, it could be any.
fn types_in_full(reading: &Reading<'_>) -> Result<(), Refusal> {
    const CASTS: &[&str] = &["accurateCast", "accurateCastOrDefault", "accurateCastOrNull", "cast"];
    if !reading.lexed.dialect.is_clickhouse() {
        return Ok(());
    }
    let kind = |position: usize| reading.lexed.get(position).map(|lexeme| lexeme.kind);
    let casts = reading.functions.iter().copied();
    for position in casts.filter(|&at| CASTS.iter().any(|cast| name(reading, at).eq_ignore_ascii_case(cast))) {
        let Some(second) = second_argument(reading, position) else { continue };
        let ends = matches!(kind(second + 1), Some(Kind::Symbol(Symbol::Comma | Symbol::CloseRound)));
        if kind(second) != Some(Kind::Text) || !ends {
            return Err(not_allowed(reading, second, "a cast's type stands in one plain string or behind AS"));
        }
    }
    Ok(())
}

/// Where a call's second argument begins.
fn second_argument(reading: &Reading<'_>, function: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let behind = reading.lexed.lexemes.iter().enumerate().skip(function + 1);
    for (position, lexeme) in behind {
        match lexeme.kind {
            Kind::Symbol(Symbol::OpenRound | Symbol::OpenSquare | Symbol::OpenBrace) => depth += 1,
            Kind::Symbol(Symbol::CloseRound | Symbol::CloseSquare | Symbol::CloseBrace) => depth -= 1,
            Kind::Symbol(Symbol::Comma) if depth == 1 => return Some(position + 1),
            Kind::Word(_) | Kind::Quoted | Kind::Text | Kind::Blob | Kind::Number | Kind::Symbol(_) => {}
        }
        if depth == 0 {
            return None;
        }
    }
    None
}

/// A type can be a table's row type, or look tables up by name: every word of one is on the list.
fn types(reading: &Reading<'_>) -> Result<(), Refusal> {
    let lexed = &reading.lexed;
    let stranger = lexed.lexemes.iter().zip(&reading.roles).position(|(lexeme, role)| {
        let word = *role == Role::Type && matches!(lexeme.kind, Kind::Word(_));
        word && !lexed.dialect.is_type_word(lexed.source(*lexeme))
    });
    match stranger {
        Some(position) => {
            Err(not_allowed(reading, position, format!("the type `{}` is not permitted", name(reading, position))))
        }
        None => Ok(()),
    }
}

/// ClickHouse reads a cast from text to `AggregateFunction(…)` as the state's raw bytes, and trusts them.
fn aggregate_states(reading: &Reading<'_>) -> Result<(), Refusal> {
    let lexed = &reading.lexed;
    let names_one = |text: &[u8]| string::holds(text, "AggregateFunction");
    let position = lexed.lexemes.iter().zip(&reading.roles).position(|(lexeme, role)| match role {
        Role::Type => names_one(lexed.source(*lexeme).as_bytes()),
        Role::Literal => names_one(&lexed.value(*lexeme)),
        _ => false,
    });
    match position {
        Some(position) if lexed.dialect.is_clickhouse() => {
            Err(not_allowed(reading, position, "an aggregate's state cannot be made from a value"))
        }
        _ => Ok(()),
    }
}

/// What is understood and never permitted.
pub(super) fn objections(reading: &Reading<'_>) -> Result<(), Refusal> {
    match reading.objections.first() {
        Some(objection) => Err(not_allowed(reading, objection.at, objection.message).hint(objection.hint)),
        None => Ok(()),
    }
}

/// Every function is on the dialect's list or the deployment's.
pub(super) fn functions(reading: &Reading<'_>, extensions: &Extensions) -> Result<(), Refusal> {
    let dialect = reading.lexed.dialect;
    let known = dialect.functions();
    for &position in &reading.functions {
        let name = name(reading, position);
        let is_form = dialect.forms().iter().any(|form| name.eq_ignore_ascii_case(form));
        if !is_form && !known.contains(name) && !extensions.functions.contains(name) {
            return Err(not_allowed(reading, position, format!("the function `{name}` is not permitted"))
                .hint("an operator can permit it under `functions` in gateway.yaml"));
        }
    }
    arguments_that_name_functions(reading)
}

/// Some of ClickHouse's functions take another function's name as a string. It must be a literal, and on the list.
fn arguments_that_name_functions(reading: &Reading<'_>) -> Result<(), Refusal> {
    const TAKE_A_NAME: &[&str] = &["arrayReduce", "arrayReduceInRanges", "initializeAggregation"];
    if !reading.lexed.dialect.is_clickhouse() {
        return Ok(());
    }
    for &position in &reading.functions {
        if !TAKE_A_NAME.iter().any(|taker| name(reading, position).eq_ignore_ascii_case(taker)) {
            continue;
        }
        // The literal alone: `'su' || 'm'` is another name.
        let alone = reading.lexed.get(position + 3).is_some_and(|next| next.kind == Kind::Symbol(Symbol::Comma));
        let argument = reading.lexed.get(position + 2).filter(|lexeme| alone && lexeme.kind == Kind::Text);
        let value = argument.map(|lexeme| reading.lexed.value(lexeme));
        let called = value.as_deref().and_then(|value| std::str::from_utf8(value).ok()).unwrap_or_default();
        let called = called.split('(').next().unwrap_or_default();
        if !reading.lexed.dialect.functions().contains(called) {
            return Err(not_allowed(reading, position, "the function named in its first argument is not permitted"));
        }
    }
    Ok(())
}

fn table_functions(reading: &Reading<'_>) -> Result<(), Refusal> {
    for &position in &reading.table_functions {
        let name = name(reading, position);
        if !reading.lexed.dialect.is_table_function(name) {
            return Err(not_allowed(reading, position, format!("the table function `{name}` is not permitted"))
                .hint("read a data source by its name"));
        }
    }
    Ok(())
}

fn names_at_in(reading: &Reading<'_>) -> Result<(), Refusal> {
    match reading.in_names.first() {
        Some(range) => Err(bare_name_at_in(reading, range.start)),
        None => Ok(()),
    }
}

/// A query of WITH RECURSIVE at the right of IN inside itself: ClickHouse (26.7) gives it other rows at each step when it is
/// written with another name.
fn recursion_at_in(reading: &Reading<'_>) -> Result<(), Refusal> {
    let own = |name: usize, cte: usize| reading.ctes.get(cte).is_some_and(|cte| cte.body.contains(&name));
    match reading.cte_uses.iter().find(|cte| !cte.in_from && own(cte.name, cte.cte)) {
        Some(cte) => {
            let message = "a recursive query stands at the right of IN inside itself";
            Err(not_allowed(reading, cte.name, message).hint("join it in FROM"))
        }
        None => Ok(()),
    }
}

/// The refusal of a name at the right of IN that an engine may take for a table or for something else.
pub(super) fn bare_name_at_in(reading: &Reading<'_>, position: usize) -> Refusal {
    not_allowed(reading, position, "a bare name at the right of IN can be a table")
        .hint("write `IN (SELECT column FROM table)`, or `has(array, value)` for an array")
}

fn check_setting(reading: &Reading<'_>, setting: &Setting) -> Result<(), Refusal> {
    let name = name(reading, setting.name);
    if !setting.outermost {
        return Err(not_allowed(reading, setting.name, "SETTINGS belong at the end of the whole statement"));
    }
    if !reading.lexed.dialect.settings().contains(&name) {
        return Err(not_allowed(reading, setting.name, format!("the setting `{name}` is not permitted")));
    }
    if setting_value(reading, setting).is_none() {
        return Err(not_allowed(reading, setting.name, format!("the setting `{name}` takes one plain value")));
    }
    Ok(())
}

/// Beside a row filter no setting may change what an expression means or show what hidden rows have a share in.
pub(super) fn settings_beside_filters(reading: &Reading<'_>) -> Result<(), Refusal> {
    let dialect = reading.lexed.dialect;
    reading.settings.iter().try_for_each(|setting| {
        let (name, value) = (name(reading, setting.name), setting_value(reading, setting).unwrap_or_default());
        match dialect.objection_beside_filters(name, &value) {
            None => Ok(()),
            Some(objection) => Err(not_allowed(reading, setting.name, format!("the setting `{name}` {objection}"))),
        }
    })
}

/// Types whose values carry their own types. How a column of one is stored depends on all rows of a part, and on 26.7 a
/// cast of it to another (`dy::Variant(Int64, String)`) fails when a hidden row beside it has a type that is not in the list.
const SELF_DESCRIBING: &[&str] = &["Dynamic", "JSON", "Object", "Variant"];

/// Whether a column's type is one of them, is made of one, or is not known.
pub(super) fn is_self_describing(type_name: &str) -> bool {
    // One pass: this is asked of every column of every table that is read.
    type_name.is_empty() || names_self_describing(type_name)
}

fn names_self_describing(text: &str) -> bool {
    text.match_indices(['D', 'J', 'O', 'V']).any(|(at, _)| {
        let rest = text.get(at..).unwrap_or_default();
        SELF_DESCRIBING.iter().any(|name| rest.starts_with(name))
    })
}

/// Beside a row filter on a table with such a column nothing is cast to such a type, by its name or in a string.
pub(super) fn casts_beside_filters(reading: &Reading<'_>) -> Result<(), Refusal> {
    let lexed = &reading.lexed;
    let position = lexed.lexemes.iter().zip(&reading.roles).position(|(lexeme, role)| match role {
        Role::Type => names_self_describing(lexed.source(*lexeme)),
        // A blob is a string too.
        Role::Literal => names_self_describing(&String::from_utf8_lossy(&lexed.value(*lexeme))),
        _ => false,
    });
    match position {
        Some(position) => Err(not_allowed(
            reading,
            position,
            "a type whose values carry their own types cannot be cast to beside a row filter",
        )
        .hint("cast to a plain type, as in `value::Int64`")),
        None => Ok(()),
    }
}

/// The settings with their values, ready to travel beside the statement.
pub(super) fn settings(reading: &Reading<'_>) -> Vec<(String, String)> {
    let pair = |setting: &Setting| Some((name(reading, setting.name).to_owned(), setting_value(reading, setting)?));
    reading.settings.iter().filter_map(pair).collect()
}

/// A number, a word or a string; everything else has no place in a setting that is on the list.
fn setting_value(reading: &Reading<'_>, setting: &Setting) -> Option<String> {
    let lexeme = reading.lexed.get(setting.value.start).filter(|_| setting.value.len() == 1)?;
    match lexeme.kind {
        Kind::Number | Kind::Word(_) => Some(reading.lexed.source(lexeme).to_owned()),
        Kind::Text => String::from_utf8(reading.lexed.value(lexeme).into_owned()).ok(),
        Kind::Quoted | Kind::Blob | Kind::Symbol(_) => None,
    }
}

fn name<'t>(reading: &Reading<'t>, position: usize) -> &'t str {
    reading.lexed.get(position).map_or("", |lexeme| reading.lexed.name(lexeme))
}

fn not_allowed(reading: &Reading<'_>, position: usize, message: impl Into<String>) -> Refusal {
    let at = reading.lexed.get(position).map_or(0..0, |lexeme| lexeme.span());
    Refusal::new(RefusalKind::NotAllowed, message).at(at)
}

#[cfg(test)]
mod tests;
