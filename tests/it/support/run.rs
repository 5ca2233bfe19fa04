//! Running the binary in a folder of its own.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// Longer than anything here takes on a busy machine.
pub const DEADLINE: Duration = Duration::from_mins(2);

/// A folder that is home, state and configuration of every command run in it, and gone afterwards.
pub struct Sandbox(TempDir);

/// What a command left.
pub struct Ended {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
        Self { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }
}

impl Sandbox {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn folder(&self) -> &Path {
        self.0.path()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    pub fn bytes(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub fn text(&self, name: &str) -> String {
        String::from_utf8(self.bytes(name)).unwrap()
    }

    pub fn json(&self, name: &str) -> Value {
        serde_json::from_str(&self.text(name)).unwrap()
    }

    /// Any program, with nothing of the user's own in its surroundings; relative paths are the sandbox's.
    pub fn program(&self, program: &str, args: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(args).current_dir(self.folder()).stdin(Stdio::null());
        for name in ["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"] {
            command.env(name, self.folder());
        }
        command.env_remove("LC_ALL").env_remove("LC_MESSAGES").env("LANG", "en_GB.UTF-8").env("TZ", "UTC");
        command
    }

    pub fn command(&self, args: &[&str]) -> Command {
        self.program(env!("CARGO_BIN_EXE_grainloss"), args)
    }

    pub fn run(&self, args: &[&str]) -> Ended {
        self.command(args).output().unwrap().into()
    }

    /// Runs to a good end.
    pub fn ok(&self, args: &[&str]) -> Ended {
        let ended = self.run(args);
        assert_eq!(ended.code, Some(0), "{args:?}: {}", ended.err);
        ended
    }

    /// Bad usage or input: exit status 2, and all of these words in one message on standard error.
    pub fn refused(&self, args: &[&str], words: &[&str]) -> String {
        let ended = self.run(args);
        assert_eq!(ended.code, Some(2), "{args:?}: out {}, err {}", ended.out, ended.err);
        for word in words {
            assert!(ended.err.contains(word), "{args:?}: no '{word}' in: {}", ended.err);
        }
        ended.err
    }

    pub fn with_stdin(&self, args: &[&str], input: &[u8]) -> Ended {
        let mut command = self.command(args);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        std::thread::scope(|scope| {
            // The child may end before it has read everything; then the pipe is closed, which is its right.
            scope.spawn(move || drop(stdin.write_all(input)));
            child.wait_with_output().unwrap().into()
        })
    }

    /// A simulated harvest: NAME.log and its truth, NAME.truth.csv.
    pub fn simulate(&self, name: &str, scenario: &str, seed: u64, seconds: u64) {
        let (log, truth) = (format!("{name}.log"), format!("{name}.truth.csv"));
        let (seed, seconds) = (seed.to_string(), seconds.to_string());
        self.ok(&[
            "simulate",
            "--scenario",
            scenario,
            "--seed",
            &seed,
            "--seconds",
            &seconds,
            "--out",
            &log,
            "--truth",
            &truth,
        ]);
    }

    /// Replays a log: NAME.csv is the trace, NAME.json the summary.
    pub fn replay(&self, log: &str, name: &str, more: &[&str]) -> Ended {
        let (trace, summary) = (format!("{name}.csv"), format!("{name}.json"));
        let mut args = vec![
            "replay",
            log,
            "--machine",
            "combine-demo",
            "--crop",
            "wheat",
            "--trace",
            &trace,
            "--summary",
            &summary,
        ];
        args.extend(more);
        self.ok(&args)
    }
}

/// A child that does not outlive its test.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Looks until it is so.
#[allow(clippy::disallowed_methods, reason = "a deadline is the wall clock's")]
pub fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(began.elapsed() < DEADLINE, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
