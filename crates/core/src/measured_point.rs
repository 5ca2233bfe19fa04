//! A measured point (监测点): the loss of a machine on a plot, measured by hand as the province measures it. What was entered,
//! in the units of the paper form; [`result`] does the arithmetic, [`problems`] says what cannot be or is missing.
//!
//! ```text
//! loss, g/m²  = Σ over kinds of areas: (grain found over all areas of the kind − natural shed) ÷ their whole area
//! loss rate   = loss ÷ (yield + loss) × 100 %        both in g/m², both at the same moisture
//! ```

mod arithmetic;
mod check;
mod fields;
mod point;
mod value;

pub use arithmetic::{AreaResult, KindResult, PointResult, result};
pub use check::{PointProblem, PointRules, ProblemKind, problems, value_problem};
pub use fields::{AREA_FIELDS, FIELDS, FieldKind, LAST_BEFORE_AREAS, PointField, field};
pub use point::{
    AreaKind, LodgingClass, LossPart, MeasuredPoint, NaturalShed, PointArea, PointGrain, PointHead, PointPhoto,
    PointQuality,
};

#[cfg(test)]
mod tests;
