//! What drivers ask about the server before they do anything else, and what they are told.
//!
//! `system.settings` is nobody's to read: it shows the values that the gateway itself sends. A driver that asks for it on
//! connecting (clickhouse-connect 1.12 does, in these very words) is given no settings instead, which it takes to mean
//! that it may not change any.

/// The driver's words, and the statement that stands for them.
const ABOUT_THE_SERVER: [(&str, &str); 1] = [(
    "SELECT name, value, readonly FROM system.settings LIMIT 10000",
    "SELECT '' AS name, '' AS value, toUInt8(0) AS readonly WHERE 0 = 1",
)];

/// The statement that stands for a driver's question about the server; a FORMAT clause after it stays where it is.
pub(super) fn about_the_server(text: &str) -> Option<String> {
    ABOUT_THE_SERVER.iter().find_map(|(asked, told)| {
        let rest = text.strip_prefix(asked)?;
        let format = rest.trim();
        let plain =
            format.strip_prefix("FORMAT ").is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        (format.is_empty() || plain).then(|| format!("{told}{rest}"))
    })
}
