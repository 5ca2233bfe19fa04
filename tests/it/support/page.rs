//! A demo that serves the page for a phone.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use super::run::{Running, Sandbox};

/// The page while it is served.
pub struct Page {
    /// Its address, with the token.
    pub url: String,
    /// Host and port.
    pub host: String,
    pub token: String,
    pub service: Running,
}

/// A simulated harvest with the page on a free port of this computer; screens can attach.
pub fn serve(sandbox: &Sandbox, more: &[&str]) -> Page {
    let mut args = vec!["demo", "--headless", "--service", "--db", "j.sqlite", "--web", "127.0.0.1:0", "--lang", "en"];
    args.extend(more);
    let mut child = sandbox.command(&args).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut errors = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
    let service = Running(child);
    let line = errors.find(|line| line.contains("http://")).expect("it says where the page is");
    // Nothing that it says later may make it wait.
    std::thread::spawn(move || errors.for_each(drop));
    let url = line[line.find("http://").unwrap()..].trim().to_owned();
    let (host, token) = url.trim_start_matches("http://").split_once("/?t=").unwrap();
    Page { host: host.to_owned(), token: token.to_owned(), url: url.clone(), service }
}
