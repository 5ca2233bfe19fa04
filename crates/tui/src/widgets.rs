//! Parts that screens share.

pub(crate) mod alarm_line;
pub(crate) mod big_digits;
pub(crate) mod canvas;
pub(crate) mod chrome;
pub(crate) mod events;
pub(crate) mod flow;
pub(crate) mod glyphs;
pub(crate) mod headline;
pub(crate) mod limits;
pub(crate) mod loss_shown;
pub(crate) mod menu;
pub(crate) mod next_pan;
pub(crate) mod next_step;
pub(crate) mod numbers;
pub(crate) mod qr;
pub(crate) mod rows;
pub(crate) mod session_lines;
pub(crate) mod sheet;
pub(crate) mod tap;
pub(crate) mod trend;
pub(crate) mod verdict;
pub(crate) mod wrap;
