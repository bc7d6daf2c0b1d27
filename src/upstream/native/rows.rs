//! Reads values of `RowBinary`.

/// Why a value cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// It has not all come yet.
    Short,
    /// It is none, or longer than a row may be.
    Wrong,
}

/// Bytes that are read from the front, and how much of values was made of them.
#[derive(Debug)]
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
    written: usize,
    /// The most that may be read, and the most that may be made of it.
    most: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8], most: usize) -> Self {
        Self { bytes, at: 0, written: 0, most }
    }

    /// How many bytes were read.
    pub(super) fn taken(&self) -> usize {
        self.at
    }

    /// How many bytes were made of them.
    pub(super) fn written(&self) -> usize {
        self.written
    }

    /// Counts what is made: little that is read can become much.
    pub(super) fn wrote(&mut self, bytes: usize) -> Result<(), Trouble> {
        self.written = self.written.saturating_add(bytes);
        if self.written > self.most { Err(Trouble::Wrong) } else { Ok(()) }
    }

    /// The next bytes.
    pub(super) fn bytes(&mut self, count: usize) -> Result<&'a [u8], Trouble> {
        if count > self.most {
            return Err(Trouble::Wrong);
        }
        let end = self.at.checked_add(count).ok_or(Trouble::Wrong)?;
        let bytes = self.bytes.get(self.at..end).ok_or(Trouble::Short)?;
        self.at = end;
        Ok(bytes)
    }

    pub(super) fn byte(&mut self) -> Result<u8, Trouble> {
        let byte = *self.bytes.get(self.at).ok_or(Trouble::Short)?;
        self.at += 1;
        Ok(byte)
    }

    /// A number of seven bits a byte (LEB128), as long as a row may be at most.
    pub(super) fn varint(&mut self) -> Result<usize, Trouble> {
        let mut number = 0_usize;
        for shift in (0..usize::BITS).step_by(7) {
            let byte = self.byte()?;
            number |= usize::from(byte & 0x7f).checked_shl(shift).ok_or(Trouble::Wrong)?;
            if byte & 0x80 == 0 {
                return if number > self.most { Err(Trouble::Wrong) } else { Ok(number) };
            }
        }
        Err(Trouble::Wrong)
    }

    /// A length and as many bytes.
    pub(super) fn text(&mut self) -> Result<&'a [u8], Trouble> {
        let length = self.varint()?;
        self.bytes(length)
    }
}
