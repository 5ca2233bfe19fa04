//! The quantities that are looked for.

use crate::marks::Reading;

/// Declares the quantities: variant, channel, what the display shows of it.
macro_rules! quantities {
    ($(#[doc = $doc:literal] $variant:ident = $name:literal, $reading:expr;)*) => {
        /// A quantity of a combine.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Quantity { $(#[doc = $doc] $variant,)* }

        impl Quantity {
            /// Every quantity.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its channel's name in profiles.
            pub const fn channel(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The reading of the display that shows it.
            pub const fn reading(self) -> Option<Reading> {
                match self { $(Self::$variant => $reading,)* }
            }
        }
    };
}

quantities! {
    /// Speed over ground.
    GroundSpeed = "ground.speed", Some(Reading::SpeedKmH);
    /// Height of the knife above ground.
    HeaderHeight = "header.height", Some(Reading::HeaderHeightCm);
    /// A flag: the header is below its working height.
    BelowWorkHeight = "header.below_work_height", None;
    /// Engine speed.
    EngineSpeed = "engine.speed", Some(Reading::EngineRMin);
    /// Engine load.
    EngineLoad = "engine.load", None;
    /// Fuel consumption.
    FuelRate = "fuel.rate", None;
    /// Speed of the reel.
    ReelSpeed = "reel.speed", Some(Reading::ReelRMin);
    /// Speed of drum or rotor.
    ThresherSpeed = "thresher.speed", Some(Reading::ThresherRMin);
    /// A flag: the thresher runs.
    ThresherEngaged = "thresher.engaged", None;
    /// Speed of the cleaning fan.
    FanSpeed = "fan.speed", Some(Reading::FanRMin);
    /// Water in the grain.
    Moisture = "grain.moisture", Some(Reading::MoisturePct);
    /// Crop mass flow into the feeder house.
    FeedRate = "feed.rate", Some(Reading::FeedKgS);
    /// Clean grain into the tank.
    GrainFlow = "grain.flow", Some(Reading::GrainFlowKgS);
    /// Filling of the grain tank.
    TankLevel = "tank.level", None;
    /// A flag: the unloading auger runs.
    UnloadEngaged = "unload.engaged", None;
    /// Kernels on the left plate behind the separator.
    LossSeparationLeft = "loss.separation_left", None;
    /// Kernels on the right plate behind the separator.
    LossSeparationRight = "loss.separation_right", None;
    /// Kernels on the left plate behind the sieves.
    LossCleaningLeft = "loss.cleaning_left", None;
    /// Kernels on the right plate behind the sieves.
    LossCleaningRight = "loss.cleaning_right", None;
}

impl Quantity {
    /// True of the four loss plates, which nothing tells apart without a deliberate test.
    pub const fn is_loss(self) -> bool {
        matches!(
            self,
            Self::LossSeparationLeft | Self::LossSeparationRight | Self::LossCleaningLeft | Self::LossCleaningRight
        )
    }

    /// True of switches.
    pub const fn is_flag(self) -> bool {
        matches!(self, Self::BelowWorkHeight | Self::ThresherEngaged | Self::UnloadEngaged)
    }
}
