//! Keeps secrets out of what is shown of a file.
//!
//! Masked are, in this order:
//! - the whole line, when it continues a value whose key names a secret (a block scalar, a value on its own line);
//! - everything after a key that names a secret (`digest:`, `password:`, `value:` …);
//! - the user and password of an address (`://user:password@`);
//! - every long run of token characters, wherever it stands: a token pasted into the wrong place is still a token.

/// What stands for the hidden part.
const MASK: &str = "…";

/// Keys whose value is a secret, or could be used like one.
const SECRET_KEYS: [&str; 10] = [
    "digest",
    "password",
    "passphrase",
    "secret",
    "value",
    "token",
    "signing_key",
    "authorization",
    "credential",
    "api_key",
];

/// From this length on, letters mixed with digits are taken for a secret (a shorter token is not accepted anyway).
const SECRET_LENGTH: usize = 16;

/// A message, without what looks like a secret.
pub(crate) fn text(text: &str) -> String {
    let text = without_userinfo(text);
    let mut out = String::with_capacity(text.len());
    let mut run = String::new();
    for c in text.chars() {
        if is_token_char(c) {
            run.push(c);
        } else {
            flush(&mut out, &mut run);
            // One report is one line: whatever could break out of it is not shown.
            out.push(if c.is_control() { '\u{fffd}' } else { c });
        }
    }
    flush(&mut out, &mut run);
    out
}

/// Line `number` (from one) of `source`, masked. `key_at`, a column from one, hides all that follows the key there.
pub(crate) fn line(source: &str, number: usize, key_at: Option<usize>) -> String {
    let line = source.lines().nth(number.saturating_sub(1)).unwrap_or_default();
    if continues_a_secret(source, number, line) {
        let indent: String = line.chars().take_while(|c| c.is_whitespace()).collect();
        return format!("{indent}{MASK}");
    }
    let from = key_at.and_then(|column| line.char_indices().nth(column.saturating_sub(1))).map(|(at, _)| at);
    let ends = [from.and_then(|from| value_after(line, from)), secret_value(line)];
    match ends.into_iter().flatten().min() {
        Some(end) => format!("{} {MASK}", text(line.get(..end).unwrap_or_default())),
        None => text(line),
    }
}

/// The text without what stands between `://` and `@`.
fn without_userinfo(text: &str) -> String {
    let mut parts = text.split("://");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let authority = part.find(|c: char| c == '/' || c.is_whitespace()).unwrap_or(part.len());
        let user = part.get(..authority).and_then(|authority| authority.rfind('@'));
        out.push_str("://");
        match user.and_then(|at| part.get(at..)) {
            Some(host) => out.extend([MASK, host]),
            None => out.push_str(part),
        }
    }
    out
}

fn is_token_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~' | '+' | '/' | '=')
}

fn flush(out: &mut String, run: &mut String) {
    let mixed = run.chars().any(|c| c.is_ascii_digit()) && run.chars().any(|c| c.is_ascii_alphabetic());
    // A path or a dotted name is many short words; a token is one long one.
    let longest = run.split(['/', '.', '-', '_']).map(str::len).max().unwrap_or_default();
    if (mixed && longest >= SECRET_LENGTH) || longest >= 2 * SECRET_LENGTH || run.starts_with("p.ey") {
        out.push_str(MASK);
    } else {
        out.push_str(run);
    }
    run.clear();
}

/// Where the value begins whose key stands at `from`.
fn value_after(line: &str, from: usize) -> Option<usize> {
    line.get(from..)?.find(':').map(|colon| from + colon + 1)
}

/// Where the value begins of the first key in the line that names a secret.
fn secret_value(line: &str) -> Option<usize> {
    let lower = line.to_ascii_lowercase();
    let ends = SECRET_KEYS.iter().flat_map(|key| {
        lower.match_indices(key).filter_map(|(at, _)| {
            let after = lower.get(at + key.len()..)?;
            let trimmed = after.trim_start_matches(['"', '\'', ' ']);
            trimmed.starts_with(':').then(|| at + key.len() + (after.len() - trimmed.len()) + 1)
        })
    });
    ends.min()
}

/// Whether the line stands below a key that names a secret and is part of its value.
fn continues_a_secret(source: &str, number: usize, line: &str) -> bool {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let before: Vec<&str> = source.lines().take(number.saturating_sub(1)).collect();
    let parent = before.into_iter().rev().find(|above| !above.trim().is_empty() && indent(above) < indent(line));
    parent.is_some_and(|parent| secret_value(parent).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_shown_wherever_it_stands() {
        for (source, number) in [
            ("  digest: sha256:hunter2", 1),
            ("  \"password\": hunter2", 1),
            ("  X: { value: hunter2 }", 1),
            ("  password:\n      hunter2", 2),
            ("  password: |\n      a\n      hunter2", 3),
            ("  - name: hunter2hunter2hunter2", 1),
            ("  - id: p.eyJhunter2", 1),
            ("  base: http://u:hunter2@host:1/path", 1),
        ] {
            assert!(!line(source, number, None).contains("hunter2"), "{source}: {}", line(source, number, None));
        }
        assert_eq!(line("  pasword: hunter2", 1, Some(3)), "  pasword: …");
    }

    #[test]
    fn ordinary_text_is_shown_as_it_is() {
        for plain in ["  - name: acme", "rows: org_id = {{ org_id }}", "DATASOURCES:READ:organizations:plan = 'x'"] {
            assert_eq!(line(plain, 1, None), plain);
        }
        assert_eq!(text("a\nb\u{1b}[31m"), "a\u{fffd}b\u{fffd}[31m");
    }
}
