//! Go, wait, go slower, or race the storm: what is known of crop, ground and weather, and what is missing.

mod advice;
mod inputs;
mod weather;

pub use advice::{Advice, Card, Missing, Reason, Until};
pub use inputs::{Cost, Costs, Ground, Inputs, Ripeness};

use grainloss_core::params::HarvestWindowParams;
use grainloss_knowledge::local_time::{hour_of_day, next_at_hour, short_time};
use grainloss_knowledge::preparation::{Dew, Standing};
use weather::Weather;

const PARAMS: HarvestWindowParams = HarvestWindowParams::DEFAULT;

/// Makes the card.
pub fn card(inputs: &Inputs<'_>) -> Card {
    let mut card =
        Card { advice: Advice::Go, reasons: Vec::new(), missing: missing(inputs), cost: inputs.costs.cost() };
    let weather = Weather::of(inputs);
    let storm = weather.storm;
    let mut slower = false;
    let mut waiting = Waiting::No;

    if inputs.ground == Some(Ground::Boggy) {
        card.because("ground-boggy", &[], Some("autumn-wet-2025"));
        waiting.also(None);
    }
    if weather.rains {
        card.because("raining", &[], None);
        waiting.also(weather.rain_ends_us.map(|t_us| Until { t_us, is_recalled: false }));
    }
    if inputs.ripeness == Some(Ripeness::Unripe) {
        card.because(if storm.is_some() { "unripe-storm" } else { "unripe" }, &[], None);
        waiting.also(None);
    }
    if let Some((from_us, mm)) = storm {
        let values = [("time", short_time(from_us, inputs.now_us)), ("mm", format!("{mm:.0}"))];
        card.because("storm", &values, None);
    }
    match moisture(inputs) {
        Moisture::High(most) => {
            let values = [("moisture", one(inputs.moisture_pct.unwrap_or_default())), ("most", one(most))];
            let word = if inputs.crop.id == "maize" { "moisture-high-maize" } else { "moisture-high" };
            card.because(word, &values, moisture_source(inputs));
            if storm.is_none() {
                waiting.also(None);
            } else {
                card.because("dry-same-day", &[], Some("xihua-2023"));
            }
        }
        Moisture::Low(least) => {
            let values = [("moisture", one(inputs.moisture_pct.unwrap_or_default())), ("least", one(least))];
            card.because("moisture-low", &values, moisture_source(inputs));
        }
        Moisture::Right(least, most) => {
            let moisture = one(inputs.moisture_pct.unwrap_or_default());
            let values = [("moisture", moisture), ("least", one(least)), ("most", one(most))];
            card.because("moisture-right", &values, moisture_source(inputs));
        }
        Moisture::Unknown => {}
    }
    match dew(inputs, &weather) {
        DewState::Wrong(word, until) => {
            card.because(word, &[], dew_source(inputs, until));
            if storm.is_some() { slower = true } else { waiting.also(until) }
        }
        DewState::Right(word) => card.because(word, &[], dew_source(inputs, None)),
        DewState::Unknown => {}
    }
    match inputs.ripeness {
        Some(Ripeness::Ripe) => card.because("ripe", &[], None),
        Some(Ripeness::Overripe) => card.because("overripe", &[], None),
        Some(Ripeness::Unripe) | None => {}
    }
    match inputs.ground {
        Some(Ground::Soft) => {
            slower = true;
            card.because("ground-soft", &[], Some("autumn-wet-2025"));
        }
        Some(Ground::Firm) => card.because("ground-firm", &[], None),
        Some(Ground::Boggy) | None => {}
    }
    let ripe = inputs.ripeness.is_some_and(|ripeness| ripeness != Ripeness::Unripe);
    card.advice = match (waiting, storm) {
        (Waiting::Until(until), _) => Advice::Wait(Some(until)),
        (Waiting::Open, _) => Advice::Wait(None),
        _ if !ripe => Advice::Unknown,
        (Waiting::No, Some((from_us, _))) => Advice::Race(from_us),
        _ if slower => Advice::GoSlower,
        _ => Advice::Go,
    };
    if matches!(card.advice, Advice::Race(_)) {
        let word = if slower { "race-slower" } else { "race-blocks" };
        card.because(word, &[], Some("autumn-race-2025"));
    }
    card
}

/// What there is to wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waiting {
    /// Nothing.
    No,
    /// Until then.
    Until(Until),
    /// It cannot be said until when.
    Open,
}

impl Waiting {
    /// Waits for this too: the later of both; one without an end is the latest.
    fn also(&mut self, until: Option<Until>) {
        *self = match (*self, until) {
            (Self::Until(before), Some(until)) if before.t_us >= until.t_us => Self::Until(before),
            (Self::No | Self::Until(_), Some(until)) => Self::Until(until),
            (Self::Open, _) | (_, None) => Self::Open,
        };
    }
}

fn one(value: f64) -> String {
    format!("{value:.1}")
}

