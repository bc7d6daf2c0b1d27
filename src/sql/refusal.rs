//! Why a statement is refused.

use std::fmt;
use std::ops::Range;

/// The class of a refusal. The gateway turns it into a status; the acceptance report counts by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RefusalKind {
    /// The text is not in the grammar that the reader knows.
    NotUnderstood,
    /// It is understood and names something that is on no list: a function, a setting, a table function, a statement kind.
    NotAllowed,
    /// It names a table that does not exist or may not be known. The two are one answer.
    UnknownTable,
    /// It is larger, longer or deeper than the limits.
    TooLarge,
    /// The gateway's own doing: a verification failed, or a row filter does not fit its table. Its message is for the
    /// operator's log and not for the client.
    Unverified,
}

/// A refusal, written for the person who wrote the query. Never contains a filter, a hidden table's name or a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Its class.
    pub kind: RefusalKind,
    /// What is wrong, in lower case and without a full stop.
    pub message: String,
    /// Where in the client's text, in bytes.
    pub at: Option<Range<usize>>,
    /// What to write instead.
    pub hint: Option<String>,
}

impl Refusal {
    /// A refusal of the whole text.
    #[must_use]
    pub fn new(kind: RefusalKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), at: None, hint: None }
    }

    /// The same refusal, pointing at a part of the text.
    #[must_use]
    pub fn at(mut self, at: Range<usize>) -> Self {
        self.at = Some(at);
        self
    }

    /// The same refusal with advice.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(at) = &self.at {
            write!(f, " (at byte {})", at.start)?;
        }
        if let Some(hint) = &self.hint {
            write!(f, "; hint: {hint}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Refusal {}
