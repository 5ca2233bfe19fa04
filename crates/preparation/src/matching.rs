//! Machine and crop matched: the speed at which the crop is what the machine can take, the width for a speed, and the area.

/// Which figure cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatchingField {
    /// Feed rate: above 0, at most 50 kg/s.
    Feed,
    /// Yield: above 0, at most 3000 kg/mu.
    Yield,
    /// Straw for each unit of grain: from 0 to 20.
    Straw,
}

impl MatchingField {
    /// The last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Feed => "feed",
            Self::Yield => "yield",
            Self::Straw => "straw",
        }
    }
}

/// What a machine takes and a field gives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Matching {
    feed_kg_s: f64,
    yield_kg_mu: f64,
    straw: f64,
}

impl Matching {
    /// `feed_kg_s`: crop that the machine takes, kg/s; `yield_kg_mu`: grain, kg/mu; `straw`: straw for each unit of grain, by
    /// mass.
    ///
    /// # Errors
    /// The first figure that is no number or out of range.
    pub fn new(feed_kg_s: f64, yield_kg_mu: f64, straw: f64) -> Result<Self, MatchingField> {
        let is_in = |value: f64, most: f64| value > 0.0 && value <= most;
        if !is_in(feed_kg_s, 50.0) {
            return Err(MatchingField::Feed);
        }
        if !is_in(yield_kg_mu, 3000.0) {
            return Err(MatchingField::Yield);
        }
        if !(0.0..=20.0).contains(&straw) {
            return Err(MatchingField::Straw);
        }
        Ok(Self { feed_kg_s, yield_kg_mu, straw })
    }

    /// Speed × width at which the feed rate is reached, km/h × m: q kg/s ÷ (Y kg/mu ÷ 666.67 m² × (1 + r)) × 3.6.
    fn speed_times_width(self) -> f64 {
        2400.0 * self.feed_kg_s / (self.yield_kg_mu * (1.0 + self.straw))
    }

    /// The highest speed at this width of cut, km/h: a ceiling in dry crop that stands.
    pub fn speed_km_h(self, width_m: f64) -> f64 {
        self.speed_times_width() / width_m
    }

    /// The width of cut at this speed, m.
    pub fn width_m(self, speed_km_h: f64) -> f64 {
        self.speed_times_width() / speed_km_h
    }

    /// Area in an hour at the feed rate, ha/h; `efficiency`: share of the time in which it cuts. Speed and width make no
    /// difference: km/h × m ÷ 10.
    pub fn area_ha_h(self, efficiency: f64) -> f64 {
        self.speed_times_width() / 10.0 * efficiency
    }
}

/// Speed of a drum, r/min, from the speed of its rim, m/s, and its diameter, m.
pub fn drum_rpm(rim_m_s: f64, diameter_m: f64) -> f64 {
    rim_m_s * 60.0 / (std::f64::consts::PI * diameter_m)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_are_those_of_a_calculation_by_hand() {
        // 2400 × 8 ÷ (2.75 × 450 × 2) = 19200 ÷ 2475 = 7.7576 km/h.
        let matching = Matching::new(8.0, 450.0, 1.0).unwrap();
        let speed = matching.speed_km_h(2.75);
        assert!((speed - 7.757_575).abs() < 1e-5);
        assert!((matching.width_m(speed) - 2.75).abs() < 1e-12);
        // 7.7576 km/h × 2.75 m = 2.1333 ha/h; at 75 %, 1.6.
        assert!((matching.area_ha_h(0.75) - 1.6).abs() < 1e-12);
        // 30 m/s at 0.55 m: 30 × 60 ÷ (3.14159 × 0.55) = 1041.7 r/min.
        assert!((drum_rpm(30.0, 0.55) - 1041.7).abs() < 0.1);
    }

    #[test]
    fn what_cannot_be_is_named() {
        assert_eq!(Matching::new(0.0, 450.0, 1.0), Err(MatchingField::Feed));
        assert_eq!(Matching::new(8.0, f64::NAN, 1.0), Err(MatchingField::Yield));
        assert_eq!(Matching::new(8.0, 450.0, -0.1), Err(MatchingField::Straw));
    }
}
