//! Why a field may be a quantity.

/// Why a field may be a quantity.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// The place of the quantity in a parameter group of SAE J1939, ISO 11783 or NMEA 2000.
    Standard(u32),
    /// So many of the readings are met.
    Readings(usize, usize),
    /// The readings leave the scale open.
    ScaleOpen,
    /// It tells apart the header down and up, share of right answers.
    HeaderMoves(f64),
    /// It tells apart driving and standing.
    DriveMoves(f64),
    /// It tells apart the thresher on and off.
    ThresherMoves(f64),
    /// It is nothing where nothing is cut.
    NothingIdle,
    /// It is not nothing where nothing is cut.
    NotNothingIdle,
    /// It follows speed × cutting: correlation, and seconds later.
    FollowsCrop(f64, usize),
    /// It goes with the speed of the satellite receiver.
    LikeGnss(f64),
    /// It only rises, mostly where crop is cut: counts a second idle, and cutting.
    Counts(f64, f64),
    /// It falls while the tank is unloaded, so many times.
    FallsUnloading(usize),
    /// A switch that agrees with the marks, share of the time.
    Agrees(f64),
    /// A switch where 1 means no.
    Inverted,
    /// Beyond what such a quantity can be.
    OutOfRange,
    /// It stands still although the thing itself was switched on or off: a set point.
    SetPoint,
    /// Nothing tells left from right, nor separator from sieves: cover one plate after the other.
    PlaceUnknown,
    /// Where the number begins or ends is a guess.
    EdgesOpen,
}
