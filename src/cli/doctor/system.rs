//! What the operating system says of itself, in files and by its own tools. Everything here may be unknown.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

/// What `ip` says of a CAN interface.
pub(super) struct Link {
    pub bit_rate: Option<u64>,
    pub listen_only: bool,
    /// A virtual one has no bit rate.
    pub is_virtual: bool,
    pub restarts: bool,
}

/// The output of a program that ends well.
fn output(program: &str, args: &[&str]) -> Option<String> {
    let ended = Command::new(program).args(args).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    ended.status.success().then(|| String::from_utf8_lossy(&ended.stdout).into_owned())
}

/// `None` where iproute2 is missing or does not speak JSON.
pub(super) fn link(interface: &str) -> Option<Link> {
    let text = output("ip", &["-details", "-json", "link", "show", "dev", interface])?;
    link_of(&serde_json::from_str(&text).ok()?)
}

fn link_of(json: &Value) -> Option<Link> {
    let info = json.get(0)?.get("linkinfo")?;
    let data = &info["info_data"];
    let modes = data["ctrlmode"].as_array();
    Some(Link {
        bit_rate: data["bittiming"]["bitrate"].as_u64(),
        listen_only: modes.is_some_and(|modes| modes.iter().any(|mode| mode == "LISTEN-ONLY")),
        is_virtual: info["info_kind"].as_str().is_some_and(|kind| kind == "vcan" || kind == "vxcan"),
        restarts: data["restart_ms"].as_u64().is_some_and(|ms| ms > 0),
    })
}

/// True when the interface is set up.
pub(super) fn is_up(interface: &str) -> bool {
    let flags = std::fs::read_to_string(format!("/sys/class/net/{interface}/flags")).unwrap_or_default();
    u32::from_str_radix(flags.trim().trim_start_matches("0x"), 16).is_ok_and(|flags| flags & 1 != 0)
}

/// Whether the kernel has CAN: loaded, or as a module that is loaded on demand.
pub(super) enum KernelCan {
    Loaded,
    Module,
    Missing,
}

pub(super) fn kernel_can() -> KernelCan {
    let loaded = std::fs::read_to_string("/proc/net/protocols").unwrap_or_default();
    if loaded.lines().any(|line| line.starts_with("CAN_RAW")) {
        return KernelCan::Loaded;
    }
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let modules = Path::new("/lib/modules").join(release.trim());
    let named = ["modules.dep", "modules.builtin"].iter().any(|list| {
        std::fs::read_to_string(modules.join(list))
            .is_ok_and(|text| text.lines().any(|line| line.contains("/can-raw.ko")))
    });
    if named { KernelCan::Module } else { KernelCan::Missing }
}

/// Whether the clock is kept by a time server; `None` where it is not known.
pub(super) fn clock_is_synchronised() -> Option<bool> {
    match output("timedatectl", &["show", "--property=NTPSynchronized", "--value"])?.trim() {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

/// What may bring time from satellites: a pulse, or a service that reads a receiver.
pub(super) fn gnss_time() -> Vec<&'static str> {
    let there = [
        ("/dev/pps0", "pps0"),
        ("/run/gpsd.sock", "gpsd"),
        ("/var/run/gpsd.sock", "gpsd"),
        ("/run/chrony", "chrony"),
        ("/dev/gnss0", "gnss0"),
    ];
    let mut found: Vec<&str> =
        there.iter().filter(|(path, _)| Path::new(path).exists()).map(|(_, name)| *name).collect();
    found.dedup();
    found
}

/// The names of the sound cards.
pub(super) fn sound_cards() -> Vec<String> {
    let text = std::fs::read_to_string("/proc/asound/cards").unwrap_or_default();
    // Two lines a card: " 0 [PCH            ]: HDA-Intel - HDA Intel PCH".
    text.lines().filter_map(|line| Some(line.split_once("]: ")?.1.trim().to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ip_says_is_understood() {
        // `ip -details -json link show dev can0` of iproute2 6.1 on a gs_usb adapter, shortened.
        let json = serde_json::json!([{"ifname": "can0", "flags": ["NOARP", "UP"], "linkinfo": {"info_kind": "can",
            "info_data": {"ctrlmode": ["LISTEN-ONLY", "BERR-REPORTING"], "state": "ERROR-ACTIVE", "restart_ms": 100,
            "bittiming": {"bitrate": 250_000, "sample_point": "0.875"}}}}]);
        let link = link_of(&json).unwrap();
        assert_eq!(
            (link.bit_rate, link.listen_only, link.is_virtual, link.restarts),
            (Some(250_000), true, false, true)
        );
        let json = serde_json::json!([{"ifname": "vcan0", "linkinfo": {"info_kind": "vcan"}}]);
        let link = link_of(&json).unwrap();
        assert_eq!((link.bit_rate, link.listen_only, link.is_virtual, link.restarts), (None, false, true, false));
        assert!(link_of(&serde_json::json!([])).is_none());
        assert!(link_of(&serde_json::json!({"error": 1})).is_none());
    }
}