fn missing(inputs: &Inputs<'_>) -> Vec<Missing> {
    let now = inputs.forecast.and_then(|forecast| forecast.at(inputs.now_us));
    let parts = [
        (inputs.ripeness.is_none(), Missing::Ripeness),
        (inputs.moisture_pct.is_none(), Missing::Moisture),
        (inputs.wet.is_none(), Missing::Wet),
        (inputs.ground.is_none(), Missing::Ground),
        (now.is_none(), Missing::Forecast),
        (now.is_some_and(|hour| hour.rain_mm.is_none()), Missing::Rain),
    ];
    parts.into_iter().filter(|(is_missing, _)| *is_missing).map(|(_, what)| what).collect()
}

enum Moisture {
    High(f64),
    Low(f64),
    Right(f64, f64),
    Unknown,
}

/// The moisture beside the crop's range; a range that is only recalled judges nothing.
fn moisture(inputs: &Inputs<'_>) -> Moisture {
    let range =
        inputs.crop.moisture.as_ref().filter(|range| inputs.facts.standing(&range.source) == Standing::Verified);
    match (inputs.moisture_pct, range) {
        (Some(pct), Some(range)) if pct > range.high => Moisture::High(range.high),
        (Some(pct), Some(range)) if pct < range.low => Moisture::Low(range.low),
        (Some(_), Some(range)) => Moisture::Right(range.low, range.high),
        _ => Moisture::Unknown,
    }
}

fn moisture_source<'a>(inputs: &Inputs<'a>) -> Option<&'a str> {
    inputs.crop.moisture.as_ref().map(|range| &*range.source)
}

enum DewState {
    Wrong(&'static str, Option<Until>),
    Right(&'static str),
    Unknown,
}

/// The hours behind a time that rests on them, else what is known of dew in this crop.
fn dew_source<'a>(inputs: &Inputs<'a>, until: Option<Until>) -> Option<&'a str> {
    match (inputs.crop.dew, until) {
        (Dew::On, _) => Some("rapeseed-points"),
        (Dew::Off, _) => inputs.crop.hours.first().map(|range| &*range.source),
    }
}

fn dew(inputs: &Inputs<'_>, weather: &Weather) -> DewState {
    let hour = hour_of_day(inputs.now_us);
    let humid = weather.humidity_pct.map(|pct| pct >= PARAMS.dew_humidity_pct);
    match inputs.crop.dew {
        Dew::Off => match (inputs.wet, humid) {
            (Some(false), _) => DewState::Right("dew-gone"),
            (Some(true), _) => DewState::Wrong("dew-on", dew_gone(inputs, weather)),
            (None, Some(true)) => DewState::Wrong("dew-likely", dew_gone(inputs, weather)),
            (None, Some(false)) => DewState::Right("dew-unlikely"),
            (None, None) => {
                let first = inputs.crop.hours.first().map(|range| range.low);
                match hour.zip(first) {
                    Some((hour, first)) if hour < first => DewState::Wrong("dew-early", dew_gone(inputs, weather)),
                    _ => DewState::Unknown,
                }
            }
        },
        Dew::On => {
            let inside = hour.map(|hour| inputs.crop.hours.iter().any(|range| (range.low..range.high).contains(&hour)));
            match (inputs.wet, humid, inside) {
                (Some(true), ..) | (None, Some(true), _) => DewState::Right("dew-right"),
                (Some(false), ..) | (None, _, Some(false)) => DewState::Wrong("dew-needed", next_hours(inputs)),
                (None, _, Some(true)) => DewState::Right("dew-hours"),
                (None, _, None) => DewState::Unknown,
            }
        }
    }
}

/// When dew is gone: when the forecast says that the air is dry, else when the crop's hours begin; `None` when neither says
/// a time later than now.
fn dew_gone(inputs: &Inputs<'_>, weather: &Weather) -> Option<Until> {
    let by_air = weather.dry_us.filter(|t_us| *t_us > inputs.now_us);
    by_air.map(|t_us| Until { t_us, is_recalled: false }).or_else(|| {
        let first = inputs.crop.hours.first()?;
        // At noon it is not the hour that is wrong: look again by hand.
        let is_morning = hour_of_day(inputs.now_us)? < first.low;
        let t_us = next_at_hour(inputs.now_us, first.low).filter(|_| is_morning)?;
        Some(Until { t_us, is_recalled: inputs.facts.standing(&first.source) == Standing::Recalled })
    })
}

/// When the crop's next hours begin.
fn next_hours(inputs: &Inputs<'_>) -> Option<Until> {
    let next =
        inputs.crop.hours.iter().filter_map(|range| Some((next_at_hour(inputs.now_us, range.low)?, &range.source)));
    let (t_us, source) = next.min_by_key(|(t_us, _)| *t_us)?;
    Some(Until { t_us, is_recalled: inputs.facts.standing(source) == Standing::Recalled })
}

#[cfg(test)]
mod tests;
