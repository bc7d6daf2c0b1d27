//! From the symbols between two braces to an expression, by precedence as Python has it.

use super::code::{Place, Symbol};
use super::parse::{DEEPEST, Known};
use super::tree::{Arithmetic, Compare, Expr, Typed};
use super::{Kind, Malformed};

/// Reads the symbols of one place.
pub(super) struct Code<'s> {
    pub(super) text: &'s str,
    pub(super) symbols: &'s [(Symbol, usize)],
    pub(super) at: usize,
    /// Where the code begins.
    pub(super) place: usize,
    pub(super) known: &'s Known,
}

impl Code<'_> {
    pub(super) fn wrong(&self, message: impl Into<String>) -> Malformed {
        let at = self.symbols.get(self.at).map_or(self.place, |(_, at)| *at);
        Place(self.text).wrong(at, message)
    }

    pub(super) fn peek(&self) -> Option<&Symbol> {
        self.symbols.get(self.at).map(|(symbol, _)| symbol)
    }

    pub(super) fn mark(&mut self, mark: &str) -> bool {
        let is = matches!(self.peek(), Some(Symbol::Mark(known)) if *known == mark);
        self.at += usize::from(is);
        is
    }

    fn word(&mut self, word: &str) -> bool {
        let is = matches!(self.peek(), Some(Symbol::Name(known)) if known == word);
        self.at += usize::from(is);
        is
    }

    pub(super) fn expect(&mut self, mark: &str) -> Result<(), Malformed> {
        if self.mark(mark) { Ok(()) } else { Err(self.wrong(format!("`{mark}` is missing here"))) }
    }

    pub(super) fn whole(&mut self) -> Result<Expr, Malformed> {
        let expr = self.or(0)?;
        if self.at < self.symbols.len() { Err(self.wrong("this is not understood in a template")) } else { Ok(expr) }
    }

    /// What `{{ }}` may hold: something that can be written as a literal. A parameter without a type is a text.
    pub(super) fn rendered(&self, expr: Expr) -> Result<Expr, Malformed> {
        match expr {
            Expr::Typed(_)
            | Expr::Error(_)
            | Expr::Arithmetic(..)
            | Expr::Text(_)
            | Expr::Int(_)
            | Expr::Float(_)
            | Expr::Split(..)
            | Expr::Apart(_)
            | Expr::Defined(_) => Ok(expr),
            Expr::Name(name) if name.starts_with('_') || self.known.has(&name) => Ok(Expr::Name(name)),
            Expr::Name(name) => Ok(Expr::Typed(Box::new(Typed::new(name, Kind::Text)))),
            _ => Err(Place(self.text).wrong(self.place, "this is no value that can be written as a literal")),
        }
    }

    pub(super) fn or(&mut self, depth: usize) -> Result<Expr, Malformed> {
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
        if let Some(name) = untyped.filter(|name| !name.starts_with('_') && !self.known.turning.contains(name)) {
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
}
