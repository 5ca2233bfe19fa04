//! A real broker, and a real subscriber.
#![cfg(test)]

use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;

/// A message that never comes fails the test after this.
pub const AT_MOST: Duration = Duration::from_mins(2);

/// Mosquitto, if it is here; else says so.
pub fn mosquitto() -> Option<PathBuf> {
    let places = ["/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/usr/bin/mosquitto"];
    let found = places.iter().map(PathBuf::from).find(|path| path.exists());
    let subscribes = Command::new("mosquitto_sub").arg("--help").stdout(Stdio::null()).spawn();
    match (found, subscribes) {
        (Some(found), Ok(mut child)) => {
            let _ = child.wait();
            Some(found)
        }
        _ if std::env::var_os("GRAINLOSS_NEED_READERS").is_some() => panic!("mosquitto and mosquitto_sub are needed"),
        _ => {
            eprintln!("SKIPPED: mosquitto and mosquitto-clients are not here; .ci/readers installs them");
            None
        }
    }
}

/// A port that nothing listens at now.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Accepts every connection and says nothing; and its port.
pub fn silent() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

/// A broker that runs.
pub struct Broker {
    child: Child,
    pub port: u16,
}

impl Broker {
    /// Starts it with these lines of configuration after its listener, and waits until it listens.
    pub fn start(program: &Path, folder: &Path, port: u16, more: &str) -> Self {
        let file = folder.join(format!("broker-{port}.conf"));
        std::fs::write(&file, format!("listener {port} 127.0.0.1\n{more}\n")).unwrap();
        let child = Command::new(program).arg("-c").arg(&file).stderr(Stdio::null()).spawn().unwrap();
        let mut broker = Self { child, port };
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(broker.child.try_wait().unwrap().is_none(), "the broker does not start");
            std::thread::yield_now();
        }
        broker
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A message as a subscriber gets it.
#[derive(Debug)]
pub struct Message {
    pub topic: String,
    pub retained: bool,
    pub payload: Value,
}

/// A subscriber to everything of grainloss.
pub struct Subscriber {
    child: Child,
    lines: Receiver<String>,
}

impl Subscriber {
    pub fn start(port: u16, more: &[&str]) -> Self {
        let mut child = Command::new("mosquitto_sub")
            .args(["-V", "5", "-q", "1", "-h", "localhost", "-p", &port.to_string()])
            .args(["-t", "grainloss/#", "-F", "%t\t%r\t%p"])
            .args(more)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let reader = BufReader::new(child.stdout.take().unwrap());
        let (send, lines) = channel();
        std::thread::spawn(move || {
            for line in reader.lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    return;
                }
            }
        });
        Self { child, lines }
    }

    /// The next message.
    pub fn next(&self) -> Message {
        let line = self.lines.recv_timeout(AT_MOST).expect("no message came");
        let mut parts = line.splitn(3, '\t');
        let mut part = || parts.next().unwrap().to_owned();
        let (topic, retained, payload) = (part(), part() == "1", part());
        Message { topic, retained, payload: serde_json::from_str(&payload).unwrap() }
    }

    /// The next message of this topic's last part.
    pub fn next_of(&self, last: &str) -> Message {
        loop {
            let message = self.next();
            if message.topic.ends_with(&format!("/{last}")) {
                return message;
            }
        }
    }
}

impl Drop for Subscriber {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs openssl; `None` where it is not here.
fn openssl(folder: &Path, args: &[&str]) -> Option<()> {
    let done = Command::new("openssl").args(args).current_dir(folder).stderr(Stdio::null()).status();
    let Ok(status) = done else {
        eprintln!("SKIPPED: openssl is not here");
        return None;
    };
    assert!(status.success(), "openssl {args:?}");
    Some(())
}

/// A county's authority, and the keys and certificates of a server and of a cab; `None` without openssl.
pub fn certificates(folder: &Path) -> Option<()> {
    let new = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    let ca = ["-x509", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=County", "-days", "30"];
    openssl(folder, &[&new[..], &ca[..]].concat())?;
    for (name, subject) in [("server", "/CN=localhost"), ("cab", "/CN=cab")] {
        let (key, request) = (format!("{name}.key"), format!("{name}.csr"));
        openssl(folder, &[&new[..], &["-keyout", &key, "-out", &request, "-subj", subject][..]].concat())?;
        std::fs::write(folder.join("san"), "subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n").unwrap();
        let out = format!("{name}.pem");
        let sign = ["x509", "-req", "-in", &request, "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"];
        openssl(folder, &[&sign[..], &["-out", &out, "-days", "30", "-extfile", "san"][..]].concat())?;
    }
    Some(())
}
