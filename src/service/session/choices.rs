//! What is chosen for a session: crop, limit, and what was entered about it.

use super::error::SessionError;
use super::recent_choices::RecentChoices;
use crate::service::run_config::{CropSettings, RunConfig};
use grainloss_journal::Entered;
use grainloss_protocol::command::{self, CommandError, SessionChoice};

#[derive(Clone, Debug)]
pub(super) struct Choices {
    /// The crop's name in the knowledge files.
    pub crop: String,
    pub crop_settings: CropSettings,
    pub entered: Entered,
}

impl Choices {
    /// The configuration's choices; what it leaves open is as it was the last time.
    ///
    /// # Errors
    /// When no crop is named, and none was used before.
    pub fn first(config: &RunConfig, recent: &RecentChoices) -> Result<Self, SessionError> {
        let mut crop_settings = config.crop_settings.clone();
        // The last limit is one of the last crop.
        if crop_settings.limit.is_none() && config.crop.as_ref().is_none_or(|crop| Some(crop) == recent.crop.as_ref()) {
            crop_settings.limit.clone_from(&recent.limit);
        }
        let crop = config.crop.as_ref().or(recent.crop.as_ref()).or(config.first_crop.as_ref());
        let crop = crop.ok_or(SessionError::NoCrop)?.clone();
        let mut entered = config.entered.clone();
        entered.field = entered.field.or_else(|| recent.field.clone());
        entered.operator = entered.operator.or_else(|| recent.operator.clone());
        Ok(Self { crop, crop_settings, entered })
    }

    /// These choices with the operator's in their place.
    ///
    /// # Errors
    /// When a name cannot be used, or crop or limit are unknown.
    pub fn with(&self, choice: &SessionChoice) -> Result<Self, CommandError> {
        let name =
            |text: &Option<String>| text.as_deref().map(|text| command::name(text).map(str::to_owned)).transpose();
        let (field, operator) = (name(&choice.field)?, name(&choice.operator)?);
        let mut new = self.clone();
        if let Some(crop) = choice.crop.as_ref().filter(|crop| **crop != self.crop) {
            // Yield, kernel weight and limit were of the other crop.
            (new.crop, new.crop_settings) = (crop.clone(), CropSettings::default());
        }
        if choice.limit.is_some() {
            // A named limit is of its own harvest mode; per cent of one's own hold in the one that there is.
            let is_own = choice.limit.as_ref().is_some_and(|limit| limit.parse::<f64>().is_ok());
            new.crop_settings.limit.clone_from(&choice.limit);
            new.crop_settings.mode = new.crop_settings.mode.filter(|_| is_own);
        }
        let entry = grainloss_knowledge::crop(&new.crop).map_err(|_| CommandError::UnknownCrop)?;
        grainloss_knowledge::limit(new.crop_settings.limit.as_deref(), &new.crop, &entry)
            .map_err(|_| CommandError::UnknownLimit)?;
        new.entered.field = field.or(new.entered.field);
        new.entered.operator = operator.or(new.entered.operator);
        Ok(new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use grainloss_core::harvest_mode::HarvestMode;

    #[test]
    fn per_cent_of_ones_own_keep_the_harvest_mode_and_a_named_limit_brings_its_own() {
        let half_feed = CropSettings { mode: Some(HarvestMode::HalfFeed), ..CropSettings::default() };
        let rice = Choices { crop: "rice".to_owned(), crop_settings: half_feed, entered: Entered::default() };
        let with = |limit: &str| {
            let choice = SessionChoice { limit: Some(limit.to_owned()), ..SessionChoice::default() };
            rice.with(&choice).unwrap().crop_settings
        };
        let own = with("2.5");
        assert_eq!((own.limit.as_deref(), own.mode), (Some("2.5"), Some(HarvestMode::HalfFeed)));
        let limits = grainloss_knowledge::limits("rice").unwrap();
        let full = limits.iter().find(|limit| limit.mode == Some(HarvestMode::FullFeed)).unwrap();
        assert_eq!(with(&full.id).mode, None);
    }
}
