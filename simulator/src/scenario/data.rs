//! What a scenario is made of. Every number has a range, so that a slip of the pen is refused with its key and line.

mod crop;
mod field;
mod machine;
pub(crate) mod section;

pub(crate) use crop::{Crop, CropCleaning, CropThreshing};
pub(crate) use field::{Field, Operator, Task, Weather};
pub(crate) use machine::{Engine, Header, Machine, Plates, Separator, Shoe, Tank, Threshing};
