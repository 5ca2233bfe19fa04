//! `--trace`: one row a second as CSV.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use grainloss_core::record::{COLUMNS, SecondRow};

/// Writes the rows. A full disk stops the trace, not the harvest: the first error is reported at the end.
#[derive(Debug)]
pub struct TraceWriter {
    path: PathBuf,
    file: csv::Writer<BufWriter<File>>,
    /// One field, kept for the next one.
    text: String,
    failed: Option<io::Error>,
}

impl TraceWriter {
    /// Makes the file and writes the header.
    ///
    /// # Errors
    /// When the file cannot be made or written.
    pub fn create(path: &Path) -> io::Result<Self> {
        let mut file = csv::Writer::from_writer(BufWriter::new(File::create(path)?));
        file.write_record(COLUMNS.iter().map(|column| column.name)).map_err(io::Error::other)?;
        file.flush()?;
        Ok(Self { path: path.to_owned(), file, text: String::new(), failed: None })
    }

    /// One row.
    pub fn put(&mut self, row: &SecondRow) {
        if self.failed.is_none()
            && let Err(error) = self.write(row)
        {
            self.failed = Some(io::Error::other(error));
        }
    }

    fn write(&mut self, row: &SecondRow) -> csv::Result<()> {
        for column in COLUMNS {
            self.text.clear();
            column.push_text(&mut self.text, row);
            self.file.write_field(&self.text)?;
        }
        self.file.write_record(None::<&[u8]>)
    }

    /// Writes what is left.
    ///
    /// # Errors
    /// When a row did not reach the file; the text names the file and the reason.
    pub fn finish(mut self) -> Result<(), String> {
        let failed = self.failed.take().or_else(|| self.file.flush().err());
        failed.map_or(Ok(()), |error| Err(format!("{}: the trace is not complete: {error}", self.path.display())))
    }
}
