//! Values of options: read, checked, and by their Chinese names as well.

use grainloss_core::crop_conditions::CropConditions;
use grainloss_core::harvest_mode::HarvestMode;
use grainloss_knowledge::{Lang, Message, Words};

/// The identifier that is meant by this text: itself, or the one whose Chinese name (`PREFIX-ID` in the words) it is.
fn by_name<'a>(text: &str, prefix: &str, ids: impl IntoIterator<Item = &'a str>) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    let words = Words::new(Lang::Zh);
    let text = text.trim();
    ids.into_iter().find(|id| words.get(&format!("{prefix}-{id}")) == text).map(str::to_owned)
}

/// A crop's name in the knowledge files, from that or its name in Chinese or English. One that is not known stays as it is:
/// what needs it says so, with the crops that there are.
#[expect(clippy::unnecessary_wraps, reason = "the form that clap takes")]
pub(super) fn crop(text: &str) -> Result<String, Message> {
    let crops = grainloss_knowledge::crops().unwrap_or_default();
    let named = crops.into_iter().find(|(_, name)| name.zh == text.trim() || name.en.eq_ignore_ascii_case(text.trim()));
    Ok(named.map_or_else(|| text.to_owned(), |(id, _)| id))
}

/// A machine profile's name, from that or its Chinese name.
#[expect(clippy::unnecessary_wraps, reason = "the form that clap takes")]
pub(super) fn machine(text: &str) -> Result<String, Message> {
    let bundled = grainloss_knowledge::profiles::BUNDLED.iter().map(|(name, _)| *name);
    Ok(by_name(text, "profile-name", bundled).unwrap_or_else(|| text.to_owned()))
}

/// A scenario's name, from that or its Chinese name.
#[cfg(feature = "simulator")]
#[expect(clippy::unnecessary_wraps, reason = "the form that clap takes")]
pub(super) fn scenario(text: &str) -> Result<String, Message> {
    let names = grainloss_simulator::Scenario::bundled_names();
    Ok(by_name(text, "scenario-name", names).unwrap_or_else(|| text.to_owned()))
}

/// A fault, `NAME[:ARGUMENT][@START[-END]]`, its name also in Chinese.
#[cfg(feature = "simulator")]
#[expect(clippy::unnecessary_wraps, reason = "the form that clap takes")]
pub(super) fn fault(text: &str) -> Result<String, Message> {
    let end = text.find([':', '@', '：']).unwrap_or(text.len());
    let kinds = grainloss_simulator::Scenario::event_kinds();
    let id = by_name(&text[..end], "fault-name", kinds.into_iter().map(|(name, _)| name));
    Ok(id.map_or_else(|| text.to_owned(), |id| id + &text[end..].replace('：', ":")))
}

/// A harvest mode, by its word or its Chinese name.
pub(super) fn harvest_mode(text: &str) -> Result<HarvestMode, Message> {
    let id = by_name(text, "harvest-mode", HarvestMode::ALL.map(HarvestMode::word));
    HarvestMode::named(id.as_deref().unwrap_or(text)).ok_or_else(|| {
        let known = HarvestMode::ALL.map(HarvestMode::word).join(", ");
        Message::new("option-one-of").with("known", known)
    })
}

/// Words of the crop's condition, also in Chinese, separated by spaces.
pub(super) fn conditions(text: &str) -> Result<CropConditions, Message> {
    const IDS: [&str; 9] = ["standing", "leaning", "lodged", "wet", "dry", "weedy", "clean", "slope", "level"];
    let word = |word: &str| by_name(word, "crop-said", IDS).unwrap_or_else(|| word.to_owned());
    let text = text.split_whitespace().map(word).collect::<Vec<_>>().join(" ");
    CropConditions::named(&text).ok_or_else(|| Message::new("option-conditions"))
}

/// A number within limits.
pub(super) fn between(text: &str, low: f64, high: f64) -> Result<f64, Message> {
    match text.parse::<f64>() {
        Ok(value) if (low..=high).contains(&value) => Ok(value),
        _ => Err(Message::new("option-between").with("low", low).with("high", high)),
    }
}

/// Expected yield, kg/ha.
pub(super) fn yield_kg_ha(text: &str) -> Result<f64, Message> {
    between(text, 100.0, 30_000.0)
}

/// Thousand-kernel weight, g.
pub(super) fn tkw_g(text: &str) -> Result<f64, Message> {
    between(text, 0.1, 2000.0)
}
