//! What a technician who fits grainloss to one of the simulated machines would write into its profile: the measures from
//! tape and nameplate. All of them speak the demonstration profile's database.

use grainloss_knowledge::profiles;
use grainloss_simulator::Scenario;
use thiserror::Error;

use grainloss_core::advice::Advisor;
use grainloss_core::data_file::FileError;
use grainloss_core::harvest::{Crop, Harvest, Setup};
use grainloss_core::machine::{ChannelBank, Geometry, LossPlates, Profile, Router, Threshing};
use grainloss_core::params::Params;
use grainloss_core::pipeline::Pipeline;

/// The profile whose channels all simulated machines have.
const PROFILE: &str = "combine-demo";

/// Why a scenario cannot be evaluated.
#[derive(Debug, Error)]
pub enum EquipmentError {
    /// Profile, crop or limit cannot be had.
    #[error(transparent)]
    File(#[from] FileError),
    /// The simulator has a machine whose measures are not known yet.
    #[error(
        "scenario {scenario}: the measures of machine {machine} are not known; add them to evaluation/equipment.rs"
    )]
    Machine {
        /// The scenario.
        scenario: String,
        /// Its machine.
        machine: String,
    },
    /// The profile has no loss plates, which the baselines need.
    #[error("profile {PROFILE}: no [loss_plates]; the baselines need them")]
    NoPlates,
}

/// A simulated machine's measures, as its data sheet (`simulator/machines/NAME.toml`) has them. `None` for a machine that
/// is not known. The time to the yield sensor is that of the profile's own machine; it was not measured on the others.
pub fn geometry(machine: &str) -> Option<Geometry> {
    let (header_width_m, discharge_width_m, reel_diameter_m, rated_feed_kg_s, rated_engine_rpm, threshing, lag_s) =
        match machine {
            "wheeled-8" => (2.75, 1.30, 1.0, 8.0, 2200.0, Threshing::Axial, Some(12.0)),
            "tracked-6" => (2.2, 1.0, 0.9, 6.0, 2400.0, Threshing::TangentialAxial, None),
            "walker-12" => (5.1, 1.9, 1.05, 12.0, 2200.0, Threshing::Walkers, None),
            "rotor-25" => (9.1, 1.55, 1.07, 25.0, 2250.0, Threshing::Axial, None),
            _ => return None,
        };
    Some(Geometry {
        header_width_m,
        discharge_width_m,
        reel_diameter_m: Some(reel_diameter_m),
        rated_feed_kg_s,
        rated_engine_rpm,
        threshing: Some(threshing),
        yield_lag_s: lag_s,
    })
}

/// In a crop without a limit the alarms are judged against this multiple of its ordinary loss (our choice: 5 % in soybean,
/// which is what Chinese guidance allows there).
const STAND_IN_LIMIT: f64 = 1.2;

/// A machine in a crop: what the estimator and the baselines are given.
#[derive(Debug)]
pub(super) struct Equipment {
    profile: Profile,
    pub crop: Crop,
    pub geometry: Geometry,
    pub plates: LossPlates,
    /// The crop's own limit, as a share of the grain; for a crop without one, a multiple of its ordinary loss.
    pub limit_share: Option<f64>,
}

impl Equipment {
    /// For a scenario's machine and crop, with the crop's usual yield and kernel mass; the plates' data sheet promises
    /// `promised` times what the profile's does.
    pub fn of(scenario: &Scenario, promised: f64) -> Result<Self, EquipmentError> {
        let profile = profiles::load(PROFILE)?;
        let entry = grainloss_knowledge::crop(scenario.crop())?;
        let limit = grainloss_knowledge::limit(None, scenario.crop(), &entry)?;
        let geometry = geometry(scenario.machine()).ok_or_else(|| EquipmentError::Machine {
            scenario: scenario.name().to_owned(),
            machine: scenario.machine().to_owned(),
        })?;
        let mut plates = profile.loss_plates.clone().ok_or(EquipmentError::NoPlates)?;
        plates.area_share *= promised;
        let crop = entry.model(None, None);
        let ordinary = crop.header_loss + crop.separation_loss + crop.cleaning_loss;
        let limit_share = Some(limit.map_or(STAND_IN_LIMIT * ordinary, |limit| limit.percent / 100.0));
        Ok(Self { profile, crop, geometry, plates, limit_share })
    }

    /// The pipeline that `replay` would build, with these parameters.
    pub fn pipeline(&self, params: &Params) -> Result<Pipeline, EquipmentError> {
        let router = Router::new(&self.profile)?;
        let setup =
            Setup { crop: self.crop.clone(), geometry: self.geometry.clone(), loss_plates: Some(self.plates.clone()) };
        let advisor = Advisor::with_params(self.limit_share, self.geometry.rated_feed_kg_s, params);
        Ok(Pipeline::new(ChannelBank::new(router), Harvest::with_params(setup, params), advisor))
    }
}
