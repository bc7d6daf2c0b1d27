//! What of a statement may be part of a condition: what stands in one, and what stands in an expression whose name does.

use std::collections::HashSet;
use std::ops::Range;

use crate::sql::keyword::Keyword as K;
use crate::sql::lexeme::{Kind as L, Symbol as S};
use crate::sql::read::Role;

use super::facts::Facts;

/// For each lexeme whether it may.
pub(super) fn reached(facts: &Facts<'_, '_>) -> Vec<bool> {
    let length = facts.reading.lexed.lexemes.len();
    let mut marked = Marked { steps: vec![0; length + 1] };
    let mut names: Vec<&str> = Vec::new();
    let lexed = &facts.reading.lexed;
    for (at, lexeme) in lexed.lexemes.iter().enumerate() {
        let L::Word(word) = lexeme.kind else { continue };
        if begins(word) && facts.reading.roles.get(at) == Some(&Role::Keyword) {
            marked.mark(&(at..end(facts, at + 1)));
        }
    }
    let conditions = marked.all();
    for (lexeme, inside) in lexed.lexemes.iter().zip(&conditions) {
        if *inside && matches!(lexeme.kind, L::Word(_) | L::Quoted) {
            names.push(lexed.name(*lexeme));
        }
    }
    // A column without a name of its own is named by its place, or by its text.
    let nameless = facts.reading.has_set_operations()
        || !facts.reading.renamed.is_empty()
        || names.iter().any(|name| name.contains(['(', ':', '+', '-', '*', '/']));
    if nameless {
        return vec![true; length];
    }
    let mut seen: HashSet<&str> = HashSet::new();
    while let Some(name) = names.pop() {
        if !seen.insert(name) {
            continue;
        }
        for expression in facts.aliases.get(name).into_iter().flatten() {
            marked.mark(expression);
            let words = expression.clone().filter(|&at| matches!(facts.kind(at), Some(L::Word(_) | L::Quoted)));
            names.extend(words.map(|at| facts.word(at)));
        }
    }
    marked.all()
}

fn begins(word: K) -> bool {
    matches!(word, K::Where | K::Prewhere | K::Having | K::Qualify | K::On | K::Using)
}

/// Where a condition ends that begins there: no sooner than the engine says.
fn end(facts: &Facts<'_, '_>, start: usize) -> usize {
    let length = facts.reading.lexed.lexemes.len();
    let ends = |at: &usize| match facts.kind(*at) {
        Some(L::Symbol(S::CloseRound | S::CloseSquare | S::CloseBrace)) => true,
        Some(L::Word(word)) if facts.reading.roles.get(*at) == Some(&Role::Keyword) => {
            begins(word) || matches!(word, K::Group | K::Order | K::Limit)
        }
        _ => false,
    };
    facts.top(start..length).find(ends).unwrap_or(length)
}

/// Ranges, many of them over each other.
struct Marked {
    steps: Vec<isize>,
}

impl Marked {
    fn mark(&mut self, range: &Range<usize>) {
        if let Some(step) = self.steps.get_mut(range.start) {
            *step += 1;
        }
        if let Some(step) = self.steps.get_mut(range.end.max(range.start)) {
            *step -= 1;
        }
    }

    fn all(&self) -> Vec<bool> {
        let mut depth = 0;
        let inside = self.steps.iter().map(|step| {
            depth += step;
            depth > 0
        });
        inside.take(self.steps.len().saturating_sub(1)).collect()
    }
}
