//! Screens as text, and snapshots to draw on them.

use std::cell::RefCell;
use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent};
use grainloss_core::advice::Advisor;
use grainloss_core::harvest::{Harvest, Setup};
use grainloss_core::machine::{ChannelBank, Router};
use grainloss_core::pipeline::Pipeline;
use grainloss_knowledge::profiles;
use grainloss_knowledge::{Guide, Lang, Words};
use grainloss_protocol::snapshot::{Health, Measures, SessionInfo, Snapshot, SourceKind};
use grainloss_simulator::{Scenario, Simulation};
use grainloss_tui::{App, Capabilities, Remembered};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use unicode_width::UnicodeWidthStr;

pub const LANGS: [Lang; 2] = [Lang::Zh, Lang::En];

/// A drawn screen and the texts that did not fit it.
pub struct Drawn {
    pub buffer: Buffer,
    pub cut: Vec<String>,
}

/// Every screen: its name in the snapshots, and the key that opens it.
pub const SCREENS: [(&str, &str); 17] = [
    ("main", "esc"),
    ("budget", "b"),
    ("advice", "a"),
    ("speed", "v"),
    ("pans", "p"),
    ("machine", "m"),
    ("alarms", "w"),
    ("history", "h"),
    ("map", "z"),
    ("settings", "s"),
    ("help", "?"),
    ("conditions", "k"),
    ("symptoms", "y"),
    ("prepare", "r"),
    ("test-cut", "j"),
    ("emergency", "e"),
    ("habits", "i"),
];

/// A key by its word.
pub fn key(word: &str) -> KeyEvent {
    KeyEvent::from(match word {
        "esc" => KeyCode::Esc,
        "enter" => KeyCode::Enter,
        "tab" => KeyCode::Tab,
        "backspace" => KeyCode::Backspace,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        "end" => KeyCode::End,
        "space" => KeyCode::Char(' '),
        "f1" => KeyCode::F(1),
        letter => KeyCode::Char(letter.chars().next().unwrap()),
    })
}

/// A dashboard that has just begun to look at this.
pub fn app(snapshot: &Snapshot, lang: Lang) -> App {
    App::new(Words::new(lang), Remembered::default(), Capabilities::default(), snapshot.clone())
}

/// Draws a dashboard on a terminal of this size.
pub fn draw_app(app: &App, (width, height): (u16, u16)) -> Drawn {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    let mut cut = Vec::new();
    terminal.draw(|frame| cut = app.draw(frame)).unwrap();
    Drawn { buffer: terminal.backend().buffer().clone(), cut }
}

thread_local! {
    /// One for each language: words take a while to read.
    static APPS: RefCell<[App; 2]> = RefCell::new(LANGS.map(|lang| app(&Snapshot::empty(session()), lang)));
}

/// Draws the screen that this key opens.
pub fn draw_screen(snapshot: &Snapshot, lang: Lang, opens: &str, size: (u16, u16)) -> Drawn {
    APPS.with_borrow_mut(|apps| {
        let app = &mut apps[usize::from(lang == Lang::En)];
        app.take(snapshot.clone(), Duration::ZERO);
        app.key(&key("esc"));
        app.key(&key(opens));
        let drawn = draw_app(app, size);
        app.key(&key("esc"));
        drawn
    })
}

/// Draws the main screen on a terminal of this size.
pub fn draw_sized(snapshot: &Snapshot, lang: Lang, size: (u16, u16)) -> Drawn {
    draw_screen(snapshot, lang, "esc", size)
}

pub fn draw(snapshot: &Snapshot, lang: Lang) -> Drawn {
    draw_sized(snapshot, lang, (80, 24))
}

impl Drawn {
    /// The part of a line from one terminal column to before another. A wide character's second cell is its own.
    pub fn part(&self, y: u16, from: u16, to: u16) -> String {
        let mut text = String::new();
        let mut x = 0;
        while x < to.min(self.buffer.area.width) {
            let symbol = self.buffer[(x, y)].symbol();
            if x >= from {
                text.push_str(symbol);
            }
            x += symbol.width().max(1) as u16;
        }
        text
    }

