//! A template as it was understood.

use super::{Kind, Parameter};

/// A piece of the text.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Part {
    /// The author's SQL.
    Text(String),
    /// `{{ … }}`: a literal.
    Value(Expr),
    /// `{% set name = … %}`.
    Set(String, Expr),
    /// `{% if %} … {% elif %} … {% else %} … {% end %}`; the last branch may be empty.
    If(Vec<(Expr, Vec<Part>)>, Vec<Part>),
}

/// What stands between the braces.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Expr {
    Nothing,
    Bool(bool),
    Int(i128),
    Float(f64),
    Text(String),
    List(Vec<Expr>),
    /// A parameter's text, or a constant of `set`.
    Name(String),
    Defined(String),
    Typed(Box<Typed>),
    Error(Box<Expr>),
    Not(Box<Expr>),
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    Compare(Compare, Box<Expr>, Box<Expr>),
    Arithmetic(Arithmetic, Box<Expr>, Box<Expr>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compare {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    NotIn,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
}

/// `Int32(name, default, description='…')`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Typed {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) default: Option<Expr>,
    pub(super) description: Option<String>,
    pub(super) required: Option<bool>,
    /// The names that `column(…)` may give.
    pub(super) allowed: Vec<String>,
}

/// Every parameter that the parts name, once, in their order.
pub(super) fn parameters(parts: &[Part]) -> Vec<Parameter> {
    let mut found = Found { parameters: Vec::new(), constants: Vec::new() };
    found.parts(parts, false);
    found.parameters
}

struct Found {
    parameters: Vec<Parameter>,
    constants: Vec<String>,
}

impl Found {
    fn parts(&mut self, parts: &[Part], optional: bool) {
        for part in parts {
            match part {
                Part::Text(_) => {}
                Part::Value(expr) => self.expr(expr, optional),
                Part::Set(name, expr) => {
                    self.expr(expr, optional);
                    self.constants.push(name.clone());
                }
                Part::If(branches, otherwise) => {
                    for (condition, parts) in branches {
                        self.expr(condition, true);
                        self.parts(parts, true);
                    }
                    self.parts(otherwise, true);
                }
            }
        }
    }

    fn expr(&mut self, expr: &Expr, optional: bool) {
        match expr {
            Expr::Nothing | Expr::Bool(_) | Expr::Int(_) | Expr::Float(_) | Expr::Text(_) => {}
            Expr::List(items) => items.iter().for_each(|item| self.expr(item, optional)),
            Expr::Name(name) | Expr::Defined(name) => {
                if !self.constants.contains(name) {
                    self.add(name, None, true);
                }
            }
            Expr::Typed(typed) => {
                if let Some(default) = &typed.default {
                    self.expr(default, true);
                }
                self.add(&typed.name, Some(typed), optional);
            }
            Expr::Error(inner) | Expr::Not(inner) => self.expr(inner, optional),
            Expr::And(left, right)
            | Expr::Or(left, right)
            | Expr::Compare(_, left, right)
            | Expr::Arithmetic(_, left, right) => {
                self.expr(left, optional);
                self.expr(right, optional);
            }
        }
    }

    /// The first place that says something wins; a type is worth more than none.
    fn add(&mut self, name: &str, typed: Option<&Typed>, optional: bool) {
        let position = self.parameters.iter().position(|known| known.name == name).unwrap_or_else(|| {
            let parameter = Parameter {
                name: name.to_owned(),
                type_name: String::new(),
                default: None,
                description: None,
                required: false,
            };
            self.parameters.push(parameter);
            self.parameters.len() - 1
        });
        let (Some(known), Some(typed)) = (self.parameters.get_mut(position), typed) else { return };
        if known.type_name.is_empty() {
            known.type_name = typed.kind.name();
        }
        if known.default.is_none() {
            known.default = typed.default.as_ref().and_then(shown);
        }
        if known.description.is_none() {
            known.description.clone_from(&typed.description);
        }
        known.required |= typed.required.unwrap_or(typed.default.is_none() && !optional);
    }
}

fn shown(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Text(text) => Some(text.clone()),
        Expr::Int(number) => Some(number.to_string()),
        Expr::Float(number) => Some(number.to_string()),
        Expr::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}
