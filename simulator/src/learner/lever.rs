//! The controls that a learner has, and their words.

/// A press of a control.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lever {
    /// Drive lever: 0.1 m/s faster.
    Faster,
    /// 0.1 m/s slower.
    Slower,
    /// Drive lever to zero.
    Stop,
    /// Working height of the knife: 1 cm more.
    HeaderUp,
    /// 1 cm less.
    HeaderDown,
    /// The header up, clear of the crop.
    Lift,
    /// The header down to its working height.
    Lower,
    /// Thresher and header on.
    Engage,
    /// Thresher and header off.
    Disengage,
    /// Reel: 2 r/min faster.
    ReelFaster,
    /// 2 r/min slower.
    ReelSlower,
    /// Reel forward and down, for lodged crop.
    ReelForward,
    /// Reel back to where it is for crop that stands.
    ReelBack,
    /// Throttle: 5 % more.
    ThrottleUp,
    /// 5 % less.
    ThrottleDown,
    /// Drum: 3 % faster.
    DrumFaster,
    /// 3 % slower.
    DrumSlower,
    /// Fan: 3 % faster.
    FanFaster,
    /// 3 % slower.
    FanSlower,
    /// Concave: 1 mm wider.
    ConcaveWider,
    /// 1 mm tighter.
    ConcaveTighter,
    /// Upper sieve: 1 mm wider.
    UpperSieveWider,
    /// 1 mm tighter.
    UpperSieveTighter,
    /// Lower sieve: 1 mm wider.
    LowerSieveWider,
    /// 1 mm tighter.
    LowerSieveTighter,
    /// Turn into the next pass.
    Turn,
    /// Empty the tank into the cart.
    Unload,
    /// Stop emptying it.
    StopUnloading,
}

/// Each with its word in scripts.
const WORDS: [(Lever, &str); 28] = [
    (Lever::Faster, "faster"),
    (Lever::Slower, "slower"),
    (Lever::Stop, "stop"),
    (Lever::HeaderUp, "header-up"),
    (Lever::HeaderDown, "header-down"),
    (Lever::Lift, "lift"),
    (Lever::Lower, "lower"),
    (Lever::Engage, "engage"),
    (Lever::Disengage, "disengage"),
    (Lever::ReelFaster, "reel-faster"),
    (Lever::ReelSlower, "reel-slower"),
    (Lever::ReelForward, "reel-forward"),
    (Lever::ReelBack, "reel-back"),
    (Lever::ThrottleUp, "throttle-up"),
    (Lever::ThrottleDown, "throttle-down"),
    (Lever::DrumFaster, "drum-faster"),
    (Lever::DrumSlower, "drum-slower"),
    (Lever::FanFaster, "fan-faster"),
    (Lever::FanSlower, "fan-slower"),
    (Lever::ConcaveWider, "concave-wider"),
    (Lever::ConcaveTighter, "concave-tighter"),
    (Lever::UpperSieveWider, "upper-sieve-wider"),
    (Lever::UpperSieveTighter, "upper-sieve-tighter"),
    (Lever::LowerSieveWider, "lower-sieve-wider"),
    (Lever::LowerSieveTighter, "lower-sieve-tighter"),
    (Lever::Turn, "turn"),
    (Lever::Unload, "unload"),
    (Lever::StopUnloading, "stop-unloading"),
];

impl Lever {
    /// Every control.
    pub fn all() -> impl Iterator<Item = Self> {
        WORDS.into_iter().map(|(lever, _)| lever)
    }

    /// Its word in scripts.
    pub fn word(self) -> &'static str {
        WORDS.iter().find(|(lever, _)| *lever == self).map_or("", |(_, word)| word)
    }

    /// The control of this word; `None` when there is none.
    pub fn named(word: &str) -> Option<Self> {
        WORDS.iter().find(|(_, known)| *known == word).map(|(lever, _)| *lever)
    }
}
