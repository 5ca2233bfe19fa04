//! Applies the operator's commands, between frames, and records them in the journal.

use super::sinks::Sinks;
use super::summary::alarm_stream;
use super::test_cut::{Outcome, TestCutRun};
use crate::service::price_events::price_events;
use grainloss_core::advice::setting_named;
use grainloss_core::harvest::PanKind;
use grainloss_core::machine::Channel;
use grainloss_core::pan_sample::GrainAmount;
use grainloss_core::pipeline::Pipeline;
use grainloss_core::record::EventRecord;
use grainloss_core::test_cut::CutQuality;
use grainloss_journal::{AcknowledgementRecord, Entry, FactRecord, Item, Origin, PanFound, SettingRecord};
use grainloss_protocol::command::{
    self, CommandError, CommandReply, OperatorCommand, PanAnswer, PanCount, PanEffect, UNNAMED_SETTING,
};
use grainloss_protocol::snapshot::{Measures, PendingDrop, SessionInfo};
use grainloss_protocol::symptom_word::SymptomWord;
use grainloss_protocol::test_cut::{TestCutCommand, limits_of};

/// Most drops that wait for their count (our choice: more are not found again in the field).
const MAX_DROPS: usize = 20;

/// Largest value of a setting that no channel tells, of either sign and in any unit (our choice: as for measures in files).
const MOST_OTHER_VALUE: f64 = 1e6;

/// Most items of a check list (our choice: twice the longest that comes with the program).
const MAX_CHECKED: usize = 64;

/// The figures of the session that commands are judged with.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SessionFigures {
    /// What pans are computed with.
    pub measures: Measures,
    /// What a test cut is judged by.
    pub limits: CutQuality,
}

impl SessionFigures {
    /// Those of this session.
    pub fn of(session: &SessionInfo) -> Self {
        Self { measures: session.measures, limits: session.limit.as_ref().map(limits_of).unwrap_or_default() }
    }
}

/// The operator's entries in the session that runs.
#[derive(Debug, Default)]
pub(super) struct CommandHandler {
    /// Pans that were dropped and not counted yet.
    pub drops: Vec<PendingDrop>,
    /// The test cut, if one runs.
    pub test_cut: TestCutRun,
    /// The newest drop's number.
    newest: u32,
    /// The operator's name; `None` when it was not entered.
    pub operator: Option<String>,
    /// Bus time of the first step.
    pub started_us: Option<i64>,
    /// The change of a setting that was marked last and not withdrawn: whether it was said which. `None` when there is none.
    marked: Option<bool>,
}

impl CommandHandler {
    /// Nothing entered yet, except the drops from before an interruption, with the newest drop's number.
    pub fn new(session: &SessionInfo, (drops, newest): (Vec<PendingDrop>, u32)) -> Self {
        let (operator, started_us) = (session.operator.clone(), session.started_us);
        Self { drops, test_cut: TestCutRun::default(), newest, operator, started_us, marked: None }
    }

    /// Applies a command and records it. Sessions are begun and ended elsewhere.
    pub fn take(
        &mut self,
        command: &OperatorCommand,
        from: &str,
        figures: &SessionFigures,
        pipeline: &mut Pipeline,
        sinks: &mut Sinks,
    ) -> CommandReply {
        let Some(t_us) = pipeline.now_us() else { return CommandReply::Refused(CommandError::NoTime) };
        let applied = match command {
            OperatorCommand::TestCut(word) => self.test_cut(word, t_us, from, figures, sinks),
            command => self.apply(command, t_us, &figures.measures, pipeline),
        };
        let reply = applied.unwrap_or_else(CommandReply::Refused);
        if matches!(
            (command, &reply),
            (_, CommandReply::Dropped(_) | CommandReply::Pan(_))
                | (OperatorCommand::Discard { .. } | OperatorCommand::Conditions(_), CommandReply::Taken)
        ) {
            // Before the pan itself: the effect of a stored pan must be in a stored checkpoint.
            sinks.put(self.checkpoint(pipeline));
        }
        record(command, &reply, t_us, from, pipeline, sinks);
        // What was doubtful and is used now, since this pan found the same.
        if let Some(confirmed) = pipeline.take_confirmed_pan() {
            sinks.pan(t_us, confirmed, PanFound::default(), None);
        }
        reply
    }

    /// The estimator's state for the journal, so that an interruption does not lose it.
    pub fn checkpoint(&self, pipeline: &Pipeline) -> Entry {
        let t_us = pipeline.readings().t_us;
        Entry::EstimatorCheckpoint(Box::new(pipeline.harvest().checkpoint(t_us, &self.drops, self.newest)))
    }

