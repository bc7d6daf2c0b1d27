//! From text to parts.

use super::code::{Place, Symbol, cut};
use super::tree::{Arithmetic, Compare, Expr, Part, Typed};
use super::{Kind, Malformed};

/// How deep conditions and brackets may be nested.
const DEEPEST: usize = 32;

/// How many parts a template may have.
const MOST_PARTS: usize = 10_000;

/// Reads the parts of a template from `at` on.
pub(super) fn parse(text: &str, at: usize) -> Result<Vec<Part>, Malformed> {
    let mut reader = Reader { text, at, parts: 0 };
    match reader.parts(0)? {
        (parts, None) => Ok(parts),
        (_, Some(stop)) => Err(Place(text).wrong(stop.at, "this ends nothing: no `{% if %}` is open")),
    }
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    parts: usize,
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
                    let mut code = Code { text: self.text, symbols: &symbols, at: 0, place: start };
                    let expr = code.whole()?;
                    code.renders(&expr)?;
                    parts.push(Part::Value(expr));
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
        let mut code = Code { text, symbols: rest, at: 0, place: start };
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
                    let expr = Code { text, symbols: value, at: 0, place: start }.whole()?;
                    Ok(Block::Part(Part::Set(name.clone(), expr)))
                }
                _ => Err(self.wrong(*at, format!("`{word}` is not supported in a template"))),
            },
            _ => Err(self.wrong(start, "the block is empty")),
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

struct Code<'s> {
    text: &'s str,
    symbols: &'s [(Symbol, usize)],
    at: usize,
    /// Where the code begins.
    place: usize,
}

