//! Commands from a screen to the service, and the replies: an alarm is acknowledged, a pan dropped or counted, a setting
//! changed, another operator drives, a session begins or ends.
//!
//! ```text
//! screen ──► CommandSender ──bounded queue──► CommandReceiver (the loop) ──► CommandReply ──► PendingReply (the screen)
//! ```
//!
//! A screen in the same process and one at the end of a socket hold the same [`CommandSender`]. Neither side waits: the loop
//! polls for commands between frames, the screen polls for replies between keys.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};

use serde::{Deserialize, Serialize};

use crate::prices::PriceEntry;
use crate::snapshot::{Measures, PendingDrop};
use crate::symptom_word::SymptomWord;
use crate::test_cut::TestCutCommand;
use grainloss_core::check_result::CheckResult;
use grainloss_core::clean_text::is_hidden;
use grainloss_core::crop_conditions::CropConditions;
use grainloss_core::harvest::{Interval90, Pan, PanEntry, PanKind};
use grainloss_core::pan_sample::{GrainAmount, PanField, PanLimits, PanMeasurement};

/// Length of the queue to the loop: more than an operator can type between two frames.
const QUEUE: usize = 32;
/// Longest name of a person, a field or a setting, characters.
pub const MAX_NAME_CHARS: usize = 40;

/// A command of the operator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OperatorCommand {
    /// The active alarms have been noticed.
    Acknowledge,
    /// A pan hits the ground now.
    Drop {
        /// Behind the machine or in front of it.
        kind: PanKind,
    },
    /// A dropped pan has been counted.
    Count {
        /// Which drop, by its number in [`Snapshot::drops`](crate::snapshot::Snapshot::drops).
        drop: u32,
        /// What was in it.
        count: PanCount,
    },
    /// A dropped pan will not be counted.
    Discard {
        /// Which drop.
        drop: u32,
    },
    /// A setting of the machine has been changed. What it did to the loss is judged once it is said which.
    Setting {
        /// Which: the name of a channel such as `fan.speed`, or a word of the operator's own; [`UNNAMED_SETTING`] when it
        /// was not said.
        what: String,
        /// To what, in the unit that the machine shows.
        to: Option<f64>,
    },
    /// The newest change of a setting that was marked was none: it is not compared any more.
    WithdrawSetting,
    /// What the crop is like from now on: what is not said in it is not known any more.
    Conditions(CropConditions),
    /// The operator sees something wrong, or says what came of a step against it.
    Symptom {
        /// Which, by its name in the knowledge files.
        id: String,
        /// Which step, from 1; 0 when none was tried yet.
        step: u8,
        /// What is said of it.
        word: SymptomWord,
    },
    /// The test cut goes on by a step, or begins or ends.
    TestCut(TestCutCommand),
    /// A check list was gone through.
    Checklist(CheckResult),
    /// Prices of grain and time, and the rain that is near, from now on: what is not said is not known any more.
    Prices(PriceEntry),
    /// The operator from now on, by name.
    Operator(String),
    /// The session is over.
    EndSession,
    /// A session begins; the one before it, if any, ends.
    StartSession(SessionChoice),
}

/// What [`OperatorCommand::Setting`] holds when it was not said which setting was changed.
pub const UNNAMED_SETTING: &str = "marked";
/// The same for a setting that is not in the list.
pub const OTHER_SETTING: &str = "other";

/// What was found in a pan.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PanCount {
    /// How much grain.
    pub amount: GrainAmount,
    /// Area of the pan, or of the ground that was counted, m².
    pub area_m2: f64,
    /// Width over which the loss was discharged, m, for a rear pan; `None` for the machine's own.
    pub discharge_width_m: Option<f64>,
    /// Kernels per m² that lay there before the machine came; needed for a front sample.
    pub shed_kernels_m2: Option<f64>,
}

