//! Go, wait, go slower, or race the storm: what is known of crop, ground and weather, and what is missing.

use crate::forecast::{Forecast, HOUR_US, Hour};
use grainloss_core::params::HarvestWindowParams;
use grainloss_knowledge::local_time::{hour_of_day, next_at_hour, short_time};
use grainloss_knowledge::preparation::{CropPreparation, Dew, Preparation, Standing};

const PARAMS: HarvestWindowParams = HarvestWindowParams::DEFAULT;

/// What the hand check of the crop says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ripeness {
    /// Not yet.
    Unripe,
    /// The signs are there.
    Ripe,
    /// Past it: heads bend, pods open, kernels fall.
    Overripe,
}

/// What the ground carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// It carries the machine.
    Firm,
    /// Wheels or tracks leave ruts.
    Soft,
    /// The machine would sink.
    Boggy,
}

/// What money the decision turns on, as it was entered. `None` is not entered.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Costs {
    /// Yield, kg/mu.
    pub yield_kg_mu: Option<f64>,
    /// Drying of a tonne, in the user's currency.
    pub drying_per_t: Option<f64>,
    /// Price of a kilogram of grain.
    pub price_per_kg: Option<f64>,
    /// What waiting is feared to cost, % of the yield: shed, sprouting, price.
    pub risk_pct: Option<f64>,
}

/// Drying beside waiting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cost {
    /// Drying of what a mu yields: yield × cost of a tonne ÷ 1000.
    pub drying_per_mu: f64,
    /// The same in grain, kg; `None` without a price.
    pub drying_kg: Option<f64>,
    /// The share of the yield that drying costs, %: waiting pays when it costs less; `None` without a price.
    pub break_even_pct: Option<f64>,
    /// What waiting is feared to cost on a mu; `None` without a price or a fear.
    pub waiting_per_mu: Option<f64>,
}

impl Costs {
    /// Drying beside waiting; `None` without a yield and a cost of drying.
    pub fn cost(&self) -> Option<Cost> {
        let (yield_kg, price) = (self.yield_kg_mu?, self.price_per_kg);
        let drying_per_mu = yield_kg * self.drying_per_t? / 1000.0;
        let drying_kg = price.map(|price| drying_per_mu / price);
        Some(Cost {
            drying_per_mu,
            drying_kg,
            break_even_pct: drying_kg.map(|kg| 100.0 * kg / yield_kg),
            waiting_per_mu: price.zip(self.risk_pct).map(|(price, risk)| yield_kg * price * risk / 100.0),
        })
    }
}

/// What is known. `None` is unknown, and stays so.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// The crop.
    pub crop: &'a CropPreparation,
    /// The facts and their sources.
    pub facts: &'a Preparation,
    /// Now, microseconds since 1970-01-01 UTC.
    pub now_us: i64,
    /// Moisture of the grain, % of wet mass.
    pub moisture_pct: Option<f64>,
    /// The hand check.
    pub ripeness: Option<Ripeness>,
    /// The crop is wet to the hand, from dew or rain.
    pub wet: Option<bool>,
    /// The ground.
    pub ground: Option<Ground>,
    /// The weather.
    pub forecast: Option<&'a Forecast>,
    /// The money.
    pub costs: Costs,
}

/// Until when to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Until {
    /// The time, microseconds since 1970-01-01 UTC.
    pub t_us: i64,
    /// It rests on hours of the day that are only recalled.
    pub is_recalled: bool,
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advice {
    /// Go now.
    Go,
    /// Go, slower than usual.
    GoSlower,
    /// Wait; `None` when it cannot be said until when.
    Wait(Option<Until>),
    /// Go now and race the storm that begins then.
    Race(i64),
    /// What is missing decides.
    Unknown,
}

impl Advice {
    /// The last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Go => "go",
            Self::GoSlower => "slower",
            Self::Wait(None) => "wait",
            Self::Wait(Some(_)) => "wait-until",
            Self::Race(_) => "race",
            Self::Unknown => "unknown",
        }
    }
}

