//! The states of the filter, by name, and what a prediction depends on.

use std::ops::{Index, IndexMut};

use nalgebra::{SMatrix, SVector};

use super::super::estimate::Stream;
use super::super::settings::{Moves, SETTINGS};

/// Declares [`StateIndex`] from one table, so that the number of states follows from it.
macro_rules! states {
    ($( $(#[$about:meta])* $name:ident: $symbol:literal, $unit:literal; )+) => {
        /// Every state. All are natural logarithms, or powers by which logarithms are multiplied, so that none has a unit
        /// beyond 1.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(in crate::harvest) enum StateIndex {
            $( $(#[$about])* #[doc = concat!("\n\nSymbol ", $symbol, ", unit ", $unit, ".")] $name, )+
        }

        impl StateIndex {
            /// All of them, in order.
            pub const ALL: &[Self] = &[$( Self::$name, )+];
        }
    };
}

states! {
    /// Constant part of the separator's gain: ln(loss / modelled loss).
    SeparationGain: "g_s", "1";
    /// Part of it that wanders with the crop.
    SeparationWander: "w_s", "1";
    /// Part of it that changes from place to place.
    SeparationLocal: "l_s", "1";
    /// Error of the load exponent, separator.
    SeparationPower: "b_s", "1";
    /// ln(kernels that the separator's plates count / kernels by the data sheet). Without plates: ln of the loss index's
    /// scale.
    SeparationPlate: "p_s", "1";
    /// Constant part of the sieves' gain.
    CleaningGain: "g_c", "1";
    /// Part of it that wanders with the crop.
    CleaningWander: "w_c", "1";
    /// Part of it that changes from place to place.
    CleaningLocal: "l_c", "1";
    /// Error of the load exponent, sieves.
    CleaningPower: "b_c", "1";
    /// ln(kernels that the sieves' plates count / kernels by the data sheet). Without plates: ln of the loss index's scale.
    CleaningPlate: "p_c", "1";
    /// Constant part of the header's gain.
    HeaderGain: "g_h", "1";
    /// Part of it that wanders with the crop.
    HeaderWander: "w_h", "1";
    /// Error of the factor by which crop that does not stand, or of which nobody has said how it stands, changes the header's
    /// loss, in standard deviations.
    HeaderStand: "h_c", "1";
    /// Error of the header's session sum: ln(true / summed).
    HeaderSum: "s_h", "1";
    /// Error of the separator's session sum.
    SeparationSum: "s_s", "1";
    /// Error of the sieves' session sum.
    CleaningSum: "s_c", "1";
    /// ln of the power of the separator's loss that its loss index shows.
    SeparationIndexExponent: "e_s", "1";
    /// ln of the power of the sieves' loss that their loss index shows.
    CleaningIndexExponent: "e_c", "1";
    /// Power of the fan's speed in the sieves' loss.
    FanPower: "k_1", "1";
    /// Power of the upper sieve's opening in the sieves' loss.
    UpperSievePower: "k_2", "1";
    /// Power of the lower sieve's opening in the sieves' loss.
    LowerSievePower: "k_3", "1";
    /// Power of the thresher's speed in the separator's loss.
    ThresherSeparationPower: "k_4", "1";
    /// Power of the concave's clearance in the separator's loss.
    ConcavePower: "k_5", "1";
    /// Power of the thresher's speed in the sieves' loss.
    ThresherCleaningPower: "k_6", "1";
}

/// The number of states.
pub(super) const N: usize = StateIndex::ALL.len();
/// A state vector, or the direction of a sum of states.
pub(super) type State = SVector<f64, N>;
/// Their covariance.
pub(super) type Covariance = SMatrix<f64, N, N>;

impl Index<StateIndex> for State {
    type Output = f64;

    fn index(&self, state: StateIndex) -> &f64 {
        &self[state as usize]
    }
}

impl IndexMut<StateIndex> for State {
    fn index_mut(&mut self, state: StateIndex) -> &mut f64 {
        &mut self[state as usize]
    }
}

/// A path by which grain leaves the rear of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::harvest) enum RearPath {
    /// Behind the separator.
    Separation,
    /// Behind the sieves.
    Cleaning,
}

/// Where the states of one path are.
#[derive(Clone, Copy, Debug)]
pub(super) struct PathStates {
    pub gain: StateIndex,
    pub wander: StateIndex,
    pub local: StateIndex,
    pub power: StateIndex,
    pub plate: StateIndex,
    pub index_exponent: StateIndex,
}

impl RearPath {
    /// Both, in the order of [`PerPath`].
    pub const ALL: [Self; 2] = [Self::Separation, Self::Cleaning];

    /// Where its states are.
    pub(super) const fn states(self) -> PathStates {
        use StateIndex as S;
        match self {
            Self::Separation => PathStates {
                gain: S::SeparationGain,
                wander: S::SeparationWander,
                local: S::SeparationLocal,
                power: S::SeparationPower,
                plate: S::SeparationPlate,
                index_exponent: S::SeparationIndexExponent,
            },
            Self::Cleaning => PathStates {
                gain: S::CleaningGain,
                wander: S::CleaningWander,
                local: S::CleaningLocal,
                power: S::CleaningPower,
                plate: S::CleaningPlate,
                index_exponent: S::CleaningIndexExponent,
            },
        }
    }
}

/// The error of a stream's session sum.
pub(super) const fn sum_state(stream: Stream) -> StateIndex {
    match stream {
        Stream::Header => StateIndex::HeaderSum,
        Stream::Separation => StateIndex::SeparationSum,
        Stream::Cleaning => StateIndex::CleaningSum,
    }
}

/// One value for each path behind the machine; in files a list of two, separator first.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub(in crate::harvest) struct PerPath<T>(pub [T; 2]);

impl<T> PerPath<T> {
    /// The value of each path.
    pub fn from_fn(of: impl FnMut(RearPath) -> T) -> Self {
        Self(RearPath::ALL.map(of))
    }
}

impl<T> Index<RearPath> for PerPath<T> {
    type Output = T;

    fn index(&self, path: RearPath) -> &T {
        &self.0[path as usize]
    }
}

impl<T> IndexMut<RearPath> for PerPath<T> {
    fn index_mut(&mut self, path: RearPath) -> &mut T {
        &mut self.0[path as usize]
    }
}

/// One value for each stream; in files a list of three, in the order of [`Stream::ALL`].
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub(in crate::harvest) struct PerStream<T>(pub [T; 3]);

impl<T> PerStream<T> {
    /// The value of each stream.
    pub fn from_fn(of: impl FnMut(Stream) -> T) -> Self {
        Self(Stream::ALL.map(of))
    }
}

impl<T: Copy> PerStream<T> {
    /// Something made of each value.
    pub fn map<U>(self, of: impl FnMut(T) -> U) -> PerStream<U> {
        PerStream(self.0.map(of))
    }
}

impl<T> Index<Stream> for PerStream<T> {
    type Output = T;

    fn index(&self, stream: Stream) -> &T {
        &self.0[stream as usize]
    }
}

impl<T> IndexMut<Stream> for PerStream<T> {
    fn index_mut(&mut self, stream: Stream) -> &mut T {
        &mut self.0[stream as usize]
    }
}

/// What a path's factor on the modelled loss depends on.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub(in crate::harvest) struct OperatingPoint {
    /// ln(load / load of ordinary work).
    pub log_load: f64,
    /// How far each setting is from where it was first: ln(now / first), in the order of [`SETTINGS`].
    pub settings: Moves,
    /// How unsure the factor of how the crop stands is, of the header's loss: standard deviation of its logarithm.
    pub stand_sd: f64,
}

/// What the model says a path loses at gain 1, and where it says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub(in crate::harvest) struct ModelLoss {
    /// kg/s.
    pub kg_s: f64,
    /// Load and settings.
    #[serde(rename = "at")]
    pub point: OperatingPoint,
}

