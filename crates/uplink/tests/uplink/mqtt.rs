//! Messages to a real broker.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use grainloss_uplink::{
    Credentials, MqttConfig, MqttCredentials, S3Config, StatusFile, TlsFiles, Uplink, UplinkConfig, start,
};
use tokio::sync::watch;

use super::broker::{AT_MOST, Broker, Subscriber, certificates, free_port, mosquitto, silent};
use super::messages::assert_fits;
use super::simulated::{blocks, raised, snapshot};
use super::store_server::StoreServer;

const MACHINE: &str = "0123456789abcdef";

fn config(outbox: &Path, port: u16) -> UplinkConfig {
    UplinkConfig {
        outbox: outbox.to_owned(),
        machine: MACHINE.to_owned(),
        software: "1.0".to_owned(),
        s3: None,
        mqtt: Some(MqttConfig { host: "localhost".to_owned(), port, is_encrypted: false }),
        credentials: Credentials::default(),
        tls: TlsFiles::default(),
        budget_bytes_per_hour: None,
    }
}

fn run(config: UplinkConfig) -> (Uplink, watch::Sender<grainloss_protocol::snapshot::Snapshot>) {
    let (snapshots, screens) = watch::channel(snapshot());
    (start(config, screens).unwrap(), snapshots)
}

#[test]
fn state_is_retained_alarms_come_in_order_and_the_end_is_said() {
    let Some(program) = mosquitto() else { return };
    let folder = tempfile::tempdir().unwrap();
    let broker = Broker::start(&program, folder.path(), free_port(), "allow_anonymous true");
    let (uplink, snapshots) = run(config(&folder.path().join("outbox"), broker.port));
    let subscriber = Subscriber::start(broker.port, &[]);
    // Whether it subscribed before or after: a retained message reaches it.
    let online = subscriber.next_of("online");
    assert_eq!(
        (&*online.topic, online.payload["online"].as_bool()),
        (&*format!("grainloss/v1/{MACHINE}/online"), Some(true))
    );
    let state = subscriber.next_of("state");
    assert_fits("state", &state.payload);
    for (at, id) in ["bus-silent", "loss-level", "plugged"].into_iter().enumerate() {
        snapshots.send_modify(|snapshot| snapshot.timeline.push(raised(at as i64 + 1, id)));
    }
    for (at, (id, topic)) in
        [("bus-silent", "alarm"), ("loss-level", "limit"), ("plugged", "alarm")].into_iter().enumerate()
    {
        let message = subscriber.next();
        assert_eq!(message.topic, format!("grainloss/v1/{MACHINE}/{topic}"));
        assert_eq!((&message.payload["alarm"], message.payload["t_us"].as_u64()), (&id.into(), Some(at as u64 + 1)));
        assert_eq!(message.payload["late"], false);
        assert!(!message.retained);
        assert_fits(topic, &message.payload);
    }
    uplink.finish();
    assert_eq!(subscriber.next_of("online").payload["online"], false);
    // Who comes later knows the newest state, and that the cab has gone.
    let later = Subscriber::start(broker.port, &[]);
    let mut retained = [later.next(), later.next()];
    retained.sort_by(|a, b| a.topic.cmp(&b.topic));
    assert!(retained.iter().all(|message| message.retained));
    assert_eq!(retained[0].payload["online"], false);
    assert_eq!(retained[1].payload["session"], 12);
}

/// In the child only: an uplink until it is killed.
#[test]
fn child_is_online() {
    let Ok(outbox) = std::env::var("GRAINLOSS_TEST_OUTBOX") else { return };
    let port = std::env::var("GRAINLOSS_TEST_PORT").unwrap().parse().unwrap();
    let (_uplink, _snapshots) = run(config(Path::new(&outbox), port));
    loop {
        std::thread::park();
    }
}

#[test]
fn the_broker_says_that_a_cab_is_gone_whose_power_was_cut() {
    let Some(program) = mosquitto() else { return };
    let folder = tempfile::tempdir().unwrap();
    let broker = Broker::start(&program, folder.path(), free_port(), "allow_anonymous true");
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "mqtt::child_is_online"])
        .env("GRAINLOSS_TEST_OUTBOX", folder.path())
        .env("GRAINLOSS_TEST_PORT", broker.port.to_string())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let subscriber = Subscriber::start(broker.port, &[]);
    assert_eq!(subscriber.next_of("online").payload["online"], true);
    child.kill().unwrap();
    child.wait().unwrap();
    let gone = subscriber.next_of("online");
    assert_fits("online", &gone.payload);
    assert_eq!(gone.payload["online"], false);
}

#[test]
fn alarms_of_the_time_without_a_network_come_later_with_their_own_time() {
    let Some(program) = mosquitto() else { return };
    let folder = tempfile::tempdir().unwrap();
    let outbox = folder.path().join("outbox");
    let port = free_port();
    // No broker, and the cab is switched off in between.
    for day in 1..=2 {
        let (uplink, snapshots) = run(config(&outbox, port));
        snapshots
            .send_modify(|snapshot| snapshot.timeline.extend((1..=day).map(|day| raised(day * 100, "loss-level"))));
        let waits = |file: &PathBuf| {
            let text = std::fs::read_to_string(file).unwrap_or_default();
            text.contains(&format!("\"t_us\":{}", day * 100))
        };
        let is_said = || {
            let problem = StatusFile::read(&outbox).ok().and_then(|status| status.broker?.problem);
            problem.as_deref() == Some("unreachable")
        };
        while !waits(&outbox.join(".alarms.json")) || !is_said() {
            std::thread::yield_now();
        }
        uplink.finish();
    }
    let broker = Broker::start(&program, folder.path(), port, "allow_anonymous true");
    let subscriber = Subscriber::start(broker.port, &[]);
    // The broker must know the subscriber before: messages that are not retained wait for nobody.
    let (first, _snapshots) =
        run(UplinkConfig { machine: "f".repeat(16), ..config(&folder.path().join("other"), port) });
    assert_eq!(subscriber.next_of("online").payload["machine"], "f".repeat(16));
    let (uplink, _snapshots) = run(config(&outbox, port));
    for day in 1..=2 {
        let message = subscriber.next_of("limit");
        assert_eq!((message.payload["t_us"].as_i64(), &message.payload["late"]), (Some(day * 100), &true.into()));
    }
    uplink.finish();
    first.finish();
}

