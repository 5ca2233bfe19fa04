//! Splits a session between everyone who drove: each second, event and alarm goes to who drove then, so that the parts add up
//! to the session.

use super::correction::Correction;
use super::head::totals;
use crate::error::ReportError;
use crate::model::{DriverPart, add_interval};
use grainloss_core::habits::{Active, DriverBooks, Habit, SessionLoss, WorkSecond};
use grainloss_core::harvest::Activity;
use grainloss_core::like_work::WorkSample;
use grainloss_core::record::EventRecord;
use grainloss_journal::{Drivers, Journal, Session, StoredAlarm, StoredSecond};

/// What each driver of a session did in it, in the order in which they first drove. `limit_pct`: the limit above which
/// seconds are counted.
///
/// # Errors
/// The journal cannot be read.
pub fn drivers(journal: &Journal, session: &Session, limit_pct: Option<f64>) -> Result<Vec<DriverPart>, ReportError> {
    let mut split = DriverSplit::new(journal, session, limit_pct)?;
    let correction = Correction::of_session(journal, session)?;
    let done = journal.each_row(session.id, |second| {
        split.second(&correction.apply(second));
        Ok::<(), std::convert::Infallible>(())
    })?;
    match done {
        Ok(()) => {}
        Err(never) => match never {},
    }
    Ok(split.finish())
}

/// The books of habits of a session so far, from its seconds as they were estimated then.
///
/// # Errors
/// The journal cannot be read.
pub fn habit_books(journal: &Journal, session: &Session) -> Result<DriverBooks, ReportError> {
    let mut split = DriverSplit::new(journal, session, None)?;
    let done = journal.each_row(session.id, |second| {
        split.second(second);
        Ok::<(), std::convert::Infallible>(())
    })?;
    match done {
        Ok(()) => {}
        Err(never) => match never {},
    }
    Ok(split.books)
}

/// Takes the seconds of a session, oldest first, and gives the part of each driver.
pub(super) struct DriverSplit<'a> {
    session: &'a Session,
    drivers: Drivers,
    names: Vec<Option<String>>,
    parts: Vec<DriverPart>,
    books: DriverBooks,
    /// Habits that begin and end, in the order of time; those until the present second are taken out.
    changes: std::vec::IntoIter<(i64, Habit, bool)>,
    next_change: Option<(i64, Habit, bool)>,
    active: Active,
    /// Old journals do not say when habits began.
    by_flags: bool,
    limit_pct: Option<f64>,
    of_known: Vec<f64>,
    at: usize,
    events: Vec<EventRecord>,
    raised_us: Vec<i64>,
}

impl<'a> DriverSplit<'a> {
    /// Before the first second.
    pub fn new(journal: &Journal, session: &'a Session, limit_pct: Option<f64>) -> Result<Self, ReportError> {
        let events = journal.events(session.id)?;
        let alarms: Vec<StoredAlarm> = journal.all(session.id)?;
        let raised_us = alarms.iter().map(|alarm| alarm.raised_us).collect();
        // A session that was recomputed was driven as its original was.
        let drivers = match session.revision_of {
            Some(original) => journal.session(&original.to_string())?.drivers,
            None => session.drivers.clone(),
        };
        Ok(Self::of(session, drivers, events, raised_us, limit_pct))
    }

    fn of(
        session: &'a Session,
        drivers: Drivers,
        events: Vec<EventRecord>,
        raised_us: Vec<i64>,
        limit_pct: Option<f64>,
    ) -> Self {
        let names: Vec<Option<String>> = drivers.names().into_iter().map(|name| name.map(str::to_owned)).collect();
        let part = |name: &Option<String>| DriverPart { operator: name.clone(), ..DriverPart::default() };
        let changes: Vec<(i64, Habit, bool)> = events
            .iter()
            .filter_map(|event| {
                let began = match &*event.kind {
                    "habit" => true,
                    "habit-over" => false,
                    _ => return None,
                };
                Some((event.t_us, Habit::named(&event.id)?, began))
            })
            .collect();
        let mut changes = changes.into_iter();
        Self {
            parts: names.iter().map(part).collect(),
            of_known: vec![0.0; names.len()],
            books: DriverBooks::new(drivers.spans()[0].operator.clone()),
            by_flags: !events.iter().any(|event| event.kind == "habits"),
            next_change: changes.next(),
            changes,
            active: Active::default(),
            limit_pct,
            at: 0,
            names,
            drivers,
            session,
            events,
            raised_us,
        }
    }

    fn part_at(&self, t_us: i64) -> usize {
        let span = &self.drivers.spans()[self.drivers.span_at(t_us)];
        self.names.iter().position(|name| *name == span.operator).unwrap_or(0)
    }

