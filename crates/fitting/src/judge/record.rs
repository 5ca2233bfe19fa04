//! A value a second of every mapped channel.

use grainloss_core::machine::{Channel, Readings};

/// Seconds that are kept: six hours. What comes later is not judged.
const MOST_SECONDS: usize = 6 * 3600;
/// Two positions further apart than this in a second are a jump of the receiver, m.
const JUMP_M: f64 = 60.0;

/// A value a second of every channel; NaN where it had none.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    series: Vec<Vec<f32>>,
    mapped: Vec<bool>,
    /// Speed of the satellite receiver, m/s, whether the profile maps it or not.
    gnss: Vec<f32>,
    /// Speed by the way between positions, m/s.
    by_position: Vec<f32>,
    last: Option<(f64, f64)>,
}

impl Record {
    pub fn new(mapped: Vec<bool>) -> Self {
        Self { series: vec![Vec::new(); Channel::COUNT], mapped, gnss: Vec::new(), by_position: Vec::new(), last: None }
    }

    /// Takes the readings of a whole second, and what the satellite receiver says: speed, and latitude and longitude.
    pub fn take(&mut self, readings: &Readings, gnss_m_s: Option<f64>, position: Option<(f64, f64)>) {
        if self.gnss.len() >= MOST_SECONDS {
            return;
        }
        for (&channel, series) in Channel::ALL.iter().zip(&mut self.series) {
            if self.mapped[channel as usize] {
                series.push(readings.value(channel).map_or(f32::NAN, |value| value as f32));
            }
        }
        self.gnss.push(gnss_m_s.map_or(f32::NAN, |speed| speed as f32));
        let mapped = readings.value(Channel::GnssLatitude).zip(readings.value(Channel::GnssLongitude));
        let here = position.or(mapped);
        let way = self.last.zip(here).map(|(from, to)| distance_m(from, to)).filter(|way| *way < JUMP_M);
        self.by_position.push(way.map_or(f32::NAN, |way| way as f32));
        self.last = here;
    }

    /// Nothing is known of the time between: no step is made of it.
    pub fn gap(&mut self) {
        self.last = None;
    }

    /// The channel's values; empty where it is not mapped.
    pub fn series(&self, channel: Channel) -> &[f32] {
        &self.series[channel as usize]
    }

    /// Seconds that were kept.
    pub fn len(&self) -> usize {
        self.gnss.len()
    }

    /// The satellite receiver's speed, else that by positions, m/s; empty where there is neither.
    pub fn reference_speed(&self) -> &[f32] {
        let known = |series: &[f32]| series.iter().filter(|speed| speed.is_finite()).count() * 2 > series.len();
        [&self.gnss, &self.by_position].into_iter().find(|series| known(series)).map_or(&[], Vec::as_slice)
    }
}

/// On a sphere of 6371 km, plane geometry.
fn distance_m((lat_a, lon_a): (f64, f64), (lat_b, lon_b): (f64, f64)) -> f64 {
    let m_per_degree = 6_371_000.0 * std::f64::consts::PI / 180.0;
    let north = (lat_b - lat_a) * m_per_degree;
    let east = (lon_b - lon_a) * m_per_degree * lat_a.to_radians().cos();
    north.hypot(east)
}

/// The values that are known, in order of size.
pub(super) fn sorted(values: impl Iterator<Item = f32>) -> Vec<f32> {
    let mut known: Vec<f32> = values.filter(|value| value.is_finite()).collect();
    known.sort_by(f32::total_cmp);
    known
}

/// The value below which this share of sorted values lies; `None` for none.
pub(super) fn quantile(sorted: &[f32], share: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    Some(f64::from(sorted[((last as f64 * share).round() as usize).min(last)]))
}
