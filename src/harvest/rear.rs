//! Loss behind the machine: what the separator and the sieves let go, some seconds after the crop came in.

use super::band::LogNormal;
use super::crop::Setup;
use super::estimate::{Basis, PlateFault, StreamLoss};
use super::feed::Feed;
use super::gain::{GainFilter, Lost, Path};
use super::index::Bars;
use super::lag::Residence;
use super::pan::Envelope;
use super::plates::PlatePair;
use super::zero::ZeroCheck;
use super::{STEP_S, crop::Crop};
use crate::machine::{Channel, Readings};

/// The share lost rises with load as a power of it (Nyborg 1967); the exponent is about 1.9 for the separator (1.0 to
/// 3.8 seen) and lower for the sieves, which also lose when nearly empty (assumed).
const SEPARATION_POWER: f64 = 1.9;
const CLEANING_POWER: f64 = 1.0;
/// The law is not followed beyond these loads, as shares of the rated one.
const LOAD_RANGE: (f64, f64) = (0.2, 2.0);
/// Load that the model explains badly from second to second, as a standard deviation of the logarithm (our choice).
const LOCAL_SD: f64 = 0.15;
/// How badly the exponent is known: the sources spread from 1.0 to 3.8. It matters away from the loads at which counts
/// and pans have taught the gain, whose memory is this long, s (our choice).
const POWER_SD: f64 = 0.6;
const LOAD_MEMORY_S: f64 = 600.0;
/// What pans have taught is trusted less in other crop: standard deviation for each unit of moisture beyond theirs, which
/// is 5 % for each point (assumed). Beyond these margins of load (a factor) and moisture, it is "sensed" again.
const MOISTURE_SD: f64 = 5.0;
const LOAD_MARGIN: f64 = 1.5;
const MOISTURE_MARGIN: f64 = 0.03;
/// With a plate out, nobody sees how the loss lies across the machine (our choice).
const FAULT_SD: f64 = 0.4;
/// False counts: kernels a plate counts for each kilogram of straw that passes (our choice: a tenth of the counts at
/// rated load).
const FALSE_SHARE: f64 = 0.1;
/// The filter looks at counts when so many have come together, or after so long.
const WINDOW_KERNELS: f64 = 30.0;
const WINDOW_S: f64 = 10.0;
/// Both plates of a path are out when they count nothing for so long while so many kernels are expected: the level would
/// have to be wrong by a factor of more than 10 (our choice).
const SILENT_S: f64 = 60.0;
const SILENT_KERNELS: f64 = 60.0;
/// After so long under load without a count, a path is no longer sensed, s.
const SENSED_FOR_S: f64 = 120.0;
/// What was in the machine when the feed became known again is gone after this, s.
const UNKNOWN_FOR_S: f64 = 12.0;

/// One path: model, plates, and the counts gathered for the filter.
#[derive(Debug)]
struct PathModel {
    path: Path,
    share_at_rated: f64,
    power: f64,
    grain: Residence,
    straw: Residence,
    plates: Option<PlatePair>,
    zero: ZeroCheck,
    /// Looked at where there are no plates.
    bars: Bars,
    /// Kernels counted by one plate for each kilogram lost, as the sensor sheet has it.
    kernels_per_kg: f64,
    false_per_kg_straw: f64,
    window: Window,
    /// Both plates have been silent where they should have counted.
    silent: bool,
    since_counted_s: f64,
    /// Logarithm of the load: where the gain has been learned, over how long, and now. The priors are those of the rated
    /// load.
    learned_log_load: f64,
    learned_s: f64,
    log_load: f64,
}

#[derive(Debug, Default)]
struct Window {
    kernels: f64,
    from_loss: f64,
    from_straw: f64,
    elapsed_s: f64,
}

impl PathModel {
    fn new(setup: &Setup, path: Path) -> Self {
        let Crop { kernel_mass_kg, straw_to_grain, .. } = setup.crop;
        // Header to separator end 3 to 6 s, to sieve end 5 to 9 s, of which the first second is before the feeder.
        let (delay_s, lag_s, share_at_rated, power, channels, bars) = match path {
            Path::Separation => (
                1.5,
                2.4,
                setup.crop.separation_loss,
                SEPARATION_POWER,
                [Channel::LossSeparationLeft, Channel::LossSeparationRight],
                [Channel::LossIndexSeparationLeft, Channel::LossIndexSeparationRight],
            ),
            Path::Cleaning => (
                2.5,
                3.0,
                setup.crop.cleaning_loss,
                CLEANING_POWER,
                [Channel::LossCleaningLeft, Channel::LossCleaningRight],
                [Channel::LossIndexCleaningLeft, Channel::LossIndexCleaningRight],
            ),
        };
        let sheet = setup.loss_plates.as_ref();
        let kernels_per_kg = sheet.map_or(0.0, |p| p.area_share * p.detection_share / kernel_mass_kg);
        Self {
            path,
            share_at_rated,
            power,
            grain: Residence::new(delay_s, lag_s),
            straw: Residence::new(delay_s, lag_s),
            plates: sheet.map(|sheet| PlatePair::new(channels[0], channels[1], sheet)),
            zero: ZeroCheck::default(),
            bars: Bars::new(bars),
            kernels_per_kg,
            false_per_kg_straw: FALSE_SHARE * kernels_per_kg * share_at_rated / straw_to_grain,
            window: Window::default(),
            silent: false,
            since_counted_s: f64::INFINITY,
            learned_log_load: 0.0,
            learned_s: 0.0,
            log_load: 0.0,
        }
    }