impl PanCount {
    /// The pan that was counted at `known_us`.
    ///
    /// # Errors
    /// When a figure is outside [`PanLimits::TYPED`], or when a front or whole-width sample comes without the shed.
    pub fn pan(&self, drop: PendingDrop, known_us: i64, measures: &Measures) -> Result<Pan, CommandError> {
        let own_width_m = self.discharge_width_m.filter(|_| drop.kind == PanKind::Rear);
        let measurement = PanMeasurement {
            kind: drop.kind,
            amount: self.amount,
            kernel_mass_kg: measures.kernel_mass_kg,
            area_m2: self.area_m2,
            header_width_m: measures.header_width_m,
            discharge_width_m: own_width_m.unwrap_or(measures.discharge_width_m),
            shed_kernels_m2: self.shed_kernels_m2,
        };
        let sample = measurement.sample(&PanLimits::TYPED).map_err(|impossible| match impossible.field {
            PanField::Kernels | PanField::Grams => CommandError::ImpossibleAmount,
            PanField::Area => CommandError::ImpossibleArea,
            PanField::HeaderWidth | PanField::DischargeWidth => CommandError::ImpossibleWidth,
            PanField::Shed => CommandError::ImpossibleShed,
        })?;
        if drop.kind != PanKind::Rear && sample.shed_kg_m2.is_none() {
            return Err(CommandError::ShedMissing);
        }
        Ok(Pan::of(sample, drop.t_us, known_us))
    }
}

/// What a session is begun with. What is `None` stays as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionChoice {
    /// The crop's name in the knowledge files.
    pub crop: Option<String>,
    /// What people call the field.
    pub field: Option<String>,
    /// Who drives.
    pub operator: Option<String>,
    /// The limit's identifier, or a number of per cent.
    pub limit: Option<String>,
}

/// What became of a command.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(clippy::large_enum_variant, reason = "one at a time, and seldom")]
pub enum CommandReply {
    /// Done, and in the journal.
    Taken,
    /// A pan has been stamped; this is its number.
    Dropped(u32),
    /// A pan has been judged: used, or rejected with a reason.
    Pan(PanAnswer),
    /// Nothing has been done.
    Refused(CommandError),
}

/// What a pan changed. The outcome, with the residual, is in the entry.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PanAnswer {
    /// The pan and its outcome.
    pub entry: PanEntry,
    /// What it says was lost there, kg/m² of field; the shed is taken off.
    pub found_kg_m2: f64,
    /// The session before it.
    pub before: PanEffect,
    /// The session after it.
    pub after: PanEffect,
}

impl PanAnswer {
    /// What the gain of the part that was sampled has been multiplied with; `None` where nothing is known of that part.
    pub fn gain_factor(&self) -> Option<f64> {
        Some(self.after.part_kg?.value / self.before.part_kg?.value)
    }
}

/// The session's loss, as far as a pan can change it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PanEffect {
    /// Loss of the part that was sampled, behind the machine or at the header, kg.
    pub part_kg: Option<Interval90>,
    /// All loss over grain in, per cent.
    pub total_pct: Option<Interval90>,
}

/// Why a command was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CommandError {
    /// No active alarm is unacknowledged.
    NothingToAcknowledge,
    /// No bus time yet: no frame has come.
    NoTime,
    /// No drop of that number waits.
    UnknownDrop,
    /// Too many drops wait; count or discard one.
    TooManyDrops,
    /// Not an amount of grain: below 0, no number, or more than a pan holds.
    ImpossibleAmount,
    /// Not an area: 0.01 to 100 m².
    ImpossibleArea,
    /// Not a width: 0.3 to 20 m.
    ImpossibleWidth,
    /// Not a natural shed: 0 to 100 000 kernels per m².
    ImpossibleShed,
    /// A front sample needs the natural shed.
    ShedMissing,
    /// No change of a setting was marked that can be withdrawn.
    NothingToWithdraw,
    /// Not a number.
    ImpossibleValue,
    /// A name is empty, too long, or holds what cannot be written on a line.
    BadName,
    /// No such crop.
    UnknownCrop,
    /// No such limit for this crop.
    UnknownLimit,
    /// The journal or a data file cannot be used; the service's log says why.
    CannotBegin,
    /// No session is open.
    NoSession,
    /// The test cut is at another step, or none runs.
    NotThisStep,
    /// This program has no sessions to begin: a replay, or a demo.
    NotHere,
    /// Too much at once; try again.
    Busy,
    /// The service is gone.
    Gone,
}

impl CommandError {
    /// Every reason, for tests of the words.
    pub const ALL: [Self; 20] = [
        Self::NothingToAcknowledge,
        Self::NoTime,
        Self::UnknownDrop,
        Self::TooManyDrops,
        Self::ImpossibleAmount,
        Self::ImpossibleArea,
        Self::ImpossibleWidth,
        Self::ImpossibleShed,
        Self::ShedMissing,
        Self::NothingToWithdraw,
        Self::ImpossibleValue,
        Self::BadName,
        Self::UnknownCrop,
        Self::UnknownLimit,
        Self::CannotBegin,
        Self::NoSession,
        Self::NotThisStep,
        Self::NotHere,
        Self::Busy,
        Self::Gone,
    ];

