//! Seeds out of the project's own cases: statements, filters, pipes, token files.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::shell::{Outcome, root};

/// The dialects as `Dialect::ALL` has them, by the names of the files of rewrite pairs.
const DIALECTS: &[&str] =
    &["clickhouse", "tinybird", "sqlite", "postgres", "duckdb", "trino", "druid", "datafusion", "pinot", "generic"];

/// Makes a folder for each target, and `words.dict`, anew.
pub(super) fn make(folder: &Path) -> Outcome {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|error| format!("clearing `{}`: {error}", folder.display()))?;
    }
    let statements = statements()?;
    let texts: Vec<String> = statements.iter().map(|(_, text)| text.clone()).collect();
    let filters: Vec<String> = texts.iter().filter_map(|text| Some(text.split_once(" WHERE ")?.1.to_owned())).collect();
    let pipes = files(&root().join("tests/data/project"), "pipe")?;
    let scope = |filter: &String| format!("DATASOURCES:READ:events:{filter}");
    let plain = ["ADMIN", "TOKENS", "DATASOURCES:CREATE", "DATASOURCES:APPEND:events", "PIPES:READ:top"];
    // The first byte: an even one means the text that follows, half of it the dialect.
    let chosen = |(dialect, text): &(u8, String)| [&[dialect * 2], text.as_bytes()].concat();
    let rendered = |text: &String| format!("% {text} {{{{ String(x) }}}}\0a\0b");
    let template = |pipe: &String| Some(format!("{}\0a\0b", pipe.get(pipe.find('%')?..)?));
    let tokens = files(&root().join("config"), "yaml")?;

    write(folder, "lex", texts.iter())?;
    write(folder, "read", [vec![0_u8; 8]].iter())?;
    write(folder, "rewrite", statements.iter().map(chosen))?;
    write(folder, "filter", filters.iter())?;
    write(folder, "scope", filters.iter().map(scope).chain(plain.map(str::to_owned)))?;
    write(folder, "template", texts.iter().map(rendered).chain(pipes.iter().filter_map(template)))?;
    write(folder, "datafile", pipes.iter())?;
    let store = tokens.iter().map(|text| [b"\0", text.as_bytes()].concat()).chain([b"\x01\0\0 \0\0 ".to_vec()]);
    write(folder, "store", store)?;
    write(folder, "token", [b"\x01\x04\0A".to_vec(), b"\0p.eyJ1IjoidyJ9.AAAAAAAAAAAAAAAA".to_vec()].iter())?;
    write(folder, "request", read(&root().join("tests/data/requests.txt"))?.split("\n====\n"))?;
    dictionary(&folder.join("words.dict"), &texts)
}

fn write<S: AsRef<[u8]>>(folder: &Path, name: &str, seeds: impl Iterator<Item = S>) -> Outcome {
    let place = folder.join(name);
    let told = |error| format!("writing to `{}`: {error}", place.display());
    fs::create_dir_all(&place).map_err(told)?;
    for (number, seed) in seeds.enumerate() {
        fs::write(place.join(number.to_string()), seed).map_err(told)?;
    }
    Ok(())
}

/// What stands above the line of each rewrite pair, and in which dialect.
fn statements() -> Outcome<Vec<(u8, String)>> {
    let mut statements = Vec::new();
    for path in paths(&root().join("tests/data/rewrite"), "sql")? {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let dialect = DIALECTS.iter().position(|dialect| name.starts_with(dialect));
        let dialect = dialect.and_then(|place| u8::try_from(place).ok());
        let dialect = dialect.ok_or(format!("`{name}` begins with no dialect's name"))?;
        for block in read(&path)?.split("====\n") {
            let statement = block.split("----\n").next().unwrap_or_default().trim();
            if !statement.is_empty() {
                statements.push((dialect, statement.to_owned()));
            }
        }
    }
    Ok(statements)
}

/// The words of the statements, in libFuzzer's form.
fn dictionary(place: &Path, texts: &[String]) -> Outcome {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words: BTreeSet<&str> = texts
        .iter()
        .flat_map(|text| text.split(|c| !is_word(c)))
        .filter(|word| (2..24).contains(&word.len()))
        .collect();
    let mut lines: Vec<String> = words.into_iter().map(|word| format!("\"{word}\"\n")).collect();
    for symbol in ["(SELECT ", "::", "->", "--", "/*", "*/", "{{ ", " }}", "{% ", " %}", "||", "''", "\\x00"] {
        lines.push(format!("\"{symbol}\"\n"));
    }
    fs::write(place, lines.concat()).map_err(|error| format!("writing `{}`: {error}", place.display()))?;
    Ok(())
}

fn files(folder: &Path, extension: &str) -> Outcome<Vec<String>> {
    paths(folder, extension)?.iter().map(|path| read(path)).collect()
}

/// The files of that kind below a folder, in order.
fn paths(folder: &Path, extension: &str) -> Outcome<Vec<PathBuf>> {
    let told = |error| format!("reading `{}`: {error}", folder.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(told)? {
        let path = entry.map_err(told)?.path();
        if path.is_dir() {
            found.extend(paths(&path, extension)?);
        } else if path.extension().is_some_and(|own| own == extension) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn read(path: &Path) -> Outcome<String> {
    Ok(fs::read_to_string(path).map_err(|error| format!("reading `{}`: {error}", path.display()))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dialects_are_numbered_as_the_gateway_numbers_them() {
        let source = read(&root().join("src/sql/dialect.rs")).unwrap_or_default();
        let all = source.split_once("ALL: [Self;").and_then(|(_, rest)| rest.split_once("];"));
        let (list, _) = all.unwrap_or_default();
        let names: Vec<String> =
            list.split("Self::").skip(1).map(|name| name.trim_end_matches([',', '\n', ' ']).to_lowercase()).collect();
        assert_eq!(names, DIALECTS);
    }
}