    /// One step; the loss at gain 1, kg/s.
    fn step(
        &mut self,
        at_feeder: (f64, f64),
        rated_straw_kg_s: f64,
        readings: &Readings,
        gains: &mut GainFilter,
    ) -> f64 {
        let (grain, straw) = (self.grain.step(at_feeder.0), self.straw.step(at_feeder.1));
        let load = (straw / rated_straw_kg_s).clamp(LOAD_RANGE.0, LOAD_RANGE.1);
        let loss_kg_s = self.share_at_rated * load.powf(self.power) * grain;
        if straw > 0.1 * rated_straw_kg_s {
            self.log_load = load.ln();
            self.since_counted_s += STEP_S;
        }
        let Some(plates) = &mut self.plates else {
            if straw > 0.1 * rated_straw_kg_s
                && let Some(log_bar_per_kg_s) = self.bars.step(readings, loss_kg_s)
            {
                gains.bar(self.path, log_bar_per_kg_s);
                self.since_counted_s = 0.0;
            }
            return loss_kg_s;
        };
        let counted = plates.step(readings);
        if counted.plates > 0 {
            self.zero.step(readings, counted.kernels / counted.plates as f64, straw / rated_straw_kg_s);
        }
        if self.zero.is_lost() {
            // What they count is not loss: they are left out until they have run empty in silence.
            self.window = Window::default();
            return loss_kg_s;
        }
        // Near empty, counts tell of vibration and the last straw, not of the loss model.
        if counted.plates > 0 && straw > 0.1 * rated_straw_kg_s {
            let window = &mut self.window;
            let both = counted.plates as f64;
            window.kernels += counted.kernels;
            window.from_loss += both * self.kernels_per_kg * loss_kg_s * STEP_S;
            // Of straw as the prior has it, or as the plates counted without grain, whichever is more.
            let not_grain_s = (self.false_per_kg_straw * straw).max(self.zero.rate_s());
            window.from_straw += both * not_grain_s * STEP_S;
            window.elapsed_s += STEP_S;
            if window.kernels > 0.0 {
                self.silent = false;
            } else if window.elapsed_s >= SILENT_S && gains.kernels(self.path, window.from_loss) >= SILENT_KERNELS {
                // Both plates silent for so long is not a harvest without loss.
                self.silent = true;
                *window = Window::default();
            }
            let enough = window.kernels >= WINDOW_KERNELS && window.elapsed_s > 0.95;
            // A window without a single kernel stays open: it may be a harvest with little loss, or two dead plates.
            if enough || window.elapsed_s >= WINDOW_S && window.kernels > 0.0 {
                let full = std::mem::take(window);
                self.learned_s = (self.learned_s + full.elapsed_s).min(LOAD_MEMORY_S);
                self.learned_log_load += (self.log_load - self.learned_log_load) * full.elapsed_s / self.learned_s;
                gains.counted(self.path, full.kernels, full.from_loss, full.from_straw);
                if full.kernels > 0.0 {
                    self.since_counted_s = 0.0;
                }
            }
        }
        loss_kg_s
    }

    fn faults(&self) -> [Option<PlateFault>; 2] {
        self.plates.as_ref().map_or([None; 2], |plates| plates.faults(self.silent || self.zero.is_lost()))
    }

    /// What the load's law may be wrong by here, as a standard deviation of the logarithm.
    fn law_sd(&self) -> f64 {
        LOCAL_SD.hypot(POWER_SD * (self.log_load - self.learned_log_load))
    }

    fn basis(&self) -> Basis {
        if self.faults().iter().any(Option::is_some) {
            Basis::Fault
        } else if self.since_counted_s < SENSED_FOR_S {
            Basis::Sensed
        } else {
            Basis::ModelOnly
        }
    }
}

/// What the crop behind the machine is like, as far as it tells whether an old pan still holds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Conditions {
    /// Logarithm of the separator's load over the rated one.
    pub log_load: f64,
    /// Water in the grain, share of wet mass.
    pub moisture: Option<f64>,
}

/// Both paths.
#[derive(Debug)]
pub(super) struct RearModel {
    rated_straw_kg_s: f64,
    separation: PathModel,
    cleaning: PathModel,
    unknown_for_s: f64,
}

