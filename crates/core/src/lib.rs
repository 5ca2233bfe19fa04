//! The computing core of grainloss: from signals to channels, from channels to an estimate of the grain lost, from the
//! estimate to alarms and advice. Pure: no I/O, no clock, no thread; the same frames give the same bytes.
//!
//! ```text
//! frames ──► machine ──► harvest ──► advice ──► record
//!            channels    loss, ±     alarms     the row of a second
//! ```
//!
//! [`pipeline::Pipeline`] runs all of it, ten steps a second of bus time:
//!
//! ```
//! use grainloss_can::{CanId, Frame};
//! use grainloss_core::advice::Advisor;
//! use grainloss_core::harvest::{Crop, Harvest, Setup};
//! use grainloss_core::machine::{ChannelBank, Profile, Router};
//! use grainloss_core::pipeline::{Output, Pipeline};
//!
//! // Engine speed of J1939: group 61444, bytes 4 and 5, 0.125 r/min.
//! let profile = Profile::parse("own.toml", r#"
//! name = "own"
//! geometry = { header_width_m = 5.0, discharge_width_m = 1.6, rated_feed_kg_s = 10.0, rated_engine_rpm = 2100.0 }
//! [[channel]]
//! name = "engine.speed"
//! sources = [{ frame = { pgn = 61444 }, bits = { start = 24, length = 16 }, scale = 0.125, unit = "r/min" }]
//! "#, |name| Err(format!("no database {name}")))?;
//! // A wheat crop of 6 t/ha.
//! let crop = Crop {
//!     kernel_mass_kg: 42e-6, yield_kg_m2: 0.6, yield_is_measured: false, straw_to_grain: 1.0,
//!     header_loss: 0.005, separation_loss: 0.006, cleaning_loss: 0.004,
//!     lowest_head_m: None, best_reel_ratio: None,
//! };
//! let harvest = Harvest::new(Setup { crop, geometry: profile.geometry.clone(), loss_plates: None });
//! let mut pipeline = Pipeline::new(ChannelBank::new(Router::new(&profile)?), harvest, Advisor::new(Some(0.012), 10.0));
//!
//! let mut speeds_rpm = Vec::new();
//! for second in 0..3 {
//!     let id = CanId::extended(0x0CF0_0400).unwrap();
//!     let frame = Frame::new(second * 1_000_000, id, &[0xFF, 0xFF, 0xFF, 0x00, 0x40, 0xFF, 0xFF, 0xFF]).unwrap();
//!     pipeline.frame(&frame, frame.t_us, &mut |output| {
//!         if let Output::Second(row, _) = output {
//!             speeds_rpm.push(row.engine_rpm);
//!         }
//!     });
//! }
//! assert_eq!(speeds_rpm.last(), Some(&Some(2048.0))); // 0x4000 × 0.125
//! # Ok::<(), grainloss_core::data_file::FileError>(())
//! ```

#![forbid(unsafe_code)]

pub mod advice;
pub mod check_result;
pub mod clean_text;
pub mod clock;
pub mod crop_conditions;
pub mod data_file;
pub mod fixed_decimals;
pub mod habits;
pub mod harvest;
pub mod harvest_mode;
pub mod like_work;
pub mod machine;
pub mod math;
pub mod measured_point;
pub mod pan_sample;
pub mod params;
pub mod pipeline;
pub mod record;
pub mod rounding;
pub mod test_cut;
pub mod time;
