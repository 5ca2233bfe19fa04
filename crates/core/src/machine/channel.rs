//! The quantities that estimator and advisor work with, whatever the machine calls them.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::unit;

/// Declares the channels once: variant, name in profiles, unit, plausible range.
macro_rules! channels {
    ($(#[doc = $doc:literal] $variant:ident = $name:literal, $unit:literal, $low:literal ..= $high:literal;)*) => {
        /// A quantity that a machine may report.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Channel { $(#[doc = $doc] $variant,)* }

        impl Channel {
            /// Every channel.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name in profiles and tables.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The unit of its value.
            pub const fn unit(self) -> &'static str {
                match self { $(Self::$variant => $unit,)* }
            }

            /// Values outside are not used, unless the profile says otherwise. The ranges are wide of any
            /// combine; they are there to catch a wrong mapping (assumed).
            pub const fn plausible(self) -> (f64, f64) {
                match self { $(Self::$variant => ($low, $high),)* }
            }

            /// What it is, in a line.
            pub const fn about(self) -> &'static str {
                match self { $(Self::$variant => $doc.trim_ascii(),)* }
            }
        }
    };
}

channels! {
    /// Speed over ground, forward.
    GroundSpeed = "ground.speed", "m/s", 0.0..=15.0;
    /// Direction of travel over ground, clockwise from north, 0..2π.
    GroundCourse = "ground.course", "rad", 0.0..=6.3;
    /// Height of the knife above ground.
    HeaderHeight = "header.height", "m", 0.0..=3.0;
    /// 1 when the header is below its working height.
    HeaderBelowWorkHeight = "header.below_work_height", "flag", 0.0..=1.0;
    /// 1 when the header is driven.
    HeaderEngaged = "header.engaged", "flag", 0.0..=1.0;
    /// Width that is really cut now.
    HeaderWorkingWidth = "header.working_width", "m", 0.0..=20.0;
    /// Speed of the feeder house's chain or of its shaft.
    FeederSpeed = "feeder.speed", "r/min", 0.0..=1500.0;
    /// Speed of the reel.
    ReelSpeed = "reel.speed", "r/min", 0.0..=120.0;
    /// Crop mass flow into the feeder house, grain and straw together.
    FeedRate = "feed.rate", "kg/s", 0.0..=60.0;
    /// 1 when the threshing drum or rotor is driven.
    ThresherEngaged = "thresher.engaged", "flag", 0.0..=1.0;
    /// Speed of the threshing drum or rotor.
    ThresherSpeed = "thresher.speed", "r/min", 0.0..=2000.0;
    /// Gap between drum or rotor and concave.
    ConcaveClearance = "concave.clearance", "m", 0.0..=0.1;
    /// Opening of the upper sieve.
    UpperSieve = "sieve.upper", "m", 0.0..=0.05;
    /// Opening of the lower sieve.
    LowerSieve = "sieve.lower", "m", 0.0..=0.05;
    /// Filling of the returns elevator, 1 = full.
    ReturnsVolume = "returns.volume", "1", 0.0..=1.1;
    /// Speed of the cleaning fan.
    FanSpeed = "fan.speed", "r/min", 0.0..=3000.0;
    /// Engine speed.
    EngineSpeed = "engine.speed", "r/min", 0.0..=4000.0;
    /// Engine load at the current speed, 1 = all it can give.
    EngineLoad = "engine.load", "1", 0.0..=1.3;
    /// Throttle position, 1 = full.
    EngineThrottle = "engine.throttle", "1", 0.0..=1.0;
    /// Fuel consumption.
    FuelRate = "fuel.rate", "l/h", 0.0..=250.0;
    /// Fuel in the tank, 1 = full.
    FuelLevel = "fuel.level", "1", 0.0..=1.0;
    /// Hours that the engine has run.
    EngineHours = "engine.hours", "h", 0.0..=100_000.0;
    /// North of the equator.
    GnssLatitude = "gnss.latitude", "deg", -90.0..=90.0;
    /// East of Greenwich.
    GnssLongitude = "gnss.longitude", "deg", -180.0..=180.0;
    /// Clean grain into the tank, wet, 10 to 14 s after the header.
    GrainFlow = "grain.flow", "kg/s", 0.0..=50.0;
    /// Water in the grain, share of wet mass.
    GrainMoisture = "grain.moisture", "1", 0.0..=0.6;
    /// Filling of the grain tank, 1 = full.
    TankLevel = "tank.level", "1", 0.0..=1.1;
    /// 1 when the unloading auger runs.
    UnloadEngaged = "unload.engaged", "flag", 0.0..=1.0;
    /// Kernels counted by the left plate behind the separator.
    LossSeparationLeft = "loss.separation_left", "1/s", 0.0..=3000.0;
    /// Kernels counted by the right plate behind the separator.
    LossSeparationRight = "loss.separation_right", "1/s", 0.0..=3000.0;
    /// Kernels counted by the left plate behind the sieves.
    LossCleaningLeft = "loss.cleaning_left", "1/s", 0.0..=3000.0;
    /// Kernels counted by the right plate behind the sieves.
    LossCleaningRight = "loss.cleaning_right", "1/s", 0.0..=3000.0;
    /// The machine's own unitless bar for the left separator: 1 is full scale, and what that means is its secret.
    LossIndexSeparationLeft = "loss_index.separation_left", "1", 0.0..=1.1;
    /// The same for the right separator.
    LossIndexSeparationRight = "loss_index.separation_right", "1", 0.0..=1.1;
    /// The same for the left sieves.
    LossIndexCleaningLeft = "loss_index.cleaning_left", "1", 0.0..=1.1;
    /// The same for the right sieves.
    LossIndexCleaningRight = "loss_index.cleaning_right", "1", 0.0..=1.1;
    /// Header loss as the machine's own display claims it, share of the yield.
    LossClaimedHeader = "loss_claimed.header", "1", 0.0..=0.5;
    /// Separation loss as the machine's own display claims it, share of the yield.
    LossClaimedSeparation = "loss_claimed.separation", "1", 0.0..=0.5;
    /// Cleaning loss as the machine's own display claims it, share of the yield.
    LossClaimedCleaning = "loss_claimed.cleaning", "1", 0.0..=0.5;
}

