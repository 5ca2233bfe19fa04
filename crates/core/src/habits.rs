//! The price of a habit: what a fault of the operator loses beyond the same operator's normal work, in grain and in time.
//!
//! It runs a second at a time, on what the journal stores, so that screen and report say the same. The price of a kind of
//! fault is the grain lost meanwhile, and what of it leaves the machine later, less what this operator's normal work loses
//! of as much grain at that load; its time is that of the fault, less what normal work needs for the same area.
//!
//! A second's loss is of one habit at most: at the header of the first in the order of [`Habit::ALL`] that is going on;
//! behind the machine of the one in which most of the crop was cut that leaves then. So the prices add up to no more than
//! what was lost.

mod book;
mod drivers;
mod lag;
mod normal;
mod price;
mod types;
mod watch;

pub use book::HabitBook;
pub use drivers::{DriverBooks, SessionLoss};
pub use price::{HabitPrice, Untold};
pub use types::{Active, Habit, WorkSecond};
pub use watch::{HabitChange, HabitLimits, HabitWatch};
