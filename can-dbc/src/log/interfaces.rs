//! The names of the interfaces that frames have come from.

use super::counts::LogProblem;

/// At most 256 names in the order in which they were first seen; a frame carries its place in this list.
#[derive(Clone, Debug, Default)]
pub struct Interfaces {
    names: Vec<String>,
    last: usize,
    /// The number that was asked for last, and its place.
    last_number: Option<(u32, u8)>,
}

impl Interfaces {
    /// The names.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The name at a place that this list has given.
    #[inline]
    pub fn name(&self, place: u8) -> &str {
        self.names.get(usize::from(place)).map_or("", String::as_str)
    }

    /// The place of a name, a new one for a new name.
    #[inline]
    pub(crate) fn place(&mut self, name: &[u8]) -> Result<u8, LogProblem> {
        if self.names.get(self.last).is_none_or(|last| last.as_bytes() != name) {
            self.last = self.search(name)?;
        }
        Ok(self.last as u8)
    }

    /// The place of an interface that its log only numbers: `can1` for 1.
    #[inline]
    pub(crate) fn numbered(&mut self, number: u32) -> Result<u8, LogProblem> {
        match self.last_number {
            Some((last, place)) if last == number => Ok(place),
            _ => self.search_number(number),
        }
    }

    fn search_number(&mut self, number: u32) -> Result<u8, LogProblem> {
        let mut text = *b"can\0\0\0\0\0\0\0\0\0\0";
        let (mut left, mut digits) = (number, 1);
        while left >= 10 {
            left /= 10;
            digits += 1;
        }
        left = number;
        for at in (3..3 + digits).rev() {
            text[at] = b'0' + (left % 10) as u8;
            left /= 10;
        }
        let place = self.place(&text[..3 + digits])?;
        self.last_number = Some((number, place));
        Ok(place)
    }

    #[cold]
    fn search(&mut self, name: &[u8]) -> Result<usize, LogProblem> {
        let text = String::from_utf8_lossy(name);
        if let Some(found) = self.names.iter().position(|known| *known == text) {
            return Ok(found);
        }
        if self.names.len() > usize::from(u8::MAX) {
            return Err(LogProblem::TooManyInterfaces);
        }
        self.names.push(text.into_owned());
        Ok(self.names.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_its_place_and_the_257th_is_refused() {
        let mut interfaces = Interfaces::default();
        for number in 0..256 {
            assert_eq!(interfaces.numbered(number), Ok(number as u8));
        }
        assert_eq!(interfaces.place(b"can12"), Ok(12));
        assert_eq!(interfaces.place(b"vcan0"), Err(LogProblem::TooManyInterfaces));
        assert_eq!(interfaces.name(255), "can255");
        let mut other = Interfaces::default();
        assert_eq!((other.numbered(0), other.numbered(u32::MAX)), (Ok(0), Ok(1)));
        assert_eq!(other.names(), ["can0", "can4294967295"]);
        // Bytes that are no UTF-8 are a name all the same.
        assert_eq!((other.place(b"\xFF"), other.place(b"\xFF")), (Ok(2), Ok(2)));
    }
}
