//! Follows up several sessions: what changed after a training or a repair, which findings are open, and how a county
//! compares with its limit.

mod change;
mod county;
mod findings;
mod statistics;
mod visit;

pub use self::change::change;
pub use self::county::{CountyPlan, CountySession, county, county_sessions, points_needed};
pub use self::findings::{Due, Rule, findings_table, raise, rules};
pub use self::statistics::{Change, EventRate, rate_ratio, ratio_of_means};
pub use self::visit::{FaultCounts, Visit, visits};
