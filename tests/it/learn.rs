//! `machine learn` and `machine watch`: an invented machine and its driver, keys and frames in, pictures out.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use grainloss_can::{CanId, Database, Frame};
use grainloss_find::{Event, Mark, Noted, Quantity, Reading, Recording, find};
use grainloss_knowledge::{Lang, Words};
use grainloss_tui::{
    Capabilities, Choice, Draft, Learn, LearnEffect, Look, MarkLine, Meaning, Offer, Ranked, Remembered, Tape, Watch,
};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::Color;

use crate::support::run::Sandbox;
use crate::support::screen::{Drawn, LANGS, key};
use crate::terminal::Cab;

/// 2025-06-09 00:00:00 UTC, µs.
const BEGAN_US: i64 = 1_749_427_200_000_000;
/// The grounds of what has just changed, and of what changed within a second, on a light theme with 256 colours.
const BRIGHT: [Color; 2] = [Color::Indexed(214), Color::Indexed(228)];

/// What the driver holds.
#[derive(Clone, Copy, Default)]
struct Driver {
    /// 0.01 km/h.
    speed: u16,
    /// mm.
    height: u16,
}

/// The machine: message 0x200, every 100 ms, as `machine_find` has it: speed in bytes 1 and 2, 0.01 km/h, big endian; header
/// height in bytes 3 and 4, 1 mm, little endian; a frame counter in byte 8. Message 0x300: a temperature that creeps.
struct Bench {
    learn: Learn,
    recording: Recording,
    marks: Vec<MarkLine>,
    driver: Driver,
    /// Where things are on their way to what the driver holds.
    now: Driver,
    steps: u32,
    trembles: bool,
    written: Option<Draft>,
    quits: bool,
}

fn look(lang: Lang) -> Look {
    Look::new(Words::new(lang), &Remembered::default(), Capabilities::default())
}

