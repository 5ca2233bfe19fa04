//! What is compared: a log, or a time of one.

use std::convert::Infallible;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// A time, s from the first frame of a log.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Span {
    /// From and to; an open end reaches as far as the log.
    Between(f64, f64),
    /// All until then, or all from then on.
    Until(f64),
}

impl Span {
    /// True when this time lies in it; `is_after` chooses what a single time means.
    pub fn holds(self, t_s: f64, is_after: bool) -> bool {
        match self {
            Self::Between(from, to) => (from..=to).contains(&t_s),
            Self::Until(at) if is_after => t_s >= at,
            Self::Until(at) => t_s < at,
        }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = |s: f64| if s.is_finite() { s.to_string() } else { String::new() };
        match self {
            Self::Between(from, to) => write!(f, "{}..{} s", end(*from), end(*to)),
            Self::Until(at) => write!(f, "{at} s"),
        }
    }
}

/// One side of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Side {
    File(PathBuf),
    Span(Span),
}

/// What is no time is a file.
impl FromStr for Side {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let number = |text: &str| text.parse::<f64>().ok().filter(|s| s.is_finite() && *s >= 0.0);
        let end = |text: &str, open: f64| if text.is_empty() { Some(open) } else { number(text) };
        let span = match text.split_once("..") {
            Some((from, to)) => end(from, 0.0)
                .zip(end(to, f64::INFINITY))
                .filter(|(from, to)| from <= to && text.len() > 2)
                .map(|(from, to)| Span::Between(from, to)),
            None => number(text).map(Span::Until),
        };
        Ok(span.map_or_else(|| Self::File(text.into()), Self::Span))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_told_from_a_file() {
        let side = |text: &str| text.parse::<Side>().unwrap();
        assert_eq!(side("10..20"), Side::Span(Span::Between(10.0, 20.0)));
        assert_eq!(side("..20.5"), Side::Span(Span::Between(0.0, 20.5)));
        assert_eq!(side("30.."), Side::Span(Span::Between(30.0, f64::INFINITY)));
        assert_eq!(side("30"), Side::Span(Span::Until(30.0)));
        for text in ["a.log", "../a.log", "..", "20..10", "-3", "inf", "20.log"] {
            assert_eq!(side(text), Side::File(text.into()));
        }
        let Side::Span(until) = side("30") else { panic!() };
        assert_eq!(
            [(29.9, false), (30.0, false), (30.0, true)].map(|(t, after)| until.holds(t, after)),
            [true, false, true]
        );
    }
}
