//! A machine in a crop, ready to run: profile, crop, limit, advice, and a new estimator.

use std::sync::Arc;

use super::error::SessionError;
use crate::service::run_config::{AlarmsAndPrices, CropSettings};
use crate::wall_clock::wall_us;
use grainloss_can::Matching;
use grainloss_core::advice::Advisor;
use grainloss_core::harvest::{Crop, Harvest, Setup};
use grainloss_core::machine::{ChannelBank, Profile, Router};
use grainloss_core::pipeline::Pipeline;
use grainloss_journal::{ProfileText, SessionStart};
use grainloss_knowledge::{Bilingual, CropEntry, EconomyEntry, Guide, LimitEntry, ModeChoice};
use grainloss_protocol::snapshot::{Measures, SessionInfo};

/// A machine in a crop, ready to run.
#[derive(Debug)]
pub struct SessionSetup {
    /// The machine's profile.
    pub profile: Arc<Profile>,
    /// The crop's name in the knowledge files.
    pub crop_name: String,
    /// The crop's name for people.
    pub crop_title: Bilingual,
    /// The crop as the estimator takes it.
    pub model: Crop,
    /// What was asked for.
    pub crop_settings: CropSettings,
    /// The loss limit; `None` without one.
    pub limit: Option<LimitEntry>,
    /// Rules and prices behind the advice.
    pub guide: Guide,
    /// Bank, estimator and advisor, before the first frame.
    pub pipeline: Pipeline,
    /// The frames that the profile reads.
    pub matchings: Vec<Matching>,
}

impl SessionSetup {
    /// Reads the knowledge files for this machine and crop.
    ///
    /// # Errors
    /// When crop or limit are unknown, or a file cannot be used.
    pub fn new(
        profile: Arc<Profile>,
        crop_name: &str,
        crop_settings: &CropSettings,
        settings: &AlarmsAndPrices,
    ) -> Result<Self, SessionError> {
        let crop: CropEntry = grainloss_knowledge::crop(crop_name)?;
        let limit = crop_settings.limit.as_ref().or_else(|| settings.limits.get(crop_name));
        let mode = ModeChoice { asked: crop_settings.mode, machine: &profile.harvest_modes };
        let limit = grainloss_knowledge::limit_of_mode(limit.map(String::as_str), mode, crop_name, &crop)?;
        let guide = Guide { economy: settings.prices.get(crop_name).cloned(), ..Guide::load(crop_name)? };
        let router = Router::new(&profile)?;
        let matchings = router.matchings().collect();
        let model = crop.model(crop_settings.yield_kg_ha, crop_settings.tkw_g);
        let setup =
            Setup { crop: model.clone(), geometry: profile.geometry.clone(), loss_plates: profile.loss_plates.clone() };
        let limit_share = limit.as_ref().map(|limit| limit.percent / 100.0);
        let economy = guide.economy.as_ref().map(EconomyEntry::figures).unwrap_or_default();
        let advisor = Advisor::new(limit_share, profile.geometry.rated_feed_kg_s);
        let advisor = advisor.with_order(guide.rules.plan()).with_economy(economy);
        let reel_m = profile.geometry.reel_diameter_m;
        let advisor = advisor.with_reel_diameter(reel_m).with_damp_from(crop.damp_from_moisture);
        let pipeline = Pipeline::new(ChannelBank::new(router), Harvest::new(setup), advisor);
        Ok(Self {
            profile,
            crop_name: crop_name.to_owned(),
            crop_title: crop.name.clone(),
            model,
            crop_settings: crop_settings.clone(),
            limit,
            guide,
            pipeline,
            matchings,
        })
    }

    /// The session's data for the screens.
    pub fn info(&self) -> SessionInfo {
        let (model, geometry) = (&self.model, &self.profile.geometry);
        SessionInfo {
            machine: self.profile.name.clone(),
            crop_id: self.crop_name.clone(),
            crop: self.crop_title.clone(),
            limit: self.limit.clone(),
            guide: self.guide.clone(),
            measures: Measures {
                kernel_mass_kg: model.kernel_mass_kg,
                yield_kg_m2: model.yield_kg_m2,
                header_width_m: geometry.header_width_m,
                discharge_width_m: geometry.discharge_width_m,
                rated_feed_kg_s: geometry.rated_feed_kg_s,
            },
            ..SessionInfo::default()
        }
    }

    /// What the journal stores at the start.
    pub fn session_start(&self, started_us: i64, source: String, clock: &'static str) -> SessionStart {
        SessionStart {
            started_us,
            source,
            clock,
            machine: self.profile.name.clone(),
            profile_sha256: self.profile.sha256.clone(),
            crop: self.crop_name.clone(),
            limit: self.limit.as_ref().map(|l| (l.id.clone(), l.percent, l.source.clone())),
            profile: Some(ProfileText {
                text: self.profile.text().to_owned(),
                dbc: self.profile.dbc().map(|(name, bytes)| (name.to_owned(), bytes.to_vec())),
            }),
            yield_kg_ha: self.crop_settings.yield_kg_ha,
            tkw_g: self.crop_settings.tkw_g,
            made_us: Some(wall_us()),
            ..SessionStart::default()
        }
    }
}
