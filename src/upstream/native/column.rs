//! The values of one column, gathered as `Native` lays them out.
//!
//! A row is pushed value by value; one that is not whole is forgotten and pushed again when more has come. What counts
//! towards the size of a block depends on the values alone, and not on how they came.

use std::collections::HashMap;

use super::kind::Kind;
use super::rows::{Cursor, Trouble};

/// What a dictionary begins with: how it is kept (with keys of its own), and which sections follow (keys, indexes).
const DICTIONARY_VERSION: u64 = 1;
const DICTIONARY_SECTIONS: u64 = 0x600;
/// How the numbers of a Variant are kept: one for each row.
const VARIANT_PLAIN: u64 = 0;
/// The number that stands for NULL in a Variant.
const NO_VARIANT: u8 = 255;

/// Values of one type. `kept` is how much of it belongs to whole rows.
#[derive(Debug)]
pub(super) enum Column {
    Fixed { width: usize, bytes: Vec<u8>, kept: usize },
    Text { bytes: Vec<u8>, kept: usize },
    Nothing { rows: usize, kept: usize },
    Nullable { nulls: Vec<u8>, kept: usize, of: Box<Column> },
    Array { ends: Vec<u8>, total: u64, kept: (usize, u64), of: Box<Column> },
    Tuple(Vec<Column>),
    Shared { dictionary: Dictionary, indexes: Vec<u32>, kept: usize },
    Variant { which: Vec<u8>, kept: usize, of: Vec<Column> },
}

/// The distinct values of a block, in the order in which they came. The type's zero is always the first, and stands for
/// NULL where there is one; then it is the second too.
#[derive(Debug)]
pub(super) struct Dictionary {
    nullable: bool,
    /// The width of its values, or `None` for texts.
    width: Option<usize>,
    known: HashMap<Box<[u8]>, u32>,
    keys: Vec<u8>,
}

impl Column {
    pub(super) fn new(kind: Kind) -> Self {
        let boxed = |kind: Box<Kind>| Box::new(Self::new(*kind));
        let all = |kinds: Vec<Kind>| kinds.into_iter().map(Self::new).collect();
        match kind {
            Kind::Fixed(width) => Self::Fixed { width, bytes: Vec::new(), kept: 0 },
            Kind::Text => Self::Text { bytes: Vec::new(), kept: 0 },
            Kind::Nothing => Self::Nothing { rows: 0, kept: 0 },
            Kind::Nullable(of) => Self::Nullable { nulls: Vec::new(), kept: 0, of: boxed(of) },
            Kind::Array(of) => Self::Array { ends: Vec::new(), total: 0, kept: (0, 0), of: boxed(of) },
            Kind::Tuple(kinds) => Self::Tuple(all(kinds)),
            Kind::Shared(nullable, of) => {
                let width = if let Kind::Fixed(width) = *of { Some(width) } else { None };
                Self::Shared { dictionary: Dictionary::new(nullable, width), indexes: Vec::new(), kept: 0 }
            }
            Kind::Variant(kinds) => Self::Variant { which: Vec::new(), kept: 0, of: all(kinds) },
        }
    }

    /// Reads a value and puts it in.
    pub(super) fn push(&mut self, from: &mut Cursor<'_>) -> Result<(), Trouble> {
        match self {
            Self::Fixed { width, bytes, .. } => {
                bytes.extend_from_slice(from.bytes(*width)?);
                from.wrote(*width)
            }
            Self::Text { bytes, .. } => {
                let value = from.text()?;
                from.wrote(text(bytes, value))
            }
            // There is none.
            Self::Nothing { .. } => Err(Trouble::Wrong),
            Self::Nullable { nulls, of, .. } => {
                let null = from.byte()?;
                nulls.push(null);
                from.wrote(1)?;
                match null {
                    0 => of.push(from),
                    1 => of.push_zero(from),
                    _ => Err(Trouble::Wrong),
                }
            }
            Self::Array { ends, total, of, .. } => {
                let count = from.varint()?;
                for _ in 0..count {
                    of.push(from)?;
                }
                *total += count as u64;
                ends.extend_from_slice(&total.to_le_bytes());
                from.wrote(8)
            }
            Self::Tuple(columns) => columns.iter_mut().try_for_each(|column| column.push(from)),
            Self::Shared { dictionary, indexes, .. } => {
                let is_null = dictionary.nullable && from.byte()? != 0;
                let value = match dictionary.width {
                    _ if is_null => None,
                    Some(width) => Some(from.bytes(width)?),
                    None => Some(from.text()?),
                };
                // As if each value stood for itself: a size that knew of the others would depend on how the rows came.
                from.wrote(4 + value.map_or(0, <[u8]>::len))?;
                indexes.push(match value {
                    Some(value) => dictionary.index(value)?,
                    None => 0,
                });
                Ok(())
            }
            Self::Variant { which, of, .. } => {
                let number = from.byte()?;
                which.push(number);
                from.wrote(1)?;
                if number == NO_VARIANT {
                    return Ok(());
                }
                of.get_mut(usize::from(number)).ok_or(Trouble::Wrong)?.push(from)
            }
        }
    }

