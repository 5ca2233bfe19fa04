//! Where commands are dealt with: between frames, at bus time.

use super::sinks::Sinks;
use super::summary::alarm_stream;
use grainloss_core::advice::setting_named;
use grainloss_core::harvest::{PanKind, PanOutcome};
use grainloss_core::pipeline::Pipeline;
use grainloss_journal::{
    AcknowledgementRecord, Entry, FactRecord, Item, Origin, PanFound, PanRecord, SettingRecord, StoredEvent,
};
use grainloss_protocol::command::{
    self, Amount, CommandError, CommandReply, OperatorCommand, PanAnswer, PanCount, PanEffect,
};
use grainloss_protocol::snapshot::{Measures, PendingDrop, SessionInfo};

/// Drops that may wait; more nobody will find again.
const MOST_DROPS: usize = 20;

/// What the operator has told and the service keeps.
#[derive(Debug, Default)]
pub(super) struct CommandHandler {
    pub drops: Vec<PendingDrop>,
    /// The newest drop's number.
    pub newest: u32,
    pub operator: Option<String>,
    /// Bus time of the first step.
    pub started_us: Option<i64>,
    /// When a session was last begun by work, well or not.
    pub tried_us: Option<i64>,
}

impl CommandHandler {
    /// Nothing told yet, but for the pans that wait since before an interruption, with the newest drop's number.
    pub fn new(session: &SessionInfo, (drops, newest): (Vec<PendingDrop>, u32)) -> Self {
        let (operator, started_us) = (session.operator.clone(), session.started_us);
        Self { drops, newest, operator, started_us, tried_us: None }
    }

    /// Deals with a mark. Sessions are begun and ended elsewhere.
    pub fn take(
        &mut self,
        mark: &OperatorCommand,
        from: &str,
        measures: &Measures,
        pipeline: &mut Pipeline,
        sinks: &mut Sinks,
    ) -> CommandReply {
        let Some(t_us) = pipeline.now_us() else { return CommandReply::Refused(CommandError::NoTime) };
        let answer = match self.deal(mark, t_us, measures, pipeline) {
            Ok(answer) => answer,
            Err(why) => CommandReply::Refused(why),
        };
        if let CommandReply::Pan(pan) = &answer {
            sinks.summary.pan(&pan.entry);
        }
        if matches!(
            (mark, &answer),
            (_, CommandReply::Dropped(_) | CommandReply::Pan(_))
                | (OperatorCommand::Discard { .. }, CommandReply::Taken)
        ) {
            // Before the pan itself: one that is stored has taught.
            sinks.put(self.learned(pipeline));
        }
        put_down(mark, &answer, t_us, from, pipeline, sinks);
        answer
    }

    /// What has been learned, for the journal, so that an interruption does not cost it.
    pub fn learned(&self, pipeline: &Pipeline) -> Entry {
        let t_us = pipeline.readings().t_us;
        Entry::EstimatorCheckpoint(Box::new(pipeline.harvest().checkpoint(t_us, &self.drops, self.newest)))
    }

    fn deal(
        &mut self,
        mark: &OperatorCommand,
        t_us: i64,
        measures: &Measures,
        pipeline: &mut Pipeline,
    ) -> Result<CommandReply, CommandError> {
        match mark {
            OperatorCommand::Acknowledge if pipeline.advisor_mut().acknowledge() == 0 => {
                Err(CommandError::NothingToAcknowledge)
            }
            OperatorCommand::Acknowledge => Ok(CommandReply::Taken),
            OperatorCommand::Drop { kind } => self.dropped(*kind, t_us),
            OperatorCommand::Count { drop, count } => self.counted(*drop, count, t_us, measures, pipeline),
            OperatorCommand::Discard { drop } => {
                let at = self.place(*drop)?;
                self.drops.remove(at);
                Ok(CommandReply::Taken)
            }
            OperatorCommand::Setting { what, to } => {
                command::name(what)?;
                if to.is_some_and(|to| !to.is_finite()) {
                    return Err(CommandError::ImpossibleValue);
                }
                pipeline.advisor_mut().mark_change();
                Ok(CommandReply::Taken)
            }
            OperatorCommand::Operator(name) => {
                self.operator = Some(command::name(name)?.to_owned());
                Ok(CommandReply::Taken)
            }
            OperatorCommand::EndSession | OperatorCommand::StartSession(_) => Err(CommandError::NotHere),
        }
    }

