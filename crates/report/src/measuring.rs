//! The measuring sheet with its formulas. Each formula carries what it comes to, so that a reader that does not reckon
//! shows values as well.

use rust_xlsxwriter::{Formula, Worksheet, XlsxError};

use super::loss_sheet::{COLUMNS, Kind, LossSheet};
use super::text::ReportText;
use super::workbook::Formats;

/// Columns by their place in [`COLUMNS`].
const KIND: u16 = 1;
const LENGTH: u16 = 2;
const WIDTH: u16 = 3;
const AREA: u16 = 4;
const FACTOR: u16 = 5;
const GROUND: u16 = 6;
const UNTHRESHED: u16 = 8;
const KERNELS: u16 = 9;
const MASS: u16 = 10;
const SHED: u16 = 11;
const LOSS: u16 = 12;
const OF_YIELD: u16 = 13;
const OF_GRAIN: u16 = 14;

/// A cell as formulas name it.
fn at(row: u32, column: u16) -> String {
    // Fifteen columns: one letter is enough.
    format!("{}{}", char::from(b'A' + column as u8), row + 1)
}

fn fixed(row: u32, column: u16) -> String {
    format!("${}${}", char::from(b'A' + column as u8), row + 1)
}

fn formula(text: String, result: Option<f64>) -> Formula {
    // An empty text is what the formula itself gives where something is missing.
    Formula::new(text).set_result(result.map_or_else(String::new, |value| value.to_string()))
}

/// Writes the sheet.
pub(super) fn write(
    sheet: &mut Worksheet,
    loss: &LossSheet,
    tongue: &ReportText,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let labels = &loss.labels;
    sheet.write_string_with_format(0, 0, tongue.bilingual(&labels.title), &formats.title)?;
    sheet.set_landscape();
    // Three fields in a row: name over three columns' width, value beside it.
    let mut row = 2;
    for fields in loss.fields.chunks(3) {
        for (n, (name, value)) in fields.iter().enumerate() {
            let column = 5 * n as u16;
            sheet.merge_range(row, column, row, column + 1, name, &formats.name)?;
            sheet.merge_range(row, column + 2, row, column + 4, "", &formats.open)?;
            sheet.write_string_with_format(row, column + 2, value, &formats.open)?;
        }
        row += 1;
    }
    row += 1;
    let (yield_row, tkw_row) = (row, row + 1);
    for (row, key, value) in [(yield_row, "yield", loss.yield_kg_mu), (tkw_row, "tkw", loss.tkw_g)] {
        sheet.merge_range(row, 0, row, 3, &tongue.bilingual(&labels.parameters[key]), &formats.name)?;
        match value {
            Some(value) => sheet.write_number_with_format(row, AREA, value, formats.number(1))?,
            None => sheet.write_blank(row, AREA, &formats.open)?,
        };
    }
    let head = tkw_row + 2;
    for (column, name) in COLUMNS.iter().enumerate() {
        sheet.write_string_with_format(head, column as u16, tongue.bilingual(&labels.columns[*name]), &formats.head)?;
        sheet.set_column_width(column as u16, 11)?;
    }
    sheet.set_row_height(head, 62)?;
    let places = Places { yield_cell: fixed(yield_row, AREA), tkw_cell: fixed(tkw_row, AREA), first: head + 1 };
    for n in 0..loss.areas.len() {
        area(sheet, loss, n, &places, tongue, formats)?;
    }
    sums(sheet, loss, &places, tongue, formats)?;
    let last = places.first + loss.areas.len() as u32 + 5;
    sheet.write_string(last, 0, tongue.get("report-note-sheet"))?;
    Ok(())
}

/// Where things stand on the sheet.
struct Places {
    yield_cell: String,
    tkw_cell: String,
    first: u32,
}

impl Places {
    /// Loss over yield, and over yield and loss; 1 kg/mu is 1.5 g/m².
    fn rates(&self, loss: &str) -> [String; 2] {
        let of = |below: String| format!("=IF(OR({loss}=\"\",N({y})<=0),\"\",100*{loss}/{below})", y = self.yield_cell);
        [of(format!("({}*1.5)", self.yield_cell)), of(format!("({}*1.5+{loss})", self.yield_cell))]
    }
}

