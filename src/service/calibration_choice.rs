//! Which calibration a session is to begin with.

use std::path::PathBuf;

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
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "" => Err("expected latest, none, a number of `grainloss calibration list`, or a file".to_owned()),
            "latest" => Ok(Self::Latest),
            "none" => Ok(Self::None),
            text => Ok(text.parse().map_or_else(|_| Self::File(text.into()), Self::Stored)),
        }
    }
}
