use super::*;
use proptest::prelude::*;

/// The blocks that come of rows that come in pieces of one size, and whether they came to an end.
fn through(rows: &[u8], size: usize) -> Result<Vec<Bytes>, String> {
    let (mut blocks, mut out) = (None::<Blocks>, Vec::new());
    let mut held = BytesMut::new();
    for piece in rows.chunks(size.max(1)) {
        match &mut blocks {
            None => {
                held.extend_from_slice(piece);
                match head(&held) {
                    Ok((length, columns)) => {
                        let held = held.split_off(length);
                        blocks = Some(Blocks { held, wanted: 0, columns, rows: 0, size: 0 });
                    }
                    Err(HeadTrouble::Short) => continue,
                    Err(trouble) => return Err(format!("{trouble:?}")),
                }
            }
            Some(blocks) => blocks.held.extend_from_slice(piece),
        }
        while let Some(block) = blocks.as_mut().unwrap().next(false).map_err(|error| error.to_string())? {
            out.push(block);
        }
    }
    let mut blocks = blocks.ok_or("no head")?;
    while let Some(block) = blocks.next(true).map_err(|error| error.to_string())? {
        out.push(block);
    }
    Ok(out)
}

fn rows(columns: &[(&str, &str)], values: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    column::varint(&mut out, columns.len());
    for text in columns.iter().map(|(name, _)| name).chain(columns.iter().map(|(_, kind)| kind)) {
        column::text(&mut out, text.as_bytes());
    }
    out.extend_from_slice(values);
    out
}

/// Whatever the sizes of the pieces, one result.
fn all_ways(rows: &[u8]) -> Result<Vec<Bytes>, String> {
    let whole = through(rows, rows.len());
    for size in [1, 2, 3, 7, 64, 4_000] {
        assert_eq!(through(rows, size), whole, "pieces of {size}");
    }
    whole
}

#[test]
fn a_block_is_what_the_engine_writes() {
    // Both were written by ClickHouse 26.7: `SELECT arrayJoin(['b', NULL, 'b', '']::Array(LowCardinality(Nullable(String))))`.
    let binary = rows(&[("w", "LowCardinality(Nullable(String))")], b"\0\x01b\x01\0\x01b\0\0");
    let mut native = b"\x01\x04\x01w\x20LowCardinality(Nullable(String))".to_vec();
    native.extend_from_slice(
        b"\x01\0\0\0\0\0\0\0\0\x06\0\0\0\0\0\0\x03\0\0\0\0\0\0\0\0\0\x01b\x04\0\0\0\0\0\0\0\x02\0\x02\x01",
    );
    assert_eq!(all_ways(&binary), Ok(vec![native.into()]));
    // `SELECT NULL AS a, [] AS b, [NULL] AS c`.
    let types = [("a", "Nullable(Nothing)"), ("b", "Array(Nothing)"), ("c", "Array(Nullable(Nothing))")];
    let native = b"\x03\x01\x01a\x11Nullable(Nothing)\x01\x30\x01b\x0eArray(Nothing)\0\0\0\0\0\0\0\0\
        \x01c\x18Array(Nullable(Nothing))\x01\0\0\0\0\0\0\0\x01\x30";
    assert_eq!(all_ways(&rows(&types, b"\x01\0\x01\x01")), Ok(vec![Bytes::from_static(native)]));
    // Variant(String, UInt8): 1, 'x', NULL; a time zone of the outermost type is not told.
    let types = [("v", "Variant(String, UInt8)"), ("d", "DateTime('UTC')")];
    let native = b"\x02\x03\x01v\x16Variant(String, UInt8)\0\0\0\0\0\0\0\0\x01\0\xff\x01x\x01\x01d\x08DateTime\
        \x01\0\0\0\x02\0\0\0\x03\0\0\0";
    let values = b"\x01\x01\x01\0\0\0\0\x01x\x02\0\0\0\xff\x03\0\0\0";
    assert_eq!(all_ways(&rows(&types, values)), Ok(vec![Bytes::from_static(native)]));
}

#[test]
fn no_rows_are_no_bytes() {
    assert_eq!(all_ways(&rows(&[("a", "Int8")], b"")), Ok(vec![]));
}

#[test]
fn a_block_ends_by_what_is_in_it() {
    let counted = |blocks: Result<Vec<Bytes>, String>| {
        let count = |block: &Bytes| Cursor::new(block.get(1..).unwrap(), LARGEST_ROW).varint().unwrap();
        blocks.unwrap().iter().map(count).collect::<Vec<_>>()
    };
    let narrow = rows(&[("a", "UInt8")], &vec![7; BLOCK_ROWS * 2 + 5]);
    assert_eq!(counted(through(&narrow, 1_000)), [BLOCK_ROWS, BLOCK_ROWS, 5]);
    assert_eq!(through(&narrow, 1_000), through(&narrow, narrow.len()));
    let mut wide = Vec::new();
    for _ in 0..5 {
        column::text(&mut wide, &vec![b'x'; BLOCK_BYTES / 2]);
    }
    let wide = rows(&[("a", "String")], &wide);
    assert_eq!(counted(through(&wide, 10_000)), [2, 2, 1]);
    // What a NULL takes counts, and not only what says that it is one.
    let nulls = rows(&[("a", "Nullable(FixedString(524288))")], &[1; 5]);
    assert_eq!(counted(all_ways(&nulls)), [2, 2, 1]);
}

