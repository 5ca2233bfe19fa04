//! The kinds of events there are: one table, from which files, the command line and the messages about errors are fed.

/// The loss plates, in the order of the loss messages.
pub(crate) const PLATES: [&str; 4] = ["sep-left", "sep-right", "shoe-left", "shoe-right"];
/// The nodes of the bus, and the source addresses of the bundled database.
pub(crate) const NODES: [&str; 7] = ["engine", "tecu", "gnss", "header", "thresher", "cleaning", "yieldmon"];
/// Messages whose signals can turn to codes, by their names in the bundled database.
pub(crate) const MESSAGES: [&str; 10] =
    ["HDR_POS", "HDR_STAT", "REEL", "FEEDER", "THRESH", "CLEAN", "LOSS_RATE", "LOSS_CNT", "LOSS_IDX", "YIELD"];
/// What a wrong unit may be: km/h for m/s, cm for mm, t/h for kg/s.
pub(crate) const UNITS: [&str; 3] = ["speed", "height", "grain-flow"];

/// What happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Operator,
    CutWhileTurning,
    ThrottleLow,
    TooFast,
    CutHeight,
    ReelIndex,
    Drum,
    Concave,
    Fan,
    UpperSieve,
    LowerSieve,
    Shower,
    Slug,
    DeadPlate,
    FouledPlate,
    StuckHeight,
    NotAvailable,
    ErrorCode,
    SilentNode,
    WrongUnit,
    CounterWrap,
    CounterReset,
    LostFrames,
    BusOff,
    InterfaceDown,
    ClockBackward,
    ClockForward,
    Dm1One,
    Dm1Three,
    FastPacket,
    LostFastPacket,
    ForeignSource,
    VendorFrames,
    BabblingNode,
}

/// The argument of a kind, beside its time.
#[derive(Clone, Copy)]
pub(crate) enum Argument {
    None,
    /// One of the operators there are.
    Operator,
    /// One of these; the first is meant when none is named.
    Choice(&'static str, &'static [&'static str]),
    /// A number in a range, and the one that is meant when none is given.
    Number(&'static str, f64, f64, f64),
}

/// A kind, its name, its argument, and whether it is a fault of the machine's electronics.
pub(crate) struct Entry {
    pub kind: Kind,
    pub name: &'static str,
    pub argument: Argument,
}

const fn entry(kind: Kind, name: &'static str, argument: Argument) -> Entry {
    Entry { kind, name, argument }
}

use Argument::{Choice, None, Number};

/// All of them. The operator's and the field's come first, then the machine's electronics.
pub(crate) const KINDS: [Entry; 34] = [
    entry(Kind::Operator, "operator", Argument::Operator),
    entry(Kind::CutWhileTurning, "cut-while-turning", None),
    entry(Kind::ThrottleLow, "throttle-low", Number("throttle_pct", 10.0, 100.0, 84.0)),
    entry(Kind::TooFast, "too-fast", Number("speed_m_s", 0.2, 4.0, 2.4)),
    entry(Kind::CutHeight, "cut-height", Number("height_m", 0.03, 1.5, 0.3)),
    entry(Kind::ReelIndex, "reel-index", Number("index", 0.5, 3.0, 1.6)),
    entry(Kind::Drum, "drum", Number("rpm", 100.0, 2000.0, 700.0)),
    entry(Kind::Concave, "concave", Number("mm", 1.0, 80.0, 30.0)),
    entry(Kind::Fan, "fan", Number("rpm", 100.0, 3000.0, 1400.0)),
    entry(Kind::UpperSieve, "upper-sieve", Number("mm", 1.0, 50.0, 8.0)),
    entry(Kind::LowerSieve, "lower-sieve", Number("mm", 1.0, 50.0, 4.0)),
    entry(Kind::Shower, "shower", Number("moisture_pct", 0.1, 15.0, 5.0)),
    entry(Kind::Slug, "slug", Number("straw_share", 1.1, 10.0, 3.0)),
    entry(Kind::DeadPlate, "dead-plate", Choice("plate", &PLATES)),
    entry(Kind::FouledPlate, "fouled-plate", Choice("plate", &PLATES)),
    entry(Kind::StuckHeight, "stuck-height", None),
    entry(Kind::NotAvailable, "not-available", Choice("message", &MESSAGES)),
    entry(Kind::ErrorCode, "error-code", Choice("message", &MESSAGES)),
    entry(Kind::SilentNode, "silent-node", Choice("node", &NODES)),
    entry(Kind::WrongUnit, "wrong-unit", Choice("unit", &UNITS)),
    entry(Kind::CounterWrap, "counter-wrap", None),
    entry(Kind::CounterReset, "counter-reset", None),
    entry(Kind::LostFrames, "lost-frames", Number("percent", 0.1, 100.0, 10.0)),
    entry(Kind::BusOff, "bus-off", None),
    entry(Kind::InterfaceDown, "interface-down", None),
    entry(Kind::ClockBackward, "clock-backward", Number("seconds", 0.001, 1e8, 3600.0)),
    entry(Kind::ClockForward, "clock-forward", Number("seconds", 0.001, 1e8, 3600.0)),
    entry(Kind::Dm1One, "dm1-one", None),
    entry(Kind::Dm1Three, "dm1-three", None),
    entry(Kind::FastPacket, "fast-packet", None),
    entry(Kind::LostFastPacket, "lost-fast-packet", None),
    entry(Kind::ForeignSource, "foreign-source", Choice("node", &NODES)),
    entry(Kind::VendorFrames, "vendor-frames", None),
    entry(Kind::BabblingNode, "babbling-node", None),
];

impl Kind {
    pub fn entry(self) -> &'static Entry {
        &KINDS[self as usize]
    }

    /// Kinds that cannot go on at the same time as this one, beside itself with the same argument.
    pub fn contradicts(self, other: Self) -> bool {
        const GROUPS: [&[Kind]; 5] = [
            &[Kind::BusOff, Kind::InterfaceDown],
            &[Kind::ClockBackward, Kind::ClockForward],
            &[Kind::Dm1One, Kind::Dm1Three],
            &[Kind::NotAvailable, Kind::ErrorCode],
            &[Kind::DeadPlate, Kind::FouledPlate],
        ];
        GROUPS.iter().any(|group| group.contains(&self) && group.contains(&other))
    }

    /// What the driver does and sets, apart from what happens to field and machine.
    pub fn is_of_the_hands(self) -> bool {
        matches!(
            self,
            Self::Operator
                | Self::CutWhileTurning
                | Self::ThrottleLow
                | Self::TooFast
                | Self::CutHeight
                | Self::ReelIndex
                | Self::Drum
                | Self::Concave
                | Self::Fan
                | Self::UpperSieve
                | Self::LowerSieve
        )
    }

    /// Kinds of which only one can go on, whatever their arguments.
    pub fn is_single(self) -> bool {
        !matches!(self.entry().argument, Choice(..))
    }
}
