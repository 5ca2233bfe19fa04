//! What a scenario is made of. Every number has a range, so that a slip of the pen is refused with its key and line.

mod crop;
mod field;
mod machine;

pub(crate) use crop::{Crop, CropCleaning, CropThreshing};
pub(crate) use field::{Field, Operator, Task, Weather};
pub(crate) use machine::{Engine, Header, Machine, Plates, Separator, Shoe, Tank, Threshing};

/// A number of a scenario and where it may lie.
pub(super) struct Range {
    pub section: &'static str,
    pub key: &'static str,
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

/// Declares a section of a file: its numbers with their meaning and range, and the sections inside it.
macro_rules! section {
    ($(#[$about:meta])* $name:ident at $section:literal {
        $($(#[$doc:meta])* $key:ident: $type:ty = $low:literal..=$high:literal,)*
        $(; $($(#[$part_doc:meta])* $part:ident: $part_type:ty,)*)?
    }) => {
        $(#[$about])*
        #[derive(Clone, Debug, serde::Deserialize)]
        #[allow(clippy::struct_field_names, reason = "keys are read in files, where the type's name is not seen")]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name {
            $($(#[$doc])* pub $key: $type,)*
            $($($(#[$part_doc])* pub $part: $part_type,)*)?
        }

        impl $name {
            /// Its numbers and those of the sections inside it.
            pub(in crate::scenario) fn ranges(&self) -> Vec<super::Range> {
                let own = [$(super::Range {
                    section: $section,
                    key: stringify!($key),
                    value: f64::from(self.$key),
                    low: f64::from($low),
                    high: f64::from($high),
                }),*];
                let parts: Vec<Vec<super::Range>> = vec![$($(self.$part.ranges()),*)?];
                own.into_iter().chain(parts.into_iter().flatten()).collect()
            }
        }
    };
}
use section;
