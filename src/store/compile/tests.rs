use super::*;

fn source(text: &str) -> Source {
    Source { path: "tokens.yaml".into(), text: format!("{text}\n...\n") }
}

fn read(text: &str) -> Result<Table, Report> {
    compile(&[source(text)], Dialect::Sqlite, &Extensions::default(), Author::People)
}

fn scopes(table: &Table, name: &str) -> Vec<String> {
    table.by_name.get(name).unwrap().principal.policy.scopes().iter().map(ToString::to_string).collect()
}

const ROLE: &str = "
version: 1
roles:
  tenant:
    parameters: { org_id: Int, plans: [Text] }
    scopes:
      - DATASOURCES:READ:organizations
      - read: events
        rows: org_id = {{ org_id }}
      - read_pipe: top
        rows: all
      - append: events
";

fn with(text: &str) -> String {
    format!("{ROLE}tokens:\n  - name: acme\n    id: acme\n{text}")
}

#[test]
fn both_forms_of_a_scope_mean_the_same() {
    let table = read(&with("    role: tenant\n    with: { org_id: 1, plans: [a, b] }\n    limits: { requests_per_second: 5 }\n    scopes: [ADMIN]")).unwrap();
    let expected = [
        "DATASOURCES:READ:organizations",
        "DATASOURCES:READ:events:org_id = {{ org_id }}",
        "PIPES:READ:top",
        "DATASOURCES:APPEND:events",
        "ADMIN",
    ];
    let said = scopes(&table, "acme");
    assert_eq!(said.len(), expected.len());
    for (said, expected) in said.iter().zip(expected) {
        assert_eq!(said.split(':').take(3).collect::<Vec<_>>(), expected.split(':').take(3).collect::<Vec<_>>());
    }
    assert_eq!(table.by_name.get("acme").unwrap().principal.requests_per_second, std::num::NonZeroU32::new(5));
}

#[test]
fn no_scope_at_all_is_a_token_that_may_do_nothing() {
    let table = read("version: 1\ntokens:\n  - { name: nothing, id: n, scopes: [] }").unwrap();
    assert_eq!(scopes(&table, "nothing"), Vec::<String>::new());
}

#[test]
fn a_value_is_bound_by_its_type_or_not_at_all() {
    for (values, said) in [
        ("", "no value for `org_id`"),
        ("    with: { org_id: 1 }", "no value for `plans`"),
        ("    with: { org_id: \"1\", plans: [a] }", "is no Int"),
        ("    with: { org_id: 1.5, plans: [a] }", "floating"),
        ("    with: { org_id: [1], plans: [a] }", "is no Int"),
        ("    with: { org_id: 007, plans: [a] }", "is no Int"),
        ("    with: { org_id: 1 or 1, plans: [a] }", "is no Int"),
        ("    with: { org_id: yes, plans: [a] }", "is no Int"),
        ("    with: { org_id: 1, plans: [] }", "is no [Text]"),
        ("    with: { org_id: 1, plans: [1] }", "is no [Text]"),
        ("    with: { org_id: 1, plans: a }", "is no [Text]"),
        ("    with: { org_id: 1, plans: [[a]] }", "list of lists"),
        ("    with: { org_id: 1, plans: [a], orgid: 2 }", "no role of this token has a parameter `orgid`"),
    ] {
        let report = read(&with(&format!("    role: tenant\n{values}"))).unwrap_err();
        assert!(report.summary().contains(said), "{values}: {}", report.summary());
    }
}

