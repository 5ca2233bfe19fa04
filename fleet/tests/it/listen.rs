//! Messages of cabs at a real broker, heard by the program.

use std::io::{BufRead as _, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Instant;

use grainloss_uplink::{Credentials, MqttConfig, TlsFiles, UplinkConfig, Waiting, online, start, state};
use serde_json::Value as Json;
use tokio::sync::watch;

use crate::broker::{AT_MOST, Broker, certificates, free_port, mosquitto};
use crate::gather::support::Bench;
use crate::simulated::{raised, snapshot};

/// `grainloss-fleet listen` while it runs.
struct Listening {
    child: Child,
    said: Receiver<String>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Listening {
    fn start(bench: &Bench, args: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_grainloss-fleet"))
            .arg("listen")
            .args(args)
            .env("GRAINLOSS_STORE", bench.store())
            .env("LANG", "en_US.UTF-8")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (send, said) = channel();
        let pipes: [Box<dyn Read + Send>; 2] =
            [Box::new(child.stdout.take().unwrap()), Box::new(child.stderr.take().unwrap())];
        for pipe in pipes {
            let send = send.clone();
            std::thread::spawn(move || {
                BufReader::new(pipe).lines().map_while(Result::ok).try_for_each(|line| send.send(line))
            });
        }
        Self { child, said }
    }

    /// The next line that has this in it.
    #[track_caller]
    fn says(&self, part: &str) -> String {
        loop {
            let line = self.said.recv_timeout(AT_MOST).unwrap_or_else(|_| panic!("nothing was said of {part:?}"));
            if line.contains(part) {
                return line;
            }
        }
    }
}

/// What the question `seen` answers about a machine, once it is as it should be.
#[track_caller]
fn seen(bench: &Bench, device: &str, is_there: impl Fn(&Json) -> bool) -> Json {
    let begun = Instant::now();
    loop {
        let answer: Json = serde_json::from_str(&bench.ok(&["ask", "seen", "--format", "json"])).unwrap();
        let row = answer["rows"].as_array().unwrap().iter().find(|row| row["device"] == device).cloned();
        let row = row.unwrap_or(Json::Null);
        if is_there(&row) {
            return row;
        }
        assert!(begun.elapsed() < AT_MOST, "{row:#}");
    }
}

/// The machine `a` of the register.
fn device(bench: &Bench) -> String {
    bench.trust_all();
    grainloss_packet::device(std::fs::read_to_string(bench.path("cab-a/device.pub")).unwrap().trim())
}

fn uplink(bench: &Bench, device: &str, port: u16) -> UplinkConfig {
    UplinkConfig {
        outbox: bench.path("outbox"),
        machine: device.to_owned(),
        software: "1.0".to_owned(),
        s3: None,
        mqtt: Some(MqttConfig { host: "localhost".to_owned(), port, is_encrypted: false }),
        credentials: Credentials::default(),
        tls: TlsFiles::default(),
        budget_bytes_per_hour: None,
    }
}

fn publish(port: u16, topic: &str, payload: &str, more: &[&str]) {
    let mut child = Command::new("mosquitto_pub")
        .args(["-V", "5", "-q", "1", "-h", "localhost", "-p", &port.to_string(), "-t", topic])
        .arg(if payload.is_empty() { "-n" } else { "-s" })
        .args(more)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), payload.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
}

/// A state of a machine that cuts wheat, as the cab's program makes it, at this time.
fn cutting(device: &str, t_us: i64) -> Json {
    let mut payload = state(device, &snapshot(), Waiting { blocks: 3, alarms_lost: 0 });
    payload["t_us"] = t_us.into();
    payload["activity"] = "cutting".into();
    payload["total_area_m2"] = 20_000.into();
    payload["session_crop_loss_ppm"] = serde_json::json!({ "value": 18_500, "lo": 13_000, "hi": 26_000 });
    payload["limit_ppm"] = 12_000.into();
    payload
}

fn now_s() -> i64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() as i64
}

