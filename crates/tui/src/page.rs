//! What the page beside the terminal says: the texts of the screens, made by the same functions, for a browser to place. The
//! page has no words and no figures of its own.

use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::app::pan_form::PanForm;
use crate::screens::main::body;
use crate::screens::pans;
use crate::theme::Role;
use crate::view::{GONE_US, OLD_US, ReadingText, View};
use crate::widgets::alarm_line::{self, notice_or_alarm};
use crate::widgets::loss_shown::LossShown;
use crate::widgets::numbers::{DASH, two_digits, with_interval};
use crate::widgets::{headline, next_pan, next_step, session_lines, verdict};
use grainloss_core::harvest::Stream;
use grainloss_core::machine::Channel;
use grainloss_protocol::command::{CommandReply, OperatorCommand, PanCount};

/// Most judged pans that are listed, the newest first.
const JUDGED: usize = 5;

/// How current the figures are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Freshness {
    /// They are of now.
    Live,
    /// They are older than three seconds.
    Old,
    /// They are older than five seconds, or the link to the service is lost: figures of now are dashes.
    Gone,
    /// The source has come to its end; these are the last ones.
    Ended,
}

/// A name and what is said under it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The name.
    pub label: String,
    /// The text.
    pub text: String,
}

/// A place where grain is lost.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PlaceText {
    /// Its word: `header`, `separation` or `cleaning`.
    pub id: &'static str,
    /// Its name.
    pub name: String,
    /// Share of the grain that came in; a dash when it is not known.
    pub share: String,
    /// The amount with its interval and unit; a dash when it is not known.
    pub amount: String,
    /// What both rest on, or how the last pass compares.
    pub basis: String,
    /// Part of the loss that can be attributed, 0..=1; `None` when it is not known.
    pub part: Option<f64>,
}

/// A channel as the screen shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReadingLine {
    /// The name.
    pub label: String,
    /// The value, or a dash.
    pub text: String,
    /// Its age, or why there is none.
    pub age: String,
    /// It is not of now.
    pub is_old: bool,
}

/// An alarm, or what is said in its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AlarmText {
    /// The text, with the word of its level.
    pub text: String,
    /// 0 nothing to see to, 1 low, 2 medium, 3 high.
    pub level: u8,
    /// It waits to be acknowledged.
    pub waits: bool,
}

/// A pan that lies on the ground.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WaitingPan {
    /// Its number.
    pub drop: u32,
    /// Number, place and age in words.
    pub text: String,
    /// A sample in front of the machine or over its whole width, which needs the natural shed.
    pub needs_shed: bool,
}

/// Everything that the page says of one moment, in one language.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PageTexts {
    /// How current it is.
    pub freshness: Freshness,
    /// Crop, field and operator.
    pub session: String,
    /// What the loss is and of which time, or why there is none.
    pub loss_name: String,
    /// The loss as share of the grain: `1.4%`, or `--`.
    pub loss: String,
    /// It is surely above the limit.
    pub is_over: bool,
    /// Where it stands against the limit, in words; `None` without a limit or a loss.
    pub verdict: Option<String>,
    /// Interval, loss per area, basis, limit, activity.
    pub facts: Vec<Line>,
    /// How the last pass compares, and what the machine does beside its activity; empty where there is nothing to say.
    pub flags: String,
    /// What the places are of: which time, and in which unit.
    pub places_name: String,
    /// Where grain is lost.
    pub places: Vec<PlaceText>,
    /// Header height, feed rate, ground speed, engine speed.
    pub machine: Vec<ReadingLine>,
    /// The alarm line.
    pub alarm: AlarmText,
    /// Every active alarm, the most urgent first.
    pub alarms: Vec<AlarmText>,
    /// That it is the next step, or what to set now.
    pub next_name: String,
    /// The next step, with the value now and the goal.
    pub next: String,
    /// The pan that would tell most; `None` where none would.
    pub next_pan: Option<String>,
    /// Area, grain and loss of the session.
    pub totals: String,
    /// Pans on the ground.
    pub pans: Vec<WaitingPan>,
    /// The newest judged pans.
    pub judged: Vec<String>,
    /// Width over which the machine's straw falls, m, as text; empty when it is not known.
    pub machine_width: String,
}

