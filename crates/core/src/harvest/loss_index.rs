//! The machine's own loss index: a number without a unit, whose full scale nobody defines. It is used where there are no
//! plates, and tells of changes only.

use super::filter::IndexReading;
use super::fusion::NotFusedReason;
use crate::machine::{Channel, Readings};
use crate::math::ln;
use crate::params::LossIndexParams;
use crate::time::STEP_S;

/// The loss index of one path, gathered over a window.
#[derive(Clone, Debug)]
pub(super) struct LossIndexWindow {
    params: LossIndexParams,
    channels: [Channel; 2],
    sums: Sums,
}

#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    index_s: f64,
    modelled_kg: f64,
    elapsed_s: f64,
}

impl LossIndexWindow {
    pub const fn new(params: LossIndexParams, channels: [Channel; 2]) -> Self {
        Self { params, channels, sums: Sums { index_s: 0.0, modelled_kg: 0.0, elapsed_s: 0.0 } }
    }

    /// One step, in which `modelled_kg_s` is to be expected at gain 1; what the index showed, at the end of a window.
    ///
    /// # Errors
    ///
    /// Why there is nothing to fuse: no reading, the window is not over, the index is at an end of its scale, or nothing was
    /// to be expected.
    pub fn step(&mut self, readings: &Readings, modelled_kg_s: f64) -> Result<IndexReading, NotFusedReason> {
        let (sum, count) = (self.channels.iter().filter_map(|&channel| readings.value(channel)))
            .fold((0.0, 0.0), |(sum, count), index| (sum + index, count + 1.0));
        if count == 0.0 {
            return Err(NotFusedReason::NoReading);
        }
        self.sums.index_s += sum / count * STEP_S;
        self.sums.modelled_kg += modelled_kg_s * STEP_S;
        self.sums.elapsed_s += STEP_S;
        if self.sums.elapsed_s < self.params.window_s {
            return Err(NotFusedReason::WindowNotFull);
        }
        let full = std::mem::take(&mut self.sums);
        let index = full.index_s / full.elapsed_s;
        if !(self.params.readable_from..=self.params.readable_to).contains(&index) {
            Err(NotFusedReason::IndexOutOfRange)
        } else if full.modelled_kg > 0.0 {
            Ok(IndexReading { log_index: ln(index), log_modelled: ln(full.modelled_kg / full.elapsed_s) })
        } else {
            Err(NotFusedReason::NotCutting)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What ten seconds of an index give, and how many steps said that the window was not full.
    fn window(index: f64) -> (Result<IndexReading, NotFusedReason>, usize) {
        let channels = [Channel::LossIndexCleaningLeft, Channel::LossIndexCleaningRight];
        let mut window = LossIndexWindow::new(LossIndexParams::default(), channels);
        let mut readings = Readings::unknown(0);
        readings.set_value(Channel::LossIndexCleaningLeft, index);
        for step in 0.. {
            let result = window.step(&readings, 0.02);
            if result != Err(NotFusedReason::WindowNotFull) {
                return (result, step);
            }
        }
        unreachable!()
    }

    #[test]
    fn an_index_is_a_mean_over_ten_seconds_unless_it_is_at_an_end_of_its_scale() {
        let (reading, gathering) = window(0.4);
        let reading = reading.unwrap();
        assert!((reading.log_index - ln(0.4)).abs() < 1e-9 && (reading.log_modelled - ln(0.02)).abs() < 1e-9);
        // 99 steps, or 100 where a hundred tenths are a rounding less than ten.
        assert!((99..=100).contains(&gathering), "{gathering}");
        assert_eq!(window(0.0).0, Err(NotFusedReason::IndexOutOfRange));
        assert_eq!(window(1.0).0, Err(NotFusedReason::IndexOutOfRange));
        let mut nothing = LossIndexWindow::new(LossIndexParams::default(), [Channel::LossIndexCleaningLeft; 2]);
        assert_eq!(nothing.step(&Readings::unknown(0), 0.02), Err(NotFusedReason::NoReading));
    }
}
