//! Which way lodged crop lies, and how the machine drives to it.

use std::f64::consts::{PI, TAU};

/// Nearer than this to the way it lies is along it, rad; nearer than this to the opposite is against it (our choice: halfway
/// to across).
const NEAR_RAD: f64 = PI / 4.0;

/// Where the heads of lodged crop point: whole degrees, clockwise from north, 0..=359.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct Lie(u16);

/// How the machine drives to lodged crop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Travel {
    /// The heads point at the machine.
    Against,
    /// They point aside.
    Across,
    /// They point away from it.
    Along,
}

impl Travel {
    /// Each of them, as they are shown.
    pub const ALL: [Self; 3] = [Self::Against, Self::Across, Self::Along];

    /// The word used in machine-readable output, and the last part of its text key.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Against => "against",
            Self::Across => "across",
            Self::Along => "along",
        }
    }
}

impl Lie {
    /// Of whole degrees from north, 0..=360; `None` for more.
    pub const fn new(deg: u16) -> Option<Self> {
        match deg {
            0..=359 => Some(Self(deg)),
            360 => Some(Self(0)),
            _ => None,
        }
    }

    /// Where a machine on this course drives, rad clockwise from north; `None` for what is no course.
    pub fn of_course(course_rad: f64) -> Option<Self> {
        let deg = course_rad.is_finite().then(|| course_rad.rem_euclid(TAU).to_degrees().round())?;
        Self::new(deg as u16)
    }

    /// Degrees clockwise from north, 0..=359.
    pub const fn deg(self) -> u16 {
        self.0
    }

    /// The other way round.
    #[must_use]
    pub const fn opposite(self) -> Self {
        Self((self.0 + 180) % 360)
    }

    /// The nearest of the eight points of the compass, from north clockwise, 0..=7.
    pub const fn point(self) -> u16 {
        (self.0 + 22) / 45 % 8
    }

    /// How a machine on this course drives to it, rad clockwise from north.
    pub fn travel(self, course_rad: f64) -> Travel {
        let off_rad = (course_rad - f64::from(self.0).to_radians() + PI).rem_euclid(TAU) - PI;
        match off_rad.abs() {
            off if off <= NEAR_RAD => Travel::Along,
            off if off >= PI - NEAR_RAD => Travel::Against,
            _ => Travel::Across,
        }
    }
}

impl TryFrom<u16> for Lie {
    type Error = &'static str;

    fn try_from(deg: u16) -> Result<Self, Self::Error> {
        Self::new(deg).ok_or("expected 0 to 360 degrees")
    }
}

impl From<Lie> for u16 {
    fn from(lie: Lie) -> Self {
        lie.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_course_tells_along_across_and_against_also_through_north() {
        let lie = Lie::new(350).unwrap();
        let travel = |deg: f64| lie.travel(deg.to_radians());
        for (deg, expected) in [
            (350.0, Travel::Along),
            (10.0, Travel::Along),
            (306.0, Travel::Along),
            (80.0, Travel::Across),
            (260.0, Travel::Across),
            (170.0, Travel::Against),
            (130.0, Travel::Against),
        ] {
            assert_eq!(travel(deg), expected, "{deg}");
        }
        assert_eq!(lie.opposite().deg(), 170);
        assert_eq!((Lie::new(361), Lie::new(360).map(Lie::deg)), (None, Some(0)));
        assert_eq!(Lie::of_course(-0.1).map(Lie::deg), Some(354));
        assert_eq!(Lie::of_course(f64::NAN), None);
        // 350 degrees is nearest to north, 23 to north-east.
        assert_eq!((lie.point(), Lie::new(23).map(Lie::point)), (0, Some(1)));
    }
}