#[test]
fn what_a_cab_says_is_in_the_answer_and_its_end_is_seen() {
    let Some(program) = mosquitto() else { return };
    let bench = Bench::new();
    let device = device(&bench);
    let begun = now_s();
    let broker = Broker::start(&program, bench.folder.path(), free_port(), "allow_anonymous true");
    let listening = Listening::start(&bench, &["--broker", &format!("mqtt://localhost:{}", broker.port)]);
    assert!(listening.says("connected to").contains("2 machines"));
    // Nothing was heard before: neither packets nor messages.
    let before = seen(&bench, &device, |_| true);
    assert!(before["seen_s"].is_null() && before["seen_by"].is_null() && before["is_online"].is_null(), "{before:#}");
    // The cab's own uplink.
    let (snapshots, screens) = watch::channel(snapshot());
    let cab = start(uplink(&bench, &device, broker.port), screens).unwrap();
    let row = seen(&bench, &device, |row| row["is_online"] == 1 && row["crop"] == "wheat");
    assert_eq!((&row["seen_by"], &row["packet_s"]), (&"mqtt".into(), &Json::Null));
    assert!((begun..=now_s()).contains(&row["seen_s"].as_i64().unwrap()), "{row:#}");
    snapshots.send_modify(|snapshot| snapshot.timeline.push(raised(1_750_000_300_000_000, "plugged")));
    let row = seen(&bench, &device, |row| row["alarm"] == "plugged");
    assert_eq!((&row["alarm_level"], &row["alarm_s"]), (&2.into(), &1_750_000_300.into()));
    assert_eq!(row["alarm_happened"], "raised");
    cab.finish();
    let row = seen(&bench, &device, |row| row["is_online"] == 0);
    assert_eq!(row["alarm"], "plugged", "{row:#}");
    // What machine b said: nothing.
    let others: Json = serde_json::from_str(&bench.ok(&["ask", "seen", "--format", "json"])).unwrap();
    let mut others = others["rows"].as_array().unwrap().iter().filter(|row| row["device"] != *device);
    assert!(others.all(|row| row["seen_s"].is_null()));
    // Gathered beside it: packets count, the newer of the two is shown.
    bench.pack("a", false);
    bench.ok(&["gather", "packets-a"]);
    let row = seen(&bench, &device, |row| !row["packet_s"].is_null());
    let newer = row["packet_s"].as_i64().unwrap().max(row["mqtt_s"].as_i64().unwrap());
    assert_eq!(row["seen_s"], newer, "{row:#}");
    // For people, in both languages.
    let table = bench.ok(&["ask", "seen", "--lang", "zh"]);
    assert!(table.contains("离线") && table.contains("MQTT") && table.contains("堵塞"), "{table}");
}

#[test]
fn a_state_that_the_broker_kept_is_as_old_as_it_is() {
    let Some(program) = mosquitto() else { return };
    let bench = Bench::new();
    let device = device(&bench);
    let broker = Broker::start(&program, bench.folder.path(), free_port(), "allow_anonymous true");
    let topic = format!("grainloss/v1/{device}/state");
    publish(broker.port, &topic, &cutting(&device, 1_750_000_000_000_000).to_string(), &["-r"]);
    let listening = Listening::start(&bench, &["--broker", &format!("mqtt://localhost:{}", broker.port)]);
    listening.says("connected to");
    let row = seen(&bench, &device, |row| row["activity"] == "cutting");
    assert_eq!((&row["mqtt_s"], &row["state_s"]), (&1_750_000_000.into(), &1_750_000_000.into()));
    assert_eq!((&row["session_ppm"], &row["session_hi_ppm"]), (&18_500.into(), &26_000.into()));
    assert_eq!(
        (&row["limit_ppm"], &row["blocks_waiting"], &row["area_m2"]),
        (&12_000.into(), &3.into(), &20_000.into())
    );
}

