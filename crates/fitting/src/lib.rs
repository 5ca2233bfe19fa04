//! Fitting grainloss to a machine that nobody knows: what is on its bus, which signals may be which quantity, and whether
//! a profile gives what it promises. Pure: frames in, findings out.

mod check;
mod compare;
mod counters;
mod groups;
mod judge;
pub mod package;
mod source_check;
mod suggest;
mod survey;
mod units;

pub use check::Check;
pub use compare::{Change, Difference, compare};
pub use groups::{Ddi, Ddis, Groups};
pub use judge::{Enough, Finding, Judgement, Level, Mark, What, lacks};
pub use source_check::{ChannelCheck, SourceCheck, States};
pub use suggest::{Candidate, Reason, Suggestions};
pub use survey::{ByteSeen, Claim, LongMessage, Period, ProcessKey, ProcessValue, Seen, Survey};
