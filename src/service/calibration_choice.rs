//! Which calibration a session is to begin with.

use std::path::PathBuf;

use grainloss_knowledge::Message;

/// Which calibration is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum CalibrationChoice {
    /// None: the priors.
    #[default]
    None,
    /// The newest of this machine and crop that is in the journal and not forgotten; without one the newest imported one of
    /// the crop.
    Latest,
    /// The one of this number.
    Stored(i64),
    /// The one in this file.
    File(PathBuf),
}

impl std::str::FromStr for CalibrationChoice {
    type Err = Message;

    fn from_str(text: &str) -> Result<Self, Message> {
        match text {
            "" => Err(Message::new("option-calibration")),
            "latest" => Ok(Self::Latest),
            "none" => Ok(Self::None),
            text => Ok(text.parse().map_or_else(|_| Self::File(text.into()), Self::Stored)),
        }
    }
}
