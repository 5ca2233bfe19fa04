//! The items of a measured point, listed once: asked for, printed into a template, shown and corrected in this order.

/// What an item may hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FieldKind {
    /// A text on one line.
    Text,
    /// Several names.
    Names,
    /// A number from the first to the second.
    Number(f64, f64),
    /// A whole number from the first to the second.
    Whole(i64, i64),
    /// A day, `2026-06-10`.
    Day,
    /// A time of day, `09:30`.
    Time,
    /// Yes or no.
    Switch,
    /// One of these words.
    Choice(&'static [&'static str]),
}

/// An item.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PointField {
    /// Its table and name in files, such as `head.county`; of a sampling area the name alone.
    pub key: &'static str,
    /// What it may hold.
    pub kind: FieldKind,
    /// True when a point without it is refused.
    pub is_required: bool,
}

const fn text(key: &'static str) -> PointField {
    PointField { key, kind: FieldKind::Text, is_required: false }
}

const fn number(key: &'static str, low: f64, high: f64) -> PointField {
    PointField { key, kind: FieldKind::Number(low, high), is_required: false }
}

const fn other(key: &'static str, kind: FieldKind) -> PointField {
    PointField { key, kind, is_required: false }
}

/// The items of a point, but for those of its areas and photos. The ranges are our choice: wider than anything in a field, so
/// that they catch a slip of the finger or a wrong unit only.
pub const FIELDS: &[PointField] = &[
    PointField { is_required: true, ..text("crop") },
    other("mode", FieldKind::Choice(&["full-feed", "half-feed", "grain", "ear", "combined", "pick-up"])),
    other("session", FieldKind::Whole(1, i64::MAX)),
    other("head.year", FieldKind::Whole(2000, 2100)),
    text("head.season"),
    text("head.province"),
    text("head.city"),
    text("head.county"),
    text("head.township"),
    text("head.village"),
    text("head.point"),
    text("head.field"),
    number("head.field_mu", 0.01, 100_000.0),
    text("head.variety"),
    PointField { is_required: true, ..other("head.date", FieldKind::Day) },
    other("head.start", FieldKind::Time),
    other("head.end", FieldKind::Time),
    text("head.operator"),
    text("head.phone"),
    text("head.plate"),
    text("head.maker"),
    text("head.model"),
    number("head.feed_kg_s", 0.1, 100.0),
    number("head.cut_width_m", 0.3, 20.0),
    text("head.serial"),
    number("head.latitude_deg", -90.0, 90.0),
    number("head.longitude_deg", -180.0, 180.0),
    other("head.lodging", FieldKind::Choice(&["none", "medium", "severe"])),
    number("head.stubble_cm", 0.0, 300.0),
    number("grain.yield_kg_mu", 1.0, 3000.0),
    number("grain.moisture_pct", 0.0, 60.0),
    number("grain.yield_moisture_pct", 0.0, 60.0),
    number("grain.lost_moisture_pct", 0.0, 60.0),
    number("grain.base_moisture_pct", 1.0, 30.0),
    number("grain.tkw_g", 0.1, 2000.0),
    other("shed.cleared", FieldKind::Switch),
    number("shed.area_m2", 0.01, 1000.0),
    number(LAST_BEFORE_AREAS, 0.0, 100_000.0),
    number("quality.sample_g", 0.1, 100_000.0),
    number("quality.impurity_g", 0.0, 100_000.0),
    number("quality.broken_g", 0.0, 100_000.0),
    number("quality.impurity_pct", 0.0, 100.0),
    number("quality.broken_pct", 0.0, 100.0),
    text("head.unit"),
    text("head.measured_by"),
    text("head.recorded_by"),
    text("head.reviewed_by"),
    other("head.witnesses", FieldKind::Names),
    text("head.remarks"),
];

/// The areas are asked for behind this item.
pub const LAST_BEFORE_AREAS: &str = "shed.grams";

/// The items of a sampling area.
pub const AREA_FIELDS: &[PointField] = &[
    other("kind", FieldKind::Choice(&["all", "header", "straw", "chaff", "kernels", "ears"])),
    PointField { is_required: true, ..number("length_m", 0.05, 1000.0) },
    PointField { is_required: true, ..number("width_m", 0.05, 50.0) },
    number("ground_g", 0.0, 100_000.0),
    number("straw_g", 0.0, 100_000.0),
    number("unthreshed_g", 0.0, 100_000.0),
    number("total_g", 0.0, 100_000.0),
    number("kernels", 0.0, 10_000_000.0),
];

/// The item of this key, such as `head.county` or `area.2.ground_g`; `None` when there is none.
pub fn field(key: &str) -> Option<&'static PointField> {
    match key.strip_prefix("area.") {
        Some(of_area) => {
            let (number, name) = of_area.split_once('.')?;
            number.parse::<usize>().ok().filter(|number| *number > 0)?;
            AREA_FIELDS.iter().find(|field| field.key == name)
        }
        None => FIELDS.iter().find(|field| field.key == key),
    }
}
