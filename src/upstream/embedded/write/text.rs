//! CSV and TSV as ClickHouse 26.7 writes them: lines end in `\n`, NULL is `\N`.

use rusqlite::Row;
use rusqlite::types::ValueRef;

use super::{Head, hex};

pub(super) fn csv_names(head: &Head, out: &mut Vec<u8>) {
    names(head, b',', |name, out| quoted(name.as_bytes(), out), out);
}

pub(super) fn tsv_names(head: &Head, out: &mut Vec<u8>) {
    names(head, b'\t', |name, out| escaped(name.as_bytes(), out), out);
}

fn names(head: &Head, between: u8, write: fn(&str, &mut Vec<u8>), out: &mut Vec<u8>) {
    for (index, column) in head.columns.iter().enumerate() {
        if index > 0 {
            out.push(between);
        }
        write(&column.name, out);
    }
    out.push(b'\n');
}

pub(super) fn row(
    width: usize,
    row: &Row<'_>,
    between: u8,
    write: fn(ValueRef<'_>, &mut Vec<u8>),
    out: &mut Vec<u8>,
) -> rusqlite::Result<()> {
    for index in 0..width {
        if index > 0 {
            out.push(between);
        }
        write(row.get_ref(index)?, out);
    }
    out.push(b'\n');
    Ok(())
}

pub(super) fn csv_value(value: ValueRef<'_>, out: &mut Vec<u8>) {
    match value {
        ValueRef::Text(text) => quoted(String::from_utf8_lossy(text).as_bytes(), out),
        ValueRef::Blob(bytes) => quoted(hex(bytes).as_bytes(), out),
        other => plain(other, out),
    }
}

pub(super) fn tsv_value(value: ValueRef<'_>, out: &mut Vec<u8>) {
    match value {
        ValueRef::Text(text) => escaped(String::from_utf8_lossy(text).as_bytes(), out),
        ValueRef::Blob(bytes) => out.extend_from_slice(hex(bytes).as_bytes()),
        other => plain(other, out),
    }
}

fn plain(value: ValueRef<'_>, out: &mut Vec<u8>) {
    match value {
        ValueRef::Integer(number) => out.extend_from_slice(number.to_string().as_bytes()),
        ValueRef::Real(number) => out.extend_from_slice(number.to_string().as_bytes()),
        ValueRef::Null | ValueRef::Text(_) | ValueRef::Blob(_) => out.extend_from_slice(b"\\N"),
    }
}

fn quoted(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    for byte in text {
        out.extend_from_slice(if *byte == b'"' { b"\"\"" } else { std::slice::from_ref(byte) });
    }
    out.push(b'"');
}

fn escaped(text: &[u8], out: &mut Vec<u8>) {
    for byte in text {
        match byte {
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\'' => out.extend_from_slice(b"\\'"),
            0 => out.extend_from_slice(b"\\0"),
            0x08 => out.extend_from_slice(b"\\b"),
            0x0c => out.extend_from_slice(b"\\f"),
            other => out.push(*other),
        }
    }
}
