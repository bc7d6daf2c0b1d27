//! Running programs and talking to the person at the terminal.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Why a task ended badly.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The program that failed has said why; nothing may be printed after it.
    Said,
    /// To be told to the person.
    Because(String),
}

pub(crate) type Outcome<T = ()> = Result<T, Failure>;

impl From<String> for Failure {
    fn from(reason: String) -> Self {
        Self::Because(reason)
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Said => formatter.write_str("see above"),
            Self::Because(reason) => formatter.write_str(reason),
        }
    }
}

/// Progress and complaints: stderr is talk.
#[expect(clippy::print_stderr, reason = "a task runner talks to the terminal")]
pub(crate) fn say(line: &str) {
    eprintln!("{line}");
}

/// What was asked for: stdout is data.
#[expect(clippy::print_stdout, reason = "what was asked for goes to stdout")]
pub(crate) fn print(line: &str) {
    println!("{line}");
}

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Where builds and running engines leave their files.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// The cargo that runs us.
pub(crate) fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root()).stdin(Stdio::null());
    cargo
}

/// A program with its arguments and no input.
pub(crate) fn program<S: AsRef<OsStr>>(name: impl AsRef<OsStr>, arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(name);
    command.args(arguments).stdin(Stdio::null());
    command
}

/// Runs to the end with its output shown; a bad end has been told by the program itself.
pub(crate) fn run(command: &mut Command) -> Outcome {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(Failure::Said),
        Err(error) => Err(Failure::Because(format!("`{}` does not start: {error}", name(command)))),
    }
}

/// Runs to the end in silence and gives its stdout; a bad end gives the last lines of its stderr.
pub(crate) fn read(command: &mut Command) -> Outcome<String> {
    let output = command.output().map_err(|error| format!("`{}` does not start: {error}", name(command)))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let talk = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = talk.lines().filter(|line| !line.trim().is_empty()).collect();
    let last = lines.iter().skip(lines.len().saturating_sub(3)).copied().collect::<Vec<_>>().join(" · ");
    Err(Failure::Because(format!("`{}` failed ({}): {last}", name(command), output.status)))
}

/// Whether the program is there and answers to these arguments.
pub(crate) fn answers(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

fn name(command: &Command) -> String {
    Path::new(command.get_program())
        .file_name()
        .map_or_else(|| "?".to_owned(), |name| name.to_string_lossy().into_owned())
}
