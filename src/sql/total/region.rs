//! What of a statement is evaluated behind the filter only.
//!
//! The index analysis runs conditions: WHERE, PREWHERE, HAVING where it can be moved, ON. Arguments of aggregates, and what
//! the outermost SELECT shows, groups and orders by, become conditions only under another name: an alias that is used
//! elsewhere, or a query around it. Where neither is, they see no hidden row.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::sql::keyword::Keyword as K;
use crate::sql::lexeme::{Kind as L, Symbol as S};
use crate::sql::read::Role;

use super::facts::Facts;

/// For each lexeme whether it need not be looked at.
pub(super) fn behind_the_filter(facts: &Facts<'_, '_>) -> Vec<bool> {
    let uses = uses(facts);
    let again = |(_, name): &&(Range<usize>, usize)| uses.get(facts.word(*name)) != Some(&1);
    let again: HashSet<usize> = facts.reading.aliases.iter().filter(again).map(|(_, name)| *name).collect();
    // How many lexemes before each place begin a query, or are an alias that is used elsewhere.
    let mut shown = vec![0_usize];
    let mut count = 0;
    for at in 0..facts.reading.lexed.lexemes.len() {
        let query = matches!(facts.kind(at), Some(L::Word(K::Select | K::With)));
        count += usize::from(query || again.contains(&at));
        shown.push(count);
    }
    let hides_nothing = |range: &Range<usize>| shown.get(range.start) == shown.get(range.end);
    let mut ranges = outermost(facts);
    let functions = facts.reading.lexed.dialect.functions();
    let aggregates = facts.reading.functions.iter().filter(|&&at| functions.is_aggregate(facts.word(at)));
    ranges.extend(aggregates.map(|&at| at + 2..facts.close(at + 1)));
    let mut behind = vec![false; facts.reading.lexed.lexemes.len()];
    for range in ranges.into_iter().filter(|range| hides_nothing(range)) {
        if let Some(lexemes) = behind.get_mut(range) {
            lexemes.fill(true);
        }
    }
    behind
}

fn uses<'t>(facts: &Facts<'_, 't>) -> HashMap<&'t str, usize> {
    let mut uses = HashMap::new();
    for at in 0..facts.reading.lexed.lexemes.len() {
        if matches!(facts.kind(at), Some(L::Word(_) | L::Quoted)) {
            *uses.entry(facts.word(at)).or_default() += 1;
        }
    }
    uses
}

/// The elements of the outermost SELECT's list, GROUP BY and ORDER BY; of a single SELECT only.
fn outermost(facts: &Facts<'_, '_>) -> Vec<Range<usize>> {
    let length = facts.reading.lexed.lexemes.len();
    let keyword = |at: usize| match facts.kind(at) {
        Some(L::Word(word)) if facts.reading.roles.get(at) == Some(&Role::Keyword) => Some(word),
        _ => None,
    };
    let top: Vec<usize> = facts.top(0..length).collect();
    let is_set = |at: &usize| matches!(keyword(*at), Some(K::Union | K::Except | K::Intersect));
    if top.iter().any(is_set) {
        return Vec::new();
    }
    let mut ranges = Vec::new();
    let mut open: Option<usize> = None;
    for &at in &top {
        let begins = match keyword(at) {
            Some(K::Select) => true,
            Some(K::By) => matches!(keyword(at.wrapping_sub(1)), Some(K::Group | K::Order)),
            _ => false,
        };
        let ends = matches!(
            keyword(at),
            Some(
                K::From
                    | K::Prewhere
                    | K::Where
                    | K::Having
                    | K::Window
                    | K::Qualify
                    | K::Order
                    | K::Limit
                    | K::Group
                    | K::Array
            )
        ) || matches!(facts.kind(at), Some(L::Symbol(S::Comma)));
        if ends && let Some(start) = open.take() {
            ranges.push(start..at);
            if facts.kind(at) == Some(L::Symbol(S::Comma)) {
                open = Some(at + 1);
            }
        }
        if begins {
            open = Some(at + 1);
        }
    }
    ranges.extend(open.map(|start| start..length));
    ranges
}
