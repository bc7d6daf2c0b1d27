//! Calls in a template: the types of parameters, names from a list, and the few functions there are.

use super::code::Symbol;
use super::expression::Code;
use super::tree::{Apart, Expr, Typed, Unit};
use super::{Kind, Malformed};

/// Functions that say how far two moments are apart.
const APART: &[(&str, Unit)] = &[
    ("day_diff", Unit::Days),
    ("date_diff_in_days", Unit::Days),
    ("date_diff_in_hours", Unit::Hours),
    ("date_diff_in_minutes", Unit::Minutes),
    ("date_diff_in_seconds", Unit::Seconds),
];

/// What a format of a moment may be made of. Every moment that is made of them is understood, whatever the format.
const FORMAT: &[&str] = &["%Y", "%m", "%d", "%H", "%M", "%S", "%f", "-", ":", " ", "T", ".", "z", "Z", "%z"];

impl Code<'_> {
    /// What stands behind the opening bracket.
    pub(super) fn call(&mut self, function: &str, depth: usize) -> Result<Expr, Malformed> {
        let (mut positional, mut named) = (Vec::new(), Vec::new());
        while !self.mark(")") {
            let keyword = match (self.peek(), self.symbols.get(self.at + 1)) {
                (Some(Symbol::Name(name)), Some((Symbol::Mark("="), _))) => Some(name.clone()),
                _ => None,
            };
            if let Some(keyword) = keyword {
                self.at += 2;
                named.push((keyword, self.or(depth + 1)?));
            } else if named.is_empty() {
                positional.push(self.or(depth + 1)?);
            } else {
                return Err(self.wrong("an argument without a name stands behind one with a name"));
            }
            if !self.mark(",") {
                self.expect(")")?;
                break;
            }
        }
        if let Some((_, unit)) = APART.iter().find(|(known, _)| *known == function) {
            return self.apart(function, *unit, positional, named);
        }
        match (function, positional.as_slice(), named.as_slice()) {
            ("defined", [Expr::Name(name)], []) => Ok(Expr::Defined(name.clone())),
            ("error" | "custom_error", [message, ..], []) => Ok(Expr::Error(Box::new(message.clone()))),
            ("enumerate_with_last", [list], []) => Ok(Expr::WithLast(Box::new(list.clone()))),
            ("len", [inner], []) => Ok(Expr::Length(Box::new(inner.clone()))),
            ("split_to_array", ..) => self.split(positional, named),
            _ => self.typed(function, positional, named),
        }
    }

    fn split(&mut self, positional: Vec<Expr>, named: Vec<(String, Expr)>) -> Result<Expr, Malformed> {
        let mut separator = ",".to_owned();
        let mut default = None;
        let mut rest = positional.into_iter();
        let text = rest.next().ok_or_else(|| self.wrong("`split_to_array` takes a text"))?;
        default.clone_from(&rest.next());
        for (keyword, value) in named {
            match (keyword.as_str(), value) {
                ("separator", Expr::Text(text)) if !text.is_empty() => separator = text,
                ("default", value) if default.is_none() => default = Some(value),
                (keyword, _) => return Err(self.unknown(keyword)),
            }
        }
        match rest.next() {
            None => Ok(Expr::Split(Box::new(text), default.map(Box::new), separator)),
            Some(_) => Err(self.wrong("`split_to_array` has too many arguments")),
        }
    }

    fn apart(
        &mut self,
        function: &str,
        unit: Unit,
        positional: Vec<Expr>,
        named: Vec<(String, Expr)>,
    ) -> Result<Expr, Malformed> {
        let mut rest = positional.into_iter();
        let (Some(from), Some(to)) = (rest.next(), rest.next()) else {
            return Err(self.wrong(format!("`{function}` takes two moments")));
        };
        let mut formats: Vec<Expr> = rest.collect();
        let mut lenient = false;
        for (keyword, value) in named {
            match (keyword.as_str(), value) {
                ("date_format" | "backup_date_format", value) => formats.push(value),
                ("none_if_error", Expr::Bool(none)) => lenient = none,
                (keyword, _) => return Err(self.unknown(keyword)),
            }
        }
        let known = |format: &Expr| if let Expr::Text(format) = format { is_format(format) } else { false };
        if !formats.iter().all(known) {
            return Err(self.wrong("this format of a moment is not supported in a template"));
        }
        Ok(Expr::Apart(Box::new(Apart { unit, from, to, lenient })))
    }

    fn unknown(&self, keyword: &str) -> Malformed {
        self.wrong(format!("`{keyword}` is not supported here, or not with this value"))
    }

    fn typed(&mut self, function: &str, positional: Vec<Expr>, named: Vec<(String, Expr)>) -> Result<Expr, Malformed> {
        let mut rest = positional.into_iter();
        let Some(Expr::Name(name)) = rest.next() else {
            return Err(self.wrong(format!("`{function}` takes a parameter's name first")));
        };
        let kind = match function {
            "Array" => match rest.next() {
                None => Kind::Array(Box::new(Kind::Text)),
                // Tinybird takes a word that is no type for texts.
                Some(Expr::Text(of)) => Kind::Array(Box::new(Kind::of(&of).unwrap_or(Kind::Text))),
                Some(_) => return Err(self.wrong("the type of an array is a string")),
            },
            _ => Kind::naming(function)
                .or_else(|| Kind::of(function))
                .ok_or_else(|| self.wrong(format!("`{function}` is not supported in a template")))?,
        };
        let mut typed = Typed { default: rest.next(), ..Typed::new(name, kind) };
        let tail: Vec<Expr> = rest.collect();
        match tail.as_slice() {
            [] => {}
            // The third argument of `columns` is a function around each.
            [Expr::Text(description)] if typed.kind != Kind::Columns => typed.description = Some(description.clone()),
            _ => return Err(self.wrong(format!("`{function}` has too many arguments"))),
        }
        for (keyword, value) in named {
            match (keyword.as_str(), value) {
                ("default", value) if typed.default.is_none() => typed.default = Some(value),
                ("description", Expr::Text(text)) => typed.description = Some(text),
                ("required", Expr::Bool(required)) => typed.required = Some(required),
                ("enum", Expr::List(values)) => typed.allowed = values.iter().filter_map(plain).collect(),
                ("example", value) => typed.example = plain(&value),
                ("format", value) => typed.format = plain(&value),
                (keyword, _) => return Err(self.unknown(keyword)),
            }
        }
        if typed.kind.is_name() {
            self.listed(function, &mut typed)?;
        }
        Ok(Expr::Typed(Box::new(typed)))
    }

    /// A name comes from a list of the author's: `enum`, else whatever the author sets it to, else the default alone.
    fn listed(&self, function: &str, typed: &mut Typed) -> Result<(), Malformed> {
        let default = match &typed.default {
            None => Vec::new(),
            Some(Expr::Text(default)) if typed.kind == Kind::Columns => names(default),
            Some(Expr::Text(default)) => vec![default.clone()],
            Some(_) => return Err(self.wrong(format!("the default of `{function}` is a string"))),
        };
        if typed.allowed.is_empty() {
            let set = self.known.set.iter().filter(|(name, _)| *name == typed.name);
            // One that is set to anything but a text may be set to anything.
            let set: Vec<String> = set.map(|(_, text)| text.clone()).collect::<Option<_>>().unwrap_or_default();
            let set =
                set.iter().flat_map(|text| if typed.kind == Kind::Columns { names(text) } else { vec![text.clone()] });
            typed.allowed = set.chain(default.iter().cloned()).collect();
        }
        if typed.allowed.is_empty() || default.iter().any(|name| !typed.allowed.contains(name)) {
            let message = format!(
                "`{function}` needs the list of names that it may give, `enum=['a', 'b']`, with its default, or a default alone"
            );
            return Err(self.wrong(message));
        }
        Ok(())
    }
}

/// Names between commas.
pub(super) fn names(text: &str) -> Vec<String> {
    text.split(',').map(|name| name.trim().to_owned()).collect()
}

/// A constant as text.
fn plain(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Text(text) => Some(text.clone()),
        Expr::Int(number) => Some(number.to_string()),
        Expr::Float(number) => Some(number.to_string()),
        Expr::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

fn is_format(format: &str) -> bool {
    let mut rest = format;
    while !rest.is_empty() {
        match FORMAT.iter().find_map(|part| rest.strip_prefix(part)) {
            Some(after) => rest = after,
            None => return false,
        }
    }
    true
}