/// A pan's form as it was filled in on the page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageForm {
    /// Which drop.
    pub drop: u32,
    /// Kernels, or grams.
    pub amount: String,
    /// True when the amount is in grams.
    #[serde(default)]
    pub weighed: bool,
    /// Area of the pan, m².
    pub area: String,
    /// Width over which the loss falls, m; empty for the machine's own.
    #[serde(default)]
    pub width: String,
    /// Natural shed, kernels per m²; empty when it is not known.
    #[serde(default)]
    pub shed: String,
}

/// What the page says to something that was done on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PageReply {
    /// It was done, or can be.
    pub done: bool,
    /// What is said of it, line by line.
    pub text: Vec<String>,
}

impl App {
    /// What the page says of the newest snapshot.
    pub fn page(&self) -> PageTexts {
        self.with_view(page)
    }

    /// What a filled form means, before it is entered: the count to send, or why it cannot be, and the texts of both.
    pub fn page_count(&self, form: &PageForm) -> (Option<PanCount>, PageReply) {
        self.with_view(|view| count(form, view))
    }

    /// What is said of the service's reply to a command.
    pub fn page_reply(&self, command: &OperatorCommand, reply: &CommandReply) -> PageReply {
        self.with_view(|view| match (command, reply) {
            (_, CommandReply::Refused(why)) => PageReply { done: false, text: vec![view.state.refused(*why)] },
            (_, CommandReply::Pan(answer)) => {
                let text = pans::result_texts(answer, view).into_iter().map(|(text, _)| text).collect();
                PageReply { done: true, text }
            }
            (_, CommandReply::Dropped(number)) => {
                let text = view.words.with("note-dropped", &[("number", &number.to_string())]);
                PageReply { done: true, text: vec![text] }
            }
            (OperatorCommand::Acknowledge, CommandReply::Taken) => {
                PageReply { done: true, text: vec![view.word("note-acknowledged")] }
            }
            (_, CommandReply::Taken) => PageReply { done: true, text: vec![view.word("note-taken")] },
        })
    }
}

fn page(view: &View<'_>) -> PageTexts {
    let snapshot = view.snapshot;
    let freshness = match view.stale_us {
        _ if snapshot.ended => Freshness::Ended,
        _ if snapshot.health.link_lost => Freshness::Gone,
        GONE_US.. => Freshness::Gone,
        OLD_US.. => Freshness::Old,
        _ => Freshness::Live,
    };
    let line = alarm_line::line(view);
    let waits = line.active.is_some_and(|active| !active.alarm.is_notice() && !active.is_acknowledged());
    let loss = LossShown::of(view);
    let look = loss.verdict(view).map(|verdict| verdict::look(verdict, view));
    let dashes = || "--".to_owned();
    let width_m = snapshot.session.measures.discharge_width_m;
    PageTexts {
        freshness,
        session: session(view),
        loss_name: loss.label(view),
        loss: loss.percent().map_or_else(dashes, |percent| headline::percent_digits(percent.value)),
        is_over: look.as_ref().is_some_and(|look| look.figure == Role::Over),
        verdict: look.map(|look| look.text),
        facts: facts(&loss, view),
        flags: headline::flags(&loss, view),
        places_name: body::heads(&loss, view)[0].clone(),
        places: places(&loss, view),
        machine: machine(view),
        alarm: AlarmText { text: line.text, level: level_of(line.role), waits },
        alarms: alarms(view),
        next_name: next_step::label(view),
        next: next_step::text(view),
        next_pan: next_pan::texts(view).into_iter().next(),
        totals: session_lines::totals_texts(view).into_iter().next().unwrap_or_default(),
        pans: waiting(view),
        judged: snapshot.pans.iter().rev().take(JUDGED).map(|entry| pans::entry_text(entry, view)).collect(),
        machine_width: if width_m > 0.0 { two_digits(width_m) } else { String::new() },
    }
}

const fn level_of(role: Role) -> u8 {
    match role {
        Role::Low => 1,
        Role::Medium => 2,
        Role::High => 3,
        _ => 0,
    }
}

