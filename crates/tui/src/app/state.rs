//! What the operator has open and chosen, with the newest snapshot: the data that screens are drawn from and keys change.

use std::cell::RefCell;
use std::time::Duration;

use super::chart_view::ChartView;
use super::crop_density::CropDensity;
use super::effect::Effect;
use super::filter::Filter;
use super::keys::{Action, KeyMap};
use super::map_view::MapView;
use super::menu_item::MenuItem;
use super::pan_form::PanForm;
use super::preferences::{Preferences, Remembered};
use super::prepare::PrepareState;
use super::price_form::PriceForm;
use super::screen_id::ScreenId;
use super::sound::{Device, SoundState};
use super::sounded_alarm::SoundedAlarm;
use super::text_prompt::TextPrompt;
use super::undo::Undo;

use crate::cab::Cab;
use crate::term::capabilities::{Capabilities, Colours};
use crate::theme::{RoleStyles, Theme, themes};
use crate::units::{UnitBook, Units};
use crate::widgets::tap::Shown;
use grainloss_core::advice::Advice;
use grainloss_core::crop_conditions::CropConditions;
use grainloss_core::harvest::{PansOutside, Passes};
use grainloss_core::machine::{Channel, Reading, Readings};
use grainloss_knowledge::{Lang, Words};
use grainloss_protocol::command::{CommandError, OperatorCommand, PanAnswer, SessionChoice};
use grainloss_protocol::open_symptom::OpenSymptom;
use grainloss_protocol::snapshot::Snapshot;

/// How long a note is shown.
const NOTE_TIME: Duration = Duration::from_secs(6);
/// How long a note is shown that the operator must have time to read: a bad file, a session without names.
pub(super) const LONG_NOTE_TIME: Duration = Duration::from_mins(1);

/// The state of the dashboard.
#[derive(Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each can be with each")]
pub(crate) struct State {
    pub(super) words: Words,
    pub(super) remembered: Remembered,
    pub(super) capabilities: Capabilities,
    pub(super) themes: Vec<Theme>,
    pub(super) book: UnitBook,
    pub(super) units: Units,
    pub(super) styles: RoleStyles,
    pub(super) snapshot: Snapshot,
    /// When the snapshot came, on the clock of `now`.
    pub(super) received: Duration,
    /// Time since the dashboard was opened.
    pub(super) now: Duration,
    pub(crate) open: ScreenId,
    pub(super) help: bool,
    /// The note in place of the menu line, and when it ends.
    pub(super) note: Option<(String, Duration)>,
    /// What is wrong with one of the user's files, since the start.
    complaint: Option<String>,
    /// The chosen line of a menu, or the page of the machine screen.
    pub(crate) cursor: usize,
    pub(crate) form: PanForm,
    /// Which part of the field map is seen.
    pub(crate) map: MapView,
    /// Which part of the charts is seen.
    pub(crate) charts: ChartView,
    /// What the list of the open screen is filtered by.
    pub(crate) filter: Filter,
    /// The service's reply to the newest counted pan.
    pub(crate) last_pan: Option<PanAnswer>,
    /// The next key pressed becomes the key of this action.
    pub(crate) rebinding: Option<Action>,
    /// The symptom that the operator has opened.
    pub(crate) symptom: Option<OpenSymptom>,
    /// Which address of the page for a phone is shown as a code; `None` when none is.
    pub(crate) shown_url: Option<usize>,
    /// What is open before and around the harvest.
    pub(crate) prepare: PrepareState,
    /// The controls that somebody drives by; `None` where nobody does.
    pub(crate) cab: Option<Box<dyn Cab>>,
    /// Until when it is asked which setting was changed; `None` when it is not asked.
    pub(crate) asks_setting_until: Option<Duration>,
    /// The price that is being typed.
    pub(crate) price_form: Option<PriceForm>,
    /// What was said of the crop and is not in a snapshot yet.
    pub(crate) pending_crop: Option<CropConditions>,
    /// The item that was pressed once and needs a second press.
    pub(crate) confirming: Option<MenuItem>,
    /// What the next session is started with.
    pub(crate) next_session: SessionChoice,
    /// The name being typed; it takes every key except function keys.
    pub(crate) prompt: Option<TextPrompt>,
    /// The operator has been asked once for the names of operator and field.
    pub(super) asked_names: bool,
    pub(super) sound: SoundState,
    pub(super) sounded: Vec<SoundedAlarm>,
    pub(super) crop: CropDensity,
    pub(super) effects: Vec<Effect>,
    /// A session runs in this process: leaving the dashboard ends it.
    pub(super) session_is_here: bool,
    /// It is asked whether to leave.
    pub(super) quitting: bool,
    /// What can be taken back, and how many seconds the picture has shown for it.
    pub(super) undo: Option<Undo>,
    pub(super) undo_shown_s: Option<u64>,
    /// The command that takes the newest mark back, and has no reply yet.
    pub(super) undoing: Option<OperatorCommand>,
    /// What the newest picture has shown where; drawing writes it.
    pub(crate) shown: RefCell<Shown>,
}

