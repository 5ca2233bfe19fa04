//! The best speed among those that were driven: by the costs of an area, and by what an hour brings.
//!
//! At a speed `f` times the present one the area rate is `f` times as high, the header loses the share h · f^β, and the
//! machine behind it r · f^b, where b is the exponent of the session's load curve and β is not known (0 with a spread). An
//! area costs its lost grain, the machine's time and, where rain is near, the drying of what cannot be cut before it. The
//! optimum is sought for each of 125 equally likely combinations of r, b and β; its interval holds nine tenths of them.

use super::load_curve::LoadCurve;
use super::speed_worth::Economy;
use super::target_load::load_factor;
use crate::harvest::{Estimate, Interval90, Stream};
use crate::math::{exp, ln};
use crate::params::{BestSpeedParams, TargetLoadParams};

/// Middles of five equally likely parts of the standard normal distribution.
const NODES: [f64; 5] = [-1.281_551_6, -0.524_400_5, 0.0, 0.524_400_5, 1.281_551_6];
/// Combinations of three unknowns.
const DRAWS: usize = NODES.len() * NODES.len() * NODES.len();
/// Speeds that are looked at.
const SPEEDS: usize = 41;
/// m² in a hectare.
const M2_PER_HA: f64 = 1e4;

/// The pace of the last minutes: means over settled cutting.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RecentPace(Option<[f64; 4]>);

impl RecentPace {
    /// Takes ten more seconds: speed, area rate, grain and feed; gives the means.
    fn take(&mut self, now: [f64; 4], samples: f64) -> [f64; 4] {
        let means = self.0.get_or_insert(now);
        means.iter_mut().zip(now).for_each(|(mean, now)| *mean += (now - *mean) / samples);
        *means
    }
}

/// What is known of other speeds, from the last minutes of settled cutting.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct SpeedBasis {
    /// Speed over ground: the present pace, m/s.
    pub speed_m_s: f64,
    /// Area cut, m²/s.
    pub area_m2_s: f64,
    /// Grain on the area, kg/m².
    pub yield_kg_m2: f64,
    /// Share of the grain that is lost at the header, and the standard deviation of its exponent of the speed.
    pub header: [f64; 2],
    /// Share that is lost behind the machine, and the standard deviation of its logarithm.
    pub rear: [f64; 2],
    /// Exponent of the load, and its standard deviation.
    pub exponent: [f64; 2],
    /// Logarithms of the loads that were tried, lowest and highest, over the present one.
    pub tried_log: [f64; 2],
    /// Logarithm of the highest load over the present one that nameplate and crop allow.
    pub most_log: Option<f64>,
    /// Weight of the samples behind it.
    pub samples: f64,
    /// The crop lies, leans or is wet: no higher speed than the present one is asked for, not even to learn.
    pub is_hard_crop: bool,
}

impl SpeedBasis {
    /// Of the present estimate; `None` while something of it is not known.
    pub(super) fn of(
        estimate: &Estimate,
        curve: &LoadCurve,
        (moisture, rated_feed_kg_s): (Option<f64>, f64),
        (params, target, header_slope_sd): (&BestSpeedParams, &TargetLoadParams, f64),
        pace: &mut RecentPace,
    ) -> Option<Self> {
        let shares = estimate.stream_shares?;
        let header = shares[Stream::Header as usize];
        let rear = shares[Stream::Separation as usize] + shares[Stream::Cleaning as usize];
        let recent = estimate.recent?;
        let now = [estimate.ground_speed_m_s?, recent.area_m2_s?, recent.grain_kg_s, estimate.feed_kg_s?];
        if !now.iter().all(|value| value.is_finite() && *value > 0.0) {
            return None;
        }
        let [speed_m_s, area_m2_s, grain_kg_s, feed] = pace.take(now, params.pace_samples);
        let (mean, sd, samples) = curve.loads()?;
        let slope = curve.slope();
        let now = ln(feed);
        let tried = params.range_sds * sd;
        let factor = load_factor(estimate.crop, moisture, target);
        let basis = Self {
            speed_m_s,
            area_m2_s,
            yield_kg_m2: grain_kg_s / area_m2_s,
            header: [header, header_slope_sd],
            rear: [rear, estimate.rear.loss?.log_sd],
            exponent: [slope.mean, slope.sd],
            tried_log: [mean - tried - now, mean + tried - now],
            most_log: (rated_feed_kg_s > 0.0).then(|| ln(factor * rated_feed_kg_s) - now),
            samples,
            is_hard_crop: factor < 1.0,
        };
        let known = [basis.yield_kg_m2, header, rear, basis.rear[1], mean, sd];
        known.iter().all(|value| value.is_finite()).then_some(basis)
    }
}

