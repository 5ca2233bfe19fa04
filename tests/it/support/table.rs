//! CSV by column name.

/// A table of texts.
#[derive(PartialEq, Debug)]
pub struct Table {
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Table {
    pub fn parse(text: &str) -> Self {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        let mut rows = reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect());
        Self { header: rows.next().expect("a header"), rows: rows.collect() }
    }

    fn at(&self, column: &str) -> usize {
        self.header.iter().position(|name| name == column).unwrap_or_else(|| panic!("no column {column}"))
    }

    pub fn texts(&self, column: &str) -> Vec<&str> {
        let at = self.at(column);
        self.rows.iter().map(|row| row[at].as_str()).collect()
    }

    /// `None` where the field is empty.
    pub fn numbers(&self, column: &str) -> Vec<Option<f64>> {
        let number = |text: &str| (!text.is_empty()).then(|| text.parse::<f64>().expect("a number"));
        self.texts(column).into_iter().map(number).collect()
    }

    pub fn sum(&self, column: &str) -> f64 {
        self.numbers(column).into_iter().flatten().sum()
    }
}
