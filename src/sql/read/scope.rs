//! Which queries of WITH are visible where the reader is.

use std::collections::HashMap;

/// Names, looked up by hash: thousands of WITH queries, each used, cost no more than that many steps.
#[derive(Debug, Default)]
pub(super) struct Scope {
    /// For each name its queries that are visible, the innermost last.
    visible: HashMap<String, Vec<usize>>,
    /// The names that each open query has shown.
    frames: Vec<Vec<String>>,
}

impl Scope {
    /// A query begins.
    pub(super) fn enter(&mut self) {
        self.frames.push(Vec::new());
    }

    /// It ends: what it has shown is hidden again.
    pub(super) fn leave(&mut self) {
        for name in self.frames.pop().unwrap_or_default() {
            if let Some(queries) = self.visible.get_mut(&name) {
                queries.pop();
            }
        }
    }

    /// Shows a query of that name, as it is looked up.
    pub(super) fn show(&mut self, name: String, query: usize) {
        if let Some(frame) = self.frames.last_mut() {
            frame.push(name.clone());
            self.visible.entry(name).or_default().push(query);
        }
    }

    /// The innermost query of that name.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.visible.get(name).and_then(|queries| queries.last()).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_innermost_query_of_a_name_is_found_while_its_frame_is_open() {
        let mut scope = Scope::default();
        scope.enter();
        scope.show("a".to_owned(), 0);
        scope.enter();
        scope.show("a".to_owned(), 1);
        scope.show("b".to_owned(), 2);
        scope.show("a".to_owned(), 3);
        assert_eq!((scope.find("a"), scope.find("b"), scope.find("c")), (Some(3), Some(2), None));
        scope.leave();
        assert_eq!((scope.find("a"), scope.find("b")), (Some(0), None));
        scope.leave();
        assert_eq!(scope.find("a"), None);
    }
}
