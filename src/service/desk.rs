//! Where marks are dealt with: between frames, at bus time.

use super::pipeline::Pipeline;
use super::sinks::Sinks;
use crate::advice::setting_named;
use crate::harvest::{PanKind, PanOutcome};
use crate::journal::StoredEvent;
use crate::marks::{self, Answer, Mark, PanAnswer, PanCount, PanEffect, Refusal};
use crate::snapshot::{Measures, PendingDrop, SessionInfo};

/// Drops that may wait; more nobody will find again.
const MOST_DROPS: usize = 20;

/// What the operator has told and the service keeps.
#[derive(Debug, Default)]
pub(super) struct Desk {
    pub drops: Vec<PendingDrop>,
    /// The newest drop's number.
    newest: u32,
    pub operator: Option<String>,
    /// Bus time of the first step.
    pub started_us: Option<i64>,
}

impl Desk {
    /// Nothing told yet.
    pub fn new(session: &SessionInfo) -> Self {
        Self { operator: session.operator.clone(), ..Self::default() }
    }

    /// Deals with a mark. Sessions are begun and ended elsewhere.
    pub fn take(
        &mut self,
        mark: &Mark,
        from: &str,
        measures: &Measures,
        pipeline: &mut Pipeline,
        sinks: &mut Sinks,
    ) -> Answer {
        let Some(t_us) = pipeline.now_us() else { return Answer::Refused(Refusal::NoTime) };
        let answer = match self.deal(mark, t_us, measures, pipeline) {
            Ok(answer) => answer,
            Err(why) => Answer::Refused(why),
        };
        if let Answer::Pan(pan) = &answer {
            sinks.summary.pan(&pan.entry);
        }
        if let Some(event) = entry(mark, &answer, t_us, from) {
            sinks.event(event);
        }
        answer
    }

    fn deal(
        &mut self,
        mark: &Mark,
        t_us: i64,
        measures: &Measures,
        pipeline: &mut Pipeline,
    ) -> Result<Answer, Refusal> {
        match mark {
            Mark::Acknowledge if pipeline.advisor_mut().acknowledge() == 0 => Err(Refusal::NothingToAcknowledge),
            Mark::Acknowledge => Ok(Answer::Taken),
            Mark::Drop { kind } => self.dropped(*kind, t_us),
            Mark::Count { drop, count } => self.counted(*drop, count, t_us, measures, pipeline),
            Mark::Discard { drop } => {
                let at = self.place(*drop)?;
                self.drops.remove(at);
                Ok(Answer::Taken)
            }
            Mark::Setting { what, to } => {
                marks::name(what)?;
                if to.is_some_and(|to| !to.is_finite()) {
                    return Err(Refusal::ImpossibleValue);
                }
                pipeline.advisor_mut().mark_change();
                Ok(Answer::Taken)
            }
            Mark::Operator(name) => {
                self.operator = Some(marks::name(name)?.to_owned());
                Ok(Answer::Taken)
            }
            Mark::EndSession | Mark::StartSession(_) => Err(Refusal::NotHere),
        }
    }

    fn dropped(&mut self, kind: PanKind, t_us: i64) -> Result<Answer, Refusal> {
        if self.drops.len() >= MOST_DROPS {
            return Err(Refusal::TooManyDrops);
        }
        self.newest += 1;
        self.drops.push(PendingDrop { id: self.newest, t_us, kind });
        Ok(Answer::Dropped(self.newest))
    }

    fn place(&self, drop: u32) -> Result<usize, Refusal> {
        self.drops.iter().position(|pending| pending.id == drop).ok_or(Refusal::UnknownDrop)
    }

    /// A pan that cannot be is refused and goes on waiting; one that the estimator rejects has been counted all the same.
    fn counted(
        &mut self,
        drop: u32,
        count: &PanCount,
        t_us: i64,
        measures: &Measures,
        pipeline: &mut Pipeline,
    ) -> Result<Answer, Refusal> {
        let at = self.place(drop)?;
        let pan = count.pan(self.drops[at], t_us, measures)?;
        let before = effect(pan.kind, pipeline);
        let entry = pipeline.pan(&pan);
        self.drops.remove(at);
        let found_kg_m2 = marks::found_kg_m2(&pan);
        Ok(Answer::Pan(PanAnswer { entry, found_kg_m2, before, after: effect(pan.kind, pipeline) }))
    }
}

fn effect(kind: PanKind, pipeline: &Pipeline) -> PanEffect {
    let totals = pipeline.harvest().totals();
    let part_kg = match kind {
        PanKind::Rear => totals.rear_loss_kg(),
        PanKind::Front => totals.header_loss_kg(),
    };
    PanEffect { part_kg, total_pct: totals.total_loss_pct() }
}

/// The one place where marks become journal entries: what was told, what became of it, and by whom. What was refused
/// leaves none.
fn entry(mark: &Mark, answer: &Answer, t_us: i64, from: &str) -> Option<StoredEvent> {
    let event = |kind: &'static str, id: String| StoredEvent {
        id: id.into(),
        stream: Some(from.to_owned().into()),
        ..StoredEvent::new(t_us, kind, "")
    };
    let number = |drop: u32| Some(i64::from(drop));
    Some(match (mark, answer) {
        (_, Answer::Refused(_)) => return None,
        (Mark::Count { drop, .. }, Answer::Pan(pan)) => match pan.entry.outcome {
            PanOutcome::Used { residual, .. } => {
                StoredEvent { count: number(*drop), value: Some(residual), ..event("pan", "used".to_owned()) }
            }
            PanOutcome::Rejected(why) => StoredEvent { count: number(*drop), ..event("pan", why.word().to_owned()) },
        },
        (Mark::Drop { kind }, Answer::Dropped(drop)) => {
            StoredEvent { count: number(*drop), ..event("pan-dropped", kind.word().to_owned()) }
        }
        (Mark::Discard { drop }, _) => {
            StoredEvent { count: number(*drop), ..event("pan-discarded", "discarded".to_owned()) }
        }
        (Mark::Acknowledge, _) => event("acknowledged", "all".to_owned()),
        (Mark::Setting { what, to }, _) => {
            let what = setting_named(what).map_or(what.as_str(), |setting| setting.name());
            StoredEvent { value: *to, ..event("setting-marked", what.trim().to_owned()) }
        }
        (Mark::Operator(name), _) => event("operator", name.trim().to_owned()),
        _ => return None,
    })
}
