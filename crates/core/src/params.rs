//! Every chosen number of the estimator and the advice: value, unit and source.
//!
//! [`Params::default`] is what the product runs with. `evaluate --params` prints the list, `evaluate --param NAME=VALUE`
//! runs with another value, `evaluate --sweep NAME=FROM..TO:N` with several. A constant that follows from physics or from a definition is not here but at its formula.

/// One number as a list shows it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Param {
    /// Group and field: `filter.plate_sd`.
    pub name: (&'static str, &'static str),
    /// Its value now.
    pub value: f64,
    /// Its unit; `1` for a ratio, a probability or the standard deviation of a logarithm.
    pub unit: &'static str,
    /// A publication, "our choice" or "assumed".
    pub source: &'static str,
    /// What it is.
    pub meaning: &'static str,
}

/// Declares a group of parameters: a struct with a documented field for each, its default values, and its list.
macro_rules! group {
    ($(#[$about:meta])* $group:ident, $name:literal {
        $( $(#[doc = $meaning:literal])+ $field:ident: $unit:literal = $value:expr, $source:literal; )+
    }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct $group {
            $( $(#[doc = $meaning])+ #[doc = concat!("\n\nUnit: ", $unit, ". Source: ", $source, ".")] pub $field: f64, )+
        }

        impl Default for $group {
            fn default() -> Self {
                Self::DEFAULT
            }
        }

        impl $group {
            /// What the product runs with.
            pub const DEFAULT: Self = Self { $( $field: $value, )+ };

            /// Every number of the group, in order.
            pub(crate) fn list(&self, all: &mut Vec<$crate::params::Param>) {
                $( all.push($crate::params::Param {
                    name: ($name, stringify!($field)),
                    value: self.$field,
                    unit: $unit,
                    source: $source,
                    meaning: concat!($($meaning),+),
                }); )+
            }

            /// The number of this name, to be changed.
            pub(crate) fn value_mut(&mut self, field: &str) -> Option<&mut f64> {
                match field {
                    $( stringify!($field) => Some(&mut self.$field), )+
                    _ => None,
                }
            }
        }
    };
}

/// Declares [`Params`] from its groups.
macro_rules! params {
    ($( $(#[$about:meta])* $field:ident: $group:ty; )+) => {
        /// All of them, by group.
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct Params {
            $( $(#[$about])* pub $field: $group, )+
        }

        impl Params {
            /// Every number, group by group.
            pub fn list(&self) -> Vec<Param> {
                let mut all = Vec::new();
                $( self.$field.list(&mut all); )+
                all
            }

            fn value_mut(&mut self, group: &str, field: &str) -> Option<&mut f64> {
                match group {
                    $( stringify!($field) => self.$field.value_mut(field), )+
                    _ => None,
                }
            }
        }
    };
}

mod activity;
mod advice;
mod alarms;
mod calibration;
mod counts;
mod crop_conditions;
mod faults;
mod feed;
mod filter;
mod habits;
mod harvest_window;
mod header;
mod loss_index;
mod pans;
mod plates;
mod profile_check;
mod rear;
mod residence;
mod saturation;
mod settings;
mod totals;
mod transit;

pub use activity::{
    ActivityParams, CourseParams, CropEvidenceParams, EngineParams, GearParams, HeaderPositionParams, TwoLevelsParams,
};
pub use advice::{
    ComparisonParams, CropStepParams, LoadCurveParams, NextStepParams, NoticeParams, SettingWatchParams,
    SpeedWorthParams, TargetLoadParams,
};
pub use alarms::{
    AlarmBudgetParams, AlarmDelayParams, EmergencyParams, LevelAlarmParams, SignalAlarmParams, StepAlarmParams,
};
pub use calibration::CalibrationParams;
pub use counts::CountParams;
pub use crop_conditions::CropConditionParams;
pub use faults::{FoulingParams, IdlePlateParams, PlateFaultParams, StuckSignalParams};
pub use feed::FeedParams;
pub use filter::FilterParams;
pub use habits::{BestSpeedParams, HabitParams};
pub use harvest_window::HarvestWindowParams;
pub use header::HeaderParams;
pub use loss_index::LossIndexParams;
pub use pans::{PanParams, PanSpreadParams, PanWorthParams};
pub use plates::{PlateParams, ZeroParams};
pub use profile_check::ProfileCheckParams;
pub use rear::RearParams;
pub use residence::{ResidenceParams, ResidenceTime};
pub use saturation::SaturationParams;
pub use settings::SettingParams;
pub use totals::{PassParams, TotalsParams};
pub use transit::TransitParams;

params! {
    /// What the machine is doing.
    activity: ActivityParams;
    /// Turning rate, from the course over ground or from positions.
    course: CourseParams;
    /// Whether the header is at work.
    header_position: HeaderPositionParams;
    /// Whether crop is coming in.
    crop_evidence: CropEvidenceParams;
    /// Two levels in a histogram.
    two_levels: TwoLevelsParams;
    /// The engine's droop line, lugging, and an engine throttled back.
    engine: EngineParams;
    /// The driven gear.
    gear: GearParams;
    /// Loss plates whose counts cannot be used.
    plate_faults: PlateFaultParams;
    /// A plate that has come to count less beside its neighbour.
    fouling: FoulingParams;
    /// A plate that counts without grain.
    idle_plate: IdlePlateParams;
    /// A signal that stands still.
    stuck_signal: StuckSignalParams;
    /// What goes into the machine.
    feed: FeedParams;
    /// How long crop takes through the machine.
    residence: ResidenceParams;
    /// Loss at the header.
    header: HeaderParams;
    /// What the driver says of the crop.
    crop_conditions: CropConditionParams;
    /// Go or wait.
    harvest_window: HarvestWindowParams;
    /// Sums over a session.
    totals: TotalsParams;
    /// Passes.
    passes: PassParams;
    /// Priors and process noise of the loss filter.
    filter: FilterParams;
    /// The likelihood of a count.
    counts: CountParams;
    /// The likelihood of a drop pan.
    pans: PanParams;
    /// What pans teach of how far to trust the estimate.
    pan_spread: PanSpreadParams;
    /// Which pan would teach most.
    pan_worth: PanWorthParams;
    /// What earlier fields tell of this one.
    calibration: CalibrationParams;
    /// The loss model behind the machine, and when counts are used.
    rear: RearParams;
    /// How long crop takes through the machine.
    transit: TransitParams;
    /// Plates that are hit faster than they can count.
    saturation: SaturationParams;
    /// Which loss plates are out, and how two of them share the kernels.
    plates: PlateParams;
    /// What plates count without grain.
    zero: ZeroParams;
    /// Settings and moisture that the loss model does not know of.
    settings: SettingParams;
    /// How the machine's own loss index is read.
    loss_index: LossIndexParams;
    /// On-delays and off-delays of the alarms.
    alarm_delays: AlarmDelayParams;
    /// How many alarms an operator can bear.
    alarm_budget: AlarmBudgetParams;
    /// When the loss is above the limit.
    level_alarm: LevelAlarmParams;
    /// When the loss has jumped or is far above what is typical at its load.
    step_alarm: StepAlarmParams;
    /// An engine about to stall.
    emergency: EmergencyParams;
    /// Signals that have failed.
    signal_alarm: SignalAlarmParams;
    /// Loss behind the machine against feed rate.
    load_curve: LoadCurveParams;
    /// The loss before and after a change of a setting.
    comparison: ComparisonParams;
    /// Which settings have changed.
    setting_watch: SettingWatchParams;
    /// The order and the repetition of advice.
    next_step: NextStepParams;
    /// The three operator faults.
    notices: NoticeParams;
    /// What another speed would lose and gain.
    speed_worth: SpeedWorthParams;
    /// The best speed among those that were driven.
    best_speed: BestSpeedParams;
    /// What operator faults cost.
    habits: HabitParams;
    /// The feed rate at which to work.
    target_load: TargetLoadParams;
    /// Steps for what the driver says of the crop, and for pans that find more than the plates count.
    crop_steps: CropStepParams;
    /// Whether a profile gives what it promises.
    profile_check: ProfileCheckParams;
}

impl Params {
    /// Sets the number of this name, as `filter.plate_sd`.
    ///
    /// # Errors
    ///
    /// Where there is no such name, or the value is not a finite number.
    pub fn set(&mut self, name: &str, value: f64) -> Result<(), String> {
        let place = name.split_once('.').and_then(|(group, field)| self.value_mut(group, field));
        let Some(place) = place else {
            return Err(format!("{name}: no such parameter; `evaluate --params` lists them"));
        };
        if !value.is_finite() {
            return Err(format!("{name}: {value} is not a finite number"));
        }
        *place = value;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_listed_with_unit_and_source_and_can_be_set() {
        let mut params = Params::default();
        for Param { name: (group, field), value, unit, source, meaning } in Params::default().list() {
            assert!(!unit.is_empty() && !source.is_empty() && !meaning.trim().is_empty(), "{group}.{field}");
            params.set(&format!("{group}.{field}"), value + 1.0).unwrap();
        }
        for (changed, was) in params.list().iter().zip(Params::default().list()) {
            assert_eq!((changed.name, changed.value), (was.name, was.value + 1.0));
        }
        assert!(params.set("filter.nothing", 1.0).is_err() && params.set("nothing", 1.0).is_err());
    }
}