    /// A second, corrected to the session's totals.
    pub fn second(&mut self, s: &StoredSecond) {
        let at = self.part_at(s.t_us);
        if at != self.at {
            self.books.drives(self.names[at].as_deref());
            self.parts[self.at].work.interrupt();
            self.at = at;
        }
        while let Some((_, habit, began)) = self.next_change.filter(|(t_us, ..)| *t_us <= s.t_us) {
            self.active.set(habit, began);
            self.next_change = self.changes.next();
        }
        if self.by_flags {
            self.active.set(Habit::TurningCut, s.turning_cut == Some(true));
            self.active.set(Habit::Throttle, s.lugging == Some(true));
        }
        let cuts = s.activity == Some(Activity::Cutting);
        let area_m2 = s.working_width_m.zip(s.ground_speed_m_s).map(|(width_m, speed_m_s)| width_m * speed_m_s);
        let part = &mut self.parts[at];
        part.seconds += 1;
        part.cutting_s += u32::from(cuts);
        part.turning_s += u32::from(s.activity == Some(Activity::Turning));
        part.area_m2 += area_m2.unwrap_or(0.0);
        if let Some(grain) = s.grain_in_kg_s {
            *part.grain_kg.get_or_insert(0.0) += grain;
        }
        let losses = s.grain_in_kg_s.zip(s.header_kg_s.zip(s.rear_kg_s));
        if let Some((grain, (header, rear))) = losses {
            self.of_known[at] += grain;
            add_interval(&mut part.header_kg, header);
            add_interval(&mut part.rear_kg, rear);
            add_interval(&mut part.loss_kg, header);
            add_interval(&mut part.loss_kg, rear);
        }
        if let Some(total) = s.total_pct.filter(|_| cuts) {
            part.known_s += 1;
            part.above_s += i64::from(self.limit_pct.is_some_and(|limit| total.value > limit));
            part.surely_above_s += i64::from(self.limit_pct.is_some_and(|limit| total.lo > limit));
            part.basis = s.basis.or(part.basis);
        }
        self.books.second(
            &WorkSecond {
                t_us: s.t_us,
                cuts,
                feed_kg_s: s.feed_kg_s,
                grain_kg_s: s.grain_in_kg_s,
                header_kg_s: s.header_kg_s.map(|loss| loss.value),
                rear_kg_s: s.rear_kg_s.map(|loss| loss.value),
                area_m2,
            },
            self.active,
        );
        let known = s.grain_in_kg_s.zip(s.header_kg_s.zip(s.rear_kg_s)).zip(s.feed_kg_s).filter(|_| cuts);
        self.parts[at].work.second(known.map(|((grain_kg_s, (header, rear)), feed_kg_s)| WorkSample {
            feed_kg_s,
            grain_kg_s,
            header_kg_s: header.value,
            rear_kg_s: rear.value,
            moisture_pct: s.moisture_pct,
            basis: s.basis,
        }));
    }

    /// The parts.
    pub fn finish(mut self) -> Vec<DriverPart> {
        let totals = self.session.totals().as_ref().map(totals).unwrap_or_default();
        // The rows are rounded: areas are brought to the session's.
        let area_m2: f64 = self.parts.iter().map(|part| part.area_m2).sum();
        let factor = totals.area_ha.map(|ha| ha * 1e4 / area_m2).filter(|factor| factor.is_finite()).unwrap_or(1.0);
        for (part, grain) in self.parts.iter_mut().zip(&self.of_known) {
            part.area_m2 *= factor;
            part.loss_pct = part.loss_kg.filter(|_| *grain > 0.0).map(|loss| {
                let of = |kg: f64| (100.0 * kg / grain).min(100.0);
                grainloss_core::harvest::Interval90 { value: of(loss.value), lo: of(loss.lo), hi: of(loss.hi) }
            });
        }
        // One driver's loss is the session's, whose interval is narrower than the sum of its seconds'.
        if let ([only], Some(_), Some(_)) = (self.parts.as_mut_slice(), totals.loss_kg, totals.loss_pct) {
            (only.header_kg, only.rear_kg) = (totals.header_kg, totals.rear_kg);
            (only.loss_kg, only.loss_pct) = (totals.loss_kg, totals.loss_pct);
        }
        let events = std::mem::take(&mut self.events);
        self.count_faults(&totals, &events);
        for t_us in std::mem::take(&mut self.raised_us) {
            let at = self.part_at(t_us);
            self.parts[at].alarms += 1;
        }
        let loss = SessionLoss { header_kg: totals.header_kg, rear_kg: totals.rear_kg };
        for (name, habits) in self.books.prices(loss) {
            if let Some(part) = self.parts.iter_mut().find(|part| part.operator.as_deref() == name) {
                part.habits = habits;
            }
        }
        self.parts
    }

    /// Faults by the notices of their time; turns by what the journal counted when the driver changed.
    fn count_faults(&mut self, totals: &crate::model::Totals, events: &[EventRecord]) {
        if let [only] = self.parts.as_mut_slice() {
            (only.turns, only.turning_cuts, only.luggings) = (totals.turns, totals.turning_cuts, totals.luggings);
            return;
        }
        let mut counts = vec![[0; 2]; self.parts.len()];
        for (at, id) in ["cuts-while-turning", "throttle"].into_iter().enumerate() {
            for event in events.iter().filter(|event| event.kind == "notice" && event.id == id) {
                counts[self.part_at(event.t_us)][at] += 1;
            }
        }
        let turns = self.turns(totals.turns, events);
        for (at, part) in self.parts.iter_mut().enumerate() {
            part.turning_cuts = totals.turning_cuts.map(|_| counts[at][0]);
            part.luggings = totals.luggings.map(|_| counts[at][1]);
            part.turns = turns.as_ref().map(|turns| turns[at]);
        }
    }

    /// Turns of each driver; `None` in a journal that did not count them at the changes.
    fn turns(&self, all: Option<i64>, events: &[EventRecord]) -> Option<Vec<i64>> {
        let spans = self.drivers.spans();
        let at_change = |from_us: i64| {
            events.iter().rev().find(|event| event.kind == "turns" && event.t_us == from_us).and_then(|e| e.count)
        };
        let mut turns = vec![0; self.parts.len()];
        for (at, span) in spans.iter().enumerate() {
            let begins = if at == 0 { Some(0) } else { at_change(span.from_us) };
            let ends = spans.get(at + 1).map_or(all, |next| at_change(next.from_us));
            let name = self.names.iter().position(|name| *name == span.operator)?;
            turns[name] += ends? - begins?;
        }
        Some(turns)
    }
}
