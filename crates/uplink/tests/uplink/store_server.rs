//! A store on this computer that fails as it is asked to: enough of HTTP and S3 to put objects.
#![cfg(test)]

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Does {
    /// It is stored and answered.
    Stores,
    /// Nothing is stored; this status.
    Refuses(u16),
    /// It is stored, and the connection closed without an answer.
    StoresAndBreaks,
    /// It is stored, and never answered.
    StoresAndHangs,
    /// The connection is closed before anything is read.
    Breaks,
    /// Another computer answers, as in a network with a login page.
    LoginPage,
    /// Stored when it is signed for this time, else refused as a request of another time, `YYYYMMDD`.
    WantsDay(&'static str),
}

/// What the store has.
#[derive(Debug, Default)]
pub struct Stored {
    /// The objects by their path.
    pub objects: BTreeMap<String, Vec<u8>>,
    /// How often each was put.
    pub puts: BTreeMap<String, usize>,
    /// What becomes of the next requests; then all are stored.
    pub plan: VecDeque<Does>,
    /// How many requests came.
    pub requests: usize,
}

/// A store that listens.
pub struct StoreServer {
    pub url: String,
    pub stored: Arc<Mutex<Stored>>,
}

impl StoreServer {
    pub fn start(plan: &[Does]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let stored = Arc::new(Mutex::new(Stored { plan: plan.iter().copied().collect(), ..Stored::default() }));
        let shared = Arc::clone(&stored);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                thread::spawn(move || serve(stream, &shared));
            }
        });
        Self { url, stored }
    }
}

/// One connection; `None` when it ends.
fn serve(mut stream: TcpStream, stored: &Mutex<Stored>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    loop {
        let mut first = String::new();
        if reader.read_line(&mut first).ok()? == 0 {
            return None;
        }
        let does = {
            let mut stored = stored.lock().unwrap();
            stored.requests += 1;
            stored.plan.pop_front().unwrap_or(Does::Stores)
        };
        if does == Does::Breaks {
            return None;
        }
        let target = first.split(' ').nth(1).unwrap_or("").to_owned();
        assert!(first.starts_with("PUT "), "{first}");
        let mut length = 0;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line.trim().is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let path = target.split('?').next().unwrap().to_owned();
        let put = || {
            let mut stored = stored.lock().unwrap();
            *stored.puts.entry(path.clone()).or_default() += 1;
            stored.objects.insert(path.clone(), body.clone());
        };
        let answer = match does {
            Does::Stores => {
                put();
                "200 OK\r\nETag: \"1\"\r\nContent-Length: 0".to_owned()
            }
            Does::Refuses(status) => format!("{status} No\r\nContent-Length: 0"),
            Does::StoresAndBreaks => {
                put();
                return None;
            }
            Does::StoresAndHangs => {
                put();
                let _ = reader.read_line(&mut String::new());
                return None;
            }
            Does::Breaks => return None,
            Does::LoginPage => "200 OK\r\nContent-Length: 0".to_owned(),
            Does::WantsDay(day) if target.contains(&format!("X-Amz-Date={day}T")) => {
                put();
                "200 OK\r\nETag: \"1\"\r\nContent-Length: 0".to_owned()
            }
            Does::WantsDay(_) => "403 Forbidden\r\nDate: Sun, 06 Nov 2033 08:49:37 GMT\r\nContent-Length: 0".to_owned(),
        };
        stream.write_all(format!("HTTP/1.1 {answer}\r\n\r\n").as_bytes()).ok()?;
    }
}