    /// Puts the type's zero in, where a NULL hides it.
    fn push_zero(&mut self, from: &mut Cursor<'_>) -> Result<(), Trouble> {
        match self {
            Self::Fixed { width, bytes, .. } => {
                from.wrote(*width)?;
                bytes.resize(bytes.len() + *width, 0);
            }
            Self::Text { bytes, .. } => {
                from.wrote(1)?;
                bytes.push(0);
            }
            Self::Nothing { rows, .. } => {
                from.wrote(1)?;
                *rows += 1;
            }
            Self::Nullable { nulls, of, .. } => {
                from.wrote(1)?;
                nulls.push(1);
                of.push_zero(from)?;
            }
            Self::Array { ends, total, .. } => {
                from.wrote(8)?;
                ends.extend_from_slice(&total.to_le_bytes());
            }
            Self::Tuple(columns) => columns.iter_mut().try_for_each(|column| column.push_zero(from))?,
            Self::Shared { indexes, .. } => {
                from.wrote(4)?;
                indexes.push(0);
            }
            Self::Variant { which, .. } => {
                from.wrote(1)?;
                which.push(NO_VARIANT);
            }
        }
        Ok(())
    }

    /// What was pushed belongs to a whole row.
    pub(super) fn keep(&mut self) {
        match self {
            Self::Fixed { bytes, kept, .. } | Self::Text { bytes, kept } => *kept = bytes.len(),
            Self::Nothing { rows, kept } => *kept = *rows,
            Self::Nullable { nulls, kept, of } => {
                *kept = nulls.len();
                of.keep();
            }
            Self::Array { ends, total, kept, of } => {
                *kept = (ends.len(), *total);
                of.keep();
            }
            Self::Tuple(columns) => columns.iter_mut().for_each(Self::keep),
            Self::Shared { indexes, kept, .. } => *kept = indexes.len(),
            Self::Variant { which, kept, of } => {
                *kept = which.len();
                of.iter_mut().for_each(Self::keep);
            }
        }
    }

    /// What was pushed since does not. A dictionary may know a value of it: the row comes again.
    pub(super) fn forget(&mut self) {
        match self {
            Self::Fixed { bytes, kept, .. } | Self::Text { bytes, kept } => bytes.truncate(*kept),
            Self::Nothing { rows, kept } => *rows = *kept,
            Self::Nullable { nulls, kept, of } => {
                nulls.truncate(*kept);
                of.forget();
            }
            Self::Array { ends, total, kept, of } => {
                ends.truncate(kept.0);
                *total = kept.1;
                of.forget();
            }
            Self::Tuple(columns) => columns.iter_mut().for_each(Self::forget),
            Self::Shared { indexes, kept, .. } => indexes.truncate(*kept),
            Self::Variant { which, kept, of } => {
                which.truncate(*kept);
                of.iter_mut().for_each(Self::forget);
            }
        }
    }

    /// What stands before all values of a column that has rows.
    pub(super) fn prefix(&self, out: &mut Vec<u8>) {
        match self {
            Self::Fixed { .. } | Self::Text { .. } | Self::Nothing { .. } => {}
            Self::Nullable { of, .. } | Self::Array { of, .. } => of.prefix(out),
            Self::Tuple(columns) => columns.iter().for_each(|column| column.prefix(out)),
            Self::Shared { .. } => out.extend_from_slice(&DICTIONARY_VERSION.to_le_bytes()),
            Self::Variant { of, .. } => {
                out.extend_from_slice(&VARIANT_PLAIN.to_le_bytes());
                of.iter().for_each(|column| column.prefix(out));
            }
        }
    }

