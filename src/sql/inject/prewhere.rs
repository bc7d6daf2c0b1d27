//! PREWHERE around walls.

use std::collections::HashMap;

use crate::sql::emit::Edit;
use crate::sql::refusal::{Refusal, RefusalKind};
use crate::sql::resolve::Resolved;

impl Resolved<'_> {
    /// A wall has no PREWHERE: the client's becomes a WHERE outside of it.
    pub(super) fn prewheres(&self, walled: &[(usize, bool)], edits: &mut Vec<Edit>) -> Result<(), Refusal> {
        let mut finals: HashMap<usize, bool> = HashMap::new();
        for (select, is_final) in walled {
            *finals.entry(*select).or_default() |= *is_final;
        }
        for prewhere in &self.reading.prewheres {
            let Some(&is_final) = finals.get(&prewhere.select) else { continue };
            if is_final {
                return Err(Refusal::new(
                    RefusalKind::NotAllowed,
                    "PREWHERE with FINAL sees rows before they are merged",
                )
                .hint("use WHERE"));
            }
            edits.push(Edit::Instead(prewhere.keyword..prewhere.keyword + 1, "WHERE (".to_owned()));
            match prewhere.and_where {
                Some((keyword, end)) => {
                    edits.push(Edit::Instead(keyword..keyword + 1, ") AND (".to_owned()));
                    edits.push(Edit::Before(end, ")".to_owned()));
                }
                None => edits.push(Edit::Before(prewhere.end, ")".to_owned())),
            }
        }
        Ok(())
    }
}
