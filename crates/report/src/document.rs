//! What a report says, in order, before anybody decides how it looks: the page, the workbook and the PDF have the same
//! sections, tables and charts.

pub use super::drawing::Drawing;
use grainloss_knowledge::local_time::date_and_time;

/// A whole report.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// Its title.
    pub title: String,
    /// The language that comes first: `zh-CN` or `en`.
    pub language: &'static str,
    /// When its newest second was, microseconds: the date of the document, so that the same sessions give the same bytes.
    pub dated_us: i64,
    /// Its parts.
    pub sections: Vec<Section>,
}

/// A part with a heading of its own.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Section {
    /// Which one: a name for links and sheets, the same in every language.
    pub id: String,
    /// Its heading.
    pub heading: String,
    /// 1 is a part of the whole, 2 a part of the part before.
    pub level: u8,
    /// What stands in it.
    pub blocks: Vec<Block>,
}

/// A piece of a section.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// A paragraph.
    Note(String),
    /// Names and what stands behind them.
    Facts(Vec<(String, String)>),
    /// A table.
    Table(Table),
    /// A chart with its caption.
    Chart(Drawing),
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// The heads of its columns, with units.
    pub heads: Vec<String>,
    /// Its rows, each as long as the heads.
    pub rows: Vec<Vec<Cell>>,
}

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing is known.
    Empty,
    /// Text: never a formula, never markup.
    Text(String),
    /// A number and its decimals.
    Number(f64, usize),
    /// A time, microseconds since 1970-01-01 UTC.
    Time(i64),
}

impl Cell {
    /// A number, or nothing.
    pub fn number(value: Option<f64>, decimals: usize) -> Self {
        value.filter(|value| value.is_finite()).map_or(Self::Empty, |value| Self::Number(value, decimals))
    }

    /// A text, or nothing.
    pub fn text(text: Option<&str>) -> Self {
        text.map_or(Self::Empty, |text| Self::Text(text.to_owned()))
    }

    /// A time, or nothing.
    pub fn time(t_us: Option<i64>) -> Self {
        t_us.map_or(Self::Empty, Self::Time)
    }

    /// As it is read.
    pub fn shown(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.clone(),
            Self::Number(value, decimals) => format!("{value:.decimals$}"),
            Self::Time(t_us) => date_and_time(*t_us),
        }
    }
}
