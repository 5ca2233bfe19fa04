//! The parts of a document: sections, blocks, tables, cells.

use super::drawing::Drawing;
use grainloss_knowledge::local_time::date_and_time;

/// A report in words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// Its title.
    pub title: String,
    /// The language that comes first: `zh-CN` or `en`.
    pub language: &'static str,
    /// Its date, microseconds since 1970-01-01 UTC: that of the newest second in it, so that the same sessions give the
    /// same bytes.
    pub dated_us: i64,
    /// The paper that it is made for.
    pub paper: Paper,
    /// Its sections, in order.
    pub sections: Vec<Section>,
}

/// The paper of a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Paper {
    /// A4, wider than high.
    #[default]
    A4Landscape,
    /// A5, higher than wide: a ticket.
    A5Portrait,
}

/// A section with a heading.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Section {
    /// A name for links, the same in every language.
    pub id: String,
    /// Its heading.
    pub heading: String,
    /// Level of the heading: 1, or 2 below the last section of level 1.
    pub level: u8,
    /// Its content, in order.
    pub blocks: Vec<Block>,
    /// True when it begins a new page.
    pub new_page: bool,
}

/// A piece of a section.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// The sentence that says it all.
    Lead(String),
    /// Columns side by side, on one page.
    Columns(Vec<Vec<Block>>),
    /// Lines to be signed, each with what it is for; the last has room for a stamp.
    Signatures(Vec<String>),
    /// A paragraph.
    Note(String),
    /// Names with their values.
    Facts(Vec<(String, String)>),
    /// A table.
    Table(Table),
    /// A chart with its caption.
    Chart(Drawing),
    /// A square code and its text, for who cannot scan it.
    Code(Drawing, String),
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// The heads of the columns, with units.
    pub heads: Vec<String>,
    /// The rows, each as long as the heads.
    pub rows: Vec<Vec<Cell>>,
}

/// A cell of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Unknown, or not applicable.
    Empty,
    /// Text, never to be read as a formula or as markup.
    Text(String),
    /// A number, and how many decimals it is shown with.
    Number(f64, usize),
    /// A time, microseconds since 1970-01-01 UTC.
    Time(i64),
}

impl Cell {
    /// A number; empty when it is unknown or not finite.
    pub fn number(value: Option<f64>, decimals: usize) -> Self {
        value.filter(|value| value.is_finite()).map_or(Self::Empty, |value| Self::Number(value, decimals))
    }

    /// A text; empty when it is unknown.
    pub fn text(text: Option<&str>) -> Self {
        text.map_or(Self::Empty, |text| Self::Text(text.to_owned()))
    }

    /// A time, microseconds since 1970-01-01 UTC; empty when it is unknown.
    pub fn time(t_us: Option<i64>) -> Self {
        t_us.map_or(Self::Empty, Self::Time)
    }

    /// The cell as text; times are local.
    pub fn shown(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.clone(),
            Self::Number(value, decimals) => format!("{value:.decimals$}"),
            Self::Time(t_us) => date_and_time(*t_us),
        }
    }
}