fn draw(draw: impl Fn(&mut ratatui::Frame<'_>) -> Vec<String>, (width, height): (u16, u16)) -> Drawn {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    let mut cut = Vec::new();
    terminal.draw(|picture| cut = draw(picture)).unwrap();
    Drawn { buffer: terminal.backend().buffer().clone(), cut }
}

fn noted(mark: &MarkLine) -> Noted {
    let half = if mark.value.contains('.') { 0.05 } else { 0.5 };
    let reading = |reading: Reading| Mark::Reading(reading, mark.value.parse().unwrap(), half);
    let mark_of = Event::of(&mark.word).map(Mark::Event).or_else(|| Reading::of(&mark.word).map(reading));
    Noted { t_us: mark.t_us, mark: mark_of.unwrap() }
}

impl Bench {
    fn new(lang: Lang) -> Self {
        Self {
            learn: Learn::new(look(lang), "can0", None, "my-combine.toml", Vec::new()),
            recording: Recording::default(),
            marks: Vec::new(),
            driver: Driver { speed: 0, height: 100 },
            now: Driver { speed: 0, height: 100 },
            steps: 0,
            trembles: true,
            written: None,
            quits: false,
        }
    }

    /// The machine runs for so long; speed changes by 0.17 km/h, the header by 37 mm in a tenth of a second.
    fn run(&mut self, seconds: f64) {
        for _ in 0..(seconds * 10.0).round() as u32 {
            let to = |now: u16, goal: u16, by: u16| {
                if now < goal { (now + by).min(goal) } else { now.saturating_sub(by).max(goal) }
            };
            self.now.speed = to(self.now.speed, self.driver.speed, 17);
            self.now.height = to(self.now.height, self.driver.height, 37);
            let n = self.steps;
            // Up to 0.28 km/h and 16 mm of noise, without which no display reading would tell bits apart.
            let noise = |every: u32, most: u32| if self.trembles { (n * n / every % most) as u16 } else { 0 };
            let speed = if self.now.speed > 0 { self.now.speed + noise(3, 29) } else { 0 };
            let height = self.now.height + noise(7, 17);
            let ([top, bottom], [low, high]) = (speed.to_be_bytes(), height.to_le_bytes());
            let own = [top, bottom, low, high, 0xFF, 0xFF, 0xFF, (n % 16) as u8];
            let t_us = BEGAN_US + i64::from(n) * 100_000;
            for (id, payload) in [(0x200, &own[..]), (0x300, &[40 + (n / 300) as u8, 0xFF][..])] {
                let frame = Frame::new(t_us, CanId::standard(id).unwrap(), payload).unwrap();
                self.recording.take(&frame, t_us);
                self.learn.frame(&frame, t_us);
            }
            self.steps += 1;
            self.learn.tick(Duration::from_millis(u64::from(n) * 100));
        }
    }

    /// Keys, one after the other, and what they lead to.
    fn press(&mut self, keys: &str) {
        for word in keys.split(' ') {
            self.learn.key(&key(word));
            self.carry_out();
        }
    }

    fn type_in(&mut self, text: &str) {
        for letter in text.chars() {
            let word = if letter == ' ' { "space".to_owned() } else { letter.to_string() };
            self.learn.key(&key(&word));
        }
        self.carry_out();
    }

    fn carry_out(&mut self) {
        for effect in self.learn.effects() {
            match effect {
                LearnEffect::Mark(mark) => {
                    self.marks.push(mark);
                    self.learn.marks(self.marks.clone());
                }
                LearnEffect::Undo => {
                    self.marks.pop();
                    self.learn.marks(self.marks.clone());
                }
                // The ranking is made when the test says so.
                LearnEffect::Rank => {}
                LearnEffect::Write(draft) => self.written = Some(*draft),
                LearnEffect::Quit => self.quits = true,
            }
        }
    }

    fn rank(&mut self) {
        self.learn.ranks();
        let marks: Vec<Noted> = self.marks.iter().map(noted).collect();
        let rankings = find(&self.recording, &marks).into_iter().map(|ranking| {
            let offer = |candidate: grainloss_find::Candidate| {
                let f = candidate.field;
                let order = if f.big_endian { "@0" } else { "@1" };
                Offer { place: format!("{} {}|{}{order}+", f.id, f.start, f.length), why: "why".to_owned(), candidate }
            };
            Ranked { quantity: ranking.quantity, offers: ranking.candidates.into_iter().map(offer).collect() }
        });
        self.learn.ranked(rankings.collect());
    }

    fn drawn(&self, size: (u16, u16)) -> Drawn {
        draw(|picture| self.learn.draw(picture), size)
    }

    /// A technician's time beside the machine: header and speed, each with marks and readings.
    fn header_and_speed(&mut self) {
        self.run(30.0);
        self.press("n");
        for height in [1003, 97, 911, 123, 1003, 507, 97, 701, 303, 857, 151, 97] {
            let word = if height > self.driver.height { "1" } else { "2" };
            self.driver.height = height;
            self.run(0.6);
            self.press(word);
            self.run(12.0);
            self.press("3");
            self.type_in(&((self.now.height + 8) / 10).to_string());
            self.press("enter");
        }
        self.press("n");
        for speed in [323, 0, 507, 0, 713, 0, 261, 0, 431, 0, 627, 0] {
            self.driver.speed = speed;
            self.run(0.6);
            self.press(if speed > 0 { "1" } else { "2" });
            self.run(20.0);
            self.press("3");
            let mean = if speed > 0 { self.now.speed + 14 } else { 0 };
            self.type_in(&format!("{:.1}", f64::from(mean) / 100.0));
            self.press("enter");
            self.run(5.0);
        }
    }
}

#[test]
fn a_whole_guide_ends_with_the_right_signals_and_a_calibrated_header() {
    let mut bench = Bench::new(Lang::En);
    bench.header_and_speed();
    assert_eq!(bench.marks.len(), 2 * 12 + 2 * 12, "{:?}", bench.marks);
    bench.rank();
    let text = bench.drawn((80, 24)).text();
    // The bits of the step's quantity stand under what to do.
    assert!(text.contains("200 7|16@0+"), "{text}");
    // Speed and header height are chosen, the reel is said not to be there.
    bench.press("c");
    let text = bench.drawn((80, 24)).text();
    assert!(text.contains("1 ○ ") && text.contains("choose: 0 of 19"), "{text}");
    bench.press("1 1 down down down down 0");
    let text = bench.drawn((80, 24)).text();
    assert!(text.contains("choose: 3 of 19 quantities decided") && text.contains("not on this bus"), "{text}");
    // The form refuses what is missing, and says where.
    bench.press("f");
    (0..11).for_each(|_| bench.press("down"));
    bench.press("enter");
    assert!(bench.drawn((80, 24)).text().contains("crop and machine, in words: fill it in"));
    bench.type_in("winter wheat");
    bench.press("down");
    for value in ["2.75", "1.3", "1.0", "8", "2200"] {
        bench.type_in(value);
        bench.press("enter");
    }
    bench.press("right down");
    // Header at 10 cm now; then at 90.
    bench.type_in("10");
    bench.press("enter");
    bench.driver.height = 900;
    bench.run(10.0);
    bench.type_in("90");
    bench.press("enter down enter");
    let draft = bench.written.as_ref().expect("the profile is to be written");
    // The header stands at 97 and 900 mm, and trembles by 16 mm.
    let [low, high] = draft.heights.expect("two positions");
    assert!((97.0..114.0).contains(&low.0) && (900.0..917.0).contains(&high.0), "{low:?} {high:?}");
    assert_eq!((low.1, high.1), (0.1, 0.9));
    assert_eq!((draft.header_width_m, draft.rated_engine_rpm, &*draft.threshing), (2.75, 2200.0, "axial"));
    let choice = |quantity: Quantity| &draft.choices.iter().find(|(own, _)| *own == quantity).unwrap().1;
    let place = |quantity: Quantity| match choice(quantity) {
        Choice::Field(offer) => offer.place.clone(),
        other => panic!("{quantity:?}: {other:?}"),
    };
    assert_eq!(place(Quantity::GroundSpeed), "200 7|16@0+");
    assert_eq!(place(Quantity::HeaderHeight), "200 16|16@1+");
    assert_eq!(*choice(Quantity::ReelSpeed), Choice::Absent);
    assert_eq!(*choice(Quantity::FeedRate), Choice::Open);
}

/// The ground of each byte of the first row of the bus, from column 21 on, and of its line.
fn grounds(drawn: &Drawn) -> Vec<Color> {
    let rule = (0..24).find(|y| drawn.line(*y).contains("bus: ")).unwrap();
    let row = (rule + 1..24).find(|y| drawn.line(*y).contains("200 ")).unwrap();
    (0..8).map(|byte| drawn.buffer[(21 + 3 * byte, row)].bg).collect()
}

#[test]
fn what_moves_lights_up_and_fades_and_a_counter_does_not() {
    let mut bench = Bench { trembles: false, ..Bench::new(Lang::En) };
    bench.run(40.0);
    let still = grounds(&bench.drawn((80, 24)));
    assert!(!still.iter().any(|ground| BRIGHT.contains(ground)), "nothing but a counter: {still:?}");
    bench.driver.height = 800;
    bench.run(1.0);
    let moving = grounds(&bench.drawn((80, 24)));
    let bright: Vec<usize> = (0..8).filter(|byte| BRIGHT.contains(&moving[*byte])).collect();
    assert_eq!(bright, [2, 3], "the header's bytes alone: {moving:?}");
    // It comes first, and has a curve beside it.
    assert!(bench.drawn((80, 24)).line(7).starts_with("▶200"), "{}", bench.drawn((80, 24)).text());
    assert_eq!(moving[2], BRIGHT[0], "the low byte a tenth of a second ago");
    bench.run(20.0);
    let after = grounds(&bench.drawn((80, 24)));
    assert!(!after.iter().any(|ground| BRIGHT.contains(ground)), "{after:?}");
}

#[test]
fn a_reading_has_the_time_of_its_key_and_a_mark_can_be_taken_back() {
    let mut bench = Bench::new(Lang::En);
    bench.press("1");
    assert!(bench.drawn((80, 24)).text().contains("no frame has come yet"));
    bench.run(10.0);
    bench.press("n n 3");
    bench.run(3.0);
    bench.type_in("5.2x");
    bench.press("enter");
    // The last frame before the key was the hundredth, at 9.9 s.
    let mark = MarkLine { t_us: BEGAN_US + 9_900_000, word: "speed-km-h".to_owned(), value: "5.2".to_owned() };
    assert_eq!(bench.marks, [mark]);
    bench.press("3 . enter");
    assert!(bench.drawn((80, 24)).text().contains("expected a number such as 5.2"));
    bench.press("esc u");
    assert_eq!(bench.marks, []);
    bench.press("q");
    assert!(!bench.quits);
    bench.press("q");
    assert!(bench.quits);
}

#[test]
fn the_guide_fits_any_terminal_in_both_languages() {
    for lang in LANGS {
        let mut bench = Bench::new(lang);
        bench.header_and_speed();
        bench.rank();
        bench.press("esc p p");
        let mut pictures = Vec::new();
        for _ in 0..9 {
            pictures.push(bench.drawn((80, 24)));
            for size in [(80, 23), (80, 12), (60, 16), (40, 10), (40, 8), (200, 60), (39, 9), (1, 1)] {
                let drawn = bench.drawn(size);
                if size.0 >= 40 {
                    // What to do and the keys are never given up.
                    assert!(drawn.line(1).contains("/9"), "{size:?}\n{}", drawn.text());
                    assert!(drawn.line(size.1 - 1).contains("1-9"), "{size:?}\n{}", drawn.text());
                }
            }
            bench.press("n");
        }
        bench.press("c");
        pictures.push(bench.drawn((80, 24)));
        bench.press("f");
        pictures.push(bench.drawn((80, 24)));
        assert!(bench.drawn((40, 8)).text().len() > 40);
        for drawn in pictures {
            assert!(drawn.cut.is_empty(), "{lang:?}: {:?}\n{}", drawn.cut, drawn.text());
            let text = drawn.text();
            assert!(!text.contains("learn-") && !text.contains("channel-"), "a key, not a word:\n{text}");
        }
    }
}

#[test]
fn without_colours_and_on_a_bare_console_the_guide_is_ascii() {
    let mut bench = Bench { trembles: false, ..Bench::new(Lang::Zh) };
    let console = Capabilities::from_variables(|name| (name == "TERM").then(|| "vt100".to_owned()));
    let look = Look::new(Words::new(Lang::Zh), &Remembered::default(), console);
    bench.learn = Learn::new(look, "can0", None, "my-combine.toml", Vec::new());
    bench.run(40.0);
    bench.driver.height = 800;
    bench.run(1.0);
    let drawn = bench.drawn((80, 24));
    assert!(drawn.text().is_ascii(), "{}", drawn.text());
    assert!(drawn.buffer.content.iter().all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset));
    // What has just changed is reversed.
    let row = (0..24).find(|y| drawn.line(*y).starts_with(">200")).unwrap();
    assert!(drawn.buffer[(27, row)].modifier.contains(ratatui::style::Modifier::REVERSED));
    assert!(!drawn.buffer[(21, row)].modifier.contains(ratatui::style::Modifier::REVERSED));
}

