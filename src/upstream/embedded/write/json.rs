//! JSON, JSONCompact and JSONEachRow, white space and all as ClickHouse 26.7 writes them.

use rusqlite::Row;
use rusqlite::types::ValueRef;

use super::{Head, Tail, hex};

pub(super) fn begin(head: &Head, out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\n\t\"meta\":\n\t[\n");
    for (index, column) in head.columns.iter().enumerate() {
        out.extend_from_slice(if index == 0 { b"" } else { b",\n" });
        out.extend_from_slice(b"\t\t{\n\t\t\t\"name\": ");
        string(&column.name, out);
        out.extend_from_slice(b",\n\t\t\t\"type\": ");
        string(&column.type_name, out);
        out.extend_from_slice(b"\n\t\t}");
    }
    out.extend_from_slice(b"\n\t],\n\n\t\"data\":\n\t[\n");
}

pub(super) fn end(tail: &Tail, out: &mut Vec<u8>) {
    out.extend_from_slice(format!("\n\t],\n\n\t\"rows\": {}", tail.rows).as_bytes());
    if let Some(statistics) = &tail.statistics {
        let text = format!(
            ",\n\n\t\"statistics\":\n\t{{\n\t\t\"elapsed\": {},\n\t\t\"rows_read\": {},\n\t\t\"bytes_read\": 0\n\t}}",
            statistics.elapsed.as_secs_f64(),
            statistics.rows_read,
        );
        out.extend_from_slice(text.as_bytes());
    }
    out.extend_from_slice(b"\n}\n");
}

pub(super) fn object_row(first: bool, keys: &[Vec<u8>], row: &Row<'_>, out: &mut Vec<u8>) -> rusqlite::Result<()> {
    out.extend_from_slice(if first { b"\t\t{\n" } else { b",\n\t\t{\n" });
    for (index, key) in keys.iter().enumerate() {
        out.extend_from_slice(if index == 0 { b"\t\t\t" } else { b",\n\t\t\t" });
        out.extend_from_slice(key);
        out.extend_from_slice(b": ");
        value(row.get_ref(index)?, out);
    }
    out.extend_from_slice(b"\n\t\t}");
    Ok(())
}

pub(super) fn array_row(first: bool, width: usize, row: &Row<'_>, out: &mut Vec<u8>) -> rusqlite::Result<()> {
    out.extend_from_slice(if first { b"\t\t[" } else { b",\n\t\t[" });
    for index in 0..width {
        out.extend_from_slice(if index == 0 { b"" } else { b", " });
        value(row.get_ref(index)?, out);
    }
    out.push(b']');
    Ok(())
}

pub(super) fn line(keys: &[Vec<u8>], row: &Row<'_>, out: &mut Vec<u8>) -> rusqlite::Result<()> {
    for (index, key) in keys.iter().enumerate() {
        out.push(if index == 0 { b'{' } else { b',' });
        out.extend_from_slice(key);
        out.push(b':');
        value(row.get_ref(index)?, out);
    }
    out.extend_from_slice(b"}\n");
    Ok(())
}

/// A name as a JSON string.
pub(super) fn quoted(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 2);
    string(text, &mut out);
    out
}

fn value(value: ValueRef<'_>, out: &mut Vec<u8>) {
    match value {
        ValueRef::Null => out.extend_from_slice(b"null"),
        ValueRef::Integer(number) => out.extend_from_slice(number.to_string().as_bytes()),
        ValueRef::Real(number) if number.is_finite() => out.extend_from_slice(number.to_string().as_bytes()),
        ValueRef::Real(_) => out.extend_from_slice(b"null"),
        ValueRef::Text(text) => string(&String::from_utf8_lossy(text), out),
        ValueRef::Blob(bytes) => string(&hex(bytes), out),
    }
}

fn string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for byte in text.bytes() {
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0x08 => out.extend_from_slice(b"\\b"),
            0x0c => out.extend_from_slice(b"\\f"),
            0..=0x1f => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            other => out.push(other),
        }
    }
    out.push(b'"');
}