/// By its name.
impl serde::Serialize for Channel {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.name())
    }
}

impl<'de> serde::Deserialize<'de> for Channel {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let name = String::deserialize(from)?;
        let unknown =
            || serde::de::Error::custom(format!("unknown channel {name}; expected one of: {}", Self::names()));
        Self::from_name(&name).ok_or_else(unknown)
    }
}

/// In the schema of a profile, each name with what it means and its unit: an editor shows both.
impl JsonSchema for Channel {
    fn schema_name() -> Cow<'static, str> {
        "Channel".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let one = |channel: &Self| {
            let (low, high) = channel.plausible();
            let about = format!("{} Unit {}, plausible {low} to {high}.", channel.about(), channel.unit());
            serde_json::json!({ "const": channel.name(), "description": about })
        };
        let names = Self::ALL.iter().map(one).collect::<Vec<_>>();
        json_schema!({ "type": "string", "oneOf": names })
    }
}

impl Channel {
    /// How many channels there are.
    pub const COUNT: usize = Self::ALL.len();

    /// The channel of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|channel| channel.name() == name)
    }

    /// What to multiply a value in this unit with to have it in the channel's; `None` when the two do not measure the
    /// same thing.
    pub fn factor_from(self, unit: &str) -> Option<f64> {
        unit::factor(unit, self.unit())
    }

    /// True for the loss plates, whose readings add kernels up.
    pub(super) fn counts_kernels(self) -> bool {
        self.unit() == "1/s"
    }

    /// The channels' names, for messages.
    pub(super) fn names() -> String {
        Self::ALL.iter().map(|channel| channel.name()).collect::<Vec<_>>().join(", ")
    }
}