/// The same machine as a log.
fn tape() -> Tape {
    let mut tape = Tape::default();
    for n in 0..1200u32 {
        let speed = if n >= 600 { 500 + (n / 3 % 5) as u16 } else { 0 };
        let [top, bottom] = speed.to_be_bytes();
        let t_us = BEGAN_US + i64::from(n) * 100_000;
        let payload = [top, bottom, 100, 0, 0xFF, 0xFF, 0xFF, (n % 16) as u8];
        tape.take(&Frame::new(t_us, CanId::standard(0x200).unwrap(), &payload).unwrap(), t_us);
    }
    tape
}

/// Speed and an implement's page of the same message.
const DBC: &str = "VERSION \"\"\nBU_: X\nBO_ 512 DRIVE: 8 X\n SG_ Speed : 7|16@0+ (0.01,0) [0|100] \"km/h\" X\n SG_ Height : 16|16@1+ (1,0) [0|2000] \"mm\" X\n";

fn watch(lang: Lang) -> Watch {
    let database = Database::parse("t.dbc", DBC.as_bytes()).unwrap();
    Watch::new(look(lang), "m.log", Some(tape()), Meaning { database: Some(database), bank: None })
}

fn watch_press(watch: &mut Watch, keys: &str) {
    keys.split(' ').for_each(|word| watch.key(&key(word)));
}

