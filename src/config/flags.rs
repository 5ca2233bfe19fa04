//! What the command line says about settings that a file may hold too.

/// Settings from the command line: the key, the flag, the value.
#[derive(Clone, Debug, Default)]
pub struct Flags(Vec<(&'static str, &'static str, toml::Value)>);

impl Flags {
    /// With a value for this key, where the flag was given.
    #[must_use]
    pub fn set(mut self, key: &'static str, flag: &'static str, value: Option<impl Into<toml::Value>>) -> Self {
        self.0.extend(value.map(|value| (key, flag, value.into())));
        self
    }

    /// With a switch, where it was given.
    #[must_use]
    pub fn switch(self, key: &'static str, flag: &'static str, given: bool, value: bool) -> Self {
        self.set(key, flag, given.then_some(value))
    }

    /// With these too.
    pub fn extend(&mut self, more: &Self) {
        self.0.extend(more.0.iter().cloned());
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &(&'static str, &'static str, toml::Value)> {
        self.0.iter()
    }
}