    /// The word in the journal; its text key is `refused-` and this.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NothingToAcknowledge => "nothing-to-acknowledge",
            Self::NoTime => "no-time",
            Self::UnknownDrop => "unknown-drop",
            Self::TooManyDrops => "too-many-drops",
            Self::ImpossibleAmount => "impossible-amount",
            Self::ImpossibleArea => "impossible-area",
            Self::ImpossibleWidth => "impossible-width",
            Self::ImpossibleShed => "impossible-shed",
            Self::ShedMissing => "shed-missing",
            Self::NothingToWithdraw => "nothing-to-withdraw",
            Self::ImpossibleValue => "impossible-value",
            Self::BadName => "bad-name",
            Self::UnknownCrop => "unknown-crop",
            Self::UnknownLimit => "unknown-limit",
            Self::CannotBegin => "cannot-begin",
            Self::NoSession => "no-session",
            Self::NotThisStep => "not-this-step",
            Self::NotHere => "not-here",
            Self::Busy => "busy",
            Self::Gone => "gone",
        }
    }
}

/// A name as it was typed, trimmed.
///
/// # Errors
/// When it is empty, longer than [`MAX_NAME_CHARS`], or has control characters or others that nobody can see.
pub fn name(text: &str) -> Result<&str, CommandError> {
    let text = text.trim();
    let fits = (1..=MAX_NAME_CHARS).contains(&text.chars().count());
    if fits && !text.chars().any(is_hidden) { Ok(text) } else { Err(CommandError::BadName) }
}

/// A command on its way, with its sender.
#[derive(Debug)]
pub struct SentCommand {
    /// The command.
    pub command: OperatorCommand,
    /// The sender: `dashboard`, or the user at the other end of a socket.
    pub from: Arc<str>,
    reply: SyncSender<CommandReply>,
}

impl SentCommand {
    /// Sends the reply. A sender that has gone is no error.
    pub fn reply(self, reply: CommandReply) {
        let _ = self.reply.try_send(reply);
    }
}

/// Sends commands; cheap to clone.
#[derive(Clone, Debug)]
pub struct CommandSender {
    queue: SyncSender<SentCommand>,
    from: Arc<str>,
}

impl CommandSender {
    /// The same queue for another sender.
    #[must_use]
    pub fn named(&self, from: &str) -> Self {
        Self { queue: self.queue.clone(), from: from.into() }
    }

    /// Sends a command. The reply comes later; it is `Busy` when the queue is full and `Gone` when the service has ended.
    pub fn send(&self, command: OperatorCommand) -> PendingReply {
        let (reply, answer) = sync_channel(1);
        let sent = SentCommand { command, from: Arc::clone(&self.from), reply };
        if let Err(error) = self.queue.try_send(sent) {
            let (why, sent) = match error {
                std::sync::mpsc::TrySendError::Full(sent) => (CommandError::Busy, sent),
                std::sync::mpsc::TrySendError::Disconnected(sent) => (CommandError::Gone, sent),
            };
            sent.reply(CommandReply::Refused(why));
        }
        PendingReply(answer)
    }
}

/// The reply to a command, once it comes.
#[derive(Debug)]
pub struct PendingReply(Receiver<CommandReply>);

impl PendingReply {
    /// The reply; `None` while there is none. Does not wait.
    pub fn poll(&self) -> Option<CommandReply> {
        match self.0.try_recv() {
            Ok(answer) => Some(answer),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(CommandReply::Refused(CommandError::Gone)),
        }
    }
}

/// The receiving end of the queue.
#[derive(Debug)]
pub struct CommandReceiver(Receiver<SentCommand>);

impl CommandReceiver {
    /// The next command, if there is one. Does not wait.
    pub fn take(&self) -> Option<SentCommand> {
        self.0.try_recv().ok()
    }
}