#[test]
fn the_bus_is_played_jumped_through_and_read_by_a_dbc_file() {
    let mut watch = watch(Lang::En);
    let text = |watch: &Watch| draw(|picture| watch.draw(picture), (80, 24)).text();
    assert!(text(&watch).contains("00:00:00 / 00:01:59"), "{}", text(&watch));
    // The second byte changes for the first time at 60 s: 500 is 0x01F4.
    watch_press(&mut watch, "tab j");
    let shown = text(&watch);
    assert!(shown.contains("00:01:00 / 00:01:59") && shown.contains("01 F4<64 00 FF FF FF 08"), "{shown}");
    assert!(shown.contains("DRIVE"), "{shown}");
    // By the file that is 5.00 km/h and 100 mm.
    watch_press(&mut watch, "v");
    let shown = text(&watch);
    let line = |name: &str| shown.lines().find(|line| line.contains(name)).unwrap().to_owned();
    assert!(line("DRIVE.Speed").ends_with("5.000 km/h"), "{shown}");
    assert!(line("DRIVE.Height").ends_with("100.0 mm"), "{shown}");
    watch_press(&mut watch, "/ h e i enter");
    assert!(!text(&watch).lines().skip(2).take(5).any(|line| line.contains("Speed")), "{}", text(&watch));
    // It plays ten seconds in ten, and ends at the end.
    watch_press(&mut watch, "esc space");
    watch.tick(Duration::from_secs(10));
    assert!(text(&watch).contains("00:01:10 / 00:01:59"), "{}", text(&watch));
    watch_press(&mut watch, "end q");
    assert!(text(&watch).contains("00:01:59 / 00:01:59"));
    assert!(watch.quits());
    for size in [(80, 23), (80, 13), (60, 16), (40, 8), (39, 7), (1, 1), (200, 60)] {
        draw(|picture| watch.draw(picture), size);
    }
}

