//! Drop pans: from what was counted or weighed in one to the grain lost on a square metre of field.
//!
//! A pan holds the loss of `area × concentration` of field. Behind the machine the loss of the whole width cut falls on the
//! narrower discharge width, so that `concentration = header width / discharge width`; in front of it, and over the whole
//! width, it is 1. There the pan also holds the natural shed, which is subtracted:
//!
//! ```text
//! mass per area = grain / (pan area × concentration) − natural shed
//! ```
//!
//! This is the usual drop-pan calculation; it follows from the conservation of mass, and no constant of it is assumed.

/// Which loss a pan holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PanKind {
    /// Dropped from below the machine: what leaves the rear.
    Rear,
    /// Taken behind the header, before anything falls from the rear: header loss, and the natural shed with it.
    Front,
    /// Gathered over the whole width cut, after the machine has passed: header and rear loss, and the natural shed.
    Whole,
}

impl PanKind {
    /// The kind of this word; `None` for any other word.
    pub fn of(word: &str) -> Option<Self> {
        [Self::Rear, Self::Front, Self::Whole].into_iter().find(|kind| kind.word() == word)
    }

    /// The word used in files and machine-readable output.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Rear => "rear",
            Self::Front => "front",
            Self::Whole => "whole",
        }
    }
}

/// The grain in a pan, as it was determined.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GrainAmount {
    /// Kernels that were counted.
    Kernels(f64),
    /// Grain that was weighed, g.
    Grams(f64),
}

/// What was measured at a pan, in the units in which people measure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PanMeasurement {
    /// Which loss it holds.
    pub kind: PanKind,
    /// The grain in it.
    pub amount: GrainAmount,
    /// Mass of one kernel, kg.
    pub kernel_mass_kg: f64,
    /// Area of the pan, or of the ground that was searched, m².
    pub area_m2: f64,
    /// Width cut, m.
    pub header_width_m: f64,
    /// Width over which straw and chaff leave the machine, m.
    pub discharge_width_m: f64,
    /// Kernels per m² that lay there before the machine came; `None` when nobody counted them.
    pub shed_kernels_m2: Option<f64>,
}

/// What a measurement must keep within to be possible.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PanLimits {
    /// The most kernels in a pan.
    pub kernels_max: f64,
    /// The most grain in a pan, g.
    pub grams_max: f64,
    /// The smallest and the largest area, m².
    pub area_m2: [f64; 2],
    /// The smallest and the largest discharge width, m.
    pub discharge_width_m: [f64; 2],
    /// The most natural shed, kernels/m².
    pub shed_kernels_m2_max: f64,
}

impl PanLimits {
    /// Of figures typed on a screen, where a slip of a finger is likely: 20 kg, or as many kernels of 20 mg; three times the
    /// kernels that stand in a good field of wheat as shed (our choice).
    pub const TYPED: Self = Self {
        kernels_max: 1_000_000.0,
        grams_max: 20_000.0,
        area_m2: [0.01, 100.0],
        discharge_width_m: [0.3, 20.0],
        shed_kernels_m2_max: 100_000.0,
    };
    /// Of figures in a file: any finite number with the right sign.
    pub const FILE: Self = Self {
        kernels_max: f64::MAX,
        grams_max: f64::MAX,
        area_m2: [f64::MIN_POSITIVE, f64::MAX],
        discharge_width_m: [f64::MIN_POSITIVE, f64::MAX],
        shed_kernels_m2_max: f64::MAX,
    };
}

/// The part of a measurement that is impossible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PanField {
    /// The number of kernels.
    Kernels,
    /// The mass of the grain.
    Grams,
    /// The area.
    Area,
    /// The width cut.
    HeaderWidth,
    /// The discharge width.
    DischargeWidth,
    /// The natural shed.
    Shed,
}

/// A measurement that cannot be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ImpossiblePan {
    /// Which part of it.
    pub field: PanField,
    /// The value that was found there.
    pub value: f64,
}

impl PanMeasurement {
    /// The same in SI units.
    ///
    /// # Errors
    /// When a value is outside its limits or not a number; the first such value is named.
    pub fn sample(&self, limits: &PanLimits) -> Result<PanSample, ImpossiblePan> {
        let within = |field, value: f64, low: f64, high: f64| {
            if (low..=high).contains(&value) { Ok(value) } else { Err(ImpossiblePan { field, value }) }
        };
        let grain_kg = match self.amount {
            GrainAmount::Kernels(n) => within(PanField::Kernels, n, 0.0, limits.kernels_max)? * self.kernel_mass_kg,
            GrainAmount::Grams(g) => within(PanField::Grams, g, 0.0, limits.grams_max)? * 1e-3,
        };
        let header_m = within(PanField::HeaderWidth, self.header_width_m, f64::MIN_POSITIVE, f64::MAX)?;
        let [low, high] = limits.discharge_width_m;
        let discharge_m = within(PanField::DischargeWidth, self.discharge_width_m, low, high)?;
        let shed = self.shed_kernels_m2.map(|n| within(PanField::Shed, n, 0.0, limits.shed_kernels_m2_max));
        let [low, high] = limits.area_m2;
        Ok(PanSample {
            kind: self.kind,
            grain_kg,
            shed_kg_m2: shed.transpose()?.map(|kernels| kernels * self.kernel_mass_kg),
            area_m2: within(PanField::Area, self.area_m2, low, high)?,
            concentration: if self.kind == PanKind::Rear { header_m / discharge_m } else { 1.0 },
        })
    }
}