/// What leaves the rear now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rear {
    pub separation: StreamLoss,
    pub cleaning: StreamLoss,
    /// Both together, kg/s.
    pub total: Option<LogNormal>,
    /// Both at gain 1, kg/s; `None` while they are not known.
    pub modelled: Option<(f64, f64)>,
    pub plate_faults: [Option<PlateFault>; 4],
    pub conditions: Conditions,
    /// What of the total's uncertainty does not average out over a session: standard deviation of the logarithm.
    pub common_log_sd: f64,
}

impl Rear {
    /// What both together rest on: a fault of either, or else the best that either has.
    pub fn basis(&self) -> Basis {
        let bases = [self.separation.basis, self.cleaning.basis];
        [Basis::Fault, Basis::Calibrated, Basis::Sensed]
            .into_iter()
            .find(|b| bases.contains(b))
            .unwrap_or(Basis::ModelOnly)
    }
}

impl RearModel {
    pub fn new(setup: &Setup) -> Self {
        let straw_to_grain = setup.crop.straw_to_grain;
        Self {
            rated_straw_kg_s: setup.geometry.rated_feed_kg_s * straw_to_grain / (1.0 + straw_to_grain),
            separation: PathModel::new(setup, Path::Separation),
            cleaning: PathModel::new(setup, Path::Cleaning),
            unknown_for_s: UNKNOWN_FOR_S,
        }
    }

    /// What was inside is no longer known.
    pub fn interrupt(&mut self) {
        self.unknown_for_s = UNKNOWN_FOR_S;
    }

    /// One step. `envelope` is what the rear pans that have taught the gains were taken under.
    pub fn step(
        &mut self,
        feed: &Feed,
        readings: &Readings,
        gains: &mut GainFilter,
        envelope: Option<&Envelope>,
    ) -> Rear {
        let conditions =
            Conditions { log_load: self.separation.log_load, moisture: readings.value(Channel::GrainMoisture) };
        let beyond_moisture = envelope.map_or(0.0, |envelope| envelope.beyond_moisture(&conditions));
        let calibrated = envelope.is_some_and(|envelope| {
            envelope.beyond_load(&conditions) <= LOAD_MARGIN.ln() && beyond_moisture <= MOISTURE_MARGIN
        });
        gains.wander(STEP_S);
        // While the feed is unknown nothing is known of what leaves, and for as long after as it stays inside.
        self.unknown_for_s = if feed.at_feeder.is_some() { self.unknown_for_s - STEP_S } else { UNKNOWN_FOR_S };
        let at_feeder = feed.at_feeder.unwrap_or((0.0, 0.0));
        let known = self.unknown_for_s <= 0.0;
        let rated = self.rated_straw_kg_s;
        // Counts and pans see the loss itself, however much grain it is of; the model alone scales with the grain.
        let has_plates = self.separation.plates.is_some();
        let more_sd = |basis| {
            let more: f64 = match basis {
                Basis::Fault => FAULT_SD.hypot(feed.grain_log_sd),
                Basis::ModelOnly => feed.grain_log_sd,
                // A bar sees changes, and the model alone the level.
                Basis::Sensed if !has_plates => feed.grain_log_sd,
                Basis::Sensed | Basis::Calibrated => 0.0,
            };
            more.hypot(MOISTURE_SD * beyond_moisture)
        };
        let mut stream = |model: &mut PathModel| {
            let modelled = model.step(at_feeder, rated, readings, gains);
            let (gain, gain_sd) = gains.path(model.path);
            let basis = match model.basis() {
                Basis::Sensed | Basis::ModelOnly if calibrated => Basis::Calibrated,
                basis => basis,
            };
            let loss =
                LogNormal { median: modelled * gain, log_sd: gain_sd.hypot(model.law_sd()).hypot(more_sd(basis)) };
            (StreamLoss { loss: known.then_some(loss), basis }, modelled)
        };
        let (separation, modelled_separation) = stream(&mut self.separation);
        let (cleaning, modelled_cleaning) = stream(&mut self.cleaning);
        let modelled = known.then_some((modelled_separation, modelled_cleaning));
        let law_sd = self.separation.law_sd().max(self.cleaning.law_sd());
        let more_sd = more_sd(separation.basis).max(more_sd(cleaning.basis));
        let (median, gain_sd) =
            gains.rear(Lost { header: 0.0, separation: modelled_separation, cleaning: modelled_cleaning });
        let common_log_sd = gain_sd.hypot(more_sd);
        let total = known.then_some(LogNormal { median, log_sd: common_log_sd.hypot(law_sd) });
        let [a, b] = self.separation.faults();
        let [c, d] = self.cleaning.faults();
        Rear { separation, cleaning, total, modelled, plate_faults: [a, b, c, d], conditions, common_log_sd }
    }
}
