//! The bounds that hold before anything recurses.

/// How large and how deep a statement may be. Checked by the lexer, before any reader runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest statement, in bytes.
    pub bytes: usize,
    /// The most lexemes in it.
    pub lexemes: usize,
    /// The deepest nesting of brackets and subqueries.
    pub depth: usize,
    /// The longest rewritten text, in bytes.
    pub output_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 128 * 1024, lexemes: 32_768, depth: 96, output_bytes: 1024 * 1024 }
    }
}
