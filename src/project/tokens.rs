//! What the TOKEN lines of a project ask for, as scopes of this gateway. No token is made: people write them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::Project;

/// Scopes by the token's name.
pub type Asked = BTreeMap<String, BTreeSet<String>>;

/// Every token that a file asks for; and the lines that are not understood.
#[must_use]
pub fn asked(project: &Project) -> (Asked, Vec<String>) {
    let (mut asked, mut strange) = (Asked::new(), Vec::new());
    let mut take = |line: &str, scope: &dyn Fn(&str) -> Option<String>, file: &std::path::Path| {
        let found = read(line).and_then(|(name, verb)| Some((name, scope(verb)?)));
        match found {
            Some((name, scope)) => {
                asked.entry(name.to_owned()).or_default().insert(scope);
            }
            None => strange.push(format!("{}: `TOKEN {line}` is not understood", file.display())),
        }
    };
    for file in &project.datasources {
        let Ok(read) = &file.read else { continue };
        for line in &read.tokens {
            let scope = |verb: &str| match verb {
                "READ" => Some(format!("DATASOURCES:READ:{}", file.name)),
                "APPEND" => Some(format!("DATASOURCES:APPEND:{}", file.name)),
                "CREATE" => Some("DATASOURCES:CREATE".to_owned()),
                "DROP" => Some(format!("DATASOURCES:DROP:{}", file.name)),
                _ => None,
            };
            take(line, &scope, &file.path);
        }
    }
    for file in &project.pipes {
        let Ok((read, _)) = &file.read else { continue };
        for line in &read.tokens {
            take(line, &|verb| (verb == "READ").then(|| format!("PIPES:READ:{}", file.name)), &file.path);
        }
    }
    (asked, strange)
}

/// `"name" VERB`, with quotes or without.
fn read(line: &str) -> Option<(&str, &str)> {
    let (name, verb) = line.trim().rsplit_once(char::is_whitespace)?;
    let name = name.trim().trim_matches(['"', '\'']);
    let legal = |c: char| !c.is_control() && !matches!(c, '"' | '\\');
    (!name.is_empty() && name.len() <= 128 && name.chars().all(legal)).then_some((name, verb))
}

/// The same as a tokens file.
#[must_use]
pub fn yaml(asked: &Asked) -> String {
    let mut text = String::from(
        "# From the project's TOKEN lines. They name no rows: add the filters that are meant.\nversion: 1\n",
    );
    text.push_str(if asked.is_empty() { "tokens: []\n" } else { "tokens:\n" });
    let mut taken = BTreeSet::new();
    for (name, scopes) in asked {
        // Writing to a String cannot fail.
        let _ = write!(text, "  - name: \"{name}\"\n    id: {}\n    scopes:\n", id(name, &mut taken));
        for scope in scopes {
            let _ = writeln!(text, "      - \"{scope}\"");
        }
    }
    text.push_str("...\n");
    text
}

/// An id of the plain signs of a name, once each.
fn id(name: &str, taken: &mut BTreeSet<String>) -> String {
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).collect();
    let plain = format!("t-{}", plain.trim_matches('-').chars().take(40).collect::<String>());
    let free = (1..).map(|n| if n == 1 { plain.clone() } else { format!("{plain}-{n}") });
    let id = free.into_iter().find(|id| !taken.contains(id)).unwrap_or(plain);
    taken.insert(id.clone());
    id
}