impl State {
    /// The state at the start. The language is the remembered one; otherwise English on a terminal without Chinese;
    /// otherwise that of `words`.
    pub fn new(words: Words, remembered: Remembered, capabilities: Capabilities, snapshot: Snapshot) -> Self {
        let (themes, theme_complaint) = themes();
        let (book, unit_complaint) = UnitBook::load();
        let (prepare, fact_complaint) = PrepareState::load();
        let lang = match remembered.preferences.screen.language {
            Some(language) => language.into(),
            None if capabilities.ascii => Lang::En,
            None => words.lang,
        };
        let words = if words.lang == lang { words } else { Words::new(lang) };
        let units = book.choose(None, None, "", lang);
        let complaints = [
            remembered.complaint.clone(),
            theme_complaint.map(|error| error.to_string()),
            unit_complaint.map(|error| error.to_string()),
            fact_complaint.map(|error| error.to_string()),
        ];
        let complaint = complaints.into_iter().flatten().next();
        let form = PanForm::new(&remembered.preferences.pan);
        let mut state = Self {
            words,
            remembered,
            capabilities,
            themes,
            book,
            units,
            styles: RoleStyles::default(),
            snapshot,
            received: Duration::ZERO,
            now: Duration::ZERO,
            open: ScreenId::Main,
            help: false,
            note: None,
            complaint: None,
            cursor: 0,
            form,
            map: MapView::default(),
            charts: ChartView::default(),
            filter: Filter::default(),
            last_pan: None,
            rebinding: None,
            symptom: None,
            shown_url: None,
            prepare,
            cab: None,
            asks_setting_until: None,
            price_form: None,
            pending_crop: None,
            confirming: None,
            next_session: SessionChoice::default(),
            prompt: None,
            asked_names: false,
            sound: SoundState { in_use: Device::Bell, failed: None },
            sounded: Vec::new(),
            crop: CropDensity::default(),
            effects: Vec::new(),
            session_is_here: false,
            quitting: false,
            undo: None,
            undo_shown_s: None,
            undoing: None,
            shown: RefCell::default(),
        };
        state.crop.update(&state.snapshot);
        state.form.follow_drops(&state.snapshot.drops);
        if let Some(complaint) = complaint {
            let text = state.words.with("note-bad-file", &[("problem", &complaint)]);
            state.note = Some((text, LONG_NOTE_TIME));
            state.complaint = Some(complaint);
        }
        if let Some(notice) = state.remembered.notice.take() {
            state.note = Some((notice, LONG_NOTE_TIME));
        }
        state.apply_preferences();
        state
    }

    /// The preferences.
    pub const fn preferences(&self) -> &Preferences {
        &self.remembered.preferences
    }

