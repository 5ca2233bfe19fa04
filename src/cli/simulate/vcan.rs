//! The only place that sends frames: to an interface that is not a machine's.

use std::fs;
use std::io;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use crate::cli::said::Said;
use grainloss_can::Frame;
use grainloss_knowledge::spoken;
use socketcan::{CanFdFrame, CanFdSocket, CanFrame, EmbeddedFrame, ExtendedId, Id, Socket, StandardId};

use super::super::error::CliError;
use grainloss_bus::can_interfaces;

/// An open interface.
#[derive(Debug)]
pub(super) struct VirtualBus {
    name: String,
    socket: CanFdSocket,
}

impl VirtualBus {
    /// Opens a virtual interface, or, when the user insists, any.
    pub fn open(name: &str, allow_real_bus: bool) -> Result<Self, CliError> {
        if name.contains('/') || !Path::new("/sys/class/net").join(name).exists() {
            let names = Some(can_interfaces().join(", ")).filter(|names| !names.is_empty());
            let none = spoken().get("cli-none");
            let values = [("name", name), ("names", names.as_deref().unwrap_or(&none))];
            return Err(CliError::input(spoken().with("vcan-none", &values)));
        }
        if !allow_real_bus && !is_virtual(name) {
            return Err(CliError::input(spoken().with("vcan-real-bus", &[("name", name)])));
        }
        let socket =
            CanFdSocket::open(name).map_err(|error| CliError::input(format!("--iface {name}: {}", error.said())))?;
        Ok(Self { name: name.to_owned(), socket })
    }

    /// Sends a frame, waiting while the interface's queue is full.
    pub fn send(&self, frame: &Frame) -> Result<(), CliError> {
        let id = if frame.id.is_extended() {
            ExtendedId::new(frame.id.bits()).map(Id::Extended)
        } else {
            StandardId::new(frame.id.bits() as u16).map(Id::Standard)
        };
        let failed = |error: &dyn Said| CliError::failed(format!("--iface {}: {}", self.name, error.said()));
        let id = id.ok_or_else(|| failed(&spoken().get("vcan-no-identifier")))?;
        loop {
            let sent = if frame.len() > 8 {
                CanFdFrame::new(id, frame.payload()).map(|frame| self.socket.write_frame(&frame))
            } else {
                CanFrame::new(id, frame.payload()).map(|frame| self.socket.write_frame(&frame))
            };
            match sent.ok_or_else(|| failed(&"a payload that CAN does not have"))? {
                Ok(()) => return Ok(()),
                Err(error)
                    if error.raw_os_error() == Some(libc::ENOBUFS) || error.kind() == io::ErrorKind::WouldBlock =>
                {
                    sleep(Duration::from_millis(1));
                }
                Err(error) => return Err(failed(&error)),
            }
        }
    }
}

/// True for vcan and vxcan: below `/sys/devices/virtual`, and of such a name. A serial adapter (slcan) is below it too.
fn is_virtual(name: &str) -> bool {
    let path = fs::canonicalize(Path::new("/sys/class/net").join(name));
    let named = name.starts_with("vcan") || name.starts_with("vxcan");
    named && path.is_ok_and(|path| path.starts_with("/sys/devices/virtual"))
}
