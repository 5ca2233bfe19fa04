//! Where frames come from: log files and the kernel's CAN sockets. This crate only receives; it cannot send.
//!
//! Every source is a [`FrameSource`], polled in a loop:
//!
//! ```
//! use grainloss_bus::{FrameSource, LogSource, Polled};
//!
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("field.log");
//! # std::fs::write(&path, "(1749520800.0) can0 18FEF100#FFFFFFFFFFFFFFFF\n(1749520800.1) can1 123#00\n")?;
//! let mut source = LogSource::open(&[path])?;
//! let mut frames = 0;
//! while let Polled::Frame(_) = source.poll()? {
//!     frames += 1;
//! }
//! assert_eq!(frames, 2);
//! assert_eq!(source.interfaces(), ["can0", "can1"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod health;
mod log;
mod socketcan;
mod source;

pub use error::BusError;
pub use health::{BusEventKind, BusHealth, BusNews, BusState, ErrorFrame, InterfaceReport, worst};
pub use log::{LogBytes, LogSource, LogTotals, Watch, one_file, unpacked};
pub use socketcan::{Filter, LiveSource, can_interfaces};
pub use source::{FrameSource, News, Polled};