    pub const fn keys(&self) -> &KeyMap {
        &self.remembered.keys
    }

    /// Where the page for a phone is found, with its token; empty without one.
    pub fn urls(&self) -> &[String] {
        &self.remembered.page
    }

    pub const fn words(&self) -> &Words {
        &self.words
    }

    pub const fn units(&self) -> &Units {
        &self.units
    }

    pub const fn styles(&self) -> &RoleStyles {
        &self.styles
    }

    /// True when only ASCII may be shown.
    pub fn is_ascii(&self) -> bool {
        self.remembered.preferences.screen.ascii.unwrap_or(self.capabilities.ascii)
    }

    /// True when a scale of colours can be shown.
    pub fn has_many_colours(&self) -> bool {
        self.capabilities.colours == Colours::Many && !self.is_ascii()
    }

    /// The open screen.
    pub const fn open(&self) -> ScreenId {
        self.open
    }

    pub const fn shows_help(&self) -> bool {
        self.help
    }

    /// The terminal is to report the mouse: it can, and the operator has not switched it off.
    pub fn wants_mouse(&self) -> bool {
        !self.capabilities.ascii && self.remembered.preferences.screen.mouse.unwrap_or(true)
    }

    /// It is asked whether to leave.
    pub const fn is_quitting(&self) -> bool {
        self.quitting
    }

    /// How long the newest mark can still be taken back; `None` when there is none.
    pub fn undo_left(&self) -> Option<Duration> {
        self.undo.as_ref()?.until.checked_sub(self.now)
    }

    /// It is asked which setting was changed.
    pub const fn asks_setting(&self) -> bool {
        self.asks_setting_until.is_some()
    }

    pub const fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    pub const fn sound_state(&self) -> &SoundState {
        &self.sound
    }

    /// Crop mass on one metre of travel, kg/m; `None` before any was cut.
    pub fn crop_kg_m(&self) -> Option<f64> {
        self.crop.kg_m()
    }

    /// What is said of the crop now.
    pub fn crop_said(&self) -> CropConditions {
        let shown = || self.snapshot.estimate.as_ref().map(|estimate| estimate.crop);
        self.pending_crop.or_else(shown).unwrap_or_default()
    }

    /// Shows a note for some seconds in place of the menu line.
    pub fn say(&mut self, text: String) {
        self.note = Some((text, self.now + NOTE_TIME));
    }

    /// The note being shown.
    pub fn note(&self) -> Option<&str> {
        self.note.as_ref().map(|(text, _)| &**text)
    }

    /// What is wrong with one of the user's files; `None` when all could be read.
    pub fn complaint(&self) -> Option<&str> {
        self.complaint.as_deref()
    }

    /// Why a command was refused, in words.
    pub fn refused(&self, why: CommandError) -> String {
        self.words.with("note-refused", &[("why", &self.words.get(&format!("refused-{}", why.word())))])
    }

    /// Asks the caller to do something.
    pub fn ask(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// Time since the snapshot came, µs; 0 after an orderly end, when the last figures stay on the screen.
    pub fn stale_us(&self) -> i64 {
        if self.snapshot.ended {
            return 0;
        }
        i64::try_from(self.now.saturating_sub(self.received).as_micros()).unwrap_or(i64::MAX)
    }

    /// The snapshot without everything that holds only for now: for a snapshot that is too old.
    pub fn without_current_values(&self) -> Snapshot {
        let mut readings = Readings::unknown(self.snapshot.readings.t_us);
        for &channel in Channel::ALL {
            readings.set(channel, Reading { value: None, ..*self.snapshot.readings.get(channel) });
        }
        Snapshot {
            readings,
            estimate: None,
            budget: None,
            passes: Passes::default(),
            pan_worth: None,
            pans_outside: PansOutside::default(),
            advice: Advice::default(),
            ..self.snapshot.clone()
        }
    }
}
