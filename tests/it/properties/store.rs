//! A token file that is torn or damaged is refused, or it says what the whole one says; it never says more.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use portcullis::authz::{Reach, Scope};
use portcullis::sql::{Dialect, Extensions, Limits};
use portcullis::store::{Compile, Hot, Paths, Report, Snapshot, Store};
use portcullis::token::signed::SigningKey;

/// A file with every form of a scope.
pub(crate) const SAMPLE: &str = "# sample\nversion: 1\nroles:\n  tenant:\n    parameters: { org_id: Int, plans: [Text] }\n    scopes:\n      \
- DATASOURCES:READ:organizations\n      - read: events\n        rows: org_id = {{ org_id }} and plan in ({{ plans }})\n      - append: events\n\
tokens:\n  - name: admin\n    id: admin\n    scopes: [ADMIN]\n  - name: acme\n    id: acme\n    role: tenant\n    \
with: { org_id: 1, plans: [free, pro] }\n  - name: legacy\n    \
digest: sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\n    scopes: ['DATASOURCES:READ:events:org_id = 3']\n    \
limits: { requests_per_second: 50 }\n...\n";

pub(crate) fn compile() -> Compile {
    Compile {
        dialect: Dialect::Sqlite,
        key: SigningKey::new(vec![7; 32]).unwrap(),
        own: None,
        hot: Hot { limits: Limits::default(), extensions: Extensions::default(), ..Hot::default() },
        read_hot: Arc::new(|_, _| Ok(Hot::default())),
    }
}

pub(crate) fn open(tokens: &Path) -> Result<Store, Report> {
    Store::open(Paths { tokens: tokens.to_owned(), managed: None, gateway: None }, compile())
}

/// What each token may do, with everything bound.
pub(crate) fn picture(snapshot: &Snapshot) -> BTreeMap<String, String> {
    let said =
        |principal: &portcullis::store::Principal| format!("{:?}", (&principal.policy, principal.requests_per_second));
    snapshot.principals().map(|principal| (principal.name.to_string(), said(principal))).collect()
}

/// The resources that each token may read without a filter.
pub(crate) fn unfiltered(snapshot: &Snapshot) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for principal in snapshot.principals() {
        for scope in principal.policy.scopes() {
            match scope {
                Scope::Admin => pairs.push((principal.name.to_string(), "everything".to_owned())),
                Scope::DatasourcesRead(name, Reach::All) | Scope::PipesRead(name, Reach::All) => {
                    pairs.push((principal.name.to_string(), name.to_string()));
                }
                _ => {}
            }
        }
    }
    pairs
}

/// Any text as a token file: refused, or no beginning of it says anything else. Beginnings are tried at the ends of its
/// last lines and at places that its bytes choose.
pub(crate) fn no_beginning_says_more(text: &str, folder: &Path) -> Result<bool, String> {
    let path = folder.join("tokens.yaml");
    let said = |text: &str| {
        fs::write(&path, text).unwrap();
        open(&path).ok().map(|store| picture(&store.snapshot()))
    };
    let Some(whole) = said(text) else { return Ok(false) };
    if !text.lines().any(|line| line.trim_end() == "...") {
        return Err("it has no end marker".to_owned());
    }
    let lines = text.match_indices('\n').map(|(at, _)| at).rev().take(6);
    let sum = text.bytes().fold(0_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    let chosen = (1..5_usize).map(|turn| sum.wrapping_mul(turn) % text.len());
    for end in lines.chain(chosen).filter(|end| text.is_char_boundary(*end)) {
        if said(&text[..end]).is_some_and(|part| part != whole) {
            return Err(format!("the first {end} bytes say something else:\n{}", &text[..end]));
        }
    }
    Ok(true)
}

/// [`SAMPLE`] with up to two bytes changed, as the input says: a filtered read never becomes an open one.
pub(crate) fn no_change_opens(changes: &[u8], folder: &Path) -> Result<bool, String> {
    let mut bytes = SAMPLE.as_bytes().to_vec();
    for change in changes.chunks_exact(3).take(2) {
        let at = usize::from(u16::from_le_bytes([change[0], change[1]])) % bytes.len();
        bytes[at] = change[2];
    }
    let path = folder.join("tokens.yaml");
    fs::write(&path, &bytes).unwrap();
    let Ok(store) = open(&path) else { return Ok(false) };
    match unfiltered(&store.snapshot()).iter().find(|(_, resource)| resource == "events") {
        Some((token, _)) => Err(format!("`{token}` reads everything:\n{}", String::from_utf8_lossy(&bytes))),
        None => Ok(true),
    }
}
