//! What is wrong with a file that people wrote, told to those people.
//!
//! - It names the file, the line, the column, and shows the line.
//! - It never shows a secret: what could be one is masked before it gets here (`mask`).
//!
//! ```text
//! error: unknown key `scope`
//!  --> config/tokens.yaml:7:5
//!   |
//! 7 |     scope: …
//!   |     ^^^^^
//!   |
//!   = hint: did you mean `scopes`?
//! ```

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};
use serde_yaml::Location;

use super::mask;

/// Why a file was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    path: PathBuf,
    message: String,
    hint: Option<String>,
    place: Option<Box<Place>>,
}

/// One line of the file, already masked.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    line: usize,
    column: usize,
    text: String,
    span: Range<usize>,
}

/// How much of the offending line may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Show {
    /// The line, without what looks like a secret.
    Line,
    /// Only the key: what follows belongs to a key that nobody knows, so nobody knows whether it is a secret.
    Key,
}

/// The widest line shown, in characters.
const WIDEST: usize = 160;

impl Report {
    /// A report on a whole file.
    #[must_use]
    pub fn new(path: &Path, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), message: mask::text(&message.into()), hint: None, place: None }
    }

    /// The same report with advice.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(mask::text(&hint.into()));
        self
    }

    /// The same report, pointing into the file's text.
    #[must_use]
    pub(crate) fn at(self, text: &str, location: Location, show: Show) -> Self {
        let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        self.at_line(text, number(location.line()), number(location.column()), show)
    }

    /// The same report, pointing at a line and a column, both counted from one.
    #[must_use]
    pub(crate) fn at_line(mut self, text: &str, line: usize, column: usize, show: Show) -> Self {
        if line == 0 {
            return self;
        }
        let column = column.max(1);
        let shown = mask::line(text, line, (show == Show::Key).then_some(column));
        // A window around the column, so that one endless line stays readable.
        let skipped = (column - 1).saturating_sub(WIDEST / 2);
        let window: String = shown.chars().skip(skipped).take(WIDEST).collect();
        let span = word_at(&window, column - 1 - skipped);
        self.place = Some(Box::new(Place { line, column, text: window, span }));
        self
    }

    /// The file it is about.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The report in one line, for a log and for `/health`: `file:line:column: message`.
    #[must_use]
    pub fn summary(&self) -> String {
        match &self.place {
            Some(place) => format!("{}:{}:{}: {}", self.path.display(), place.line, place.column, self.message),
            None => format!("{}: {}", self.path.display(), self.message),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display().to_string();
        let mut group = Level::ERROR.primary_title(self.message.as_str()).elements(None::<Origin<'_>>);
        group = match &self.place {
            Some(place) => group.element(
                Snippet::source(place.text.as_str())
                    .line_start(place.line)
                    .path(path.as_str())
                    .annotation(AnnotationKind::Primary.span(place.span.clone())),
            ),
            None => group.element(Origin::path(path.as_str())),
        };
        if let Some(hint) = &self.hint {
            group = group.element(Level::HELP.with_name("hint").message(hint.as_str()));
        }
        f.write_str(&Renderer::plain().render(&[group]))
    }
}

impl std::error::Error for Report {}

/// The bytes of the word that begins at the `nth` character.
fn word_at(text: &str, nth: usize) -> Range<usize> {
    let start = text.char_indices().nth(nth).map_or(text.len(), |(at, _)| at);
    let word = text.get(start..).unwrap_or_default();
    let length = word.find(|c: char| c.is_whitespace() || matches!(c, ':' | ',' | ']' | '}')).unwrap_or(word.len());
    start..start + length.max(word.chars().next().map_or(0, char::len_utf8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_shows_file_line_column_and_hint() {
        let report = Report::new(Path::new("tokens.yaml"), "unknown key `scope`")
            .at_line("a: 1\n  scope: [ADMIN]\n", 2, 3, Show::Line)
            .hint("did you mean `scopes`?");
        let text = report.to_string();
        for part in ["error: unknown key `scope`", "tokens.yaml:2:3", "scope: [ADMIN]", "^^^^^", "hint: did you mean"] {
            assert!(text.contains(part), "{part} in\n{text}");
        }
        assert_eq!(report.summary(), "tokens.yaml:2:3: unknown key `scope`");
    }

    #[test]
    fn a_line_that_cannot_be_shown_does_no_harm() {
        for (line, column) in [(0, 0), (1, 99), (99, 1), (1, 0)] {
            let _ = Report::new(Path::new("x"), "m").at_line("é", line, column, Show::Key).to_string();
        }
        let _ = Report::new(Path::new("x"), "m").at_line(&"é".repeat(9999), 1, 5000, Show::Line).to_string();
    }
}