/// Rain that is near.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct RainAhead {
    /// Time left before it, h; `None` when none is known to come.
    pub hours_left: Option<f64>,
    /// Area that is still to be cut, ha; `None` when it was not entered.
    pub area_left_ha: Option<f64>,
}

/// What is to be best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SpeedAim {
    /// The least costs of an area: lost grain, the machine's time, drying after the rain.
    Area,
    /// The most grain in the tank in an hour.
    Hour,
}

impl SpeedAim {
    /// The last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Area => "area",
            Self::Hour => "hour",
        }
    }
}

/// Whether the best speed is at an end of what was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SpeedEnd {
    /// Within.
    Inside,
    /// The slowest that was tried: perhaps slower still.
    Slowest,
    /// The fastest that was tried.
    Fastest,
    /// The highest load that nameplate and crop allow: what was tried goes beyond it.
    FullLoad,
}

/// The best speed of those that were tried.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct BestSpeed {
    /// What it is best for.
    pub aim: SpeedAim,
    /// The speed, m/s, with its interval.
    pub speed_m_s: Interval90,
    /// Whether it is at an end of what was tried.
    pub end: SpeedEnd,
    /// Gain over the present speed: money/ha by area, kg/h by hour.
    pub gain: Interval90,
    /// Area that cannot be cut before the rain at this speed, ha; `None` when no rain is near.
    pub left_ha: Option<f64>,
}

/// Why there is no best speed.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoBestSpeed {
    /// Too little settled cutting in which the loss plates counted; minutes still to go.
    TooShort(f64),
    /// The loads that were driven differ too little. To learn it, drive so fast, m/s, and so fast, for minutes each.
    NarrowRange([f64; 2], f64),
    /// Price of the grain or cost of an hour is not known.
    NoPrice,
}

/// One combination of what is not known.
#[derive(Clone, Copy)]
struct Draw {
    rear: f64,
    exponent: f64,
    header_exponent: f64,
}

/// The best speed for an aim.
///
/// # Errors
/// Why there is none.
pub fn best_speed(
    basis: &SpeedBasis,
    economy: Economy,
    rain: RainAhead,
    aim: SpeedAim,
) -> Result<BestSpeed, NoBestSpeed> {
    let params = BestSpeedParams::DEFAULT;
    if basis.samples < params.min_samples {
        // Six samples make a minute.
        return Err(NoBestSpeed::TooShort((params.min_samples - basis.samples) / 6.0));
    }
    let prices = economy.price_per_kg.zip(economy.cost_per_h);
    let [low, high] = basis.tried_log;
    if high - low < params.min_range_log {
        let mean = 0.5 * (low + high);
        let up = if basis.is_hard_crop { 0.0 } else { params.learn_log };
        let speeds = [mean - 2.0 * params.learn_log + up, mean + up].map(|log| basis.speed_m_s * exp(log));
        return Err(NoBestSpeed::NarrowRange(speeds, params.learn_min));
    }
    if aim == SpeedAim::Area && prices.is_none() {
        return Err(NoBestSpeed::NoPrice);
    }
    let fastest = match basis.most_log {
        // Every load that was tried is above full load: the slowest is left.
        Some(most) if most <= low => SpeedEnd::Slowest,
        Some(most) if most < high => SpeedEnd::FullLoad,
        _ => SpeedEnd::Fastest,
    };
    let high = basis.most_log.map_or(high, |most| high.min(most)).max(low);
    let loss = Worth { basis, prices, drying_per_kg: economy.drying_per_kg, rain, aim };
    let at = |place: usize| exp(low + (high - low) * place as f64 / (SPEEDS - 1) as f64);
    let best_of = |draw: &Draw| {
        let worth = |place: &usize| loss.of(at(*place), draw);
        (0..SPEEDS).max_by(|a, b| worth(a).total_cmp(&worth(b))).unwrap_or(0)
    };
    let mut places = [0; DRAWS];
    for (place, draw) in places.iter_mut().zip(draws(basis)) {
        *place = best_of(&draw);
    }
    places.sort_unstable();
    let middle = best_of(&Draw { rear: basis.rear[0], exponent: basis.exponent[0], header_exponent: 0.0 });
    let speed = |place: usize| basis.speed_m_s * at(place);
    let (lowest, highest) = (places[DRAWS / 20].min(middle), places[DRAWS - 1 - DRAWS / 20].max(middle));
    let mut gains = [0.0; DRAWS];
    for (gain, draw) in gains.iter_mut().zip(draws(basis)) {
        *gain = loss.of(at(middle), &draw) - loss.of(1.0, &draw);
    }
    gains.sort_unstable_by(f64::total_cmp);
    let mean = gains.iter().sum::<f64>() / DRAWS as f64;
    Ok(BestSpeed {
        aim,
        speed_m_s: Interval90 { value: speed(middle), lo: speed(lowest), hi: speed(highest) },
        end: match middle {
            0 => SpeedEnd::Slowest,
            place if place == SPEEDS - 1 => fastest,
            _ => SpeedEnd::Inside,
        },
        gain: Interval90 { value: mean, lo: gains[DRAWS / 20].min(mean), hi: gains[DRAWS - 1 - DRAWS / 20].max(mean) },
        left_ha: loss.left_ha(at(middle)),
    })
}

