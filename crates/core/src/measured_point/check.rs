//! What cannot be in a measured point, and what is missing.

use super::arithmetic::{is_whole, result};
use super::fields::{AREA_FIELDS, FIELDS, FieldKind};
use super::point::{AreaKind, LossPart, MeasuredPoint, PointArea};
use crate::clean_text::is_hidden;

/// Longest text of an item, characters.
const MAX_CHARS: usize = 400;
/// Most areas, names and photos of a point (our choice: sheets have five areas).
const MAX_ENTRIES: usize = 100;

/// What the crop's procedure asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PointRules {
    /// The parts that are weighed on an area, where they are not weighed together.
    pub parts: Vec<LossPart>,
    /// True when ears and kernels are gathered on strips of their own.
    pub has_ears: bool,
}

/// What is wrong with an item.
#[derive(Clone, Debug, PartialEq)]
pub struct PointProblem {
    /// The item, such as `head.date` or `area.2.ground_g`.
    pub key: String,
    /// What is wrong.
    pub kind: ProblemKind,
}

/// What can be wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ProblemKind {
    /// It is needed.
    Missing,
    /// It is outside of this range.
    OutOfRange(f64, f64),
    /// Not a day such as 2026-06-10.
    NotADay,
    /// Not a time such as 09:30.
    NotATime,
    /// Empty, longer than allowed, on several lines, or with characters that are not seen.
    BadText,
    /// Not 64 hexadecimal digits.
    NotASha256,
    /// Natural shed was neither cleared nor measured.
    ShedUnknown,
    /// Natural shed was cleared and measured.
    ShedTwice,
    /// Grain was weighed and counted, or weighed together and by parts.
    FoundTwice,
    /// Counted kernels need a thousand-kernel mass.
    NeedsKernelMass,
    /// Another moisture than that of the harvest needs that of the harvest.
    NeedsMoisture,
    /// The kinds of areas do not make up all losses.
    KindsIncomplete,
    /// In this crop and mode ears lie on a strip of their own, or there are none.
    KindNotOfCrop,
    /// Less was found than lay there before the machine came.
    BelowShed,
    /// More than its whole.
    MoreThanSample,
    /// More than can be kept.
    TooMany,
}

impl ProblemKind {
    /// The last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::OutOfRange(..) => "range",
            Self::NotADay => "day",
            Self::NotATime => "time",
            Self::BadText => "text",
            Self::NotASha256 => "sha256",
            Self::ShedUnknown => "shed-unknown",
            Self::ShedTwice => "shed-twice",
            Self::FoundTwice => "found-twice",
            Self::NeedsKernelMass => "needs-tkw",
            Self::NeedsMoisture => "needs-moisture",
            Self::KindsIncomplete => "kinds-incomplete",
            Self::KindNotOfCrop => "kind-not-of-crop",
            Self::BelowShed => "below-shed",
            Self::MoreThanSample => "more-than-sample",
            Self::TooMany => "too-many",
        }
    }

    /// One of each, for a test of the words.
    pub const ALL: [Self; 16] = [
        Self::Missing,
        Self::OutOfRange(0.0, 1.0),
        Self::NotADay,
        Self::NotATime,
        Self::BadText,
        Self::NotASha256,
        Self::ShedUnknown,
        Self::ShedTwice,
        Self::FoundTwice,
        Self::NeedsKernelMass,
        Self::NeedsMoisture,
        Self::KindsIncomplete,
        Self::KindNotOfCrop,
        Self::BelowShed,
        Self::MoreThanSample,
        Self::TooMany,
    ];
}

/// What is wrong with one value of an item; `None` when it can be.
pub fn value_problem(kind: FieldKind, value: &serde_json::Value) -> Option<ProblemKind> {
    let text = |good: fn(&str) -> bool, problem| (!value.as_str().is_some_and(good)).then_some(problem);
    match kind {
        FieldKind::Number(low, high) => {
            let good = value.as_f64().is_some_and(|number| (low..=high).contains(&number));
            (!good).then_some(ProblemKind::OutOfRange(low, high))
        }
        FieldKind::Whole(low, high) => {
            let good = value.as_i64().is_some_and(|number| (low..=high).contains(&number));
            (!good).then_some(ProblemKind::OutOfRange(low as f64, high as f64))
        }
        FieldKind::Day => text(is_day, ProblemKind::NotADay),
        FieldKind::Time => text(is_time, ProblemKind::NotATime),
        FieldKind::Text | FieldKind::Choice(_) => text(is_text, ProblemKind::BadText),
        FieldKind::Names => {
            let names = value.as_array();
            let good = names.is_some_and(|names| names.iter().all(|name| name.as_str().is_some_and(is_text)));
            (!good).then_some(ProblemKind::BadText)
        }
        FieldKind::Switch => None,
    }
}

fn is_text(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= MAX_CHARS && !text.chars().any(is_hidden)
}

fn is_day(text: &str) -> bool {
    let [year, month, day] = text.split('-').collect::<Vec<_>>()[..] else { return false };
    let number = |part: &str, digits: usize| {
        let good = part.len() == digits && part.bytes().all(|b| b.is_ascii_digit());
        good.then(|| part.parse::<u32>().ok()).flatten()
    };
    let (Some(year), Some(month), Some(day)) = (number(year, 4), number(month, 2), number(day, 2)) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}

fn is_time(text: &str) -> bool {
    let Some((hours, minutes)) = text.split_once(':') else { return false };
    let number = |part: &str, below: u32| {
        part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit()) && part.parse::<u32>().is_ok_and(|n| n < below)
    };
    number(hours, 24) && number(minutes, 60)
}