#[test]
fn a_broker_that_asks_for_a_certificate_and_a_password_gets_both_and_another_authority_is_not_trusted() {
    let Some(program) = mosquitto() else { return };
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    if certificates(folder.path()).is_none() {
        return;
    }
    let password = Command::new("mosquitto_passwd").args(["-b", "-c"]).arg(at("users")).args(["cab", "long"]).status();
    if !password.is_ok_and(|status| status.success()) {
        eprintln!("SKIPPED: mosquitto_passwd is not here");
        return;
    }
    for name in ["server.key", "cab.key", "users"] {
        // The broker may run as another user.
        let mode = if name == "cab.key" { 0o600 } else { 0o644 };
        std::fs::set_permissions(at(name), std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    }
    std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let lines = format!(
        "cafile {0}/ca.pem\ncertfile {0}/server.pem\nkeyfile {0}/server.key\nrequire_certificate true\npassword_file {0}/users\nallow_anonymous false",
        folder.path().display()
    );
    let broker = Broker::start(&program, folder.path(), free_port(), &lines);
    let user = Some(MqttCredentials { user: "cab".to_owned(), password: "long".to_owned() });
    let tls = TlsFiles { ca: Some(at("ca.pem")), client: Some((at("cab.pem"), at("cab.key"))) };
    let plain = config(&folder.path().join("outbox"), broker.port);
    let encrypted = UplinkConfig {
        mqtt: Some(MqttConfig { host: "localhost".to_owned(), port: broker.port, is_encrypted: true }),
        credentials: Credentials { s3: None, mqtt: user },
        tls,
        ..plain
    };
    let (uplink, _snapshots) = run(encrypted.clone());
    let (ca, cert, key) = (at("ca.pem"), at("cab.pem"), at("cab.key"));
    let tls = ["--cafile", ca.to_str().unwrap(), "--cert", cert.to_str().unwrap(), "--key", key.to_str().unwrap()];
    let subscriber = Subscriber::start(broker.port, &[&tls[..], &["-u", "cab", "-P", "long"][..]].concat());
    assert_eq!(subscriber.next_of("online").payload["online"], true);
    uplink.finish();
    // Another authority, of the same name.
    let other = tempfile::tempdir().unwrap();
    certificates(other.path());
    let tls = TlsFiles { ca: Some(other.path().join("ca.pem")), ..encrypted.tls.clone() };
    let outbox = folder.path().join("distrusts");
    let (uplink, _snapshots) = run(UplinkConfig { tls, outbox: outbox.clone(), ..encrypted });
    let begun = std::time::Instant::now();
    loop {
        let status = StatusFile::read(&outbox).ok().and_then(|status| status.broker);
        if let Some(error) = status.and_then(|line| line.error) {
            assert!(error.contains("certificate"), "{error}");
            break;
        }
        assert!(begun.elapsed() < AT_MOST, "nothing was said of it");
        std::thread::yield_now();
    }
    uplink.finish();
}

#[test]
fn nothing_waits_for_a_broker_and_a_store_that_never_answer() {
    let folder = tempfile::tempdir().unwrap();
    // Both accept, and say nothing.
    let (_silent, port) = silent();
    let sent = blocks(folder.path(), 2, 100);
    let s3 = S3Config {
        endpoint: format!("http://127.0.0.1:{port}"),
        bucket: "county".to_owned(),
        prefix: String::new(),
        region: "us-east-1".to_owned(),
        patience: Duration::from_mins(10),
    };
    let (uplink, snapshots) = run(UplinkConfig { s3: Some(s3.clone()), ..config(folder.path(), port) });
    for t_us in 1..=1000 {
        // The service's own way to publish; it returns whether the uplink looks or not.
        snapshots.send_modify(|snapshot| snapshot.timeline = vec![raised(t_us, "loss-step")]);
    }
    let newest = || std::fs::read_to_string(folder.path().join(".alarms.json")).unwrap_or_default();
    while !newest().contains("\"t_us\":1000") {
        std::thread::yield_now();
    }
    // It does not wait for the network when it ends, either.
    uplink.finish();
    let left = grainloss_uplink::Outbox::new(folder.path()).blocks().unwrap();
    assert_eq!(left.len(), sent.len());
    // With a store that answers the blocks go.
    let server = StoreServer::start(&[]);
    let s3 = S3Config { endpoint: server.url.clone(), ..s3 };
    let (uplink, _snapshots) = run(UplinkConfig { s3: Some(s3), mqtt: None, ..config(folder.path(), port) });
    while !grainloss_uplink::Outbox::new(folder.path()).blocks().unwrap().is_empty() {
        std::thread::yield_now();
    }
    uplink.finish();
    assert_eq!(server.stored.lock().unwrap().objects.len(), sent.len());
}
