//! Screens as text, and snapshots to draw on them.

use grainloss::advice::Advisor;
use grainloss::dashboard;
use grainloss::harvest::{Harvest, Setup};
use grainloss::knowledge::{self, Guide, Lang, Words};
use grainloss::machine::{ChannelBank, Profile, Router};
use grainloss::service::Pipeline;
use grainloss::snapshot::{Health, SessionInfo, Snapshot, SourceKind};
use grainloss_simulator::{Scenario, Simulation};
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

/// Draws on a terminal of this size.
pub fn draw_sized(snapshot: &Snapshot, lang: Lang, (width, height): (u16, u16)) -> Drawn {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    let words = Words::new(lang);
    let mut cut = Vec::new();
    terminal.draw(|frame| cut = dashboard::draw(frame, snapshot, &words)).unwrap();
    Drawn { buffer: terminal.backend().buffer().clone(), cut }
}

pub fn draw(snapshot: &Snapshot, lang: Lang) -> Drawn {
    draw_sized(snapshot, lang, (80, 24))
}

/// Draws the second screen.
pub fn draw_advice(snapshot: &Snapshot, lang: Lang) -> Drawn {
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    let words = Words::new(lang);
    let mut cut = Vec::new();
    terminal.draw(|frame| cut = dashboard::draw_advice(frame, snapshot, &words)).unwrap();
    Drawn { buffer: terminal.backend().buffer().clone(), cut }
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
    let crop = knowledge::crop("wheat").unwrap();
    SessionInfo {
        id: Some(12),
        machine: "combine-demo".to_owned(),
        limit: knowledge::limit(None, "wheat", &crop).unwrap(),
        crop: crop.name,
        guide: Guide::load("wheat").unwrap(),
        source: SourceKind::Demo,
        ..SessionInfo::default()
    }
}

/// The pipeline as the commands put it together.
pub fn pipeline() -> Pipeline {
    let profile = Profile::load("combine-demo").unwrap();
    let crop = knowledge::crop("wheat").unwrap();
    let limit = knowledge::limit(None, "wheat", &crop).unwrap();
    let setup = Setup {
        crop: crop.model(None, None),
        geometry: profile.geometry.clone(),
        loss_plates: profile.loss_plates.clone(),
    };
    let advisor = Advisor::new(limit.map(|limit| limit.percent / 100.0), profile.geometry.rated_feed_kg_s);
    let advisor = advisor.with_plan(Guide::load("wheat").unwrap().rules.plan());
    Pipeline::new(ChannelBank::new(Router::new(&profile).unwrap()), Harvest::new(setup), advisor)
}

/// What a screen is shown of the pipeline now.
pub fn snapshot(pipeline: &Pipeline, seconds: u64) -> Snapshot {
    Snapshot {
        readings: pipeline.readings().clone(),
        estimate: pipeline.estimate().cloned(),
        advice: pipeline.advisor().advice().clone(),
        totals: pipeline.harvest().totals().clone(),
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
