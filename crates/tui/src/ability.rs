//! What the terminal can show, from what it says of itself in the environment. It is never asked: an answer over a slow
//! line would come in among the keys.

/// How many colours a terminal has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colours {
    /// None, or none are wanted.
    None,
    /// The sixteen of every terminal.
    Sixteen,
    /// 256 at least.
    #[default]
    Many,
}

/// What a terminal can show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ability {
    /// How many colours.
    pub colours: Colours,
    /// Nothing but ASCII can be relied on: no bars, no Chinese.
    pub ascii: bool,
    /// The screen is at the other end of a network.
    pub remote: bool,
}

impl Ability {
    /// From `TERM`, `COLORTERM`, `NO_COLOR` and `SSH_CONNECTION`, as `get` gives them.
    pub fn of(get: impl Fn(&str) -> Option<String>) -> Self {
        let term = get("TERM").unwrap_or_default();
        let bare = ["", "dumb", "vt100", "vt102", "vt220"].contains(&&*term);
        let console = term == "linux";
        let many = term.contains("256color") || get("COLORTERM").is_some_and(|colours| !colours.is_empty());
        let colours = match () {
            () if bare || get("NO_COLOR").is_some_and(|no| !no.is_empty()) => Colours::None,
            () if many && !console => Colours::Many,
            () => Colours::Sixteen,
        };
        Self { colours, ascii: bare || console, remote: get("SSH_CONNECTION").is_some() }
    }

    /// From the environment of this process.
    pub fn of_environment() -> Self {
        Self::of(|name| std::env::var(name).ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ability(environment: &[(&str, &str)]) -> Ability {
        Ability::of(|name| environment.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn the_console_is_ascii_in_sixteen_colours() {
        let many = Ability { colours: Colours::Many, ascii: false, remote: false };
        assert_eq!(ability(&[("TERM", "xterm-256color")]), many);
        assert_eq!(ability(&[("TERM", "foot"), ("COLORTERM", "truecolor")]), many);
        assert_eq!(ability(&[("TERM", "tmux-256color"), ("SSH_CONNECTION", "a b")]), Ability { remote: true, ..many });
        let console = Ability { colours: Colours::Sixteen, ascii: true, remote: false };
        assert_eq!(ability(&[("TERM", "linux"), ("COLORTERM", "truecolor")]), console);
        assert_eq!(ability(&[("TERM", "xterm")]).colours, Colours::Sixteen);
        assert_eq!(ability(&[("TERM", "vt100")]), Ability { colours: Colours::None, ascii: true, remote: false });
        assert_eq!(ability(&[("TERM", "xterm-256color"), ("NO_COLOR", "1")]).colours, Colours::None);
    }
}