#[test]
fn a_bad_token_refuses_the_file_and_says_where() {
    for (token, said) in [
        ("{ name: a, id: a }", "no scopes and no role"),
        ("{ name: a, id: a, scopes: }", "no scopes and no role"),
        ("{ name: a, scopes: [] }", "neither `id` nor `digest`"),
        ("{ name: a, id: a, digest: x, scopes: [] }", "both `id` and `digest`"),
        ("{ name: a, digest: hunter2, scopes: [] }", "a digest is written"),
        ("{ name: a, id: a b, scopes: [] }", "a token id is"),
        ("{ name: '', id: a, scopes: [] }", "a name is"),
        ("{ name: a, id: a, role: tenent }", "unknown role `tenent`"),
        ("{ name: a, id: a, scopes: [ADMN] }", "unknown scope `ADMN`"),
        ("{ name: a, id: a, scopes: ['DATASOURCES:READ:events:'] }", "filter of `DATASOURCES:READ` is empty"),
        ("{ name: a, id: a, scopes: ['DATASOURCES:READ:events:x = {{ y }}'] }", "no parameter `y`"),
        ("{ name: a, id: a, scopes: [{ read: events }] }", "which rows"),
        ("{ name: a, id: a, scopes: [{ read: events, rows: }] }", "which rows"),
        ("{ name: a, id: a, scopes: [{ read: events, rows: '' }] }", "is empty"),
        ("{ name: a, id: a, scopes: [{ read: events, rows: All }] }", "written `all`"),
        ("{ name: a, id: a, scopes: [{ read: events, rows: true }] }", "`all` or a filter"),
        ("{ name: a, id: a, scopes: [{ read: events, rows: 1 }] }", "`all` or a filter"),
        ("{ name: a, id: a, scopes: [{ read: 'events:a = 1', rows: all }] }", "no colon"),
        ("{ name: a, id: a, scopes: [{ append: events, rows: all }] }", "only a read"),
        ("{ name: a, id: a, scopes: [{ read: a, append: a }] }", "exactly one"),
        ("{ name: a, id: a, scopes: [{ read: a, row: all }] }", "unknown key `row`"),
        ("{ name: a, id: a, scopes: [[ADMIN]] }", "belongs"),
        ("{ name: a, id: a, scopes: [ADMIN], filtre: x }", "unknown key `filtre`"),
        ("{ name: a, id: a, scopes: [ADMIN], limits: { requests_per_second: 0 } }", "belongs"),
    ] {
        let report = read(&format!("{ROLE}tokens:\n  - {token}")).unwrap_err();
        let summary = report.summary();
        assert!(summary.contains(said), "{token}: {summary}");
        assert!(summary.starts_with("tokens.yaml:14:"), "{token}: {summary}");
        assert!(!report.to_string().contains("hunter2"), "{report}");
    }
}

#[test]
fn a_role_is_checked_although_no_token_uses_it() {
    let text = ROLE.replace("{{ org_id }}", "{{ orgid }}");
    let report = read(&text).unwrap_err();
    assert!(report.to_string().contains("did you mean `org_id`?"), "{report}");
}

#[test]
fn a_name_an_id_a_digest_and_a_role_stand_once_in_all_files() {
    let digest = TokenDigest::of("abcdefghijklmnop");
    for (one, other) in [
        ("{ name: a, id: a, scopes: [] }".to_owned(), "{ name: a, id: b, scopes: [] }".to_owned()),
        ("{ name: a, id: a, scopes: [] }".to_owned(), "{ name: b, id: a, scopes: [] }".to_owned()),
        (
            format!("{{ name: a, digest: '{digest}', scopes: [] }}"),
            format!("{{ name: b, digest: '{digest}', scopes: [] }}"),
        ),
    ] {
        let file = |token: &str| source(&format!("version: 1\ntokens:\n  - {token}"));
        let files = [file(&one), Source { path: "tokens.d/b.yaml".into(), ..file(&other) }];
        let report = compile(&files, Dialect::Sqlite, &Extensions::default(), Author::People).err().unwrap();
        assert!(report.summary().starts_with("tokens.d/b.yaml:3:"), "{report}");
        assert!(!report.to_string().contains(digest.to_string().trim_start_matches("sha256:")), "{report}");
    }
    assert!(compile(&[source(ROLE), source(ROLE)], Dialect::Sqlite, &Extensions::default(), Author::People).is_err());
}

#[test]
fn a_header_is_needed() {
    for text in ["tokens: []", "version: 2\ntokens: []", "version: 1", "version: 1\ntokens:"] {
        assert!(read(text).is_err(), "{text}");
    }
}

#[test]
fn a_hundred_thousand_tokens_are_read() {
    let mut text = String::from("version: 1\ntokens:\n");
    for n in 0..100_000 {
        text += &format!(
            "  - {{ name: t{n}, id: t{n}, scopes: ['DATASOURCES:READ:events:org_id = {n}', 'DATASOURCES:APPEND:events'] }}\n"
        );
    }
    assert_eq!(read(&text).unwrap().by_id.len(), 100_000);
}
