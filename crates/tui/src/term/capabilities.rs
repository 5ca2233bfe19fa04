//! What the terminal can show, according to the environment variables. The terminal itself is not queried: over a slow
//! connection its reply would arrive among the keys.

/// How many colours a terminal has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colours {
    /// None, or the user has switched colours off.
    None,
    /// The standard sixteen.
    Sixteen,
    /// At least 256.
    #[default]
    Many,
}

/// What a terminal can show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// How many colours.
    pub colours: Colours,
    /// Only ASCII is certain: no bars, no Chinese.
    pub ascii: bool,
    /// The terminal is at the other end of a network connection.
    pub remote: bool,
}

impl Capabilities {
    /// From `TERM`, `COLORTERM`, `NO_COLOR` and `SSH_CONNECTION`; `get` returns the value of a variable.
    pub fn from_variables(get: impl Fn(&str) -> Option<String>) -> Self {
        let term = get("TERM").unwrap_or_default();
        let bare = ["", "dumb", "vt100", "vt102", "vt220"].contains(&&*term);
        let console = term == "linux";
        let many = term.contains("256color") || get("COLORTERM").is_some_and(|colours| !colours.is_empty());
        let colours = if bare || get("NO_COLOR").is_some_and(|no| !no.is_empty()) {
            Colours::None
        } else if many && !console {
            Colours::Many
        } else {
            Colours::Sixteen
        };
        Self { colours, ascii: bare || console, remote: get("SSH_CONNECTION").is_some() }
    }

    /// From the environment of this process.
    pub fn from_environment() -> Self {
        Self::from_variables(|name| std::env::var(name).ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn capabilities(environment: &[(&str, &str)]) -> Capabilities {
        Capabilities::from_variables(|name| {
            environment.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn colours_ascii_and_remote_follow_the_environment() {
        let many = Capabilities { colours: Colours::Many, ascii: false, remote: false };
        assert_eq!(capabilities(&[("TERM", "xterm-256color")]), many);
        assert_eq!(capabilities(&[("TERM", "foot"), ("COLORTERM", "truecolor")]), many);
        assert_eq!(
            capabilities(&[("TERM", "tmux-256color"), ("SSH_CONNECTION", "a b")]),
            Capabilities { remote: true, ..many }
        );
        let console = Capabilities { colours: Colours::Sixteen, ascii: true, remote: false };
        assert_eq!(capabilities(&[("TERM", "linux"), ("COLORTERM", "truecolor")]), console);
        assert_eq!(capabilities(&[("TERM", "xterm")]).colours, Colours::Sixteen);
        assert_eq!(
            capabilities(&[("TERM", "vt100")]),
            Capabilities { colours: Colours::None, ascii: true, remote: false }
        );
        assert_eq!(capabilities(&[("TERM", "xterm-256color"), ("NO_COLOR", "1")]).colours, Colours::None);
    }
}
