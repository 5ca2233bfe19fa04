//! Adapters that fail: a serial one (slcan) whose other end is the test, and a card whose queue runs over.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::service::{Service, link, wait_for};

/// EEC1 with 1985.25 r/min, as an adapter writes it.
const ENGINE: &str = "T0CF00400871CDC50A3E00FFC8\r";
const NAME: &str = "slcan9";

pub fn no_slcan() -> Option<String> {
    let module = Path::new("/sys/module/slcan").exists();
    crate::vcan()
        .or_else(|| crate::absent(&["slcand"]))
        .or_else(|| (!module).then(|| "the kernel has no slcan (modprobe slcan)".to_owned()))
}

/// A serial CAN adapter in a terminal's place.
struct Adapter {
    side: File,
    driver: Child,
}

impl Adapter {
    fn plug_in() -> Self {
        let side = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&side).unwrap();
        unlockpt(&side).unwrap();
        let line = ptsname(&side, Vec::new()).unwrap();
        let driver = Command::new("slcand")
            .args(["-F", line.to_str().unwrap(), NAME])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let side = File::from(side);
        // The kernel's commands (S5, O, C) must be read, or `ip link set up` waits for ever.
        let mut commands = side.try_clone().unwrap();
        std::thread::spawn(move || while matches!(commands.read(&mut [0; 256]), Ok(1..)) {});
        wait_for("the adapter's interface", || Path::new("/sys/class/net").join(NAME).exists());
        Self { side, driver }
    }

    fn says(&mut self, line: &str) {
        self.side.write_all(line.as_bytes()).unwrap();
    }

    /// The driver lets go of the line, as when a plug is pulled.
    fn pull_out(mut self) {
        self.driver.kill().unwrap();
        self.driver.wait().unwrap();
    }
}

fn up() {
    link(&["set", NAME, "up", "type", "can", "bitrate", "250000"]);
}

/// Warning, passive, not acknowledged, overrun, off the bus, down, up, pulled out, plugged in: one session throughout.
pub fn an_adapter_fails_and_is_mended(folder: &Path) {
    let mut adapter = Adapter::plug_in();
    up();
    let service = Service::on(folder, &[NAME]);
    let heard = |adapter: &mut Adapter| {
        let engine = "SELECT count(*) FROM sample WHERE engine_rpm > 1985";
        let before = service.number(engine);
        wait_for("the engine", || {
            adapter.says(ENGINE);
            service.number(engine) > before
        });
    };
    heard(&mut adapter);
    // The state, then the receive and the transmit error counter.
    for (line, what) in [
        ("sw000096\r", "warning"),
        ("sp096128\r", "passive"),
        ("sa000000\r", "active"),
        ("e1a\r", "no-ack"),
        ("e1o\r", "overrun"),
        ("sb000000\r", "bus-off"),
    ] {
        adapter.says(line);
        service.wait_until_told(NAME, what);
    }
    link(&["set", NAME, "down"]);
    service.wait_until_told(NAME, "down");
    up();
    service.wait_until_told(NAME, "up");
    heard(&mut adapter);
    adapter.pull_out();
    service.wait_until_told(NAME, "gone");
    let mut adapter = Adapter::plug_in();
    up();
    service.wait_until_told(NAME, "back");
    heard(&mut adapter);
    let left = service.term();
    for (what, times) in [("warning", 1), ("passive", 1), ("no-ack", 1), ("overrun", 1), ("bus-off", 1), ("gone", 1)] {
        assert_eq!(left.bus(NAME, what), times, "{what}: {}", left.summary["bus"]);
    }
    assert_eq!(left.summary["bus"][NAME]["state"], "active");
    assert!(left.printed.contains("bus slcan9: active"), "{}", left.printed);
    println!("  {}", left.printed.lines().find(|line| line.starts_with("bus")).unwrap());
    adapter.pull_out();
}

pub fn no_kvaser() -> Option<String> {
    let driver = |name: &str| fs::canonicalize(format!("/sys/class/net/{name}/device/driver")).unwrap_or_default();
    let there = ["can0", "can1"].iter().all(|name| driver(name).ends_with("kvaser_pci"));
    (!there).then(|| "no Kvaser cards can0 and can1 on one bus (QEMU has them)".to_owned())
}

/// Bursts that the card's 64 bytes do not hold, until one was too fast for this machine: the driver tells of it, and so do we.
pub fn a_card_that_loses_frames_says_so(folder: &Path) {
    const BURST: u64 = 500;
    let service = Service::on(folder, &["can0", "--all-frames"]);
    let (burst, mut sent) = (BURST.to_string(), 0);
    wait_for("can0: overrun", || {
        let done =
            Command::new("cangen").args(["can1", "-g", "0", "-n", &burst, "-i", "-e", "-L", "8"]).status().unwrap();
        assert!(done.success());
        sent += BURST;
        service.told("can0", "overrun") > 0
    });
    let left = service.term();
    let (received, overruns) = (left.bus("can0", "frames"), left.bus("can0", "overrun"));
    assert!(received > 0 && received < sent, "{received} received");
    println!("  {sent} sent, {received} received, {overruns} overruns told by the driver");
}
