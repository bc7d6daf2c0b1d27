//! Constants that a function may give instead of its result.

use syn::{GenericArgument, PathArguments, ReturnType, Type};

/// What a function of that type may return, without having done anything.
pub(super) fn constants(output: &ReturnType) -> Vec<String> {
    match output {
        ReturnType::Default => vec!["()".to_owned()],
        ReturnType::Type(_, output) => of(output),
    }
}

fn of(output: &Type) -> Vec<String> {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    match output {
        Type::Tuple(tuple) if tuple.elems.is_empty() => texts(&["()"]),
        Type::Reference(reference) if is(&reference.elem, "str") => texts(&["\"\""]),
        Type::Path(path) => {
            let Some(segment) = path.path.segments.last() else { return Vec::new() };
            let argument = match &segment.arguments {
                PathArguments::AngleBracketed(arguments) => arguments.args.iter().find_map(|argument| match argument {
                    GenericArgument::Type(argument) => Some(argument),
                    _ => None,
                }),
                _ => None,
            };
            match segment.ident.to_string().as_str() {
                "bool" => texts(&["true", "false"]),
                "usize" | "u8" | "u32" => texts(&["0", "1"]),
                "String" | "Vec" | "HashSet" | "Shape" => texts(&["Default::default()"]),
                "Option" => texts(&["None"]),
                "Result" => argument.map(of).unwrap_or_default().iter().map(|inner| format!("Ok({inner})")).collect(),
                _ => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}

fn is(kind: &Type, name: &str) -> bool {
    matches!(kind, Type::Path(path) if path.path.is_ident(name))
}