/// The content of a pan in SI units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PanSample {
    /// Which loss it holds.
    pub kind: PanKind,
    /// Grain in it, kg.
    pub grain_kg: f64,
    /// Area of the pan, m².
    pub area_m2: f64,
    /// Width cut over discharge width; counts for rear pans only.
    pub concentration: f64,
    /// Natural shed on the same ground, kg/m²; `None` when it was not measured. Rear pans hold none.
    pub shed_kg_m2: Option<f64>,
}

impl PanSample {
    /// The field area whose loss lies in the pan, m².
    pub fn field_area_m2(&self) -> f64 {
        self.area_m2 * if self.kind == PanKind::Rear { self.concentration } else { 1.0 }
    }

    /// Grain lost per area of field less the natural shed, kg/m². Below 0 where chance put less grain into the pan than
    /// the shed; a shed that was not measured is not subtracted.
    pub fn net_kg_m2(&self) -> f64 {
        let shed = if self.kind == PanKind::Rear { 0.0 } else { self.shed_kg_m2.unwrap_or(0.0) };
        self.grain_kg / self.field_area_m2() - shed
    }

    /// The same as people are shown it: never below 0.
    pub fn mass_per_area_kg_m2(&self) -> f64 {
        self.net_kg_m2().max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REAR: PanMeasurement = PanMeasurement {
        kind: PanKind::Rear,
        amount: GrainAmount::Kernels(142.0),
        kernel_mass_kg: 40e-6,
        area_m2: 0.3,
        header_width_m: 2.75,
        discharge_width_m: 1.10,
        shed_kernels_m2: None,
    };

    #[test]
    fn a_rear_pan_is_divided_by_area_and_width_ratio() {
        // 142 × 40 mg = 5.68 g on 0.3 m², 2.75 / 1.10 = 2.5 times concentrated: 5.68 / 0.75 = 7.573 g/m².
        let sample = REAR.sample(&PanLimits::TYPED).unwrap();
        assert!((sample.grain_kg - 5.68e-3).abs() < 1e-12 && (sample.concentration - 2.5).abs() < 1e-12);
        assert!((sample.field_area_m2() - 0.75).abs() < 1e-12);
        assert!((sample.mass_per_area_kg_m2() - 7.573_333e-3).abs() < 1e-8);
        // A shed beside it changes nothing: it lay there before, and the pan was dropped on top of it.
        let with_shed = PanMeasurement { shed_kernels_m2: Some(50.0), ..REAR }.sample(&PanLimits::TYPED).unwrap();
        assert_eq!(with_shed.mass_per_area_kg_m2(), sample.mass_per_area_kg_m2());
    }

    #[test]
    fn front_and_whole_width_samples_lose_the_shed_and_no_width_ratio() {
        // 6 g / 0.3 m² = 20 g/m², less 100 × 40 mg = 4 g/m²: 16 g/m².
        for kind in [PanKind::Front, PanKind::Whole] {
            let pan = PanMeasurement { kind, amount: GrainAmount::Grams(6.0), shed_kernels_m2: Some(100.0), ..REAR };
            let sample = pan.sample(&PanLimits::TYPED).unwrap();
            assert!((sample.mass_per_area_kg_m2() - 16e-3).abs() < 1e-12);
        }
        // 0.6 g / 0.3 m² = 2 g/m², less 4: two below nothing, shown as nothing.
        let little = PanMeasurement {
            kind: PanKind::Front,
            amount: GrainAmount::Grams(0.6),
            shed_kernels_m2: Some(100.0),
            ..REAR
        };
        let sample = little.sample(&PanLimits::FILE).unwrap();
        assert!((sample.net_kg_m2() + 2e-3).abs() < 1e-12);
        assert_eq!(sample.mass_per_area_kg_m2(), 0.0);
    }

    #[test]
    fn the_impossible_value_is_named() {
        let of = |field, value| Err(ImpossiblePan { field, value });
        for (wrong, typed, file) in [
            (PanMeasurement { amount: GrainAmount::Kernels(-1.0), ..REAR }, PanField::Kernels, true),
            (PanMeasurement { amount: GrainAmount::Grams(20_001.0), ..REAR }, PanField::Grams, false),
            (PanMeasurement { area_m2: 0.0, ..REAR }, PanField::Area, true),
            (PanMeasurement { area_m2: 0.001, ..REAR }, PanField::Area, false),
            (PanMeasurement { header_width_m: -2.0, ..REAR }, PanField::HeaderWidth, true),
            (PanMeasurement { discharge_width_m: 21.0, ..REAR }, PanField::DischargeWidth, false),
            (PanMeasurement { shed_kernels_m2: Some(-2.0), ..REAR }, PanField::Shed, true),
        ] {
            let found = wrong.sample(&PanLimits::TYPED);
            assert_eq!(found.map_err(|why| why.field), Err(typed), "{wrong:?}");
            assert_eq!(wrong.sample(&PanLimits::FILE).is_err(), file, "{wrong:?}");
        }
        let infinite = PanMeasurement { area_m2: f64::INFINITY, ..REAR };
        assert_eq!(infinite.sample(&PanLimits::FILE), of(PanField::Area, f64::INFINITY));
        let none = PanMeasurement { amount: GrainAmount::Grams(f64::NAN), ..REAR };
        assert_eq!(none.sample(&PanLimits::FILE).map_err(|why| why.field), Err(PanField::Grams));
    }
}