    fn apply(
        &mut self,
        command: &OperatorCommand,
        t_us: i64,
        measures: &Measures,
        pipeline: &mut Pipeline,
    ) -> Result<CommandReply, CommandError> {
        match command {
            OperatorCommand::Acknowledge if pipeline.advisor_mut().acknowledge() == 0 => {
                Err(CommandError::NothingToAcknowledge)
            }
            OperatorCommand::Acknowledge => Ok(CommandReply::Taken),
            OperatorCommand::Drop { kind } => self.dropped(*kind, t_us),
            OperatorCommand::Count { drop, count } => self.counted(*drop, count, t_us, measures, pipeline),
            OperatorCommand::Discard { drop } => {
                let at = self.position(*drop)?;
                self.drops.remove(at);
                self.test_cut.discarded(*drop);
                Ok(CommandReply::Taken)
            }
            OperatorCommand::Setting { what, to } => {
                command::name(what)?;
                if to.is_some_and(|to| !is_possible(what, to)) {
                    return Err(CommandError::ImpossibleValue);
                }
                // Without an answer to what was changed nothing is judged.
                let named = what.trim() != UNNAMED_SETTING;
                self.marked = Some(named);
                if named {
                    pipeline.advisor_mut().mark_change(setting_named(what.trim()));
                }
                Ok(CommandReply::Taken)
            }
            OperatorCommand::WithdrawSetting => {
                // One of which it was not said is in the journal only.
                if self.marked.take().ok_or(CommandError::NothingToWithdraw)? {
                    pipeline.advisor_mut().withdraw_change();
                }
                Ok(CommandReply::Taken)
            }
            OperatorCommand::Symptom { id, word, .. } => {
                command::name(id)?;
                if matches!(word, SymptomWord::Tried | SymptomWord::PutBack) {
                    pipeline.advisor_mut().mark_change(None);
                }
                Ok(CommandReply::Taken)
            }
            OperatorCommand::Conditions(crop) => {
                pipeline.set_crop(*crop);
                Ok(CommandReply::Taken)
            }
            OperatorCommand::Prices(entry) => {
                if !entry.is_possible() {
                    return Err(CommandError::ImpossibleValue);
                }
                pipeline.advisor_mut().set_economy(entry.economy);
                Ok(CommandReply::Taken)
            }
            OperatorCommand::Operator(name) => {
                self.operator = Some(command::name(name)?.to_owned());
                Ok(CommandReply::Taken)
            }
            OperatorCommand::Checklist(result) => {
                if result.items.len() > MAX_CHECKED {
                    return Err(CommandError::ImpossibleValue);
                }
                let names = result.items.iter().flat_map(|item| [Some(&item.id), item.note.as_ref()]);
                names.chain([Some(&result.list), result.who.as_ref()]).flatten().try_for_each(|text| {
                    command::name(text)?;
                    Ok(())
                })?;
                Ok(CommandReply::Taken)
            }
            OperatorCommand::TestCut(_) => Err(CommandError::NotThisStep),
            OperatorCommand::EndSession | OperatorCommand::StartSession(_) => Err(CommandError::NotHere),
        }
    }

    /// The test cut goes on; its frame is a drop where half of it had been driven.
    fn test_cut(
        &mut self,
        word: &TestCutCommand,
        t_us: i64,
        from: &str,
        figures: &SessionFigures,
        sinks: &mut Sinks,
    ) -> Result<CommandReply, CommandError> {
        match self.test_cut.command(word, t_us, &figures.limits)? {
            Outcome::GoesOn => Ok(CommandReply::Taken),
            Outcome::Frame(passed_us) => {
                let reply = self.dropped(PanKind::Whole, passed_us)?;
                self.test_cut.waits_for(self.newest);
                let event = EventRecord::new(t_us, "pan-dropped", PanKind::Whole.word());
                sinks.event(EventRecord {
                    stream: Some(from.to_owned().into()),
                    count: Some(i64::from(self.newest)),
                    ..event
                });
                Ok(reply)
            }
            Outcome::Over(record) => {
                sinks.event(record.event(t_us, from));
                Ok(CommandReply::Taken)
            }
        }
    }

    fn dropped(&mut self, kind: PanKind, t_us: i64) -> Result<CommandReply, CommandError> {
        if self.drops.len() >= MAX_DROPS {
            return Err(CommandError::TooManyDrops);
        }
        self.newest += 1;
        self.drops.push(PendingDrop { id: self.newest, t_us, kind });
        Ok(CommandReply::Dropped(self.newest))
    }

    fn position(&self, drop: u32) -> Result<usize, CommandError> {
        self.drops.iter().position(|pending| pending.id == drop).ok_or(CommandError::UnknownDrop)
    }

    /// An impossible count is refused and the drop stays; a pan that the estimator rejects has been counted all the same.
    fn counted(
        &mut self,
        drop: u32,
        count: &PanCount,
        t_us: i64,
        measures: &Measures,
        pipeline: &mut Pipeline,
    ) -> Result<CommandReply, CommandError> {
        let at = self.position(drop)?;
        let pan = count.pan(self.drops[at], t_us, measures)?;
        let before = effect(pan.kind, pipeline);
        let entry = pipeline.pan(&pan);
        self.drops.remove(at);
        let found_kg_m2 = pan.sample().mass_per_area_kg_m2();
        self.test_cut.counted(drop, found_kg_m2, count.area_m2, measures.yield_kg_m2);
        Ok(CommandReply::Pan(PanAnswer { entry, found_kg_m2, before, after: effect(pan.kind, pipeline) }))
    }
}