#[test]
fn a_row_that_is_cut_off_or_none_ends_nothing_well() {
    for (types, values) in [
        (&[("a", "Int64")][..], &b"\0\0\0"[..]),
        (&[("a", "String")], b"\x05abc"),
        (&[("a", "Int8"), ("b", "String")], b"\x01"),
        (&[("a", "Array(String)")], b"\x02\x01a"),
        (&[("a", "Nullable(Int8)")], b"\x02\0"),
        (&[("a", "Variant(Int8)")], b"\x01\0"),
        (&[("a", "Nothing")], b"\0"),
        (&[("a", "Array(Nothing)")], b"\xff\xff\xff\x7f"),
        (&[("a", "String")], b"\xff\xff\xff\xff\xff\xff\xff\xff\x7f"),
        (&[("a", "String")], b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
        (&[("a", "Array(Int8)")], b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
        (&[("a", "Array(Array(Int8))")], b"\xff\xff\xff\x7f\xff\xff\xff\x7f"),
    ] {
        assert_eq!(all_ways(&rows(types, values)), Err(Unreadable.to_string()), "{types:?}");
    }
}

/// Two bytes a value to say, a megabyte to keep.
#[test]
fn little_that_becomes_much_is_no_row() {
    // 300 of them, and they are all there: nothing but their size is wrong.
    let values = [&b"\xac\x02"[..], &[1; 300][..]].concat();
    let binary = rows(&[("a", "Array(Nullable(FixedString(1000000)))")], &values);
    let refused = through(&binary, binary.len()).is_err_and(|why| why == Unreadable.to_string());
    assert!(refused, "it was kept");
}

#[test]
fn a_head_that_lies_is_no_head() {
    for head in [
        &b"\0"[..],
        b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
        b"\x01\xff\xff\xff\xff\xff\xff\xff\x7f",
        b"\x01\x01a\x01\xff",
    ] {
        assert_eq!(through(head, head.len()), Err("Wrong".to_owned()), "{head:?}");
    }
    for short in [&b""[..], b"\x02\x01a", b"\x01\x01a\x06Int"] {
        assert_eq!(through(short, 1), Err("no head".to_owned()), "{short:?}");
    }
    assert_eq!(through(&rows(&[("a", "Int8"), ("b", "JSON")], b""), 9), Err("Type(\"JSON\")".to_owned()));
}

/// A kind, its name, and values of it as rows have them.
fn typed() -> impl Strategy<Value = (String, Vec<Vec<u8>>)> {
    let text = || {
        prop::collection::vec(any::<u8>(), 0..9).prop_map(|value| {
            let mut out = Vec::new();
            column::text(&mut out, &value);
            out
        })
    };
    let values = |value: BoxedStrategy<Vec<u8>>| prop::collection::vec(value, 40);
    let leaf = prop_oneof![
        values(prop::collection::vec(any::<u8>(), 8).boxed()).prop_map(|values| ("Int64".to_owned(), values)),
        values(text().boxed()).prop_map(|values| ("String".to_owned(), values)),
        values(text().boxed()).prop_map(|values| ("LowCardinality(String)".to_owned(), values)),
        values(prop_oneof![Just(vec![1]), text().prop_map(|value| [vec![0], value].concat())].boxed())
            .prop_map(|values| ("LowCardinality(Nullable(String))".to_owned(), values)),
        values(prop_oneof![Just(vec![1]), text().prop_map(|value| [vec![0], value].concat())].boxed())
            .prop_map(|values| ("Nullable(String)".to_owned(), values)),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            (inner.clone(), prop::collection::vec(0_u8..4, 40)).prop_map(|((name, values), counts)| {
                let array = |(at, count): (usize, &u8)| {
                    let some = values.iter().cycle().skip(at).take(usize::from(*count)).flatten().copied();
                    [*count].into_iter().chain(some).collect()
                };
                (format!("Array({name})"), counts.iter().enumerate().map(array).collect())
            }),
            (inner.clone(), inner).prop_map(|((left, lefts), (right, rights))| {
                let pairs = lefts.into_iter().zip(rights).map(|(left, right)| [left, right].concat()).collect();
                (format!("Tuple(a {left}, `b c` {right})"), pairs)
            }),
        ]
    })
}

/// Reads blocks back, as a driver does: the rows that they hold.
mod back {
    use super::super::kind::Kind;

