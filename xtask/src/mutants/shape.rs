//! What an expression is, as far as its shape tells.

use std::ops::Range;

use syn::{BinOp, Expr, ExprBinary, UnOp};

/// Methods whose closure answers yes or no.
pub(super) const PREDICATES: &[&str] = &[
    "all",
    "any",
    "filter",
    "find",
    "is_none_or",
    "is_some_and",
    "next_if",
    "position",
    "retain",
    "skip_while",
    "take_while",
];

/// Methods that answer yes or no.
pub(super) const QUESTIONS: &[&str] = &[
    "all",
    "any",
    "contains",
    "contains_key",
    "ends_with",
    "eq_ignore_ascii_case",
    "insert",
    "is_ascii_alphanumeric",
    "is_ascii_control",
    "is_ascii_digit",
    "is_ascii_graphic",
    "is_ascii_hexdigit",
    "is_empty",
    "is_err",
    "is_multiple_of",
    "is_none",
    "is_none_or",
    "is_ok",
    "is_some",
    "is_some_and",
    "same_name",
    "starts_with",
];

/// What an item stands on, in bytes of its file.
pub(super) fn span(item: &(impl syn::spanned::Spanned + ?Sized)) -> Range<usize> {
    item.span().byte_range()
}

pub(super) fn has_let(expression: &Expr) -> bool {
    match expression {
        Expr::Let(_) => true,
        Expr::Binary(binary) if matches!(binary.op, BinOp::And(_)) => has_let(&binary.left) || has_let(&binary.right),
        _ => false,
    }
}

/// The operands of a chain of one operator.
pub(super) fn operands(binary: &ExprBinary, and: bool) -> Vec<&Expr> {
    let same = |op: &BinOp| matches!((op, and), (BinOp::And(_), true) | (BinOp::Or(_), false));
    let mut found = Vec::new();
    for side in [&binary.left, &binary.right] {
        match side.as_ref() {
            Expr::Binary(inner) if same(&inner.op) => found.extend(operands(inner, and)),
            other => found.push(other),
        }
    }
    found
}

/// Whether an expression is, by its shape, a yes or a no.
pub(super) fn is_question(expression: &Expr) -> bool {
    match expression {
        Expr::Binary(binary) => matches!(
            binary.op,
            BinOp::And(_)
                | BinOp::Or(_)
                | BinOp::Eq(_)
                | BinOp::Ne(_)
                | BinOp::Lt(_)
                | BinOp::Le(_)
                | BinOp::Gt(_)
                | BinOp::Ge(_)
        ),
        Expr::Unary(unary) => matches!(unary.op, UnOp::Not(_)),
        Expr::Macro(call) => call.mac.path.is_ident("matches"),
        Expr::MethodCall(call) => QUESTIONS.contains(&call.method.to_string().as_str()),
        _ => false,
    }
}

/// Whether the code without the statement compiles.
pub(super) fn is_removable(expression: &Expr) -> bool {
    match expression {
        // Steps are counted for the tests alone.
        Expr::Call(call) => {
            !matches!(&*call.func, Expr::Path(path) if path.path.segments.first().is_some_and(|it| it.ident == "steps"))
        }
        Expr::MethodCall(_) | Expr::Assign(_) => true,
        Expr::Try(inner) => is_removable(&inner.expr),
        Expr::Binary(binary) => matches!(
            binary.op,
            BinOp::AddAssign(_) | BinOp::SubAssign(_) | BinOp::BitAndAssign(_) | BinOp::BitOrAssign(_)
        ),
        _ => false,
    }
}
