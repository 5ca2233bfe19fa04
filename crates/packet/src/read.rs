//! Reading a packet that came from elsewhere, and checking that nobody changed it.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use parquet::column::reader::ColumnReader;
use parquet::data_type::{ByteArray, DataType};
use parquet::errors::ParquetError;
use parquet::file::metadata::ParquetMetaData;
use parquet::file::reader::{FileReader, SerializedFileReader};

use grainloss_core::data_file;
use grainloss_core::record::{COLUMNS, Holds};
use grainloss_journal::{Altered, FileSignature, ProofMinute, RowsHash, VerifyResult, minute_end};

use crate::columns::{TIME, text};
use crate::error::{ColumnProblem, PacketError};
use crate::head::{FORMAT, Head, VERSION};
use crate::pages::unpacked_bytes;
use crate::write::{HEAD_KEY, SIGNATURE_KEY};

/// The largest file that is read, bytes: some four hundred hours.
pub const LARGEST_BYTES: u64 = 64 << 20;
/// The largest footer, bytes: it has the head, of which four hundred hours take five megabytes.
const LARGEST_FOOTER: u64 = 8 << 20;
/// The most seconds in a packet: three weeks without a pause.
const MOST_SECONDS: i64 = 2_000_000;
/// The most that a column has when it is unpacked, bytes: twelve for each of the most seconds are 24 MB.
const LARGEST_COLUMN: u64 = 32 << 20;
/// The most that all columns have when they are unpacked, bytes.
const LARGEST_UNPACKED: u64 = 512 << 20;

/// A packet as it was read. Nothing in it is proven before [`Packet::verify`].
#[derive(Clone, Debug)]
pub struct Packet {
    /// What it says of itself.
    pub head: Head,
    /// The head's text, which is signed.
    head_text: String,
    signature: FileSignature,
    /// Each second's end, µs since 1970.
    pub t_us: Vec<i64>,
    /// The columns after the time, in the order of [`COLUMNS`]: as many as the packet has.
    columns: Vec<Values>,
}

/// The values of a column; `None` is unknown.
#[derive(Clone, Debug)]
enum Values {
    /// Numbers without their point.
    Numbers(Vec<Option<i64>>),
    Words(Vec<Option<Arc<str>>>),
}

