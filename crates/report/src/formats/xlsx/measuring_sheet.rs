//! The measuring sheet with its formulas. Each formula is stored with its result, so that programs that do not evaluate
//! formulas show values as well.

use rust_xlsxwriter::{Formula, Worksheet, XlsxError};

use super::style::CellFormats;
use crate::document::loss_sheet::{AreaKind, COLUMNS, LossSheet};
use crate::text::ReportText;

// The columns by their index in `COLUMNS`.
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

/// The name of a cell in formulas, such as `C7`.
fn at(row: u32, column: u16) -> String {
    // Fifteen columns: one letter is enough.
    format!("{}{}", char::from(b'A' + column as u8), row + 1)
}

/// The absolute name of a cell in formulas, such as `$C$7`.
fn fixed(row: u32, column: u16) -> String {
    format!("${}${}", char::from(b'A' + column as u8), row + 1)
}

fn formula(expression: String, result: Option<f64>) -> Formula {
    // Where an input is missing, the formulas give an empty text.
    Formula::new(expression).set_result(result.map_or_else(String::new, |value| value.to_string()))
}

/// Writes the sheet `loss` into a sheet of the workbook.
pub(super) fn write(
    sheet: &mut Worksheet,
    loss: &LossSheet,
    text: &ReportText,
    formats: &CellFormats,
) -> Result<(), XlsxError> {
    let labels = &loss.labels;
    sheet.write_string_with_format(0, 0, text.bilingual(&labels.title), &formats.title)?;
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
        sheet.merge_range(row, 0, row, 3, &text.bilingual(&labels.parameters[key]), &formats.name)?;
        match value {
            Some(value) => sheet.write_number_with_format(row, AREA, value, formats.number(1))?,
            None => sheet.write_blank(row, AREA, &formats.open)?,
        };
    }
    let mut last_row = tkw_row;
    let mut factors = None;
    if let Some(moistures) = loss.moistures {
        let (lost, harvested, base) = (tkw_row + 1, tkw_row + 2, tkw_row + 3);
        let given = [("lost", moistures.lost_pct), ("yield", moistures.yield_pct), ("base", moistures.base_pct)];
        for (row, (key, value)) in (lost..).zip(given) {
            let name = text.get(&format!("point-grain-{key}-moisture-pct"));
            sheet.merge_range(row, 0, row, 3, &name, &formats.name)?;
            sheet.write_number_with_format(row, AREA, value, formats.number(2))?;
        }
        let of = [
            (base + 1, lost, "lost", moistures.lost_factor()),
            (base + 2, harvested, "yield", moistures.yield_factor()),
        ];
        for (row, from, key, value) in of {
            sheet.merge_range(row, 0, row, 3, &text.get(&format!("point-factor-{key}")), &formats.name)?;
            let expression = format!("=(100-{})/(100-{})", fixed(from, AREA), fixed(base, AREA));
            sheet.write_formula_with_format(row, AREA, formula(expression, Some(value)), formats.number(4))?;
        }
        factors = Some((fixed(base + 1, AREA), fixed(base + 2, AREA)));
        last_row = base + 2;
    }
    let head = last_row + 2;
    for (column, name) in COLUMNS.iter().enumerate() {
        sheet.write_string_with_format(head, column as u16, text.bilingual(&labels.columns[*name]), &formats.head)?;
        sheet.set_column_width(column as u16, 11)?;
    }
    sheet.set_row_height(head, 62)?;
    let layout =
        Layout { yield_cell: fixed(yield_row, AREA), tkw_cell: fixed(tkw_row, AREA), factors, first: head + 1 };
    for n in 0..loss.areas.len() {
        area(sheet, loss, n, &layout, text, formats)?;
    }
    sums(sheet, loss, &layout, text, formats)?;
    let last = layout.first + loss.areas.len() as u32 + loss.kinds.len() as u32 + 2;
    sheet.write_string(last, 0, text.get("report-note-sheet"))?;
    Ok(())
}

/// Where the formulas find their inputs.
struct Layout {
    /// Cell of the yield.
    yield_cell: String,
    /// Cell of the thousand-kernel weight.
    tkw_cell: String,
    /// Cells of the factors of lost grain and of the yield; `None` where all was weighed at one moisture.
    factors: Option<(String, String)>,
    /// Row of the first area.
    first: u32,
}

impl Layout {
    /// Formulas of the loss over the yield, and over yield and loss; 1 kg/mu is 1.5 g/m².
    fn shares(&self, loss: &str) -> [String; 2] {
        let grain = match &self.factors {
            Some((_, factor)) => format!("{}*1.5*{factor}", self.yield_cell),
            None => format!("{}*1.5", self.yield_cell),
        };
        let of = |below: String| format!("=IF(OR({loss}=\"\",N({y})<=0),\"\",100*{loss}/{below})", y = self.yield_cell);
        [of(format!("({grain})")), of(format!("({grain}+{loss})"))]
    }
}