#[test]
fn a_profile_gives_values_and_what_is_missing_is_no_value() {
    let profile = grainloss_knowledge::profiles::load("combine-demo").unwrap();
    let router = grainloss_core::machine::Router::new(&profile).unwrap();
    let bank = Some(grainloss_core::machine::ChannelBank::new(router));
    let mut simulation =
        grainloss_simulator::Simulation::new(&grainloss_simulator::Scenario::bundled("wheat").unwrap(), 5);
    let (mut tape, mut frames) = (Tape::default(), Vec::new());
    for _ in 0..2000 {
        frames.clear();
        simulation.tick(&mut frames);
        for frame in &frames {
            tape.take(frame, frame.t_us);
        }
    }
    let mut watch = Watch::new(look(Lang::En), "sim.log", Some(tape), Meaning { database: None, bank });
    let text = |watch: &Watch| draw(|picture| watch.draw(picture), (100, 60)).text();
    let line = |watch: &Watch, name: &str| {
        let text = text(watch);
        text.lines().find(|line| line.contains(name)).unwrap_or_else(|| panic!("{name}:\n{text}")).to_owned()
    };
    watch_press(&mut watch, "end");
    assert!(line(&watch, "engine.speed").ends_with("r/min"), "{}", text(&watch));
    assert!(text(&watch).contains("ground.speed = "), "{}", text(&watch));
}

