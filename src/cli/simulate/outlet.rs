//! Where the frames go: a log, compressed by its name, or an interface.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::cli::said::Said as _;
use grainloss_can::candump::write_frame;
use grainloss_knowledge::spoken;
use grainloss_simulator::{BusEvent, ErrorFrame};

use super::super::error::CliError;
use super::super::log_file::LogFile;
use super::vcan::VirtualBus;

/// The interface's name in logs.
const LOG_INTERFACE: &str = "can0";

/// A log file, or an interface.
pub(super) enum Outlet {
    Log(LogFile, PathBuf),
    Bus(VirtualBus),
}

impl Outlet {
    /// Opens what was asked for; the command line asks for one of them.
    pub fn open(out: Option<&Path>, iface: Option<&str>, allow_real_bus: bool) -> Result<Self, CliError> {
        match (out, iface) {
            (Some(path), _) => {
                let wrong = |error: io::Error| CliError::input(format!("--out {}: {}", path.display(), error.said()));
                Ok(Self::Log(LogFile::create(path).map_err(wrong)?, path.to_owned()))
            }
            (None, Some(name)) => Ok(Self::Bus(VirtualBus::open(name, allow_real_bus)?)),
            (None, None) => Err(CliError::input(spoken().get("simulate-nowhere"))),
        }
    }

    pub const fn is_bus(&self) -> bool {
        matches!(self, Self::Bus(_))
    }

    /// An interface has no place for the error frames of another controller: there, the fault is the silence alone.
    pub fn put(&mut self, event: &BusEvent) -> Result<Reader, CliError> {
        match (self, event) {
            (Self::Log(file, path), BusEvent::Frame(frame)) => read(path, write_frame(file, LOG_INTERFACE, frame)),
            (Self::Log(file, path), BusEvent::Error(error)) => read(path, write_error(file, error)),
            (Self::Bus(bus), BusEvent::Frame(frame)) => bus.send(frame).map(|()| Reader::There),
            (Self::Bus(_), BusEvent::Error(_)) => Ok(Reader::There),
        }
    }

    pub fn finish(self) -> Result<(), CliError> {
        match self {
            Self::Log(file, path) => read(&path, file.finish()).map(|_| ()),
            Self::Bus(_) => Ok(()),
        }
    }
}

/// The receiver of the frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reader {
    There,
    /// The reader has closed the pipe, as `| head` does.
    Gone,
}

fn read(path: &Path, written: io::Result<()>) -> Result<Reader, CliError> {
    match written {
        Ok(()) => Ok(Reader::There),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Reader::Gone),
        Err(error) => Err(unwritable(path, &error)),
    }
}

/// As candump writes it: bit 29 of the identifier marks it.
fn write_error(file: &mut impl Write, error: &ErrorFrame) -> io::Result<()> {
    let (seconds, micros) = (error.t_us.div_euclid(1_000_000), error.t_us.rem_euclid(1_000_000));
    write!(file, "({seconds:010}.{micros:06}) {LOG_INTERFACE} {:08X}#", ErrorFrame::FLAG | error.class)?;
    error.data.iter().try_for_each(|byte| write!(file, "{byte:02X}"))?;
    writeln!(file)
}

/// A full disk in the middle of the work.
pub(super) fn unwritable(path: &Path, error: &io::Error) -> CliError {
    CliError::failed(format!("{}: {}", path.display(), error.said()))
}
