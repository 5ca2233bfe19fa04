//! The columns of a packet: those of the CSV report, as Parquet types.

use std::sync::Arc;

use parquet::basic::{LogicalType, Repetition, TimeUnit, Type as PhysicalType};
use parquet::errors::ParquetError;
use parquet::schema::types::{Type, TypePtr};

use grainloss_core::record::{COLUMNS, Column, Holds};

/// The first column: a second's end, microseconds since 1970 UTC.
pub(crate) const TIME: &str = "t_us";
/// Digits of a decimal in eight bytes.
const DIGITS: i32 = 18;

/// The schema: the time, then every other column of [`COLUMNS`] under its own name, empty where a value is unknown.
pub(crate) fn schema() -> Result<TypePtr, ParquetError> {
    let time = LogicalType::timestamp(true, TimeUnit::MICROS);
    let time = Type::primitive_type_builder(TIME, PhysicalType::INT64)
        .with_repetition(Repetition::REQUIRED)
        .with_logical_type(Some(time))
        .build()?;
    let mut fields = vec![Arc::new(time)];
    for column in &COLUMNS[1..] {
        fields.push(Arc::new(field(column)?));
    }
    Ok(Arc::new(Type::group_type_builder("second").with_fields(fields).build()?))
}

fn field(column: &Column) -> Result<Type, ParquetError> {
    let physical = if column.holds == Holds::Word { PhysicalType::BYTE_ARRAY } else { PhysicalType::INT64 };
    let scale = i32::try_from(column.decimals).unwrap_or(DIGITS);
    let builder = Type::primitive_type_builder(column.name, physical).with_repetition(Repetition::OPTIONAL);
    match column.holds {
        Holds::Number => builder
            .with_logical_type(Some(LogicalType::decimal(scale, DIGITS)))
            .with_precision(DIGITS)
            .with_scale(scale)
            .build(),
        Holds::Whole => builder.build(),
        Holds::Word => builder.with_logical_type(Some(LogicalType::String)).build(),
    }
}

/// A column's number as the whole number that is stored: the text without its point. `None` when the text is not one that the
/// column writes.
pub(crate) fn whole(column: &Column, text: &str) -> Option<i64> {
    let (before, after) = match column.decimals {
        0 => (text, ""),
        decimals => text.split_once('.').filter(|(_, after)| after.len() == decimals)?,
    };
    let number = format!("{before}{after}").parse().ok()?;
    // Only what comes back as the same text may go in.
    (self::text(column, number) == text).then_some(number)
}

/// The text of a stored whole number, as the CSV report prints it.
pub(crate) fn text(column: &Column, number: i64) -> String {
    if column.decimals == 0 {
        return number.to_string();
    }
    let digits = format!("{:0>width$}", number.unsigned_abs(), width = column.decimals + 1);
    let (before, after) = digits.split_at(digits.len() - column.decimals);
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{before}.{after}")
}
