//! From text to parts.

use super::Malformed;
use super::code::{Place, Symbol, cut};
use super::expression::Code;
use super::tree::{Expr, Part};

/// How deep conditions and brackets may be nested.
pub(super) const DEEPEST: usize = 32;

/// How many parts a template may have.
const MOST_PARTS: usize = 10_000;

/// Reads the parts of a template from `at` on.
pub(super) fn parse(text: &str, at: usize) -> Result<Vec<Part>, Malformed> {
    let mut reader = Reader { text, at, parts: 0, known: Known::default() };
    match reader.parts(0)? {
        (parts, None) => Ok(parts),
        (_, Some(stop)) => Err(Place(text).wrong(stop.at, "this ends nothing: no `{% if %}` or `{% for %}` is open")),
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    parts: usize,
    known: Known,
}

/// The author's own names.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Those that the loops around the place give their values, innermost last.
    pub(super) turning: Vec<String>,
    /// Those of `{% set %}`, with the text where that is all that they are set to.
    pub(super) set: Vec<(String, Option<String>)>,
}

impl Known {
    /// Whether the author gives that name a value somewhere before.
    pub(super) fn has(&self, name: &str) -> bool {
        self.turning.iter().any(|known| known == name) || self.set.iter().any(|(known, _)| known == name)
    }
}

/// `{% elif … %}`, `{% else %}` or `{% end %}`, at which a branch stops.
struct Stop {
    at: usize,
    what: Ends,
}

enum Ends {
    Elif(Expr),
    Else,
    End,
}