    pub(super) struct Reader<'a>(pub(super) &'a [u8]);

    impl Reader<'_> {
        fn take(&mut self, count: usize) -> Vec<u8> {
            let (taken, rest) = self.0.split_at(count);
            self.0 = rest;
            taken.to_vec()
        }

        pub(super) fn varint(&mut self) -> usize {
            let (mut number, mut shift) = (0, 0);
            loop {
                let byte = self.take(1)[0];
                number |= usize::from(byte & 0x7f) << shift;
                shift += 7;
                if byte < 0x80 {
                    return number;
                }
            }
        }

        fn word(&mut self) -> usize {
            usize::try_from(u64::from_le_bytes(self.take(8).try_into().unwrap())).unwrap()
        }

        pub(super) fn text(&mut self) -> Vec<u8> {
            let length = self.varint();
            self.take(length)
        }

        fn prefix(&mut self, kind: &Kind) {
            match kind {
                Kind::Shared(..) => assert_eq!(self.word(), 1),
                Kind::Array(of) | Kind::Nullable(of) => self.prefix(of),
                Kind::Tuple(kinds) => kinds.iter().for_each(|kind| self.prefix(kind)),
                _ => {}
            }
        }

        pub(super) fn column(&mut self, kind: &Kind, rows: usize) -> Vec<Vec<u8>> {
            self.prefix(kind);
            self.values(kind, rows)
        }

        /// Each value as a row has it.
        fn values(&mut self, kind: &Kind, rows: usize) -> Vec<Vec<u8>> {
            let told = |value: Vec<u8>| {
                let mut out = Vec::new();
                super::column::text(&mut out, &value);
                out
            };
            match kind {
                Kind::Fixed(width) => (0..rows).map(|_| self.take(*width)).collect(),
                Kind::Text => (0..rows).map(|_| told(self.text())).collect(),
                Kind::Nullable(of) => {
                    let nulls = self.take(rows);
                    let values = self.values(of, rows);
                    let value =
                        |(null, value): (u8, Vec<u8>)| if null == 1 { vec![1] } else { [vec![0], value].concat() };
                    nulls.into_iter().zip(values).map(value).collect()
                }
                Kind::Array(of) => {
                    let ends: Vec<usize> = (0..rows).map(|_| self.word()).collect();
                    let inner = self.values(of, ends.last().copied().unwrap_or_default());
                    let start = |at: usize| if at == 0 { 0 } else { ends[at - 1] };
                    let array = |at: usize| {
                        let values = &inner[start(at)..ends[at]];
                        [&[u8::try_from(values.len()).unwrap()], values.concat().as_slice()].concat()
                    };
                    (0..rows).map(array).collect()
                }
                Kind::Tuple(kinds) => {
                    let columns: Vec<_> = kinds.iter().map(|kind| self.values(kind, rows)).collect();
                    (0..rows).map(|row| columns.iter().flat_map(|column| column[row].clone()).collect()).collect()
                }
                Kind::Shared(nullable, _) if rows > 0 => {
                    let flags = self.word();
                    let count = self.word();
                    let keys: Vec<_> = (0..count).map(|_| told(self.text())).collect();
                    assert_eq!((flags & !3, self.word()), (0x600, rows));
                    let index = |bytes: Vec<u8>| bytes.iter().rev().fold(0, |sum, byte| sum * 256 + usize::from(*byte));
                    let indexes: Vec<_> = (0..rows).map(|_| index(self.take(1 << (flags & 3)))).collect();
                    let value = |index: usize| match (nullable, index) {
                        (true, 0) => vec![1],
                        (true, _) => [vec![0], keys[index].clone()].concat(),
                        (false, _) => keys[index].clone(),
                    };
                    indexes.into_iter().map(value).collect()
                }
                Kind::Shared(..) => Vec::new(),
                Kind::Nothing | Kind::Variant(_) => unreachable!("not generated"),
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_is_read_back_is_what_came((name, values) in typed(), size in 1_usize..200) {
        let binary = rows(&[("c", &name)], &values.concat());
        let whole = through(&binary, binary.len());
        prop_assert_eq!(&through(&binary, size), &whole);
        let kind = Kind::parse(&name).unwrap();
        let mut read = Vec::new();
        for block in whole.unwrap() {
            let mut reader = back::Reader(&block);
            prop_assert_eq!(reader.varint(), 1);
            let rows = reader.varint();
            prop_assert_eq!((reader.text(), reader.text()), (b"c".to_vec(), name.clone().into_bytes()));
            read.extend(reader.column(&kind, rows));
            prop_assert!(reader.0.is_empty());
        }
        prop_assert_eq!(read, values);
    }

    #[test]
    fn no_bytes_of_an_upstreams_are_more_than_an_error(bytes in prop::collection::vec(any::<u8>(), 0..400), kinds in prop::collection::vec(0_usize..8, 1..4), size in 1_usize..100) {
        let names = ["String", "Array(String)", "Nullable(Int64)", "LowCardinality(Nullable(String))", "Map(String, Array(Int8))",
            "Variant(Int8, String)", "Array(Nullable(Nothing))", "Tuple(Int8, Array(LowCardinality(FixedString(3))))"];
        let types: Vec<_> = kinds.iter().map(|&kind| ("c", names[kind])).collect();
        let binary = rows(&types, &bytes);
        prop_assert_eq!(through(&binary, size), through(&binary, binary.len()));
        let _ = through(&bytes, size);
    }
}
