//! The frames of a log, with bus time.

use grainloss_can::Frame;

use crate::cli::dbc;
use crate::cli::error::CliError;
use crate::cli::table;
use grainloss_bus::{FrameSource, LogSource, Polled};
use grainloss_core::clock::{BusClock, ClockChange};
use grainloss_core::machine::Profile;
use grainloss_knowledge::Words;

/// What a log gives, in order.
pub(super) enum Step<'a> {
    /// A frame and its bus time.
    Frame(&'a Frame, i64),
    /// Nothing was recorded until then.
    Skip(i64),
}

/// Reads logs to their end; names the interfaces before their first frame.
pub(super) fn each_frame(
    mut source: LogSource,
    words: &Words,
    mut interfaces: impl FnMut(&[String]),
    mut take: impl FnMut(Step<'_>),
) -> Result<(), CliError> {
    let mut clock = BusClock::default();
    let mut known = 0;
    loop {
        match source.poll().map_err(CliError::input)? {
            Polled::Frame(frame) => {
                if source.interfaces().len() != known {
                    known = source.interfaces().len();
                    interfaces(source.interfaces());
                }
                let (t_us, change) = clock.on(frame.t_us);
                if let Some(ClockChange::Gap(_)) = change {
                    take(Step::Skip(t_us));
                }
                take(Step::Frame(&frame, t_us));
            }
            Polled::Quiet(_) | Polled::News(_) => {}
            Polled::End => break,
        }
    }
    let totals = source.finish().map_err(CliError::input)?;
    table::log(words, &totals)
}

/// What is odd in the profile's database goes to standard error.
pub(super) fn warnings(profile: &Profile, words: &Words) {
    dbc::warn(profile.database(), words);
}