fn session(view: &View<'_>) -> String {
    let session = &view.snapshot.session;
    let crop = session.crop.get(view.words.lang);
    let known = [Some(crop), session.field.as_deref(), session.operator.as_deref()];
    known.into_iter().flatten().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// The facts beside the digits; the limit under its plain name, since its verdict stands alone.
fn facts(loss: &LossShown<'_>, view: &View<'_>) -> Vec<Line> {
    let is_limit = |at| at == 3;
    let line = |(at, fact): (usize, headline::Fact)| Line {
        label: if is_limit(at) { view.word("screen-limit") } else { fact.label },
        text: fact.values.into_iter().next().unwrap_or_default(),
    };
    headline::facts(loss, view).into_iter().enumerate().map(line).collect()
}

fn places(loss: &LossShown<'_>, view: &View<'_>) -> Vec<PlaceText> {
    let [_, _, unit, _] = body::heads(loss, view);
    let all: f64 = Stream::ALL.into_iter().filter_map(|stream| loss.stream(stream)).map(|(percent, _)| percent).sum();
    let dash = || DASH.to_owned();
    let place = |stream: Stream| {
        let shown = loss.stream(stream);
        PlaceText {
            id: stream.word(),
            name: view.word(&format!("stream-{}", stream.word())),
            share: shown.map_or_else(dash, |(percent, _)| format!("{} %", two_digits(percent))),
            amount: shown.map_or_else(dash, |(_, amount)| format!("{unit}: {}", with_interval(amount.band()))),
            basis: body::last_cells(stream, loss, view).into_iter().next().unwrap_or_default(),
            part: shown.map(|(percent, _)| percent / all).filter(|part| part.is_finite()),
        }
    };
    Stream::ALL.into_iter().map(place).collect()
}

fn machine(view: &View<'_>) -> Vec<ReadingLine> {
    let speed_label = view.words.with("screen-speed-target", &[("unit", view.units.speed_name())]);
    let speed = view.reading(Channel::GroundSpeed, |m_s| {
        let target = view.target_speed().map_or_else(String::new, |goal| {
            let [low, high] = [goal.low_m_s, goal.high_m_s].map(|m_s| two_digits(view.units.speed(m_s)));
            format!(" ({low}–{high})")
        });
        format!("{:.1}{target}", view.units.speed(m_s))
    });
    let cells = [
        (view.word("screen-height"), view.reading(Channel::HeaderHeight, |m| format!("{:.0} cm", m * 100.0))),
        (view.word("screen-feed"), body::feed(view)),
        (speed_label, speed),
        (view.word("screen-engine"), view.reading(Channel::EngineSpeed, |rpm| format!("{rpm:.0} r/min"))),
    ];
    let line =
        |(label, ReadingText { value, age, role })| ReadingLine { label, text: value, age, is_old: role == Role::Old };
    cells.into_iter().map(line).collect()
}

fn alarms(view: &View<'_>) -> Vec<AlarmText> {
    let of = |active: grainloss_core::advice::ActiveAlarm| AlarmText {
        text: notice_or_alarm(&active.alarm, view),
        level: if active.alarm.is_notice() { 0 } else { active.alarm.level },
        waits: !active.alarm.is_notice() && !active.is_acknowledged(),
    };
    view.snapshot.advice.list().map(of).collect()
}

fn waiting(view: &View<'_>) -> Vec<WaitingPan> {
    let pan = |drop: &grainloss_protocol::snapshot::PendingDrop| {
        let kind = view.word(&format!("pan-{}", drop.kind.word()));
        let figures = [("number", &*drop.id.to_string()), ("kind", &kind), ("age", &view.since(drop.t_us))];
        let needs_shed = drop.kind != grainloss_core::harvest::PanKind::Rear;
        WaitingPan { drop: drop.id, text: view.words.with("pans-waiting", &figures), needs_shed }
    };
    view.snapshot.drops.iter().map(pan).collect()
}

fn count(form: &PageForm, view: &View<'_>) -> (Option<PanCount>, PageReply) {
    let refused = |text: String| (None, PageReply { done: false, text: vec![text] });
    let typed = [&form.amount, &form.area, &form.width, &form.shed].map(String::clone);
    let Some(filled) = PanForm::filled(typed, form.weighed, form.drop) else {
        return refused(view.state.refused(grainloss_protocol::command::CommandError::ImpossibleValue));
    };
    let snapshot = view.snapshot;
    if filled.chosen(&snapshot.drops).is_none() {
        return refused(view.state.refused(grainloss_protocol::command::CommandError::UnknownDrop));
    }
    match filled.pan(&snapshot.drops, snapshot.readings.t_us, &snapshot.session.measures) {
        Err(why) => refused(view.state.refused(why)),
        Ok(None) => refused(view.word("pans-type")),
        Ok(Some((count, pan))) => {
            let (text, per_ha) = pans::preview_texts(&pan, view);
            (Some(count), PageReply { done: true, text: std::iter::once(text).chain(per_ha).collect() })
        }
    }
}
