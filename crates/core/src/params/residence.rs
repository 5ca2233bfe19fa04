//! How long crop takes through the machine: one description for the estimator, the advice and the report's map.

group! {
    /// Delay and mean lag of each part of the crop's path, before anything has been learned of this machine.
    ResidenceParams, "residence" {
        /// Pure delay from the knife into the feeder house.
        feeder_delay_s: "s" = 0.8, "our choice";
        /// Mean lag of mixing on that part.
        feeder_lag_s: "s" = 0.6, "our choice";
        /// Pure delay from the feeder house to the end of the separator; 3 to 6 s from the knife in all.
        separation_delay_s: "s" = 1.5, "our choice";
        /// Mean lag of mixing on that part.
        separation_lag_s: "s" = 2.4, "our choice";
        /// Pure delay from the feeder house to the end of the sieves; 5 to 9 s from the knife in all.
        cleaning_delay_s: "s" = 2.5, "our choice";
        /// Mean lag of mixing on that part.
        cleaning_lag_s: "s" = 3.0, "our choice";
        /// The advice relates loss to feed through two first-order lags, each this long; 6 to 10 s from the knife in
        /// all.
        advice_lag_s: "s" = 4.0, "assumed";
    }
}

/// How long crop takes along a part of its path: a pure delay, then a lag of mixing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ResidenceTime {
    /// Pure delay, s.
    pub delay_s: f64,
    /// Mean of the lag behind it, s.
    pub lag_s: f64,
}

impl ResidenceTime {
    /// The mean time, s.
    pub const fn mean_s(self) -> f64 {
        self.delay_s + self.lag_s
    }

    /// A crop and a machine that take `factor` times as long.
    #[must_use]
    pub const fn times(self, factor: f64) -> Self {
        Self { delay_s: factor * self.delay_s, lag_s: factor * self.lag_s }
    }
}

impl ResidenceParams {
    /// From the knife into the feeder house.
    pub const fn to_feeder(&self) -> ResidenceTime {
        ResidenceTime { delay_s: self.feeder_delay_s, lag_s: self.feeder_lag_s }
    }

    /// From the feeder house to the end of the separator. What the estimator has learned of this machine multiplies it.
    pub const fn separation(&self) -> ResidenceTime {
        ResidenceTime { delay_s: self.separation_delay_s, lag_s: self.separation_lag_s }
    }

    /// From the feeder house to the end of the sieves. What the estimator has learned of this machine multiplies it.
    pub const fn cleaning(&self) -> ResidenceTime {
        ResidenceTime { delay_s: self.cleaning_delay_s, lag_s: self.cleaning_lag_s }
    }

    /// Mean time from the knife to the end of the separator and to the end of the sieves, s.
    pub const fn from_knife_s(&self) -> [f64; 2] {
        let to_feeder_s = self.to_feeder().mean_s();
        [to_feeder_s + self.separation().mean_s(), to_feeder_s + self.cleaning().mean_s()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_from_the_knife_is_the_sum_of_the_parts() {
        // 0.8 + 0.6 + 1.5 + 2.4 and 0.8 + 0.6 + 2.5 + 3.0 s.
        let [separation_s, cleaning_s] = ResidenceParams::DEFAULT.from_knife_s();
        assert!((separation_s - 5.3).abs() < 1e-12 && (cleaning_s - 6.9).abs() < 1e-12);
        assert!((ResidenceParams::DEFAULT.separation().times(2.0).mean_s() - 7.8).abs() < 1e-12);
    }
}