    pub fn line(&self, y: u16) -> String {
        self.part(y, 0, self.buffer.area.width).trim_end().to_owned()
    }

    pub fn text(&self) -> String {
        (0..self.buffer.area.height).map(|y| self.line(y) + "\n").collect()
    }
}

/// A session of the demonstration machine in wheat.
pub fn session() -> SessionInfo {
    let crop = grainloss_knowledge::crop("wheat").unwrap();
    SessionInfo {
        id: Some(12),
        machine: "combine-demo".to_owned(),
        limit: grainloss_knowledge::limit(None, "wheat", &crop).unwrap(),
        crop: crop.name,
        guide: Guide::load("wheat").unwrap(),
        source: SourceKind::Demo,
        crop_id: "wheat".to_owned(),
        measures: Measures {
            kernel_mass_kg: 45e-6,
            yield_kg_m2: 0.75,
            header_width_m: 2.75,
            discharge_width_m: 1.10,
            rated_feed_kg_s: 6.0,
        },
        ..SessionInfo::default()
    }
}

/// The pipeline as the commands put it together.
pub fn pipeline() -> Pipeline {
    let profile = profiles::load("combine-demo").unwrap();
    let crop = grainloss_knowledge::crop("wheat").unwrap();
    let limit = grainloss_knowledge::limit(None, "wheat", &crop).unwrap();
    let setup = Setup {
        crop: crop.model(None, None),
        geometry: profile.geometry.clone(),
        loss_plates: profile.loss_plates.clone(),
    };
    let advisor = Advisor::new(limit.map(|limit| limit.percent / 100.0), profile.geometry.rated_feed_kg_s);
    let advisor = advisor.with_order(Guide::load("wheat").unwrap().rules.plan());
    let advisor = advisor.with_reel_diameter(profile.geometry.reel_diameter_m);
    Pipeline::new(ChannelBank::new(Router::new(&profile).unwrap()), Harvest::new(setup), advisor)
}

/// What a screen is shown of the pipeline now.
pub fn snapshot(pipeline: &Pipeline, seconds: u64) -> Snapshot {
    Snapshot {
        readings: pipeline.readings().clone(),
        estimate: pipeline.estimate().cloned(),
        advice: pipeline.advisor().advice().clone(),
        totals: pipeline.harvest().totals().clone(),
        passes: *pipeline.harvest().passes(),
        budget: pipeline.estimate().map(|estimate| pipeline.harvest().budget(estimate)),
        session_budget: pipeline.estimate().map(|_| pipeline.harvest().session_budget()),
        health: Health {
            frames: pipeline.counts().read,
            frames_per_s: 242,
            bus_age_us: Some(3_000),
            journal_stored: seconds,
            ..Health::default()
        },
        ..Snapshot::empty(session())
    }
}

/// Runs a scenario and hands a snapshot over every ten seconds.
pub fn each_10_s(scenario: &str, seed: u64, seconds: u64, mut take: impl FnMut(u64, Snapshot)) {
    let mut simulation = Simulation::new(&Scenario::bundled(scenario).unwrap(), seed);
    let mut pipeline = pipeline();
    let mut frames = Vec::new();
    for second in 1..=seconds {
        for _ in 0..100 {
            frames.clear();
            simulation.tick(&mut frames);
            for frame in &frames {
                pipeline.frame(frame, frame.t_us, &mut |_| {});
            }
        }
        if second % 10 == 0 {
            take(second, snapshot(&pipeline, second));
        }
    }
}

/// The snapshot of a moment of a scenario.
pub fn at(scenario: &str, seed: u64, second: u64) -> Snapshot {
    let mut last = None;
    each_10_s(scenario, seed, second, |_, snapshot| last = Some(snapshot));
    last.unwrap()
}
