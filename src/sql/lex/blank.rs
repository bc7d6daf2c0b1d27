//! What stands between lexemes: white space and comments.

use crate::sql::refusal::Refusal;

use super::Lexer;

impl Lexer<'_> {
    pub(super) fn skip_blank(&mut self) -> Result<(), Refusal> {
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some(b' ' | b'\t' | b'\n'), _) => self.at += 1,
                (Some(b'\r'), Some(b'\n')) => self.at += 2,
                (Some(b'-'), Some(b'-')) => self.line_comment()?,
                (Some(b'/'), Some(b'*')) => self.block_comment()?,
                _ => return Ok(()),
            }
        }
    }

    /// Ends at a line feed only; a lone carriage return in it ends the comment for some engines and is refused.
    fn line_comment(&mut self) -> Result<(), Refusal> {
        let start = self.at;
        while let Some(byte) = self.peek(0) {
            match byte {
                b'\n' => break,
                b'\r' if self.peek(1) != Some(b'\n') => {
                    return Err(self.refuse(start, "a comment holds a carriage return that ends no line"));
                }
                0 => return Err(self.refuse(start, "a comment holds a NUL")),
                _ => self.at += 1,
            }
        }
        Ok(())
    }

    /// Not nested: `/*` inside is read by some engines as a second opening and is refused.
    fn block_comment(&mut self) -> Result<(), Refusal> {
        let start = self.at;
        self.at += 2;
        if self.dialect.has_hints() && self.peek(0) == Some(b'+') {
            return Err(self.refuse(start, "a hint has no place in a query").hint("write a comment as `-- …`"));
        }
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some(b'*'), Some(b'/')) => {
                    self.at += 2;
                    return Ok(());
                }
                (Some(b'/'), Some(b'*')) => return Err(self.refuse(start, "comments do not nest")),
                (Some(0), _) => return Err(self.refuse(start, "a comment holds a NUL")),
                (Some(_), _) => self.at += 1,
                (None, _) => return Err(self.refuse(start, "a comment is not closed")),
            }
        }
    }
}
