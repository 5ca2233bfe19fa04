//! The form of a measured point: the loss sheet, filled in.

use super::loss_sheet::{AreaKind, LabelledField, LossSheet, SampledArea, SheetLabels, SheetMoistures};
use super::point::{label, shown};
use crate::points::PointReport;
use crate::text::ReportText;
use grainloss_core::data_file::FileError;
use grainloss_core::measured_point::{AreaKind as PointKind, FIELDS, PointArea};

/// The items that the form's fields hold; a field of another key is left for the pen.
fn keys_of(field: &str) -> &'static [&'static str] {
    match field {
        "season" => &["head.year", "head.season"],
        "point" => &["head.point"],
        "county" => &["head.province", "head.city", "head.county"],
        "township" => &["head.township"],
        "place" => &["head.village"],
        "field" => &["head.field"],
        "area" => &["head.field_mu"],
        "date" => &["head.date"],
        "time" => &["head.start", "head.end"],
        "crop" => &["crop"],
        "variety" => &["head.variety"],
        "operator" => &["head.operator", "head.phone"],
        "plate" => &["head.plate"],
        "machine" => &["head.maker", "head.model"],
        "serial" => &["head.serial"],
        "width" => &["head.cut_width_m"],
        "mode" => &["mode"],
        "moisture" => &["grain.moisture_pct"],
        "stubble" => &["head.stubble_cm"],
        "lodging" => &["head.lodging"],
        "position" => &["head.latitude_deg", "head.longitude_deg"],
        "unit" => &["head.unit"],
        "tester" => &["head.measured_by"],
        "checker" => &["head.reviewed_by"],
        "remarks" => &["head.remarks"],
        _ => &[],
    }
}

/// What the sheet holds elsewhere, and not among the fields above the table.
const ELSEWHERE: [&str; 8] = [
    "session",
    "grain.yield_kg_mu",
    "grain.tkw_g",
    "grain.yield_moisture_pct",
    "grain.lost_moisture_pct",
    "grain.base_moisture_pct",
    "shed.area_m2",
    "shed.grams",
];

/// The form of a point.
///
/// # Errors
///
/// The labels cannot be read.
pub fn filled_sheet(report: &PointReport, text: &ReportText) -> Result<LossSheet, FileError> {
    let labels = SheetLabels::load()?;
    let (point, result) = (&report.point, &report.result);
    let join = |keys: &[&str], between: &str| {
        let values = keys.iter().map(|key| shown(point, key, text)).filter(|value| !value.is_empty());
        values.collect::<Vec<_>>().join(between)
    };
    let value = |field: &LabelledField| match &*field.key {
        "mode" => report.mode.map_or_else(String::new, |mode| text.get(&format!("harvest-mode-{}", mode.word()))),
        "time" => join(keys_of("time"), "\u{2013}"),
        key => join(keys_of(key), " "),
    };
    let mut fields: Vec<(String, String)> =
        labels.field.iter().map(|field| (text.bilingual(&field.name), value(field))).collect();
    // What the form has no field for stands behind its own, so that nothing that was entered is left out.
    let has = |key: &str| labels.field.iter().any(|field| keys_of(&field.key).contains(&key));
    let others = FIELDS.iter().filter(|field| !has(field.key) && !ELSEWHERE.contains(&field.key));
    fields.extend(others.map(|field| (text.get(&label(field.key)), shown(point, field.key, text))));
    fields.retain(|(name, value)| {
        !value.is_empty() || labels.field.iter().any(|field| text.bilingual(&field.name) == *name)
    });
    let photos: Vec<&str> = point.photo.iter().map(|photo| photo.name.as_str()).collect();
    if !photos.is_empty() {
        fields.push((text.get("point-photo"), photos.join(", ")));
    }
    for (key, pct) in
        [("point-quality-broken-pct", result.broken_pct), ("point-quality-impurity-pct", result.impurity_pct)]
    {
        let name = text.get(key);
        if let Some(pct) = pct.filter(|_| fields.iter().all(|(known, _)| *known != name)) {
            fields.push((name, format!("{pct:.3}")));
        }
    }
    let kind = |kind: PointKind| match kind {
        PointKind::All => AreaKind::All,
        PointKind::Header => AreaKind::Front,
        PointKind::Straw => AreaKind::Straw,
        PointKind::Chaff => AreaKind::Chaff,
        PointKind::Kernels => AreaKind::Kernels,
        PointKind::Ears => AreaKind::Ears,
    };
    let area = |area: &PointArea| SampledArea {
        kind: Some(kind(area.kind)),
        measures_m: area.length_m.zip(area.width_m),
        parts_g: [area.ground_g, area.straw_g, area.unthreshed_g],
        area_m2: area.area_m2(),
        concentration: Some(1.0),
        kernels: area.kernels,
        grams: area.total_g,
        shed_g_m2: result.shed_g_m2.filter(|shed| area.kind.holds_shed() && *shed > 0.0),
    };
    let mut kinds: Vec<AreaKind> = Vec::new();
    for of_kind in &result.kinds {
        kinds.push(kind(of_kind.kind));
    }
    let grain = &point.grain;
    let corrected = grain.lost_moisture_pct.is_some() || grain.yield_moisture_pct.is_some();
    let moistures = (grain.lost_moisture_pct.or(grain.moisture_pct))
        .zip(grain.yield_moisture_pct.or(grain.moisture_pct))
        .filter(|_| corrected)
        .map(|(lost_pct, yield_pct)| SheetMoistures { lost_pct, yield_pct, base_pct: report.base_moisture_pct });
    Ok(LossSheet {
        fields,
        yield_kg_mu: grain.yield_kg_mu,
        tkw_g: grain.tkw_g,
        areas: point.area.iter().map(area).collect(),
        kinds,
        moistures,
        labels,
    })
}