/// What the model says is lost at gain 1, by stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub(in crate::harvest) struct ModelLosses {
    /// At the header.
    pub header: ModelLoss,
    /// Behind the separator.
    pub separation: ModelLoss,
    /// Behind the sieves.
    pub cleaning: ModelLoss,
}

impl ModelLosses {
    /// Those behind the machine.
    pub const fn rear(&self) -> PerPath<ModelLoss> {
        PerPath([self.separation, self.cleaning])
    }

    /// Both paths behind the machine, in the order of [`RearPath::ALL`].
    pub(super) const fn paths(&self) -> [(RearPath, ModelLoss); 2] {
        [(RearPath::Separation, self.separation), (RearPath::Cleaning, self.cleaning)]
    }
}

impl Index<RearPath> for ModelLosses {
    type Output = ModelLoss;

    fn index(&self, path: RearPath) -> &ModelLoss {
        match path {
            RearPath::Separation => &self.separation,
            RearPath::Cleaning => &self.cleaning,
        }
    }
}

/// A normal variable.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(in crate::harvest) struct Normal {
    /// Mean.
    pub mean: f64,
    /// Variance, 0 or more.
    pub variance: f64,
}

/// The states that make up ln(loss of a path / modelled loss): gain + wander + local + power × ln load + Σ power × ln
/// setting.
pub(super) fn path_direction(path: RearPath, point: &OperatingPoint) -> State {
    let states = path.states();
    let mut direction = State::zeros();
    for state in [states.gain, states.wander, states.local] {
        direction[state] = 1.0;
    }
    direction[states.power] = point.log_load;
    for (setting, moved) in SETTINGS.iter().zip(point.settings) {
        direction[setting.power] = if setting.path == path { moved } else { 0.0 };
    }
    direction
}

/// The same with the plates' efficiency: what their counts depend on.
pub(super) fn plate_direction(path: RearPath, point: &OperatingPoint) -> State {
    let mut direction = path_direction(path, point);
    direction[path.states().plate] = 1.0;
    direction
}

/// The states that make up ln(loss at the header / modelled loss).
pub(super) fn header_direction(point: &OperatingPoint) -> State {
    let mut direction = State::zeros();
    direction[StateIndex::HeaderStand] = point.stand_sd;
    direction[StateIndex::HeaderGain] = 1.0;
    direction[StateIndex::HeaderWander] = 1.0;
    direction
}

/// The states that make up ln(loss of a stream / modelled loss).
pub(super) fn stream_direction(stream: Stream, point: &OperatingPoint) -> State {
    match stream {
        Stream::Header => header_direction(point),
        Stream::Separation => path_direction(RearPath::Separation, point),
        Stream::Cleaning => path_direction(RearPath::Cleaning, point),
    }
}