fn area(
    sheet: &mut Worksheet,
    loss: &LossSheet,
    n: usize,
    layout: &Layout,
    text: &ReportText,
    formats: &CellFormats,
) -> Result<(), XlsxError> {
    let (area, row) = (&loss.areas[n], layout.first + n as u32);
    let result = loss.area_result(area);
    sheet.write_number_with_format(row, 0, (n + 1) as f64, formats.number(0))?;
    let kind = area.kind.map_or_else(String::new, |kind| loss.kind_name(kind, text));
    sheet.write_string_with_format(row, KIND, kind, &formats.text)?;
    for column in [LENGTH, WIDTH, GROUND, GROUND + 1, UNTHRESHED, KERNELS, SHED] {
        sheet.write_blank(row, column, &formats.open)?;
    }
    for (column, part) in (GROUND..).zip(area.parts_g) {
        if let Some(grams) = part {
            sheet.write_number_with_format(row, column, grams, formats.number(3))?;
        }
    }
    if let Some((length, width)) = area.measures_m {
        sheet.write_number_with_format(row, LENGTH, length, formats.number(2))?;
        sheet.write_number_with_format(row, WIDTH, width, formats.number(2))?;
    }
    if let Some(m2) = area.area_m2.filter(|_| area.measures_m.is_none()) {
        sheet.write_number_with_format(row, AREA, m2, formats.number(3))?
    } else {
        let (length, width) = (at(row, LENGTH), at(row, WIDTH));
        let expression = format!("=IF(AND(N({length})>0,N({width})>0),{length}*{width},\"\")");
        sheet.write_formula_with_format(row, AREA, formula(expression, area.area_m2), formats.number(3))?
    };
    sheet.write_number_with_format(row, FACTOR, area.factor().unwrap_or(1.0), formats.number(4))?;
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
        let counted = format!("{}*{}/1000", at(row, KERNELS), layout.tkw_cell);
        let expression = format!(
            "=IF(COUNT({parts})>0,SUM({parts}),IF(AND(COUNT({k})>0,N({t})>0),{counted},\"\"))",
            k = at(row, KERNELS),
            t = layout.tkw_cell
        );
        sheet.write_formula_with_format(row, MASS, formula(expression, result.grain_g), formats.number(2))?
    };
    let (grams, m2) = (at(row, MASS), at(row, AREA));
    let mut net = format!("{grams}/{m2}*{}-N({})", at(row, FACTOR), at(row, SHED));
    if let Some((factor, _)) = &layout.factors {
        net = format!("({net})*{factor}");
    }
    let expression = format!("=IF(OR({grams}=\"\",N({m2})<=0),\"\",{net})");
    sheet.write_formula_with_format(row, LOSS, formula(expression, result.loss_g_m2), formats.number(3))?;
    let [over_yield, over_grain] = layout.shares(&at(row, LOSS));
    sheet.write_formula_with_format(
        row,
        OF_YIELD,
        formula(over_yield, result.shares.of_yield_pct),
        formats.number(3),
    )?;
    sheet.write_formula_with_format(
        row,
        OF_GRAIN,
        formula(over_grain, result.shares.of_grain_pct),
        formats.number(3),
    )?;
    Ok(())
}

/// The rows below the areas: the mean of each kind, weighted by area, and the total loss.
fn sums(
    sheet: &mut Worksheet,
    loss: &LossSheet,
    layout: &Layout,
    text: &ReportText,
    formats: &CellFormats,
) -> Result<(), XlsxError> {
    let behind = layout.first + loss.areas.len() as u32;
    let span = |column: u16| {
        let last = behind.max(layout.first + 1) - 1;
        format!("{}:{}", fixed(layout.first, column), fixed(last, column))
    };
    let (kinds, areas, losses) = (span(KIND), span(AREA), span(LOSS));
    let mut cells = Vec::new();
    for (n, kind) in loss.kinds.iter().copied().enumerate() {
        let row = behind + n as u32;
        let name = loss.kind_name(kind, text).replace('"', "\"\"");
        // Only areas whose loss is a number count. SUMPRODUCT with commas takes a text for 0.
        let counted = format!("SUMIFS({areas},{kinds},\"{name}\",{losses},\">=-1E+9\")");
        let weighted = format!("SUMPRODUCT(({kinds}=\"{name}\")*ISNUMBER({losses}),{areas},{losses})");
        let expression = format!("=IF({counted}>0,{weighted}/{counted},\"\")");
        line(sheet, row, (kind.key(), loss.mean_g_m2(kind), expression), loss, layout, text, formats)?;
        cells.push((kind, at(row, LOSS)));
    }
    let all = cells.iter().find(|(kind, _)| *kind == AreaKind::All).map(|(_, cell)| cell.clone());
    let parts: Vec<&str> =
        cells.iter().filter(|(kind, _)| *kind != AreaKind::All).map(|(_, cell)| cell.as_str()).collect();
    let known = parts.iter().map(|cell| format!("{cell}<>\"\"")).collect::<Vec<_>>().join(",");
    let sum = if parts.is_empty() { "\"\"".to_owned() } else { format!("IF(AND({known}),{},\"\")", parts.join("+")) };
    let expression = all.map_or_else(|| format!("={sum}"), |all| format!("=IF({all}<>\"\",{all},{sum})"));
    line(sheet, behind + cells.len() as u32, ("total", loss.total_g_m2(), expression), loss, layout, text, formats)
}

fn line(
    sheet: &mut Worksheet,
    row: u32,
    (key, mean, expression): (&str, Option<f64>, String),
    loss: &LossSheet,
    layout: &Layout,
    text: &ReportText,
    formats: &CellFormats,
) -> Result<(), XlsxError> {
    sheet.merge_range(row, 0, row, LOSS - 1, &loss.sum_name(key, text), &formats.name)?;
    sheet.write_formula_with_format(row, LOSS, formula(expression, mean), formats.number(3))?;
    let shares = loss.loss_shares(mean);
    let [over_yield, over_grain] = layout.shares(&at(row, LOSS));
    sheet.write_formula_with_format(row, OF_YIELD, formula(over_yield, shares.of_yield_pct), formats.number(3))?;
    sheet.write_formula_with_format(row, OF_GRAIN, formula(over_grain, shares.of_grain_pct), formats.number(3))?;
    Ok(())
}
