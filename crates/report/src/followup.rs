//! Follows up several sessions: what changed after a training or a repair, which findings are open, and how a county
//! compares with its limit.

mod change;
mod compare;
mod county;
mod findings;
mod matched;
mod statistics;
mod visit;
mod wording;

pub use self::change::change;
pub use self::compare::{Subject, compare};
pub use self::county::{CountyPlan, CountySession, county, county_sessions, points_needed};
pub use self::findings::{Due, Rule, findings_table, raise, rules};
pub use self::matched::{Matched, NotMatched, Verdict, Weight, matched};
pub use self::statistics::{Change, EventRate, rate_ratio};
pub use self::visit::{Detail, FaultCounts, Visit, visits};