    /// The values.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Fixed { bytes, .. } | Self::Text { bytes, .. } => out.extend_from_slice(bytes),
            Self::Nothing { rows, .. } => out.resize(out.len() + *rows, b'0'),
            Self::Nullable { nulls, of, .. } => {
                out.extend_from_slice(nulls);
                of.write(out);
            }
            Self::Array { ends, of, .. } => {
                out.extend_from_slice(ends);
                of.write(out);
            }
            Self::Tuple(columns) => columns.iter().for_each(|column| column.write(out)),
            Self::Shared { dictionary, indexes, .. } => dictionary.write(indexes, out),
            Self::Variant { which, of, .. } => {
                out.extend_from_slice(which);
                of.iter().for_each(|column| column.write(out));
            }
        }
    }

    /// Makes it empty.
    pub(super) fn clear(&mut self) {
        match self {
            Self::Fixed { bytes, kept, .. } | Self::Text { bytes, kept } => empty(bytes, kept),
            Self::Nothing { rows, kept } => (*rows, *kept) = (0, 0),
            Self::Nullable { nulls, kept, of } => {
                empty(nulls, kept);
                of.clear();
            }
            Self::Array { ends, total, kept, of } => {
                empty(ends, &mut kept.0);
                (*total, kept.1) = (0, 0);
                of.clear();
            }
            Self::Tuple(columns) => columns.iter_mut().for_each(Self::clear),
            Self::Shared { dictionary, indexes, kept } => {
                *dictionary = Dictionary::new(dictionary.nullable, dictionary.width);
                empty(indexes, kept);
            }
            Self::Variant { which, kept, of } => {
                empty(which, kept);
                of.iter_mut().for_each(Self::clear);
            }
        }
    }
}

impl Dictionary {
    fn new(nullable: bool, width: Option<usize>) -> Self {
        let mut new = Self { nullable, width, known: HashMap::new(), keys: Vec::new() };
        let zero = vec![0; width.unwrap_or_default()];
        for _ in 0..new.reserved() {
            new.append(&zero);
        }
        let last = new.reserved() - 1;
        new.known.insert(zero.into(), last);
        new
    }

    /// How many keys stand there before any value.
    fn reserved(&self) -> u32 {
        1 + u32::from(self.nullable)
    }

    fn append(&mut self, value: &[u8]) {
        match self.width {
            Some(_) => self.keys.extend_from_slice(value),
            None => {
                text(&mut self.keys, value);
            }
        }
    }

    fn count(&self) -> usize {
        // The zero is known once, and stands there once or twice.
        self.known.len() + usize::from(self.nullable)
    }

    fn index(&mut self, value: &[u8]) -> Result<u32, Trouble> {
        if let Some(index) = self.known.get(value) {
            return Ok(*index);
        }
        let index = u32::try_from(self.count()).map_err(|_| Trouble::Wrong)?;
        self.append(value);
        self.known.insert(value.into(), index);
        Ok(index)
    }

    fn write(&self, indexes: &[u32], out: &mut Vec<u8>) {
        if indexes.is_empty() {
            return;
        }
        let width = match self.count() {
            0..=0xff => 0_u8,
            0x100..=0xffff => 1,
            _ => 2,
        };
        out.extend_from_slice(&(DICTIONARY_SECTIONS | u64::from(width)).to_le_bytes());
        out.extend_from_slice(&(self.count() as u64).to_le_bytes());
        out.extend_from_slice(&self.keys);
        out.extend_from_slice(&(indexes.len() as u64).to_le_bytes());
        let bytes = 1_usize << width;
        for index in indexes {
            out.extend(index.to_le_bytes().into_iter().take(bytes));
        }
    }
}

/// Writes a number of seven bits a byte; how many bytes it took.
pub(super) fn varint(out: &mut Vec<u8>, mut number: usize) -> usize {
    let before = out.len();
    while number >= 0x80 {
        out.push(u8::try_from(number & 0x7f).unwrap_or_default() | 0x80);
        number >>= 7;
    }
    out.push(u8::try_from(number).unwrap_or_default());
    out.len() - before
}

/// Writes a length and as many bytes; how many bytes it took.
pub(super) fn text(out: &mut Vec<u8>, value: &[u8]) -> usize {
    let length = varint(out, value.len());
    out.extend_from_slice(value);
    length + value.len()
}

/// Keeps the room of an ordinary block, and no more.
fn empty<T>(values: &mut Vec<T>, kept: &mut usize) {
    values.clear();
    values.shrink_to(super::BLOCK_BYTES);
    *kept = 0;
}