/// Whether a setting can have this value, in the unit of its channel; not a number is none.
fn is_possible(setting: &str, value: f64) -> bool {
    let (low, high) = setting_named(setting.trim()).map_or((-MOST_OTHER_VALUE, MOST_OTHER_VALUE), Channel::plausible);
    (low..=high).contains(&value)
}

fn effect(kind: PanKind, pipeline: &Pipeline) -> PanEffect {
    let totals = pipeline.harvest().totals();
    let part_kg = match kind {
        PanKind::Rear => totals.rear_loss_kg(),
        PanKind::Front => totals.header_loss_kg(),
        PanKind::Whole => totals.total_loss_kg(),
    };
    PanEffect { part_kg, total_pct: totals.total_loss_pct() }
}

/// Writes a command, its result and its sender into the journal. A refused command leaves no entry.
fn record(
    command: &OperatorCommand,
    reply: &CommandReply,
    t_us: i64,
    from: &str,
    pipeline: &Pipeline,
    sinks: &mut Sinks,
) {
    let who = || Some(from.to_owned());
    let event = |kind: &'static str, id: &str| EventRecord {
        id: id.to_owned().into(),
        stream: Some(from.to_owned().into()),
        ..EventRecord::new(t_us, kind, "")
    };
    let numbered = |drop: u32, event: EventRecord| EventRecord { count: Some(i64::from(drop)), ..event };
    match (command, reply) {
        (_, CommandReply::Refused(_)) => {}
        (OperatorCommand::Count { drop, count }, CommandReply::Pan(pan)) => {
            sinks.pan(t_us, pan.entry, PanFound { who: who(), ..found(count) }, Some((*drop, from)));
        }
        (OperatorCommand::Drop { kind }, CommandReply::Dropped(drop)) => {
            sinks.event(numbered(*drop, event("pan-dropped", kind.word())));
        }
        (OperatorCommand::Discard { drop }, _) => sinks.event(numbered(*drop, event("pan-discarded", "discarded"))),
        (OperatorCommand::Acknowledge, _) => {
            for alarm in pipeline.advisor().advice().list().filter(|s| s.acknowledged_us == Some(t_us)) {
                let stream = alarm_stream(&alarm.alarm).map(str::to_owned);
                let alarm = alarm.alarm.id.word().to_owned();
                sinks.put(Entry::Acknowledgement(AcknowledgementRecord { t_us, alarm, stream, who: who() }));
            }
            sinks.event(event("acknowledged", "all"));
        }
        (OperatorCommand::Setting { what, to }, _) => {
            let channel = setting_named(what.trim());
            let setting = channel.map_or_else(|| what.trim().to_owned(), |channel| channel.name().to_owned());
            let unit = channel.map(|channel| channel.unit().to_owned());
            sinks.event(EventRecord { value: *to, ..event("setting-marked", &setting) });
            let origin = Origin::Operator;
            sinks.put(Entry::Setting(SettingRecord { t_us, setting, value: *to, unit, origin, who: who() }));
        }
        // Nothing is taken out of the journal: the event says that the mark before it does not count.
        (OperatorCommand::WithdrawSetting, _) => sinks.event(event("setting-withdrawn", "marked")),
        (OperatorCommand::Symptom { id, step, word }, _) => {
            let count = (*step > 0).then_some(i64::from(*step));
            sinks.event(EventRecord { count, ..event(word.event(), id.trim()) });
        }
        (OperatorCommand::Checklist(result), _) => {
            for event in result.events(t_us, from) {
                sinks.event(event);
            }
        }
        (OperatorCommand::Prices(entry), _) => {
            for event in price_events(entry, t_us, Some(from)) {
                sinks.put(Entry::Event(event));
            }
        }
        (OperatorCommand::Conditions(crop), _) => sinks.crop(t_us, *crop, Some(from)),
        (OperatorCommand::Operator(name), _) => {
            let name = name.trim();
            // Turns are no notices: so that each driver's can be told, the journal says how many there were.
            let turns = pipeline.harvest().totals().counts().turns;
            sinks.put(Entry::Event(EventRecord {
                count: Some(i64::from(turns)),
                ..EventRecord::new(t_us, "turns", "at-change")
            }));
            sinks.habits.drives(name);
            sinks.event(event("operator", name));
            let value = Some(name.to_owned());
            sinks.put(Entry::Fact(FactRecord { t_us, item: Item::Operator, value, who: who() }));
        }
        _ => {}
    }
}

/// What was entered about a pan.
fn found(count: &PanCount) -> PanFound {
    let (kernels, grams) = match count.amount {
        GrainAmount::Kernels(kernels) => (Some(kernels), None),
        GrainAmount::Grams(grams) => (None, Some(grams)),
    };
    let (discharge_width_m, shed_kernels_m2) = (count.discharge_width_m, count.shed_kernels_m2);
    PanFound { kernels, grams, discharge_width_m, shed_kernels_m2, ..PanFound::default() }
}