#[test]
fn what_does_not_fit_is_counted_by_its_reason_and_changes_nothing() {
    let Some(program) = mosquitto() else { return };
    let bench = Bench::new();
    let device = device(&bench);
    let broker = Broker::start(&program, bench.folder.path(), free_port(), "allow_anonymous true");
    let listening = Listening::start(&bench, &["--broker", &format!("mqtt://localhost:{}", broker.port)]);
    listening.says("connected to");
    let port = broker.port;
    let topic = format!("grainloss/v1/{device}/state");
    let good = cutting(&device, 1_750_000_000_000_000);
    publish(port, &topic, &good.to_string(), &[]);
    let before = seen(&bench, &device, |row| row["activity"] == "cutting");
    let with = |key: &str, value: Json| {
        let mut changed = good.clone();
        changed["activity"] = "stopped".into();
        changed[key] = value;
        changed.to_string()
    };
    let without = |key: &str| {
        let mut changed: Json = serde_json::from_str(&with("activity", "stopped".into())).unwrap();
        changed.as_object_mut().unwrap().remove(key);
        changed.to_string()
    };
    let band = |value: i64, lo: i64, hi: i64| serde_json::json!({ "value": value, "lo": lo, "hi": hi });
    let stranger = "00000000000000ff";
    let year_s = 365 * 86_400;
    let hostile = [
        ("too large", topic.clone(), with("more", "x".repeat(20_000).into())),
        ("too large", topic.clone(), with("more", "x".repeat(200_000).into())),
        // The broker does not send it to us at all.
        ("", topic.clone(), with("more", "x".repeat(2_000_000).into())),
        ("not as docs/schema says", topic.clone(), "not JSON".to_owned()),
        ("not as docs/schema says", topic.clone(), "[".repeat(16_000)),
        ("not as docs/schema says", topic.clone(), String::new()),
        ("not as docs/schema says", topic.clone(), with("version", 2.into())),
        ("not as docs/schema says", topic.clone(), with("t_us", 1.5.into())),
        ("not as docs/schema says", topic.clone(), with("blocks_waiting", Json::from(u64::MAX))),
        ("not as docs/schema says", topic.clone(), with("crop", "\u{1b}[2Jwheat".into())),
        // More than all, and ends that are not in their order.
        (
            "not as docs/schema says",
            topic.clone(),
            with("session_crop_loss_ppm", band(2_000_000, 1_900_000, 2_100_000)),
        ),
        ("not as docs/schema says", topic.clone(), with("session_crop_loss_ppm", band(18_500, 26_000, 13_000))),
        ("not as docs/schema says", topic.clone(), with("limit_ppm", 1_000_001.into())),
        ("not as docs/schema says", topic.clone(), without("alarms")),
        ("not as docs/schema says", format!("grainloss/v1/{device}/alarm"), with("activity", "stopped".into())),
        ("of another machine than the topic", topic.clone(), with("machine", stranger.into())),
        ("of a machine that is not registered", topic.replace(&device, stranger), with("machine", stranger.into())),
        ("with a time in the future", topic.clone(), with("t_us", ((now_s() + year_s) * 1_000_000).into())),
        ("with a time in the future", topic.clone(), with("t_us", i64::MAX.into())),
        ("of another topic", "grainloss/v1/../state".to_owned(), with("activity", "stopped".into())),
    ];
    // The last of the schema's: an unknown machine in its payload is not one of them.
    for (_, topic, payload) in &hostile {
        publish(port, topic, payload, &[]);
    }
    let expected: Vec<String> = [
        "of another topic",
        "too large",
        "not as docs/schema says",
        "of another machine than the topic",
        "of a machine that is not registered",
        "with a time in the future",
    ]
    .iter()
    .map(|reason| format!("{} {reason}", hostile.iter().filter(|(why, ..)| why == reason).count()))
    .collect();
    let line = listening.says(&expected.join(", "));
    assert!(line.contains("taken: 1;"), "{line}");
    // The next good one is taken, and nothing of the others was.
    publish(port, &format!("grainloss/v1/{device}/online"), &online(&device, true, "1.0").to_string(), &[]);
    let mut after = seen(&bench, &device, |row| row["is_online"] == 1);
    for key in ["is_online", "mqtt_s", "seen_s", "clock_ahead_s"] {
        after[key] = before[key].clone();
    }
    assert_eq!(after, before);
}

#[test]
fn a_broker_that_goes_and_comes_is_heard_again() {
    let Some(program) = mosquitto() else { return };
    let bench = Bench::new();
    let device = device(&bench);
    let port = free_port();
    let broker = Broker::start(&program, bench.folder.path(), port, "allow_anonymous true");
    let listening = Listening::start(&bench, &["--broker", &format!("mqtt://localhost:{port}")]);
    listening.says("connected to");
    drop(broker);
    assert!(listening.says("tried again in").contains(&format!("localhost:{port}")));
    let _broker = Broker::start(&program, bench.folder.path(), port, "allow_anonymous true");
    listening.says("connected to");
    publish(port, &format!("grainloss/v1/{device}/state"), &cutting(&device, 1).to_string(), &[]);
    seen(&bench, &device, |row| row["activity"] == "cutting");
    // One program listens for a store.
    let refused = bench.refused(&["listen", "--broker", &format!("mqtt://localhost:{port}")], 1);
    assert!(refused.contains("another program"), "{refused}");
}