impl Code<'_> {
    fn wrong(&self, message: impl Into<String>) -> Malformed {
        let at = self.symbols.get(self.at).map_or(self.place, |(_, at)| *at);
        Place(self.text).wrong(at, message)
    }

    fn peek(&self) -> Option<&Symbol> {
        self.symbols.get(self.at).map(|(symbol, _)| symbol)
    }

    fn mark(&mut self, mark: &str) -> bool {
        let is = matches!(self.peek(), Some(Symbol::Mark(known)) if *known == mark);
        self.at += usize::from(is);
        is
    }

    fn word(&mut self, word: &str) -> bool {
        let is = matches!(self.peek(), Some(Symbol::Name(known)) if known == word);
        self.at += usize::from(is);
        is
    }

    fn expect(&mut self, mark: &str) -> Result<(), Malformed> {
        if self.mark(mark) { Ok(()) } else { Err(self.wrong(format!("`{mark}` is missing here"))) }
    }

    fn whole(&mut self) -> Result<Expr, Malformed> {
        let expr = self.or(0)?;
        if self.at < self.symbols.len() { Err(self.wrong("this is not understood in a template")) } else { Ok(expr) }
    }

    /// What `{{ }}` may hold: something with a type.
    fn renders(&self, expr: &Expr) -> Result<(), Malformed> {
        match expr {
            Expr::Typed(_) | Expr::Error(_) | Expr::Arithmetic(..) | Expr::Text(_) | Expr::Int(_) | Expr::Float(_) => {
                Ok(())
            }
            Expr::Name(name) if name.starts_with('_') => Ok(()),
            Expr::Name(name) => Err(Place(self.text)
                .wrong(self.place, format!("`{name}` has no type here: write `String({name})` or another type"))),
            _ => Err(Place(self.text).wrong(self.place, "this is no value that can be written as a literal")),
        }
    }

    fn or(&mut self, depth: usize) -> Result<Expr, Malformed> {
        if depth > DEEPEST {
            return Err(self.wrong("brackets are nested too deep"));
        }
        let mut left = self.and(depth)?;
        while self.word("or") {
            left = Expr::Or(Box::new(left), Box::new(self.and(depth)?));
        }
        Ok(left)
    }

    fn and(&mut self, depth: usize) -> Result<Expr, Malformed> {
        let mut left = self.not(depth)?;
        while self.word("and") {
            left = Expr::And(Box::new(left), Box::new(self.not(depth)?));
        }
        Ok(left)
    }

    fn not(&mut self, depth: usize) -> Result<Expr, Malformed> {
        let mut negations = 0_usize;
        while self.word("not") {
            negations += 1;
        }
        let expr = self.compare(depth)?;
        Ok(match negations {
            0 => expr,
            n if n % 2 == 1 => Expr::Not(Box::new(expr)),
            _ => Expr::Not(Box::new(Expr::Not(Box::new(expr)))),
        })
    }

    fn compare(&mut self, depth: usize) -> Result<Expr, Malformed> {
        let left = self.sum(depth)?;
        let marks = [
            ("==", Compare::Equal),
            ("!=", Compare::NotEqual),
            ("<=", Compare::LessOrEqual),
            (">=", Compare::GreaterOrEqual),
            ("<", Compare::Less),
            (">", Compare::Greater),
        ];
        let mut operator = marks.iter().find(|(mark, _)| self.mark(mark)).map(|(_, operator)| *operator);
        if operator.is_none() && self.word("in") {
            operator = Some(Compare::In);
        }
        if operator.is_none()
            && matches!(self.symbols.get(self.at + 1), Some((Symbol::Name(word), _)) if word == "in")
            && self.word("not")
        {
            self.at += 1;
            operator = Some(Compare::NotIn);
        }
        let Some(operator) = operator else { return Ok(left) };
        let right = self.sum(depth)?;
        let is_number = |expr: &Expr| matches!(expr, Expr::Int(_) | Expr::Float(_));
        let untyped = match (&left, &right) {
            (Expr::Name(name), other) | (other, Expr::Name(name)) if is_number(other) => Some(name),
            _ => None,
        };
        if let Some(name) = untyped.filter(|name| !name.starts_with('_')) {
            return Err(self.wrong(format!("`{name}` is text here: write `Int32({name})` to compare it with a number")));
        }
        Ok(Expr::Compare(operator, Box::new(left), Box::new(right)))
    }

    fn sum(&mut self, depth: usize) -> Result<Expr, Malformed> {
        let mut left = self.product(depth)?;
        loop {
            let operator = if self.mark("+") {
                Arithmetic::Add
            } else if self.mark("-") {
                Arithmetic::Subtract
            } else {
                return Ok(left);
            };
            left = Expr::Arithmetic(operator, Box::new(left), Box::new(self.product(depth)?));
        }
    }

    fn product(&mut self, depth: usize) -> Result<Expr, Malformed> {
        let mut left = self.operand(depth)?;
        while self.mark("*") {
            left = Expr::Arithmetic(Arithmetic::Multiply, Box::new(left), Box::new(self.operand(depth)?));
        }
        Ok(left)
    }

    fn operand(&mut self, depth: usize) -> Result<Expr, Malformed> {
        if depth > DEEPEST {
            return Err(self.wrong("brackets are nested too deep"));
        }
        if self.mark("(") {
            let first = self.or(depth + 1)?;
            if self.mark(")") {
                return Ok(first);
            }
            self.expect(",")?;
            return self.items(vec![first], ")", depth);
        }
        if self.mark("[") {
            return self.items(Vec::new(), "]", depth);
        }
        if self.mark("-") {
            return match self.operand(depth + 1)? {
                Expr::Int(number) => Ok(Expr::Int(-number)),
                Expr::Float(number) => Ok(Expr::Float(-number)),
                _ => Err(self.wrong("a minus stands before a number only")),
            };
        }
        let Some(symbol) = self.peek().cloned() else { return Err(self.wrong("something is missing here")) };
        self.at += 1;
        match symbol {
            Symbol::Text(text) => Ok(Expr::Text(text)),
            Symbol::Int(number) => Ok(Expr::Int(number)),
            Symbol::Float(number) => Ok(Expr::Float(number)),
            Symbol::Name(name) if self.mark("(") => self.call(&name, depth),
            Symbol::Name(name) => Ok(match name.as_str() {
                "True" | "true" => Expr::Bool(true),
                "False" | "false" => Expr::Bool(false),
                "None" => Expr::Nothing,
                "and" | "or" | "in" | "not" | "if" | "else" | "for" | "lambda" | "is" => {
                    self.at -= 1;
                    return Err(self.wrong(format!("`{name}` has no place here")));
                }
                _ => Expr::Name(name),
            }),
            Symbol::Mark(mark) => {
                self.at -= 1;
                Err(self.wrong(format!("`{mark}` has no place here")))
            }
        }
    }

    fn items(&mut self, mut items: Vec<Expr>, close: &str, depth: usize) -> Result<Expr, Malformed> {
        while !self.mark(close) {
            items.push(self.or(depth + 1)?);
            if !self.mark(",") {
                self.expect(close)?;
                break;
            }
        }
        Ok(Expr::List(items))
    }

    fn call(&mut self, function: &str, depth: usize) -> Result<Expr, Malformed> {
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
        match (function, positional.as_slice(), named.as_slice()) {
            ("defined", [Expr::Name(name)], []) => Ok(Expr::Defined(name.clone())),
            ("error" | "custom_error", [message, ..], []) => Ok(Expr::Error(Box::new(message.clone()))),
            _ => self.typed(function, positional, named),
        }
    }

    fn typed(&mut self, function: &str, positional: Vec<Expr>, named: Vec<(String, Expr)>) -> Result<Expr, Malformed> {
        let mut rest = positional.into_iter();
        let Some(Expr::Name(name)) = rest.next() else {
            return Err(self.wrong(format!("`{function}` takes a parameter's name first")));
        };
        let kind = match function {
            "Array" => match rest.next() {
                None => Kind::Array(Box::new(Kind::Text)),
                Some(Expr::Text(of)) => {
                    let of = Kind::of(&of).ok_or_else(|| self.wrong(format!("`{of}` is no type of an array")))?;
                    Kind::Array(Box::new(of))
                }
                Some(_) => return Err(self.wrong("the type of an array is a string")),
            },
            "column" | "Column" => Kind::Column,
            _ => {
                Kind::of(function).ok_or_else(|| self.wrong(format!("`{function}` is not supported in a template")))?
            }
        };
        let mut typed =
            Typed { name, kind, default: rest.next(), description: None, required: None, allowed: Vec::new() };
        let tail: Vec<Expr> = rest.collect();
        match tail.as_slice() {
            [] => {}
            [Expr::Text(description)] => typed.description = Some(description.clone()),
            _ => return Err(self.wrong(format!("`{function}` has too many arguments"))),
        }
        for (keyword, value) in named {
            match (keyword.as_str(), value) {
                ("default", value) if typed.default.is_none() => typed.default = Some(value),
                ("description", Expr::Text(text)) => typed.description = Some(text),
                ("required", Expr::Bool(required)) => typed.required = Some(required),
                ("enum", Expr::List(values)) => {
                    typed.allowed = values.into_iter().filter_map(name_of).collect();
                }
                ("example" | "format", _) => {}
                (keyword, _) => {
                    return Err(self.wrong(format!("`{keyword}` is not supported here, or not with this value")));
                }
            }
        }
        if typed.kind == Kind::Column {
            let default = match &typed.default {
                Some(Expr::Text(default)) => Some(default.clone()),
                None => None,
                Some(_) => return Err(self.wrong("the default of a column is a string")),
            };
            if typed.allowed.is_empty() || default.is_some_and(|default| !typed.allowed.contains(&default)) {
                return Err(self
                    .wrong("a column needs the list of names that it may give, `enum=['a', 'b']`, with its default"));
            }
        }
        Ok(Expr::Typed(Box::new(typed)))
    }
}

fn name_of(expr: Expr) -> Option<String> {
    if let Expr::Text(text) = expr { Some(text) } else { None }
}
