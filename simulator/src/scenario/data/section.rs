//! The macro that declares a section of a file, and the range of each of its numbers.

/// A number of a scenario and where it may lie.
pub(crate) struct Range {
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
            pub(crate) fn ranges(&self) -> Vec<$crate::scenario::data::section::Range> {
                let own = [$($crate::scenario::data::section::Range {
                    section: $section,
                    key: stringify!($key),
                    value: f64::from(self.$key),
                    low: f64::from($low),
                    high: f64::from($high),
                }),*];
                let parts: Vec<Vec<$crate::scenario::data::section::Range>> = vec![$($(self.$part.ranges()),*)?];
                own.into_iter().chain(parts.into_iter().flatten()).collect()
            }
        }
    };
}
pub(crate) use section;
