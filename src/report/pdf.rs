//! The PDF.
use super::ReportError;
use super::document::Document;

/// The bytes of the PDF.
pub fn pdf(_document: &Document) -> Result<Vec<u8>, ReportError> {
    Err(ReportError::Workbook("pdf".into()))
}