/// Everything that is wrong with a point; empty when it can be stored. `rules`: those of its crop and mode.
pub fn problems(point: &MeasuredPoint, rules: &PointRules) -> Vec<PointProblem> {
    let mut found = Vec::new();
    let mut add = |key: &str, kind: ProblemKind| found.push(PointProblem { key: key.to_owned(), kind });
    // A struct of numbers, texts and lists always is a JSON value.
    let json = serde_json::to_value(point).unwrap_or_default();
    for field in FIELDS {
        let value = field.key.split('.').try_fold(&json, |at, name| at.get(name));
        match value {
            Some(value) if !value.is_null() => {
                if let Some(problem) = value_problem(field.kind, value) {
                    add(field.key, problem);
                }
            }
            _ if field.is_required => add(field.key, ProblemKind::Missing),
            _ => {}
        }
    }
    let shed = &point.shed;
    match (shed.cleared == Some(true), shed.grams, shed.area_m2) {
        (true, Some(_), _) | (true, _, Some(_)) => add("shed.cleared", ProblemKind::ShedTwice),
        (false, Some(_), None) => add("shed.area_m2", ProblemKind::Missing),
        (false, None, Some(_)) => add("shed.grams", ProblemKind::Missing),
        (false, None, None) => add("shed.cleared", ProblemKind::ShedUnknown),
        _ => {}
    }
    let grain = &point.grain;
    let other_moisture = grain.lost_moisture_pct.or(grain.yield_moisture_pct).is_some();
    let one_needs_it = grain.lost_moisture_pct.is_none() || grain.yield_moisture_pct.is_none();
    if other_moisture && one_needs_it && grain.moisture_pct.is_none() {
        add("grain.moisture_pct", ProblemKind::NeedsMoisture);
    }
    let quality = &point.quality;
    let parts = [("quality.impurity_g", quality.impurity_g), ("quality.broken_g", quality.broken_g)];
    for (key, grams) in parts.into_iter().filter_map(|(key, grams)| Some((key, grams?))) {
        match quality.sample_g {
            None => add("quality.sample_g", ProblemKind::Missing),
            Some(sample) if grams > sample => add(key, ProblemKind::MoreThanSample),
            Some(_) => {}
        }
    }
    for (n, photo) in point.photo.iter().enumerate() {
        let key = format!("photo.{}", n + 1);
        if !is_text(&photo.name) {
            add(&format!("{key}.name"), ProblemKind::BadText);
        }
        let is_hash = |text: &String| text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
        if photo.sha256.as_ref().is_some_and(|text| !is_hash(text)) {
            add(&format!("{key}.sha256"), ProblemKind::NotASha256);
        }
    }
    let lists =
        [("area", point.area.len()), ("photo", point.photo.len()), ("head.witnesses", point.head.witnesses.len())];
    for (key, _) in lists.into_iter().filter(|(_, len)| *len > MAX_ENTRIES) {
        add(key, ProblemKind::TooMany);
    }
    for (n, area) in point.area.iter().enumerate() {
        for (name, kind) in area_problems(area, rules, grain.tkw_g) {
            add(&format!("area.{}.{name}", n + 1), kind);
        }
    }
    if point.area.is_empty() {
        add("area", ProblemKind::Missing);
    } else if !is_whole(point) {
        add("area", ProblemKind::KindsIncomplete);
    }
    if found.is_empty() && result(point, 0.0).loss_g_m2.is_some_and(|loss| loss < 0.0) {
        found.push(PointProblem { key: "shed.grams".to_owned(), kind: ProblemKind::BelowShed });
    }
    found.dedup();
    found
}

fn area_problems(area: &PointArea, rules: &PointRules, tkw_g: Option<f64>) -> Vec<(&'static str, ProblemKind)> {
    let mut found = Vec::new();
    let values = [
        ("length_m", area.length_m),
        ("width_m", area.width_m),
        ("ground_g", area.ground_g),
        ("straw_g", area.straw_g),
        ("unthreshed_g", area.unthreshed_g),
        ("total_g", area.total_g),
        ("kernels", area.kernels),
    ];
    for (name, value) in values {
        // Every name is in the list of the area's items.
        let Some(item) = AREA_FIELDS.iter().find(|item| item.key == name) else { continue };
        match value {
            Some(value) => {
                if let Some(problem) = value_problem(item.kind, &value.into()) {
                    found.push((name, problem));
                }
            }
            None if item.is_required => found.push((name, ProblemKind::Missing)),
            None => {}
        }
    }
    let of_maize = matches!(area.kind, AreaKind::Kernels | AreaKind::Ears);
    if of_maize != rules.has_ears && (of_maize || area.kind == AreaKind::All) {
        found.push(("kind", ProblemKind::KindNotOfCrop));
    }
    let parts = [LossPart::Ground, LossPart::Straw, LossPart::Unthreshed].map(|part| area.part_g(part).is_some());
    let by_parts = parts.contains(&true);
    match (area.total_g.is_some(), by_parts, area.kernels.is_some()) {
        (true, true, _) | (true, _, true) | (_, true, true) => found.push(("total_g", ProblemKind::FoundTwice)),
        (false, false, true) if tkw_g.is_none() => found.push(("kernels", ProblemKind::NeedsKernelMass)),
        (false, false, false) if !matches!(area.kind, AreaKind::All | AreaKind::Kernels) || rules.parts.is_empty() => {
            found.push(("total_g", ProblemKind::Missing));
        }
        (false, _, false) if matches!(area.kind, AreaKind::All | AreaKind::Kernels) => {
            let missing = rules.parts.iter().filter(|part| area.part_g(**part).is_none());
            found.extend(missing.map(|part| (part.key(), ProblemKind::Missing)));
        }
        _ => {}
    }
    found
}