    fn dropped(&mut self, kind: PanKind, t_us: i64) -> Result<CommandReply, CommandError> {
        if self.drops.len() >= MOST_DROPS {
            return Err(CommandError::TooManyDrops);
        }
        self.newest += 1;
        self.drops.push(PendingDrop { id: self.newest, t_us, kind });
        Ok(CommandReply::Dropped(self.newest))
    }

    fn place(&self, drop: u32) -> Result<usize, CommandError> {
        self.drops.iter().position(|pending| pending.id == drop).ok_or(CommandError::UnknownDrop)
    }

    /// A pan that cannot be is refused and goes on waiting; one that the estimator rejects has been counted all the same.
    fn counted(
        &mut self,
        drop: u32,
        count: &PanCount,
        t_us: i64,
        measures: &Measures,
        pipeline: &mut Pipeline,
    ) -> Result<CommandReply, CommandError> {
        let at = self.place(drop)?;
        let pan = count.pan(self.drops[at], t_us, measures)?;
        let before = effect(pan.kind, pipeline);
        let entry = pipeline.pan(&pan);
        self.drops.remove(at);
        let found_kg_m2 = command::found_kg_m2(&pan);
        Ok(CommandReply::Pan(PanAnswer { entry, found_kg_m2, before, after: effect(pan.kind, pipeline) }))
    }
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

/// The one place where commands become journal entries: what was told, what became of it, and by whom. What was refused
/// leaves none.
fn put_down(
    mark: &OperatorCommand,
    answer: &CommandReply,
    t_us: i64,
    from: &str,
    pipeline: &Pipeline,
    sinks: &mut Sinks,
) {
    let who = || Some(from.to_owned());
    let event = |kind: &'static str, id: &str| StoredEvent {
        id: id.to_owned().into(),
        stream: Some(from.to_owned().into()),
        ..StoredEvent::new(t_us, kind, "")
    };
    let numbered = |drop: u32, event: StoredEvent| StoredEvent { count: Some(i64::from(drop)), ..event };
    match (mark, answer) {
        (_, CommandReply::Refused(_)) => {}
        (OperatorCommand::Count { drop, count }, CommandReply::Pan(pan)) => {
            let (id, value) = match pan.entry.outcome {
                PanOutcome::Used { residual, .. } => ("used", Some(residual)),
                PanOutcome::Rejected(why) => (why.word(), None),
            };
            let found = PanFound { who: who(), ..found(count) };
            sinks.put(Entry::Pan(PanRecord { t_us, entry: pan.entry, found }));
            sinks.event(StoredEvent { value, ..numbered(*drop, event("pan", id)) });
        }
        (OperatorCommand::Drop { kind }, CommandReply::Dropped(drop)) => {
            sinks.event(numbered(*drop, event("pan-dropped", kind.word())));
        }
        (OperatorCommand::Discard { drop }, _) => sinks.event(numbered(*drop, event("pan-discarded", "discarded"))),
        (OperatorCommand::Acknowledge, _) => {
            for standing in pipeline.advisor().advice().list().filter(|s| s.acknowledged_us == Some(t_us)) {
                let alarm = standing.alarm.id.word().to_owned();
                let stream = alarm_stream(&standing.alarm).map(str::to_owned);
                sinks.put(Entry::Acknowledgement(AcknowledgementRecord { t_us, alarm, stream, who: who() }));
            }
            sinks.event(event("acknowledged", "all"));
        }
        (OperatorCommand::Setting { what, to }, _) => {
            let channel = setting_named(what.trim());
            let setting = channel.map_or_else(|| what.trim().to_owned(), |channel| channel.name().to_owned());
            let unit = channel.map(|channel| channel.unit().to_owned());
            sinks.event(StoredEvent { value: *to, ..event("setting-marked", &setting) });
            let origin = Origin::Operator;
            sinks.put(Entry::Setting(SettingRecord { t_us, setting, value: *to, unit, origin, who: who() }));
        }
        (OperatorCommand::Operator(name), _) => {
            let name = name.trim();
            sinks.event(event("operator", name));
            let value = Some(name.to_owned());
            sinks.put(Entry::Fact(FactRecord { t_us, item: Item::Operator, value, who: who() }));
        }
        _ => {}
    }
}

/// What was typed in of a pan.
fn found(count: &PanCount) -> PanFound {
    let (kernels, grams) = match count.amount {
        Amount::Kernels(kernels) => (Some(kernels), None),
        Amount::Grams(grams) => (None, Some(grams)),
    };
    let (discharge_width_m, shed_kernels_m2) = (count.discharge_width_m, count.shed_kernels_m2);
    PanFound { kernels, grams, discharge_width_m, shed_kernels_m2, ..PanFound::default() }
}
