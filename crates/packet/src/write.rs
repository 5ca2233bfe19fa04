//! Writing a packet's file.

use std::sync::Arc;

use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::ColumnPath;

use grainloss_core::record::{COLUMNS, Column, Holds};
use grainloss_journal::FileSignature;

use crate::columns::{TIME, schema, whole};
use crate::error::PacketError;

/// The key of the file's metadata that has the head.
pub(crate) const HEAD_KEY: &str = "grainloss.packet";
/// The key of the signature over the head.
pub(crate) const SIGNATURE_KEY: &str = "grainloss.signature";
/// Of zstd: a tenth smaller than level 3, and still a hundredth of a second for an hour.
const ZSTD_LEVEL: i32 = 9;

/// The bytes of a packet: its head and signature, and its seconds: time, µs, and the texts of every column of [`COLUMNS`],
/// empty where unknown. The same input gives the same bytes.
///
/// # Errors
/// [`PacketError::Value`] when a text is not one that its column writes, [`PacketError::Write`] when Parquet refuses it.
pub fn write(
    session: i64,
    head: &str,
    signature: &FileSignature,
    seconds: &[(i64, Vec<String>)],
) -> Result<Vec<u8>, PacketError> {
    let refused = |error: ParquetError| PacketError::Write(error.to_string());
    let signature = serde_json::to_string(signature).map_err(|error| PacketError::Write(error.to_string()))?;
    let mut out = Vec::new();
    let properties = properties().map_err(refused)?;
    let mut file = SerializedFileWriter::new(&mut out, schema().map_err(refused)?, properties).map_err(refused)?;
    file.append_key_value_metadata(KeyValue::new(HEAD_KEY.to_owned(), head.to_owned()));
    file.append_key_value_metadata(KeyValue::new(SIGNATURE_KEY.to_owned(), signature));
    let mut group = file.next_row_group().map_err(refused)?;
    let mut at = 0;
    while let Some(mut writer) = group.next_column().map_err(refused)? {
        match at {
            0 => times(&mut writer, seconds).map_err(refused)?,
            at => column(&mut writer, session, at, seconds)?,
        }
        writer.close().map_err(refused)?;
        at += 1;
    }
    group.close().map_err(refused)?;
    file.close().map_err(refused)?;
    Ok(out)
}

fn properties() -> Result<Arc<WriterProperties>, ParquetError> {
    let mut properties = WriterProperties::builder()
        .set_created_by("grainloss".to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL)?))
        .set_dictionary_enabled(false)
        .set_column_encoding(ColumnPath::from(TIME), Encoding::DELTA_BINARY_PACKED);
    for column in &COLUMNS[1..] {
        let path = ColumnPath::from(column.name);
        properties = if column.holds == Holds::Word {
            properties.set_column_dictionary_enabled(path, true)
        } else {
            properties.set_column_encoding(path, Encoding::DELTA_BINARY_PACKED)
        };
    }
    Ok(Arc::new(properties.build()))
}

fn times(writer: &mut SerializedColumnWriter<'_>, seconds: &[(i64, Vec<String>)]) -> Result<(), ParquetError> {
    let times: Vec<i64> = seconds.iter().map(|(t_us, _)| *t_us).collect();
    writer.typed::<Int64Type>().write_batch(&times, None, None).map(|_| ())
}

/// Writes the `at`-th column.
fn column(
    writer: &mut SerializedColumnWriter<'_>,
    session: i64,
    at: usize,
    seconds: &[(i64, Vec<String>)],
) -> Result<(), PacketError> {
    let column: &Column = &COLUMNS[at];
    let texts = seconds.iter().map(|(_, texts)| texts.get(at).map_or("", String::as_str));
    let known: Vec<i16> = texts.clone().map(|text| i16::from(!text.is_empty())).collect();
    let texts = texts.filter(|text| !text.is_empty());
    let written = if column.holds == Holds::Word {
        let words: Vec<ByteArray> = texts.map(ByteArray::from).collect();
        writer.typed::<ByteArrayType>().write_batch(&words, Some(&known), None)
    } else {
        let value = |text: &str| {
            whole(column, text).ok_or_else(|| PacketError::Value {
                session,
                column: column.name,
                text: text.to_owned(),
            })
        };
        let numbers = texts.map(value).collect::<Result<Vec<i64>, PacketError>>()?;
        writer.typed::<Int64Type>().write_batch(&numbers, Some(&known), None)
    };
    written.map(|_| ()).map_err(|error| PacketError::Write(error.to_string()))
}