#[test]
fn a_broker_that_asks_for_a_certificate_and_a_password_is_heard() {
    let Some(program) = mosquitto() else { return };
    let bench = Bench::new();
    let device = device(&bench);
    let folder = bench.folder.path();
    if certificates(folder).is_none() {
        return;
    }
    let at = |name: &str| bench.path(name).display().to_string();
    let made = Command::new("mosquitto_passwd").args(["-b", "-c", &at("users"), "office", "long"]).status();
    assert!(made.unwrap().success());
    for (name, mode) in [("server.key", 0o644), ("users", 0o644), ("cab.key", 0o600)] {
        std::fs::set_permissions(at(name), std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    }
    std::fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let lines = format!(
        "cafile {0}/ca.pem\ncertfile {0}/server.pem\nkeyfile {0}/server.key\nrequire_certificate true\npassword_file {0}/users\nallow_anonymous false",
        folder.display()
    );
    let broker = Broker::start(&program, folder, free_port(), &lines);
    let url = format!("mqtts://localhost:{}", broker.port);
    std::fs::write(at("keys"), "GRAINLOSS_MQTT_USER=office\nGRAINLOSS_MQTT_PASSWORD=long\n").unwrap();
    let (ca, cert, key, keys) = (at("ca.pem"), at("cab.pem"), at("cab.key"), at("keys"));
    let args = ["--broker", &url, "--ca", &ca, "--cert", &cert, "--key", &key, "--credentials", &keys];
    // A file that others may read is refused, by its name.
    std::fs::set_permissions(at("keys"), std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    assert!(bench.refused(&[&["listen"], &args[..]].concat(), 2).contains("chmod 600"));
    std::fs::set_permissions(at("keys"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let listening = Listening::start(&bench, &args);
    listening.says("connected to");
    let tls = ["--cafile", &ca, "--cert", &cert, "--key", &key, "-u", "office", "-P", "long"];
    publish(broker.port, &format!("grainloss/v1/{device}/state"), &cutting(&device, 1).to_string(), &tls);
    seen(&bench, &device, |row| row["activity"] == "cutting");
    drop(listening);
    // Without the password it says why, and goes on trying.
    let listening = Listening::start(&bench, &args[..8]);
    listening.says("tried again in");
}

#[test]
fn a_cab_whose_clock_is_ahead_is_seen_and_its_figures_are_not_taken() {
    use grainloss_fleet::heard::ears::Ears;
    let device = "0123456789abcdef";
    let (topic, alarms) = (format!("grainloss/v1/{device}/state"), format!("grainloss/v1/{device}/alarm"));
    let mut ears = Ears::new(Vec::new());
    ears.listen_for([device.to_owned()].into());
    let mut hear = |t_us: i64, is_kept: bool, now_s: i64| {
        ears.hear(topic.as_bytes(), cutting(device, t_us).to_string().as_bytes(), is_kept, now_s * 1_000_000);
        let heard = ears.all().next().cloned().unwrap_or_default();
        (heard.heard_s, heard.state.t_us, heard.clock_ahead_s, ears.counts().taken, ears.counts().all_refused())
    };
    // The office's clock is at 10,000 s. What the broker had kept was sent at a time that no one knows.
    assert_eq!(hear(11_500_000_000, true, 10_000), (None, None, None, 0, 1));
    assert_eq!(hear(11_500_000_000, false, 10_000), (Some(10_000), None, Some(1500), 0, 2));
    // Ten minutes are taken. Then it is off by 20 minutes again: its state stays, and it was heard.
    assert_eq!(hear(10_660_000_000, false, 10_060), (Some(10_060), Some(10_660_000_000), None, 1, 2));
    assert_eq!(hear(11_320_000_000, false, 10_120), (Some(10_120), Some(10_660_000_000), Some(1200), 1, 3));
    assert_eq!(hear(i64::MAX, false, 10_180).0, Some(10_180));
    let alarm = serde_json::json!({
        "format": "grainloss-alarm", "version": 1, "machine": device, "session": 1, "crop": "wheat", "t_us": 10_900_000_000_i64,
        "happened": "raised", "alarm": "plugged", "level": 2, "stream": null, "late": false,
    });
    ears.hear(alarms.as_bytes(), alarm.to_string().as_bytes(), false, 10_240_000_000);
    let heard = ears.all().next().unwrap();
    assert_eq!((heard.heard_s, &heard.alarm, heard.clock_ahead_s), (Some(10_240), &None, Some(660)));
}

#[test]
fn a_register_of_an_earlier_version_gets_the_new_column() {
    let bench = Bench::new();
    let device = device(&bench);
    let register = rusqlite::Connection::open(bench.store().join("register.sqlite")).unwrap();
    register.execute_batch("ALTER TABLE heard DROP COLUMN clock_ahead_s").unwrap();
    drop(register);
    let mut keeper = grainloss_fleet::heard::keeper::Keeper::open(&bench.store()).unwrap();
    keeper.keep().unwrap();
    let topic = format!("grainloss/v1/{device}/state");
    keeper.ears.hear(topic.as_bytes(), cutting(&device, 1_500_000_000).to_string().as_bytes(), false, 0);
    keeper.keep().unwrap();
    drop(keeper);
    assert_eq!(seen(&bench, &device, |_| true)["clock_ahead_s"], 1500);
}

#[test]
fn a_gather_and_a_listener_write_one_register() {
    let bench = Bench::new();
    let device = device(&bench);
    let folder = bench.store();
    let writes = std::thread::spawn({
        let (folder, device) = (folder.clone(), device.clone());
        move || {
            let mut keeper = grainloss_fleet::heard::keeper::Keeper::open(&folder).unwrap();
            keeper.keep().unwrap();
            for at in 0..150 {
                let payload = cutting(&device, at).to_string();
                keeper.ears.hear(format!("grainloss/v1/{device}/state").as_bytes(), payload.as_bytes(), false, at);
                keeper.keep().unwrap();
            }
        }
    });
    let mut store = grainloss_fleet::store::Store::open(&folder).unwrap();
    for at in 0..150 {
        let machine = grainloss_fleet::register::Machine {
            plate: Some(at.to_string()),
            ..store.register.machine(&device).unwrap()
        };
        store.set_machines(&[machine]).unwrap();
    }
    writes.join().unwrap();
    drop(store);
    let row = seen(&bench, &device, |_| true);
    assert_eq!((&row["plate"], &row["activity"]), (&"149".into(), &"cutting".into()));
}

#[test]
fn commands_without_a_store_or_with_a_wrong_address_say_what_to_do() {
    let bench = Bench::new();
    let refused = bench.refused(&["listen", "--broker", "mqtt://localhost"], 2);
    assert!(refused.contains("gather"), "{refused}");
    let refused = bench.refused(&["listen", "--broker", "localhost:1883"], 2);
    assert!(refused.contains("mqtts://HOST"), "{refused}");
}

mod properties {
    use grainloss_fleet::heard::message::read;
    use proptest::prelude::*;

    use super::cutting;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_payload_panics(bytes in prop::collection::vec(any::<u8>(), 0..400), now in any::<i64>(), kept in any::<bool>()) {
            for topic in ["state", "online", "alarm", "limit", ""] {
                let topic = format!("grainloss/v1/0123456789abcdef/{topic}");
                let _ = read(topic.as_bytes(), &bytes, kept, now);
            }
            let _ = read(&bytes, b"{}", kept, now);
        }

        #[test]
        fn a_good_payload_with_bytes_changed_does_not_panic(at in 0usize..700, byte in any::<u8>(), t_us in any::<i64>()) {
            let mut payload = cutting("0123456789abcdef", t_us).to_string().into_bytes();
            let at = at % payload.len();
            payload[at] = byte;
            let topic = b"grainloss/v1/0123456789abcdef/state";
            if let Ok(message) = read(topic, &payload, false, 0) {
                prop_assert_eq!(message.device, "0123456789abcdef");
            }
        }
    }
}
