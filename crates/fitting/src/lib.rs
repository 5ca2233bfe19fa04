//! Fitting grainloss to a machine that nobody knows: what is on its bus, which signals may be which quantity, and whether
//! a profile gives what it promises. Pure: frames in, findings out.

mod check;
mod compare;
mod counters;
mod groups;
mod suggest;
mod survey;

pub use check::{ChannelCheck, Check, SourceCheck, States};
pub use compare::{Change, Difference, compare};
pub use groups::{Ddi, Ddis, Groups};
pub use suggest::{Candidate, Reason, Suggestions};
pub use survey::{ByteSeen, Claim, LongMessage, Period, ProcessKey, ProcessValue, Seen, Survey};
