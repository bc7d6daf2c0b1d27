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
    /// `{% for name in list %} … {% end %}`; two names take what `enumerate_with_last` gives.
    For(Vec<String>, Expr, Vec<Part>),
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
    /// `split_to_array(text, default, separator=',')`.
    Split(Box<Expr>, Option<Box<Expr>>, String),
    /// `enumerate_with_last(list)`, which nothing but a loop takes.
    WithLast(Box<Expr>),
    /// `len(…)`.
    Length(Box<Expr>),
    Apart(Box<Apart>),
}

/// How far two moments are apart, in whole units: `date_diff_in_hours(from, to)`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Apart {
    pub(super) unit: Unit,
    pub(super) from: Expr,
    pub(super) to: Expr,
    /// Whether what is no moment gives nothing, and not an error.
    pub(super) lenient: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Days,
    Hours,
    Minutes,
    Seconds,
}

impl Unit {
    pub(super) fn seconds(self) -> i64 {
        match self {
            Self::Days => 86_400,
            Self::Hours => 3_600,
            Self::Minutes => 60,
            Self::Seconds => 1,
        }
    }
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
    /// The names that `column(…)` may give. Of other types it is what the author says of them.
    pub(super) allowed: Vec<String>,
    pub(super) format: Option<String>,
    pub(super) example: Option<String>,
}

impl Typed {
    pub(super) fn new(name: String, kind: Kind) -> Self {
        let (default, description, required, format, example) = (None, None, None, None, None);
        Self { name, kind, default, description, required, allowed: Vec::new(), format, example }
    }
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
                Part::For(names, list, body) => {
                    self.expr(list, optional);
                    let outside = self.constants.len();
                    self.constants.extend(names.iter().cloned());
                    self.parts(body, true);
                    self.constants.drain(outside..outside + names.len());
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
                if !self.constants.contains(&typed.name) {
                    self.add(&typed.name, Some(typed), optional);
                }
            }
            Expr::Split(text, default, _) => {
                self.expr(text, optional || default.is_some());
                default.iter().for_each(|default| self.expr(default, true));
            }
            Expr::WithLast(list) => self.expr(list, optional),
            Expr::Length(inner) => self.expr(inner, true),
            Expr::Apart(apart) => {
                self.expr(&apart.from, true);
                self.expr(&apart.to, true);
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
                allowed: Vec::new(),
                format: None,
                example: None,
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
        if known.allowed.is_empty() {
            known.allowed.clone_from(&typed.allowed);
        }
        if known.format.is_none() {
            known.format.clone_from(&typed.format);
        }
        if known.example.is_none() {
            known.example.clone_from(&typed.example);
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
