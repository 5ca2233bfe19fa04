//! The estimate of one step.

use super::fusion::Fusions;
use super::interval::LogNormal;
use super::state::MachineState;
use crate::crop_conditions::CropConditions;
use crate::machine::Channel;

/// What a loss rests on. Every loss is shown with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// The loss model and the feed rate; no loss sensor.
    ModelOnly,
    /// Loss plates count, but no pan has calibrated them.
    Sensed,
    /// Loss plates that pans have calibrated.
    Calibrated,
    /// A loss plate is out: the estimate rests on the others, and its interval is wider.
    Fault,
}

impl Basis {
    /// The basis of several parts together: a fault of any; or else that of the weakest among the large ones. A part is large
    /// when it is expected to be a fifth or more of all (our choice), and the largest always is.
    pub(super) fn of_total<const N: usize>(parts: [(Option<LogNormal>, Self); N]) -> Self {
        if parts.iter().any(|(_, basis)| *basis == Self::Fault) {
            return Self::Fault;
        }
        let means = parts.map(|(loss, _)| loss.map_or(0.0, LogNormal::mean));
        let sum: f64 = means.iter().sum();
        let most = means.iter().copied().fold(0.0, f64::max);
        let is_large = |part: f64| part >= most || part >= LARGE_SHARE * sum;
        let large = parts.iter().zip(means).filter(|&(_, mean)| is_large(mean));
        // Model only, sensed, calibrated: in rising order.
        large.map(|(&(_, basis), _)| basis).min().unwrap_or(Self::ModelOnly)
    }

    /// The word used in machine-readable output, and the last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::ModelOnly => "model-only",
            Self::Sensed => "sensed",
            Self::Calibrated => "calibrated",
            Self::Fault => "fault",
        }
    }
}

/// A part of the loss is large from this share of the total on (our choice).
const LARGE_SHARE: f64 = 0.2;

/// Where grain is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stream {
    /// At the header: shattered, cut off or left uncut.
    Header,
    /// Behind the separator, unthreshed grain included.
    Separation,
    /// Behind the sieves.
    Cleaning,
}

impl Stream {
    /// All of them, in the order of [`Estimate::streams`].
    pub const ALL: [Self; 3] = [Self::Header, Self::Separation, Self::Cleaning];

    /// The word used in machine-readable output, and the last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Separation => "separation",
            Self::Cleaning => "cleaning",
        }
    }
}

/// The loss of one stream now.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct StreamLoss {
    /// kg/s; `None` when it is not known.
    pub loss: Option<LogNormal>,
    /// What it rests on.
    pub basis: Basis,
}

/// Losses and grain of the last ten seconds of cutting ([`Self::SECONDS`]): one time and one grain for the kg/s, the per
/// cent and the loss per area of a row.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct RecentLoss {
    /// Grain in, kg/s; above 0.
    pub grain_kg_s: f64,
    /// Area cut, m²/s; above 0, `None` when it is not known for all of the time.
    pub area_m2_s: Option<f64>,
    /// Loss of each stream, kg/s, in the order of [`Stream::ALL`].
    pub streams: [LogNormal; 3],
    /// Separation and cleaning together, kg/s.
    pub rear: LogNormal,
    /// All loss of the machine, kg/s.
    pub total: LogNormal,
}

impl RecentLoss {
    /// A loss of this time, kg/s, over its grain, 0..1.
    pub fn share(&self, loss: LogNormal) -> LogNormal {
        loss.scaled(1.0 / self.grain_kg_s)
    }

    /// A loss of this time, kg/s, in per cent of its grain, 0..=100. Where more leaves the machine than comes in, as after
    /// a gap in the crop, all parts are cut alike, so that they still add up.
    pub fn percent(&self, loss: LogNormal) -> f64 {
        let share = |loss: LogNormal| loss.band().value / self.grain_kg_s;
        100.0 * share(loss) / share(self.total).max(1.0)
    }

    /// A loss of this time, kg/s, over its area, kg/m²; `None` when the area is not known.
    pub fn kg_m2(&self, loss: LogNormal) -> Option<LogNormal> {
        Some(loss.scaled(1.0 / self.area_m2_s?))
    }
}

/// The loss plates, in the order of [`Estimate::plate_faults`].
pub(super) const PLATES: [Channel; 4] =
    [Channel::LossSeparationLeft, Channel::LossSeparationRight, Channel::LossCleaningLeft, Channel::LossCleaningRight];

/// A loss plate that does not count as it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PlateFault {
    /// Which plate.
    pub plate: Channel,
}

/// The state of the harvest at the end of a step.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Estimate {
    /// End of the step, microseconds of bus time.
    pub t_us: i64,
    /// What the machine is doing.
    pub doing: MachineState,
    /// No sensor shows whether the machine cuts: the losses rest on its speed alone.
    pub cutting_is_presumed: bool,
    /// Speed over ground, m/s.
    pub ground_speed_m_s: Option<f64>,
    /// Height of the knife, m.
    pub header_height_m: Option<f64>,
    /// Width being cut, m; `None` when it is not known whether the machine cuts.
    pub working_width_m: Option<f64>,
    /// Crop into the feeder house, grain and straw, kg/s.
    pub feed_kg_s: Option<f64>,
    /// The feed rate comes from a sensor, not from speed, width and yield.
    pub feed_is_measured: bool,
    /// Engine speed, r/min.
    pub engine_rpm: Option<f64>,
    /// What the driver has said of the crop.
    pub crop: CropConditions,
    /// Grain entering with the crop at the header, before any loss, kg/s.
    pub grain_in: Option<LogNormal>,
    /// Loss at the header.
    pub header: StreamLoss,
    /// Loss behind the separator, unthreshed grain included.
    pub separation: StreamLoss,
    /// Loss behind the sieves.
    pub cleaning: StreamLoss,
    /// Separation and cleaning together.
    pub rear: StreamLoss,
    /// All loss of the machine.
    pub total: StreamLoss,
    /// Losses and grain of the last ten seconds of cutting; `None` when not cutting, and before ten seconds are known.
    pub recent: Option<RecentLoss>,
    /// Each stream's loss over grain in, of the same time, 0..1, in the order of [`streams`](Self::streams); `None` when
    /// not cutting.
    pub stream_shares: Option<[f64; 3]>,
    /// All loss over grain in, of the same time; `None` when not cutting.
    pub total_share: Option<LogNormal>,
    /// The same in kg/m².
    pub loss_kg_m2: Option<LogNormal>,
    /// Plates that are out.
    pub plate_faults: [Option<PlateFault>; 4],
    /// The newest record of each measurement: why the filter says what it says. Not sent to screens.
    #[serde(skip)]
    pub fusions: Fusions,
}

impl Estimate {
    /// The streams that make up the total.
    pub fn streams(&self) -> [(Stream, StreamLoss); 3] {
        [(Stream::Header, self.header), (Stream::Separation, self.separation), (Stream::Cleaning, self.cleaning)]
    }

    /// The stream that loses most now; `None` when nothing is lost or known.
    pub fn largest_stream(&self) -> Option<Stream> {
        let losses = self.streams().into_iter().filter_map(|(stream, s)| Some((stream, s.loss?.mean())));
        losses.filter(|(_, loss)| *loss > 0.0).max_by(|a, b| a.1.total_cmp(&b.1)).map(|(stream, _)| stream)
    }
}