impl Packet {
    /// Reads a packet's file.
    ///
    /// # Errors
    /// [`PacketError`] when the file cannot be read, is no packet, is damaged, or was made by a later version.
    pub fn read(path: &Path) -> Result<Self, PacketError> {
        let failed = |source| PacketError::File { path: path.to_owned(), source };
        let mut bytes = Vec::new();
        // One more than allowed, so that a file that grows is not read without end.
        let file = File::open(path).map_err(failed)?;
        file.take(LARGEST_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
        Self::of_bytes(path, bytes)
    }

    /// Reads a packet from its bytes; `path` is for the error.
    ///
    /// # Errors
    /// As [`Packet::read`].
    pub fn of_bytes(path: &Path, bytes: Vec<u8>) -> Result<Self, PacketError> {
        let within = |bytes: u64, most: u64| {
            if bytes <= most { Ok(()) } else { Err(PacketError::TooLarge { path: path.to_owned(), bytes, most }) }
        };
        within(bytes.len() as u64, LARGEST_BYTES)?;
        // The file ends with the footer's length and four letters.
        if let Some([a, b, c, d, b'P', b'A', b'R', b'1']) = bytes.last_chunk::<8>() {
            within(u32::from_le_bytes([*a, *b, *c, *d]).into(), LARGEST_FOOTER)?;
        }
        // The Parquet reader meets bytes from anywhere; should it panic, the file is damaged and nothing else.
        let read = catch_unwind(AssertUnwindSafe(|| read(path, &Bytes::from(bytes))));
        read.unwrap_or_else(|_| Err(damaged(path, &"the Parquet reader gave up")))
    }

    /// The numbers of a column without their point, as [`COLUMNS`] names it; `None` where the packet has no such column of
    /// numbers. A value of 1234 in a column of three decimals is 1.234.
    pub fn numbers(&self, name: &str) -> Option<&[Option<i64>]> {
        match self.column(name)? {
            Values::Numbers(numbers) => Some(numbers),
            Values::Words(_) => None,
        }
    }

    /// The words of a column; `None` where the packet has no such column of words.
    pub fn words(&self, name: &str) -> Option<&[Option<Arc<str>>]> {
        match self.column(name)? {
            Values::Words(words) => Some(words),
            Values::Numbers(_) => None,
        }
    }

    fn column(&self, name: &str) -> Option<&Values> {
        let at = COLUMNS.iter().position(|column| column.name == name)?;
        self.columns.get(at.checked_sub(1)?)
    }

    /// SHA-256 of the head, hexadecimal: the same for the same packet.
    pub fn sha256(&self) -> String {
        data_file::sha256(&[self.head_text.as_bytes()])
    }

    /// Checks the signature over the head, and each minute's seconds against the head.
    pub fn verify(&self) -> VerifyResult {
        let signed = self.signature.verify(&self.sha256());
        if !matches!(signed, VerifyResult::Untouched { .. }) || self.signature.sessions != [self.head.session] {
            return VerifyResult::Altered(Altered::Seal);
        }
        let rows = (0..self.t_us.len()).map(|row| (self.t_us[row], self.texts(row)));
        ProofMinute::altered(&self.head.minutes, self.columns.len() + 1, rows).map_or(signed, VerifyResult::Altered)
    }

    /// Hash of the first `seconds` rows of the minute that ends at `end_us`, each with its first `columns` columns, as
    /// [`ProofMinute::rows_sha256`] has it: tells whether this minute goes on with one that was closed before it was over. `None`
    /// when it has fewer rows or columns.
    pub fn rows_sha256(&self, end_us: i64, seconds: i64, columns: usize) -> Option<String> {
        let seconds = usize::try_from(seconds).ok()?;
        let rows = (0..self.t_us.len()).filter(|row| minute_end(self.t_us[*row]) == end_us);
        let mut hash = RowsHash::default();
        for row in rows.take(seconds) {
            hash.add(self.texts(row).get(..columns)?);
        }
        (usize::try_from(hash.seconds) == Ok(seconds)).then(|| hash.finish())
    }

    /// The texts of a second, as the CSV report prints them.
    fn texts(&self, row: usize) -> Vec<String> {
        let mut time = String::new();
        COLUMNS[0].push_number(&mut time, self.t_us[row] as f64 / 1e6);
        let fields = self.columns.iter().zip(&COLUMNS[1..]).map(|(values, column)| match values {
            Values::Numbers(numbers) => numbers[row].map_or_else(String::new, |number| text(column, number)),
            Values::Words(words) => words[row].as_ref().map_or_else(String::new, ToString::to_string),
        });
        std::iter::once(time).chain(fields).collect()
    }
}

fn damaged(path: &Path, problem: &dyn std::fmt::Display) -> PacketError {
    PacketError::Damaged { path: path.to_owned(), problem: problem.to_string() }
}

fn read(path: &Path, bytes: &Bytes) -> Result<Packet, PacketError> {
    let broken = |error: ParquetError| damaged(path, &error);
    let file = SerializedFileReader::new(bytes.clone()).map_err(broken)?;
    let about = file.metadata();
    let keys = about.file_metadata().key_value_metadata();
    let value = |key: &'static str| {
        let found = keys.into_iter().flatten().find(|pair| pair.key == key).and_then(|pair| pair.value.clone());
        found.ok_or_else(|| PacketError::NotAPacket { path: path.to_owned(), key })
    };
    let head_text = value(HEAD_KEY)?;
    let head = head(path, &head_text)?;
    let signature = serde_json::from_str(&value(SIGNATURE_KEY)?).map_err(|error| PacketError::Head {
        path: path.to_owned(),
        field: SIGNATURE_KEY,
        problem: error.to_string(),
    })?;
    let seconds = about.file_metadata().num_rows();
    // Twice what its minutes hold, and an hour: a file of a few bytes cannot claim weeks. How many there are is checked later.
    let most = (head.minutes.len() as i64 * 120 + 3600).min(MOST_SECONDS);
    let seconds = usize::try_from(seconds).ok().filter(|_| seconds <= most);
    let seconds = seconds.ok_or_else(|| damaged(path, &"more seconds than a packet can have"))?;
    check_unpacked(path, bytes, about, seconds)?;
    let (t_us, columns) = columns(path, &file, seconds)?;
    Ok(Packet { head, head_text, signature, t_us, columns })
}

/// Looks at what the pages claim to be unpacked, before they are: memory is bounded by it.
fn check_unpacked(path: &Path, bytes: &[u8], about: &ParquetMetaData, seconds: usize) -> Result<(), PacketError> {
    let mut of_columns = vec![0_u64; about.file_metadata().schema_descr().num_columns()];
    for (at, column) in about.row_groups().iter().flat_map(|group| group.columns().iter().enumerate()) {
        let (start, length) = column.byte_range();
        let chunk = usize::try_from(start).ok().zip(usize::try_from(length).ok());
        let chunk = chunk.and_then(|(start, length)| bytes.get(start..start.checked_add(length)?));
        let claimed = chunk.and_then(|chunk| unpacked_bytes(chunk, seconds));
        let claimed = claimed.ok_or_else(|| damaged(path, &"a page that no packet has"))?;
        let of_column = of_columns.get_mut(at).ok_or_else(|| damaged(path, &"more columns than its schema"))?;
        *of_column = of_column.saturating_add(claimed);
        let within = |bytes: u64, most: u64| {
            let unpacked = || PacketError::Unpacked { path: path.to_owned(), bytes, most };
            if bytes <= most { Ok(()) } else { Err(unpacked()) }
        };
        within(*of_column, LARGEST_COLUMN)?;
        within(of_columns.iter().sum(), LARGEST_UNPACKED)?;
    }
    Ok(())
}