/// Why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The last part of its text key.
    pub word: &'static str,
    /// What stands in the text.
    pub values: Vec<(&'static str, String)>,
    /// Key of the source behind it; `None` where it rests on what was entered.
    pub source: Option<String>,
}

/// What is not known and would change the advice, or make it surer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// The hand check.
    Ripeness,
    /// Moisture of the grain.
    Moisture,
    /// Whether the crop is wet.
    Wet,
    /// The ground.
    Ground,
    /// The forecast, or one that covers now.
    Forecast,
    /// Rain in the forecast.
    Rain,
}

impl Missing {
    /// The last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ripeness => "ripeness",
            Self::Moisture => "moisture",
            Self::Wet => "wet",
            Self::Ground => "ground",
            Self::Forecast => "forecast",
            Self::Rain => "rain",
        }
    }
}

/// The card: what to do, why, what is missing, and what it costs.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    /// What to do.
    pub advice: Advice,
    /// Why, the gravest first.
    pub reasons: Vec<Reason>,
    /// What is not known.
    pub missing: Vec<Missing>,
    /// Drying beside waiting; `None` without yield and cost of drying.
    pub cost: Option<Cost>,
}

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

impl Card {
    fn because(&mut self, word: &'static str, values: &[(&'static str, String)], source: Option<&str>) {
        self.reasons.push(Reason { word, values: values.to_vec(), source: source.map(str::to_owned) });
    }
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
            (Self::No, Some(until)) => Self::Until(until),
            (Self::Until(before), Some(until)) if before.t_us >= until.t_us => Self::Until(before),
            (Self::Until(_), Some(until)) => Self::Until(until),
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

/// What the forecast says; nothing where it says nothing.
#[derive(Clone, Copy, Debug, Default)]
struct Weather {
    /// It rains now.
    rains: bool,
    /// When it is dry after that; `None` when the forecast does not say.
    rain_ends_us: Option<i64>,
    /// Rain that is a storm: from when, and how much in the day from then on, mm.
    storm: Option<(i64, f64)>,
    /// Humidity of the air now, %.
    humidity_pct: Option<f64>,
    /// When the air is dry enough for dew to go, from now on.
    dry_us: Option<i64>,
}

impl Weather {
    fn of(inputs: &Inputs<'_>) -> Self {
        let (Some(forecast), now_us) = (inputs.forecast, inputs.now_us) else { return Self::default() };
        let rains = |hour: &Hour| hour.rain_mm_h().is_some_and(|rain| rain >= PARAMS.rain_mm_h);
        let is_dry = |hour: &Hour| !rains(hour) && hour.humidity_pct.is_none_or(|pct| pct < PARAMS.dew_humidity_pct);
        let now = forecast.at(now_us);
        let end_us = now_us + (PARAMS.look_ahead_h * HOUR_US as f64) as i64;
        let later = || forecast.between(now_us, end_us);
        let dry_us =
            later().find(|hour| is_dry(hour) && hour.humidity_pct.is_some()).map(|hour| hour.from_us.max(now_us));
        let day_mm = |from_us: i64| -> f64 {
            let fall = |hour: &Hour| hour.rain_mm.unwrap_or(0.0);
            forecast
                .hours()
                .iter()
                .filter(|hour| (from_us..from_us + 24 * HOUR_US).contains(&hour.from_us))
                .map(fall)
                .sum()
        };
        let storm = later()
            .filter(|hour| rains(hour) && hour.from_us > now_us)
            .map(|hour| (hour.from_us, day_mm(hour.from_us)))
            .find(|(_, mm)| *mm >= PARAMS.storm_mm);
        let rains_now = now.is_some_and(rains);
        let rain_ends_us = later().find(|hour| is_dry(hour)).map(|hour| hour.from_us).filter(|_| rains_now);
        Self { rains: rains_now, rain_ends_us, storm, humidity_pct: now.and_then(|hour| hour.humidity_pct), dry_us }
    }
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
