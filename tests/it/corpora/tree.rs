//! Attestation: what the engine's own query tree says of a statement's tables.

use super::ground::Ground;

/// The tables that the tree names, as `database.table`, each once; the engine's word where it refuses the statement.
pub(super) fn tables(
    ground: &mut Ground<'_>,
    database: &str,
    parameters: &str,
    text: &str,
) -> Result<Vec<String>, String> {
    let lines = lines(ground, database, parameters, text)?;
    let names = lines.iter().filter_map(|line| line.split("table_name: ").nth(1));
    let mut names: Vec<String> = names.map(|rest| rest.split(',').next().unwrap_or_default().to_owned()).collect();
    names.retain(|name| !is_the_engines_own(name));
    names.sort();
    names.dedup();
    Ok(names)
}

/// What a SELECT without FROM reads, and the rows of a recursive query's last step.
fn is_the_engines_own(table: &str) -> bool {
    table == "system.one" || table.starts_with("_temporary_and_external_tables._tmp_")
}

fn lines(ground: &mut Ground<'_>, database: &str, parameters: &str, text: &str) -> Result<Vec<String>, String> {
    let explain = format!("EXPLAIN QUERY TREE run_passes = 1 {text}");
    ground.ask(database, &format!("{parameters}&default_format=TSVRaw"), &explain)
}

/// How many tables of that database the rewritten statement reads behind the filter.
///
/// A wall is a table function `view` with a query of its own; the engine keeps that one unresolved, so that its table is
/// an identifier. That query's condition must be the filter, and no table may be named elsewhere.
pub(super) fn walls(ground: &mut Ground<'_>, parameters: &str, text: &str, database: &str) -> Result<usize, String> {
    let lines = lines(ground, "default", parameters, text)?;
    let mut walls = 0;
    for (at, line) in lines.iter().enumerate() {
        let table = line.split("table_name: ").nth(1).and_then(|rest| rest.split(',').next());
        if table.is_some_and(|table| !is_the_engines_own(table)) {
            return Err(format!("OUTSIDE {}", line.trim()));
        }
        if !line.contains(&format!("identifier: {database}.")) {
            continue;
        }
        // The wall's own name for it; no client's name begins so.
        let own = line.split("alias: ").nth(1).and_then(|rest| rest.split(',').next()).unwrap_or_default();
        if !line.trim_start().starts_with("IDENTIFIER") || !own.starts_with("__pc_") {
            return Err(format!("OUTSIDE {}", line.trim()));
        }
        // JOIN TREE stands two deep above the table, and the condition beside it.
        let beside = indent(line) - 2;
        let rest = &lines[at + 1..];
        let is_condition = |line: &&String| matches!(line.trim(), "PREWHERE" | "WHERE");
        let Some(condition) = rest.iter().position(|line| indent(line) <= beside).map(|end| &rest[end..]) else {
            return Err(format!("BARE {}", line.trim()));
        };
        let is_filter = condition.first().filter(is_condition).is_some_and(|first| indent(first) == beside)
            && condition.get(1).is_some_and(|line| line.contains("function_name: equals"))
            && condition.get(4).is_some_and(|line| line.ends_with(&format!("identifier: {own}.org_id")))
            && condition.get(5).is_some_and(|line| line.contains("constant_value: UInt64_1,"));
        if !is_filter {
            return Err(format!("BARE {}", line.trim()));
        }
        walls += 1;
    }
    Ok(walls)
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}