fn area(
    sheet: &mut Worksheet,
    loss: &LossSheet,
    n: usize,
    places: &Places,
    tongue: &ReportText,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let (area, row) = (&loss.areas[n], places.first + n as u32);
    let (mass, on_ground, of_yield, of_grain) = loss.reckon(area);
    sheet.write_number_with_format(row, 0, (n + 1) as f64, formats.number(0))?;
    let kind = area.kind.map_or_else(String::new, |kind| tongue.bilingual(&loss.labels.kinds[kind.key()]));
    sheet.write_string_with_format(row, KIND, kind, &formats.text)?;
    for column in [LENGTH, WIDTH, GROUND, GROUND + 1, UNTHRESHED, KERNELS, SHED] {
        sheet.write_blank(row, column, &formats.open)?;
    }
    if let Some(m2) = area.area_m2 {
        sheet.write_number_with_format(row, AREA, m2, formats.number(3))?
    } else {
        let (length, width) = (at(row, LENGTH), at(row, WIDTH));
        let text = format!("=IF(AND(N({length})>0,N({width})>0),{length}*{width},\"\")");
        sheet.write_formula_with_format(row, AREA, formula(text, None), formats.number(3))?
    };
    sheet.write_number_with_format(row, FACTOR, area.factor.unwrap_or(1.0), formats.number(4))?;
    if let Some(kernels) = area.kernels {
        sheet.write_number_with_format(row, KERNELS, kernels, formats.number(0))?;
    }
    if let Some(shed) = area.shed_g_m2 {
        sheet.write_number_with_format(row, SHED, shed, formats.number(2))?;
    }
    if let Some(grams) = area.grams {
        sheet.write_number_with_format(row, MASS, grams, formats.number(2))?
    } else {
        let parts = format!("{}:{}", at(row, GROUND), at(row, UNTHRESHED));
        let counted = format!("{}*{}/1000", at(row, KERNELS), places.tkw_cell);
        let text = format!(
            "=IF(COUNT({parts})>0,SUM({parts}),IF(AND(COUNT({k})>0,N({t})>0),{counted},\"\"))",
            k = at(row, KERNELS),
            t = places.tkw_cell
        );
        sheet.write_formula_with_format(row, MASS, formula(text, mass), formats.number(2))?
    };
    let (grams, m2) = (at(row, MASS), at(row, AREA));
    let text = format!("=IF(OR({grams}=\"\",N({m2})<=0),\"\",{grams}/{m2}*{}-N({}))", at(row, FACTOR), at(row, SHED));
    sheet.write_formula_with_format(row, LOSS, formula(text, on_ground), formats.number(3))?;
    let [over_yield, over_grain] = places.rates(&at(row, LOSS));
    sheet.write_formula_with_format(row, OF_YIELD, formula(over_yield, of_yield), formats.number(3))?;
    sheet.write_formula_with_format(row, OF_GRAIN, formula(over_grain, of_grain), formats.number(3))?;
    Ok(())
}

/// The means by area, and the whole loss.
fn sums(
    sheet: &mut Worksheet,
    loss: &LossSheet,
    places: &Places,
    tongue: &ReportText,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let behind = places.first + loss.areas.len() as u32;
    let span = |column: u16| {
        let last = behind.max(places.first + 1) - 1;
        format!("{}:{}", fixed(places.first, column), fixed(last, column))
    };
    let (kinds, areas, losses) = (span(KIND), span(AREA), span(LOSS));
    for (n, kind) in [Kind::Rear, Kind::Front, Kind::All].into_iter().enumerate() {
        let row = behind + n as u32;
        let name = tongue.bilingual(&loss.labels.kinds[kind.key()]).replace('"', "\"\"");
        // Only areas whose loss is a number count. SUMPRODUCT with commas takes a text for 0.
        let counted = format!("SUMIFS({areas},{kinds},\"{name}\",{losses},\">=-1E+9\")");
        let weighted = format!("SUMPRODUCT(({kinds}=\"{name}\")*ISNUMBER({losses}),{areas},{losses})");
        let text = format!("=IF({counted}>0,{weighted}/{counted},\"\")");
        line(sheet, row, (kind.key(), loss.mean(kind), text), loss, places, tongue, formats)?;
    }
    let (rear, front, all) = (at(behind, LOSS), at(behind + 1, LOSS), at(behind + 2, LOSS));
    let text = format!("=IF({all}<>\"\",{all},IF(AND({rear}<>\"\",{front}<>\"\"),{rear}+{front},\"\"))");
    line(sheet, behind + 3, ("total", loss.total(), text), loss, places, tongue, formats)
}

fn line(
    sheet: &mut Worksheet,
    row: u32,
    (key, mean, text): (&str, Option<f64>, String),
    loss: &LossSheet,
    places: &Places,
    tongue: &ReportText,
    formats: &Formats,
) -> Result<(), XlsxError> {
    sheet.merge_range(row, 0, row, LOSS - 1, &tongue.bilingual(&loss.labels.sums[key]), &formats.name)?;
    sheet.write_formula_with_format(row, LOSS, formula(text, mean), formats.number(3))?;
    let (of_yield, of_grain) = loss.rates(mean);
    let [over_yield, over_grain] = places.rates(&at(row, LOSS));
    sheet.write_formula_with_format(row, OF_YIELD, formula(over_yield, of_yield), formats.number(3))?;
    sheet.write_formula_with_format(row, OF_GRAIN, formula(over_grain, of_grain), formats.number(3))?;
    Ok(())
}