#[test]
fn both_screens_equal_their_snapshots() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    let mut agreed = Vec::new();
    for (lang, code) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
        let mut bench = Bench::new(lang);
        bench.header_and_speed();
        bench.rank();
        bench.driver.height = 800;
        bench.press("p");
        bench.run(1.0);
        agreed.push((format!("learn-{code}"), bench.drawn((80, 24))));
        bench.press("c");
        agreed.push((format!("learn-choose-{code}"), bench.drawn((80, 24))));
        let mut watch = watch(lang);
        watch_press(&mut watch, "tab j right right");
        agreed.push((format!("watch-{code}"), draw(|picture| watch.draw(picture), (80, 24))));
    }
    for (name, drawn) in agreed {
        assert!(drawn.cut.is_empty(), "{name}: {:?}", drawn.cut);
        let file = folder.join(format!("{name}.txt"));
        if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
            std::fs::write(&file, drawn.text()).unwrap();
        }
        let agreed = std::fs::read_to_string(&file).unwrap_or_default();
        assert_eq!(drawn.text(), agreed, "{name} is now:\n{}", drawn.text());
    }
}

#[test]
fn without_a_terminal_the_way_to_machine_find_is_said() {
    let sandbox = Sandbox::new();
    crate::machine_find::machine(&sandbox);
    for command in ["learn", "watch"] {
        let en = ["--lang", "en", "machine", command, "--log", "m.log"];
        sandbox.refused(&en, &["terminal", "grainloss machine find LOG --marks"]);
        let zh = ["--lang", "zh", "machine", command, "--log", "m.log"];
        sandbox.refused(&zh, &["终端", "grainloss machine find LOG --marks"]);
        sandbox.refused(&["machine", command], &["--can", "--log"]);
    }
}

#[test]
fn a_log_with_marks_becomes_a_profile_that_is_checked() {
    let sandbox = Sandbox::new();
    crate::machine_find::machine(&sandbox);
    let marks = sandbox.text("marks.csv");
    sandbox.write("my.marks.csv", &marks);
    let path = |name: &str| sandbox.path(name).display().to_string();
    let mut command = Command::new(env!("CARGO_BIN_EXE_grainloss"));
    command.args(["--lang", "en", "machine", "learn", "--log", &path("m.log"), "--toml", &path("my.toml")]);
    command.env("TZ", "UTC");
    let mut cab = Cab::spawn(tempfile::tempdir().unwrap(), "xterm-256color", command);
    cab.wait_for_line(1, "1/9 Engine");
    // A mark more: it is in the file before the screen says so.
    cab.press("nn2");
    cab.wait_for_line(22, "marked: stop");
    assert_eq!(sandbox.text("my.marks.csv"), marks.clone() + "1749427200.000000,stop,\n");
    cab.press("u");
    cab.wait_for_line(22, "taken back");
    assert_eq!(sandbox.text("my.marks.csv"), marks);
    cab.wait_for_line(20, "speed: ○ 100 %  200 7|16@0+");
    cab.press("ca");
    cab.wait_for_line(22, "2 quantities taken");
    cab.press("f\x1b[B");
    for text in ["wheat", "2.75", "1.3", "", "8", "2200", "", "", "", ""] {
        cab.press(text);
        cab.press("\r");
    }
    cab.press("\r");
    let status = cab.end();
    cab.check_terminal();
    let profile = sandbox.text("my.toml");
    assert!(profile.contains("name = \"ground.speed\"") && profile.contains("start = 7, length = 16"), "{profile}");
    assert!(profile.contains("display readings met") && profile.contains("not decided"), "{profile}");
    // What the check says is its own affair; it has been asked, and the profile loads.
    cab.wait_for("ground.speed");
    assert!(status.code().is_some_and(|code| code < 2), "{status:?}");
    sandbox.ok(&["machine", "show", "my.toml"]);
    // A file that is there stays.
    assert_eq!(sandbox.text("my.marks.csv"), marks);
}