fn head(path: &Path, text: &str) -> Result<Head, PacketError> {
    /// What tells the version before the rest can be understood.
    #[derive(serde::Deserialize)]
    struct Version {
        format: String,
        version: u32,
    }
    let wrong = |field, problem: String| PacketError::Head { path: path.to_owned(), field, problem };
    let version: Version = serde_json::from_str(text).map_err(|error| wrong(HEAD_KEY, error.to_string()))?;
    if version.format != FORMAT {
        return Err(wrong("format", format!("{:?}; expected {FORMAT:?}", version.format)));
    }
    if version.version > VERSION {
        return Err(PacketError::Later { path: path.to_owned(), found: version.version, known: VERSION });
    }
    serde_json::from_str(text).map_err(|error| wrong(HEAD_KEY, error.to_string()))
}

/// Times and columns; the columns are the first of [`COLUMNS`], by name.
fn columns(
    path: &Path,
    file: &SerializedFileReader<Bytes>,
    seconds: usize,
) -> Result<(Vec<i64>, Vec<Values>), PacketError> {
    let wrong =
        |column: &str, problem| PacketError::Column { path: path.to_owned(), column: column.to_owned(), problem };
    let schema = file.metadata().file_metadata().schema_descr_ptr();
    let names: Vec<&str> = schema.columns().iter().map(|column| column.name()).collect();
    if let Some((name, _)) = names.iter().zip(expected()).find(|(name, expected)| *name != expected) {
        return Err(wrong(name, ColumnProblem::Place));
    }
    if names.len() > COLUMNS.len() {
        return Err(wrong(names[COLUMNS.len()], ColumnProblem::Later));
    }
    let mut times = Vec::new();
    let mut columns: Vec<Values> = Vec::new();
    let mut words = BTreeSet::new();
    for (at, name) in names.iter().enumerate() {
        let mut numbers = Vec::with_capacity(seconds);
        let mut found_words: Vec<Option<Arc<str>>> = Vec::new();
        let is_words = COLUMNS[at].holds == Holds::Word;
        for group in 0..file.num_row_groups() {
            let group = file.get_row_group(group).map_err(|error| damaged(path, &error))?;
            let reader = group.get_column_reader(at).map_err(|error| damaged(path, &error))?;
            match reader {
                ColumnReader::Int64ColumnReader(reader) if !is_words => {
                    numbers.extend(values(path, reader, seconds - numbers.len(), at == 0)?);
                }
                ColumnReader::ByteArrayColumnReader(reader) if is_words => {
                    for word in values(path, reader, seconds - found_words.len(), false)? {
                        found_words.push(
                            word.map(|word| shared(&mut words, &word))
                                .transpose()
                                .map_err(|()| wrong(name, ColumnProblem::Word))?,
                        );
                    }
                }
                _ => return Err(wrong(name, ColumnProblem::Type)),
            }
        }
        if numbers.len().max(found_words.len()) != seconds {
            return Err(wrong(name, ColumnProblem::Length));
        }
        if at == 0 {
            times = numbers
                .into_iter()
                .map(|time| time.ok_or_else(|| wrong(TIME, ColumnProblem::Time)))
                .collect::<Result<_, _>>()?;
        } else if is_words {
            columns.push(Values::Words(found_words));
        } else {
            columns.push(Values::Numbers(numbers));
        }
    }
    if times.len() != seconds || names.is_empty() {
        return Err(wrong(TIME, ColumnProblem::Place));
    }
    Ok((times, columns))
}

fn expected() -> impl Iterator<Item = &'static str> {
    std::iter::once(TIME).chain(COLUMNS[1..].iter().map(|column| column.name))
}

/// The word, stored once however often it comes.
fn shared(words: &mut BTreeSet<Arc<str>>, word: &ByteArray) -> Result<Arc<str>, ()> {
    let word = word.as_utf8().map_err(|_| ())?;
    if let Some(known) = words.get(word) {
        return Ok(known.clone());
    }
    let word: Arc<str> = word.into();
    words.insert(word.clone());
    Ok(word)
}

/// The values of a column in a row group, at most `most`.
fn values<T: DataType>(
    path: &Path,
    mut reader: parquet::column::reader::ColumnReaderImpl<T>,
    most: usize,
    required: bool,
) -> Result<Vec<Option<T::T>>, PacketError> {
    let (mut known, mut found) = (Vec::new(), Vec::new());
    loop {
        let levels = if required { None } else { Some(&mut known) };
        let (records, _, _) = reader
            .read_records(most.saturating_add(1), levels, None, &mut found)
            .map_err(|error| damaged(path, &error))?;
        if found.len().max(known.len()) > most {
            return Err(damaged(path, &"more values than seconds"));
        }
        if records == 0 {
            break;
        }
    }
    if required {
        return Ok(found.into_iter().map(Some).collect());
    }
    let mut found = found.into_iter();
    let values: Vec<Option<T::T>> = known.iter().map(|level| if *level > 0 { found.next() } else { None }).collect();
    Ok(values)
}
