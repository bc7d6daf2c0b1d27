//! The README's first commands, run as they stand: each gives what the README shows.

use std::process::Command;

use crate::gateway::{Gateway, portcullis};

/// The commands of the README's console blocks after the first, with the output shown for each.
fn examples() -> Vec<(String, String)> {
    let readme = include_str!("../../README.md");
    let section = readme.split("## Try it").nth(1).and_then(|rest| rest.split("\n## ").next()).expect("the section");
    let blocks = section.split("```console\n").skip(2).filter_map(|rest| rest.split("```").next());
    let mut examples: Vec<(String, String)> = Vec::new();
    for line in blocks.flat_map(str::lines) {
        match (line.strip_prefix("$ "), examples.last_mut()) {
            (Some(command), _) => examples.push((command.to_owned(), String::new())),
            (None, Some((_, output))) => {
                output.push_str(line);
                output.push('\n');
            }
            (None, None) => {}
        }
    }
    examples
}

#[test]
fn the_first_commands_give_what_the_readme_shows() {
    let gateway = Gateway::start("", include_str!("../../config/tokens.yaml"));
    let config = gateway.folder().join("gateway.yaml");
    let binary = portcullis().get_program().to_string_lossy().into_owned();
    let mut script = format!("portcullis() {{ '{binary}' \"$@\" --config '{}'; }}\n", config.display());
    let examples = examples();
    assert!(examples.len() >= 6, "{examples:?}");
    for (command, _) in &examples {
        if command.starts_with("alias ") {
            continue;
        }
        script.push_str(&command.replace("127.0.0.1:8080", &gateway.address.to_string()));
        script.push_str("\necho; echo @@@@\n");
    }
    let output = Command::new("bash").args(["-c", &script]).output().expect("bash runs");
    let said = String::from_utf8_lossy(&output.stdout);
    let answers: Vec<&str> = said.split("@@@@\n").collect();
    let expected: Vec<_> = examples.iter().filter(|(command, _)| !command.starts_with("alias ")).collect();
    for ((command, shown), answer) in expected.iter().zip(&answers) {
        assert_eq!(answer.trim(), shown.trim(), "{command}\n{}", String::from_utf8_lossy(&output.stderr));
    }
}