impl Reader<'_> {
    fn wrong(&self, at: usize, message: impl Into<String>) -> Malformed {
        Place(self.text).wrong(at, message)
    }

    fn parts(&mut self, depth: usize) -> Result<(Vec<Part>, Option<Stop>), Malformed> {
        if depth > DEEPEST {
            return Err(self.wrong(self.at, "conditions are nested too deep"));
        }
        let mut parts = Vec::new();
        loop {
            self.parts += 1;
            if self.parts > MOST_PARTS {
                return Err(self.wrong(self.at, "the template has too many parts"));
            }
            let rest = self.text.get(self.at..).unwrap_or_default();
            let next = ["{{", "{%", "{#", "{\\%"].iter().filter_map(|mark| Some((rest.find(mark)?, *mark))).min();
            let Some((ahead, mark)) = next else {
                parts.push(Part::Text(rest.to_owned()));
                self.at = self.text.len();
                return Ok((parts, None));
            };
            parts.push(Part::Text(rest.get(..ahead).unwrap_or_default().to_owned()));
            let start = self.at + ahead;
            match mark {
                "{#" => self.at = self.behind(start, "#}")?,
                "{{" => {
                    let (symbols, end) = cut(self.text, start + 2, "}}")?;
                    let mut code = Code { text: self.text, symbols: &symbols, at: 0, place: start, known: &self.known };
                    let expr = code.whole()?;
                    parts.push(Part::Value(code.rendered(expr)?));
                    self.at = end;
                }
                _ => match self.block(start, start + mark.len(), depth)? {
                    Block::Part(part) => parts.push(part),
                    Block::Nothing => {}
                    Block::Stop(what) => return Ok((parts, Some(Stop { at: start, what }))),
                },
            }
        }
    }

    fn behind(&self, start: usize, mark: &str) -> Result<usize, Malformed> {
        let rest = self.text.get(start..).unwrap_or_default();
        let end = rest.find(mark).ok_or_else(|| self.wrong(start, format!("`{mark}` is missing")))?;
        Ok(start + end + mark.len())
    }

    fn block(&mut self, start: usize, inside: usize, depth: usize) -> Result<Block, Malformed> {
        let word: String = self.text.get(inside..).unwrap_or_default().trim_start().chars().take(8).collect();
        if word.starts_with("comment") {
            self.at = self.behind(start, "%}")?;
            return Ok(Block::Nothing);
        }
        let (symbols, end) = cut(self.text, inside, "%}")?;
        self.at = end;
        let text = self.text;
        let rest = symbols.get(1..).unwrap_or_default();
        let mut code = Code { text, symbols: rest, at: 0, place: start, known: &self.known };
        match symbols.first() {
            Some((Symbol::Name(word), at)) => match (word.as_str(), rest) {
                ("if", _) => {
                    let condition = code.whole()?;
                    self.branches(condition, start, depth).map(Block::Part)
                }
                ("elif", _) => Ok(Block::Stop(Ends::Elif(code.whole()?))),
                ("else", []) => Ok(Block::Stop(Ends::Else)),
                ("end", []) => Ok(Block::Stop(Ends::End)),
                ("set", [(Symbol::Name(name), _), (Symbol::Mark("="), _), value @ ..]) => {
                    let expr = Code { text, symbols: value, at: 0, place: start, known: &self.known }.whole()?;
                    let literal = if let Expr::Text(text) = &expr { Some(text.clone()) } else { None };
                    self.known.set.push((name.clone(), literal));
                    Ok(Block::Part(Part::Set(name.clone(), expr)))
                }
                ("for", [(Symbol::Name(name), _), (Symbol::Name(word), _), list @ ..]) if word == "in" => {
                    let list = Code { text, symbols: list, at: 0, place: start, known: &self.known }.whole()?;
                    self.turns(vec![name.clone()], list, start, depth).map(Block::Part)
                }
                (
                    "for",
                    [
                        (Symbol::Name(first), _),
                        (Symbol::Mark(","), _),
                        (Symbol::Name(second), _),
                        (Symbol::Name(word), _),
                        list @ ..,
                    ],
                ) if word == "in" => {
                    let list = Code { text, symbols: list, at: 0, place: start, known: &self.known }.whole()?;
                    self.turns(vec![first.clone(), second.clone()], list, start, depth).map(Block::Part)
                }
                _ => Err(self.wrong(*at, format!("`{word}` is not supported in a template"))),
            },
            _ => Err(self.wrong(start, "the block is empty")),
        }
    }

    /// A loop. Two names take what `enumerate_with_last` gives.
    fn turns(&mut self, names: Vec<String>, list: Expr, start: usize, depth: usize) -> Result<Part, Malformed> {
        if (names.len() == 2) != matches!(list, Expr::WithLast(_)) {
            return Err(self.wrong(start, "two names take `enumerate_with_last(…)`, one takes a list"));
        }
        let outside = self.known.turning.len();
        self.known.turning.extend(names.iter().cloned());
        let (body, stop) = self.parts(depth + 1)?;
        self.known.turning.truncate(outside);
        match stop {
            Some(Stop { what: Ends::End, .. }) => Ok(Part::For(names, list, body)),
            Some(stop) => Err(self.wrong(stop.at, "a loop has one body: `{% end %}` ends it")),
            None => Err(self.wrong(start, "`{% end %}` is missing")),
        }
    }

    fn branches(&mut self, condition: Expr, start: usize, depth: usize) -> Result<Part, Malformed> {
        let mut branches = Vec::new();
        let mut condition = Some(condition);
        loop {
            let (parts, stop) = self.parts(depth + 1)?;
            let stop = stop.ok_or_else(|| self.wrong(start, "`{% end %}` is missing"))?;
            let otherwise = match condition.take() {
                Some(condition) => {
                    branches.push((condition, parts));
                    Vec::new()
                }
                None => parts,
            };
            match (stop.what, otherwise.is_empty()) {
                (Ends::End, _) => return Ok(Part::If(branches, otherwise)),
                (Ends::Elif(next), true) => condition = Some(next),
                (Ends::Else, true) => {}
                _ => return Err(self.wrong(stop.at, "nothing but `{% end %}` follows `{% else %}`")),
            }
        }
    }
}

enum Block {
    Part(Part),
    Nothing,
    Stop(Ends),
}