/// A queue for commands; the sender's name is that of a screen in the same process.
pub fn channel() -> (CommandSender, CommandReceiver) {
    let (queue, inbox) = sync_channel(QUEUE);
    (CommandSender { queue, from: "dashboard".into() }, CommandReceiver(inbox))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_gets_its_reply_and_a_full_or_closed_queue_refuses() {
        let (sender, inbox) = channel();
        let waiting = sender.named("uid 1000").send(OperatorCommand::Acknowledge);
        assert_eq!(waiting.poll(), None);
        let sent = inbox.take().unwrap();
        assert_eq!((&sent.command, &*sent.from), (&OperatorCommand::Acknowledge, "uid 1000"));
        sent.reply(CommandReply::Taken);
        assert_eq!(waiting.poll(), Some(CommandReply::Taken));

        let all: Vec<PendingReply> = (0..=QUEUE).map(|_| sender.send(OperatorCommand::EndSession)).collect();
        assert_eq!(all[QUEUE].poll(), Some(CommandReply::Refused(CommandError::Busy)));
        assert_eq!(all[0].poll(), None);
        drop(inbox);
        assert_eq!(all[0].poll(), Some(CommandReply::Refused(CommandError::Gone)), "dropped unanswered");
        assert_eq!(sender.send(OperatorCommand::EndSession).poll(), Some(CommandReply::Refused(CommandError::Gone)));
    }

    #[test]
    fn a_count_becomes_a_pan_in_si_units_and_the_impossible_is_refused() {
        let measures = Measures {
            kernel_mass_kg: 40e-6,
            yield_kg_m2: 0.6,
            header_width_m: 2.75,
            discharge_width_m: 1.10,
            rated_feed_kg_s: 6.0,
        };
        let drop = |kind| PendingDrop { id: 1, t_us: 5, kind };
        let count = PanCount {
            amount: GrainAmount::Kernels(142.0),
            area_m2: 0.3,
            discharge_width_m: None,
            shed_kernels_m2: None,
        };
        let pan = count.pan(drop(PanKind::Rear), 9, &measures).unwrap();
        // 142 × 40 mg = 5.68 g on 0.3 m², concentrated 2.75 / 1.10 = 2.5 times: 7.573 g/m², 75.7 kg/ha.
        assert_eq!((pan.t_us, pan.known_us), (5, 9));
        assert!((pan.grain_kg - 5.68e-3).abs() < 1e-12 && (pan.concentration - 2.5).abs() < 1e-12);
        assert!((pan.sample().mass_per_area_kg_m2() - 7.573e-3).abs() < 1e-6);

        let front = PanCount { amount: GrainAmount::Grams(6.0), shed_kernels_m2: Some(100.0), ..count };
        let pan = front.pan(drop(PanKind::Front), 9, &measures).unwrap();
        // 6 g / 0.3 m² = 20 g/m², less 100 × 40 mg = 4 g/m².
        assert!((pan.sample().mass_per_area_kg_m2() - 16e-3).abs() < 1e-12);

        for (wrong, why) in [
            (PanCount { amount: GrainAmount::Kernels(-1.0), ..count }, CommandError::ImpossibleAmount),
            (PanCount { amount: GrainAmount::Grams(f64::NAN), ..count }, CommandError::ImpossibleAmount),
            (PanCount { area_m2: 0.0, ..count }, CommandError::ImpossibleArea),
            (PanCount { area_m2: f64::INFINITY, ..count }, CommandError::ImpossibleArea),
            (PanCount { discharge_width_m: Some(0.0), ..count }, CommandError::ImpossibleWidth),
            (PanCount { shed_kernels_m2: Some(-2.0), ..count }, CommandError::ImpossibleShed),
        ] {
            assert_eq!(wrong.pan(drop(PanKind::Rear), 9, &measures), Err(why), "{wrong:?}");
        }
        assert_eq!(count.pan(drop(PanKind::Front), 9, &measures), Err(CommandError::ShedMissing));
    }

    #[test]
    fn names_are_trimmed_and_bounded() {
        assert_eq!(name("  张三 "), Ok("张三"));
        assert_eq!(name(&"东".repeat(40)).map(str::len), Ok(120));
        for bad in ["", "  ", "a\nb", "\u{1b}[2J", &"x".repeat(41)] {
            assert_eq!(name(bad), Err(CommandError::BadName), "{bad:?}");
        }
    }

    #[test]
    fn every_refusal_has_its_own_word() {
        let words: std::collections::BTreeSet<&str> = CommandError::ALL.iter().map(|why| why.word()).collect();
        assert_eq!(words.len(), CommandError::ALL.len());
        for why in CommandError::ALL {
            assert_eq!(serde_json::to_value(why).unwrap(), why.word());
        }
    }
}