/// All combinations, equally likely.
fn draws(basis: &SpeedBasis) -> impl Iterator<Item = Draw> {
    let &SpeedBasis { header: [_, header_sd], rear: [rear, sd], exponent: [mean, spread], .. } = basis;
    NODES.into_iter().flat_map(move |level| {
        NODES.into_iter().flat_map(move |steep| {
            NODES.into_iter().map(move |at_header| Draw {
                // The mean of the level stays.
                rear: rear * exp(sd.min(1.0) * level - 0.5 * sd.min(1.0) * sd.min(1.0)),
                exponent: mean + spread * steep,
                header_exponent: header_sd * at_header,
            })
        })
    })
}

/// What a speed is worth: the higher the better.
struct Worth<'a> {
    basis: &'a SpeedBasis,
    /// Money/kg and money/h.
    prices: Option<(f64, f64)>,
    drying_per_kg: Option<f64>,
    rain: RainAhead,
    aim: SpeedAim,
}

impl Worth<'_> {
    /// At this speed over the present one.
    fn of(&self, factor: f64, draw: &Draw) -> f64 {
        let log = ln(factor);
        let lost = self.basis.header[0] * exp(draw.header_exponent * log) + draw.rear * exp(draw.exponent * log);
        let lost = lost.min(1.0);
        let yield_kg_ha = self.basis.yield_kg_m2 * M2_PER_HA;
        let area_ha_h = self.area_ha_h(factor);
        match (self.aim, self.prices) {
            (SpeedAim::Hour, _) | (SpeedAim::Area, None) => area_ha_h * yield_kg_ha * (1.0 - lost),
            (SpeedAim::Area, Some((price, cost))) => {
                let left = self.left_ha(factor).zip(self.rain.area_left_ha).zip(self.drying_per_kg);
                let drying = left.map_or(0.0, |((left, of), drying)| left / of * yield_kg_ha * (1.0 - lost) * drying);
                -(lost * yield_kg_ha * price + cost / area_ha_h + drying)
            }
        }
    }

    fn area_ha_h(&self, factor: f64) -> f64 {
        self.basis.area_m2_s * factor * 3600.0 / M2_PER_HA
    }

    fn left_ha(&self, factor: f64) -> Option<f64> {
        let (hours, area_ha) = self.rain.hours_left.zip(self.rain.area_left_ha.filter(|area| *area > 0.0))?;
        Some((area_ha - self.area_ha_h(factor) * hours.max(0.0)).max(0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 4 ha/h of 6 t/ha at 1.5 m/s, 0.5 % lost at the header and 1 % behind, exactly known.
    fn basis(exponent: f64, tried: f64) -> SpeedBasis {
        SpeedBasis {
            speed_m_s: 1.5,
            area_m2_s: 4.0 * M2_PER_HA / 3600.0,
            yield_kg_m2: 0.6,
            header: [0.005, 0.0],
            rear: [0.01, 0.0],
            exponent: [exponent, 0.0],
            tried_log: [-tried, tried],
            most_log: None,
            samples: 60.0,
            is_hard_crop: false,
        }
    }

    fn prices(price: f64, cost: f64) -> Economy {
        Economy { price_per_kg: Some(price), cost_per_h: Some(cost), drying_per_kg: None }
    }

    #[test]
    fn the_least_costs_of_an_area_are_where_the_derivative_is_nothing() {
        // d/df [2.4 × 6000 × 0.01 f² + 300 / (4 f)] = 0: f³ = 75 / (2 × 144) = 0.26042, f = 0.63859: 0.9579 m/s.
        let best = best_speed(&basis(2.0, 0.7), prices(2.4, 300.0), RainAhead::default(), SpeedAim::Area).unwrap();
        assert!((best.speed_m_s.value - 0.9579).abs() < 0.02 && best.end == SpeedEnd::Inside, "{best:?}");
        // Costs then 144 × 0.40780 + 75 / 0.63859 = 58.72 + 117.45 = 176.17 against 219 now: 42.83 money/ha.
        assert!((best.gain.value - 42.83).abs() < 0.1 && (best.gain.hi - best.gain.lo).abs() < 1e-9, "{best:?}");
    }

    #[test]
    fn an_hour_brings_most_at_the_fastest_speed_that_was_tried_and_never_above_the_nameplate() {
        let none = (Economy::default(), RainAhead::default());
        let fastest = best_speed(&basis(2.0, 0.2), none.0, none.1, SpeedAim::Hour).unwrap();
        // 1.5 e^0.2 = 1.8321 m/s. Grain in an hour: 24000 × 1.2214 × (1 − 0.005 − 0.01 × 1.4918) less 24000 × 0.985:
        // 28730 less 23640, 5090 kg/h.
        assert!((fastest.speed_m_s.value - 1.8321).abs() < 1e-3 && fastest.end == SpeedEnd::Fastest, "{fastest:?}");
        assert!((fastest.gain.value - 5090.0).abs() < 5.0, "{fastest:?}");
        let full = SpeedBasis { most_log: Some(0.05), ..basis(2.0, 0.2) };
        let full = best_speed(&full, none.0, none.1, SpeedAim::Hour).unwrap();
        assert!((full.speed_m_s.value - 1.5 * exp(0.05)).abs() < 1e-9 && full.end == SpeedEnd::FullLoad);
        // Driven at 0.82 to 1.22 of now, and full load is 0.61 of it.
        let over = SpeedBasis { most_log: Some(-0.5), ..basis(2.0, 0.2) };
        let over = best_speed(&over, none.0, none.1, SpeedAim::Hour).unwrap();
        assert!((over.speed_m_s.value - 1.5 * exp(-0.2)).abs() < 1e-9 && over.end == SpeedEnd::Slowest);
    }

    #[test]
    fn rain_makes_it_pay_to_drive_faster_and_what_stays_is_said() {
        let rain = RainAhead { hours_left: Some(2.0), area_left_ha: Some(10.0) };
        let dry = best_speed(&basis(2.0, 0.35), prices(2.4, 300.0), RainAhead::default(), SpeedAim::Area).unwrap();
        let economy = Economy { drying_per_kg: Some(0.1), ..prices(2.4, 300.0) };
        let wet = best_speed(&basis(2.0, 0.35), economy, rain, SpeedAim::Area).unwrap();
        assert!(wet.speed_m_s.value > dry.speed_m_s.value + 0.3, "{dry:?} {wet:?}");
        // Ten hectares in two hours need 5 ha/h: 1.25 times the speed; above it only the loss rises.
        assert!((wet.speed_m_s.value - 1.875).abs() < 0.03 && wet.left_ha.unwrap() < 0.1, "{wet:?}");
    }

    #[test]
    fn an_unknown_exponent_widens_the_interval_of_the_best_speed() {
        let unsure = SpeedBasis { exponent: [2.0, 0.9], rear: [0.01, 0.5], ..basis(2.0, 0.7) };
        let best = best_speed(&unsure, prices(2.4, 300.0), RainAhead::default(), SpeedAim::Area).unwrap();
        let Interval90 { value, lo, hi } = best.speed_m_s;
        assert!(lo < 0.9 * value && hi > 1.1 * value, "{best:?}");
    }

    #[test]
    fn a_narrow_range_of_loads_says_what_to_drive_and_in_hard_crop_nothing_faster() {
        let ask = |hard| {
            let narrow = SpeedBasis { is_hard_crop: hard, ..basis(2.0, 0.05) };
            best_speed(&narrow, prices(2.4, 300.0), RainAhead::default(), SpeedAim::Area)
        };
        // 1.5 e^∓0.14 = 1.304 and 1.725 m/s.
        let Err(NoBestSpeed::NarrowRange([slow, fast], minutes)) = ask(false) else { panic!("{:?}", ask(false)) };
        assert!((slow - 1.304).abs() < 1e-3 && (fast - 1.725).abs() < 1e-3 && minutes == 5.0);
        let Err(NoBestSpeed::NarrowRange([slow, fast], _)) = ask(true) else { panic!("{:?}", ask(true)) };
        assert!(slow < 1.2 && (fast - 1.5).abs() < 1e-9, "{slow} {fast}");
        let short = SpeedBasis { samples: 13.0, ..basis(2.0, 0.5) };
        let short = best_speed(&short, prices(2.4, 300.0), RainAhead::default(), SpeedAim::Area);
        assert_eq!(short, Err(NoBestSpeed::TooShort(2.0)));
        let unpriced = best_speed(&basis(2.0, 0.5), Economy::default(), RainAhead::default(), SpeedAim::Area);
        assert_eq!(unpriced, Err(NoBestSpeed::NoPrice));
    }
}
