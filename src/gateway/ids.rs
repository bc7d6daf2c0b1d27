//! Ids that are the same on every start and look like the ones that clients know: made from names, kept nowhere.

use sha2::{Digest as _, Sha256};

/// The id of the workspace of that name: what `workspace_id` says in a JSON Web Token for it.
#[must_use]
pub fn workspace_id(workspace: &str) -> String {
    stable(&["workspace", workspace])
}

/// The id of whoever holds the token of that name.
pub(super) fn user(workspace: &str, token: &str) -> String {
    stable(&["token", workspace, token])
}

/// The id of the data source that is granted under that name: `t_` and 32 digits.
pub(super) fn datasource(workspace: &str, name: &str) -> String {
    format!("t_{}", stable(&["datasource", workspace, name]).replace('-', ""))
}

/// Whether a text has the shape of a data source's id.
pub(super) fn is_datasource(text: &str) -> bool {
    let digits = text.strip_prefix("t_").unwrap_or_default();
    digits.len() == 32 && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn stable(parts: &[&str]) -> String {
    let digest = Sha256::digest(parts.join("\0").as_bytes());
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest.iter()).for_each(|(to, from)| *to = *from);
    uuid::Builder::from_custom_bytes(bytes).into_uuid().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_its_shape_and_names_one_thing() {
        let id = datasource("w", "events");
        assert!(is_datasource(&id), "{id}");
        assert!(id != datasource("w", "event") && id != datasource("v", "events"));
        for other in ["events", "t_", "t_0", &id.to_ascii_uppercase(), &id[2..], &format!("{id}0")] {
            assert!(!is_datasource(other), "{other}");
        }
    }
}
